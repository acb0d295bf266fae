"""The plain report and the labels."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import segno
from tests.kernel.documents.pages import POINTS, pieces, raster, reader, texts

from baozhang.kernel.documents.model import (
    A4_3X8,
    THERMAL_60X40,
    Column,
    DocumentError,
    Heading,
    KeyFigure,
    KeyFigures,
    Label,
    Note,
    Para,
    Report,
    Table,
)
from baozhang.kernel.documents.typeset import labels_pdf, pdf

DAY = date(2026, 7, 2)


def report(**changes: object) -> Report:
    """This is a report with one of each block."""
    values: dict[str, object] = {
        "title": "云间区2026年上半年国有资产使用情况分析报告",
        "issue_date": DAY,
        "meta": ["编制单位：机关事务管理局", "统计期间：2026年1月至6月"],
        "blocks": [
            KeyFigures(
                [KeyFigure("资产原值", Decimal("1234567890.12"), "元", "增加3.1%"), KeyFigure("闲置", 412, "件")]
            ),
            Heading("总体情况"),
            Para("全区60家单位。\n#strong[不]加粗。"),
            Table([Column("单位"), Column("原值")], [[f"单位{n}", Decimal(n)] for n in range(80)], caption="表1"),
            Note("取自资产账。"),
        ],
    }
    return Report(**(values | changes))  # type: ignore[arg-type]


def test_a_report_is_complete_and_its_table_repeats_its_heading() -> None:
    pages = texts(pdf(report(verify_url="https://verify.example.cn/1", verify_code="AB12")))
    whole = "".join(pages)
    parts = [
        "资产原值",
        "1,234,567,890.12元",
        "增加3.1%",
        "412件",
        "一、总体情况",
        "#strong[不]加粗。",
        "注：取自资产账。",
    ]
    parts += ["核验码：AB12", "编制单位：机关事务管理局", "单位79"]
    for part in parts:
        assert part in whole, part
    assert len(pages) > 1
    assert all(f"第{n}页，共{len(pages)}页" in text for n, text in enumerate(pages, 1))
    assert all("单位原值" in text for text in pages if "单位4" in text)


def test_a_report_keeps_within_its_margins() -> None:
    cards = KeyFigures([KeyFigure("很长的名称" * 8, "9" * 60, "单位" * 20, "说明" * 40) for _ in range(6)])
    for page in reader(pdf(report(blocks=[cards, Para("甲")], title="长" * 100))).pages:
        assert all(24.9 * POINTS <= piece.x <= 185.1 * POINTS for piece in pieces(page))


def test_a_report_without_title_or_content_is_refused() -> None:
    with pytest.raises(DocumentError) as refused:
        pdf(report(title="", blocks=[]))
    assert [fault.field for fault in refused.value.faults] == ["title", "blocks"]


def labels(count: int) -> list[Label]:
    """This is a run of labels, numbered from 0."""
    lines = ["台式计算机", "使用人：张某某"]
    return [Label("云间区档案馆", f"ZC{n:08d}", lines, f"https://verify.example.cn/{n:08d}") for n in range(count)]


def test_24_labels_fill_a_sheet_in_their_places() -> None:
    file = reader(labels_pdf(labels(25), A4_3X8, day=DAY))
    assert len(file.pages) == 2
    found = {piece.text: piece for piece in pieces(file.pages[0])}
    first, second, fourth = (found[f"ZC{n:08d}"] for n in (0, 1, 3))
    assert (second.x - first.x) / POINTS == pytest.approx(70, abs=0.05)
    assert (fourth.y - first.y) / POINTS == pytest.approx(37, abs=0.05)
    assert "ZC00000024" in texts(labels_pdf(labels(25), A4_3X8, day=DAY))[1]


def test_one_label_a_page_on_thermal_paper() -> None:
    file = reader(labels_pdf(labels(3), THERMAL_60X40, day=DAY))
    assert len(file.pages) == 3
    assert float(file.pages[0].mediabox.width) == pytest.approx(60 * POINTS, abs=0.01)
    assert float(file.pages[0].mediabox.height) == pytest.approx(40 * POINTS, abs=0.01)


def test_nothing_on_a_label_is_cut_off() -> None:
    label = Label("很长的单位名称" * 6, "ZC-2026-" + "0123456789" * 4, ["说明" * 30] * 6, "https://verify.example.cn/1")
    page = reader(labels_pdf([label], THERMAL_60X40, day=DAY)).pages[0]
    assert label.number in texts(labels_pdf([label], THERMAL_60X40, day=DAY))[0]
    assert all(0 < piece.y < 38 * POINTS for piece in pieces(page))


@pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="poppler-utils is not installed: no page can be rasterized"
)
def test_the_printed_code_is_the_code_of_the_text(tmp_path: Path) -> None:
    label = labels(1)[0]
    width, height, pixels = raster(labels_pdf([label], THERMAL_60X40, day=DAY), tmp_path, 600)
    dark = [(at % width, at // width) for at in range(width * height) if pixels[at] < 100]
    # The code is the right part of the label, under the rule; its finder patterns mark its corners.
    left_edge, rule = width * 0.55, height * 0.3
    inside = [(x, y) for x, y in dark if x > left_edge and y > rule]
    left, top = min(x for x, _y in inside), min(y for _x, y in inside)
    right, bottom = max(x for x, _y in inside), max(y for _x, y in inside)
    modules = [list(row) for row in segno.make_qr(label.qr_text, error="m", boost_error=False).matrix]
    count = len(modules)
    for row in range(count):
        for column in range(count):
            x = left + (column + 0.5) * (right - left + 1) / count
            y = top + (row + 0.5) * (bottom - top + 1) / count
            assert (pixels[int(y) * width + int(x)] < 100) == bool(modules[row][column]), (row, column)


def test_labels_that_cannot_be_printed_are_refused() -> None:
    with pytest.raises(DocumentError, match="没有要打印的标签"):
        labels_pdf([], day=DAY)
    with pytest.raises(DocumentError) as refused:
        labels_pdf([*labels(1), Label("馆", "  "), Label("馆", "1", ["行"] * 7)], day=DAY)
    assert [(fault.field, fault.row) for fault in refused.value.faults] == [("number", 2), ("lines", 3)]
    with pytest.raises(DocumentError, match="5000"):
        labels_pdf(labels(1) * 5001, day=DAY)
    with pytest.raises(DocumentError, match="二维码"):
        labels_pdf([Label("馆", "1", qr_text="x" * 5000)], day=DAY)
