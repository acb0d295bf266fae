"""A known fault: the rows of data have one column more than the headings, so that words and values do not meet."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from .cells import compile_column
from .columns import TYPED_KINDS, Column
from .matching import Matcher
from .places import letters
from .refusals import CellError

if TYPE_CHECKING:
    from .headings import Layout

_DATE_LIKE = re.compile(r"\s*(19|20)\d{2}\s*[-/.年]\s*\d{1,2}(\s*[-/.月]\s*\d{1,2}日?)?.*")
_LEAST_COLUMNS = 2
_LEAST_GAIN = 3
_LEAST_YEAR = 1950


@dataclass(frozen=True, slots=True)
class Shift:
    """This is the fault found: the data column at position `at` has no heading; it cannot lie before `first`."""

    at: int
    first: int
    holds_dates: bool
    sentence: str


def find_shift(layout: Layout, columns: Sequence[Column], rows: Sequence[list[Any]]) -> Shift | None:
    """This is the shift that makes the values fit their headings, or None where they fit as they are."""
    by_name = {column.name: column for column in columns}
    pairs, _rivals = Matcher(columns).assign((heading.index, heading.raw) for heading in layout.headings)
    here: dict[int, int] = {}
    beside: dict[int, int] = {}
    for pair in pairs:
        fits = _fitness(by_name[pair.column])
        here[pair.index] = sum(fits(_at(row, pair.index)) for row in rows)
        beside[pair.index] = sum(fits(_at(row, pair.index + 1)) for row in rows)
    if not any(score < 0 for score in here.values()):
        return None
    width = max((heading.index for heading in layout.headings), default=0) + 1
    totals = [sum(beside[i] if i >= at else here[i] for i in here) for at in range(width + 1)]
    best = max(totals)
    first = totals.index(best)
    last = max(at for at, total in enumerate(totals) if total == best)
    mended = sum(1 for i in here if i >= last and beside[i] > here[i] and here[i] < 0)
    if mended < _LEAST_COLUMNS or best - totals[width] < _LEAST_GAIN:
        return None
    # Where only texts lie between the two limits nothing decides; the fewest headings are moved.
    extra = [cell for row in rows if (cell := _at(row, last)) not in (None, "")]
    dated = bool(extra) and all(_looks_dated(cell) for cell in extra)
    return Shift(last, first, dated, _sentence(layout, last, first))


def _at(row: Sequence[Any], index: int) -> Any:
    return row[index] if index < len(row) else None


def _fitness(column: Column) -> Callable[[Any], int]:
    """How well one value suits a column: 1 fits, -1 does not, 0 says nothing."""
    if column.kind in TYPED_KINDS or column.shape:
        convert = compile_column(column)
        shape = re.compile(column.shape) if column.shape else None

        def typed(raw: Any) -> int:
            if raw is None or (isinstance(raw, str) and not raw.strip()):
                return 0
            try:
                value = convert(raw)
            except CellError:
                return -1
            if isinstance(raw, int | float) and isinstance(value, date) and value.year < _LEAST_YEAR:
                return -1  # a small number, which happens to count a day of long ago
            return 1 if shape is None or shape.fullmatch(str(value)) else -1

        return typed

    return lambda raw: -1 if _looks_dated(raw) else 0


def _looks_dated(raw: Any) -> bool:
    return isinstance(raw, date) or (isinstance(raw, str) and _DATE_LIKE.fullmatch(raw) is not None)


def _sentence(layout: Layout, at: int, first: int) -> str:
    before = next((h.raw for h in reversed(layout.headings) if h.index < at), "")
    text = _("数据比标题多一列：%(place)s 列（“%(before)s”之后）没有标题，其后的标题已依次右移一列。") % {
        "place": letters(at),
        "before": before,
    }
    if first != at:
        text += _("多出的也可能是 %(first)s 至 %(last)s 之间的某一列，请在预览中核对。") % {
            "first": letters(first),
            "last": letters(at),
        }
    return text
