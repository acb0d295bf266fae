"""Trips that had to go first: until when they are to be approved afterwards, and whether that came late (article 23, paragraph 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from baozhang.ch2_provision.trips.choices import RequestState
from baozhang.ch2_provision.trips.models import Request
from baozhang.kernel import clock
from baozhang.law.case import places
from baozhang.law.figures import Figures

LATE = "vehicles.trips.late_hours"


@dataclass(frozen=True)
class First:
    """How often vehicles went first in a year, how many trips nobody has approved yet, and how many were approved too late."""

    all: int = 0
    owed: int = 0
    late: int = 0


def due_by(request: Request) -> dt.datetime | None:
    """When a trip that went first is to be approved at the latest: some hours after its end; None where nobody has set them."""
    if not request.urgent or request.ends is None:
        return None
    day = request.ends.astimezone(clock.ZONE).date()
    hours = Figures(day, places().get(request.organ_id, "")).reading(LATE).value
    return None if hours is None else request.ends.astimezone(clock.ZONE) + dt.timedelta(hours=float(str(hours)))


def hours_late(request: Request) -> int:
    """How many hours, begun ones too, the approval came after its time; none where it came in time or is still to come."""
    by = due_by(request)
    if by is None or request.completed_at is None or request.completed_at <= by:
        return 0
    return -(-int((request.completed_at - by).total_seconds()) // 3_600) or 1


def went_first(organs: Iterable[int], year: int) -> First:
    """The trips of some units in a year that went first; one query, and one figure a unit and day."""
    rows = Request._base_manager.filter(organ_id__in=list(organs), urgent=True, day__year=year)
    found = list(rows.exclude(state=RequestState.CANCELLED))
    owed = sum(one.completed_at is None for one in found)
    return First(len(found), owed, sum(hours_late(one) > 0 for one in found))
