"""Books, cards and things side by side: account, card and thing agree (article 13, paragraph 2)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Q, QuerySet

from baozhang.ch2_provision.assets.choices.books import RunState
from baozhang.ch2_provision.assets.models import Card, DepreciationRun, LedgerTotal
from baozhang.kernel.bulk import chunks
from baozhang.kernel.opening import Opening

from .holding import Total, held_on, totals

Key = tuple[int, str]  # agency, category


@dataclass(frozen=True)
class Counted:
    """This is what the last stock-taking found of one card: how many, on which day."""

    day: dt.date
    quantity: Decimal


counted: Opening[Callable[[Sequence[int], dt.date], Mapping[int, Counted]]] = Opening(
    "assets.counted",
    "the last count of each card of some agencies by a day: key of the card → what was found",
    many=True,
)


@counted.fill
def _nothing(organs: Sequence[int], day: dt.date) -> Mapping[int, Counted]:
    """Before there is a stock-taking, nothing has been counted."""
    return {}


def last_counts(organs: Sequence[int], day: dt.date) -> dict[int, Counted]:
    """These are the last counts of the cards of some agencies, whoever counted."""
    found: dict[int, Counted] = {}
    for answer in counted.answers:
        for card, one in answer(organs, day).items():
            if card not in found or found[card].day <= one.day:
                found[card] = one
    return found


@dataclass
class Line:
    """This is one category of one agency, seen three ways; the books are those of `day`."""

    organ: int
    category: str
    day: dt.date
    book: LedgerTotal | None
    cards: Total
    cards_counted: int = 0
    found: Decimal | None = None  # quantity found of the cards that were counted
    expected: Decimal = Decimal(0)  # their quantity by the cards

    @property
    def gaps(self) -> dict[str, Decimal | None]:
        """Books less cards in quantity, value and depreciation, things less cards in quantity; None where it cannot be said."""
        book, lost = self.book, None
        if book is not None and book.depreciated is not None and not self.cards.open_cards:
            gap = book.depreciated - self.cards.depreciated
            lost = Decimal(0) if abs(gap) <= self.cards.slack else gap
        return {
            "quantity": None if book is None or book.quantity is None else book.quantity - self.cards.quantity,
            "value": None if book is None else book.value - self.cards.value,
            "depreciated": lost,
            "found": None if self.found is None else self.found - self.expected,
        }

    @property
    def differs(self) -> bool:
        """True where any two of the three do not agree."""
        return any(self.gaps.values()) or (self.book is None and self.cards.cards > 0)


def three_ways(day: dt.date, organs: Sequence[int], *, things: bool) -> list[Line]:
    """These are the categories of some agencies, books against cards of the books' own day, and things where `things`."""
    books: dict[Key, LedgerTotal] = {}
    latest = (
        LedgerTotal._base_manager.filter(day__lte=day, organ__in=organs)
        .order_by()
        .values_list("organ_id")
        .annotate(m=Max("day"))
    )
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for organ, last in latest:
        by_day[last].append(organ)
    closed = {organ for members in by_day.values() for organ in members}
    if rest := [organ for organ in organs if organ not in closed]:
        by_day[day] += rest
    lines: dict[Key, Line] = {}
    for last, members in sorted(by_day.items()):
        for book in LedgerTotal._base_manager.filter(day=last, organ__in=members):
            books[book.organ_id, book.category] = book
        cards, here = totals(last, members), set(members)
        for key in {*cards, *(key for key in books if key[0] in here)}:
            lines[key] = Line(key[0], key[1], last, books.get(key), cards.get(key, Total()))
    if things:
        _add_counts(lines, organs, day)
    return [lines[key] for key in sorted(lines)]


def _add_counts(lines: dict[Key, Line], organs: Sequence[int], day: dt.date) -> None:
    counts = last_counts(organs, day)
    for part in chunks(sorted(counts)):
        rows = Card._base_manager.filter(held_on(day), pk__in=part).values_list(
            "pk", "organ_id", "category", "quantity"
        )
        for card, organ, category, quantity in rows:
            line = lines.get((organ, category))
            if line is None:
                continue
            line.cards_counted += 1
            line.found = (line.found or Decimal(0)) + counts[card].quantity
            line.expected += quantity


def suspects(organ: int, category: str, day: dt.date) -> dict[str, QuerySet[Card]]:
    """These are the cards that may explain a difference: not booked, and come or gone since the books were closed before."""
    rows = Card._base_manager.filter(organ=organ, category=category).order_by("id")
    before = LedgerTotal._base_manager.filter(organ=organ, category=category, day__lt=day).aggregate(m=Max("day"))["m"]
    since = before or dt.date(day.year, 1, 1)
    return {
        "unbooked": rows.filter(held_on(day)).filter(Q(booking="open") | Q(booked=None, voucher="")),
        "come": rows.filter(acquired__gt=since, acquired__lte=day),
        "gone": rows.filter(disposed__gt=since, disposed__lte=day),
    }


def miscounted(organ: int, category: str, day: dt.date) -> list[tuple[Card, Counted]]:
    """These are the cards of which the last count found another quantity than the card says."""
    counts = last_counts([organ], day)
    found: list[tuple[Card, Counted]] = []
    for part in chunks(sorted(counts)):
        for card in Card._base_manager.filter(held_on(day), pk__in=part, organ=organ, category=category).order_by("id"):
            if counts[card.pk].quantity != card.quantity:
                found.append((card, counts[card.pk]))
    return found


def charged_until(organs: Iterable[int]) -> dict[int, dt.date]:
    """These are the months up to which depreciation has been charged, by agency."""
    rows = DepreciationRun._base_manager.filter(organ__in=list(organs), state=RunState.POSTED).order_by()
    return dict(rows.values_list("organ_id").annotate(m=Max("month")))
