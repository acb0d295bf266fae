"""What the tracks show: a way without a trip, on a sealed day, a night elsewhere; and what a dispatch covers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from baozhang.ch2_provision.trips import jobs
from baozhang.ch2_provision.trips.models import Movement, Sealing
from baozhang.ch2_provision.vehicles.models import Terminal
from baozhang.ch2_provision.vehicles.telemetry.points import Batch, Point
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock
from tests import factories
from tests.ch2_provision.trips.conftest import WORKDAY, Garage
from tests.ch2_provision.trips.test_trips import _at, _went, found

D = dt.date


def _drive(terminal: Terminal, start: dt.datetime, minutes: int = 20) -> None:
    """East at about forty kilometres an hour, a position every half minute."""
    at, points = int(start.timestamp()), list[tuple[int, Point]]()
    for n in range(minutes * 2):
        points.append(
            (
                terminal.pk,
                (
                    at + 30 * n,
                    31_030_000,
                    121_220_000 + 3_500 * n,
                    5,
                    400,
                    90,
                    3,
                    0,
                    None,
                    None,
                    9,
                    25,
                    at + 30 * n + 1,
                ),
            )
        )
    STORE.append(Batch(points, [], {terminal.pk: points[-1][1][-1]}))


def _gather(day: dt.date) -> dict[str, int]:
    with clock.on(_at(day + dt.timedelta(days=1), 3)):
        return jobs.gather()


def test_a_way_wants_a_dispatch(garage: Garage) -> None:
    car = garage.vehicles[0]
    _drive(factories.kept(Terminal, where=garage.mine, plate=car.plate), _at(WORKDAY))
    assert _gather(WORKDAY) == _gather(WORKDAY) == {"ways": 1, "outside": 0, "forgotten": 0}
    assert Movement.objects.count() == 1
    (one,) = found("moved_without_trip", WORKDAY + dt.timedelta(days=1))
    assert (
        one.subject.pk == car.pk and str(WORKDAY) in str(one.verdict.sentence) and "09:00" in str(one.verdict.sentence)
    )
    assert found("moved_while_sealed", WORKDAY + dt.timedelta(days=1)) == []
    _went(garage, _at(WORKDAY), 1)
    assert found("moved_without_trip", WORKDAY + dt.timedelta(days=1)) == []


def test_a_way_on_a_sealed_day_is_serious_even_with_a_dispatch(garage: Garage) -> None:
    feast, car = D(2026, 5, 2), garage.vehicles[0]
    _drive(factories.kept(Terminal, where=garage.mine, plate=car.plate), _at(feast))
    _went(garage, _at(feast), 1)
    _gather(feast)
    (one,) = found("moved_while_sealed", D(2026, 5, 4))
    assert one.rule.severity == "serious" and found("moved_without_trip", D(2026, 5, 4)) == []
    factories.kept(
        Sealing,
        vehicle=car,
        since=D(2026, 5, 1),
        until=D(2026, 5, 5),
        holiday="劳动节",
        state="excepted",
        exception="值班",
    )
    assert found("moved_while_sealed", D(2026, 5, 4)) == []


def test_a_night_elsewhere(garage: Garage) -> None:
    car = garage.vehicles[0]
    car.parking, car.parking_lat, car.parking_lon, car.parking_radius = (
        "地下车库",
        Decimal("31.03"),
        Decimal("121.22"),
        300,
    )
    factories.save(car)
    _drive(factories.kept(Terminal, where=garage.mine, plate=car.plate), _at(WORKDAY, 20), minutes=20)
    assert _gather(WORKDAY)["outside"] == 1
    (one,) = found("parked_outside_fence", WORKDAY + dt.timedelta(days=2))
    assert "地下车库" in str(one.verdict.sentence)
    _went(garage, _at(WORKDAY, 19), 30, rest=600)
    assert found("parked_outside_fence", WORKDAY + dt.timedelta(days=2)) == []
    home = garage.vehicles[0]
    home.parking_lon = Decimal("121.355")
    factories.save(home)
    assert _gather(WORKDAY + dt.timedelta(days=1))["outside"] == 0
