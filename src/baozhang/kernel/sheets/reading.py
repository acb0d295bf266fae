"""Opening a workbook that a stranger sent: judged by content, checked before it is unpacked, read row by row."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import time, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any, Self

import python_calamine as calamine
from django.utils.translation import gettext as _

from .archive import strain
from .compound import Walked, check_compound, encrypted
from .delimited import decoded, sniff, text_rows
from .kinds import kind_of
from .limits import DEFAULT_LIMITS, MEGABYTE, Limits
from .refusals import SheetError, damaged
from .safe_text import plain
from .sheet_extent import too_many_columns, too_many_rows

Source = str | os.PathLike[str] | bytes | IO[bytes]
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_HEAD_ROWS = 128
# Sheets stay loaded while they are small together, so that looking for headings does not read everything twice.
_KEEP_CELLS = 3_000_000


class Sheet:
    """This is one sheet: its name, whether it is hidden, and its rows as lists of plain values."""

    def __init__(
        self,
        name: str,
        *,
        hidden: bool,
        load: Callable[[], Iterator[tuple[int, list[Any]]]],
        merged: Callable[[], Sequence[Any]] = tuple,
    ) -> None:
        self.name = name
        self.hidden = hidden
        self._load = load
        self._merged = merged
        self._head: list[tuple[int, list[Any]]] | None = None
        self.root: Callable[[int, list[Any]], str] | None = None  # the place that a row stands for, where it came back

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """This is every row with its number from 1; values are str, float, int, bool, date, datetime or None."""
        return self._load()

    def head(self, count: int) -> list[tuple[int, list[Any]]]:
        """This is the first `count` rows, blank ones too."""
        if self._head is None or len(self._head) < count:
            rows = self.rows()
            self._head = [row for row, _unused in zip(rows, range(max(count, _HEAD_ROWS)), strict=False)]
        return self._head[:count]

    @property
    def merged(self) -> Sequence[Any]:
        """This is the merged ranges as ((row, column), (row, column)) counted from 0; none in a text file."""
        return self._merged()

    @property
    def is_empty(self) -> bool:
        """This is whether no cell holds anything."""
        return not any(cell is not None for _number, row in self.rows() for cell in row)


class Workbook:
    """This is an opened workbook; used with `with`, for it may hold a temporary file open."""

    def __init__(
        self,
        filename: str,
        kind: str,
        sheets: Sequence[Sheet],
        *,
        epoch1904: bool = False,
        encoding: str = "",
        close: Callable[[], None] | None = None,
    ) -> None:
        self.filename = filename
        self.kind = kind
        self.sheets = list(sheets)
        self.epoch1904 = epoch1904
        self.encoding = encoding
        self._close = close

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    def close(self) -> None:
        """This will let go of memory and temporary files."""
        if self._close:
            self._close()
            self._close = None


def open_workbook(source: Source, filename: str = "", *, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """This is the workbook behind a path, bytes or open file; `SheetError` says why a file cannot be taken.

    `filename` is what the user calls the file; it decides nothing except whether plain text may be a table.
    """
    name = filename or (Path(source).name if isinstance(source, str | os.PathLike) else "")
    with _opened(source) as stream:
        size = stream.seek(0, os.SEEK_END)
        if size > limits.file_size:
            raise SheetError(
                _("文件有 %(size)d MB，最多 %(most)d MB。")
                % {"size": -(-size // MEGABYTE), "most": limits.file_size // MEGABYTE},
                "too-large",
                _("请拆分为几个文件上传。"),
            )
        stream.seek(0)
        start = stream.read(4096)
        stream.seek(0)
        kind = kind_of(start, name)
        if kind == "xlsx":
            workbook = _open_xlsx(stream, name, limits)
        elif kind == "xls":
            workbook = _open_xls(stream.read(), name, limits)
        else:
            workbook = _open_text(stream.read(), name, limits)
    return _not_empty(workbook)


def _opened(source: Source) -> Any:
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source)
    if isinstance(source, str | os.PathLike):
        return Path(source).open("rb")
    return _Lent(source)


class _Lent:
    """An open file that its owner will close."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> IO[bytes]:
        return self._stream

    def __exit__(self, *_details: object) -> None:
        self._stream.seek(0)


def _not_empty(workbook: Workbook) -> Workbook:
    try:
        empty = all(sheet.is_empty for sheet in workbook.sheets)
    except BaseException:
        workbook.close()
        raise
    if empty:
        workbook.close()
        raise SheetError(_("工作簿里没有任何数据。"), "empty", _("请检查是否选错文件。"))
    return workbook


def _open_xlsx(stream: IO[bytes], name: str, limits: Limits) -> Workbook:
    # The native reader opens by path without passing every block through Python; the file is unlinked at once.
    copy = tempfile.NamedTemporaryFile(prefix="baozhang-", suffix=".xlsx")  # noqa: SIM115 -- lives as long as the book
    try:
        epoch1904 = strain(stream, copy, limits)
        copy.flush()
        book = _native(lambda: calamine.CalamineWorkbook.from_path(copy.name))
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise damaged() from error
        raise SheetError(
            _("服务器磁盘空间不足，暂时无法读取。"), "no-space", _("请稍后再试，或联系系统管理员。")
        ) from error
    finally:
        copy.close()
    return _from_native(book, name, "xlsx", limits, Walked(epoch1904=epoch1904))


def _open_xls(data: bytes, name: str, limits: Limits) -> Workbook:
    walked = check_compound(data, limits)
    book = _native(lambda: calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)))
    return _from_native(book, name, "xls", limits, walked)


def _open_text(data: bytes, name: str, limits: Limits) -> Workbook:
    text, encoding = decoded(data)
    delimiter = sniff(text)
    for _row in text_rows(text, delimiter, limits):
        pass  # once through, so that a fault in row 90,000 is said before row 1 is used
    sheet = Sheet(Path(name).stem, hidden=False, load=lambda: text_rows(text, delimiter, limits))
    return Workbook(name, "csv", [sheet], encoding=encoding)


def _native(act: Callable[[], Any]) -> Any:
    """What the native reader answers, its own failures turned into refusals."""
    try:
        return act()
    except calamine.PasswordError as error:
        raise encrypted() from error
    except calamine.CalamineError as error:
        raise damaged() from error
    except BaseException as error:
        # A panic of the native code is no Exception; it must not take the worker with it.
        if type(error).__name__ == "PanicException":
            raise damaged() from error
        raise


def _from_native(book: Any, name: str, kind: str, limits: Limits, walked: Walked) -> Workbook:
    shelf = _Shelf(book, limits)
    sheets = []
    order = 0
    for index, meta in enumerate(book.sheets_metadata):
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        errors = walked.errors.get(walked.starts[order], {}) if order < len(walked.starts) else {}
        order += 1
        sheets.append(
            Sheet(
                meta.name,
                hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
                load=partial(shelf.rows, index, errors),
                merged=partial(shelf.merged, index),
            )
        )
    if len(sheets) > limits.sheets:
        raise SheetError(
            _("工作簿有 %(count)d 个工作表，最多 %(most)d 个。") % {"count": len(sheets), "most": limits.sheets},
            "too-many-sheets",
            _("请拆分为几个文件上传。"),
        )
    return Workbook(name, kind, sheets, epoch1904=walked.epoch1904, close=shelf.clear)


class _Shelf:
    """The sheets that are loaded at the moment; the oldest are put back when there are too many cells."""

    def __init__(self, book: Any, limits: Limits) -> None:
        self._book = book
        self._limits = limits
        self._loaded: dict[int, Any] = {}

    def sheet(self, index: int) -> Any:
        if index not in self._loaded:
            sheet = _native(lambda: self._book.get_sheet_by_index(index))
            self._loaded[index] = sheet
            kept = 0
            for key in reversed(list(self._loaded)):
                kept += self._loaded[key].total_height * self._loaded[key].total_width
                if kept > _KEEP_CELLS and key != index:
                    del self._loaded[key]
        return self._loaded[index]

    def merged(self, index: int) -> Sequence[Any]:
        return self.sheet(index).merged_cell_ranges or ()

    def rows(self, index: int, errors: dict[tuple[int, int], str]) -> Iterator[tuple[int, list[Any]]]:
        sheet = self.sheet(index)
        if sheet.total_width > self._limits.columns:
            raise too_many_columns(sheet.total_width, self._limits)
        if sheet.total_height > self._limits.rows + 100:
            raise too_many_rows(self._limits)
        for number, row in enumerate(sheet.iter_rows(), 1):
            values = [
                None if cell == "" else cell if type(cell) not in _ODD else _ODD[type(cell)](cell) for cell in row
            ]
            if errors:
                _overlay(values, errors, number - 1)
            yield number, values

    def clear(self) -> None:
        self._loaded.clear()
        self._book.close()


def _overlay(values: list[Any], errors: dict[tuple[int, int], str], row: int) -> None:
    for column in range(len(values)):
        if values[column] is None and (row, column) in errors:
            values[column] = errors[row, column]


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


_ODD: dict[type, Callable[[Any], Any]] = {
    time: lambda value: value.isoformat(),
    timedelta: _duration,
    str: lambda value: plain(value) if value[0] == "'" else value,
}
