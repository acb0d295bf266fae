"""What a document is made of: blocks, the official document, the report and the label, as plain frozen data.

All text in here is data. It reaches the page as strings and is never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from baozhang.kernel.refusal import Fault, Refused

Cell = str | int | Decimal | date | None


class DocumentError(Refused):
    """This is the refusal to typeset: each fault says what is wrong and what to do instead, `str()` says all of them."""

    status = 422

    def __init__(self, *faults: Fault) -> None:
        super().__init__("".join(fault.reason + fault.remedy for fault in faults), faults=faults)


class Kind(models.TextChoices):
    """This is the kind of an official document; it decides the head and whether the letter layout is used."""

    NOTICE = "notice", _("通知")
    LETTER = "letter", _("函")
    RECTIFICATION = "rectification", _("整改通知书")
    WARNING = "warning", _("风险预警")
    REPORT = "report", _("报告")
    CERTIFICATE = "certificate", _("凭证")


@dataclass(frozen=True)
class Heading:
    """This is a heading of level 1 to 4; its number (一、 （一） 1. （1）) is set by the typesetter, not by the text."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Para:
    """This is running text; each line feed in it begins a new paragraph."""

    text: str


@dataclass(frozen=True)
class Note:
    """This is a remark in smaller type under what it explains, printed after the word 注."""

    text: str


@dataclass(frozen=True)
class KeyValues:
    """This is a list of names with their values, the values standing under one another."""

    pairs: Sequence[tuple[str, Cell]]


@dataclass(frozen=True)
class Column:
    """This is one column: its heading, "left", "center" or "right" (None: numbers right) and its width in mm."""

    title: str
    align: str | None = None
    width: float | None = None


@dataclass(frozen=True)
class Table:
    """This is a ruled table whose heading row stands on every page; int and Decimal get thousands separators."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """This is one large figure of a report: what it is, its value, its unit and a word of comparison."""

    label: str
    value: Cell
    unit: str = ""
    remark: str = ""


@dataclass(frozen=True)
class KeyFigures:
    """This is a row of large figures; only a report may hold it."""

    figures: Sequence[KeyFigure]


Block = Heading | Para | Note | KeyValues | Table | KeyFigures


@dataclass(frozen=True)
class Attachment:
    """This is an annex: its name, and its content when it is to be printed behind the document."""

    title: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class OfficialDocument:
    """This is all that a page in the layout of GB/T 9704-2012 shows; what is empty is left out.

    `number` is the reference number with its brackets, "沪云机管〔2026〕12号"; `signer` the organ under the text (the
    issuer when empty); `approver` the leader who signs a document to a superior (签发人); `seal_text` the words in the
    ring of the seal; `copies` the organs after 抄送; `remark` the line in brackets under the date (附注). A line feed in
    `title` fixes a line break, otherwise the lines are balanced. A `draft` has no number yet: it is only to be looked at.
    """

    issuer_name: str
    kind: Kind | str
    number: str
    title: str
    blocks: Sequence[Block]
    issue_date: date
    addressee: str = ""
    signer: str = ""
    seal_text: str = ""
    security: str = ""
    urgency: str = ""
    copy_number: str = ""
    approver: str = ""
    attachments: Sequence[Attachment] = ()
    remark: str = ""
    copies: Sequence[str] = ()
    print_org: str = ""
    print_date: date | None = None
    verify_url: str = ""
    verify_code: str = ""
    draft: bool = False


@dataclass(frozen=True)
class Report:
    """This is a plain A4 report: title, a line of facts about it (organ, period), key figures, text and tables."""

    title: str
    blocks: Sequence[Block]
    issue_date: date
    meta: Sequence[str] = ()
    author: str = ""
    verify_url: str = ""
    verify_code: str = ""


@dataclass(frozen=True)
class Label:
    """This is one sticker: a heading line, the number in large type, further lines and the content of its QR code."""

    title: str
    number: str
    lines: Sequence[str] = ()
    qr_text: str = ""


@dataclass(frozen=True)
class LabelSheet:
    """This is a kind of label paper, all in mm: the page, one label, how many across and down, and the first corner."""

    name: str
    page_width: float
    page_height: float
    label_width: float
    label_height: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0


A4_3X8 = LabelSheet("a4-3x8", 210, 297, 70, 37, 3, 8, 0, 0.5)
THERMAL_60X40 = LabelSheet("thermal-60x40", 60, 40, 60, 40)
LABEL_SHEETS = {sheet.name: sheet for sheet in (A4_3X8, THERMAL_60X40)}
