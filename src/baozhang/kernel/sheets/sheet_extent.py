"""How large a rectangle the cells of one sheet span, found while its XML goes by.

The native reader allocates the whole rectangle, so one filled cell in the last corner of a sheet would cost
hundreds of gigabytes. Styled cells without content are no danger and are common, so only filled ones count.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from .limits import Limits
from .places import position
from .refusals import SheetError

# A plain cell lies in the columns A to Z and in the first 99,999 rows; all others are looked at one by one.
_PLAIN_COLUMNS = 26
_PLAIN_ROWS = 99_999
_ATTRIBUTES = rb"""((?:"[^"]*"|'[^']*'|[^>"'])*)>(</)?"""
_UNUSUAL = re.compile(rb'<c(?! r="[A-Z][0-9]{1,5}"[ >/])(?=[\s/>])' + _ATTRIBUTES)
_PREFIXED = re.compile(rb":c(?=[\s/>])" + _ATTRIBUTES)
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
_PLAIN_ROW = re.compile(rb'<c r="[A-Z]([0-9]{1,5})"')
_TITLE_ROWS = 100


class Extent:
    """This is the running measure of one sheet; it refuses what lies beyond the limits as soon as it is seen."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._row = 0
        self._column = _PLAIN_COLUMNS
        self._last_plain_row = 0

    def add(self, piece: bytes) -> None:
        """This will take the next piece of XML, which must end before a tag begins."""
        for pattern in (_UNUSUAL, _PREFIXED):
            for attributes, closes in pattern.findall(piece):
                if not closes and not attributes.endswith(b"/"):
                    self._place(attributes)
        if self._column > _PLAIN_COLUMNS:
            # Only a wide sheet can be too large a rectangle within the plain rows, so only there they are counted.
            rows = map(int, _PLAIN_ROW.findall(piece))
            self._last_plain_row = max(self._last_plain_row, max(rows, default=0))
        self._check()

    def _place(self, attributes: bytes) -> None:
        found = _REFERENCE.search(attributes)
        if not found:
            raise SheetError(
                _("工作表的单元格没有标明位置，无法可靠读取。"), "damaged", _("请用表格软件打开后另存为 .xlsx 再上传。")
            )
        self._column = max(self._column, position(found.group(1)[:9].decode()) + 1)
        self._row = max(self._row, int(found.group(2)[:9]))

    def _check(self) -> None:
        limits = self._limits
        rows = max(self._row, self._last_plain_row)
        if self._column > max(limits.columns, _PLAIN_COLUMNS):
            raise too_many_columns(self._column, limits)
        if self._row > limits.rows + _TITLE_ROWS:
            raise too_many_rows(limits)
        if self._column * rows > max(limits.cells, _PLAIN_COLUMNS * _PLAIN_ROWS):
            raise SheetError(
                _("工作表的单元格过多（超过 %(most)d 个）。") % {"most": limits.cells},
                "too-many-cells",
                _("请拆分为几个文件上传。"),
            )


def too_many_columns(columns: int, limits: Limits) -> SheetError:
    """This is the refusal of a sheet that is too wide."""
    return SheetError(
        _("工作表有 %(count)d 列，最多 %(most)d 列。") % {"count": columns, "most": limits.columns},
        "too-many-columns",
        _("请删除右侧多余的列后再上传。"),
    )


def too_many_rows(limits: Limits) -> SheetError:
    """This is the refusal of a sheet that is too long."""
    return SheetError(
        _("工作表超过 %(most)d 行。") % {"most": limits.rows}, "too-many-rows", _("请拆分为几个文件上传。")
    )
