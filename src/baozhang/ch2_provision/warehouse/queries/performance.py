"""How well a warehouse does, in figures that the database computes and that say how (article 14: performance)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DateField,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.choices import Competence, State
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import IDLE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.warehouse.choices import LIVE, LineState, ProposalState, ThingState
from baozhang.ch2_provision.warehouse.models import Item, Proposal, Reservation, Thing
from baozhang.kernel import clock

SUM = DecimalField(max_digits=20, decimal_places=2)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Figure:
    """One figure with how it came about."""

    name: str
    words: str
    value: Any  # None where there is nothing to divide by
    unit: str
    formula: str
    filled: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The figure as people read it."""
        if self.value is None:
            return "—"
        return f"{self.value:,.2f}" if isinstance(self.value, Decimal) else f"{self.value:,}"


@dataclass(frozen=True)
class Share:
    """What one agency brought and took."""

    organ: Organization
    entered: int = 0
    standing: int = 0
    taken: int = 0
    saved: Decimal = ZERO
    proposed: int = 0
    answered: int = 0


def served(authority: Organization, *, ended: bool = False) -> QuerySet[Organization]:
    """The organs whose things enter an authority's warehouse: its level, and the levels below that have no authority.

    With `ended`, those abolished, merged or restructured as well: what they leave behind must enter (article 15, item 4).
    """
    path = authority.jurisdiction.path
    rows = Organization._base_manager.filter(jurisdiction__path__startswith=path)
    rows = rows if ended else rows.filter(state=State.ACTIVE)
    others = Organization._base_manager.filter(
        competence=Competence.AUTHORITY, state=State.ACTIVE, jurisdiction__path__startswith=path
    ).exclude(pk=authority.pk)
    for below in others.values_list("jurisdiction__path", flat=True):
        rows = rows.exclude(jurisdiction__path__startswith=below)
    return rows


def figures(authority: Organization, first: dt.date, last: dt.date) -> dict[str, Figure]:
    """The figures of a warehouse in a period, by name; six queries whatever the number of items."""
    made = [
        *_stock(authority, first, last),
        *_use(authority, first, last),
        *_returns(authority, first, last),
        *_joining(authority, first, last),
    ]
    return {one.name: one for one in made}


def _inside(last: dt.date) -> Q:
    """What was in the warehouse at the end of a day, whatever became of it since."""
    return Q(entered_on__lte=last) & (Q(left_on=None) | Q(left_on__gt=last))


def _stock(authority: Organization, first: dt.date, last: dt.date) -> list[Figure]:
    inside, period = _inside(last), Q(entered_on__gte=first, entered_on__lte=last)
    used = Reservation._base_manager.filter(item=OuterRef("pk"), state=LineState.GIVEN, given_on__lte=last)
    until = Case(When(left_on__lte=last, then=F("left_on")), default=Value(last), output_field=DateField())
    stay = ExpressionWrapper(until - F("entered_on"), output_field=DurationField())
    rows = Item._base_manager.filter(authority=authority, entered_on__isnull=False, entered_on__lte=last)
    got = rows.annotate(used=Exists(used)).aggregate(
        stock=Count("pk", filter=inside), worth=Coalesce(Sum("value", filter=inside), ZERO, output_field=SUM),
        entered=Count("pk", filter=period), ever=Count("pk"), reused=Count("pk", filter=Q(used=True)), stay=Avg(stay),
    )  # fmt: skip
    days = None if got["stay"] is None else _round(Decimal(str(got["stay"].total_seconds())) / 86400)
    return [
        Figure("stock", _("在仓物品"), got["stock"], _("件"), _("期末已入仓、尚未离仓的物品数，出仓在用的包括在内"), str(got["stock"])),
        Figure("worth", _("在仓原值"), got["worth"], _("元"), _("在仓物品的原值之和"), f"{got['worth']:,.2f}"),
        Figure("entered", _("本期入仓"), got["entered"], _("件"), _("入仓日期在期间内的物品数"), str(got["entered"])),
        _ratio("reuse", _("再利用率"), got["reused"], got["ever"], _("曾经交付使用的物品数 ÷ 历来入仓的物品数"),
               (_("曾经交付使用"), _("历来入仓"))),
        Figure("stay", _("平均在仓天数"), days, _("天"), _("（离仓日期或期末 − 入仓日期）的平均"), str(days if days is not None else "—")),
    ]  # fmt: skip


def _use(authority: Organization, first: dt.date, last: dt.date) -> list[Figure]:
    rows = Reservation._base_manager.filter(
        item__authority=authority, state=LineState.GIVEN, given_on__gte=first, given_on__lte=last
    )
    saved = ExpressionWrapper(F("price") * F("quantity"), output_field=SUM)
    got = rows.aggregate(given=Count("pk"), pieces=Coalesce(Sum("quantity"), ZERO, output_field=SUM),
                         saved=Coalesce(Sum(saved), ZERO, output_field=SUM))  # fmt: skip
    facts = {_("匹配件数"): got["given"], _("匹配数量"): got["pieces"]}
    return [
        Figure("given", _("本期交付使用"), got["given"], _("件"), _("交付日期在期间内的物品数"), str(got["given"])),
        Figure("saved", _("节约购置资金"), _round(got["saved"]), _("元"), _("Σ（重置单价 × 匹配数量）"), f"{got['saved']:,.2f}", facts),
    ]  # fmt: skip


def _returns(authority: Organization, first: dt.date, last: dt.date) -> list[Figure]:
    rows = Thing._base_manager.filter(
        loan__authority=authority, loan__due__isnull=False, ended_on__gte=first, ended_on__lte=last
    )
    back = (ThingState.FINE, ThingState.REPAIR)
    got = rows.aggregate(ended=Count("pk"), timely=Count("pk", filter=Q(state__in=back, handed_in__lte=F("loan__due"))))
    return [_ratio("timely", _("按期归还率"), got["timely"], got["ended"], _("按期交还的件数 ÷ 期间内结束借用的件数"),
                   (_("按期交还"), _("结束借用")))]  # fmt: skip


def _joining(authority: Organization, first: dt.date, last: dt.date) -> list[Figure]:
    """How far idle things and agencies take part. Whether a card is idle is known of today alone, so of a past period it says so."""
    organs, today = served(authority), clock.today()
    past = _("（今天 %(day)s 的状况）") % {"day": today} if last < today else ""
    inside = Item._base_manager.filter(card=OuterRef("pk"), state__in=LIVE)
    idle = Card._base_manager.filter(held_on(today), organ__in=organs, use_state__in=IDLE_STATES)
    got = idle.annotate(inside=Exists(inside)).aggregate(all=Count("pk"), within=Count("pk", filter=Q(inside=True)))
    joined = Item._base_manager.filter(authority=authority, entered_on__lte=last).values("organ").distinct().count()
    return [
        _ratio("entry", _("闲置资产入仓率") + past, got["within"], got["all"], _("已入仓或者正在入仓的闲置资产 ÷ 全部闲置资产") + past,
               (_("已入仓或者正在入仓"), _("全部闲置资产"))),
        _ratio("joined", _("单位参与率"), joined, organs.count(), _("期末以前有资产入过仓的单位数 ÷ 今天服务的单位数"), (_("入过仓的单位"), _("服务的单位"))),
    ]  # fmt: skip


def shares(authority: Organization, first: dt.date, last: dt.date) -> list[Share]:
    """What each agency brought in and took in a period, those that did most first; four queries."""
    period = Q(entered_on__gte=first, entered_on__lte=last)
    items = Item._base_manager.filter(authority=authority).order_by().values("organ")
    brought: dict[int, Any] = {
        row["organ"]: row
        for row in items.annotate(entered=Count("pk", filter=period), standing=Count("pk", filter=_inside(last)))
    }
    given = Reservation._base_manager.filter(
        item__authority=authority, state=LineState.GIVEN, given_on__gte=first, given_on__lte=last
    )
    saved = ExpressionWrapper(F("price") * F("quantity"), output_field=SUM)
    took: dict[int, Any] = {
        row["organ"]: row for row in given.order_by().values("organ").annotate(taken=Count("pk"), saved=Sum(saved))
    }
    asked = (
        Proposal._base_manager.filter(authority=authority, proposed_on__gte=first, proposed_on__lte=last)
        .order_by()
        .values("organ")
    )
    told = ~Q(state=ProposalState.OPEN) & Q(answered_on__isnull=False)  # not those that went by themselves
    said: dict[int, Any] = {
        row["organ"]: row for row in asked.annotate(proposed=Count("pk"), answered=Count("pk", filter=told))
    }
    keys = brought.keys() | took.keys() | said.keys()
    made = [
        Share(
            organ, brought.get(organ.pk, {}).get("entered", 0), brought.get(organ.pk, {}).get("standing", 0),
            took.get(organ.pk, {}).get("taken", 0), _round(took.get(organ.pk, {}).get("saved") or ZERO),
            said.get(organ.pk, {}).get("proposed", 0), said.get(organ.pk, {}).get("answered", 0),
        )
        for organ in Organization._base_manager.filter(pk__in=keys)
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-(one.entered + one.taken), one.organ.code))


def _ratio(name: str, words: str, part: int, whole: int, formula: str, parts: tuple[str, str]) -> Figure:
    value = None if not whole else _round(Decimal(part) * 100 / Decimal(whole))
    filled = f"{part:,} ÷ {whole:,}"
    return Figure(name, words, value, "%", formula, filled, dict(zip(parts, (part, whole), strict=True)))


def _round(amount: Decimal) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
