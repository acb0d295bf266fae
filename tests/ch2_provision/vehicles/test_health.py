"""Terminals that need somebody: the four kinds on both sides of their limits, orders from the board, the terminal as witness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.vehicles import jobs
from baozhang.ch2_provision.vehicles.actions.terminals import Told, turn_away
from baozhang.ch2_provision.vehicles.choices import Barred, Trouble
from baozhang.ch2_provision.vehicles.flows.mending import MendingFlow
from baozhang.ch2_provision.vehicles.models import Terminal, TerminalDay, TerminalOrder
from baozhang.ch2_provision.vehicles.queries import health
from baozhang.ch2_provision.vehicles.rules import terminals
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock, observation, scope
from baozhang.kernel.refusal import Refused
from baozhang.law.issued import IssuedValue, also_issued
from tests import factories
from tests.conftest import TODAY

from .conftest import Fleet

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def fitted(fleet: Fleet, plate: str, where: Any = None) -> Terminal:
    """A terminal that was fitted long ago."""
    return factories.kept(Terminal, where=where or fleet.mine, plate=plate, fitted=TODAY - 90 * DAY)  # type: ignore[no-any-return]


def heard(terminal: Terminal, at: dt.datetime, *, fix: bool = True, blind: int = 0) -> None:
    """A sign of life, with a position or with doubtful ones."""
    batch, moment = Batch(), int(at.timestamp())
    if fix:
        batch.points.append(
            (terminal.pk, (moment, 31_030_000, 121_220_000, 5, 0, 90, 3, 0, None, None, None, None, moment))
        )
    for n in range(blind):
        batch.doubts.append(
            (terminal.pk, f"{terminal.pk} {moment} {n}".encode(), "no_fix", moment, moment, True, b"body")
        )
    batch.heard[terminal.pk] = moment
    STORE.append(batch)


def days(terminal: Terminal, good: int, doubtful: int, blind: int = 0) -> None:
    """What a terminal said yesterday."""
    heard(terminal, clock.now())
    row = (terminal.pk, TODAY - DAY, good, doubtful, blind)
    observation.observe(TerminalDay, ("vehicle", "day", "good", "doubtful", "blind"), [row])


def plates(fleet: Fleet, trouble: Trouble, **limits: int) -> set[str]:
    found = next(one for one in health.board({fleet.mine.pk}, TODAY, **limits) if one.trouble is trouble)
    assert found.count == len(found.rows)
    return {terminal.plate for terminal in found.rows}


def test_each_trouble_is_found_from_its_limit_on(fleet: Fleet) -> None:
    midnight = dt.datetime.combine(TODAY - 3 * DAY, dt.time(), clock.ZONE)
    heard(fitted(fleet, "沪A00001"), midnight)
    heard(fitted(fleet, "沪A00002"), midnight - dt.timedelta(seconds=1))
    fitted(fleet, "沪A00003")
    factories.kept(Terminal, where=fleet.mine, plate="沪A00004", fitted=TODAY - 2 * DAY)
    days(fitted(fleet, "沪A00005"), 80, 20, 9)
    days(fitted(fleet, "沪A00006"), 79, 21, 10)
    days(fitted(fleet, "沪A00007"), 1, 40)  # too few to say
    fitted(fleet, "沪A00008", where=fleet.theirs)
    assert plates(fleet, Trouble.SILENT) == {"沪A00002"}
    assert plates(fleet, Trouble.SILENT, days=2) == {"沪A00001", "沪A00002"}
    knocks, mocked = fitted(fleet, "沪A00009"), fitted(fleet, "沪A00010")
    for terminal, since in (
        (knocks, 60),
        (mocked, -60),
    ):  # the one only knocks since, the other speaks since somebody used its number
        heard(terminal, clock.now())
        turn_away([(terminal.phone, Barred.CODE, int(clock.now().timestamp()) + since, 1, Told())])
    assert plates(fleet, Trouble.OUTSIDE) == {"沪A00003", "沪A00009"}
    assert plates(fleet, Trouble.DOUBTFUL) == {"沪A00006"}
    assert plates(fleet, Trouble.DOUBTFUL, share=19) == {"沪A00005", "沪A00006"}
    assert plates(fleet, Trouble.BLIND) == {"沪A00006"}


def test_a_day_is_counted_from_rows_blocks_and_doubts(fleet: Fleet) -> None:
    one = fitted(fleet, "沪A00001")
    noon = dt.datetime.combine(TODAY - DAY, dt.time(12), clock.ZONE)
    heard(one, noon - dt.timedelta(hours=3))
    STORE.pack(int(noon.timestamp()))
    for n in range(4):
        heard(one, noon + dt.timedelta(minutes=n), blind=2)
    heard(one, dt.datetime.combine(TODAY, dt.time(0), clock.ZONE), blind=5)
    for _ in range(2):
        assert jobs.count_days() == {"terminals": 1, "forgotten": 0, "days": "待核实"}
    assert list(TerminalDay.objects.values_list("vehicle", "day", "good", "doubtful", "blind")) == [
        (one.pk, TODAY - DAY, 5, 8, 8)
    ]


def test_counts_are_forgotten_after_the_days_that_somebody_issued(fleet: Fleet) -> None:
    one = fitted(fleet, "沪A00001")
    rows = [(one.pk, TODAY - n * DAY, 5, 0, 0) for n in (1, 30, 31)]
    observation.observe(TerminalDay, ("vehicle", "day", "good", "doubtful", "blind"), rows)
    with also_issued([IssuedValue("vehicles.terminal.counts_days", "", 30, dt.date(2026, 1, 1))]):
        assert jobs.count_days() == {"terminals": 0, "forgotten": 1, "days": 30}
    assert sorted(TerminalDay.objects.values_list("day", flat=True)) == [TODAY - 30 * DAY, TODAY - DAY]


def test_orders_are_opened_from_the_board_once(fleet: Fleet, as_user: Callable[..., Client]) -> None:
    mine, theirs = (
        fitted(fleet, "沪A00003"),
        fitted(fleet, "沪A00008", where=fleet.theirs),
    )
    client = as_user("clerk-v")
    page = client.get("/vehicles/health/").content.decode()
    assert "沪A00003" in page and "沪A00008" not in page
    opened = client.post("/vehicles/health/", {"outside": [mine.pk, theirs.pk]}, follow=True)
    assert "已开 1 份检修单" in opened.content.decode()
    order = TerminalOrder._base_manager.get()
    assert (order.terminal_id, order.trouble, order.state) == (mine.pk, "outside", "opened") and order.found
    assert client.post("/vehicles/health/", {"outside": [mine.pk]}).status_code == 422
    assert "待派修" in client.get("/vehicles/health/").content.decode()
    assert client.get("/vehicles/health/?days=0").status_code == 422
    assert as_user("clerk2-v").post("/vehicles/health/", {"outside": [mine.pk]}).status_code == 422


def test_an_order_that_is_entered_by_hand_is_of_the_day(fleet: Fleet, as_user: Callable[..., Client]) -> None:
    terminal = factories.kept(Terminal, where=fleet.mine)
    client, page = as_user("clerk-v"), "/vehicles/terminal-orders/add/"
    assert client.get(page).context["form"]["opened_on"].value() == TODAY
    given = {"terminal": terminal.pk, "trouble": "silent", "opened_on": "", "found": "屏幕不亮"}
    assert client.post(page, given).status_code == 302
    assert TerminalOrder._base_manager.get().opened_on == TODAY


def test_the_board_asks_no_more_for_more_terminals(fleet: Fleet, as_user: Callable[..., Client]) -> None:
    client, counts = as_user("clerk-v"), []
    for more in (1, 8):
        for n in range(more):
            fitted(fleet, f"沪B{more}000{n}")
        with CaptureQueriesContext(connection) as seen:
            client.get("/vehicles/health/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("trouble", "fix", "well"), [("silent", False, True), ("blind", False, False), ("blind", True, True)]
)
def test_an_order_is_checked_by_what_the_terminal_says(fleet: Fleet, trouble: str, fix: bool, well: bool) -> None:
    terminal = fitted(fleet, "沪A00001")
    heard(terminal, clock.now() - 9 * DAY)
    order = TerminalOrder(terminal=terminal, trouble=trouble, opened_on=TODAY - 2 * DAY)
    with scope.within(fleet("clerk")) as by:
        MendingFlow.start(order, by=by)
    fleet.take("assign", order, "clerk", MendingFlow, mender="李师傅", due=TODAY + DAY)
    heard(terminal, clock.now() - dt.timedelta(minutes=1))  # on the same day, before it was mended
    fleet.take("finish", order, "clerk", MendingFlow, done_on=TODAY, cause="天线脱落")
    with pytest.raises(Refused, match="还不能核验"):
        fleet.take("check", order, "boss", MendingFlow)
    heard(terminal, clock.now() + dt.timedelta(minutes=1), fix=fix)
    if not well:
        with pytest.raises(Refused, match="还不能核验"):
            fleet.take("check", order, "boss", MendingFlow)
        return
    assert fleet.take("check", order, "boss", MendingFlow).state == "checked"
    again = TerminalOrder(terminal=terminal, trouble=trouble, opened_on=TODAY)
    with scope.within(fleet("clerk")) as by:
        MendingFlow.start(again, by=by)
    assert again.pk


class Law:
    """A figure that somebody has issued: seven days."""

    day = TODAY

    def bounds(self, _key: str) -> tuple[int, int]:
        """The least and the greatest anywhere."""
        return 7, 7

    def get(self, _key: str) -> int:
        """The same here."""
        return 7


def test_a_silent_terminal_of_a_vehicle_in_use_is_a_finding(fleet: Fleet) -> None:
    for plate, days_ago in (("沪A12345", 7), ("沪A12346", 8)):
        fleet.vehicle(plate)
        heard(fitted(fleet, plate), clock.now() - days_ago * DAY)
    fleet.vehicle("沪A12347", card={"use_state": "repair"})
    heard(fitted(fleet, "沪A12347"), clock.now() - 30 * DAY)
    law: Any = Law()
    found = [verdict for one in terminals._silent(TODAY, law) if (verdict := terminals.terminal_silent(one, law))]
    assert [verdict.facts["号牌"] for verdict in found] == ["沪A12346"]
    assert "8" in str(found[0].sentence)


@pytest.mark.parametrize(("hours", "well"), [(-1, False), (1, True)])
def test_a_mending_that_is_reported_later_is_witnessed_from_the_day_after_it(
    fleet: Fleet, hours: int, well: bool
) -> None:
    terminal, mended = fitted(fleet, "沪A00001"), TODAY - 2 * DAY
    order = TerminalOrder(terminal=terminal, trouble="silent", opened_on=TODAY - 3 * DAY)
    with scope.within(fleet("clerk")) as by:
        MendingFlow.start(order, by=by)
    fleet.take("assign", order, "clerk", MendingFlow, mender="李师傅", due=TODAY + DAY)
    midnight = dt.datetime.combine(mended + DAY, dt.time(), clock.ZONE)
    heard(terminal, midnight + dt.timedelta(hours=hours))
    fleet.take("finish", order, "clerk", MendingFlow, done_on=mended, cause="天线脱落")
    if well:
        assert fleet.take("check", order, "boss", MendingFlow).state == "checked"
    else:
        with pytest.raises(Refused, match="还不能核验"):
            fleet.take("check", order, "boss", MendingFlow)
