"""What devices say: written twice it is there once, merged as told, taken out exactly, and never past this door."""

from __future__ import annotations

import pytest

from baozhang.ch2_provision.vehicles.models import RecentPosition, TerminalHealth
from baozhang.kernel import observation
from baozhang.kernel.scope import WriteOutsideKeep

NAMES = ("vehicle", "at", "lat", "lon", "altitude", "speed", "direction", "status", "alarm", "odometer", "heard")


def row(vehicle: int, at: int, alarm: int = 0, odometer: int | None = None) -> tuple[int | None, ...]:
    return (vehicle, at, 31_000_000, 121_000_000, 4, 100, 90, 3, alarm, odometer, at + 1)


def kept(*names: str) -> list[tuple]:
    return list(RecentPosition.objects.order_by("vehicle", "at").values_list(*names))


def test_what_is_there_already_changes_nothing(db):
    observation.observe(RecentPosition, NAMES, [row(1, 100), row(1, 101, odometer=7), row(2, 100)])
    observation.observe(RecentPosition, NAMES, [row(1, 100, alarm=9), row(1, 102)])
    assert kept("vehicle", "at", "alarm", "odometer") == [
        (1, 100, 0, None),
        (1, 101, 0, 7),
        (1, 102, 0, None),
        (2, 100, 0, None),
    ]
    observation.observe(RecentPosition, NAMES, [])


def test_columns_are_merged_as_told(db):
    observation.observe(RecentPosition, NAMES, [row(1, 100, alarm=1)])
    observation.observe(RecentPosition, NAMES, [row(1, 100, alarm=4)], merge={"alarm": observation.OR})
    assert kept("alarm") == [(5,)]
    names = ("vehicle_id", "heard", "good", "doubtful", "at", "lat", "told_plate")
    merge = {"heard": observation.MOST, "good": observation.ADD, "lat": "later", "at": "later"}
    for values in (
        (7, 50, 1, 0, None, None, ""),
        (7, 40, 1, 0, 30, 3, ""),
        (7, 60, 1, 0, 20, 2, ""),
        (7, 61, 1, 0, None, None, ""),
    ):
        observation.observe(TerminalHealth, names, [values], merge=merge, later="at")
    assert TerminalHealth.objects.values_list("heard", "good", "at", "lat").get() == (61, 4, 30, 3)


def test_what_is_taken_out_is_what_is_returned(db):
    observation.observe(RecentPosition, NAMES, [row(1, at) for at in range(5)])
    taken = observation.withdraw(RecentPosition, ("at", "odometer"), '"vehicle" = %s AND "at" < %s', [1, 3])
    assert sorted(taken) == [(0, None), (1, None), (2, None)]
    assert observation.forget(RecentPosition, '"at" < %s', [4]) == 1
    assert kept("at") == [(4,)]


def test_there_is_no_other_way_to_write(db):
    for write in (
        lambda: RecentPosition(vehicle=1, at=1).save(),
        lambda: RecentPosition(vehicle=1, at=1).delete(),
        lambda: RecentPosition.objects.create(vehicle=1),
        lambda: RecentPosition.objects.all().update(alarm=1),
        lambda: RecentPosition.objects.all().delete(),
    ):
        with pytest.raises(WriteOutsideKeep):
            write()
