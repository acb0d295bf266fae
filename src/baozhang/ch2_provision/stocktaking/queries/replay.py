"""What the ledger says of cards since they were frozen: a card handed over during the count is not missing."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from baozhang.ch2_provision.assets.choices import GONE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.custody import elsewhere
from baozhang.ch2_provision.stocktaking.models import Count, Line
from baozhang.kernel import bulk, clock
from baozhang.kernel.ledger import Entry

PLACING = ("place", "custodian", "user", "department")
ADJUST = "step:CountFlow.adjust"
WATCHED = (*PLACING, "use_state", "disposed", "quantity")


@dataclass(frozen=True)
class Move:
    """One change of a card during a count, as the ledger has it."""

    at: dt.datetime
    by_name: str
    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Part:
    """Pieces that were split off a frozen card, or off such pieces, while they were counted: a card of their own since."""

    line: Line  # not kept: the part as its split made it
    of: int  # the card it came off
    at: dt.datetime


class Replay:
    """What happened to the cards of a count since it was frozen, by card; and the parts that were split off them."""

    def __init__(self, moves: dict[int, list[Move]], parts: Sequence[Part] = ()) -> None:
        self.moves, self.parts = moves, parts

    def at(self, line: Line, moment: dt.datetime) -> dict[str, Any]:
        """What the books said of a line's card at a moment: the snapshot, with the changes up to then."""
        values: dict[str, Any] = {name: getattr(line, name, None) for name in WATCHED}
        for move in self.moves.get(line.card_id, ()):
            if move.at <= moment:
                values[move.field] = move.new
        return values

    def after(self, line: Line, moment: dt.datetime, fields: Iterable[str] = PLACING) -> list[Move]:
        """The changes of some fields after a moment."""
        wanted = set(fields)
        return [move for move in self.moves.get(line.card_id, ()) if move.at > moment and move.field in wanted]

    def placed(self, line: Line) -> list[Move]:
        """The changes since the freezing of where a card is and who has it."""
        return [move for move in self.moves.get(line.card_id, ()) if move.field in PLACING]

    def gone(self, line: Line) -> bool:
        """True where the card has left the books since."""
        last = {move.field: move.new for move in self.moves.get(line.card_id, ())}
        return bool(last.get("disposed")) or last.get("use_state") in GONE_STATES


def replay(count: Count) -> Replay:
    """This is what the ledger says since the freezing: seven queries at most, and only of cards that have changed at all."""
    own = (
        Entry.objects.filter(kind=count.label, record_id=count.pk, act=ADJUST)
        .order_by("seq")
        .values_list("at", flat=True)
    )
    until = own.last()  # what a count itself has put right is no move
    changed = Line.objects.filter(count_id=count.pk, card__version__gt=F("card_version"))
    frozen = dict(changed.values_list("card_id", "card_version"))
    parts = _parts(count, list(frozen), until)
    frozen |= {part.line.card_id: 1 for part in parts}
    moves: dict[int, list[Move]] = defaultdict(list)
    for part in bulk.chunks(sorted(frozen)):
        entries = Entry.objects.filter(kind=Card._meta.label_lower, record_id__in=part).order_by("record_id", "seq")
        for entry in entries.only("record_id", "seq", "at", "by_name", "changes").iterator(chunk_size=2_000):
            if entry.seq > frozen[entry.record_id] and (until is None or entry.at < until):
                moves[entry.record_id] += _moves(entry)
    for card, move in _through_the_warehouse(count, until):
        moves[card] = sorted([*moves[card], move], key=lambda one: one.at)
    return Replay(dict(moves), parts)


def _through_the_warehouse(count: Count, until: dt.datetime | None) -> Iterator[tuple[int, Move]]:
    """What went into a store or onto a loan, or came back, since the freezing: its card says nothing of it, its custody does."""
    told = elsewhere.ask(count.organ_id, count.frozen_at) if count.frozen_at is not None else {}
    told = {card: kept for card, kept in told.items() if until is None or kept.at < until}
    for part in bulk.chunks(sorted(told)):
        for line in Line.objects.filter(count_id=count.pk, card__in=part).select_related("card"):
            kept = told[line.card_id]
            here = kept.where or (line.card.place if line.card is not None else line.place)
            if here != line.place:
                yield line.card_id, Move(kept.at, kept.by_name, "place", line.place, here)


def _parts(count: Count, cards: Sequence[int], until: dt.datetime | None) -> list[Part]:
    """The cards that were split off some since the freezing, and off these: one query a generation, two where there are any."""
    found: list[Part] = []
    while cards:
        made: dict[int, int] = {}
        for some in bulk.chunks(sorted(cards)):
            made |= dict(Card._base_manager.filter(split_from__in=some).values_list("pk", "split_from_id"))
        first = Entry.objects.filter(kind=Card._meta.label_lower, seq=1, at__gte=count.frozen_at or clock.now())
        fresh = []
        for some in bulk.chunks(sorted(made)):
            for entry in first.filter(record_id__in=some).order_by("record_id"):
                if until is None or entry.at < until:
                    fresh.append(Part(_as_split(count, entry), made[entry.record_id], entry.at))
        known = (
            set(Line.objects.filter(count_id=count.pk, card_id__in=list(made)).values_list("card_id", flat=True))
            if fresh
            else set()
        )
        fresh = [part for part in fresh if part.line.card_id not in known]  # split and frozen at the same moment
        found += fresh
        cards = [part.line.card_id for part in fresh]
    return found


def _as_split(count: Count, entry: Entry) -> Line:
    said = json.loads(entry.changes)
    values = {name: said[name] for name in Line.FROZEN[1:] if said.get(name) not in (None, "")}
    values |= {name: Decimal(str(said[name])) for name in ("quantity", "value")}
    return Line(count_id=count.pk, card_id=entry.record_id, card_version=1, **values)


def _moves(entry: Entry) -> list[Move]:
    changes = json.loads(entry.changes)
    return [
        Move(entry.at, entry.by_name, name, pair[0], pair[1])
        for name, pair in changes.items()
        if name in WATCHED and isinstance(pair, list)
    ]
