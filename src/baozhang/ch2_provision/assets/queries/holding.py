"""What agencies hold on a day: the condition, the counts by item, and totals by category with depreciation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least
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
from .depreciation import FIGURE, cents, figure_of, spent

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
    for organ, item, total, standing in (
        rows.order_by().values_list("organ_id", "item").annotate(n=Sum("quantity"), i=idle)
    ):
        found[organ][item] = (total, standing or Decimal(0))
    return dict(found)


class Kind(NamedTuple):
    """This is what cards must have in common to be depreciated as one: agency, category, months, terms."""

    organ_id: int
    category: str
    first_month: int | None
    opening_month: int | None
    due: bool | None  # the opening balance counts already
    leaving: bool | None  # disposed of in the month of the day, which then does not count
    life_months: int | None
    life_group: str
    residual_rate: Decimal | None
    value_type: str
    method: str
    depreciation_state: str
    alone: int

    @property
    def never(self) -> bool:
        """This is true for what is not depreciated at all."""
        return (
            self.value_type == ValueType.NOMINAL or self.life_group == NO_DEPRECIATION
            or self.method == Method.NONE or self.depreciation_state == DepreciationState.OFF
        )  # fmt: skip


ALIKE = Kind._fields


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
    return {group: int(str(reading.value)) * 12 for group, reading in readings.items() if reading.value is not None}


def totals(day: dt.date, organs: Iterable[int] | None = None) -> dict[tuple[int, str], Total]:
    """These are the totals of cards held on a day: (organ, category) → total; one query for agencies with equal lives."""
    wanted, known_places = None if organs is None else set(organs), places()
    if wanted is not None and wanted >= known_places.keys():
        wanted = None  # who sees all names nobody: a condition on four hundred agencies is read by one process, none by several
    alike: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
    known: dict[str, tuple[tuple[str, int], ...]] = {}
    for organ, place in known_places.items():
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


def undepreciated(terms: Mapping[str, int]) -> Q:
    """The condition that a card is to be depreciated and cannot be: by units of work, or without a day or a life."""
    dayless = Q(acquired__isnull=True, in_use_from__isnull=True, booked__isnull=True)
    lifeless = Q(life_months__isnull=True) & ~Q(life_group__in=list(terms))
    return ~_never() & (Q(method=Method.WORK) | dayless | lifeless)


def _never() -> Q:
    """The condition that a card is not depreciated at all."""
    never = Q(value_type=ValueType.NOMINAL) | Q(life_group=NO_DEPRECIATION) | Q(method=Method.NONE)
    return never | Q(depreciation_state=DepreciationState.OFF)


def _plain(terms: Mapping[str, int]) -> Q:
    """The condition that a card is still there and depreciated from zero over a known life: nearly all cards are so."""
    begun = Q(acquired__isnull=False) | Q(in_use_from__isnull=False) | Q(booked__isnull=False)
    never = _never() | Q(method=Method.WORK)
    life = Q(life_months__isnull=False) | Q(life_group__in=list(terms))
    return Q(disposed__isnull=True, depreciated__isnull=True) & begun & life & ~never


def _summed(rows: QuerySet[Card], day: dt.date, terms: Mapping[str, int], found: dict[tuple[int, str], Total]) -> None:
    """Cards with a plain depreciation are added up to the last figure in the database: value times months, over the life."""
    known = [When(life_group=group, then=Value(length)) for group, length in terms.items()]
    life = Case(When(life_months__isnull=False, then=F("life_months")), *known, output_field=IntegerField())
    months_gone = Greatest(Value(months.index(day) + 1) - months.begun_in_sql(), Value(0), output_field=IntegerField())
    rows = rows.order_by().annotate(life=life).annotate(elapsed=months_gone)
    worth = ExpressionWrapper(
        F("value") * Least(F("elapsed"), F("life")), DecimalField(max_digits=30, decimal_places=2)
    )
    grouped = rows.values_list("organ_id", "category", "life", "residual_rate").annotate(
        Count("id"), Sum("quantity"), Sum("value"), worth=Sum(worth), counted=Sum("elapsed", filter=Q(value__gt=0))
    )
    for organ, category, length, residual, count, quantity, value, months_worth, counted in grouped:
        lost = months_worth * (1 - (residual or Decimal(0)) / 100) / length
        found[organ, category].add(Total(count, quantity, cents(value), lost, 0, HALF_CENT * (counted or 0)))


def _grouped(rows: QuerySet[Card], day: dt.date, terms: Mapping[str, int]) -> dict[tuple[int, str], Total]:
    """Cards whose depreciation runs alike are added up in the database, and their sum is depreciated as one card's is."""
    found: dict[tuple[int, str], Total] = defaultdict(Total)
    _summed(rows.filter(_plain(terms)), day, terms, found)
    rows = rows.exclude(_plain(terms))
    this_month = months.index(day)
    rows = rows.order_by().annotate(
        first_month=months.begun_in_sql(), opening_month=months.index_in_sql("depreciated_on"),
        due=Q(depreciated_on__lte=day), leaving=Q(disposed__lt=months.after(day)),
        # What a residual value holds back is no linear matter once an opening balance is beyond it.
        alone=Case(When(residual_rate__gt=0, depreciated__isnull=False, then=F("id")), default=Value(0), output_field=BigIntegerField()),
    )  # fmt: skip
    for row in rows.values_list(*ALIKE).annotate(Count("id"), Sum("quantity"), Sum("value"), Sum("depreciated")):
        kind = Kind(*row[: len(ALIKE)])
        count, quantity, value, brought = row[len(ALIKE) :]
        elapsed = max(this_month - int(bool(kind.leaving)) - (kind.first_month or 0) + 1, 0)
        lost = _lost(kind, value, brought, terms, elapsed)
        total = found[kind.organ_id, kind.category]
        total.add(Total(count, quantity, cents(value), lost or Decimal(0), 0 if lost is not None else count,
                        HALF_CENT * count * max(elapsed, 1) if lost else Decimal(0)))  # fmt: skip
    for total in found.values():
        total.depreciated = cents(total.depreciated)
    return dict(found)


def _lost(
    kind: Kind, value: Decimal, brought: Decimal | None, terms: Mapping[str, int], elapsed: int
) -> Decimal | None:
    """What cards of a kind have lost together; None where that cannot be told."""
    known = brought if kind.due else None
    if kind.never:
        return known or Decimal(0)
    life = kind.life_months or terms.get(kind.life_group)
    if kind.method == Method.WORK or kind.first_month is None or life is None:
        return known
    base = value * (1 - (kind.residual_rate or Decimal(0)) / 100)
    if brought is None or kind.opening_month is None:
        return spent(base, life, elapsed)
    return spent(base, life, elapsed, (brought, max(kind.opening_month - kind.first_month + 1, 0)))
