"""A position as the store takes it: whole numbers in one order; and whether it can be true at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from baozhang.ch2_provision.vehicles.choices import EAST, NORTH, SOUTH, WEST, Doubt

# The order of a point's numbers everywhere: in rows, in arrays, in blocks.
COLUMNS = (
    "at", "lat", "lon", "altitude", "speed", "direction", "status", "alarm", "odometer", "fuel", "satellites", "signal",
    "heard",
)  # fmt: skip
AT, LAT, LON, ALTITUDE, SPEED, DIRECTION, STATUS, ALARM, ODOMETER, FUEL, SATELLITES, SIGNAL, HEARD = range(len(COLUMNS))
MAY_LACK = (ODOMETER, FUEL, SATELLITES, SIGNAL)
HOUR = 3_600
DAY = 24 * HOUR

ACC, LOCATED = 1, 2  # status bits
AHEAD = 10 * 60  # seconds that a terminal's clock may run ahead of ours
BEHIND = 366 * DAY  # older than that is no blind zone but a wrong clock (GPS weeks roll over after twenty years)
FASTEST = 2_500  # tenths of km/h
UNSAID = -1  # the speed of a source that says none; zero would say that the vehicle stands
SLOW_CLOCK = 60  # seconds by which a clock that goes may be off

Point = tuple[Any, ...]  # in the order of COLUMNS; None where a terminal does not say
_NOT_LOCATED = Doubt.NO_FIX.value


def doubt_of(at: int | None, lat: int, lon: int, speed: int, status: int, heard: int) -> str:
    """Why a position says nothing of where the vehicle was; empty where it may be true."""
    if not status & LOCATED:
        return _NOT_LOCATED
    if at is None:
        return Doubt.NO_TIME.value
    if lat == 0 or lon == 0:
        return Doubt.ZERO.value
    if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
        return Doubt.PLACE.value
    if at > heard + AHEAD:
        return Doubt.FUTURE.value
    if at < heard - BEHIND:
        return Doubt.PAST.value
    return Doubt.SPEED.value if speed > FASTEST else ""


def digest_of(body: bytes, at: int | None, heard: int | None = None) -> bytes:
    """By what a doubtful position is known again when its answer was lost.

    A clock that stands, as many do without a fix, makes all of a day the very same bytes: of those each minute is its own.
    `heard` is given where the position is said to be one of now; of what comes late, the clock says nothing.
    """
    stands = heard is not None and (at is None or abs(at - heard) > SLOW_CLOCK)
    minute = ((heard or 0) // 60).to_bytes(8, "big") if stands else b""
    return hashlib.blake2b(body, digest_size=16, key=minute).digest()


def is_blind(doubt: str, status: int, speed: int) -> bool:
    """True where a vehicle whose engine runs, or which moves, has no fix: an aerial that is covered, or pulled out."""
    return doubt in (_NOT_LOCATED, Doubt.ZERO.value) and bool(status & ACC or speed > 0)


@dataclass(slots=True)
class Batch:
    """What terminals said in some milliseconds, to be written at once. The key is always the vehicle's."""

    points: list[tuple[int, Point]] = field(default_factory=list)
    doubts: list[tuple[int, bytes, str, int | None, int, bool, bytes]] = field(
        default_factory=list
    )  # as DoubtfulPosition
    heard: dict[int, int] = field(default_factory=dict)  # vehicle → when last

    @property
    def size(self) -> int:
        """How many positions it holds."""
        return len(self.points) + len(self.doubts)
