"""Packed hours: the positions of one vehicle in one hour as one small value, and what is asked of it most beside it.

The numbers stand column by column as differences to the row before, which are small and alike, and zstd finds that:
some eleven bytes a position against a hundred of a row. Differences are taken modulo 2³², so nothing is lost.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

import zstandard

from . import ways
from .points import ALARM, AT, COLUMNS, HEARD, HOUR, LAT, LON, MAY_LACK, ODOMETER, SPEED, Point

if TYPE_CHECKING:
    from .ways import Rows

ABSENT = -1  # stands in a row for what a terminal does not say
_HEAD = struct.Struct("<BI")  # layout, how many
_LAYOUT = 1
_LEVEL = 3
_WIDTH = len(COLUMNS) + 1  # and a column of bits: which of MAY_LACK are there


def rows_of(points: Sequence[Point]) -> Rows:
    """Points as an array, in the order of time, one for each moment; of a doubled one the alarms are put together."""
    import numpy as np

    if not points:
        return np.empty((0, len(COLUMNS)), np.int64)
    rows = np.array([[ABSENT if value is None else value for value in point] for point in points], np.int64)
    return ordered(rows)


def ordered(rows: Rows) -> Rows:
    """Rows in the order of time, one for each moment: the one heard first stays, its alarms with those of the others."""
    import numpy as np

    rows = rows[np.lexsort((rows[:, HEARD], rows[:, AT]))]
    first = np.ones(len(rows), bool)
    first[1:] = rows[1:, AT] != rows[:-1, AT]
    if first.all():
        return rows
    alarms = np.bitwise_or.reduceat(rows[:, ALARM], np.flatnonzero(first))
    rows = rows[first]
    rows[:, ALARM] = alarms
    return rows


def pack(rows: Rows) -> bytes:
    """Ordered rows of one hour as one value."""
    import numpy as np

    table = np.empty((len(rows), _WIDTH), np.int64)
    table[:, :-1] = rows
    table[:, AT] %= HOUR
    table[:, HEARD] -= rows[:, AT]
    table[:, -1] = sum((rows[:, column] != ABSENT).astype(np.int64) << bit for bit, column in enumerate(MAY_LACK))
    numbers = (table & 0xFFFFFFFF).astype(np.uint32)
    numbers[1:] -= numbers[:-1].copy()
    return _HEAD.pack(_LAYOUT, len(rows)) + zstandard.compress(numbers.T.tobytes(), _LEVEL)


def unpack(data: bytes, hour: int) -> Rows:
    """The rows that were packed; ValueError where the layout is not known."""
    import numpy as np

    layout, count = _HEAD.unpack_from(data)
    if layout != _LAYOUT:
        raise ValueError(f"packed track of layout {layout}")
    size = count * _WIDTH * 4
    raw = zstandard.decompress(data[_HEAD.size :], max_output_size=size)
    numbers = np.frombuffer(raw, np.uint32).reshape(_WIDTH, count)
    unsigned = np.cumsum(numbers, axis=1, dtype=np.uint32).T
    table: Rows = unsigned.astype(np.int32).astype(np.int64)
    for column in (*_WIDE, *MAY_LACK):
        table[:, column] = unsigned[:, column]
    for bit, column in enumerate(MAY_LACK):
        table[(table[:, -1] >> bit & 1) == 0, column] = ABSENT
    table[:, AT] += hour * HOUR
    table[:, HEARD] += table[:, AT]
    return table[:, :-1]


_WIDE = (COLUMNS.index("status"), ALARM)  # 32 bits without a sign


def summary(rows: Rows) -> dict[str, int | None]:
    """What stands beside a packed hour, by column of TrackBlock."""
    import numpy as np

    clean = rows[ways.believed(rows)]
    read = rows[rows[:, ODOMETER] != ABSENT, ODOMETER]
    return {
        "count": len(rows), "first_at": int(rows[0, AT]), "last_at": int(rows[-1, AT]),
        "first_lat": int(clean[0, LAT]), "first_lon": int(clean[0, LON]),
        "last_lat": int(clean[-1, LAT]), "last_lon": int(clean[-1, LON]),
        "metres": round(float(ways.steps(clean).sum())), "speed_most": int(rows[:, SPEED].max()),
        "alarms": int(np.bitwise_or.reduce(rows[:, ALARM])),
        "odometer_first": int(read[0]) if len(read) else None, "odometer_last": int(read[-1]) if len(read) else None,
        "south": int(clean[:, LAT].min()), "west": int(clean[:, LON].min()),
        "north": int(clean[:, LAT].max()), "east": int(clean[:, LON].max()),
    }  # fmt: skip
