"""The papers of a disposal: the reply or the receipt. Papers are Chinese in every language of the interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import translation

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel.documents.model import Attachment, Block, Column, KeyValues, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank

from .choices import Lane
from .models import Case, Line

LANGUAGE = "zh-hans"
BASIS = "第十三条第四款"
MOST = 400  # cards printed; a longer list is kept in the system and counted on the paper


def paper(
    case: Case, lines: Sequence[Line], *, issuer: Organization, also: Organization | None, day: dt.date
) -> OfficialDocument:
    """This is the reply (approval) or the receipt (filing) of a case, not yet numbered."""
    with translation.override(LANGUAGE):
        filed = case.lane == Lane.FILING
        form = case.get_form_display()
        title = f"关于{case.organ.name}资产{form}的{'备案回执' if filed else '批复'}"
        return OfficialDocument(
            issuer_name=issuer.name, kind=Kind.CERTIFICATE if filed else Kind.LETTER, title=title, addressee=case.organ.name,
            number=blank(issuer.document_word, day.year), issue_date=day, blocks=_blocks(case, filed, also),
            attachments=[Attachment("处置资产清单", [_table(lines)])], seal_text=issuer.name, print_org=issuer.name,
            copies=[also.name] if also is not None else (), draft=True,
        )  # fmt: skip


def _blocks(case: Case, filed: bool, also: Organization | None) -> list[Block]:
    asked = f"你单位报来的资产处置申请（{case.number}）收悉。"
    agreed = f"经会同{also.name}审核，" if also is not None else "经审核，"
    form = case.get_form_display()
    said = f"根据机关运行保障条例{BASIS}，" + ("现予备案。" if filed else f"{agreed}同意对所列资产以{form}方式处置。")
    facts: list[tuple[str, str | int]] = [
        ("处置形式", form), ("资产卡片", f"{case.count}张"), ("原值合计", f"{case.value:,.2f}元"),
        ("内部决策", f"{case.decided_on}（{case.minutes_no}）"), ("办理方式", case.lane_says),
    ]  # fmt: skip
    if case.receiver is not None or case.receiver_name:
        facts.insert(1, ("接收方", case.receiver.name if case.receiver is not None else case.receiver_name))
    duty = "请按规定移交实物、清除存储介质并及时销账；处置收入按照政府非税收入和国库集中收缴制度的规定上缴。"
    return [Para(asked + said), KeyValues(facts), Para(duty)]


def _table(lines: Sequence[Line]) -> Table:
    columns = [
        Column("序号", "center", 12),
        Column("资产编号", width=40),
        Column("资产名称"),
        Column("取得日期", width=28),
        Column("原值（元）", "right", 30),
    ]
    rows = [
        (n, line.card.number, line.card.name, line.card.acquired or "", line.value)
        for n, line in enumerate(lines[:MOST], 1)
    ]
    if len(lines) > MOST:
        rows.append(
            (
                MOST + 1,
                "",
                f"其余{len(lines) - MOST}项见系统办件",
                "",
                sum((line.value for line in lines[MOST:]), start=lines[0].value * 0),
            )
        )
    return Table(columns, rows)
