"""A day at the dispatcher's desk: what waits, what may be sent, and what is promised already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, Q, QuerySet

from baozhang.ch2_provision.trips.choices import PROMISED, SENDABLE, DispatchState, DriverState, RequestState
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import clock
from baozhang.law.rules import REGULATION_SINCE

SEATS = 5  # of a vehicle whose file does not say


@dataclass
class Desk:
    """What lies on the desk on one day."""

    day: dt.date
    waiting: list[Request] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    drivers: list[Driver] = field(default_factory=list)
    dispatches: list[Dispatch] = field(default_factory=list)


def riders(dispatch: Dispatch) -> QuerySet[Request]:
    """The requests that ride together in a dispatch, of whatever unit: whoever drives them has to know."""
    return Request._base_manager.filter(dispatch=dispatch)


def bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """A day from midnight to midnight."""
    since = dt.datetime(day.year, day.month, day.day, tzinfo=clock.ZONE)
    return since, since + dt.timedelta(days=1)


def judged_since(day: dt.date, back: int) -> dt.date:
    """The first day of which a patrol judges facts: some days back, never before the regulation was in force (article 45)."""
    return max(day - dt.timedelta(days=back), REGULATION_SINCE)


def desk(day: dt.date, organs: Iterable[int], own: int) -> Desk:
    """The desk of the unit `own` that sends vehicles for some units, in four queries."""
    since, until = bounds(day)
    touching = Q(starts__lt=until, ends__gt=since)
    waiting = Request._base_manager.filter(touching, state=RequestState.APPROVED, organ_id__in=list(organs))
    sent = Dispatch._base_manager.filter(touching, organ_id=own).exclude(state=DispatchState.CANCELLED)
    return Desk(
        day,
        list(waiting.select_related("organ").order_by("starts", "pk")[:200]),
        list(sendable(own)),
        list(drivers_of(own)),
        list(
            sent.select_related("vehicle", "driver")
            .prefetch_related(Prefetch("requests", Request._base_manager.all()))
            .order_by("starts", "pk")
        ),
    )


def sendable(own: int) -> list[Vehicle]:
    """The vehicles of a unit that may be sent."""
    rows = Vehicle._base_manager.filter(organ_id=own, state__in=SENDABLE).exclude(plate="")
    return list(rows.select_related("card").order_by("plate"))


def drivers_of(own: int) -> list[Driver]:
    """The drivers of a unit who may be sent."""
    return list(Driver._base_manager.filter(organ_id=own, state=DriverState.ON).order_by("name"))


def promised(vehicles: Iterable[int], drivers: Iterable[int], since: dt.datetime, until: dt.datetime) -> list[Dispatch]:
    """The dispatches that hold some vehicles or drivers in a time."""
    mine = Q(vehicle_id__in=list(vehicles)) | Q(driver_id__in=list(drivers))
    return list(Dispatch._base_manager.filter(mine, state__in=PROMISED, starts__lt=until, ends__gt=since))


def slip_of(account: int, day: dt.date) -> list[Dispatch]:
    """What a driver has before him: under way, or planned from a day on."""
    since, _until = bounds(day)
    rows = Dispatch._base_manager.filter(driver__account_id=account, state__in=PROMISED)
    rows = rows.filter(Q(state=DispatchState.RUNNING) | Q(ends__gte=since))
    return list(
        rows.select_related("vehicle", "driver", "organ")
        .prefetch_related(Prefetch("requests", Request._base_manager.all()))
        .order_by("starts")
    )


def owed_afterwards() -> int:
    """The trips that went first and that nobody has approved afterwards, of whatever year, of those that one may see."""
    rows = Request.objects.filter(urgent=True, completed_at__isnull=True)
    return rows.exclude(state__in=(RequestState.DRAFT, RequestState.CANCELLED)).count()


def next_waiting(organs: Iterable[int], day: dt.date) -> dt.date | None:
    """The next day after a day on which a request waits; None where none does."""
    rows = Request._base_manager.filter(organ_id__in=list(organs), state=RequestState.APPROVED, day__gt=day)
    return rows.order_by("day").values_list("day", flat=True).first()
