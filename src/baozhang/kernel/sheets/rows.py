"""The rows of data between the headings and the notes at the end: blanks, totals and repeated headings left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .headings import Layout
from .reading import Sheet
from .words import money_unit_above

_TOTALS = re.compile(r"(本页|本月|本年|全年|单位|部门|资产)?(合计|总计|小计|累计|共计|总合计)(数|额)?[:：]?")
_OF_A_KIND = re.compile(r"[^\d]{1,12}(合计|小计|总计)[:：]?")  # 办公设备小计, where a row begins with it
_NOTES = re.compile(
    r"(制表|填表|审核|复核|经办|负责|编制|报送|单位负责|财务负责|部门负责|资产管理|联系)(单位|部门)?(人|人员|员)?(签字|签名|签章|盖章)?"
    r"([(（].*[)）])?[:：]|(填表|填报|制表|打印|报送|编制)(日期|时间)[:：]|联系电话[:：]|(备注|附注|说明|填表说明|注)\d*[:：]"
    r"|单位负责人|第\d+页|共\d+页"
)
# The first cells of a row, and the first that is filled: a total or a note says so there, not in the middle of the figures.
_LEADING = 4


@dataclass(slots=True)
class Skipped:
    """This is what was left out, by row number from 1; `ended` is the row of the notes at which reading stopped."""

    blank: int = 0
    totals: list[int] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    ended: int | None = None
    unit: str = ""  # of amounts, by a note below the table, where the table is read in another
    filled: int = 0

    def sentences(self) -> list[str]:
        """This is the same as sentences for the user."""
        said = []
        if self.totals:
            said.append(
                _("跳过合计行 %(count)d 行（第 %(rows)s 行）。")
                % {"count": len(self.totals), "rows": _some(self.totals)}
            )
        if self.headings:
            said.append(
                _("跳过重复的标题 %(count)d 行（第 %(rows)s 行）。")
                % {"count": len(self.headings), "rows": _some(self.headings)}
            )
        if self.blank:
            said.append(_("跳过空行 %(count)d 行。") % {"count": self.blank})
        if self.filled:
            said.append(_("%(count)d 行被向下合并的单元格覆盖，已填入合并的文字和日期。") % {"count": self.filled})
        if self.ended:
            said.append(_("第 %(row)d 行起为表尾说明，未读取。") % {"row": self.ended})
        if self.unit:
            said.append(
                _("表尾写明金额单位是%(unit)s，表头没有写：请在表头写明单位后重新上传，否则按元读取。")
                % {"unit": self.unit}
            )
        return said


class DataRows:
    """This is the data rows of one table; while it is iterated, `skipped` counts what was left out."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet = sheet
        self.layout = layout
        self.skipped = Skipped()
        self._width = max((heading.index for heading in layout.headings), default=0) + 1
        self._headings = {heading.index: heading.raw for heading in layout.headings}
        self._texts = frozenset(word for raw in self._headings.values() for word in (raw, raw.split("/")[0]))

    def __iter__(self) -> Iterator[tuple[int, list[Any]]]:
        """This is (row number, cells) of each data row, each at least as wide as the headings."""
        first, width = self.layout.first_data_row, self._width
        titles = self._titles()
        self.skipped = skipped = Skipped()
        blank = 0
        for number, row in self.sheet.rows():
            if number < first:
                continue
            if len(row) < width:
                row = row + [None] * (width - len(row))
            leading = next((cell for cell in row if cell is not None and (type(cell) is not str or cell.strip())), None)
            if leading is None:
                blank += 1
                continue
            if type(leading) is str and self._is_other(number, row, leading, titles):
                continue
            if skipped.ended:
                if self._few(row):
                    continue
                # Below the notes of a printed page the table may go on; no row of data is lost to them.
                skipped.ended = None
            skipped.blank += blank
            blank = 0
            yield number, row

    def _titles(self) -> frozenset[str]:
        """The texts above the headings, which a printed ledger repeats on each page."""
        return frozenset(
            cell.strip()
            for _number, row in self.sheet.head(self.layout.heading_row - 1)
            for cell in row
            if type(cell) is str and cell.strip()
        )

    def _is_other(self, number: int, row: list[Any], leading: str, titles: frozenset[str]) -> bool:
        """Whether this is a total, a title or the headings again, or a note."""
        if leading.strip() in self._texts and self._repeats(row):
            self.skipped.headings.append(number)
            self.skipped.ended = None
            return True
        if leading.strip() in titles and self._few(row):
            self.skipped.headings.append(number)
            return True
        for cell in (*row[:_LEADING], leading):
            if type(cell) is str and len(cell) <= 60:
                words = "".join(cell.split())
                total = _TOTALS.fullmatch(words) or (cell is leading and _OF_A_KIND.fullmatch(words))
                if total and self._mostly_figures(row):
                    self.skipped.totals.append(number)
                    return True
                if _NOTES.match(words) and self._few(row):
                    self.skipped.ended = self.skipped.ended or number
                    below = money_unit_above(row)
                    self.skipped.unit = below if below not in ("", "元", self.layout.money_unit) else self.skipped.unit
                    return True
        return False

    def _repeats(self, row: list[Any]) -> bool:
        same = sum(
            1
            for index, raw in self._headings.items()
            if type(row[index]) is str and row[index].strip() in (raw, raw.split("/")[0])
        )
        return same * 2 > len(self._headings)

    def _mostly_figures(self, row: list[Any]) -> bool:
        texts = sum(1 for cell in row if type(cell) is str and cell.strip() and not _number_like(cell))
        return texts <= max(2, self._width // 6)

    def _few(self, row: list[Any]) -> bool:
        return sum(1 for cell in row if cell is not None) <= max(3, self._width // 3)


def _number_like(text: str) -> bool:
    return re.fullmatch(r"[\d,.\s¥￥%()（）-]+", text) is not None


def _some(numbers: list[int], most: int = 5) -> str:
    shown = "、".join(str(number) for number in numbers[:most])
    return shown + "…" if len(numbers) > most else shown
