"""The wrong rows of an import: out as a sheet, mended, and dropped again into the same import.

Such a sheet names in its last column the place that each row came from. A row that comes back stands for the row of that
place, the latest one last, so that the sound rows wait where they are, nothing is typed twice and nothing is doubled.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from .refusal import Refused
from .sheets.checking import Problem
from .sheets.columns import Column
from .sheets.forms import WrongRow, WrongSheet, errors_xlsx
from .sheets.headings import Layout, Table
from .sheets.mapping import Mapping as Pairing
from .sheets.mapping import changed, propose
from .sheets.reading import Sheet, Workbook, open_workbook
from .sheets.rows import DataRows

# Read in again, this heading says which import the rows belong to, so it is the same in every language.
_PLACE = re.compile(r"原位置[（(]导入\s*(\d{1,12})[)）]")
_NAMES = "corrections.json"
_HEAD = 20  # rows in which the heading of the places is looked for
Rows = Iterator[tuple[int, list[Any]]]
Faults = Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]


def heading(session: int) -> str:
    """The heading of the column of places."""
    return f"原位置（导入{session}）"


def named(workbook: Workbook) -> int | None:
    """The import whose wrong rows a workbook holds; None for any other workbook."""
    for sheet in workbook.sheets:
        found = _column(sheet)
        if found is not None:
            return found[2]
    return None


def _column(sheet: Sheet) -> tuple[int, int, int] | None:
    """The row of the headings, the position of the places, and the import."""
    for number, row in sheet.head(_HEAD)[:_HEAD]:
        for index, cell in enumerate(row):
            if type(cell) is str and (found := _PLACE.fullmatch(cell.strip())):
                return number, index, int(found.group(1))
    return None


def names(folder: Path) -> list[str]:
    """What the files of corrections were called, in their order."""
    path = folder / _NAMES
    return json.loads(path.read_text()) if path.exists() else []


def add(folder: Path, file: IO[bytes], filename: str) -> str:
    """This will put a file of corrections beside the file that it belongs to; its digest. The caller holds the session's lock."""
    known = names(folder)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    place(file, folder / f"correction-{len(known) + 1}")
    put(folder / _NAMES, json.dumps([*known, filename[-200:]], ensure_ascii=False))
    return digest


def place(file: IO[bytes], path: Path) -> None:
    """This will write a file that was handed in, whole or not at all, and see it on the disk."""
    file.seek(0)
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as target:
            while piece := file.read(1 << 20):
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def put(path: Path, text: str) -> None:
    """This will write a small file whole or not at all."""
    place(io.BytesIO(text.encode()), path)


def size(folder: Path) -> int:
    """The bytes of all files of an import."""
    return sum((folder / name).stat().st_size for name in ["file", *(f"correction-{n}" for n in _numbers(folder))])


def _numbers(folder: Path) -> range:
    return range(1, len(names(folder)) + 1)


def opened(folder: Path, filename: str) -> Workbook:
    """The workbook of an import, rows that came back mended in the place of those they stand for."""
    with ExitStack() as stack:
        base = stack.enter_context(open_workbook(folder / "file", filename))
        later = [
            stack.enter_context(open_workbook(folder / f"correction-{n}", name))
            for n, name in enumerate(names(folder), 1)
        ]
        if not later:
            stack.pop_all()
            return base
        made = _joined(base, later)
        rest = stack.pop_all()
    return Workbook(filename, base.kind, made, epoch1904=base.epoch1904, encoding=base.encoding, close=rest.close)


def _joined(base: Workbook, later: Sequence[Workbook]) -> list[Sheet]:
    """All sheets, the latest first looked at: what it names is left out of those before it."""
    if any(book.epoch1904 != base.epoch1904 for book in later):
        raise Refused(_("改正表数日子的起点与原文件不同"), why=_("一个从 1900 年数起，一个从 1904 年数起，日期会差四年。"),
                      instead=_("请在下载的那张表里直接改，不要把行贴到另一个工作簿。"))  # fmt: skip
    told: set[str] = set()
    made: list[Sheet] = []
    for number, book in reversed(list(enumerate(later, 1))):
        here: set[str] = set()
        for sheet in book.sheets:
            name, found = f"{sheet.name} · 改正{number}", _column(sheet)
            root = partial(_root, name, found[1] if found else -1)
            here |= {root(no, row) for no, row in sheet.rows() if found and no > found[0]}
            made.append(_without(sheet, name, root, frozenset(told)))
        told |= here
    first = [_without(sheet, sheet.name, partial(_root, sheet.name, -1), frozenset(told)) for sheet in base.sheets]
    return [*first, *reversed(made)]


def _root(sheet: str, index: int, number: int, row: list[Any]) -> str:
    """The place that a row stands for: the one it names, else its own."""
    cell = row[index] if 0 <= index < len(row) else None
    return str(cell).strip() if cell not in (None, "") else f"{sheet}!{number}"


def _without(sheet: Sheet, name: str, root: Callable[[int, list[Any]], str], told: frozenset[str]) -> Sheet:
    def rows() -> Rows:
        return ((number, row) for number, row in sheet.rows() if root(number, row) not in told)

    made = Sheet(name, hidden=sheet.hidden, load=rows, merged=lambda: sheet.merged)
    made.root = root
    return made


def paired(found: Sequence[tuple[Table, Pairing]], layout: Layout, columns: Sequence[Column]) -> Pairing | None:
    """The pairing of columns of the sheet that these rows came from, known by its headings; None where there is none."""
    mine = _own_headings(layout)
    for table, mapping in found:
        own = _own_headings(table.layout)
        if mine[: len(own)] == own:  # behind its own stand those that were asked for
            fresh, known = propose(layout, columns), dict(mapping.columns)
            asked = {at: name for at, name in fresh.columns.items() if at >= len(own) and name not in known.values()}
            return changed(fresh, layout, columns, {**known, **asked})
    return None


def _own_headings(layout: Layout) -> list[str]:
    """The headings without the two columns that were added."""
    raw = layout.raw_headings()
    at = next((index for index, text in enumerate(raw) if _PLACE.fullmatch(text.strip())), len(raw) + 1)
    return _trimmed(raw[: at - 1])


def _trimmed(raw: list[str]) -> list[str]:
    while raw and not raw[-1]:
        raw = raw[:-1]
    return raw


def sheet_of(workbook: Workbook, tables: Iterable[tuple[Table, Pairing]], faults: Faults, session: int) -> io.BytesIO:
    """The wrong rows as they were handed in, with what is wrong, what would be right, and the place they came from."""
    target = io.BytesIO()
    mark = heading(session)
    sheets = [
        WrongSheet(
            table.sheet.name,
            table.layout,
            _wrong(table, mapping, faults),
            mark,
            len(_own_headings(table.layout)),
            _asked(table, mapping, faults),
        )
        for table, mapping in tables
        if any(sheet == table.sheet.name for sheet, _row in faults)
    ]
    errors_xlsx(target, sheets, epoch1904=workbook.epoch1904)
    target.seek(0)
    return target


def _asked(table: Table, mapping: Pairing, faults: Faults) -> tuple[str, ...]:
    """What is to be filled in and has no column in the sheet, by its heading."""
    said = [fault for (sheet, _row), held in faults.items() if sheet == table.sheet.name for fault in held]
    lacking = [
        one for one in said if one.get("field") and one.get("column") and mapping.position(str(one["field"])) is None
    ]
    return tuple(dict.fromkeys(str(one["column"]) for one in lacking))


def _wrong(table: Table, mapping: Pairing, faults: Faults) -> Iterator[WrongRow]:
    sheet, root = table.sheet.name, table.sheet.root
    for number, row in DataRows(table.sheet, table.layout):
        said = faults.get((sheet, number))
        if said:
            place = root(number, row) if root else f"{sheet}!{number}"
            yield WrongRow(row, [_problem(fault, mapping, row) for fault in said], place)


def _problem(fault: Mapping[str, Any], mapping: Pairing, row: Sequence[Any]) -> Problem:
    name = str(fault.get("field", ""))
    index = mapping.position(name) if name else None
    return Problem(
        str(fault.get("sheet", "")), int(fault.get("row") or 0), index, name, str(fault.get("column", "")),
        str(fault.get("value", "")), str(fault.get("reason", "")), str(fault.get("remedy", "")),
    )  # fmt: skip
