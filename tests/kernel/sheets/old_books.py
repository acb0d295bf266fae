"""A writer of old .xls files, as small as the format allows: a compound file with one workbook stream."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ERRORS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}


def record(kind: int, body: bytes = b"") -> bytes:
    """One record of the workbook stream."""
    return struct.pack("<HH", kind, len(body)) + body


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with the given streams, each padded to at least 4096 bytes so that no mini stream is needed."""
    bodies = [data.ljust(max(4096, -(-len(data) // _SECTOR) * _SECTOR), b"\0") for data in streams.values()]
    table, starts, content, position = [_TABLE, _END], [], b"", 2
    for body in bodies:
        count = len(body) // _SECTOR
        starts.append(position)
        table += [*range(position + 1, position + count), _END]
        position += count
        content += body
    assert len(table) <= _SECTOR // 4, "one sector of table is enough for tests"
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    entries += [_entry(name, 2, start, len(body)) for name, start, body in zip(streams, starts, bodies, strict=True)]
    entries += [_entry("", 0, 0, 0)] * (4 - len(entries))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *([_FREE] * 108))
    assert len(header) == _SECTOR and len(entries) == 4
    return header + struct.pack("<128I", *table, *([_FREE] * (128 - len(table)))) + b"".join(entries) + content


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    spelt = name.encode("utf-16-le")
    return (
        spelt.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(spelt) + 2 if name else 0, kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def old_workbook(rows: Sequence[Sequence[Any]], *, before: bytes = b"", sort: int = 0, name: str = "Sheet1") -> bytes:
    """The workbook stream of one sheet; texts, numbers and error values; `before` goes into the global records."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 6)
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    start = 4 + len(bof) + len(before) + 4 + 6 + len(title) + 4
    book = record(0x0809, bof) + before + record(0x0085, struct.pack("<IBB", start, 0, sort) + title) + record(0x000A)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            place = struct.pack("<HHH", r, c, 15)
            if isinstance(value, str) and value in ERRORS:
                sheet += record(0x0205, place + bytes([ERRORS[value], 1]))
            elif isinstance(value, str):
                sheet += record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            elif value is not None:
                sheet += record(0x0203, place + struct.pack("<d", value))
    return book + sheet + record(0x000A)
