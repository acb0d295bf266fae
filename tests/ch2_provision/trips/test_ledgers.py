"""Slips as a ledger brings them: numbers of many at once, and those kept on paper as they ended."""

from __future__ import annotations

import datetime as dt

from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.kernel import border, clock, scope
from baozhang.kernel.resource import BY_LABEL
from tests.ch2_provision.trips.conftest import Garage


def test_slips_without_a_number_come_in_together_and_those_kept_on_paper_as_they_ended(garage: Garage) -> None:
    def at(day: int, hour: int) -> dt.datetime:
        return dt.datetime(2026, 3, day, hour, tzinfo=clock.ZONE)

    rows = [
        border.Row({"vehicle": garage.vehicles[n], "driver": garage.drivers[n], "starts": at(day, 8), "ends": at(day, 9)})
        for n in (0, 1) for day in (2, 3)
    ]  # fmt: skip
    rows[0].values |= {
        "out_at": at(2, 8),
        "in_at": at(2, 9),
        "odometer_out": 100,
        "odometer_in": 110,
    }
    actor = garage("desk")
    with scope.within(actor):
        border.commit(BY_LABEL["trips.dispatch"], rows, by=actor, defaults={"organ": garage.mine})
    assert sorted(Dispatch._base_manager.values_list("state", flat=True)) == ["ended", "planned", "planned", "planned"]
    assert [one[-5:] for one in Dispatch._base_manager.order_by("number").values_list("number", flat=True)] == [
        "00001",
        "00002",
        "00003",
        "00004",
    ]
