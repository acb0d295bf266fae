"""What a map of vehicles shows: where each was last, within a box, changed since a moment; and a vehicle's day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import TerminalState
from baozhang.ch2_provision.vehicles.models import Terminal, TerminalHealth, Vehicle
from baozhang.ch2_provision.vehicles.telemetry.store import STORE

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


def terminal_of(plate: str, organ: int) -> Terminal | None:
    """The terminal in use of a unit's vehicle."""
    rows = Terminal._base_manager.filter(plate=plate, organ_id=organ, state=TerminalState.IN_USE)
    return rows.first() if plate else None


def file_of(terminal: Terminal) -> Vehicle | None:
    """The file of the vehicle in which a terminal is."""
    return Vehicle._base_manager.filter(plate=terminal.plate, organ_id=terminal.organ_id).order_by("-pk").first()


def day_of(vehicle: int, since: int, until: int) -> dict[str, Any]:
    """A vehicle's day: its believed points, where it stood, its ways, and how far it went."""
    from baozhang.ch2_provision.vehicles.telemetry import ways
    from baozhang.ch2_provision.vehicles.telemetry.points import AT, DIRECTION, LAT, LON, SPEED

    rows = STORE.track(vehicle, since, until)
    clean = rows[ways.believed(rows)]
    return {
        "points": clean[:, [AT, LAT, LON, SPEED, DIRECTION]].tolist(),
        "stops": [[one.since, one.until, one.lat, one.lon] for one in ways.stops(rows)],
        "trips": [[one.since, one.until, round(one.km, 2), round(one.speed_most, 1)] for one in ways.trips(rows)],
        "km": round(float(ways.steps(clean).sum()) / 1_000, 2),
        "doubtful": len(rows) - len(clean),
    }
