"""Referring a case to those who may hold somebody liable (article 44): a letter, and the evidence as data."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django.utils import translation

from baozhang.ch1_general.organs.choices import Competence
from baozhang.ch1_general.organs.choices import Kind as OrganKind
from baozhang.ch1_general.organs.choices import State as OrganState
from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.documents.model import Attachment, Block, Column, Heading, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.payload import chinese_date
from baozhang.kernel.documents.register import Document
from baozhang.kernel.record import Record, kept_fields, plain_values

from .choices import LANGUAGE
from .orders import ISSUE, Order, OrderFinding


def liable_bodies(order: Order) -> list[Organization]:
    """These are the supervisory organs of the issuer's jurisdiction, looked up; else its bodies of oversight."""
    rows = Organization._base_manager.filter(jurisdiction_id=order.issuer.jurisdiction_id, state=OrganState.ACTIVE)
    found = list(rows.filter(kind=OrganKind.SUPERVISION).order_by("code"))
    return found or list(rows.filter(competence=Competence.OVERSIGHT).order_by("code"))


def refer_case(order: Order, items: Sequence[OrderFinding], *, day: dt.date, reason: str, by: Actor) -> Document:
    """This will issue the letter that refers a case, with its findings and its course as annexes."""
    bodies = liable_bodies(order)
    with translation.override(LANGUAGE):
        letter = _letter(order, items, bodies, day, reason)
    return issuing.issue(
        letter, organ=order.issuer_id, word=order.issuer.document_word.strip(), addressees=[body.pk for body in bodies],
        about=order, by=by, right=ISSUE,
    )  # fmt: skip


def _letter(
    order: Order, items: Sequence[OrderFinding], bodies: Sequence[Organization], day: dt.date, reason: str
) -> OfficialDocument:
    blocks: list[Block] = [
        Para(f"本机关在监督检查中发现{order.organ.name}存在机关运行保障条例第四十四条所列“{order.get_violation_display()}”的情形，"
             f"已以{order.number}文书要求处理。现将有关情况和证据材料移送你机关，请依法处理。"),
        Heading("移送的事实和理由"), Para(reason),
        Heading("已经采取的措施"), Para(_measures(order)),
        Heading("需要说明的事项"), Para("所附清单和过程记录由监督检查系统按账本生成，每条记录的校验值可以验证；电子证据另行提供。"),
    ]  # fmt: skip
    return OfficialDocument(
        issuer_name=order.issuer.name, kind=Kind.LETTER, number="", title=f"关于移送{order.organ.name}有关问题的函",
        addressee="、".join(body.name for body in bodies) or "有关机关", issue_date=day, blocks=blocks,
        attachments=[Attachment("问题清单", [_problems(items)]), Attachment("办理过程", [_course(order)])],
        seal_text=order.issuer.name, print_org=order.issuer.name, draft=True,
    )  # fmt: skip


def _measures(order: Order) -> str:
    due = f"期限为{chinese_date(order.due)}" if order.due else "未定期限"
    issued = order.issued_on or clock.today()
    said = f"{chinese_date(issued)}发出{order.get_kind_display()}（{order.number}），{due}；第{order.round}次整改。"
    return said + (f"\n该单位反馈：{order.reply}" if order.reply.strip() else "\n该单位没有反馈。")


def _problems(items: Sequence[OrderFinding]) -> Table:
    columns = [
        Column("序号", "center", 12),
        Column("对象", width=34),
        Column("问题"),
        Column("条文", width=26),
        Column("涉及金额（元）", "right", 27),
    ]
    rows = [(n, item.finding.subject_name, item.sentence, item.article, item.amount) for n, item in enumerate(items, 1)]
    return Table(columns, rows)


def _course(order: Order) -> Table:
    columns = [
        Column("日期", width=24),
        Column("办理人", width=30),
        Column("事项", width=30),
        Column("意见"),
        Column("校验值（SM3 前16位）", width=38),
    ]
    rows = [
        (entry.day.isoformat(), entry.by_name, _act(entry), entry.note, bytes(entry.hash).hex()[:16])
        for entry in ledger.history(order.label, order.pk).order_by("seq")
    ]
    return Table(columns, rows)


def _act(entry: ledger.Entry) -> str:
    return str(ledger.ACTS[entry.act].words) if entry.act in ledger.ACTS else entry.act


def package(order: Order, items: Sequence[OrderFinding]) -> dict[str, Any]:
    """This is the evidence of an order as data: the order, its findings with facts, figures and context, and the
    ledger entries behind all of them, each with its hash, so that a reader can verify the chain."""
    records = [order, *(item.finding for item in items)]
    return {
        "made_at": clock.now().isoformat(timespec="seconds"), "order": {"id": order.pk, **_plain(order)},
        "issuer": str(order.issuer), "organ": str(order.organ),
        "documents": [_document(one) for one in (order.document, order.referral) if one is not None],
        "findings": [{"id": item.finding_id, **_plain(item.finding), "in_order": _plain(item)} for item in items],
        "ledger": [_entry(entry) for record in records for entry in ledger.history(record.label, record.pk).order_by("seq")],
    }  # fmt: skip


def _plain(record: Record) -> dict[str, Any]:
    model = type(record)
    return plain_values(model, [getattr(record, name) for name in kept_fields(model)])


def _document(document: Document) -> dict[str, Any]:
    return {
        "number": document.number,
        "title": document.title,
        "day": document.day.isoformat(),
        "state": document.state,
        "sm3": document.digest,
    }


def _entry(entry: ledger.Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind, "record": entry.record_id, "seq": entry.seq, "day": entry.day.isoformat(), "at": entry.at.isoformat(),
        "by": entry.by_name, "organ": entry.by_organ, "act": entry.act, "note": entry.note,
        "changes": json.loads(entry.changes), "prev": bytes(entry.prev).hex(), "hash": bytes(entry.hash).hex(),
    }  # fmt: skip
