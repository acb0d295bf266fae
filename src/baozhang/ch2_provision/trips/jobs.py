"""By the calendar: before a holiday the vehicles to seal are listed; each night the tracks of the day before come to ways."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock, observation, scope
from baozhang.kernel.schedule import every
from baozhang.law.figures import Figures

from .flows.sealing import enlist
from .models import Movement
from .models.movement import FROM_TRACKS, WAY
from .queries.holidays import holiday_of
from .queries.tracks import NAMES, late_ways, nights, ways_of

_DRAWN = f'"vehicle" = %s AND "day" = %s AND "kind" IN ({", ".join(["%s"] * len(FROM_TRACKS))})'


@every("0 6 * * *", name="trips.sealing", words=_("节假日封存清单"), follows=True)
def list_for_sealing() -> dict[str, Any]:
    """This will list vehicles for a holiday that begins within three days, and those left out of one under way that were there before it."""
    with scope.everything("节假日封存") as by:
        rows = list(
            Vehicle._base_manager.filter(state__in=(VehicleState.IN_USE, VehicleState.IDLE))
            .exclude(plate="")
            .select_related("card")
            .order_by("pk")
        )
        today, listed = clock.today(), 0
        if (now := holiday_of(today)) is not None:  # nobody was at work on its eve, or the vehicle had no file yet
            before = [one for one in rows if one.card.begun is not None and one.card.begun < now.since]
            listed = enlist(before, now.since, by=by, within=0)
        return {"listed": listed + enlist(rows, today, by=by)}


@every("40 3 * * *", name="trips.tracks", words=_("轨迹归集为行程"))
def gather() -> dict[str, Any]:
    """This will keep the ways of the day before and who stands outside his fence; a second run the same night changes nothing.

    Of days before it of which positions came only now, the ways are drawn anew.
    """
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    yesterday = now.date() - dt.timedelta(days=1)
    moved, away = ways_of(yesterday), nights(now)
    late, anew = late_ways(yesterday)
    with transaction.atomic():
        for day, (vehicles, rows) in anew.items():
            for vehicle in vehicles:
                observation.forget(Movement, _DRAWN, [vehicle, day, *FROM_TRACKS])
            moved += rows
        observation.observe(Movement, NAMES, [*moved, *away])
        STORE.looked_at(late)
    kept = Figures(clock.today()).vehicles.positions.days  # ways are kept no longer than the positions they come from
    gone = (
        observation.forget(Movement, '"day" < %s', [clock.today() - dt.timedelta(days=int(kept))])
        if kept is not None
        else 0
    )
    ways = sum(1 for row in moved if row[1] == WAY)
    return {"ways": ways, "outside": len(away), "forgotten": gone}
