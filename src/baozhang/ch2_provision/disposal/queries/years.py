"""The least years of use of cards, for thousands at once: each figure is read once (article 12, paragraph 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.months import plus_years
from baozhang.ch2_provision.assets.rules.endings import figure_for, in_use
from baozhang.law.case import places
from baozhang.law.figures import Figures


def usable_until(cards: Sequence[Card], day: dt.date) -> dict[int, dt.date]:
    """The first day on which each card has had its least years, where a standard sets any and the beginning is known."""
    paths, books, found = places(), dict[str, Figures](), dict[int, dt.date]()
    for card in cards:
        key, begun = figure_for(card), in_use(card)
        if key is None or begun is None:
            continue
        place = paths.get(card.organ_id, "")
        if place not in books:
            books[place] = Figures(day, place)
        years = books[place].get(key)
        if years is not None:
            found[card.pk] = plus_years(begun, int(years))
    return found
