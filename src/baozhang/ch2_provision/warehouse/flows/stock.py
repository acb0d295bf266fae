"""How a thing in the warehouse changes its state: always together with the case that moves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import ENDED, Grade, ItemState, Keeping
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

MOVES = frozenset({"state"})
ARTICLE = "第十五条第一款"
COMPUTERS = ("desktop", "laptop")
DISK_CODES = ("A020101",)  # computers in both editions of GB/T 14885


def item_of(card: Card, *, authority: Organization, reason: str, **values: Any) -> Item:
    """The item that a card becomes, not yet kept: its facts as the card has them."""
    return Item(
        organ_id=card.organ_id, authority=authority, card=card, reason=reason, number=card.number, name=card.name, category=card.category,
        kind=card.item, model=card.model or card.brand, quantity=card.quantity, unit=card.unit, value=card.value,
        bought=card.begun, holder_id=card.organ_id, custodian=card.custodian or card.user, **values,
    )  # fmt: skip


def locked(keys: Iterable[int]) -> list[Item]:
    """Items as they stand now, locked until the transaction ends."""
    rows = Item._base_manager.select_for_update(of=("self",), no_key=True).filter(pk__in=sorted(set(keys)))
    return list(rows.select_related("card", "organ").order_by("pk"))


def move(
    items: Sequence[Item], state: str, *, by: Actor, act: str, right: str, where: int | None, day: dt.date, note: str = "",
    **values: Any,
) -> None:  # fmt: skip
    """This will set the state of items, with the day on which they left where it ends their stay, and further fields."""
    for item in items:
        item.state = state
        if state in ENDED:
            item.left_on = day
        for name, value in values.items():
            setattr(item, name, value)
    keep(list(items), by=by, act=act, note=note, right=right, where=where, moves=MOVES)


def back(
    items: Sequence[Item],
    grades: Mapping[int, str],
    *,
    by: Actor,
    act: str,
    right: str,
    where: int | None,
    day: dt.date,
) -> None:
    """This will take things that come back into stock again, to be repaired where their condition says so."""
    for item in items:
        grade = grades.get(item.pk) or item.grade
        item.grade = grade
        item.state = ItemState.REPAIR if grade in (Grade.REPAIR, Grade.SPENT) else ItemState.STOCK
        item.holder_id = item.authority_id if item.keeping == Keeping.PHYSICAL else item.organ_id
        item.custodian = ""
    keep(list(items), by=by, act=act, right=right, where=where, moves=MOVES)


def carries_data(card: Card) -> bool:
    """True for computers: their media are wiped before they change hands."""
    return card.item in COMPUTERS or card.class_code.startswith(DISK_CODES)
