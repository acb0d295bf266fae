"""What agencies hold on a day: the condition, the counts by item, and totals by category with depreciation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, F, FloatField, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Round
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from baozhang.ch1_general.organs.queries import places
from baozhang.ch2_provision.assets.choices import (
    GONE_STATES,
    IDLE_STATES,
    WAITING_STATES,
    DepreciationState,
    Method,
    ValueType,
)
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.models.placing import NO_DEPRECIATION
from baozhang.law.catalogue import spec

from . import months
from .depreciation import FIGURE, cents, figure_of

_SUM = DecimalField(max_digits=20, decimal_places=2)
HALF_CENT = Decimal("0.005")


def held_on(day: dt.date) -> Q:
    """The condition that a card is held on a day: acquired by then (or no date said), and not yet gone."""
    there = Q(disposed__isnull=True) & ~Q(use_state__in=GONE_STATES) | Q(disposed__gt=day)
    return (Q(begun_by(day)) | Q(acquired__isnull=True, in_use_from__isnull=True, booked__isnull=True)) & there


def begun_by(day: dt.date) -> LessThanOrEqual:
    """The condition that an agency has had a card by a day (`Card.begun`)."""
    return LessThanOrEqual(Coalesce("acquired", "in_use_from", "booked"), day)


def begun_since(day: dt.date) -> GreaterThanOrEqual:
    """The condition that an agency has had a card from a day on or later."""
    return GreaterThanOrEqual(Coalesce("acquired", "in_use_from", "booked"), day)


def counted_on(day: dt.date) -> Q:
    """The condition that a card counts against a quantity limit: held, and not waiting to be disposed of."""
    return held_on(day) & ~Q(use_state__in=WAITING_STATES)


def item_counts(day: dt.date, organs: Iterable[int] | None = None) -> dict[int, dict[str, tuple[Decimal, Decimal]]]:
    """These are the quantities of items that agencies hold on a day: organ → item → (quantity, of it idle)."""
    rows = Card._base_manager.filter(counted_on(day)).exclude(item="")
    if organs is not None:
        rows = rows.filter(organ_id__in=list(organs))
    idle = Sum("quantity", filter=Q(use_state__in=IDLE_STATES))
    found: dict[int, dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for organ, item, total, standing in rows.order_by().values_list("organ_id", "item").annotate(n=Sum("quantity"), i=idle):
        found[organ][item] = (total, standing or Decimal(0))
    return dict(found)


@dataclass
class Total:
    """This is one category of one agency's cards on a day; `open_cards` have no depreciation that could be told."""

    cards: int = 0
    quantity: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    depreciated: Decimal = Decimal(0)
    open_cards: int = 0
    slack: Decimal = Decimal(0)  # what rounding each month to the cent may add up to

    def add(self, other: Total) -> None:
        """This will add another total."""
        for name in ("cards", "quantity", "value", "depreciated", "open_cards", "slack"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def lives(day: dt.date, place: str) -> dict[str, int]:
    """These are the standard's least lives in months by group, in a place on a day."""
    read = figure_of(day, place)
    readings = {group: read(FIGURE, group=group) for group in dict(spec(FIGURE).keys)["group"] or ()}
    return {group: int(reading.value) * 12 for group, reading in readings.items() if reading.value is not None}


def totals(day: dt.date, organs: Iterable[int] | None = None) -> dict[tuple[int, str], Total]:
    """These are the totals of cards held on a day: (organ, category) → total; one query for agencies with equal lives."""
    wanted = None if organs is None else set(organs)
    alike: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
    known: dict[str, tuple[tuple[str, int], ...]] = {}
    for organ, place in places().items():
        if wanted is None or organ in wanted:
            if place not in known:
                known[place] = tuple(sorted(lives(day, place).items()))
            alike[known[place]].append(organ)
    found: dict[tuple[int, str], Total] = {}
    for terms, members in alike.items():
        rows = Card._base_manager.filter(held_on(day))
        if wanted is not None or len(alike) > 1:
            rows = rows.filter(organ_id__in=members)
        found.update(_grouped(rows, day, dict(terms)))
    return found


def _grouped(rows: QuerySet[Card], day: dt.date, terms: Mapping[str, int]) -> Iterable[tuple[tuple[int, str], Total]]:
    rows = with_depreciation(rows, day, terms).order_by()
    grouped = rows.values_list("organ_id", "category").annotate(
        n=Count("id"), q=Sum("quantity"), v=Sum("value"), d=Sum("lost"), o=Count("id", filter=Q(lost__isnull=True)),
        m=Sum("passed", filter=Q(lost__gt=0)),
    )  # fmt: skip
    for organ, category, n, q, v, d, o, m in grouped:
        yield (organ, category), Total(n, q, cents(v), cents(d or Decimal(0)), o, HALF_CENT * (m or 0))


def with_depreciation(rows: QuerySet[Card], day: dt.date, terms: Mapping[str, int]) -> QuerySet[Card]:
    """The cards with `passed` (months counted) and `lost` (accumulated depreciation), the same sums as `depreciation`."""
    last = Least(Value(months.index(day)), Coalesce(months.index_in_sql("disposed") - Value(1), Value(months.index(day))))
    life = Case(When(life_months__isnull=False, then=F("life_months")),
                *(When(life_group=group, then=Value(length)) for group, length in terms.items()),
                default=None, output_field=IntegerField())  # fmt: skip
    passed = Greatest(last - F("begun") + Value(1), Value(0), output_field=IntegerField())
    opened = Greatest(months.index_in_sql("depreciated_on") - F("begun") + Value(1), Value(0), output_field=IntegerField())
    rows = rows.annotate(begun=months.begun_in_sql()).annotate(life=life, elapsed=passed, opened=opened)
    rows = rows.annotate(passed=Least(F("elapsed"), F("life"), output_field=IntegerField()))
    return rows.annotate(lost=_lost(day))


def _float(expression: Combinable | str) -> Combinable:
    return Cast(expression, FloatField())


def _sum(expression: Combinable) -> Combinable:
    # The share is computed in floating point on both databases (SQLite would divide whole numbers), then rounded to the cent.
    return Round(Cast(expression, _SUM), 2, output_field=_SUM)


def _lost(day: dt.date) -> Combinable:
    base = _sum(_float("value") * (Value(1.0) - Coalesce(_float("residual_rate"), Value(0.0)) / Value(100.0)))
    spread = Greatest(F("life") - F("opened"), Value(1), output_field=IntegerField())
    rest = Greatest(base - F("depreciated"), Value(Decimal(0)), output_field=_SUM)
    done = Least(F("elapsed") - F("opened"), spread, output_field=IntegerField())
    brought = Case(When(depreciated_on__lte=day, then=F("depreciated")), default=None, output_field=_SUM)
    never = Q(value_type=ValueType.NOMINAL) | Q(life_group=NO_DEPRECIATION) | Q(method=Method.NONE)
    never |= Q(depreciation_state=DepreciationState.OFF)
    return Case(
        When(never, then=Coalesce(brought, Value(Decimal(0)), output_field=_SUM)),
        When(Q(method=Method.WORK) | Q(begun__isnull=True) | Q(life__isnull=True), then=brought),
        When(depreciated__isnull=True, then=_sum(_float(base) * _float("passed") / _float("life"))),
        When(elapsed=F("opened"), then=F("depreciated")),
        When(elapsed__lt=F("opened"), then=_sum(_float("depreciated") * _float("elapsed") / _float("opened"))),
        default=F("depreciated") + _sum(_float(rest) * _float(done) / _float(spread)),
        output_field=_SUM,
    )
