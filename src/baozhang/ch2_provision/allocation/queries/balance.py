"""The needs and the free stock of a jurisdiction for a round: few queries a class, tuples instead of records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import COVERING, Source
from baozhang.ch2_provision.allocation.models import Match, Need
from baozhang.ch2_provision.allocation.solving import Slot, Thing

from .candidates import SOURCES, Terms, rows_of
from .cover import open_needs

ONE = Decimal(1)


@dataclass
class Field:
    """This is one class of a round: the pieces that are wanted and the items that are free."""

    needs: list[Need] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)


def fields_of(authority: Organization, day: dt.date) -> list[Field]:
    """These are the classes that an authority's agencies lack something of, each with its pieces and its free items."""
    needs = list(open_needs(authority))
    rows = Match._base_manager.filter(need__in=[need.pk for need in needs], state__in=COVERING).order_by()
    covered = dict(rows.values_list("need_id").annotate(Sum("quantity")))
    found: dict[tuple[str, str], Field] = defaultdict(Field)
    for urgency, need in enumerate(needs):
        left = need.quantity - need.planned - int(covered.get(need.pk, 0))
        if left > 0:
            one = found[need.item, need.class_code if not need.item else ""]
            one.needs.append(need)
            one.slots += [Slot(need.pk, need.organ_id, need.organ.address, urgency)] * left
    for one in found.values():
        one.things = _things(one.needs[0], authority, day)
    return [found[key] for key in sorted(found)]


def _things(need: Need, authority: Organization, day: dt.date) -> list[Thing]:
    """The free single items of a need's kind in the jurisdiction; a batch card goes whole, so a round leaves it to be split."""
    terms = Terms.of(need, day)
    made: dict[int, Thing] = {}
    columns = ("pk", "organ_id", "organ__address", "fit", "shape", "age")
    for source in SOURCES:
        rows = terms.ordered(rows_of(need, source)).filter(quantity=ONE).select_related(None)
        for pk, organ, address, fit, shape, age in rows.values_list(*columns):
            made.setdefault(pk, Thing(pk, organ, address, source == Source.WAREHOUSE, fit, shape, age))
    return list(made.values())
