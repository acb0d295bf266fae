"""Houses that stand idle, are in the warehouse or let, of all whom an authority serves, site by site (article 16, paragraph 2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Sum

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import IDLE_STATES, Acquisition, Category, UseState
from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.models import Card, Income
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.warehouse.choices import LIVE, ItemState, Standing
from baozhang.ch2_provision.warehouse.models import Item

from .performance import served

LET = (UseState.LET, UseState.LENT)
USED = (ItemState.RESERVED, ItemState.OUT)


@dataclass
class House:
    """One house: its card, its item where the warehouse has it, and how many others of the list stand on the same site."""

    card: Card
    item: Item | None
    beside: int = 0
    owing: Decimal = Decimal(0)  # income of it that should have reached the treasury by now

    @property
    def standing(self) -> Standing:
        """What becomes of it now."""
        if self.item is not None:
            return Standing.USED if self.item.state in USED else Standing.OFFERED
        return Standing.LET if self.card.use_state in LET else Standing.IDLE


@dataclass
class Total:
    """How many houses, and how much floor area; `open` of them say no area."""

    count: int = 0
    area: Decimal = Decimal(0)
    open: int = 0


def houses(authority: Organization, day: dt.date) -> list[House]:
    """The houses that could serve others, those on one site together; two queries. What is rented in is not ours to give."""
    live = Item._base_manager.filter(state__in=LIVE)
    rows = Card._base_manager.filter(held_on(day), category=Category.HOUSE, organ__in=served(authority, ended=True))
    rows = rows.exclude(acquisition=Acquisition.LEASED)
    rows = rows.filter(Q(use_state__in=(*IDLE_STATES, *LET)) | Exists(live.filter(card=OuterRef("pk"))))
    held: Any = Prefetch("items", live, to_attr="live_items")
    late = (
        Income._base_manager.filter(card=OuterRef("pk"), state=IncomeState.DUE, due_on__lt=day)
        .order_by()
        .values("card")
    )
    rows = rows.annotate(owing=Subquery(late.annotate(sum=Sum(F("amount") - F("paid"))).values("sum")))
    shown: Any = rows.select_related("organ").prefetch_related(held).order_by("address", "organ__code", "pk")
    found = [House(card, next(iter(card.live_items), None), owing=card.owing or Decimal(0)) for card in shown]
    sites: dict[str, int] = defaultdict(int)
    for one in found:
        sites[one.card.address] += 1
    for one in found:
        one.beside = sites[one.card.address] - 1 if one.card.address else 0
    return found


def sums(found: Sequence[House]) -> dict[Standing, Total]:
    """Count and area by what becomes of them; all kinds are there, in their order."""
    made = {standing: Total() for standing in Standing}
    for one in found:
        total = made[one.standing]
        total.count += 1
        total.area += one.card.floor_area or Decimal(0)
        total.open += one.card.floor_area is None
    return made
