"""The two ways a spreadsheet can be refused: the whole file, or one cell."""

from __future__ import annotations

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Refused


class SheetError(Refused):
    """This is the refusal of a whole file: what is wrong, a stable code, and what to do instead."""

    status = 422

    def __init__(self, message: str, code: str, remedy: str = "") -> None:
        super().__init__(message, instead=remedy)
        self.message = message
        self.code = code
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}{self.remedy}"


class CellError(Exception):
    """This is the refusal of one value: the reason and what would be right, both ready to be shown."""

    def __init__(self, reason: str, expected: str = "") -> None:
        super().__init__(reason, expected)
        self.reason = reason
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.reason}；{self.expected}" if self.expected else self.reason


def damaged() -> SheetError:
    """This is the refusal of a workbook that is cut short or not whole."""
    return SheetError(
        _("文件不完整或已损坏，无法打开。"), "damaged", _("请重新下载，或用表格软件打开后另存为 .xlsx 再上传。")
    )


def bomb() -> SheetError:
    """This is the refusal of a workbook that unpacks to far more than an honest one would."""
    return SheetError(_("文件解压后异常庞大，已拒绝打开。"), "bomb", _("请将数据复制到新的工作簿，或拆分后再上传。"))
