"""Vehicles beyond their area though no approved trip of that time leads there: each absence once, however many days it lasts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from baozhang.ch2_provision.trips.choices import ALLOWED, MADE
from baozhang.ch2_provision.trips.models import Dispatch, Movement, Request
from baozhang.ch2_provision.trips.models.movement import AWAY, OUT, WAY
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.queries.areas import areas
from baozhang.kernel import clock

from .desk import judged_since
from .tracks import LOOK_BACK, SLACK

A_DAY = dt.timedelta(days=1)
FOREVER = 10_000  # days; what was before the regulation is not judged, however long it lasts


@dataclass(frozen=True)
class Absence:
    """A vehicle's time beyond its area, from leaving to coming back; several that begin on one day are one."""

    day: dt.date  # on which it began, which is its name among findings
    since: dt.datetime  # first and last seen beyond
    until: dt.datetime
    place: str  # where it was first seen beyond, in degrees
    stood: bool  # it was found standing there: nobody saw it leave
    ways: int  # that had something beyond the area
    nights: int  # that it stood there
    metres: int  # how far it got from the border
    area: str


def _absence(parts: Sequence[Any], area: str = "") -> Absence:
    """What ways had beyond the area and the nights that it stood there, by time, as one."""
    first, nights = parts[0], sum(one.kind == AWAY for one in parts)
    return Absence(
        day=first.day, since=_here(first.since), until=_here(parts[-1].until), stood=first.kind == AWAY, nights=nights, ways=len(parts) - nights,
        place=f"{(first.lat or 0) / 1e6:.5f}, {(first.lon or 0) / 1e6:.5f}", metres=max(one.metres for one in parts), area=area,
    )  # fmt: skip


def strayed(day: dt.date) -> dict[int, list[Absence]]:
    """The absences without approval that the last days saw, vehicle by vehicle."""
    first = judged_since(day, LOOK_BACK - 1)
    seen: dict[int, list[Any]] = defaultdict(list)
    for one in _beyond().filter(day__gte=first, day__lte=day):
        seen[one.vehicle].append(one)
    _begun_before(seen, first)
    organs = Vehicle._base_manager.filter(pk__oneof=sorted(seen)).values_list("pk", "organ_id")
    organ_of = dict(organs)
    held = areas(day, organ_of.values())
    found: dict[int, list[Absence]] = {}
    for vehicle, parts in seen.items():
        area = held.get(organ_of.get(vehicle, 0))
        if area is not None:
            found[vehicle] = [_absence(one, area.name) for one in _absences(parts) if one[-1].day >= first]
    return {vehicle: absences for vehicle, absences in found.items() if absences}


def absence_of(way: Movement) -> Absence | None:
    """The absence over at least one night of which a way is a part; None where it is of none."""
    first, last = (at.astimezone(clock.ZONE).date() for at in (way.since, way.until))
    rows = _beyond().filter(
        vehicle=way.vehicle, day__gte=judged_since(first, LOOK_BACK), day__lte=last + A_DAY * LOOK_BACK
    )
    for parts in _absences(list(rows)):
        found = _absence(parts)
        if found.nights and any(one.kind == OUT and way.since <= one.since <= way.until for one in parts):
            return found
    return None


def whole(way: Movement) -> tuple[dt.datetime, dt.datetime]:
    """From when to when the trip of a way lasted: its own time, or, with nights beyond the area, from leaving to coming back."""
    found = absence_of(way)
    if found is None:
        return _here(way.since), _here(way.until)
    ways = Movement.objects.filter(vehicle=way.vehicle, kind=WAY)
    out, back = (ways.filter(since__lte=at, until__gte=at).first() for at in (found.since, found.until))
    since = min(way.since, found.since, *([out.since] if out else []))
    return _here(since), _here(max(way.until, found.until, *([back.until] if back else [])))


def left_area(way: Movement) -> bool:
    """True where something of a way lay beyond the area."""
    rows = Movement.objects.filter(vehicle=way.vehicle, kind=OUT, since__lte=way.until, until__gte=way.since)
    return bool(rows.exists())


def _beyond() -> Any:
    """What lay beyond an area and no approved trip that leads there covers; `home` where the way came back within it."""
    leads = Request._base_manager.filter(dispatch=OuterRef("pk"), outside=True, state__in=ALLOWED)
    leads = leads.filter(Q(urgent=False) | Q(completed_at__isnull=False))
    sent = Dispatch._base_manager.filter(vehicle=OuterRef("vehicle"), state__in=MADE).filter(Exists(leads))
    sent = sent.filter(out_at__lte=OuterRef("since_slack")).filter(
        Q(in_at__isnull=True) | Q(in_at__gte=OuterRef("until_slack"))
    )
    goes_on = Movement.objects.filter(
        vehicle=OuterRef("vehicle"), kind=WAY, since__lte=OuterRef("since"), until__gt=OuterRef("until")
    )
    rows = Movement.objects.filter(kind__in=(OUT, AWAY)).annotate(
        since_slack=F("since") + SLACK, until_slack=F("until") - SLACK
    )
    return rows.filter(~Exists(sent)).annotate(home=Exists(goes_on)).order_by("vehicle", "since")


def _begun_before(seen: dict[int, list[Any]], first: dt.date) -> None:
    """This will add what went before to vehicles that stood beyond when the days began: an absence keeps its beginning."""
    standing = sorted(vehicle for vehicle, parts in seen.items() if parts[0].kind == AWAY)
    earlier: dict[int, list[Any]] = defaultdict(list)
    for one in (
        _beyond().filter(vehicle__in=standing, day__gte=judged_since(first, FOREVER), day__lt=first) if standing else ()
    ):
        earlier[one.vehicle].append(one)
    for vehicle, parts in earlier.items():
        seen[vehicle] = [*parts, *seen[vehicle]]


def _absences(parts: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The parts of one vehicle put together: what lies between two parts on which it did not come home is one absence."""
    made: list[list[Any]] = []
    for one in parts:
        last = made[-1][-1] if made else None
        if last is not None and (one.day == made[-1][0].day or (not last.home and _follows(last, one))):
            made[-1].append(one)
        else:
            made.append([one])
    return [tuple(group) for group in made]


def _follows(last: Any, one: Any) -> bool:
    """True where nothing but standing can lie between: the same day, the night after, or a way over midnight."""
    night = one.kind == AWAY and one.day - last.day == A_DAY
    return bool(one.day == last.day or night or one.since - last.until <= SLACK)


def _here(at: dt.datetime) -> dt.datetime:
    return at.astimezone(clock.ZONE)
