"""What became of each line: all scans and moves taken together, and how far each room is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count as Number
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from baozhang.ch2_provision.stocktaking.choices import SEEN, Outcome, Result
from baozhang.ch2_provision.stocktaking.models import Count, Line, Room, Scan

from .replay import Part, Replay, replay


class Seen(NamedTuple):
    """This is what is read of a scan for judging, many thousands at a time."""

    line_id: int
    pk: int
    result: str
    place: str
    condition: str
    user: str
    quantity: Decimal | None
    scanner_id: int | None
    scanner_name: str
    scanned_at: dt.datetime
    room: str | None


_SEEN = (
    "line_id", "pk", "result", "place", "condition", "user", "quantity", "scanner_id", "scanner_name", "scanned_at",
    "room__place",
)  # fmt: skip


@dataclass
class Standing:
    """One line with what was seen of it: the last scan counts, all are kept."""

    line: Line
    outcome: str
    scans: list[Seen] = field(default_factory=list)
    beside: Decimal = Decimal(0)  # pieces split off since that were counted with it, by its old label

    @property
    def last(self) -> Seen | None:
        """The scan that counts."""
        return self.scans[-1] if self.scans else None

    @property
    def disputed(self) -> bool:
        """True where different people said different things."""
        people = {scan.scanner_id for scan in self.scans}
        said = {(scan.result, scan.place if scan.result in SEEN else "", scan.condition) for scan in self.scans}
        return len(people) > 1 and len(said) > 1


def standings(count: Count, *, books: Replay | None = None, only: Q | None = None) -> list[Standing]:
    """These are all lines of a count (or some) with their outcomes, and the parts split off since; a handful of queries however many there are."""
    books = books or replay(count)
    seen: dict[int, list[Seen]] = defaultdict(list)
    rows = Scan._base_manager.filter(count_id=count.pk, line__isnull=False, late=False)
    for row in rows.order_by("scanned_at", "id").values_list(*_SEEN):
        seen[row[0]].append(Seen(*row))
    lines = Line.objects.filter(only or Q(), count_id=count.pk).order_by("place", "number")
    found = [Standing(line, outcome(line, seen.get(line.pk, []), books), seen.get(line.pk, [])) for line in lines]
    return found + (_parts(count, found, books) if books.parts else [])


def _parts(count: Count, lines: list[Standing], books: Replay) -> list[Standing]:
    """The parts of cards with what was seen of each: by itself, or with what it came off, before it was split or by its old label.

    A part of which nothing was said is open, like a line.
    """
    mine = Scan._base_manager.filter(count_id=count.pk, line__isnull=True, late=False).exclude(result=Result.UNKNOWN)
    seen: dict[int, list[Seen]] = defaultdict(list)
    rows = mine.filter(card__in=[part.line.card_id for part in books.parts]).order_by("scanned_at", "id")
    for row in rows.values_list("card_id", *_SEEN[1:]):
        seen[row[0]].append(Seen(*row))
    wholes = {one.line.card_id: one for one in lines} | _wholes_of(count, lines, books)
    found: list[Standing] = []
    for part in books.parts:
        scans = seen.get(part.line.card_id, [])
        one = Standing(part.line, outcome(part.line, scans, books), scans)
        wholes[part.line.card_id] = one
        found.append(one)
    for part in reversed(books.parts):  # the youngest first: what came off a part is counted with it
        one, whole = wholes[part.line.card_id], wholes.get(part.of)
        if one.outcome == Outcome.OPEN and whole is not None and whole.last is not None:
            _counted_with(part, one, whole, books)
    return found


def _wholes_of(count: Count, lines: list[Standing], books: Replay) -> dict[int, Standing]:
    """What the parts came off, where it is not among the lines that are looked at."""
    here = {one.line.card_id for one in lines}
    keys = {part.of for part in books.parts} - here - {part.line.card_id for part in books.parts}
    return (
        {one.line.card_id: one for one in standings(count, books=Replay(books.moves), only=Q(card__in=keys))}
        if keys
        else {}
    )


def _counted_with(part: Part, one: Standing, whole: Standing, books: Replay) -> None:
    last = whole.last
    assert last is not None
    pieces = Decimal(str(part.line.quantity)) + one.beside
    own = Decimal(str(books.at(whole.line, last.scanned_at)["quantity"])) + whole.beside
    if last.scanned_at < part.at:
        one.outcome = whole.outcome
    elif last.quantity is not None and last.quantity >= own + pieces:
        one.outcome, whole.beside = whole.outcome, whole.beside + pieces


def outcome(line: Line, scans: list[Seen], books: Replay) -> str:
    """This is what became of a line."""
    if books.gone(line):
        return Outcome.GONE
    if not scans:
        return Outcome.MOVED if books.placed(line) else Outcome.OPEN
    last = scans[-1]
    moment = last.scanned_at
    then = books.at(line, moment)
    if last.result == Result.MISSING:
        left = bool(last.room) and not same(then["place"], last.room)
        return Outcome.MOVED if books.after(line, moment) or (left and books.placed(line)) else Outcome.MISSING
    if last.place and not same(then["place"], last.place) and not books.after(line, moment, ("place",)):
        return Outcome.MISPLACED
    return Outcome.FOUND


def same(one: Any, other: Any) -> bool:
    """This is true where two places or names are the same but for blanks."""
    return one == other or "".join(str(one or "").split()) == "".join(str(other or "").split())


def unknowns(count: Count) -> list[Scan]:
    """These are the things seen that are on no card, each once: the last scan of a code, unless it was named since."""
    rows = list(
        Scan._base_manager.filter(count_id=count.pk, late=False, line__isnull=True).order_by("scanned_at", "id")
    )
    found: dict[str, Scan] = {}
    for scan in rows:
        if scan.result == Result.UNKNOWN:
            found[scan.code.strip() or scan.key] = scan
        elif scan.code.strip():
            found.pop(scan.code.strip(), None)
    named = Scan._base_manager.filter(count_id=count.pk, late=False, line__isnull=False, code__in=list(found))
    for code in named.values_list("code", flat=True):
        found.pop(code.strip(), None)
    return list(found.values())


def accounted() -> Q:
    """The condition that a line is accounted for: somebody said something of it, or the ledger did since."""
    said = Scan._base_manager.filter(line_id=OuterRef("pk"), late=False)
    return Q(Exists(said))


def rooms_of(count: Count) -> QuerySet[Room]:
    """These are the rooms of a count with how many lines were told (`done`), not seen (`missing`), and how many there are."""
    later = Scan._base_manager.filter(line_id=OuterRef("line_id"), late=False).filter(
        Q(scanned_at__gt=OuterRef("scanned_at")) | Q(scanned_at=OuterRef("scanned_at"), pk__gt=OuterRef("pk"))
    )
    last = Scan._base_manager.filter(~Exists(later), line_id=OuterRef("lines__pk"), late=False)
    missing = Exists(last.filter(result=Result.MISSING))
    told = Exists(Scan._base_manager.filter(line_id=OuterRef("lines__pk"), late=False))
    rows = Room._base_manager.filter(count_id=count.pk).annotate(
        done=Number("lines", filter=told), unseen=Number("lines", filter=missing)
    )
    return rows.order_by("place", "custodian")


@dataclass(frozen=True)
class Progress:
    """How far a count is."""

    lines: int
    done: int
    rooms: int
    rooms_done: int
    unknown: int
    late: int

    @property
    def percent(self) -> int:
        """The share that was told, in whole percent, never rounded up to all."""
        return self.done * 100 // self.lines if self.lines else 0


def progress(count: Count) -> Progress:
    """This is how far a count is, in three queries."""
    rooms = list(rooms_of(count))
    scans = Scan._base_manager.filter(count_id=count.pk).aggregate(
        unknown=Number("pk", filter=Q(result=Result.UNKNOWN, late=False)), late=Number("pk", filter=Q(late=True))
    )
    return Progress(
        lines=sum(room.expected for room in rooms), done=sum(room.done for room in rooms), rooms=len(rooms),  # type: ignore[attr-defined]
        rooms_done=sum(room.done >= room.expected for room in rooms), unknown=scans["unknown"], late=scans["late"],  # type: ignore[attr-defined]
    )  # fmt: skip


def left_open(count: Count) -> list[Standing]:
    """These are the lines, and the parts split off since, of which nobody and nothing has said anything yet."""
    return [one for one in standings(count, only=~accounted()) if one.outcome == Outcome.OPEN]


def by_category(count: Count, rows: Iterable[Standing]) -> dict[str, dict[str, Any]]:
    """These are the sums of a report by category: on the books, seen, not seen, moved or gone meanwhile."""
    totals = Line.objects.filter(count_id=count.pk).values("category").annotate(n=Number("pk"), v=Sum("value"))
    found: dict[str, dict[str, Any]] = {
        row["category"]: {"lines": row["n"], "value": row["v"], "seen": 0, "missing": 0, "else": 0}
        for row in totals.order_by("category")
    }
    for one in rows:
        if not one.line.kept:
            continue  # a part split off since: its pieces are on the frozen line
        kind = (
            "seen"
            if one.outcome in (Outcome.FOUND, Outcome.MISPLACED)
            else "missing"
            if one.outcome == Outcome.MISSING
            else "else"
        )
        found[one.line.category][kind] += 1
    return found
