"""Writing many rows as a stream: .xlsx by our own zip of XML, .csv as bytes; both come back unchanged."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from . import xlsx_parts as parts
from .cell_xml import cell_writers
from .places import letters
from .safe_text import guarded

_LAST_ROW = 1_048_576
_BATCH = 400
_FAST = 1


@dataclass(slots=True)
class Page:
    """This is one sheet to be written: name, headings, rows from any iterator, and lines above the headings."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[float] = ()
    above: Sequence[str] = ()

    def all_widths(self) -> list[float]:
        """This is a width in characters for each column, from its heading where none is given."""
        given = list(self.widths)
        for heading in self.headings[len(given) :]:
            given.append(min(40.0, max(9.0, 2.1 * len(heading) + 2)))
        return given


def write_xlsx(target: str | os.PathLike[str] | IO[bytes], pages: Iterable[Page], *, epoch1904: bool = False) -> int:
    """This will write the pages to a path or open file, row by row, and is the number of rows of data written."""
    if isinstance(target, str | os.PathLike):
        with Path(target).open("wb") as stream:
            return write_xlsx(stream, pages, epoch1904=epoch1904)
    book = _Book(epoch1904)
    for piece in book.pieces(pages):
        target.write(piece)
    return book.written


def xlsx_chunks(pages: Iterable[Page], *, epoch1904: bool = False) -> Iterator[bytes]:
    """This is the same workbook as pieces of bytes for a streamed response."""
    return _Book(epoch1904).pieces(pages)


def write_csv(rows: Iterable[Sequence[Any]], headings: Sequence[str] | None = None) -> Iterator[bytes]:
    """This is the rows as pieces of a .csv in UTF-8 with a byte-order mark; texts like formulas are made harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    if headings is not None:
        writer.writerow([guarded(str(heading)) for heading in headings])
    truth = {True: _("是"), False: _("否")}
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        writer.writerows([[_csv_value(value, truth) for value in row] for row in batch])
        yield buffer.getvalue().encode("utf-8", "replace")
        buffer.seek(0)
        buffer.truncate()
    if left := buffer.getvalue():
        yield left.encode("utf-8", "replace")


def _csv_value(value: Any, truth: dict[bool, str]) -> Any:
    kind = type(value)
    if kind is str:
        return guarded(value.replace("\0", "")) if value and not value.isalnum() else value
    if value is None or kind is int:
        return value
    if kind is Decimal:
        return format(value, "f")
    if kind is bool:
        return truth[value]
    if kind is datetime:
        value = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return value.isoformat(" ", "seconds")
    return value if kind is float else guarded(str(value))


class _Outlet(io.RawIOBase):
    """Where the zip is written to: it cannot go back, so the zip is made to be streamed."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


class _Book:
    """One workbook while it is being written."""

    def __init__(self, epoch1904: bool) -> None:
        self.written = 0
        self._epoch1904 = epoch1904
        self._names: list[str] = []
        self._used: set[str] = set()
        self._outlet = _Outlet()
        self._zip = zipfile.ZipFile(self._outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST)

    def pieces(self, pages: Iterable[Page]) -> Iterator[bytes]:
        with self._zip:
            for page in pages:
                yield from self._page(page)
            if not self._names:
                yield from self._page(Page("Sheet1", (), ()))
            count = len(self._names)
            self._zip.writestr("xl/workbook.xml", parts.workbook(self._names, epoch1904=self._epoch1904))
            self._zip.writestr("xl/_rels/workbook.xml.rels", parts.workbook_relations(count))
            self._zip.writestr("xl/styles.xml", parts.styles())
            self._zip.writestr("_rels/.rels", parts.package_relations())
            self._zip.writestr("[Content_Types].xml", parts.content_types(count))
        yield self._outlet.taken()

    def _page(self, page: Page) -> Iterator[bytes]:
        """A page on as many sheets as it takes; a sheet cannot hold more than a million rows."""
        rows = iter(page.rows)
        above = len(page.above) + (1 if page.headings else 0)
        more = True
        while more:
            self._names.append(parts.sheet_name(page.name, self._used))
            left = _LAST_ROW - above
            part = f"xl/worksheets/sheet{len(self._names)}.xml"
            with self._zip.open(part, "w", force_zip64=True) as sheet:
                sheet.write(self._beginning(page, above))
                number = above + 1
                write = _row_writer(self._epoch1904)
                while left and (batch := list(islice(rows, min(_BATCH, left)))):
                    text = "".join([write(number + i, row) for i, row in enumerate(batch)])
                    sheet.write(text.encode("utf-8"))
                    number += len(batch)
                    left -= len(batch)
                    self.written += len(batch)
                    yield self._outlet.taken()
                sheet.write(parts.SHEET_END.encode())
            yield self._outlet.taken()
            ahead = next(rows, None) if left == 0 else None
            more = ahead is not None
            if ahead is not None:
                rows = _with_first(ahead, rows)

    def _beginning(self, page: Page, above: int) -> bytes:
        text = [parts.sheet_start(page.all_widths(), above)]
        write = _row_writer(self._epoch1904)
        for number, line in enumerate(page.above, 1):
            text.append(write(number, [line], parts.TITLE))
        if page.headings:
            text.append(write(above, page.headings, parts.HEADING))
        return "".join(text).encode("utf-8")


def _with_first(first: Sequence[Any], rest: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield first
    yield from rest


def _row_writer(epoch1904: bool) -> Callable[..., str]:
    writers = cell_writers(epoch1904=epoch1904)
    names = [f'<c r="{letters(index)}' for index in range(300)]

    def write(number: int, row: Sequence[Any], style: int = 0) -> str:
        if len(row) > len(names):
            names.extend(f'<c r="{letters(index)}' for index in range(len(names), len(row)))
        found = [f'<row r="{number}">']
        behind = f'{number}" s="'
        for name, value in zip(names, row, strict=False):
            if value is not None:
                look, xml = writers[type(value)](value)
                found.append(f'{name}{behind}{style or look}"{xml}')
        found.append("</row>")
        return "".join(found)

    return write
