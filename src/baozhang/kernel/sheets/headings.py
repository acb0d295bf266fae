"""Finding the heading rows of a sheet, guided by the columns that are expected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from .columns import Column
from .matching import Matcher, texts
from .refusals import SheetError
from .shifting import Shift, find_shift
from .words import heading_words, money_unit_above

if TYPE_CHECKING:
    from .reading import Sheet, Workbook

SCAN_ROWS = 40
SAMPLE_ROWS = 60
SAMPLES = 12  # rows that say which of two columns a heading means
LEAST_MATCHES = 2
_HINT_WORDS = frozenset(
    "必填 选填 可选 非必填 必录 可录 文本 文本型 字符 字符型 数字 数值 数值型 日期 日期型 金额 整数 小数 下拉 下拉选择".split()
)
_CODE_NAME = re.compile(r"[A-Za-z_]+")

Row = tuple[int, list[Any]]


@dataclass(frozen=True, slots=True)
class Heading:
    """This is one heading: its position from 0, its words in one spelling, what stood in brackets, and the raw text."""

    index: int
    words: str
    raw: str
    hints: tuple[str, ...] = ()
    unit: str = ""
    edition: str = ""

    @classmethod
    def of(cls, index: int, raw: str) -> Heading:
        """This is the heading made from the text of a cell."""
        spelt = heading_words(raw)
        return cls(index, spelt.words, raw.strip(), spelt.hints, spelt.unit, spelt.edition)


@dataclass(frozen=True, slots=True)
class Layout:
    """This is where a sheet keeps its headings and where its data begin; row numbers count from 1."""

    heading_row: int
    first_data_row: int
    headings: tuple[Heading, ...]
    depth: int = 1
    matched: int = 0
    money_unit: str = ""
    shift: Shift | None = None
    skipped: tuple[int, ...] = field(default=())
    samples: tuple[tuple[Any, ...], ...] = field(default=(), repr=False)  # the first rows below, as they were read

    def raw_headings(self, width: int = 0) -> list[str]:
        """This is the heading text of each position from 0, empty where there is none."""
        last = max([heading.index for heading in self.headings], default=-1) + 1
        row = [""] * max(width, last)
        for heading in self.headings:
            row[heading.index] = heading.raw
        return row


@dataclass(frozen=True, slots=True)
class Table:
    """This is a sheet of a workbook together with the layout found in it."""

    sheet: Sheet
    layout: Layout


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    depth: int
    matched: int
    headings: tuple[Heading, ...]


def find_layout(sheet: Sheet, columns: Sequence[Column]) -> Layout | None:
    """This is the layout whose headings name most columns (the earliest of equals), or None below two matches."""
    head = sheet.head(SCAN_ROWS + SAMPLE_ROWS)
    matcher = Matcher(columns)
    counts = [matcher.count(row) for _number, row in head[: SCAN_ROWS + 1]]
    best: _Candidate | None = None
    for at in range(min(len(head), SCAN_ROWS)):
        candidate = _candidate(head, at, counts, matcher, sheet.merged)
        if candidate and (best is None or candidate.matched > best.matched):
            best = candidate
    if best is None or best.matched < LEAST_MATCHES:
        return None
    return _layout(head, best, columns)


def layout_at(sheet: Sheet, columns: Sequence[Column], heading_row: int) -> Layout:
    """This is the layout for a heading row (from 1) that the user pointed at, or confirmed; refused where the row is blank.

    The row below belongs to it by the same signs as where nobody points at a row.
    """
    head = sheet.head(heading_row + 2 + SAMPLE_ROWS)
    at = next((i for i, (number, _row) in enumerate(head) if number == heading_row), None)
    matcher = Matcher(columns)
    counts = [matcher.count(row) for _number, row in head[: heading_row + 1]]
    if at is not None and (candidate := _candidate(head, at, counts, matcher, sheet.merged)):
        return _layout(head, candidate, columns)
    headings = () if at is None else _headings(head, at, 1, sheet.merged)
    if at is None or not headings:
        raise SheetError(_("第 %(row)d 行没有标题。") % {"row": heading_row}, "no-headings", _("请选择标题所在的行。"))
    matched = len(matcher.assign((h.index, h.raw) for h in headings)[0])
    return _layout(head, _Candidate(at, 1, matched, headings), columns)


def find_tables(workbook: Workbook, columns: Sequence[Column]) -> list[Table]:
    """This is every visible sheet that holds such records, in workbook order; refused where there is none.

    A sheet that matches far fewer headings than the best one (a list of choices, instructions) is left out.
    """
    found = [
        Table(sheet, layout)
        for sheet in workbook.sheets
        if not sheet.hidden and (layout := find_layout(sheet, columns))
    ]
    if not found:
        wanted = "、".join(column.heading for column in columns[:8])
        raise SheetError(
            _("在“%(file)s”中没有找到标题行。") % {"file": workbook.filename},
            "no-headings",
            _("标题行至少应有两列与下列名称相符：%(words)s；也可以手工指定标题行。") % {"words": wanted},
        )
    most = max(table.layout.matched for table in found)
    return [table for table in found if table.layout.matched * 5 >= most * 2 and not _lacks(table, found, columns)]


def _lacks(table: Table, found: Sequence[Table], columns: Sequence[Column]) -> bool:
    """Whether a sheet has no column that must be filled, while another sheet has them: a summary by class beside the list."""
    must = {column.name for column in columns if column.required}
    return bool(must - _named(table, columns)) and any(must <= _named(other, columns) for other in found)


def left_out(workbook: Workbook, columns: Sequence[Column]) -> list[str]:
    """This is what the user is told of visible sheets that look like records and are not read for want of a column."""
    tables = find_tables(workbook, columns)
    read, must = {table.sheet.name for table in tables}, [column for column in columns if column.required]
    said = []
    for sheet in workbook.sheets:
        if sheet.hidden or sheet.name in read or (layout := find_layout(sheet, columns)) is None:
            continue
        missing = [column.heading for column in must if column.name not in _named(Table(sheet, layout), columns)]
        if missing:
            said.append(
                _("工作表“%(name)s”没有“%(words)s”这一列，未读取。") % {"name": sheet.name, "words": "、".join(missing)}
            )
    return said


def _named(table: Table, columns: Sequence[Column]) -> set[str]:
    """The columns that the headings of a table name."""
    return {match.column for match in Matcher(columns).assign((h.index, h.raw) for h in table.layout.headings)[0]}


def _candidate(
    head: list[Row], at: int, counts: list[int], matcher: Matcher, merged: Sequence[Any]
) -> _Candidate | None:
    """The heading at this row alone, or joined with the row below where that says more."""
    below = counts[at + 1] if at + 1 < len(counts) else 0
    if at + 1 < len(head) and (counts[at] or below) and _could_be_second(head[at + 1][1]):
        joined = _headings(head, at, 2, merged)
        matched = len(matcher.assign((h.index, h.raw) for h in joined)[0])
        evidence = _merged_downwards(head[at][0], merged) or _sparse_below(head[at][1], head[at + 1][1])
        more = matched > max(counts[at], below) and _covers_blanks(head[at], head[at + 1][1], merged)
        if matched >= LEAST_MATCHES and (more or (evidence and matched >= counts[at] > below)):
            return _Candidate(at, 2, matched, joined)
    if counts[at] < LEAST_MATCHES:
        return None
    return _Candidate(at, 1, counts[at], _headings(head, at, 1, merged))


def _headings(head: list[Row], at: int, depth: int, merged: Sequence[Any]) -> tuple[Heading, ...]:
    number, top = head[at]
    if depth == 1 or at + 1 >= len(head):
        return tuple(Heading.of(index, text) for index, text in texts(top))
    second = head[at + 1][1]
    upper = _filled(top, second, number, merged)
    lower = dict(texts(second))
    joined = []
    for index in sorted(set(upper) | set(lower)):
        over, under = upper.get(index, ""), lower.get(index, "")
        raw = over if not under or over == under else f"{over.strip()}/{under.strip()}" if over else under
        joined.append(Heading.of(index, raw))
    return tuple(joined)


def _filled(top: list[Any], second: list[Any], number: int, merged: Sequence[Any]) -> dict[int, str]:
    """The upper row with each merged heading repeated over the cells that it covers."""
    upper = dict(texts(top))
    spans = {left: right for (row, left), (_last, right) in merged if row == number - 1 and right > left}
    for left, right in spans.items():
        for index in range(left + 1, right + 1):
            if left in upper:
                upper[index] = upper[left]
    if spans:
        return upper
    # A text file has no merged cells: an upper heading also covers the blanks to its right that have words below.
    for index in range(1, len(second)):
        blank = index >= len(top) or top[index] in (None, "")
        if blank and second[index] not in (None, "") and second[index - 1] not in (None, "") and index - 1 in upper:
            upper[index] = upper[index - 1]
    return upper


def _could_be_second(row: list[Any]) -> bool:
    filled = [cell for cell in row if cell not in (None, "")]
    return bool(filled) and all(
        isinstance(cell, str) and len(cell) <= 30 and not cell.strip().isdigit() for cell in filled
    )


def _merged_downwards(number: int, merged: Sequence[Any]) -> bool:
    return any(top == number - 1 and bottom == number for (top, _left), (bottom, _right) in merged)


def _sparse_below(top: list[Any], second: list[Any]) -> bool:
    above = {index for index, _text in texts(top)}
    below = {index for index, _text in texts(second)}
    return bool(below - above) and len(below & above) * 2 < len(above)


def _covers_blanks(upper: Row, second: list[Any], merged: Sequence[Any]) -> bool:
    """An upper heading reaches over several lower ones: merged sideways, or blank above something filled."""
    number, top = upper
    if any(row == number - 1 and right > left for (row, left), (_last, right) in merged):
        return True
    return bool({index for index, _text in texts(second)} - {index for index, _text in texts(top)})


def _layout(head: list[Row], best: _Candidate, columns: Sequence[Column]) -> Layout:
    start = best.at + best.depth
    skipped = []
    for number, row in head[start : start + 4]:
        if any(cell not in (None, "") for cell in row):
            if not _is_legend(row):
                break
            skipped.append(number)
        start += 1
    unit = next((word for _number, row in reversed(head[: best.at]) if (word := money_unit_above(row))), "")
    first = head[start][0] if start < len(head) else head[-1][0] + 1
    rows = [row for _number, row in head[start:]]
    samples = tuple(tuple(row) for row in rows[:SAMPLES])
    layout = Layout(
        head[best.at][0], first, best.headings, best.depth, best.matched, unit, None, tuple(skipped), samples
    )
    shift = find_shift(layout, columns, rows)
    return replace(layout, headings=_shifted(best.headings, shift), shift=shift) if shift else layout


def _shifted(headings: tuple[Heading, ...], shift: Shift) -> tuple[Heading, ...]:
    """The headings behind the extra column moved by one; the extra column gets a blank one to be mapped by hand."""
    moved = [replace(h, index=h.index + 1) if h.index >= shift.at else h for h in headings]
    return tuple(sorted([*moved, Heading(shift.at, "", "")], key=lambda heading: heading.index))


def _is_legend(row: list[Any]) -> bool:
    """A row under the headings that numbers the columns, says 必填/选填, or gives field names."""
    words = [_plain(cell) for cell in row if cell not in (None, "")]
    if len(words) < 4:
        return False
    numbers = [int(word) for word in words if word.isdecimal()]
    if len(numbers) >= len(words) - 2 and all(after - before == 1 for before, after in pairwise(numbers)):
        return True
    return all(word in _HINT_WORDS for word in words) or all(_CODE_NAME.fullmatch(word) for word in words)


def _plain(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip("()（）* ")
