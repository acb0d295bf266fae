"""Which area holds for the vehicles of a unit: its own, else that of the support authority of its level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from baozhang.ch1_general.organs.choices import Competence, State
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import Datum
from baozhang.ch2_provision.vehicles.models import Area
from baozhang.ch2_provision.vehicles.telemetry.datum import from_gcj02


def areas(day: dt.date, organs: Iterable[int] | None = None) -> dict[int, Area]:
    """Organ → the area that holds for it on a day, of all organs where none are named; those without one are left out."""
    declared = {one.organ_id: one for one in Area._base_manager.filter(since__lte=day).order_by("since")}
    if not declared:
        return {}
    seats = Organization._base_manager.filter(competence=Competence.AUTHORITY, state=State.ACTIVE).order_by("-pk")
    level = dict(seats.values_list("jurisdiction__code", "pk"))  # the first of a place, as `authority_of` has it
    units = Organization._base_manager.order_by()
    if organs is not None:
        units = units.filter(pk__oneof=sorted(set(organs)))
    found: dict[int, Area] = {}
    for pk, path in units.values_list("pk", "jurisdiction__path"):
        nearest = next((level[code] for code in reversed(path.strip("/").split("/")) if code in level), 0)
        area = declared.get(pk) or declared.get(nearest)
        if area is not None:
            found[pk] = area
    return found


def rings_of(area: Area) -> list[list[tuple[int, int]]]:
    """Its border as positions have places: latitude and longitude in millionths of a degree, WGS-84."""
    said = [[from_gcj02(*place) for place in ring] for ring in area.rings] if area.datum == Datum.GCJ02 else area.rings
    return [[(round(lat * 1e6), round(lon * 1e6)) for lat, lon in ring] for ring in said]
