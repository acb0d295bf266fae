"""Reading a whole workbook in one go, as the tests of headings and layouts want it."""

from __future__ import annotations

from tests.kernel.sheets.ledgers import COLUMNS

from baozhang.kernel.sheets.checking import CheckedRows
from baozhang.kernel.sheets.headings import find_tables
from baozhang.kernel.sheets.mapping import propose
from baozhang.kernel.sheets.reading import open_workbook


def read(data, columns=COLUMNS, name="台账.xlsx"):
    """The first table found: its layout, mapping, checked rows, and what was skipped."""
    with open_workbook(data, name) as book:
        table = find_tables(book, columns)[0]
        mapping = propose(table.layout, columns)
        rows = CheckedRows(table.sheet, table.layout, mapping, columns, epoch1904=book.epoch1904)
        return table.layout, mapping, list(rows), rows.skipped


def problems(rows):
    """Every problem as text."""
    return [f"{row.row} {problem.sentence()}" for row in rows for problem in row.problems]
