"""A vehicle goes to another unit, a terminal into another vehicle: each unit keeps its own period, and sees no other's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.running.queries.whereabouts import measured
from baozhang.ch2_provision.trips.queries.tracks import ways_of
from baozhang.ch2_provision.vehicles import jobs
from baozhang.ch2_provision.vehicles.actions.terminals import digest_of, entered, put_out
from baozhang.ch2_provision.vehicles.models import Terminal, Vehicle
from baozhang.ch2_provision.vehicles.telemetry.store import day_of
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep
from tests import factories
from tests.conftest import TODAY

from .conftest import Fleet
from .test_map import LAT, LON, report

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
PLATE = "沪A11111"
BEFORE, AFTER = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


def _drive(terminal: Terminal, day: dt.date, hour: int = 9) -> None:
    """A way of some kilometres northwards, a point each ten seconds."""
    start = day_of(day)[0] + hour * 3_600
    report(terminal, *((start + 10 * n, LAT + 1_500 * n, LON, 600) for n in range(60)))


def _transfer(fleet: Fleet, given: Vehicle) -> None:
    """The title goes to the other unit, and what follows it by itself."""
    with scope.everything("test") as by:
        given.card.use_state, given.card.disposed, given.card.disposal = UseState.TRANSFERRED, TODAY, "transfer"
        keep(given.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
    fleet.card(given.plate, organ=fleet.theirs, former=given.card)
    assert jobs.keep_files()["moved"] == 1 and jobs.keep_files()["moved"] == 0


@pytest.fixture
def handed(fleet: Fleet) -> tuple[Terminal, Terminal]:
    """The terminal as the former unit has it, and as the new one has it; the vehicle drove before and after."""
    given = fleet.vehicle(PLATE)
    factories.save(fleet.fit(PLATE))
    before = Terminal._base_manager.get()
    before.secret, before.device = digest_of("word"), "D1"
    factories.save(before)
    _drive(before, BEFORE)
    with clock.on(dt.datetime.combine(TODAY, dt.time(12), clock.ZONE)):
        _transfer(fleet, given)
    before.refresh_from_db()
    after = Terminal._base_manager.get(state="in_use")
    _drive(after, AFTER)
    return before, after


def _points(client: Client, terminal: Terminal, day: dt.date) -> int | None:
    answer = client.post(f"/vehicles/map/{terminal.pk}/track.json?day={day}")
    return len(answer.json()["points"]) if answer.status_code == 200 else None


def test_each_unit_replays_its_own_period_alone(fleet: Fleet, handed: tuple[Terminal, Terminal], as_user: Door) -> None:
    before, after = handed
    assert (before.organ_id, before.state, after.organ_id, after.state) == (
        fleet.mine.pk,
        "removed",
        fleet.theirs.pk,
        "in_use",
    )
    old, new = as_user("clerk-v"), as_user("clerk2-v")
    with clock.on(AFTER):
        assert [_points(new, one, BEFORE) for one in handed] == [None, 0]
        assert [_points(new, one, AFTER) for one in handed] == [None, 60]
        assert [_points(old, one, BEFORE) for one in handed] == [60, None]
        assert [_points(old, one, AFTER) for one in handed] == [0, None]


def test_lists_programs_exports_search_and_the_map_keep_them_apart(
    fleet: Fleet, handed: tuple[Terminal, Terminal], as_user: Door
) -> None:
    for name, own, other in (("clerk-v", *handed), ("clerk2-v", *reversed(handed))):
        client = as_user(name)
        listed = client.get("/vehicles/terminals/").content.decode()
        assert f"/vehicles/terminals/{own.pk}/" in listed and f"/vehicles/terminals/{other.pk}/" not in listed
        told = [one["id"] for one in client.get("/api/vehicles/terminals/").json()["rows"]]
        assert told == [own.pk]
        assert client.get(f"/api/vehicles/terminals/{other.pk}").status_code == 404
        found = client.get("/search/", {"q": PLATE}).content.decode()
        assert f"/vehicles/terminals/{other.pk}/" not in found
    plates = lambda client: {row[1] for row in client.get("/vehicles/map/positions.json").json()["vehicles"]}  # noqa: E731
    assert plates(as_user("clerk-v")) == set() and plates(as_user("clerk2-v")) == {PLATE}


def test_the_page_of_each_file_leads_to_its_own_track(
    fleet: Fleet, handed: tuple[Terminal, Terminal], as_user: Door
) -> None:
    for name, terminal in (("clerk-v", handed[0]), ("clerk2-v", handed[1])):
        held = Vehicle._base_manager.get(organ_id=terminal.organ_id)
        assert (
            f"/vehicles/map/{terminal.pk}/track/" in as_user(name).get(f"/vehicles/files/{held.pk}/").content.decode()
        )


def test_each_file_has_its_own_ways_and_measures_its_own_bills(fleet: Fleet, handed: tuple[Terminal, Terminal]) -> None:
    for terminal, day in zip(handed, (BEFORE, AFTER), strict=True):
        held = Vehicle._base_manager.get(organ_id=terminal.organ_id)
        assert {row[0] for row in ways_of(day)} == {held.pk}
        at = dt.datetime.combine(day, dt.time(9, 5), clock.ZONE)
        with clock.on(AFTER):
            cost = factories.kept(Cost, where=held.organ, vehicle=held, kind="charge", at=f"{at:%Y-%m-%d %H:%M}", amount=Decimal(30),
                                  lat=Decimal("31.03"), lon=Decimal("121.22"), bill=f"Y{day}")  # fmt: skip
        assert [row[0] for row in measured(Cost._base_manager.filter(pk=cost.pk).select_related("vehicle"))] == [
            cost.pk
        ]


def test_the_device_goes_on_reporting_for_the_new_unit(handed: tuple[Terminal, Terminal]) -> None:
    before, after = handed
    known = entered([after.phone])[after.phone]
    assert known.known.vehicle == after.pk and known.known.is_code("word") and known.device == "D1"
    assert before.pk in put_out() and after.pk not in put_out()


def test_what_comes_late_of_the_time_before_is_not_shown_to_the_new_unit(
    fleet: Fleet, handed: tuple[Terminal, Terminal], as_user: Door
) -> None:
    _drive(handed[1], BEFORE, hour=15)
    with clock.on(AFTER):
        assert _points(as_user("clerk2-v"), handed[1], BEFORE) == 0
    held = Vehicle._base_manager.get(organ=fleet.theirs)
    assert held.pk not in {row[0] for row in ways_of(BEFORE)}


def test_a_vehicle_that_comes_back_is_another_period(
    fleet: Fleet, handed: tuple[Terminal, Terminal], as_user: Door
) -> None:
    theirs = Vehicle._base_manager.get(organ=fleet.theirs)
    with clock.on(AFTER), scope.everything("test") as by:
        theirs.card.use_state, theirs.card.disposed, theirs.card.disposal = UseState.TRANSFERRED, AFTER, "transfer"
        keep(theirs.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
    with clock.on(AFTER):
        fleet.card(PLATE, organ=fleet.mine, former=theirs.card)
        assert jobs.keep_files()["moved"] == 1
        client = as_user("clerk-v")
        mine = Terminal._base_manager.get(state="in_use")
        assert mine.pk == handed[0].pk, "what it said elsewhere meanwhile is not in its record"
        assert [_points(client, one, AFTER) for one in handed] == [0, None]
        assert _points(client, mine, BEFORE) == 60


def test_a_terminal_that_has_reported_is_not_written_over_to_another_vehicle_or_unit(
    fleet: Fleet, as_user: Door
) -> None:
    fleet.vehicle(PLATE), fleet.vehicle("沪A22222")
    held = fleet.fit(PLATE)
    client = as_user("officer-v")
    page, row = (
        f"/vehicles/terminals/{held.pk}/edit/",
        {"organ": fleet.mine.pk, "phone": held.phone, "fitted": "", "remarks": ""},
    )
    assert client.post(page, {**row, "plate": "沪A22222", "version": held.version}).status_code == 302, (
        "a slip of the pen"
    )
    held.refresh_from_db()
    _drive(held, BEFORE)
    for change in ({"plate": PLATE}, {"organ": fleet.theirs.pk}, {"phone": "13900000000"}):
        answer = client.post(page, {**row, "plate": held.plate, "version": held.version, **change})
        held.refresh_from_db()
        assert (held.plate, held.organ_id) == ("沪A22222", fleet.mine.pk) and held.phone != "13900000000", (
            change,
            answer,
        )
    said = client.patch(
        f"/api/vehicles/terminals/{held.pk}",
        json.dumps({"plate": PLATE, "version": held.version}),
        content_type="application/json",
    )
    assert said.status_code >= 400
    held.refresh_from_db()
    assert held.plate == "沪A22222"


def test_a_terminal_stays_with_its_vehicle_when_that_gets_another_plate(fleet: Fleet, as_user: Door) -> None:
    car: Any = fleet.vehicle(PLATE)
    held = fleet.fit(PLATE)
    _drive(held, BEFORE)
    car.card.plate = "沪AD12345"
    factories.save(car.card)
    jobs.keep_files()
    held.refresh_from_db()
    assert held.plate == "沪AD12345"
    with clock.on(AFTER):
        assert _points(as_user("clerk-v"), held, BEFORE) == 60
