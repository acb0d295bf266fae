"""The plain report and the sheet of labels: what they must have, and what their templates read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.documents.codes import qr_svg
from baozhang.kernel.documents.model import DocumentError, Label, LabelSheet, Report
from baozhang.kernel.documents.official import title_lines
from baozhang.kernel.documents.payload import blocks_payload, line

MOST_LABELS = 5000
MOST_LINES = 6


def report_payload(report: Report) -> dict[str, Any]:
    """This is what report.typ reads; refuses a report without title or content."""
    blocks = blocks_payload(report.blocks)
    problems = []
    if not line(report.title):
        problems.append(_("报告缺少标题。请填写标题。"))
    if not blocks:
        problems.append(_("报告没有内容。请至少加入一段文字或者一张表。"))
    if problems:
        raise DocumentError(*problems)
    day = report.issue_date
    return {
        "title": line(report.title),
        "title_line": line(report.title)[:40],
        "title_lines": title_lines(report.title),
        "author": line(report.author),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "meta": "　".join(line(part) for part in report.meta if line(part)),
        "blocks": blocks,
        "verify_url": line(report.verify_url),
        "verify_code": line(report.verify_code),
        "qr": qr_svg(line(report.verify_url)),
    }


def labels_payload(labels: Sequence[Label], sheet: LabelSheet) -> dict[str, Any]:
    """This is what label.typ reads; refuses an empty or too long run and a label without number."""
    if not labels:
        raise DocumentError(_("没有要打印的标签。请先选择至少一项。"))
    if len(labels) > MOST_LABELS:
        raise DocumentError(
            _("一次最多打印 %(most)s 张标签，现有 %(count)s 张。请分批打印。") % {"most": MOST_LABELS, "count": len(labels)}
        )
    out = []
    for index, label in enumerate(labels, 1):
        if not line(label.number):
            raise DocumentError(_("第 %(index)s 张标签没有编号。请先为该项编号。") % {"index": index})
        if len(label.lines) > MOST_LINES:
            raise DocumentError(
                _("第 %(index)s 张标签有 %(lines)s 行说明，最多 %(most)s 行。请减少说明。")
                % {"index": index, "lines": len(label.lines), "most": MOST_LINES}
            )
        out.append(
            {
                "title": line(label.title),
                "number": line(label.number),
                "lines": [line(part) for part in label.lines],
                "qr": qr_svg(line(label.qr_text)),
            }
        )
    return {"sheet": asdict(sheet), "labels": out}
