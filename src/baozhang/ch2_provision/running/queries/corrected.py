"""Whether what was published of a month is still so: figure by figure, of many months in a few queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from baozhang.ch2_provision.running.choices import Figure, Kind, ReviewState
from baozhang.ch2_provision.running.models import Account, Review
from baozhang.ch2_provision.running.models.reading import days_of
from baozhang.ch2_provision.vehicles.models import Vehicle

from .sums import NONE, Running, running

LOOK_BACK = 400  # days; a month of longer ago is corrected by taking it back


@dataclass(frozen=True)
class Change:
    """One figure of a vehicle's month as it was summed up, and as it is."""

    vehicle: Vehicle
    figure: Figure
    was: Decimal
    now: Decimal


def figures(held: Running | None) -> dict[str, Any]:
    """The published figures of a vehicle's month."""
    one = held or Running()
    return {
        Figure.KM: one.distance, Figure.ENERGY: one.of(Kind.FUEL, Kind.CHARGE), Figure.ROAD: one.of(Kind.TOLL, Kind.PARKING),
        Figure.INSURANCE: one.of(Kind.INSURANCE), Figure.UPKEEP: one.of(Kind.REPAIR, Kind.INSPECTION), Figure.OTHER: one.of(Kind.WASH, Kind.OTHER),
        Figure.TOTAL: one.total,
    }  # fmt: skip


def published(today: dt.date, kept: int | None) -> list[Review]:
    """The published months that are looked at again: no longer back than there are positions to tell kilometres by (days)."""
    first = today - dt.timedelta(days=LOOK_BACK if kept is None else min(LOOK_BACK, kept))
    rows = Review._base_manager.filter(state=ReviewState.PUBLISHED, year__gte=first.year).select_related("organ")
    return [one for one in rows.order_by("year", "month", "pk") if days_of(one.year, one.month)[0] >= first]


def changes(reviews: Iterable[Review]) -> dict[int, list[Change]]:
    """Review → what has changed since it was summed up; five queries a month, however many units."""
    by_month: dict[tuple[int, int], list[Review]] = defaultdict(list)
    for one in reviews:
        by_month[one.year, one.month].append(one)
    found: dict[int, list[Change]] = {}
    for month, held in by_month.items():
        found |= _of_month(month, held)
    return found


def _of_month(month: tuple[int, int], reviews: list[Review]) -> dict[int, list[Change]]:
    """A vehicle is of the unit that summed it up; one that nobody did is of the unit that has it."""
    review_of = {one.organ_id: one.pk for one in reviews}
    vehicles = Vehicle._base_manager.filter(Q(organ__in=list(review_of)) | Q(accounts__review__in=reviews)).distinct()
    mine = list(vehicles.order_by("plate", "pk"))
    keys = [one.pk for one in mine]
    now = running(*days_of(*month), keys)
    rows = Account._base_manager.filter(vehicle__in=keys, year=month[0], month=month[1])
    accounts = {one.vehicle_id: one for one in rows}
    wanted, found = set(review_of.values()), defaultdict[int, list[Change]](list)
    for one in mine:
        account = accounts.get(one.pk)
        key = review_of.get(one.organ_id, 0) if account is None else account.review_id
        if key in wanted:
            found[key] += _differing(one, account, figures(now.get(one.pk)))
    return {key: held for key, held in found.items() if held}


def _differing(vehicle: Vehicle, account: Account | None, now: dict[str, Any]) -> list[Change]:
    was = {figure: getattr(account, figure) if account is not None else NONE for figure in Figure}
    return [
        Change(vehicle, figure, Decimal(was[figure]), Decimal(now[figure]))
        for figure in Figure
        if was[figure] != now[figure]
    ]
