"""What warnings and orders say: the demand as it is proposed, and the paper as it is typeset.

Papers are Chinese in every language of the interface, so their words are not translated.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils import translation

from baozhang.kernel.documents.model import Attachment, Block, Column, Heading, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank
from baozhang.kernel.documents.payload import chinese_date

from .choices import LANGUAGE, OrderKind
from .models import Finding
from .orders import Order

IN_BODY = 3  # more findings than these go into an annex
BASIS = "第四十一条第二款"
TITLES = {
    OrderKind.WARNING: "关于机关运行保障风险的预警",
    OrderKind.ORDER: "关于责令限期整改机关运行保障有关问题的通知",
}


def demand(findings: Iterable[Finding]) -> str:
    """This is the demand as it is proposed: rule by rule the article, how many, the sum, and the remedy."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.rule, finding.remedy].append(finding)
    lines = []
    for (_rule, remedy), held in groups.items():
        total = sum((one.amount or Decimal(0) for one in held), Decimal(0))
        parts = [held[0].article, f"{len(held)}项", *([f"涉及金额{total:,.2f}元"] if total else [])]
        what = remedy.rstrip("。") or "查明原因，予以纠正"
        lines.append(f"{held[0].title}（{'，'.join(parts)}）：{what}。")
    return "\n".join(lines)


def paper(order: Order, findings: Sequence[Finding], *, day: dt.date, due: dt.date | None) -> OfficialDocument:
    """This is the warning or order as an official document, not yet numbered."""
    with translation.override(LANGUAGE):
        blocks, annexes = _problems(findings)
        return OfficialDocument(
            issuer_name=order.issuer.name, kind=Kind.RECTIFICATION if order.is_order else Kind.WARNING,
            number=blank(order.issuer.document_word, day.year), title=order.title, addressee=order.organ.name, issue_date=day,
            blocks=[Para(_opening(order, findings)), Heading("发现的问题"), *blocks, *_demands(order, due)],
            attachments=annexes, seal_text=order.issuer.name, print_org=order.issuer.name, draft=True,
        )  # fmt: skip


def _opening(order: Order, findings: Sequence[Finding]) -> str:
    first = min(finding.first_day for finding in findings) if findings else None
    found = f"经监督检查（首次发现于{chinese_date(first)}），" if first else "经监督检查，"
    act = "现责令限期整改" if order.is_order else "现予以风险预警"
    return f"{found}发现你单位在机关运行保障方面存在以下问题。根据机关运行保障条例{BASIS}，{act}。"


def _problems(findings: Sequence[Finding]) -> tuple[list[Block], list[Attachment]]:
    if len(findings) <= IN_BODY:
        blocks: list[Block] = []
        for finding in findings:
            blocks += [Heading(finding.title.rstrip("。"), 2), Para(_told(finding))]
        return blocks, []
    total = sum((finding.amount or Decimal(0) for finding in findings), Decimal(0))
    money = f"，涉及金额{total:,.2f}元" if total else ""
    rules = list(dict.fromkeys(finding.title for finding in findings))
    kinds = "、".join(rules[:4]) + ("等" if len(rules) > 4 else "")
    said = f"共{len(findings)}项{money}，涉及{kinds}，详见附件。"
    return [Para(said)], [Attachment("问题清单", [_table(findings)])]


def _told(finding: Finding) -> str:
    basis = "；".join(finding.figure_sentences)
    money = f"涉及金额{finding.amount:,.2f}元。" if finding.amount else ""
    return f"{finding.sentence.rstrip('。')}。{money}依据：{finding.article}{f'；{basis}' if basis else ''}。"


def _table(findings: Sequence[Finding]) -> Table:
    columns = [
        Column("序号", "center", 12),
        Column("对象", width=34),
        Column("问题"),
        Column("条文", width=26),
        Column("涉及金额（元）", "right", 27),
    ]
    rows = [(n, one.subject_name, one.sentence, one.article, one.amount) for n, one in enumerate(findings, 1)]
    return Table(columns, rows)


def _demands(order: Order, due: dt.date | None) -> list[Block]:
    until = f"请于{chinese_date(due)}前" if due is not None else "请及时"
    if order.is_order:
        ask = f"{until}完成整改，由单位负责人审定后反馈整改情况，并附佐证材料。本机关将组织复查，复查通过的予以销号。"
        blocks: list[Block] = [Heading("整改要求"), Para(order.demand), Heading("反馈和复查"), Para(ask)]
        blocks += [Heading("法律责任"), Para("逾期不整改或者整改不到位的，依照机关运行保障条例第四十四条处理。")]
        return blocks
    ask = f"{until}核查上述风险，采取防范措施，由单位负责人审定后反馈核查和处置情况，并附佐证材料。"
    return [Heading("防范要求"), Para(order.demand), Heading("反馈期限"), Para(ask)]
