"""Holidays as runs of days off with make-up days left out, and whether a vehicle is sealed on one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from baozhang.ch2_provision.trips.choices import SealState
from baozhang.ch2_provision.trips.models import Sealing
from baozhang.law.holidays import calendar

LONGEST = 20  # days that a run of days off can have; none was longer


@dataclass(frozen=True)
class Holiday:
    """A run of days off around an announced holiday."""

    name: str
    since: dt.date
    until: dt.date


def holiday_of(day: dt.date) -> Holiday | None:
    """The holiday that a day belongs to: the days off around it without a break; None on working days and plain weekends."""
    days = calendar()
    if days.is_working(day):
        return None
    since = until = day
    for _step in range(LONGEST):
        if days.is_working(since - dt.timedelta(days=1)):
            break
        since -= dt.timedelta(days=1)
    for _step in range(LONGEST):
        if days.is_working(until + dt.timedelta(days=1)):
            break
        until += dt.timedelta(days=1)
    told = [days.describe(since + dt.timedelta(days=n)) for n in range((until - since).days + 1)]
    name = next((info.name for info in told if info.name and info.notice), "")
    return Holiday(name, since, until) if name else None


def next_holiday(day: dt.date, within: int) -> Holiday | None:
    """The holiday that begins within some days from a day."""
    for n in range(within + 1):
        found = holiday_of(day + dt.timedelta(days=n))
        if found is not None and found.since >= day:
            return found
    return None


def sealed_days(since: dt.date, until: dt.date) -> list[dt.date]:
    """The days of a period on which vehicles are sealed."""
    days = (since + dt.timedelta(days=n) for n in range((until - since).days + 1))
    return [day for day in days if holiday_of(day) is not None]


def runs(days: Iterable[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """Days as periods without a gap, (first, last)."""
    found: list[tuple[dt.date, dt.date]] = []
    for day in sorted(days):
        if found and found[-1][1] == day - dt.timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def open_on(vehicles: Iterable[int], days: Iterable[dt.date]) -> set[tuple[int, dt.date]]:
    """(vehicle, day) pairs on which a vehicle may be driven although others are sealed: excepted, or opened by then."""
    wanted = sorted(days)
    if not wanted:
        return set()
    rows = Sealing._base_manager.filter(
        vehicle__oneof=sorted(vehicles),
        since__lte=wanted[-1],
        until__gte=wanted[0],
        state__in=(SealState.EXCEPTED, SealState.UNSEALED),
    )
    found: set[tuple[int, dt.date]] = set()
    for vehicle, since, until, state, opened in rows.values_list("vehicle_id", "since", "until", "state", "opened_on"):
        for day in wanted:
            if since <= day <= until and (state == SealState.EXCEPTED or (opened is not None and opened <= day)):
                found.add((vehicle, day))
    return found
