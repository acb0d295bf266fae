"""How large a workbook may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """This is the set of ceilings for one workbook; sizes are bytes, `ratio` is unpacked to packed size."""

    file_size: int = 64 * MEGABYTE
    unpacked_size: int = 1024 * MEGABYTE
    ratio: int = 200
    # Small parts of honest workbooks (empty styles, repeated rows) pack far better than 1:200; only a part
    # that is also large can do harm.
    ratio_from: int = 8 * MEGABYTE
    parts: int = 5000
    sheets: int = 50
    rows: int = 200_000
    columns: int = 200
    # The reader holds a sheet as a full rectangle, so two cells far apart cost as much as all between them.
    cells: int = 10_000_000
    cell_text: int = 1024 * MEGABYTE
    # Pages of an export carry at most this many characters a cell, as spreadsheet programs do.
    characters: int = 32_767


DEFAULT_LIMITS = Limits()
