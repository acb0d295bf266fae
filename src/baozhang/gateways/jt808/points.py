"""A position as sent becomes a position as stored, or a doubtful one with its reason."""

from __future__ import annotations

from baozhang.ch2_provision.vehicles.telemetry.points import Batch, digest_of, doubt_of, is_blind

from .location import Location, items_of, seconds_of


def add_to(batch: Batch, vehicle: int, location: Location, heard: int, *, late: bool = False) -> None:
    """This will put a position into a batch, among the good ones or apart; `late` ones may be of any time."""
    at = seconds_of(location.time)
    doubt = doubt_of(at, location.lat, location.lon, location.speed, location.status, heard)
    if doubt:
        digest = digest_of(location.body, at, None if late else heard)
        blind = is_blind(doubt, location.status, location.speed)
        batch.doubts.append((vehicle, digest, doubt, at, heard, blind, location.body))
        return
    items = items_of(location.items)
    point = (
        at, location.lat, location.lon, location.altitude, location.speed, location.direction, location.status,
        location.alarm, items.value(0x01), items.value(0x02), items.value(0x31), items.value(0x30), heard,
    )  # fmt: skip
    batch.points.append((vehicle, point))
