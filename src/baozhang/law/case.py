"""What a rule sees beside its record: the day, and the figures in force there and then, all remembered."""

from __future__ import annotations

import datetime as dt
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from baozhang.kernel.opening import Opening
from baozhang.law.allowance import allowed
from baozhang.law.catalogue import catalogue, spec
from baozhang.law.figures import Figures, IssuedValue, Reading
from baozhang.law.figurespec import NATION, FigureSpec
from baozhang.law.issued import Issued, grouped, issued_on, turning, turns
from baozhang.law.rules import REGULATION_SINCE

PLACES: Opening[Callable[[], Mapping[int, str]]] = Opening(
    "law.places", "the path of the jurisdiction (310000/310117) that each organ stands in"
)
_BOOK_LIMIT = 4_000


class Unverified(Exception):
    """This will be raised by a figure without a value in force; the rule then says nothing and is counted as unjudged."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading.key)
        self.reading = reading


class ImpureRule(RuntimeError):
    """This is a rule that asks the database; what it needs belongs into its candidates."""


def places() -> Mapping[int, str]:
    """This is the path of the jurisdiction of each organ, by the organ's key."""
    return PLACES.ask()


class Book:
    """This is where figures are looked up by place and day, each built once; `overlay` is a draft that is tried."""

    def __init__(self, *, overlay: Iterable[IssuedValue] = (), issued: Iterable[IssuedValue] | None = None) -> None:
        self.overlay, self.issued = tuple(overlay), None if issued is None else tuple(issued)
        self._held: dict[tuple[str, dt.date], Figures] = {}
        self._by_day: dict[dt.date, Issued] = {}

    @cached_property
    def places(self) -> Mapping[int, str]:
        """This is the path of the jurisdiction of each organ, as it was when the book was opened."""
        return places()

    @cached_property
    def _turns(self) -> list[dt.date] | None:
        """The days from which any figure changes anywhere, in order; None where the issuing floor cannot say."""
        said = turns() if self.issued is None else turning(self.issued)
        if said is None:
            return None
        rows = (row for figure in catalogue().values() for entry in figure.entries.values() for row in entry.rows)
        return sorted(said | turning(self.overlay) | {day for row in rows for day, _value in row.dated.steps})

    def _stretch(self, day: dt.date) -> dt.date:
        """The first of the days up to this one on which all figures are the same."""
        place = bisect(self._turns, day) if self._turns else 0
        return self._turns[place - 1] if self._turns and place else day

    def on(self, place: str, day: dt.date) -> Figures:
        """These are the figures of a place on a day."""
        day = self._stretch(day)
        found = self._held.get((place, day))
        if found is None:
            if len(self._held) >= _BOOK_LIMIT:
                self._held.clear()
            # A draft counts from its own day on, so that facts before it keep the old figure.
            draft = [value for values in grouped(self.overlay, day).values() for value in values]
            found = self._held[place, day] = Figures(day, place or NATION, issued=self._issued_on(day), overlay=draft)
        return found

    def _issued_on(self, day: dt.date) -> Issued:
        """These are the values issued by a day; that nothing was published meanwhile is asked once a book."""
        if (held := self._by_day.get(day)) is None:
            given = self.issued
            held = grouped(given, day) if given is not None else issued_on(day, look=not self._by_day)
            self._by_day[day] = held
        return held

    def changes(self, key: str, day: dt.date) -> Iterator[dt.date]:
        """These are the days up to a day from which values of a figure were issued, walked back from one to the next."""
        to_see, seen = [day], {day}
        while to_see:
            here = to_see.pop()
            for value in self._issued_on(here).get(key, ()):
                yield value.valid_from
                before = value.valid_from - dt.timedelta(days=1)
                if before not in seen:
                    seen.add(before)
                    to_see.append(before)


@dataclass
class Gate:
    """This is what stands between a rule and the database while the rule looks."""

    shut: bool = True

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """This will let a statement through while the gate is open, else raise ImpureRule."""
        if self.shut:
            raise ImpureRule(f"a rule may not ask the database; put it into candidates: {sql[:120]}")
        return execute(sql, params, many, context)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """This will open the gate for what the engine itself has to ask."""
        before, self.shut = self.shut, False
        try:
            yield
        finally:
            self.shut = before


@dataclass
class Case:
    """This is `law` inside a rule: the day, the place (path of the jurisdiction), and figures that are remembered."""

    day: dt.date
    place: str
    book: Book
    gate: Gate = field(default_factory=Gate)
    readings: dict[tuple[Any, ...], Reading] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)  # figures asked for that nobody has verified
    asked: set[str] = field(default_factory=set)  # every figure asked for, whatever became of it

    def figure(self, key: str, *, on: dt.date | None = None, **row_keys: Any) -> Any:
        """This is the value of a figure in force, `on` another day where a fact is judged by its own day.

        Raises Unverified where the figure has no value (待核实): the rule then says nothing.
        """
        reading = self.reading(key, on=on, **row_keys)
        if reading.value is None:
            raise Unverified(reading)
        return reading.value

    def get(self, key: str, *, on: dt.date | None = None, **row_keys: Any) -> Any:
        """This is the value of a figure, None where it has none; for rules that know what to do without it."""
        return self.reading(key, on=on, **row_keys).value

    def reading(self, key: str, *, on: dt.date | None = None, **row_keys: Any) -> Reading:
        """This is a figure with where it comes from; remembered, so that the finding can show it."""
        return self._remember(self._figures(on).reading(key, **row_keys), on)

    def lacks(self, label: str) -> None:
        """This will note that a record which the rule needs, `app.model`, was never made: that too counts as unjudged (待核实)."""
        self.silent.add(label)

    def table(self, key: str, *, on: dt.date | None = None) -> list[Reading]:
        """These are all rows of a table of figures, remembered."""
        return [self._remember(reading, on) for reading in self._figures(on).table(key)]

    def bands(self, key: str, *, on: dt.date | None = None) -> list[tuple[Any, Reading]]:
        """These are the rows of a figure by bands of a number, remembered."""
        return [(band, self._remember(reading, on)) for band, reading in self._figures(on).bands(key)]

    def allowed(self, key: str, count: int, *, on: dt.date | None = None, **row_keys: Any) -> int:
        """This is how many pieces a quantity figure allows for a count of heads; Unverified where it has no value."""
        figures = self._figures(on)
        figures.forget()
        found = allowed(figures, key, count, **row_keys)
        readings = [self._remember(reading, on) for reading in figures.read]
        if found is None:
            raise Unverified(next(reading for reading in readings if reading.value is None))
        return found

    def spec(self, key: str) -> FigureSpec:
        """This is what the catalogue says of a figure: title, unit, row keys."""
        return spec(key)

    def in_force(self, day: dt.date | None) -> bool:
        """This is true where a fact of that day is judged: from 2022-11-01 (article 45), not later than the day asked.

        A fact without a day is not judged.
        """
        return day is not None and REGULATION_SINCE <= day <= self.day

    def taken(self) -> tuple[Reading, ...]:
        """These are the readings with a value since the last call, in order."""
        found = tuple(self.readings.values())
        self.readings = {}
        return found

    def forget(self) -> None:
        """This will begin a new memory, where a rule turns to another question about the same record."""
        self.readings = {}

    def _remember(self, reading: Reading, on: dt.date | None) -> Reading:
        self.asked.add(reading.key)
        if reading.value is not None:
            self.readings[reading.key, reading.row, on] = reading
        elif reading.state != "ended":  # an ended figure limits nothing any more: that is known
            self.silent.add(reading.key)
        return reading

    def _figures(self, on: dt.date | None) -> Figures:
        with self.gate.opened():
            return self.book.on(self.place, on or self.day)


@dataclass
class Ground:
    """This is what `candidates` may know: the day, the organs asked for, and how far a figure reaches anywhere.

    No single organ's figures: candidates of all organs come from one query.
    """

    day: dt.date
    book: Book
    organs: frozenset[int] | None = None
    asked: set[str] = field(default_factory=set)

    def bounds(self, key: str, *, history: bool = False) -> tuple[Any, Any] | None:
        """This is the least and the greatest value of a figure in any place, to narrow by in SQL; None without values.

        With `history` the values of all days count, for facts that are judged by their own day.
        """
        self.asked.add(key)
        found = [value for value in self._values(key, history=history) if not isinstance(value, str | tuple)]
        return (min(found), max(found)) if found else None

    def _values(self, key: str, *, history: bool) -> Iterator[Any]:
        days = set(self._days(key)) if history else {self.day}
        for place in sorted({*self.book.places.values(), NATION}):
            for day in days:
                for reading in self.book.on(place, day).table(key):
                    yield reading.value

    def _days(self, key: str) -> Iterator[dt.date]:
        """These are days that together meet every value that the figure had up to the day asked."""
        yield self.day
        for entry in spec(key).entries.values():
            for row in entry.rows:
                yield from (day for day, _value in row.dated.steps if day <= self.day)
        yield from (
            value.valid_from for value in self.book.overlay if value.key == key and value.valid_from <= self.day
        )
        yield from self.book.changes(key, self.day)
