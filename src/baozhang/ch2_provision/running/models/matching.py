"""Bills find their vehicle by plate and card, and their trip by time; for a whole batch, in three queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Q

from baozhang.ch2_provision.running.choices import ON_THE_ROAD, SLACK, Kind
from baozhang.ch2_provision.trips.choices import HIRED, MADE
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import bulk, clock

from .reading import plate_of

_SLACK = dt.timedelta(minutes=SLACK)


def match(rows: Sequence[Any]) -> None:
    """This will set vehicle and organ, and then the trip, where a row does not name them."""
    _vehicles([row for row in rows if row.vehicle_id is None])
    _fetch(rows, "vehicle", Vehicle)
    for row in rows:
        if row.vehicle_id is not None:
            row.organ_id = row.vehicle.organ_id
    _trips([row for row in rows if row.vehicle_id and row.dispatch_id is None and row.kind in ON_THE_ROAD and row.day])
    _hired(
        [row for row in rows if not row.vehicle_id and row.dispatch_id is None and row.kind == Kind.HIRE and row.day]
    )
    _fetch(rows, "dispatch", Dispatch)


def _fetch(rows: Sequence[Any], name: str, model: Any) -> None:
    """This will fetch in bulk what rows point to and do not carry along."""
    bare = [row for row in rows if getattr(row, f"{name}_id") and name not in row._state.fields_cache]
    keys = sorted({getattr(row, f"{name}_id") for row in bare})
    held: dict[int, Any] = {}
    for part in bulk.chunks(keys):
        held |= {one.pk: one for one in model._base_manager.filter(pk__oneof=list(part))}
    for row in bare:
        setattr(row, name, held.get(getattr(row, f"{name}_id")))


def _vehicles(rows: Sequence[Any]) -> None:
    plates = _by("plate", Vehicle, {row.plate for row in rows if row.plate})
    cards: dict[str, Any] = {}
    wanted = sorted({row.card for row in rows if row.card and row.plate not in plates})
    model: Any = apps.get_model("running", "paymentcard")
    for part in bulk.chunks(wanted):
        held = model._base_manager.filter(number__oneof=list(part)).select_related("vehicle")
        cards |= {one.number: one.vehicle for one in held}
    for row in rows:
        found = plates.get(row.plate) or cards.get(row.card)
        if found is not None:
            row.vehicle = found


def _by(name: str, model: Any, wanted: Iterable[str]) -> dict[str, Any]:
    """Files by plate; of two with the same plate the one that has not gone."""
    found: dict[str, Any] = {}
    for part in bulk.chunks(sorted(wanted)):
        for one in model._base_manager.filter(**{f"{name}__oneof": list(part)}).order_by("pk"):
            key = getattr(one, name)
            if key not in found or one.state != VehicleState.GONE:
                found[key] = one
    return found


def _trips(rows: Sequence[Any]) -> None:
    if not rows:
        return
    since, until = _window(rows)
    trips: dict[int, list[Dispatch]] = defaultdict(list)
    for part in bulk.chunks(sorted({row.vehicle_id for row in rows})):
        held = Dispatch._base_manager.filter(vehicle_id__in=list(part), state__in=MADE, out_at__lt=until)
        for one in held.filter(Q(in_at__isnull=True) | Q(in_at__gte=since)).order_by("out_at"):
            trips[one.vehicle_id or 0].append(one)
    for row in rows:
        _choose(row, trips[row.vehicle_id])


def _window(rows: Sequence[Any]) -> tuple[dt.datetime, dt.datetime]:
    """The time in which trips of some bills may have been under way."""
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    since = dt.datetime.combine(first, dt.time(), clock.ZONE) - _SLACK
    return since, dt.datetime.combine(last, dt.time(), clock.ZONE) + dt.timedelta(days=1) + _SLACK


def _choose(row: Any, trips: Sequence[Dispatch]) -> None:
    fitting = [one for one in trips if covers(one, row)]
    if row.moment is not None and fitting:
        row.dispatch = min(fitting, key=lambda one: abs((one.out_at or row.moment) - row.moment))
    elif len(fitting) == 1:  # where only the day is known, one trip of that day is a match, several are a question
        row.dispatch = fitting[0]


def _hired(rows: Sequence[Any]) -> None:
    """Bills of hired vehicles, by the plate that the slip says; one query for a whole file."""
    if not rows:
        return
    since, until = _window(rows)
    held = Dispatch._base_manager.filter(
        organ_id__in=sorted({row.organ_id for row in rows}), means__in=HIRED, state__in=MADE, out_at__lt=until
    )
    trips = list(held.filter(Q(in_at__isnull=True) | Q(in_at__gte=since)).order_by("out_at"))
    for row in rows:
        if row.plate:
            _choose(row, [one for one in trips if one.organ_id == row.organ_id and row.plate in plate_of(one.hired)])


def covers(dispatch: Dispatch, row: Any) -> bool:
    """True where a trip was under way at the time of a bill, or on its day where no time is known."""
    out, back = dispatch.out_at, dispatch.in_at
    if out is None:
        return False
    if row.moment is not None:
        return out - _SLACK <= row.moment and (back is None or row.moment <= back + _SLACK)
    ended = (back or clock.now()).astimezone(clock.ZONE).date()
    return out.astimezone(clock.ZONE).date() <= row.day <= ended
