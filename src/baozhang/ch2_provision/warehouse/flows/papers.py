"""Papers of the warehouse, in Chinese in every language of the interface: the receipt of an entry, the slip of a handover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation

from baozhang.ch2_provision.warehouse.choices import Outcome
from baozhang.ch2_provision.warehouse.models import Entry, Exit, Item, Reservation
from baozhang.kernel.documents.model import Block, Column, Heading, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank

LANGUAGE = "zh-hans"
TAKEN = (Outcome.FIT, Outcome.REPAIR)


def receipt(entry: Entry, items: Sequence[Item], *, day: dt.date) -> OfficialDocument:
    """The receipt of an entry: what was taken in, what was not, and what it means for the books."""
    taken = [item for item in items if item.outcome in TAKEN]
    rest = [item for item in items if item.outcome not in TAKEN]
    total = sum((item.value for item in taken), Decimal(0))
    with translation.override(LANGUAGE):
        keeping = entry.get_keeping_display()
        opening = (
            f"根据机关运行保障条例第十四条、第十五条，你单位申请入仓的资产经现场复验，"
            f"接收{len(taken)}件，原值{total:,.2f}元，存放方式为{keeping}。清单如下。"
        )
        blocks: list[Block] = [Para(opening), Heading("接收的资产"), _table(taken)] if taken else [Para(opening)]
        if rest:
            blocks += [Heading("未予接收的资产"), _table(rest)]
        blocks += [Heading("账务处理"), Para(
            "入仓不改变资产权属，你单位不作减少资产处理；请以本凭证为附件，在资产卡片和备查账中登记存放方式、地点和保管责任。"
            "出仓划转时另行通知作账。"
        )]  # fmt: skip
        return OfficialDocument(
            issuer_name=entry.authority.name, kind=Kind.CERTIFICATE, number=blank(entry.authority.document_word, day.year),
            title="公物仓资产入仓凭证", addressee=entry.organ.name, issue_date=day, blocks=blocks, seal_text=entry.authority.name,
            print_org=entry.authority.name, draft=True,
        )  # fmt: skip


def _table(items: Sequence[Item]) -> Table:
    columns = [
        Column("序号", "center", 12), Column("资产编号", width=34), Column("名称"), Column("成色", width=20), Column("复验结论", width=24),
        Column("原值（元）", "right", 27),
    ]  # fmt: skip
    rows = [
        (n, item.card.number, item.name, item.get_grade_display(), item.get_outcome_display(), item.value)
        for n, item in enumerate(items, 1)
    ]
    return Table(columns, rows)


def slip(exit_: Exit, lines: Sequence[Reservation], *, day: dt.date) -> OfficialDocument:
    """The slip of a handover, to be signed by both sides; it has no number of its own."""
    with translation.override(LANGUAGE):
        mode = exit_.get_mode_display()
        until = f"，使用至{exit_.until:%Y年%m月%d日}" if exit_.until else ""
        rows = [
            (n, line.card.number, line.item.name, line.item.get_grade_display(), line.quantity, line.item.value)
            for n, line in enumerate(lines, 1)
        ]
        columns = [
            Column("序号", "center", 12), Column("资产编号", width=34), Column("名称"), Column("成色", width=20), Column("数量", "right", 18),
            Column("原值（元）", "right", 27),
        ]  # fmt: skip
        blocks: list[Block] = [
            Para(f"{exit_.giver.name}向{exit_.organ.name}交付下列公物仓资产，用于{exit_.purpose or '应急保障'}，方式为{mode}{until}。"),
            Table(columns, rows), Para("交付人（签字）：　　　　　　　　　　签收人（签字）："),
        ]  # fmt: skip
        return OfficialDocument(
            issuer_name=exit_.giver.name, kind=Kind.CERTIFICATE, number=blank(exit_.giver.document_word, day.year), title="公物仓资产交接单",
            addressee=exit_.organ.name, issue_date=day, blocks=blocks, print_org=exit_.giver.name, draft=True,
        )  # fmt: skip
