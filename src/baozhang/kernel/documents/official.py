"""The official document: what it must have, and what its template reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.documents.codes import qr_svg
from baozhang.kernel.documents.model import DocumentError, KeyFigures, Kind, OfficialDocument
from baozhang.kernel.documents.payload import blocks_payload, chinese_date, clean, line
from baozhang.kernel.documents.titles import balanced
from baozhang.kernel.refusal import Fault

# 机关代字〔年份〕顺序号号: hexagonal brackets, a full year, no 第 and no leading zeros (GB/T 9704-2012 7.2.5).
NUMBER = re.compile(r"^[^\s〔〕\[\]()（）【】]+〔[12]\d{3}〕[1-9]\d*号$")
COPY_NUMBER = re.compile(r"^\d{6}$")
# The mark of these is the issuer's name alone; of the others it is the name and 文件 (7.2.4).
NAME_ALONE = frozenset({Kind.LETTER, Kind.RECTIFICATION, Kind.WARNING, Kind.CERTIFICATE})


def _faults(document: OfficialDocument, *, empty: bool) -> Iterator[Fault]:
    """This is every reason not to typeset the document, with its clause and its remedy."""
    if document.kind not in Kind.values:
        raise ValueError(f"unknown kind of document {document.kind!r}, must be one of {Kind.values}")
    if not line(document.issuer_name):
        yield Fault(
            field="issuer_name",
            reason=_("公文缺少发文机关名称（GB/T 9704—2012 7.2.4）。"),
            remedy=_("请填写发文机关全称或者规范化简称。"),
        )
    if not line(document.title):
        yield Fault(field="title", reason=_("公文缺少标题（GB/T 9704—2012 7.3.1）。"), remedy=_("请填写公文标题。"))
    number = _number(document)
    if not number:
        yield Fault(
            field="number",
            reason=_("公文缺少发文字号（GB/T 9704—2012 7.2.5）。"),
            remedy=_("请先编号，例如“沪云机管〔2026〕12号”。"),
        )
    elif document.kind != Kind.CERTIFICATE and not document.draft and not NUMBER.match(number):
        yield Fault(
            field="number",
            value=number,
            reason=_("发文字号“%(number)s”不合格式（GB/T 9704—2012 7.2.5）。") % {"number": number},
            remedy=_("应为机关代字、六角括号内的四位年份、不编虚位的顺序号和“号”字，例如“沪云机管〔2026〕12号”。"),
        )
    if document.copy_number and not COPY_NUMBER.match(document.copy_number):
        yield Fault(
            field="copy_number",
            value=line(document.copy_number),
            reason=_("份号不是 6 位阿拉伯数字（GB/T 9704—2012 7.2.1）。"),
            remedy=_("请改为 6 位数字，例如“000001”。"),
        )
    yield from _body_faults(document, empty=empty)


def _body_faults(document: OfficialDocument, *, empty: bool) -> Iterator[Fault]:
    """This is what is wrong with the body as a whole: nothing in it, or something that only a report holds."""
    if empty:
        yield Fault(
            field="blocks",
            reason=_("公文没有正文（GB/T 9704—2012 7.3.3）。"),
            remedy=_("请填写正文，首页必须显示正文。"),
        )
    every = [*document.blocks, *(block for item in document.attachments for block in item.blocks)]
    if any(isinstance(block, KeyFigures) for block in every):
        yield Fault(
            field="blocks",
            reason=_("公文正文不能放置数字卡片。"),
            remedy=_("请改用表格，或者改用报告版式。"),
        )


def _number(document: OfficialDocument) -> str:
    """This is the reference number without the spaces that some offices type before 号."""
    return "".join(clean(document.number).split())


def payload(document: OfficialDocument) -> dict[str, Any]:
    """This is what official.typ reads; refuses with all faults at once."""
    blocks = blocks_payload(document.blocks)
    faults = list(_faults(document, empty=not blocks))
    if faults:
        raise DocumentError(*faults)
    issuer = line(document.issuer_name)
    day = document.issue_date
    return {
        "letter": document.kind == Kind.LETTER,
        "mark": issuer if document.kind in NAME_ALONE or issuer.endswith("文件") else issuer + "文件",
        "number": _number(document),
        "copy_number": line(document.copy_number),
        "security": line(document.security),
        "urgency": line(document.urgency),
        "approver": line(document.approver),
        "plain_title": line(document.title),
        "title_lines": title_lines(document.title),
        "addressee": line(document.addressee).rstrip("：:"),
        "blocks": blocks,
        "signer": line(document.signer) or issuer.removesuffix("文件"),
        "seal_text": line(document.seal_text),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "date_words": chinese_date(day),
        "attachments": [
            {"title": line(item.title), "lines": title_lines(item.title), "blocks": blocks_payload(item.blocks)}
            for item in document.attachments
        ],
        "remark": line(document.remark).removeprefix("（").removesuffix("）"),
        "copies": _copies(document),
        "print_org": line(document.print_org),
        "print_date": chinese_date(document.print_date or day),
        "verify_url": line(document.verify_url),
        "verify_code": line(document.verify_code),
        "qr": qr_svg(line(document.verify_url)),
    }


def title_lines(title: str) -> list[str]:
    """This is a title as lines: as the author broke it, else balanced."""
    parts = [line(part) for part in clean(title).split("\n") if part.strip()]
    if len(parts) > 1:
        return [piece for part in parts for piece in balanced(part)]
    return balanced(parts[0]) if parts else []


def _copies(document: OfficialDocument) -> str:
    """This is the list after 抄送, closed by a full stop (GB/T 9704-2012 7.4.2)."""
    names = [line(name).rstrip("。") for name in document.copies if line(name)]
    return "，".join(names) + "。" if names else ""
