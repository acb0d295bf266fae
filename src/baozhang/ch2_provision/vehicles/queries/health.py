"""How terminals do: who is silent, who drives without a fix, who says much that cannot be true, who never came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from baozhang.ch2_provision.vehicles.choices import UNDER_WAY, TerminalState, Trouble
from baozhang.ch2_provision.vehicles.models import (
    DoubtfulPosition,
    RecentPosition,
    Stranger,
    Terminal,
    TerminalDay,
    TerminalOrder,
    TrackBlock,
)
from baozhang.ch2_provision.vehicles.telemetry.points import DAY, HOUR
from baozhang.kernel import clock

DAYS = 3  # of silence that the board asks for where nothing else is said
SHARE = 20  # percent of doubtful positions
LOOK_BACK = 7  # days of which shares are taken
LEAST = 50  # positions below which a share says nothing
BLIND = 10  # positions without a fix while driving, in those days
MOST = 200  # terminals listed of each kind
COUNTED = ("vehicle", "day", "good", "doubtful", "blind")  # of a terminal's day, as `day_rows` has them
Organs = Collection[int] | None


@dataclass(frozen=True, slots=True)
class Found:
    """The terminals of one kind of trouble: how many, and the worst of them."""

    trouble: Trouble
    count: int
    rows: list[Any] = field(default_factory=list)


def seconds_of(day: dt.date) -> int:
    """The first second of a day in China."""
    return int(dt.datetime.combine(day, dt.time(), clock.ZONE).timestamp())


def in_use(organs: Organs) -> QuerySet[Terminal]:
    """The terminals of some units that may report, each with the order that is under way for the trouble that is asked of it."""
    rows = Terminal._base_manager.filter(state=TerminalState.IN_USE)
    return rows if organs is None else rows.filter(organ__oneof=sorted(organs))


def silent(rows: QuerySet[Terminal], day: dt.date, days: int) -> QuerySet[Terminal]:
    """Those that were heard of once and have said nothing for so many days."""
    return rows.filter(health__heard__lt=seconds_of(day - dt.timedelta(days=days)))


def outside(rows: QuerySet[Terminal], day: dt.date, days: int) -> QuerySet[Terminal]:
    """Those that were never heard of so many days after they were fitted, and those that do nothing since but knock and be turned away."""
    never = Q(health__isnull=True) | Q(health__heard__isnull=True)
    knocks = Stranger.objects.filter(phone=OuterRef("phone"), heard__gt=Coalesce(OuterRef("health__heard"), 0))
    late = Q(fitted__isnull=True) | Q(fitted__lte=day - dt.timedelta(days=days))
    return rows.filter(never & late | Exists(knocks))


def _sum(name: str, day: dt.date) -> Any:
    since = day - dt.timedelta(days=LOOK_BACK)
    days = TerminalDay.objects.filter(vehicle=OuterRef("pk"), day__gte=since, day__lt=day).order_by().values("vehicle")
    return Subquery(days.annotate(total=Sum(name)).values("total"))


def blind(rows: QuerySet[Terminal], day: dt.date, least: int = BLIND) -> Any:
    """Those that drove without a fix in the last days (annotated: `blind`)."""
    told: Any = rows.annotate(blind=_sum("blind", day))
    return told.filter(blind__gte=least)


def blind_days(day: dt.date, least: int, days: int) -> dict[int, list[tuple[dt.date, int, int]]]:
    """The days before one on which terminals drove more often than that without a fix: terminal → (day, blind, good)."""
    rows = TerminalDay.objects.filter(day__gte=day - dt.timedelta(days=days), day__lt=day, blind__gt=least)
    found: dict[int, list[tuple[dt.date, int, int]]] = {}
    for vehicle, when, blind_, good in rows.order_by("vehicle", "day").values_list("vehicle", "day", "blind", "good"):
        found.setdefault(vehicle, []).append((when, blind_, good))
    return found


def doubtful(rows: QuerySet[Terminal], day: dt.date, share: int = SHARE) -> Any:
    """Those of whose positions in the last days more than a share were doubtful (annotated: `good`, `wrong`)."""
    told: Any = rows.annotate(good=_sum("good", day), wrong=_sum("doubtful", day))
    told = told.filter(wrong__gt=0).annotate(total=F("good") + F("wrong")).filter(total__gte=LEAST)
    told = told.annotate(hundredfold=F("wrong") * 100, limit=F("total") * share)
    return told.filter(hundredfold__gt=F("limit"))


def board(organs: Organs, day: dt.date, *, days: int = DAYS, share: int = SHARE) -> list[Found]:
    """The four kinds, the worst first; two queries each, however many terminals there are."""
    rows = in_use(organs)
    kinds = (
        (Trouble.SILENT, silent(rows, day, days).order_by("health__heard", "pk")),
        (Trouble.BLIND, blind(rows, day).order_by("-blind", "pk")),
        (Trouble.DOUBTFUL, doubtful(rows, day, share).order_by("-wrong", "pk")),
        (Trouble.OUTSIDE, outside(rows, day, days).order_by("fitted", "pk")),
    )
    found = []
    for trouble, query in kinds:
        count = query.count()
        listed = list(query.select_related("organ", "health")[:MOST]) if count else []
        found.append(Found(trouble, count, listed))
    return found


def under_way(terminals: Collection[int]) -> dict[tuple[int, str], TerminalOrder]:
    """The orders that are under way: (terminal, trouble) → order."""
    rows = TerminalOrder._base_manager.filter(terminal__oneof=sorted(terminals), state__in=UNDER_WAY)
    return {(order.terminal_id, order.trouble): order for order in rows}


def day_rows(day: dt.date) -> list[tuple[int, dt.date, int, int, int]]:
    """What each terminal said on a day: (terminal, day, good, doubtful, blind); counted in the database."""
    since = seconds_of(day)
    until = since + DAY
    good: dict[int, int] = {}
    packed = TrackBlock.objects.filter(hour__gte=since // HOUR, hour__lt=until // HOUR).order_by()
    recent = RecentPosition.objects.filter(at__gte=since, at__lt=until).order_by()
    for vehicle, count in packed.values("vehicle").annotate(total=Sum("count")).values_list("vehicle", "total"):
        good[vehicle] = count
    for vehicle, count in recent.values("vehicle").annotate(total=Count("at")).values_list("vehicle", "total"):
        good[vehicle] = good.get(vehicle, 0) + count
    doubts = DoubtfulPosition.objects.filter(heard__gte=since, heard__lt=until).order_by().values("vehicle")
    told = doubts.annotate(total=Count("digest"), unseen=Count("digest", filter=Q(blind=True)))
    wrong = {vehicle: (total, unseen) for vehicle, total, unseen in told.values_list("vehicle", "total", "unseen")}
    return [(vehicle, day, good.get(vehicle, 0), *wrong.get(vehicle, (0, 0))) for vehicle in sorted({*good, *wrong})]
