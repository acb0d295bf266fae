"""The two ways a spreadsheet can be refused: the whole file, or one cell."""

from __future__ import annotations

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
