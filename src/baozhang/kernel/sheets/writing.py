"""Everything that writes a sheet, in one place to import from: bulk streams, and forms that come back."""

from .cell_xml import Marked
from .forms import WrongRow, WrongSheet, column_page, errors_xlsx, template_xlsx, value_writer
from .streams import Page, write_csv, write_xlsx, xlsx_chunks

__all__ = [
    "Marked",
    "Page",
    "WrongRow",
    "WrongSheet",
    "column_page",
    "errors_xlsx",
    "template_xlsx",
    "value_writer",
    "write_csv",
    "write_xlsx",
    "xlsx_chunks",
]
