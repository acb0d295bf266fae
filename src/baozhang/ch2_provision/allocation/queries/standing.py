"""What the standard allows an agency of an item, and what it has: in use, idle, past its years, held, on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.choices import Band
from baozhang.ch2_provision.allocation.choices import ALIVE, MatchState
from baozhang.ch2_provision.allocation.models import Match, Need
from baozhang.ch2_provision.assets.choices import IDLE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import begun_by, counted_on
from baozhang.ch2_provision.assets.queries.months import years_before
from baozhang.ch2_provision.assets.rules.quantities import PER_HEAD, staffs, watched
from baozhang.kernel import clock
from baozhang.kernel.holds import Hold
from baozhang.law.case import Book, Case, Unverified, places
from baozhang.law.catalogue import spec
from baozhang.law.items import items

_SUM: Any = DecimalField(max_digits=20, decimal_places=2)
ARTICLE = "第十二条第一款"


@dataclass
class Count:
    """This is what an agency has of an item: counted against the standard, of it idle, past its years, idle but promised."""

    total: Decimal = Decimal(0)
    idle: Decimal = Decimal(0)
    old: Decimal = Decimal(0)
    held: Decimal = Decimal(0)

    def add(self, other: Count) -> None:
        """This will add another count."""
        for name in ("total", "idle", "old", "held"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def used(self) -> Decimal:
        """This is what is in use."""
        return self.total - self.idle


@dataclass
class Limit:
    """This is one figure of the standard applied to one agency: what it allows, what there is, what is on the way."""

    key: str
    name: str
    most: int
    formula: str
    count: Count
    coming: Decimal
    figures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def within(self) -> Decimal:
        """This is how many more may be in use: idle pieces of one's own may fill it too."""
        return self.most - self.count.used - self.coming

    @property
    def outside(self) -> Decimal:
        """This is how many more may come from outside, one's idle pieces counted."""
        return self.most - self.count.total - self.coming


@dataclass
class Standing:
    """This is where an agency stands with an item on a day; without limits the standard says nothing that is verified."""

    day: dt.date
    item: str
    name: str
    count: Count
    staff: dict[str, Any]
    limits: list[Limit] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)  # figures without a value, or counted on rooms

    @property
    def tightest(self) -> Limit | None:
        """This is the figure that leaves least."""
        return min(self.limits, key=lambda limit: (limit.within, limit.key), default=None)

    @property
    def verified(self) -> bool:
        """This is true where every figure of the item has a value that could be applied."""
        return bool(self.limits) and not self.silent

    @property
    def entitled(self) -> int | None:
        """This is how many the standard allows; None where nobody can say."""
        return None if self.tightest is None else self.tightest.most

    @property
    def gap(self) -> Decimal | None:
        """This is how many may still come from outside; None where nobody can say."""
        return None if not self.limits else min(limit.outside for limit in self.limits)

    def as_dict(self) -> dict[str, Any]:
        """This is the standing as plain data, to be kept with an answer."""
        return {
            "day": self.day.isoformat(), "item": self.item, "entitled": self.entitled, "silent": self.silent,
            "counted": str(self.count.total), "idle": str(self.count.idle), "old": str(self.count.old), "held": str(self.count.held),
            "limits": [
                {"key": one.key, "most": one.most, "formula": one.formula, "counted": str(one.count.total), "coming": str(one.coming), "figures": one.figures}
                for one in self.limits
            ],
        }  # fmt: skip


def standing_of(need: Need, day: dt.date | None = None) -> Standing:
    """This is the standing for a need, other needs of the agency counted as on the way; four queries."""
    day = day or clock.today()
    item = items().get(need.item)
    keys = item.quantity if item is not None else ()
    by_head = [key for key in keys if spec(key).unit in PER_HEAD]
    members = {key: watched()[key] for key in by_head}
    wanted = frozenset().union(*members.values()) if members else frozenset({need.item} - {""})
    case = Case(day, places().get(need.organ_id, ""), Book())
    counts = _counts(need, wanted, day, case)
    staff = staffs(day, [need.organ_id]).get(need.organ_id) or {"quota": 0, "actual": 0, "counted": 0, "bands": {}}
    own = Count()
    for kind in members[by_head[0]] if by_head else wanted or counts:  # of what is no item, all that is of its class
        own.add(counts.get(kind, Count()))
    made = Standing(day, need.item, need.name, own, staff)
    made.silent = [spec(key).name for key in keys if key not in by_head]
    coming = _coming(need, wanted) if by_head else {}
    for key in by_head:
        try:
            made.limits.append(_limit(case, key, members[key], staff, counts, coming))
        except Unverified:
            made.silent.append(spec(key).name)
    return made


def _limit(
    case: Case, key: str, members: Iterable[str], staff: dict[str, Any], counts: Mapping[str, Count], coming: Mapping[str, Decimal]
) -> Limit:  # fmt: skip
    case.readings.clear()
    most, formula = _most(case, key, staff)
    total = Count()
    for one in members:
        total.add(counts.get(one, Count()))
    figures = [reading.as_dict() for reading in case.readings.values()]
    on_way = sum((coming.get(one, Decimal(0)) for one in members), Decimal(0))
    return Limit(key, case.spec(key).name, most, formula, total, on_way, figures)


def _most(case: Case, key: str, staff: dict[str, Any]) -> tuple[int, str]:
    """The pieces that a figure allows for the heads of an agency, and the sum in figures."""
    if "rank" in dict(spec(key).keys):
        parts = [
            (number, case.allowed(key, number, rank=band), str(Band(band).label))
            for band, number in staff["bands"].items()
        ]
        said = " + ".join(
            _("%(band)s %(heads)s 人 → %(most)s") % {"band": words, "heads": number, "most": most}
            for number, most, words in parts
        )
        return sum(most for _number, most, _words in parts), said  # fmt: skip
    most = case.allowed(key, staff["counted"])
    if spec(key).unit == "heads_per_piece":
        return most, _("编制内实有 %(heads)s 人，分段折算 → %(most)s") % {"heads": staff["counted"], "most": most}
    value = case.get(key)
    said = _("编制内实有 %(heads)s 人 × %(value)s，不足一件按一件 → %(most)s")
    return most, said % {"heads": staff["counted"], "value": value, "most": most}


def _counts(need: Need, wanted: frozenset[str], day: dt.date, case: Case) -> dict[str, Count]:
    """What the agency has of some items, in one query; for what is no item, of the class."""
    rows = Card._base_manager.filter(counted_on(day), organ_id=need.organ_id).order_by()
    rows = rows.filter(item__in=wanted) if wanted else rows.filter(class_code__startswith=need.class_code.rstrip("0"))
    old = Q(pk__in=[])
    for key in wanted:
        years = items()[key].years
        least = case.get(years) if years else None
        if least is not None:
            old |= Q(item=key) & Q(begun_by(years_before(day, int(least))))
    held_now = Exists(Hold.objects.filter(kind="assets.card", record_id=OuterRef("pk")).exclude(until__lte=clock.now()))

    def part(condition: Any) -> Any:
        return Coalesce(Sum("quantity", filter=condition), Value(0), output_field=_SUM)

    grouped = rows.values_list("item").annotate(
        n=Sum("quantity"),
        i=part(Q(use_state__in=IDLE_STATES)),
        o=part(old),
        h=part(Q(held_now, use_state__in=IDLE_STATES)),
    )
    return {item: Count(total, idle, past, held) for item, total, idle, past, held in grouped}


def _coming(need: Need, wanted: frozenset[str]) -> dict[str, Decimal]:
    """What other needs of the agency will still bring, by item: a standard cannot be passed by asking twice."""
    others = Need._base_manager.filter(organ_id=need.organ_id, item__in=wanted, state__in=ALIVE).exclude(pk=need.pk)
    rows = {pk: (item, Decimal(quantity - replaced - received)) for pk, item, quantity, replaced, received in
            others.values_list("pk", "item", "quantity", "replaced", "received")}  # fmt: skip
    done = Match._base_manager.filter(need__in=list(rows), state=MatchState.DONE).order_by().values_list("need_id")
    settled = dict(done.annotate(Sum("quantity")))
    found: dict[str, Decimal] = {}
    for pk, (item, number) in rows.items():
        left = max(number - settled.get(pk, Decimal(0)), Decimal(0))
        found[item] = found.get(item, Decimal(0)) + left
    return found
