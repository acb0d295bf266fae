"""What cards bring along when they change hands or are divided: depreciation so far, and the life that is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from baozhang.ch1_general.organs.queries import places
from baozhang.law.figures import Reading

from . import months
from .depreciation import Figure, depreciation, figure_of

if TYPE_CHECKING:
    from baozhang.ch2_provision.assets.models import Card


@dataclass(frozen=True)
class Brought:
    """This is what a card's next owner takes over: the sum up to the end of the month before, and the months left of its life."""

    accumulated: Decimal | None
    as_of: dt.date | None
    life_left: int | None


def brought_forward(cards: Sequence[Card], day: dt.date) -> list[Brought]:
    """These are the sums that cards bring along on a day, in their order.

    The month of a disposal is not charged by who gives and the month of acquisition is charged by who takes (财会〔2017〕4号),
    so the sum is that of the month before, and the new life is what is then left of the old one.
    """
    before = day.replace(day=1) - dt.timedelta(days=1)
    where = places()
    readers: dict[str, Figure] = {}
    found = []
    for card in cards:
        place = where[card.organ_id]
        if place not in readers:
            readers[place] = _once(figure_of(before, place))
        lost = depreciation(card, before, readers[place])
        known = lost.accumulated is not None and (lost.accumulated or lost.life is not None)
        life = None if lost.life is None or lost.accumulated is None else max(lost.life - passed(card, before), 1)
        found.append(Brought(lost.accumulated if known else None, before if known else None, life or card.life_months))
    return found


def passed(card: Card, day: dt.date) -> int:
    """These are the months of a card's life that have passed by a day."""
    return max(months.index(day) - months.index(card.begun) + 1, 0) if card.begun is not None else 0


def _once(read: Figure) -> Figure:
    """The same reader, asked once for each group."""
    known: dict[Any, Reading] = {}

    def ask(key: str, **row_keys: Any) -> Reading:
        mark = (key, *sorted(row_keys.items()))
        if mark not in known:
            known[mark] = read(key, **row_keys)
        return known[mark]

    return ask
