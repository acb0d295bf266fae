"""What a map of vehicles shows: where each was last, within a box, changed since a moment; and a vehicle's day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, When

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import TerminalState, VehicleState
from baozhang.ch2_provision.vehicles.models import Terminal, TerminalHealth, Vehicle
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.ch2_provision.vehicles.telemetry.store import day_of as seconds_of

MOST = 20_000  # vehicles in one answer
OVERLAP = 5  # seconds: what was heard before an answer may be written after it
_NAMES = (
    "vehicle_id", "vehicle__plate", "vehicle__organ_id", "lat", "lon", "speed", "direction", "at", "heard", "status"
)  # fmt: skip
Organs = Collection[int] | None  # None: everywhere


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the map, in millionths of a degree."""

    west: int
    south: int
    east: int
    north: int

    @classmethod
    def read(cls, text: str) -> Box | None:
        """The box in "west,south,east,north" as degrees; None where nothing is said; ValueError where it is none."""
        if not text:
            return None
        west, south, east, north = (round(float(part) * 1e6) for part in text.split(","))
        return cls(west, south, east, north)


def positions(organs: Organs, *, since: int = 0, box: Box | None = None) -> list[tuple[Any, ...]]:
    """(terminal, plate, organ, lat, lon, speed, direction, at, heard, status) of vehicles that have said where they are."""
    rows = TerminalHealth.objects.filter(vehicle__state=TerminalState.IN_USE, lat__isnull=False)
    if organs is not None:
        rows = rows.filter(vehicle__organ__oneof=sorted(organs))
    if since:
        rows = rows.filter(heard__gte=since - OVERLAP)
    if box is not None:
        rows = rows.filter(lat__gte=box.south, lat__lte=box.north, lon__gte=box.west, lon__lte=box.east)
    return list(rows.order_by("vehicle").values_list(*_NAMES)[:MOST])


def names(organs: Collection[int]) -> dict[int, str]:
    """The names of units."""
    rows = Organization._base_manager.filter(pk__oneof=sorted(organs))
    return {pk: short or name for pk, short, name in rows.values_list("pk", "short", "name")}


def terminal_at(pk: int, organs: Organs) -> Terminal | None:
    """A terminal of some units."""
    rows = Terminal._base_manager.filter(pk=pk)
    if organs is not None:
        rows = rows.filter(organ__oneof=sorted(organs))
    return rows.select_related("organ").first()


def terminals_of(vehicle: Vehicle) -> list[Terminal]:
    """All that ever reported for a unit's vehicle, the one in use first; of one that has gone those that were taken off."""
    rows = Terminal._base_manager.filter(plate=vehicle.plate, organ_id=vehicle.organ_id)
    if vehicle.state == VehicleState.GONE:  # the plate may be another vehicle's by now
        rows = rows.filter(state=TerminalState.REMOVED)
    used = Case(When(state=TerminalState.IN_USE, then=0), default=1)
    return list(rows.order_by(used, "-pk")) if vehicle.plate else []


def terminal_on(vehicle: Vehicle, day: dt.date) -> Terminal | None:
    """The one of a vehicle's terminals that said where it was on a day, else the first of them."""
    held = terminals_of(vehicle)
    if len(held) > 1:
        said = STORE.heard([one.pk for one in held], *seconds_of(day))
        held.sort(key=lambda one: one.pk not in said)
    return held[0] if held else None


def file_of(terminal: Terminal) -> Vehicle | None:
    """The file of the vehicle in which a terminal is."""
    return Vehicle._base_manager.filter(plate=terminal.plate, organ_id=terminal.organ_id).order_by("-pk").first()


def begun(terminal: Terminal) -> int:
    """The second from which what a terminal said is its unit's; what comes late of the time before is not."""
    return 0 if terminal.since is None else int(terminal.since.timestamp())


def day_of(terminal: Terminal, since: int, until: int) -> dict[str, Any]:
    """A vehicle's day: its believed points, where it stood, its ways, and how far it went."""
    from baozhang.ch2_provision.vehicles.telemetry import ways
    from baozhang.ch2_provision.vehicles.telemetry.points import AT, DIRECTION, LAT, LON, SPEED

    rows = STORE.track(terminal.pk, max(since, begun(terminal)), until)
    clean = rows[ways.believed(rows)]
    return {
        "points": clean[:, [AT, LAT, LON, SPEED, DIRECTION]].tolist(),
        "stops": [[one.since, one.until, one.lat, one.lon] for one in ways.stops(rows)],
        "trips": [[one.since, one.until, round(one.km, 2), round(one.speed_most, 1)] for one in ways.trips(rows)],
        "km": round(float(ways.steps(clean).sum()) / 1_000, 2),
        "doubtful": len(rows) - len(clean),
    }
