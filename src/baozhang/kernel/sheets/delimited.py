"""Text tables (.csv): which encoding, which delimiter, and the rows one by one."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .limits import Limits
from .refusals import SheetError
from .safe_text import plain
from .sheet_extent import too_many_columns, too_many_rows

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_DELIMITERS = (",", "\t", ";", "|", "，")
_SNIFFED_LINES = 30


def decoded(data: bytes) -> tuple[str, str]:
    """This is the text and its encoding; refused where the bytes are no text in UTF-8, UTF-16 or GB 18030."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Nearly any bytes are some text in GB 18030, so there even one control character gives them away.
        if "\0" not in text and (encoding != "gb18030" or not _CONTROL.search(text)):
            return text, encoding
    raise SheetError(_("无法识别文件的文字编码。"), "encoding", _("请另存为“CSV UTF-8”或 .xlsx 后再上传。"))


def sniff(text: str) -> str:
    """This is the delimiter under which most of the first lines have the same number of fields, a comma if none."""
    start = text[:200_000]
    lines = start.splitlines(keepends=True)
    sample = "".join(lines[:_SNIFFED_LINES])
    best: tuple[float, int] = (0.0, 0)
    chosen = ","
    for delimiter in _DELIMITERS:
        try:
            counts = Counter(
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row
            )
        except csv.Error:
            continue
        # The headings have the delimiter too, other signs only stand in some texts: rows count more than width.
        score = max(((times / counts.total(), width) for width, times in counts.items() if width > 1), default=(0.0, 0))
        if score > best:
            best, chosen = score, delimiter
    return chosen


def text_rows(text: str, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    """This is the numbered rows; blank fields are None, and the mark our export puts before formulas is taken off."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if number > limits.rows + 100:
                raise too_many_rows(limits)
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise too_many_columns(len(row), limits)
            yield (
                number,
                [(plain(cell) if cell[0] == "'" else cell) if cell else None for cell in row[: limits.columns]],
            )
    except csv.Error as error:
        raise SheetError(
            _("第 %(row)d 行的引号或字段无法识别。") % {"row": number + 1},
            "damaged",
            _("请检查该行的引号是否成对，或另存为 .xlsx 后再上传。"),
        ) from error
