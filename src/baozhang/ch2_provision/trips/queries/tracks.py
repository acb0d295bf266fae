"""From the tracks of a day to its ways; and which ways no dispatch stands behind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, Max, Min, OuterRef, Q, Sum

from baozhang.ch2_provision.trips.choices import MADE
from baozhang.ch2_provision.trips.models import Dispatch, Movement
from baozhang.ch2_provision.trips.models.movement import AWAY, FAST, IDLE, NIGHT, OUT, WAY
from baozhang.ch2_provision.trips.queries.desk import judged_since
from baozhang.ch2_provision.vehicles.choices import Energy, TerminalState, VehicleState
from baozhang.ch2_provision.vehicles.models import Terminal, Vehicle
from baozhang.ch2_provision.vehicles.queries.areas import areas, rings_of
from baozhang.ch2_provision.vehicles.queries.map import begun
from baozhang.ch2_provision.vehicles.telemetry import beyond, ways
from baozhang.ch2_provision.vehicles.telemetry.points import AT, DAY, LAT, LON
from baozhang.ch2_provision.vehicles.telemetry.store import STORE, Late, day_of
from baozhang.kernel import clock

SLOW = 60  # km/h held; up to it no way is called fast, whatever an authority issues
ENGINELESS = (Energy.ELECTRIC, Energy.FUEL_CELL)
MOVED = 500  # metres; less is moving a vehicle in its yard
DRIFT = 50  # metres by which a fix of a vehicle that stands may be wrong: so near to its fence it is within
SLACK = dt.timedelta(minutes=30)  # a slip is filled in somewhat after the vehicle left, or before it is back
LAST = 5  # positions of which most say where a vehicle stands
LOOK_BACK = 60  # days of ways that a patrol looks at; a finding stays as long as its way is looked at
Row = tuple[int, str, dt.datetime, dt.datetime, dt.date, int, int | None, int | None]
NAMES = ("vehicle", "kind", "since", "until", "day", "metres", "lat", "lon")
NOWHERE = (None, None)


def fitted() -> dict[int, Vehicle]:
    """The files of vehicles by the key of the terminal that reports for them; two queries."""
    terminals = dict(Terminal._base_manager.filter(state=TerminalState.IN_USE).values_list("plate", "pk"))
    files = Vehicle._base_manager.filter(plate__oneof=list(terminals)).exclude(state=VehicleState.GONE)
    return {terminals[one.plate]: one for one in files}


def sat_in(keys: Sequence[int]) -> dict[int, tuple[Vehicle, int]]:
    """Terminal → the file of the vehicle in which it was, taken off meanwhile or not, and the second since when; three queries.

    The unit tells files of one plate apart: the former owner's and the new one's."""
    found = {key: (one, 0) for key, one in fitted().items()}
    told = list(Terminal._base_manager.filter(pk__oneof=list(keys)).only("pk", "organ_id", "plate", "since", "state"))
    off = [one for one in told if one.state == TerminalState.REMOVED and one.plate]
    files = Vehicle._base_manager.filter(plate__oneof=sorted({one.plate for one in off})).order_by("pk")
    by_plate = {(one.organ_id, one.plate): one for one in files}
    found |= {one.pk: (by_plate[key], 0) for one in off if (key := (one.organ_id, one.plate)) in by_plate}
    return found | {one.pk: (found[one.pk][0], begun(one)) for one in told if one.since and one.pk in found}


def ways_of(day: dt.date) -> list[Row]:
    """The ways of all vehicles on a day, their speeds, idle stops and stays beyond the area; tracks are read only of those that moved at all."""
    since, until = day_of(day)
    moved = [key for key, km in STORE.kilometres(since, until).items() if km * 1_000 >= MOVED]
    by_terminal = sat_in(moved)
    return _drawn(day, by_terminal, [key for key in moved if key in by_terminal])


def late_ways(until: dt.date) -> tuple[list[Late], dict[dt.date, tuple[list[int], list[Row]]]]:
    """The days up to one whose positions came when they were over; and by day whose ways are to be replaced, and by which.

    Of the last of these days all ways are drawn anyway (`ways_of`), and none of them here.
    """
    late = STORE.late(until)
    by_terminal = sat_in(_beside([terminal for terminal, _day, _count in late]))
    found = {}
    for day in sorted({day for _terminal, day, _count in late}):
        told = {by_terminal[key][0].pk for key, on, _count in late if on == day and key in by_terminal}
        far = [key for key, (vehicle, _first) in by_terminal.items() if vehicle.pk in told]
        found[day] = sorted(told), _drawn(day, by_terminal, far) if day < until else []
    return late, found


def _beside(terminals: Sequence[int]) -> list[int]:
    """Some terminals and all others that are or were in the same vehicles: a day may be told by two of them."""
    plates = Terminal._base_manager.filter(pk__oneof=list(terminals)).values_list("plate", flat=True)
    return list(Terminal._base_manager.filter(plate__oneof=sorted(set(plates))).values_list("pk", flat=True))


def _drawn(day: dt.date, by_terminal: dict[int, tuple[Vehicle, int]], far: list[int]) -> list[Row]:
    """The rows of a day for the vehicles of some terminals."""
    since, until = day_of(day)
    rows, drawn = list[Row](), borders(day, {by_terminal[key][0].organ_id for key in far})
    for terminal, track in STORE.tracks(far, since, until):
        vehicle, first = by_terminal[terminal]
        track = track[track[:, AT] >= first]
        rows += rows_of(vehicle, track, drawn.get(vehicle.organ_id)) if len(track) else []
    return rows


def rows_of(vehicle: Vehicle, track: Any, border: beyond.Border | None) -> list[Row]:
    """What the track of one vehicle's day comes to."""
    trips, idles = ways.both(track)
    rows: list[Row] = []
    for way in trips:
        span = _moment(way.since), _moment(way.until)
        rows += a_way(vehicle, *span, round(way.km * 1_000)) + a_speed(vehicle, *span, way.speed_held)
    for idle in idles:
        rows += an_idle(vehicle, _moment(idle.since), _moment(idle.until))
    return rows + (strays(vehicle, trips, beyond.stays(track, border)) if border is not None else [])


def borders(day: dt.date, organs: Iterable[int]) -> dict[int, beyond.Border]:
    """Organ → the border of the area that holds for it; each made once, however many units it holds for."""
    made: dict[int, beyond.Border] = {}
    found = areas(day, organs)
    for area in found.values():
        if area.pk not in made:
            made[area.pk] = beyond.Border(rings_of(area))
    return {organ: made[area.pk] for organ, area in found.items()}


def a_way(vehicle: Vehicle, since: dt.datetime, until: dt.datetime, metres: int) -> list[Row]:
    """The row of one way; none where the vehicle was only moved in its yard."""
    day = since.astimezone(clock.ZONE).date()
    return [(vehicle.pk, WAY, since, until, day, metres, *NOWHERE)] if metres >= MOVED else []


def a_speed(vehicle: Vehicle, since: dt.datetime, until: dt.datetime, kmh: float) -> list[Row]:
    """The row of the speed that a way held; none where nobody would call it fast."""
    day = since.astimezone(clock.ZONE).date()
    return [(vehicle.pk, FAST, since, until, day, round(kmh * 1_000), *NOWHERE)] if kmh > SLOW else []


def an_idle(vehicle: Vehicle, since: dt.datetime, until: dt.datetime) -> list[Row]:
    """The row of a stop at which the engine ran; none of a vehicle that has none to run."""
    day = since.astimezone(clock.ZONE).date()
    return (
        [(vehicle.pk, IDLE, since, until, day, 0, *NOWHERE)]
        if vehicle.energy not in ENGINELESS and until > since
        else []
    )


def strays(vehicle: Vehicle, trips: Iterable[ways.Trip], stays: Iterable[beyond.Beyond]) -> list[Row]:
    """The rows of what of each way lay beyond the area: by ways, since a slip, also one asked for late, speaks of those."""
    rows: list[Row] = []
    for stay in stays:
        for way in trips:
            since, until = max(stay.since, way.since), min(stay.until, way.until)
            if since < until:
                span = _moment(since), _moment(until)
                rows.append((vehicle.pk, OUT, *span, span[0].date(), round(stay.metres), stay.lat, stay.lon))
    return rows


def a_stray(vehicle: Vehicle, since: dt.datetime, until: dt.datetime, metres: int, lat: int, lon: int) -> list[Row]:
    """The row of what of one way lay beyond the area; none of what only wanders over its border."""
    day, lasting = since.astimezone(clock.ZONE).date(), dt.timedelta(seconds=beyond.LASTING)
    return (
        [(vehicle.pk, OUT, since, until, day, metres, lat, lon)]
        if metres > beyond.BORDER and until - since >= lasting
        else []
    )


def nights(now: dt.datetime) -> list[Row]:
    """The vehicles that stand outside their fence or beyond their area now: by their last position, and by most of the last ones."""
    by_terminal = fitted()
    drawn = borders(now.date(), {one.organ_id for one in by_terminal.values()})
    last = {
        at.vehicle: (at.lat, at.lon)
        for at in STORE.current(list(by_terminal))
        if at.lat is not None and at.lon is not None
    }
    rows = _elsewhere(now, by_terminal, drawn, last)
    away = {row[0] for row in rows}
    suspects = {terminal: place for terminal, place in last.items() if by_terminal[terminal].pk in away}
    agreed = {row[:2] for row in _elsewhere(now, by_terminal, drawn, suspects | _steady(now, [*suspects]))}
    return [row for row in rows if row[:2] in agreed]


def _steady(now: dt.datetime, terminals: list[int]) -> dict[int, tuple[int, int]]:
    """Where most of the last positions of some vehicles were: one alone may be a receiver's fancy."""
    import numpy as np

    until = int(now.timestamp()) + 1
    return {
        terminal: (int(np.median(track[-LAST:, LAT])), int(np.median(track[-LAST:, LON])))
        for terminal, track in STORE.tracks(terminals, until - DAY, until)
    }


def _elsewhere(
    now: dt.datetime, by_terminal: dict[int, Vehicle], drawn: dict[int, beyond.Border], last: dict[int, tuple[int, int]]
) -> list[Row]:
    """The rows of vehicles at their places: those outside their fence, and those beyond their area."""
    rows: list[Row] = []
    within: dict[beyond.Border, list[tuple[Vehicle, int, int]]] = defaultdict(list)
    for terminal, (lat, lon) in last.items():
        vehicle = by_terminal[terminal]
        rows += a_night(vehicle, now, lat, lon)
        if vehicle.organ_id in drawn:
            within[drawn[vehicle.organ_id]].append((vehicle, lat, lon))
    for border, places in within.items():
        far = border.beyond([lat for _one, lat, _lon in places], [lon for _one, _lat, lon in places])
        for (vehicle, lat, lon), metres in zip(places, far, strict=True):
            rows += a_night_away(vehicle, now, round(float(metres)), lat, lon)
    return rows


def a_night(vehicle: Vehicle, now: dt.datetime, lat: int, lon: int) -> list[Row]:
    """The row of one night at a place (millionths of a degree); none within the fence, or where no fence is known."""
    if vehicle.parking_lat is None or vehicle.parking_lon is None:
        return []
    away = float(ways.distance(lat, lon, float(vehicle.parking_lat) * 1e6, float(vehicle.parking_lon) * 1e6))
    day = now.astimezone(clock.ZONE).date()
    fence = MOVED if vehicle.parking_radius is None else vehicle.parking_radius + DRIFT
    return [(vehicle.pk, NIGHT, now, now, day, round(away), *NOWHERE)] if away > fence else []


def a_night_away(vehicle: Vehicle, now: dt.datetime, metres: int, lat: int, lon: int) -> list[Row]:
    """The row of one night so far (metres) beyond the area, at a place; none within it, or on its border."""
    day = now.astimezone(clock.ZONE).date()
    return [(vehicle.pk, AWAY, now, now, day, metres, lat, lon)] if metres > beyond.BORDER else []


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, clock.ZONE)


Ways = tuple[dt.date, str, int, int]  # day, time of the first, how many, metres


def uncovered(kind: str, day: dt.date) -> dict[int, list[Ways]]:
    """Movements of the last days that no dispatch covers, vehicle by vehicle, a sum a day; in one query."""
    return _by_vehicle(_loose(kind, day))


def loose_ways(vehicle: int, day: dt.date) -> Any:
    """The ways of one vehicle in the last days that no dispatch covers, the latest first."""
    return _loose(WAY, day).filter(vehicle=vehicle).order_by("-since")


def _loose(kind: str, day: dt.date) -> Any:
    under_way = Dispatch._base_manager.filter(
        vehicle=OuterRef("vehicle"), state__in=MADE, out_at__lte=OuterRef("until")
    )
    under_way = under_way.filter(Q(in_at__isnull=True) | Q(in_at__gte=OuterRef("since")))
    return _recent(kind, day).filter(~Exists(under_way))


def all_on(kind: str, days: Iterable[dt.date]) -> dict[int, list[Ways]]:
    """All movements of some days, in the same form."""
    return _by_vehicle(Movement.objects.filter(kind=kind, day__in=sorted(days)))


def looked_at(day: dt.date) -> list[dt.date]:
    """The days of ways that a patrol of a day looks at."""
    first = judged_since(day, LOOK_BACK - 1)
    return [day - dt.timedelta(days=n) for n in range((day - first).days + 1)]


def _recent(kind: str, day: dt.date) -> Any:
    return Movement.objects.filter(kind=kind, day__gte=judged_since(day, LOOK_BACK - 1), day__lte=day)


def _by_vehicle(rows: Any) -> dict[int, list[Ways]]:
    sums = rows.order_by("vehicle", "day").values("vehicle", "day")
    return _days(sums.annotate(first=Min("since"), count=Count("since"), all=Sum("metres")))


def _days(sums: Any) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for vehicle, day, first, count, much in sums.values_list("vehicle", "day", "first", "count", "all"):
        said = round(much.total_seconds()) if isinstance(much, dt.timedelta) else much
        found[vehicle].append((day, f"{first.astimezone(clock.ZONE):%H:%M}", count, said))
    return found


def fast(day: dt.date, least: float) -> dict[int, list[tuple[Any, ...]]]:
    """The days of the last time on which vehicles held more than some km/h: (day, time of the first, how often, the most)."""
    rows = (
        _recent(FAST, day).filter(metres__gt=round(least * 1_000)).order_by("vehicle", "day").values("vehicle", "day")
    )
    return _days(rows.annotate(first=Min("since"), count=Count("since"), all=Max("metres")))


def idle(day: dt.date, least: float) -> dict[int, list[tuple[Any, ...]]]:
    """The days on which engines ran at a stop for more than some minutes: (day, time of the first, how often, the longest in seconds)."""
    ran = ExpressionWrapper(F("until") - F("since"), output_field=DurationField())
    rows = _recent(IDLE, day).annotate(ran=ran).filter(ran__gt=dt.timedelta(minutes=float(least)))
    rows = rows.order_by("vehicle", "day").values("vehicle", "day")
    return _days(rows.annotate(first=Min("since"), count=Count("since"), all=Max("ran")))


def unbounded(day: dt.date) -> Any:
    """The vehicles with a terminal for whose unit nobody has declared an area."""
    terminals = Terminal._base_manager.filter(state=TerminalState.IN_USE).order_by().values("plate")
    rows = Vehicle._base_manager.filter(plate__in=terminals).exclude(state=VehicleState.GONE)
    return rows.exclude(organ__oneof=sorted(areas(day))).order_by("pk")
