"""Where a vehicle was when a bill arose: the nearest of its positions around that time, measured once a bill."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef

from baozhang.ch2_provision.running.choices import AROUND
from baozhang.ch2_provision.running.models import Cost, Whereabouts
from baozhang.ch2_provision.vehicles.models import Terminal
from baozhang.ch2_provision.vehicles.telemetry import ways
from baozhang.ch2_provision.vehicles.telemetry.points import LAT, LON
from baozhang.ch2_provision.vehicles.telemetry.store import STORE

NAMES = ("cost", "vehicle", "day", "metres")
LOOK_BACK = 60  # days; what is older was measured while its positions were young


def unmeasured(day: dt.date) -> Any:
    """Bills of the last days with a place and a time that nobody has measured yet."""
    rows = Cost._base_manager.filter(
        vehicle__isnull=False,
        moment__isnull=False,
        lat__isnull=False,
        day__gt=day - dt.timedelta(days=LOOK_BACK),
        day__lte=day,
    )
    return rows.filter(~Exists(Whereabouts.objects.filter(cost=OuterRef("pk")))).select_related("vehicle")


def measured(costs: Any) -> list[tuple[int, int, dt.date, int]]:
    """Rows of how far vehicles were from the places of some bills; nothing is said where there are no positions."""
    rows = list(costs)
    terminals: dict[tuple[int, str], list[int]] = defaultdict(list)
    held = Terminal._base_manager.filter(plate__in={one.vehicle.plate for one in rows if one.vehicle.plate})
    for pk, organ, plate in held.order_by("pk").values_list("pk", "organ_id", "plate"):
        terminals[organ, plate].append(pk)  # also those taken off: the bill may be of their time
    found = []
    for one in rows:
        at = int(one.moment.timestamp())
        told = terminals[one.vehicle.organ_id, one.vehicle.plate]
        away = [
            float(ways.distance(track[:, LAT], track[:, LON], float(one.lat) * 1e6, float(one.lon) * 1e6).min())
            for _terminal, track in STORE.tracks(told, at - AROUND * 60, at + AROUND * 60)
        ]
        if away:
            found.append((one.pk, one.vehicle_id, one.day, round(min(away))))
    return found
