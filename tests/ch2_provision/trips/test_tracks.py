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
from baozhang.law.issued import IssuedValue, also_issued
from tests import factories
from tests.ch2_provision.trips.conftest import WORKDAY, Garage
from tests.ch2_provision.trips.test_trips import _at, _went, found

D = dt.date


def _drive(
    terminal: Terminal, start: dt.datetime, minutes: int = 20, first: int = 0, heard: dt.datetime | None = None
) -> None:
    """East at about forty kilometres an hour, a position every half minute, from the minute `first` on; heard at once or later."""
    at, points = int(start.timestamp()), list[tuple[int, Point]]()
    for n in range(first * 2, minutes * 2):
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
                    at + 30 * n + 1 if heard is None else int(heard.timestamp()),
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


def _driven(terminal: Terminal, start: dt.datetime, speeds: list[int], acc: bool = True) -> None:
    """East at the given speeds (km/h), a position every ten seconds."""
    at, lon, points = int(start.timestamp()), 121_220_000, list[tuple[int, Point]]()
    for n, speed in enumerate(speeds):
        moment = at + 10 * n
        points.append(
            (terminal.pk, (moment, 31_030_000, lon, 5, speed * 10, 90, 3 if acc else 2, 0, None, None, 9, 25, moment))
        )
        lon += round(speed / 3.6 * 10 / 95.3 * 1_000)  # a millionth of a degree of longitude is 9.53 cm here
    STORE.append(Batch(points, [], {terminal.pk: points[-1][1][-1]}))


def test_a_speed_that_was_held_is_found_and_a_receivers_fancy_is_not(garage: Garage) -> None:
    for car, top in zip(garage.vehicles, ([121, 121, 121], [200, 119, 120, 119, 200]), strict=True):
        terminal = factories.kept(Terminal, where=garage.mine, plate=car.plate)
        _driven(terminal, _at(WORKDAY), [*range(40, 120, 10), *top, *range(110, 30, -10), *[50] * 20])
    assert _gather(WORKDAY)["ways"] == 2
    (one,) = found("driven_too_fast", WORKDAY + dt.timedelta(days=1))
    assert one.subject.pk == garage.vehicles[0].pk and "最高 121.0 公里/小时" in one.verdict.sentence


def test_an_engine_that_runs_while_its_vehicle_stands_is_found_once_somebody_says_how_long_it_may(
    garage: Garage,
) -> None:
    electric, petrol = garage.vehicles
    electric.energy = "electric"
    factories.save(electric)
    for car in (electric, petrol):
        terminal = factories.kept(Terminal, where=garage.mine, plate=car.plate)
        _driven(terminal, _at(WORKDAY), [*[50] * 30, *[0] * 130, *[50] * 30])  # twenty-one and a half minutes
        _driven(terminal, _at(WORKDAY, 14), [*[50] * 30, *[0] * 20])
        _driven(terminal, _at(WORKDAY, 14) + dt.timedelta(minutes=8, seconds=20), [0] * 130, acc=False)
    _gather(WORKDAY)
    day = WORKDAY + dt.timedelta(days=1)
    assert found("idled_too_long", day) == [], "nobody has issued it"
    for minutes, times in ((21, 1), (22, 0)):
        with also_issued([IssuedValue("vehicles.trips.idle_minutes", "", minutes, D(2025, 1, 1))]):
            rows = found("idled_too_long", day)
        assert len(rows) == times, minutes
        assert all(one.subject.pk == petrol.pk and "最长 21 分钟" in one.verdict.sentence for one in rows)


def test_a_way_that_is_told_days_later_is_judged_all_the_same(garage: Garage) -> None:
    """Who pulls the card out before a holiday, and puts it in again afterwards, drove all the same."""
    feast, car = D(2026, 5, 2), garage.vehicles[0]
    terminal = factories.kept(Terminal, where=garage.mine, plate=car.plate)
    for day in range(3):
        assert _gather(feast + dt.timedelta(days=day))["ways"] == 0
    _drive(terminal, _at(feast), heard=_at(feast + dt.timedelta(days=3), 8))
    STORE.pack(int(_at(feast + dt.timedelta(days=2)).timestamp()))
    assert _gather(feast + dt.timedelta(days=3))["ways"] == 1
    (one,) = found("moved_while_sealed", feast + dt.timedelta(days=4))
    assert one.subject.pk == car.pk and str(feast) in one.verdict.sentence
    assert _gather(feast + dt.timedelta(days=4))["ways"] == 0, "it is looked at once"
    assert Movement.objects.count() == 1


def test_the_rest_of_a_way_that_is_told_later_makes_no_second_one(garage: Garage) -> None:
    car, other = garage.vehicles
    terminal, calm = (factories.kept(Terminal, where=garage.mine, plate=one.plate) for one in (car, other))
    _drive(calm, _at(WORKDAY))
    _drive(terminal, _at(WORKDAY), first=8)
    assert _gather(WORKDAY)["ways"] == 2
    before = {one.vehicle: (one.since, one.metres) for one in Movement.objects.all()}
    _drive(terminal, _at(WORKDAY), minutes=8, heard=_at(WORKDAY + dt.timedelta(days=1), 8))
    assert _gather(WORKDAY + dt.timedelta(days=1))["ways"] == 1
    after = {one.vehicle: (one.since, one.metres) for one in Movement.objects.all()}
    assert Movement.objects.count() == 2 and after[other.pk] == before[other.pk]
    assert after[car.pk][0] == _at(WORKDAY) < before[car.pk][0]
    assert after[car.pk][1] > before[car.pk][1] + 4_000


def test_a_receiver_that_fancies_itself_elsewhere_at_night_raises_nothing(garage: Garage) -> None:
    """One place among many that says otherwise is drift; a vehicle that was moved says so again and again."""
    there, away = garage.vehicles
    for car, places in ((there, [0] * 9 + [9_000]), (away, [0] * 6 + [9_000] * 4)):
        car.parking, car.parking_lat, car.parking_lon, car.parking_radius = (
            "院内",
            Decimal("31.03"),
            Decimal("121.22"),
            100,
        )
        factories.save(car)
        terminal, points, start = factories.kept(Terminal, where=garage.mine, plate=car.plate), [], _at(WORKDAY, 20)
        for n, east in enumerate(places):
            at = int(start.timestamp()) + 600 * n
            row: Point = (at, 31_030_000, 121_220_000 + east, 5, 0, 90, 2, 0, None, None, 9, 25, at)
            points.append((terminal.pk, row))
        STORE.append(Batch(points, [], {terminal.pk: points[-1][1][-1]}))
    assert _gather(WORKDAY)["outside"] == 1
    assert [one.vehicle for one in Movement.objects.filter(kind="night")] == [away.pk]
