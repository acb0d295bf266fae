"""What can be asked of purchases: what a need has been bought already, which money pays, what a price may be."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, Sum, When

from baozhang.ch2_provision.assets.rules.prices import caps
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.law.case import places
from baozhang.law.catalogue import spec
from baozhang.law.figures import Figures, Reading
from baozhang.law.figurespec import NATION

from .choices import ALIVE, OVER, State
from .models import Purchase, PurchaseLine


def lines_of(purchase: Purchase) -> list[PurchaseLine]:
    """The lines of a purchase with what they lead back to."""
    rows = PurchaseLine._base_manager.filter(purchase=purchase).order_by("place")
    return list(rows.select_related("need__organ__jurisdiction", "need__plan_line__plan", "plan_line", "budget_line"))


def bought_elsewhere(need_id: int, purchase: Purchase, plan_line: PlanLine) -> tuple[int, Purchase | None]:
    """How many pieces other purchases at work buy for a need out of a line of the plan, and one of them."""
    root = plan_line.root_key
    rows = PurchaseLine._base_manager.filter(
        Q(plan_line_id=root) | Q(plan_line__root_id=root), need_id=need_id, purchase__state__in=ALIVE
    ).exclude(purchase_id=purchase.pk)
    first = rows.select_related("purchase").order_by("pk").first()
    return _taken_up(rows), first.purchase if first is not None else None


def _taken_up(rows: QuerySet[PurchaseLine]) -> int:
    """The pieces that lines bring: what was bought, and of a purchase to which nothing more comes what was delivered."""
    pieces = Case(When(purchase__state__in=OVER, then=F("delivered")), default=F("quantity"))
    return rows.aggregate(n=Sum(pieces))["n"] or 0


def cap_of(line: PurchaseLine, day: dt.date) -> Reading | None:
    """The price cap a piece in force on a day, the highest rank's where ranks have their own; None where none is set or known."""
    key = caps().get(line.need.item)
    if key is None:
        return None
    law = Figures(day, places().get(line.organ_id) or NATION)
    ranks = dict(spec(key).keys).get("rank")
    readings = [law.reading(key)] if ranks is None else [law.reading(key, rank=rank) for rank in ranks]
    known = [reading for reading in readings if reading.value is not None]
    return max(known, key=lambda reading: Decimal(str(reading.value)), default=None)


def bought_for(need_id: int) -> int:
    """How many pieces of a need purchases have taken up, drafts among them; what was cancelled does not count."""
    return _taken_up(PurchaseLine._base_manager.filter(need_id=need_id).exclude(purchase__state=State.CANCELLED))


def purchases_of(need_id: int) -> QuerySet[PurchaseLine]:
    """The lines of purchases that are made for a need, the latest first."""
    return PurchaseLine._base_manager.filter(need_id=need_id).select_related("purchase").order_by("-pk")


def by_plan_line(lines: list[PurchaseLine]) -> dict[int, list[PurchaseLine]]:
    """The lines of a purchase by the first version of the plan line whose money pays for them."""
    found: dict[int, list[PurchaseLine]] = defaultdict(list)
    for line in lines:
        if line.plan_line is not None:
            found[line.plan_line.root_key].append(line)
    return dict(found)
