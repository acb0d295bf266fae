"""Sheets that go out to be filled and come back: the empty form, the export by columns, and the rows to be mended."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from .cell_xml import Marked
from .checking import Problem
from .columns import Column, expected
from .headings import Layout
from .places import letters
from .streams import Page, write_xlsx

Target = str | os.PathLike[str] | IO[bytes]
_FORM_ROWS = 5000
_LIST_CHARACTERS = 250
_WIDTHS = {
    "text": 22,
    "reference": 20,
    "date": 13,
    "moment": 18,
    "money": 15,
    "decimal": 13,
    "integer": 10,
    "choice": 14,
    "bool": 8,
}


def column_page(name: str, columns: Sequence[Column], records: Iterable[Mapping[str, Any] | Sequence[Any]]) -> Page:
    """This is the export of records (by column name, or in column order) in a form that can be read in again."""
    write = value_writer(columns)
    widths = [max(_WIDTHS[column.kind], 2.1 * len(column.title()) + 2) for column in columns]
    return Page(name, [column.title() for column in columns], (write(record) for record in records), widths)


def value_writer(columns: Sequence[Column]) -> Callable[[Mapping[str, Any] | Sequence[Any]], list[Any]]:
    """This is the function from a record to its row: choices as words, truth values as 是 and 否."""
    words: list[dict[Any, str] | None] = [
        column.words() or {True: "是", False: "否"} if column.kind in ("choice", "bool") else None for column in columns
    ]
    names = [column.name for column in columns]
    worded = [(index, known) for index, known in enumerate(words) if known]

    def write(record: Mapping[str, Any] | Sequence[Any]) -> list[Any]:
        row = [record.get(name) for name in names] if isinstance(record, Mapping) else list(record)
        for index, known in worded:
            row[index] = known.get(row[index], row[index])
        return row

    return write


def template_xlsx(columns: Sequence[Column], target: Target | None = None, *, name: str = "") -> io.BytesIO | None:
    """This will write an empty form: headings with notes, lists to choose from, and a sheet of instructions.

    Without a target it is the form itself, as an open file in memory.
    """
    import xlsxwriter  # 15 MB, for whoever asks for an empty form

    memory = io.BytesIO() if target is None else None
    book = xlsxwriter.Workbook(target if memory is None else memory, {"in_memory": True})
    looks = {
        "must": book.add_format(
            {"bold": True, "bg_color": "#DCE8F5", "border": 1, "text_wrap": True, "valign": "vcenter"}
        ),
        "may": book.add_format({"bg_color": "#F1F4F8", "border": 1, "text_wrap": True, "valign": "vcenter"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    sheet = book.add_worksheet(name or _("填写"))
    guide = book.add_worksheet(_("填写说明"))
    lists = _Lists(book)
    for index, column in enumerate(columns):
        _form_column(sheet, index, column, looks, lists)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    _guide(guide, columns, looks)
    book.close()
    if memory is not None:
        memory.seek(0)
    return memory


def _form_column(sheet: Any, index: int, column: Column, looks: dict[str, Any], lists: _Lists) -> None:
    title = column.title()
    look = looks.get(
        {"reference": "text", "date": "date", "moment": "moment", "money": "money"}.get(column.kind, "text")
    )
    if column.kind in ("integer", "decimal", "bool"):
        look = None
    sheet.set_column(index, index, max(_WIDTHS[column.kind], min(40.0, 2.1 * len(title) + 3)), look)
    sheet.write_string(0, index, title + ("*" if column.required else ""), looks["must" if column.required else "may"])
    sheet.write_comment(0, index, _hint(column), {"x_scale": 2, "author": ""})
    words = list(column.words().values()) if column.choices else ["是", "否"] if column.kind == "bool" else []
    if words:
        # A warning only, not a stop: synonyms are understood as well.
        sheet.data_validation(
            1,
            index,
            _FORM_ROWS,
            index,
            {
                "validate": "list",
                "source": lists.source(column.name, words),
                "error_type": "warning",
                "error_title": _("不在可选值中"),
                "error_message": _("请从下拉列表中选择。"),
            },
        )


def _hint(column: Column) -> str:
    lines = [_("必填") if column.required else _("选填"), expected(column)]
    if column.help:
        lines.append(str(column.help))
    if column.example:
        lines.append(_("例：%(example)s") % {"example": column.example})
    return "\n".join(lines)


class _Lists:
    """The words to choose from: short lists stand in the rule itself, long ones on a hidden sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet: Any = None
        self._count = 0

    def source(self, name: str, words: list[str]) -> list[str] | str:
        if len(",".join(words)) <= _LIST_CHARACTERS and not any("," in word for word in words):
            return words
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(_("可选值"))
            self._sheet.hide()
        self._sheet.write_string(0, self._count, name)
        for row, word in enumerate(words, 1):
            self._sheet.write_string(row, self._count, word)
        letter = letters(self._count)
        self._count += 1
        return f"='{self._sheet.get_name()}'!${letter}$2:${letter}${len(words) + 1}"


def _guide(sheet: Any, columns: Sequence[Column], looks: dict[str, Any]) -> None:
    for index, (title, width) in enumerate(
        (
            (_("列名"), 26),
            (_("是否必填"), 10),
            (_("填写要求"), 50),
            (_("说明"), 40),
            (_("示例"), 20),
            (_("也可写作"), 40),
        )
    ):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, title, looks["must"])
    for row, column in enumerate(columns, 1):
        cells = (
            column.title(),
            _("必填") if column.required else _("选填"),
            expected(column),
            str(column.help),
            str(column.example),
            "、".join(column.aliases),
        )
        for index, text in enumerate(cells):
            sheet.write_string(row, index, text, looks["wrap"])


@dataclass(frozen=True, slots=True)
class WrongRow:
    """This is one row to be mended: its raw cells as they were read, and what is wrong with them."""

    raw: Sequence[Any]
    problems: Sequence[Problem]
    place: str = ""


@dataclass(frozen=True, slots=True)
class WrongSheet:
    """This is the wrong rows of one sheet together with the layout they were read by.

    `mark` is the heading of a column of places, none where empty; only the first `width` columns are the sheet's own.
    `asked` are headings of what is wanted and has no column there: blank ones to fill in.
    """

    name: str
    layout: Layout
    rows: Iterable[WrongRow]
    mark: str = ""
    width: int = 0
    asked: tuple[str, ...] = ()


def errors_xlsx(target: Target, sheets: Iterable[WrongSheet], *, epoch1904: bool = False) -> int:
    """This will write the wrong rows under their own headings, wrong cells coloured, and is the number of rows.

    The sheet can be mended and dropped again: headings, units and the way of counting days are those it came with.
    """
    return write_xlsx(target, (_wrong_page(sheet) for sheet in sheets), epoch1904=epoch1904)


def _wrong_page(sheet: WrongSheet) -> Page:
    headings = sheet.layout.raw_headings()
    own = headings[: sheet.width or len(headings)]
    headings = [*own, *sheet.asked]
    # Read in again, this line says what the amounts are in, so it stays in the language of the sheet.
    above = [f"金额单位：{sheet.layout.money_unit}"] if sheet.layout.money_unit else []
    return Page(
        sheet.name,
        [*headings, _("问题"), *([sheet.mark] if sheet.mark else [])],
        _wrong_rows(sheet, len(own)),
        above=above,
        widths=[max(10.0, min(40.0, 2.1 * len(heading) + 2)) for heading in headings] + [80.0, 24.0],
    )


def _wrong_rows(sheet: WrongSheet, width: int) -> Iterator[list[Any]]:
    for wrong in sheet.rows:
        cells = [*wrong.raw[:width], *([None] * (width - len(wrong.raw)))]
        for problem in wrong.problems:
            if problem.index is not None and problem.index < width and not isinstance(cells[problem.index], Marked):
                cells[problem.index] = Marked(cells[problem.index])
        cells += [None if name not in {one.column for one in wrong.problems} else Marked(None) for name in sheet.asked]
        cells.append("；\n".join(problem.sentence() for problem in wrong.problems))
        yield [*cells, wrong.place] if sheet.mark else cells
