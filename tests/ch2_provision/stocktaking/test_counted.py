"""What was counted stands beside cards and books."""

from __future__ import annotations

import datetime as dt

from baozhang.ch2_provision.assets.queries.reconciling import Counted, three_ways
from baozhang.ch2_provision.stocktaking.queries.counted import last_counts
from baozhang.ch2_provision.stocktaking.queries.standing import rooms_of
from tests.conftest import TODAY

from .conftest import Office


def test_the_last_scan_of_each_card_counts(office: Office) -> None:
    found, missing, unseen = (office.card(number) for number in ("A1", "A2", "A3"))
    count = office.begun()
    office.scan(count, "A1")
    office.scan(count, "A2")
    office.scan(count, "A2", result="missing", place="")
    assert last_counts([office.agency.pk], TODAY) == {
        found.pk: Counted(TODAY, found.quantity),
        missing.pk: Counted(TODAY, missing.quantity * 0),
    }
    assert last_counts([office.agency.pk], TODAY - dt.timedelta(days=1)) == {} and unseen.pk
    (line,) = three_ways(TODAY, [office.agency.pk], things=True)
    assert (line.cards_counted, line.gaps["found"]) == (2, -1)


def test_what_was_not_seen_and_then_seen_is_no_longer_missing_in_its_room(office: Office) -> None:
    office.card("A1")
    office.card("A2")
    count = office.begun()
    office.scan(count, "A1", result="missing", place="")
    office.scan(count, "A1")
    office.scan(count, "A2")
    office.scan(count, "A2", result="missing", place="")
    assert [(room.done, room.unseen) for room in rooms_of(count)] == [(2, 1)]
