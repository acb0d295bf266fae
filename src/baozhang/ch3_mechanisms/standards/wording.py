"""The notice by which a standard is published: content of the official document, with the lines as its annex.

Papers are Chinese in every language of the interface, so their words are not translated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import translation

from baozhang.kernel.documents.model import Attachment, Column, Kind, OfficialDocument, Para, Table
from baozhang.kernel.documents.numbering import blank
from baozhang.kernel.documents.payload import chinese_date
from baozhang.law.articles import citations_in, title_in
from baozhang.law.catalogue import catalogue

from .models import Standard, StandardLine

LANGUAGE = "zh-hans"


def paper(standard: Standard, lines: Sequence[StandardLine], *, day: dt.date) -> OfficialDocument:
    """This is the notice of publication, not yet numbered."""
    with translation.override(LANGUAGE):
        organ = standard.organ
        return OfficialDocument(
            issuer_name=organ.name, kind=Kind.NOTICE, number=blank(standard.organ.document_word, day.year), title=f"关于印发《{standard.title}》的通知",
            addressee=f"{standard.jurisdiction.name}各机关", issue_date=day, blocks=[Para(text) for text in _body(standard, lines)],
            attachments=[Attachment(standard.title, [table(lines)])], seal_text=organ.name, print_org=organ.name, draft=True,
        )  # fmt: skip


def _body(standard: Standard, lines: Sequence[StandardLine]) -> list[str]:
    since = chinese_date(standard.valid_from)
    until = f"，有效期至{chinese_date(standard.valid_to)}" if standard.valid_to else ""
    basis = f"，参照{standard.source}" if standard.source else ""
    past = "已经配置的资产，仍按配置时" if any(line.key.startswith("assets.") for line in lines) else "的事项，仍按当时"
    parts = [
        f"根据《{title_in('zh')}》{_articles(lines)}{basis}，现将《{standard.title}》（共{len(lines)}项）印发给你们，请遵照执行。",
        f"本标准自{since}起施行{until}。施行之前{past}有效的标准执行。",
    ]
    if standard.note.strip():
        parts.append(standard.note.strip())
    return parts


def _articles(lines: Sequence[StandardLine]) -> str:
    """The articles on which the figures of a standard rest, each once, in the order of the law."""
    known = catalogue()
    found = {cited[0] for line in lines if line.key in known and (cited := citations_in(known[line.key].basis))}
    return (
        "、".join(one.zh for one in sorted(found, key=lambda one: (one.article, one.paragraph or 0)))
        or "第十二条第一款"
    )


def table(lines: Sequence[StandardLine]) -> Table:
    """This is the annex: one row for each line."""
    columns = [
        Column("序号", "center", 12), Column("项目"), Column("档次", width=30), Column("标准", "right", 24), Column("单位", "center", 20),
        Column("备注", width=34),
    ]  # fmt: skip
    return Table(
        columns,
        [(n, line.name, line.row_shown, _said(line), _unit(line), _remark(line)) for n, line in enumerate(lines, 1)],
    )


def _said(line: StandardLine) -> Any:
    return "不再限制" if line.ends else line.number


def _unit(line: StandardLine) -> str:
    figure = catalogue().get(line.key)
    return figure.unit_name if figure and not line.ends else ""


def _remark(line: StandardLine) -> str:
    price = (
        f"价格来源：{line.price_source}" + (f"（{line.price_day}）" if line.price_day else "")
        if line.price_source
        else ""
    )
    return "；".join(part for part in (line.note, price) if part)
