"""The plain report and the sheet of labels: what they must have, and what their templates read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.documents.codes import qr_svg
from baozhang.kernel.documents.model import DocumentError, Label, LabelSheet, Report
from baozhang.kernel.documents.official import title_lines
from baozhang.kernel.documents.payload import blocks_payload, line
from baozhang.kernel.refusal import Fault

MOST_LABELS = 5000
MOST_LINES = 6


def report_payload(report: Report) -> dict[str, Any]:
    """This is what report.typ reads; refuses a report without title or content."""
    blocks = blocks_payload(report.blocks)
    faults = []
    if not line(report.title):
        faults.append(Fault(field="title", reason=_("报告缺少标题。"), remedy=_("请填写报告标题。")))
    if not blocks:
        remedy = _("请至少加入一段文字或者一张表。")
        faults.append(Fault(field="blocks", reason=_("报告没有内容。"), remedy=remedy))
    if faults:
        raise DocumentError(*faults)
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


def _label_faults(labels: Sequence[Label]) -> Iterator[Fault]:
    """This is what keeps a run of labels from being printed; the row is the label's place in the run."""
    if not labels:
        yield Fault(field="labels", reason=_("没有要打印的标签。"), remedy=_("请先选择至少一项。"))
    if len(labels) > MOST_LABELS:
        words = {"most": MOST_LABELS, "count": len(labels)}
        yield Fault(
            field="labels",
            reason=_("一次最多打印 %(most)s 张标签，现有 %(count)s 张。") % words,
            remedy=_("请分批打印。"),
        )
    for index, label in enumerate(labels, 1):
        if not line(label.number):
            yield Fault(
                field="number",
                row=index,
                reason=_("第 %(index)s 张标签没有编号。") % {"index": index},
                remedy=_("请先为该项编号。"),
            )
        if len(label.lines) > MOST_LINES:
            words = {"index": index, "lines": len(label.lines), "most": MOST_LINES}
            yield Fault(
                field="lines",
                row=index,
                reason=_("第 %(index)s 张标签有 %(lines)s 行说明，最多 %(most)s 行。") % words,
                remedy=_("请减少说明。"),
            )


def labels_payload(labels: Sequence[Label], sheet: LabelSheet) -> dict[str, Any]:
    """This is what label.typ reads; refuses an empty or too long run, and a label without number."""
    faults = list(_label_faults(labels))
    if faults:
        raise DocumentError(*faults)
    out = [
        {
            "title": line(label.title),
            "number": line(label.number),
            "lines": [line(part) for part in label.lines],
            "qr": qr_svg(line(label.qr_text)),
        }
        for label in labels
    ]
    return {"sheet": asdict(sheet), "labels": out}
