"""What the content model becomes before it is set: numbers, dates, cleaned strings, column widths."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from baozhang.kernel.documents.model import (
    Column,
    DocumentError,
    Heading,
    KeyValues,
    Note,
    Para,
    Table,
)
from baozhang.kernel.documents.payload import blocks_payload, cell_text, chinese_date, clean, line


def test_headings_are_numbered_by_level_and_start_again_under_a_new_parent() -> None:
    levels = [1, 2, 2, 3, 3, 4, 2, 3, 1, 2]
    found = [item["text"] for item in blocks_payload(Heading("题", level) for level in levels)]
    numbers = ["一、", "（一）", "（二）", "1.", "2.", "（1）", "（三）", "1.", "二、", "（一）"]
    assert found == [number + "题" for number in numbers]


def test_a_fifth_level_is_refused() -> None:
    with pytest.raises(DocumentError, match="一至四级"):
        blocks_payload([Heading("题", 5)])


def test_line_feeds_in_a_paragraph_make_paragraphs_and_empty_ones_go() -> None:
    assert [item["text"] for item in blocks_payload([Para("甲\r\n\n 乙\u2029丙")])] == ["甲", "乙", "丙"]


def test_characters_without_ink_are_taken_out() -> None:
    assert clean("张\u202e三\u200b\x07\ufeff\x00李\ud800四\ufffe") == "张三李四"
    assert line("甲\u00a0\t 乙\n丙") == "甲 乙 丙"


def test_cells() -> None:
    assert cell_text(Decimal("1234567.10")) == "1,234,567.10"
    assert cell_text(Decimal("1E+3")) == "1,000"
    assert cell_text(-12345) == "-12,345"
    assert cell_text(date(2026, 3, 2)) == "2026-03-02"
    assert cell_text(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)).startswith("2026-03-02 09:05")
    assert cell_text(None) == ""
    assert cell_text(True) == "是"
    with pytest.raises(TypeError):
        cell_text(0.1)  # type: ignore[arg-type]


def test_dates_have_no_leading_zeros() -> None:
    assert chinese_date(date(2026, 3, 2)) == "2026年3月2日"


def test_columns_of_numbers_stand_right_and_others_left() -> None:
    columns = [Column("名称"), Column("数量"), Column("金额"), Column("空"), Column("编号", "center")]
    rows = [["椅", 2, Decimal("1.00"), None, "1"], ["桌", None, Decimal("2.00"), None, "2"]]
    (table,) = blocks_payload([Table(columns, rows)])
    assert table["aligns"] == ["left", "right", "right", "left", "center"]


def test_an_unknown_alignment_is_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="middle"):
        blocks_payload([Table([Column("名称", "middle")], [])])


def test_column_shares_fill_the_table_and_short_columns_keep_their_words() -> None:
    columns = [Column("序号"), Column("说明"), Column("编号", width=31.2)]
    (table,) = blocks_payload([Table(columns, [[1, "长" * 200, "甲"]])])
    shares = table["widths"]
    assert sum(shares) == pytest.approx(1)
    assert shares[2] == pytest.approx(0.2)
    assert shares[0] * 156 > 2 * 3.7 + 2 * 1.6, "two characters and the inset must fit"
    assert shares[1] > shares[0] * 5


def test_columns_wider_than_the_page_are_made_to_fit() -> None:
    (table,) = blocks_payload([Table([Column("甲", width=100), Column("乙", width=100)], [["a", "b"]])])
    assert table["widths"] == pytest.approx([0.5, 0.5])


def test_a_ragged_row_is_refused_with_its_number() -> None:
    with pytest.raises(DocumentError) as refused:
        blocks_payload([Table([Column("甲"), Column("乙")], [["1", "2"], ["1"]], caption="清单")])
    (fault,) = refused.value.faults
    assert fault.row == 2
    assert "清单" in fault.reason
    assert fault.remedy


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(DocumentError, match="没有列"):
        blocks_payload([Table([], [])])


def test_pairs_and_notes() -> None:
    pairs, note = blocks_payload(
        [KeyValues([("坐落", "人民路"), ("面积(m²)", Decimal("12.50")), ("止", date(2026, 3, 2))]), Note("见附图")]
    )
    assert pairs["pairs"] == [["坐落", "人民路"], ["面积(m²)", "12.50"], ["止", "2026年3月2日"]]
    assert pairs["width"] == 4.5
    assert note == {"kind": "note", "text": "见附图"}
