"""Which heading names which column: a fixed order of preference, so that the same sheet always maps the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .columns import Column
from .words import heading_words

FULL, WORDS, REVERSED, HINT, PART, GROUP = range(6)
_CONFIDENCE = {FULL: 1.0, WORDS: 0.95, REVERSED: 0.9, HINT: 0.8, PART: 0.6, GROUP: 0.5}


@dataclass(frozen=True, slots=True)
class Match:
    """This is one possible pairing; the smaller `rank`, the better.

    A heading that is exact but for its brackets is as good as an exact one until two compete for the same word.
    """

    rank: tuple[int, int, int, int, int]
    way: int
    index: int
    column: str

    @property
    def confidence(self) -> float:
        """This is how sure the pairing is, from 0 to 1."""
        return _CONFIDENCE[self.way]


@lru_cache(maxsize=20_000)
def variants(raw: str) -> tuple[tuple[int, str], ...]:
    """This is every spelling under which a heading may be known, the most exact first.

    A two-row heading is joined by a stroke (面积/自用); the words of its parts are tried in both orders.
    """
    seen: dict[str, int] = {}
    spelt = heading_words(raw)
    for way, word in ((FULL, spelt.full), (WORDS, spelt.words), *((HINT, hint) for hint in spelt.hints)):
        seen.setdefault(word, way)
    if "/" in raw or "／" in raw:
        parts = [heading_words(part) for part in raw.replace("／", "/").split("/") if part.strip()]
        if len(parts) == 2 and all(part.words for part in parts):
            top, bottom = parts
            for way, word in (
                (WORDS, top.words + bottom.words),
                (REVERSED, bottom.words + top.words),
                (PART, bottom.full),
                (PART, bottom.words),
                (GROUP, top.full),
                (GROUP, top.words),
            ):
                seen.setdefault(word, way)
    return tuple((way, word) for word, way in seen.items() if word)


class Matcher:
    """This is the set of columns prepared for being looked up by heading."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self._known: dict[str, list[tuple[int, int, str]]] = {}
        for order, column in enumerate(self.columns):
            for position, word in enumerate((column.heading, *column.aliases)):
                spelt = heading_words(str(word))
                for known in {spelt.full, spelt.words}:
                    self._known.setdefault(known, []).append((position, order, column.name))

    def candidates(self, headings: Iterable[tuple[int, str]], rows: Sequence[Sequence[Any]] = ()) -> list[Match]:
        """This is every pairing that the words allow, best first.

        Where a word names two columns and one of them is a list of choices, the cells below say whether it is meant.
        """
        found = []
        for index, raw in headings:
            for way, word in variants(raw):
                for position, order, name in self._known.get(word, ()):
                    if way <= WORDS and self._means_another(
                        word, name, [row[index] for row in rows if index < len(row)]
                    ):
                        continue
                    rank = (max(way, WORDS), position, way, index, order)
                    found.append(Match(rank, way, index, name))
        return sorted(found, key=lambda match: match.rank)

    def _means_another(self, word: str, name: str, cells: Sequence[Any]) -> bool:
        """True for a choice whose words stand in none of the cells, and for any other column where they stand in one."""
        rivals = {other for _position, _order, other in self._known[word]}
        choices = [column for column in self.columns if column.name in rivals and column.kind == "choice"]
        if len(rivals) == 1 or not choices or not any(isinstance(cell, str) and cell.strip() for cell in cells):
            return False
        spoken = {column.name for column in choices if any(cell in column.choices for cell in cells)}
        return name not in spoken if spoken else any(column.name == name for column in choices)

    def assign(
        self, headings: Iterable[tuple[int, str]], rows: Sequence[Sequence[Any]] = ()
    ) -> tuple[list[Match], dict[int, str]]:
        """This is the pairing chosen, and for each heading left over the column it lost to a better heading.

        `rows` are some of the cells below, for headings that may mean one column or another.
        """
        chosen: list[Match] = []
        taken_index: set[int] = set()
        taken_name: set[str] = set()
        rivals: dict[int, str] = {}
        for match in self.candidates(headings, rows):
            if match.index in taken_index:
                continue
            if match.column in taken_name:
                rivals.setdefault(match.index, match.column)
                continue
            chosen.append(match)
            taken_index.add(match.index)
            taken_name.add(match.column)
        return chosen, {index: name for index, name in rivals.items() if index not in taken_index}

    def count(self, row: Sequence[Any]) -> int:
        """This is how many different columns the texts of a row would name."""
        return len(self.assign(texts(row))[0])


def texts(row: Sequence[Any], longest: int = 80) -> list[tuple[int, str]]:
    """This is the position and text of each cell that could be a heading at all."""
    return [
        (index, cell)
        for index, cell in enumerate(row)
        if isinstance(cell, str) and 0 < len(cell) <= longest and heading_words(cell).words
    ]
