"""The compound file behind an old .xls: its directory, and a walk through the records of the workbook stream.

The walk looks for what the native reader does not tell or cannot bear: passwords, macro sheets, rectangles that
are too large, and error values, which it would turn into blanks.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .limits import Limits
from .refusals import SheetError, bomb, damaged
from .sheet_extent import too_many_columns, too_many_rows

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0022, 0x0085
_FORMULA, _MULRK, _BOOLERR = 0x0006, 0x00BD, 0x0205
_CELLS = frozenset((0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _FORMULA, _MULRK, _BOOLERR))
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


@dataclass(slots=True)
class Walked:
    """This is what the walk found: how days are counted, and the error values by sheet start, row and column."""

    epoch1904: bool = False
    starts: list[int] = field(default_factory=list)
    errors: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)


def check_compound(data: bytes, limits: Limits) -> Walked:
    """This will walk the compound file and raise `SheetError` unless it is a harmless .xls workbook."""
    try:
        entries = _entries(data)
        names = {name.casefold() for name in entries}
        _check_names(names)
        stream = entries.get("Workbook") or entries.get("Book")
        if stream is None:
            raise SheetError(_("这不是表格文件。"), "wrong-type", _("请上传 .xlsx、.xls 或 .csv 表格。"))
        return _walk(_content(data, entries, stream), limits)
    except (struct.error, IndexError, ValueError, UnicodeDecodeError) as error:
        raise damaged() from error


def _check_names(names: set[str]) -> None:
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise encrypted()
    if "worddocument" in names or "powerpoint document" in names:
        raise SheetError(_("这是 Word 或演示文稿，不是表格。"), "wrong-type", _("请上传 .xlsx、.xls 或 .csv 表格。"))
    if "_vba_project_cur" in names or "_vba_project" in names:
        raise SheetError(_("工作簿含有宏，已拒绝打开。"), "macros", _("请另存为不含宏的 .xlsx 文件再上传。"))


def encrypted() -> SheetError:
    """This is the refusal of a workbook that asks for a password."""
    return SheetError(_("工作簿设有打开密码，无法读取。"), "encrypted", _("请在表格软件中取消密码后重新保存上传。"))


def _entries(data: bytes) -> dict[str, tuple[int, int]]:
    """Name → (first sector, size) of every entry, with the root's mini stream under an empty name."""
    directory = _chain(data, _table(data), struct.unpack_from("<I", data, 48)[0], None)
    entries: dict[str, tuple[int, int]] = {}
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        if kind in (1, 2, 5):
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            entries["" if kind == 5 else name] = (start, size)
    return entries


def _sector_size(data: bytes) -> int:
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError("sector size")
    return 1 << int(shift)


def _table(data: bytes) -> array[int]:
    """The sector table: for each sector the next one of its chain."""
    size = _sector_size(data)
    (count,) = struct.unpack_from("<I", data, 44)
    sectors = list(struct.unpack_from("<109I", data, 76))
    (more,) = struct.unpack_from("<I", data, 68)
    for _round in range(len(data) // size + 1):
        if more >= _END:
            break
        block = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors.extend(block[:-1])
        more = block[-1]
    table = array("I")
    for sector in sectors[:count]:
        if sector < _END:
            table.frombytes(data[(sector + 1) * size : (sector + 2) * size].ljust(size, b"\xff"))
    return table


def _chain(data: bytes, table: array[int], start: int, length: int | None) -> bytes:
    size = _sector_size(data)
    found, sector, steps = bytearray(), start, 0
    while sector < _END and (length is None or len(found) < length):
        steps += 1
        if steps > len(table):
            raise ValueError("a chain that bites its tail")
        part = data[(sector + 1) * size : (sector + 2) * size]
        if not part:
            raise ValueError("a sector beyond the end")
        found += part
        sector = table[sector]
    if length is not None and len(found) < length:
        raise ValueError("a stream that is cut short")
    return bytes(found if length is None else found[:length])


def _content(data: bytes, entries: dict[str, tuple[int, int]], stream: tuple[int, int]) -> bytes:
    table = _table(data)
    start, size = stream
    if size >= struct.unpack_from("<I", data, 56)[0]:
        return _chain(data, table, start, size)
    mini = _chain(data, table, *entries[""])
    mini_table = array("I", _chain(data, table, struct.unpack_from("<I", data, 60)[0], None))
    unit = 1 << struct.unpack_from("<H", data, 32)[0]
    found, steps = bytearray(), 0
    while start < _END and len(found) < size:
        steps += 1
        if steps > len(mini_table):
            raise ValueError("a chain that bites its tail")
        found += mini[start * unit : (start + 1) * unit]
        start = mini_table[start]
    return bytes(found[:size])


def _walk(stream: bytes, limits: Limits) -> Walked:
    walked = Walked()
    header = struct.Struct("<HH")
    cell = struct.Struct("<HH")
    at, end, sheet, rows, columns = 0, len(stream) - 3, 0, 0, 0
    while at < end:
        kind, size = header.unpack_from(stream, at)
        body = at + 4
        if kind in _CELLS:
            row, column = cell.unpack_from(stream, body)
            if kind == _MULRK:
                column = int.from_bytes(stream[body + size - 2 : body + size], "little")
            elif kind in (_BOOLERR, _FORMULA):
                _note_error(walked, sheet, stream, body, kind)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _BOF:
            _check_rectangle(rows, columns, limits)
            sheet, rows, columns = at, 0, 0
        elif kind not in (_EOF,):
            _note_global(walked, stream, body, kind)
        at = body + size
    _check_rectangle(rows, columns, limits)
    if not walked.starts:
        raise damaged()
    return walked


def _note_global(walked: Walked, stream: bytes, body: int, kind: int) -> None:
    if kind == _FILEPASS:
        raise encrypted()
    if kind == _DATEMODE:
        walked.epoch1904 = stream[body] == 1
    elif kind == _BOUNDSHEET:
        start, _visible, sort = struct.unpack_from("<IBB", stream, body)
        if sort & 0x0F == 1:
            raise SheetError(_("工作簿含有宏，已拒绝打开。"), "macros", _("请另存为不含宏的 .xlsx 文件再上传。"))
        if sort & 0x0F == 0:
            walked.starts.append(start)


def _note_error(walked: Walked, sheet: int, stream: bytes, body: int, kind: int) -> None:
    row, column = struct.unpack_from("<HH", stream, body)
    if kind == _BOOLERR:
        code, is_error = stream[body + 6], stream[body + 7] == 1
    else:
        code, is_error = stream[body + 8], stream[body + 6] == 2 and stream[body + 12 : body + 14] == b"\xff\xff"
    if is_error:
        walked.errors.setdefault(sheet, {})[row, column] = _ERRORS.get(code, "#VALUE!")


def _check_rectangle(rows: int, columns: int, limits: Limits) -> None:
    if columns > limits.columns:
        raise too_many_columns(columns, limits)
    if rows > limits.rows + 100:
        raise too_many_rows(limits)
    if rows * columns > limits.cells:
        raise bomb()
