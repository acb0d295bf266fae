"""On a bill, a slip, a sealing, and on what a rule found wrong with one of them: the way to where the vehicle was that day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from baozhang.ch2_provision.vehicles.actions.reading import LOCATE
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.queries.map import terminal_on
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details

DAYS = {
    "running.cost": lambda cost: cost.day,
    "trips.dispatch": lambda slip: (slip.out_at or slip.starts).astimezone(clock.ZONE).date(),
    "trips.sealing": lambda sealing: sealing.since,
}


def where(label: str, record: Any) -> tuple[Vehicle | None, dt.date | None]:
    """The vehicle and the day that a record, or a finding about one, speaks of."""
    if label in DAYS:
        return record.vehicle, DAYS[label](record)
    if label != "warnings.finding":
        return None, None
    if record.kind in DAYS:
        subject = apps.get_model(record.kind)._base_manager.filter(pk=record.subject_id).first()
        return (None, None) if subject is None else where(record.kind, subject)
    if record.kind != "vehicles.vehicle":
        return None, None
    try:
        day = dt.date.fromisoformat(record.key)
    except ValueError:
        return None, None  # about the vehicle as such, not about a day
    return Vehicle._base_manager.filter(pk=record.subject_id).first(), day


def _track(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """One way out, for whoever may read tracks of the unit; reading it is put down there."""
    vehicle, day = where(resource.label, record)
    if vehicle is None or day is None or not who.can(LOCATE, vehicle.organ_id):
        return {}
    terminal = terminal_on(vehicle, day)
    if terminal is None:
        return {}
    return {
        "actions": [
            {"words": _("当天轨迹"), "url": f"/vehicles/map/{terminal.pk}/track/?day={day}", "kind": "", "icon": "map"}
        ]
    }


details.EXTRAS.append(_track)
