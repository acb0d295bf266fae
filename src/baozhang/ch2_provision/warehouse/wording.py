"""What the report of a warehouse's performance says. Papers are Chinese in every language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import translation

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.documents.model import Attachment, Block, Column, Heading, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank
from baozhang.kernel.documents.payload import chinese_date

from .queries import performance as sums

LANGUAGE = "zh-hans"
ABOUT = "公物仓绩效情况的报告"
LARGE = ("stock", "given", "saved", "reuse")


def title(first: dt.date, last: dt.date) -> str:
    """How the report of a period is called."""
    return f"关于{chinese_date(first)}至{chinese_date(last)}{ABOUT}"


def report(authority: Organization, first: dt.date, last: dt.date, *, day: dt.date) -> OfficialDocument:
    """This is the report as an official document, not yet numbered."""
    with translation.override(LANGUAGE):
        found, rows = sums.figures(authority, first, last), sums.shares(authority, first, last)
        every = Table([Column("指标"), Column("数值", "right", 34), Column("单位", width=14), Column("算法", width=78)],
                      [(one.words, one.shown, one.unit, one.formula) for one in found.values()])  # fmt: skip
        blocks: list[Block] = [
            Para(f"根据机关运行保障条例第十四条第二款关于公物仓绩效评价的规定，现将{chinese_date(first)}至{chinese_date(last)}公物仓运行绩效报告如下。"),
            Heading("总体情况"), Para("，".join(_said(found[name]) for name in LARGE) + "。"),
            Heading("指标和算法"), every,
            Para("节约购置资金按重置单价计算：取交付当日有效的价格标准，没有标准的取卡片原值单价。"),
        ]  # fmt: skip
        return OfficialDocument(
            issuer_name=authority.name, kind=Kind.REPORT, number=blank(authority.document_word, day.year), title=title(first, last), issue_date=day,
            draft=True, seal_text=authority.name, print_org=authority.name, blocks=blocks,
            attachments=[Attachment("各单位参与情况", [_agencies(rows)])] if rows else [],
        )  # fmt: skip


def _said(figure: Any) -> str:
    return f"{figure.words}{figure.shown}{figure.unit}"


def _agencies(rows: list[sums.Share]) -> Table:
    heads = [
        Column("单位"),
        *(Column(words, "right", 22) for words in ("本期入仓", "现在仓", "本期领用")),
        Column("节约（元）", "right", 32),
    ]
    return Table(heads, [(str(one.organ), one.entered, one.standing, one.taken, one.saved) for one in rows])
