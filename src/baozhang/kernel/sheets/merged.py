"""Cells merged downwards: one department, one day of purchase, one name written once for several rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .reading import Sheet


class Downwards:
    """This fills what stands once into the rows that it covers; a sum or a quantity is not filled, it is of all of them together."""

    def __init__(self, sheet: Sheet, columns: Iterable[int]) -> None:
        wanted = frozenset(columns)
        self._begins: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (top, left), (bottom, _right) in sheet.merged:
            if bottom > top and left in wanted:
                self._begins[top + 1].append((left, bottom + 1))
        self._held: dict[int, tuple[Any, int]] = {}
        self.count = 0

    def __bool__(self) -> bool:
        return bool(self._begins)

    def fill(self, number: int, row: list[Any]) -> list[Any]:
        """This is a row with what covers it."""
        found: list[Any] | None = None
        for column, (value, last) in list(self._held.items()):
            if number > last:
                del self._held[column]
            elif row[column] is None or (type(row[column]) is str and not row[column].strip()):
                found = found if found is not None else [*row]
                found[column] = value
        for column, last in self._begins.get(number, ()):
            self._held[column] = (row[column], last)
        self.count += found is not None
        return row if found is None else found
