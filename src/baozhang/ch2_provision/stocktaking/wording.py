"""What the report of a count says: its figures, its differences, what stays open. Papers are Chinese in every language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils import translation

from baozhang.ch2_provision.assets.choices import Category
from baozhang.kernel import clock
from baozhang.kernel.documents.model import Attachment, Block, Column, Heading, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank
from baozhang.kernel.documents.payload import chinese_date

from .choices import Kind as Gap
from .choices import Outcome, Settled
from .models import Count, Difference
from .queries import standing

LANGUAGE = "zh-hans"
CENT = Decimal("0.01")


def report(count: Count, *, day: dt.date, addressee: str = "") -> OfficialDocument:
    """This is the report of a count as an official document, not yet numbered."""
    with translation.override(LANGUAGE):
        rows = standing.standings(count)
        gaps = list(
            Difference._base_manager.filter(count_id=count.pk).exclude(state=Settled.DROPPED).order_by("kind", "pk")
        )
        organ = count.organ
        return OfficialDocument(
            issuer_name=organ.name, kind=Kind.REPORT, number=blank(count.organ.document_word, day.year), title=f"关于{count.title}情况的报告",
            addressee=addressee, issue_date=day, draft=True, seal_text=organ.name, print_org=organ.name,
            blocks=[*_opening(count), Heading("盘点结果"), *_results(count, rows), Heading("差异及处理"), *_gaps(gaps),
                    Heading("未了事项"), *_debts(gaps)],
            attachments=[Attachment("盘点差异明细表", [_detail(gaps)])] if gaps else [],
        )  # fmt: skip


def _day(day: dt.date | None) -> str:
    return chinese_date(day) if day is not None else "（未完成）"


def _opening(count: Count) -> list[Block]:
    frozen = count.frozen_at
    scope = "全部在账资产" if count.scope == "full" else "、".join(
        filter(None, (count.departments, count.places, count.categories))
    )  # fmt: skip
    moment = f"{_day(frozen.astimezone(clock.ZONE).date())}冻结账面" if frozen is not None else "尚未冻结账面"
    said = (
        f"根据机关运行保障条例第十三条第二款关于定期清查盘点的规定，本单位于{moment}，对{scope}组织清查盘点，"
        f"{_day(count.counted_on)}完成清点，{count.led_by}负责。账面共{count.frozen_lines or 0}张卡片，"
        f"原值{count.frozen_value or Decimal(0):,.2f}元；快照摘要（SM3）{count.frozen_digest[:16]}……"
    )
    return [Para(said)]


def _results(count: Count, rows: Sequence[standing.Standing]) -> list[Block]:
    sums = standing.by_category(count, rows)
    table = Table(
        [
            Column("资产大类"),
            Column("账面（张）"),
            Column("账面原值（元）"),
            Column("见到实物"),
            Column("未见实物"),
            Column("期间变动"),
        ],
        [
            (
                str(Category(code).label) if code else "未分类",
                one["lines"],
                one["value"],
                one["seen"],
                one["missing"],
                one["else"],
            )
            for code, one in sums.items()
        ],
    )
    seen = sum(one["seen"] for one in sums.values())
    missing = sum(row.outcome == Outcome.MISSING for row in rows)
    disputed = sum(row.disputed for row in rows)
    moved = sum(row.outcome in (Outcome.MOVED, Outcome.GONE) for row in rows)
    said = f"见到实物{seen}张，未见实物{missing}张；盘点期间依账办理变动、未再实地核对的{moved}张。"
    if parts := sum(not row.line.kept for row in rows):
        said += f"盘点期间从在盘卡片拆分出{parts}张卡片，一并清点。"
    if disputed:
        said += f"有{disputed}张几人所记不同，均予保留，以最后一次为准。"
    return [Para(said), table]


def _gaps(gaps: Sequence[Difference]) -> list[Block]:
    if not gaps:
        return [Para("账、卡、物相符，没有差异。")]
    parts = []
    for kind in Gap:
        held = [one for one in gaps if one.kind == kind]
        if held:
            value = sum((one.value or one.new_value or Decimal(0) for one in held), Decimal(0))
            parts.append(f"{kind.label}{len(held)}项" + (f"，涉及{value:,.2f}元" if value else ""))
    return [Para("；".join(parts) + "。原因、责任人和处理结果见附件。")]


def _debts(gaps: Sequence[Difference]) -> list[Block]:
    debts = [one for one in gaps if one.state in (Settled.DEBT, Settled.CARRIED)]
    if not debts:
        return [Para("无。")]
    table = Table(
        [Column("事项"), Column("责任人", width=24), Column("续查期限", width=28), Column("情况")],
        [(str(one), one.responsible, one.due, one.explanation) for one in debts],
    )
    return [Para(f"下列{len(debts)}项一时查不清，挂账续查，转入下次盘点。"), table]


def _detail(gaps: Sequence[Difference]) -> Table:
    columns = [
        Column("差异", width=16), Column("资产", width=34), Column("账面", width=26), Column("实物", width=22),
        Column("金额（元）", "right", 20), Column("责任人", width=14), Column("原因和处理"),
    ]  # fmt: skip
    rows = [
        (
            str(one.get_kind_display()), f"{one.number} {one.name}".strip(), one.books, one.seen, one.value or one.new_value,
            one.responsible, f"{one.get_cause_display()}；{one.get_handling_display()}",
        )
        for one in gaps
    ]  # fmt: skip
    return Table(columns, rows)
