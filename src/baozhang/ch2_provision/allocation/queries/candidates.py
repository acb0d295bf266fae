"""Which items could answer a need, found in SQL and put in a plain, documented order: no weights, nothing hidden.

The order is: where it comes from (own idle, warehouse, other agencies), how well it fits, condition, months of use, distance, cost
to move, and last the card's own key, so that it is the same each time. A later point counts only between items alike in all before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import Source
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.assets.choices import IDLE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries import months
from baozhang.ch2_provision.warehouse.choices import LIVE, Grade
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.ch2_provision.warehouse.queries import stock
from baozhang.kernel import clock, holds
from baozhang.law.case import places
from baozhang.law.figures import Figures
from baozhang.law.figurespec import NATION
from baozhang.law.items import items

SHOWN = 30  # candidates of one source put before a reader; how many there are is said beside them
UNKNOWN = 9999  # months; nobody said when use began
MOVING = "allocation.moving_cost"
ORDER = (
    "source",
    "fit",
    "condition",
    "age",
    "distance",
    "moving",
)  # of the grounds, a later one only where all before are alike
SOURCES = (Source.OWN, Source.WAREHOUSE, Source.OTHERS)


@dataclass(frozen=True)
class Ground:
    """This is one point of the order: its level (0 is best) and why."""

    name: str
    level: int
    words: str


@dataclass
class Candidate:
    """This is one card that could answer a need, with every point of its place in the order."""

    card: Card
    source: Source
    owner: Organization
    grounds: list[Ground] = field(default_factory=list)

    @property
    def order(self) -> tuple[int, ...]:
        """This is its place: the lower the better, point after point."""
        return (*(ground.level for ground in self.grounds), self.card.pk)

    @property
    def quantity(self) -> Decimal:
        """This is how many pieces the card is."""
        return self.card.quantity

    def as_dict(self) -> dict[str, Any]:
        """This is the candidate as plain data, to be kept with an answer."""
        return {
            "card": self.card.pk, "name": self.card.name, "model": self.card.model, "source": str(self.source), "owner": self.owner.name,
            "quantity": str(self.quantity), "grounds": {ground.name: ground.words for ground in self.grounds},
        }  # fmt: skip


def in_order(grounds: Mapping[str, str]) -> list[str]:
    """These are kept grounds in the order in which they were compared; the database keeps them in none."""
    return [grounds[name] for name in ORDER if grounds.get(name)]


@dataclass
class Found:
    """This is what the three sources offer: how many cards each has, and the best of them."""

    day: dt.date
    counts: dict[Source, int] = field(default_factory=dict)
    best: list[Candidate] = field(default_factory=list)

    @property
    def total(self) -> int:
        """This is how many cards there are in all."""
        return sum(self.counts.values())

    def of(self, source: Source) -> list[Candidate]:
        """These are the best of one source."""
        return [one for one in self.best if one.source == source]


@cache
def fitting(item: str) -> tuple[str, ...]:
    """These are the items that answer a need for an item: itself, and what is a kind of it."""
    return (item, *sorted(key for key, other in items().items() if other.narrows == item))


def of_kind(need: Need) -> Q:
    """The condition that a card is of the item, or the class, that a need names."""
    if need.item:
        return Q(item__in=fitting(need.item))
    return Q(class_code__startswith=need.class_code.rstrip("0"))


def idle(need: Need) -> QuerySet[Card]:
    """These are the idle cards of the right kind that nobody holds, anywhere."""
    return Card._base_manager.filter(of_kind(need), holds.free(Card), use_state__in=IDLE_STATES, disposed__isnull=True)


def candidates_of(
    need: Need, *, day: dt.date | None = None, most: int = SHOWN, only: Sequence[int] | None = None
) -> Found:
    """These are the candidates for a need; `only` looks at some cards alone, as when they are being accepted."""
    found = Found(day or clock.today())
    terms = Terms.of(need, found.day)
    for source in SOURCES:
        rows = rows_of(need, source)
        if only is not None:
            rows = rows.filter(pk__in=list(only))
        cards = list(terms.ordered(rows)[: most + 1])
        found.counts[source] = len(cards) if len(cards) <= most else rows.count()
        found.best += [terms.judged(card, source) for card in cards[:most]]
    return found


def rows_of(need: Need, source: Source) -> QuerySet[Card]:
    """These are the free cards of one source that could answer a need; what is in the warehouse comes from there alone."""
    place = need.organ.jurisdiction
    if source == Source.WAREHOUSE:
        listed = stock.available(place.path, items=fitting(need.item) if need.item else None, own=need.organ_id)
        rows = Card._base_manager.filter(pk__in=listed.order_by().values("card_id"))
        return rows if need.item else rows.filter(of_kind(need))
    inside = Exists(Item._base_manager.filter(card_id=OuterRef("pk"), state__in=LIVE))
    rows = idle(need).filter(~inside)
    if source == Source.OWN:
        return rows.filter(organ_id=need.organ_id)
    return rows.filter(organ__jurisdiction_id=place.pk).exclude(organ_id=need.organ_id)


@dataclass
class Terms:
    """This is what the order is worked out from for one need: once in SQL to fetch the best, once in words for the reader."""

    need: Need
    day: dt.date
    moving: Decimal | None  # what moving one piece costs, where the authority has issued it

    @classmethod
    def of(cls, need: Need, day: dt.date) -> Terms:
        """These are the terms for a need on a day."""
        return cls(need, day, Figures(day, places().get(need.organ_id, NATION)).get(MOVING))

    def ordered(self, rows: QuerySet[Card]) -> QuerySet[Card]:
        """The best first, each row with its levels."""
        own = Q(item=self.need.item) if self.need.item else Q(class_code=self.need.class_code)
        near = Q(organ_id=self.need.organ_id)
        if self.need.organ.address:
            near |= Q(organ__address=self.need.organ.address)
        rows = rows.annotate(
            fit=_level(own, 0, 1), grade=_grade(),
            age=Coalesce(Value(months.index(self.day)) - months.begun_in_sql(), Value(UNKNOWN), output_field=IntegerField()),
            distance=_level(near, 0, 1),
        )  # fmt: skip
        rows = rows.annotate(shape=_level(Q(grade__in=(Grade.NEW, Grade.GOOD)), 0, 1))
        return rows.select_related("organ").order_by("fit", "shape", "age", "distance", "pk")

    def judged(self, card: Any, source: Source) -> Candidate:
        """This is a card with every point of its place in words."""
        cost = self._cost(card)
        grounds = [
            Ground("source", SOURCES.index(source), str(source.label)),
            Ground("fit", card.fit, _("同一项目") if not card.fit else _("同类项目")),
            Ground("condition", card.shape, _("成色%(grade)s") % {"grade": Grade(card.grade).label} if card.grade else _("成色未验")),
            Ground("age", card.age, self._years(card.age)),
            Ground("distance", self._far(card), self._where(card)),
            Ground("moving", int(cost or 0), "" if cost is None else _("搬运约 %(cost)s 元") % {"cost": f"{cost:,.0f}"}),
        ]  # fmt: skip
        return Candidate(card, source, card.organ, grounds)

    def _cost(self, card: Any) -> Decimal | None:
        if not self._far(card):
            return Decimal(0)
        return None if self.moving is None else self.moving * card.quantity

    def _where(self, card: Any) -> str:
        if card.organ_id == self.need.organ_id:
            return _("本单位")
        return _("本级其他地址") if self._far(card) else _("同一地址")

    def _far(self, card: Any) -> int:
        """0 where the card is at the need's own agency or address, else 1; as SQL has it, but for any need of a round."""
        address = self.need.organ.address
        return 0 if card.organ_id == self.need.organ_id or (address and address == card.organ.address) else 1

    @staticmethod
    def _years(age: int) -> str:
        if age == UNKNOWN:
            return _("启用时间不详")
        if age < 12:
            return _("已用 %(months)s 个月") % {"months": age}
        return _("已用 %(years)s 年 %(months)s 个月") % {"years": age // 12, "months": age % 12}


def _grade() -> Any:
    """The condition that the keeper found, where the card is in the warehouse."""
    return Subquery(
        Item._base_manager.filter(card_id=OuterRef("pk"), state__in=LIVE).order_by("pk").values("grade")[:1]
    )


def _level(condition: Q, yes: int, no: int) -> Case:
    return Case(When(condition, then=Value(yes)), default=Value(no), output_field=IntegerField())
