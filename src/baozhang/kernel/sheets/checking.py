"""Rows turned into values: every row is checked, every wrong cell is named, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Fault

from .cell_dates import shown
from .cells import compile_column
from .columns import NUMBERS, Column
from .headings import Layout
from .mapping import Mapping
from .merged import Downwards
from .places import letters, place
from .reading import Sheet
from .refusals import CellError
from .rows import DataRows, Skipped


@dataclass(frozen=True, slots=True)
class Problem:
    """This is one wrong cell: where it is, what it holds, why that is wrong and what would be right."""

    sheet: str
    row: int
    index: int | None
    column: str
    heading: str
    value: str
    reason: str
    expected: str

    @property
    def place(self) -> str:
        """This is the cell as the user sees it in the program, such as H12; the row alone where no cell is meant."""
        return place(self.row, self.index) if self.index is not None else str(self.row)

    def sentence(self) -> str:
        """This is the problem in one line, without the row."""
        facts = {"place": letters(self.index or 0), "heading": self.heading, "reason": self.reason}
        if self.index is None:
            said = _("“%(heading)s”：%(reason)s") % facts if self.heading else self.reason
            return f"{said}；{self.expected}" if self.expected else said
        if not self.expected:
            return _("%(place)s 列“%(heading)s”：%(reason)s") % facts
        return _("%(place)s 列“%(heading)s”：%(reason)s；%(expected)s") % {**facts, "expected": self.expected}

    def fault(self) -> Fault:
        """This is the same in the form that every border of the platform answers with."""
        return Fault(self.reason, self.column, self.value, self.expected, self.sheet, self.row, self.heading)


@dataclass(slots=True)
class CheckedRow:
    """This is one data row: the raw cells, the values by column name, and the problems (none if all is well)."""

    sheet: str
    row: int
    raw: list[Any]
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


class CheckedRows:
    """This is every data row of a table, checked while iterated; `skipped` counts what was left out."""

    def __init__(
        self, sheet: Sheet, layout: Layout, mapping: Mapping, columns: Sequence[Column], *, epoch1904: bool = False
    ) -> None:
        self.rows = DataRows(sheet, layout)
        self._sheet = sheet.name
        self._columns = {column.name: column for column in columns}
        self._headings = {heading.index: heading.raw for heading in layout.headings}
        self._plan = [
            (index, name, compile_column(self._columns[name], unit=mapping.units.get(name, ""), epoch1904=epoch1904))
            for index, name in sorted(mapping.columns.items())
            if name in self._columns
        ]
        written_once = [index for index, name, _convert in self._plan if self._columns[name].kind not in NUMBERS]
        self._merged = Downwards(sheet, written_once)
        self._width = max((index for index, _name, _convert in self._plan), default=-1) + 1

    @property
    def skipped(self) -> Skipped:
        """This is the count of blank rows, totals, repeated headings and notes that were left out."""
        return self.rows.skipped

    def __iter__(self) -> Iterator[CheckedRow]:
        sheet, plan, width = self._sheet, self._plan, self._width
        for number, row in self.rows:
            if len(row) < width:
                row = row + [None] * (width - len(row))
            if self._merged:
                row = self._merged.fill(number, row)
                self.skipped.filled = self._merged.count
            values: dict[str, Any] = {}
            checked = CheckedRow(sheet, number, row, values)
            for index, name, convert in plan:
                try:
                    values[name] = convert(row[index])
                except CellError as error:
                    checked.problems.append(self._problem(number, index, name, row[index], error))
            yield checked

    def _problem(self, row: int, index: int, name: str, raw: Any, error: CellError) -> Problem:
        heading = self._headings.get(index) or self._columns[name].heading
        return Problem(
            self._sheet, row, index, name, heading, "" if raw is None else shown(raw), error.reason, error.expected
        )
