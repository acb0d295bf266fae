"""Papers that are numbered in their unit and year: many of one batch get a number each, those that bring one keep it."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.conftest import TODAY

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.trips.models import Dispatch, Request
from baozhang.ch2_provision.vehicles.models import Addition
from baozhang.ch3_mechanisms.procurement.models import Purchase
from baozhang.kernel import clock, scope
from baozhang.kernel.record import Record, keep


def _paper(model: type[Record], organ: Organization, number: str = "") -> Any:
    own = {"means": "rented", "vehicle": None, "driver": None} if model is Dispatch else {}
    made = factories.sample(model, where=organ, **own)
    made.number = number
    return made


@pytest.mark.parametrize("model", [Need, Request, Dispatch, Addition, Purchase])
def test_papers_of_one_batch_get_a_number_each(db: None, model: type[Record]) -> None:
    here, there = factories.organ("甲局"), factories.organ("乙局")
    rows = [_paper(model, here), _paper(model, there), _paper(model, here), _paper(model, here, "旧-7")]
    later = _paper(model, here)
    with clock.on(TODAY), scope.everything("test") as by:
        keep(rows, by=by)
        keep(later, by=by)
    assert [one.number.rpartition("-")[2].lstrip("0") for one in (*rows, later)] == ["1", "1", "2", "7", "3"]
    assert len({one.number for one in (*rows, later)}) == 5


def test_what_is_no_number_of_the_row_is_passed_over_and_none_stops_at_nines(db: None) -> None:
    here = factories.organ("甲局")
    front = f"XQ{TODAY.year}-{here.code}-"
    with clock.on(TODAY), scope.everything("test") as by:
        keep([_paper(Need, here, front + tail) for tail in ("临时", "9999")], by=by)
        for tail in ("10000", "10001"):
            later = _paper(Need, here)
            keep(later, by=by)
            assert later.number == front + tail
