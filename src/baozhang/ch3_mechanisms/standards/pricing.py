"""Expenditure quotas from physical quotas and reference prices; how far prices have moved since (article 7, paragraph 2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import places
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.law.figures import Figures

from .choices import EXPENDITURE
from .models import Component, ReferencePrice, Standard, StandardLine

DRIFT = "standards.price_drift"
ARTICLE = "第七条第二款"
WORKED_OUT = ledger.act("standards.worked_out", gettext_lazy("按实物定额和参考价格测算"))
CARRIED = ledger.act("standards.components_carried", gettext_lazy("沿用测算依据，改用最新价格"))
REVIEW = access.permission("standards.quotareview:decide", gettext_lazy("复核支出定额"))
CENT = Decimal("0.01")


def components_of(standard: Standard) -> dict[int, list[Component]]:
    """What each line of a standard is made of."""
    found: dict[int, list[Component]] = defaultdict(list)
    rows = Component._base_manager.filter(line__standard=standard).select_related("price", "line")
    for row in rows.order_by("line_id", "pk"):
        found[row.line_id].append(row)
    return found


def product(parts: Sequence[Component]) -> Decimal:
    """What the parts of a quota come to."""
    return sum((part.amount for part in parts), Decimal(0)).quantize(CENT)


def work_out(standard: Standard, *, by: Actor) -> int:
    """This will set the value of each line of a draft that has parts, with source and day of the prices; how many."""
    if not standard.editable:
        raise Refused(
            _("“%(state)s”的标准不能修改") % {"state": standard.get_state_display()}, article=ARTICLE,
            instead=_("请起草新版本，自新的日期起施行。"),
        )  # fmt: skip
    parts = components_of(standard)
    lines = list(StandardLine._base_manager.filter(pk__in=list(parts)).select_related("standard__organ"))
    for line in lines:
        held = parts[line.pk]
        line.value = product(held)
        line.price_source = "；".join(dict.fromkeys(part.price.source for part in held))[:120]
        line.price_day = max(part.price.day for part in held)
    keep(lines, by=by, act=WORKED_OUT)
    return len(lines)


def unfounded(standard: Standard) -> list[str]:
    """The expenditure quotas of a draft that rest on nothing, or say another sum than what they rest on."""
    parts = components_of(standard)
    said = []
    for line in StandardLine._base_manager.filter(standard=standard, key__startswith=EXPENDITURE, ends=False).order_by(
        "key", "row"
    ):
        held = parts.get(line.pk, [])
        if not held:
            said.append(_("%(line)s没有测算依据") % {"line": line})
        elif line.value != product(held):
            said.append(
                _("%(line)s的数值 %(value)s 与测算 %(product)s 不符")
                % {"line": line, "value": line.value, "product": product(held)}
            )
    return said


def carry_over(old: Standard, new: Standard, *, by: Actor) -> None:
    """This will give a new version the parts of the old one, each at the newest reference price."""
    parts = components_of(old)
    if not parts:
        return
    lines = {
        (line.key, line.row): line
        for line in StandardLine._base_manager.filter(standard=new).select_related("standard")
    }
    fresh = []
    for held in parts.values():
        for part in held:
            line = lines.get((part.line.key, part.line.row))
            if line is not None:
                newest = (
                    ReferencePrice._base_manager.filter(organ_id=part.price.organ_id, name=part.price.name)
                    .order_by("-day")
                    .first()
                )
                fresh.append(
                    Component(
                        line=line,
                        physical=part.physical,
                        quantity=part.quantity,
                        basis=part.basis,
                        price=newest or part.price,
                    )
                )
    with transaction.atomic():
        keep(fresh, by=by, act=CARRIED)
        work_out(new, by=by)


@dataclass(frozen=True)
class Drift:
    """One part of a quota in force whose price has moved since: by how much, and what the quota would be."""

    component: Component
    price: ReferencePrice
    value_now: Decimal
    limit: Decimal | None  # None: nobody has set the share (待核实)

    @property
    def share(self) -> Decimal:
        """By which share the price moved, up or down."""
        was = self.component.price.price
        return ((self.price.price - was) / was).quantize(Decimal("0.0001"))

    @property
    def beyond(self) -> bool:
        """True where the share set is passed; never while none is set."""
        return self.limit is not None and abs(self.share) > self.limit


def drifts(day: dt.date) -> list[Drift]:
    """All parts of quotas in force on a day whose newest reference price is another than theirs; three queries."""
    newest = ReferencePrice._base_manager.filter(
        organ_id=OuterRef("price__organ_id"), name=OuterRef("price__name"), day__lte=day, day__gt=OuterRef("price__day")
    ).order_by("-day")
    live = Q(line__slot=0, line__valid_from__lte=day) & (Q(line__valid_to__isnull=True) | Q(line__valid_to__gte=day))
    rows = Component._base_manager.filter(live).annotate(newest=Subquery(newest.values("pk")[:1]))
    held = list(
        rows.filter(newest__isnull=False)
        .exclude(price__pk=F("newest"))
        .select_related("price", "line__standard__organ")
        .order_by("pk")
    )
    prices = ReferencePrice._base_manager.in_bulk([row.newest for row in held])
    where, limits = places(), {}
    found = []
    for row in held:
        price = prices[row.newest]
        if price.price == row.price.price:
            continue
        if row.organ_id not in limits:
            value = Figures(day, where.get(row.organ_id, "")).get(DRIFT)
            limits[row.organ_id] = None if value is None else Decimal(str(value))
        change = (row.quantity * (price.price - row.price.price)).quantize(CENT)
        found.append(Drift(row, price, (row.line.value or Decimal(0)) + change, limits[row.organ_id]))
    return found
