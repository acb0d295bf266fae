"""Headings in the hard cases: two rows, explained columns, several sheets, none at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.kernel.sheets.ledgers import (
    COLUMNS,
    rows_book,
    workbook,
)
from tests.kernel.sheets.reading_rows import read

from baozhang.kernel.sheets.headings import find_layout, find_tables, layout_at, left_out
from baozhang.kernel.sheets.reading import open_workbook
from baozhang.kernel.sheets.refusals import SheetError
from baozhang.kernel.sheets.words import heading_words, money_unit_above


@pytest.mark.parametrize(
    ("raw", "words", "hints", "unit", "edition"),
    [
        ("固定资产分类代码（2010国标码）", "固定资产分类代码", ("2010国标码",), "", "2010"),
        ("资产分类代码(GB/T 14885-2022)", "资产分类代码", ("gb/t14885-2022",), "", "2022"),
        ("2010国标码", "国标码", (), "", "2010"),
        ("发证日期（有产权填）（2013-1-1）", "发证日期", ("有产权填", "2013-1-1"), "", ""),
        ("土地使用权面积（㎡）", "土地使用权面积", ("m2",), "m2", ""),
        ("使用权面积〔平方米〕", "使用权面积", ("平方米",), "平方米", ""),
        ("\ufeff *资 产\n名 称：", "资产名称", (), "", ""),
        ("原值（单位：万元）", "原值", ("单位:万元",), "万元", ""),
        ("净残值率(%)", "净残值率", ("%",), "%", ""),
        ("单价/元", "单价", (), "元", ""),
        ("原值（万元", "原值", ("万元",), "万元", ""),
        ("ＥＯＬ日期", "eol日期", (), "", ""),
        ("（备注）", "备注", (), "", ""),
        ("3、资产名称", "资产名称", (), "", ""),
        ("保存年限（月）", "保存年限", ("月",), "月", ""),
    ],
)
def test_words_of_a_heading(raw, words, hints, unit, edition):
    spelt = heading_words(raw)
    assert (spelt.words, spelt.hints, spelt.unit, spelt.edition) == (words, hints, unit, edition)


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        ("单位：万元", "万元"),
        ("金额单位: 元", "元"),
        ("单位：某某局", ""),
        ("编制单位：万元楼管理处", ""),
        ("单 位 ： 千元", "千元"),
        ("单位：万元、平方米", "万元"),
        ("单位：平方米、万元", "万元"),
        ("单位：辆，万元", "万元"),
        ("金额单位：人民币万元", "万元"),
        ("注：以上金额单位均为万元。", "万元"),
        ("房屋信息表（万元）", "万元"),
        ("单位：元/平方米", ""),
        ("单位：万元/月", ""),
    ],
)
def test_the_unit_above_the_headings(cell, unit):
    assert money_unit_above([None, cell, 3.0]) == unit


def test_merged_headings_in_two_rows_are_joined():
    def fill(sheet, book):
        look = book.add_format()
        sheet.merge_range(0, 0, 0, 7, "固定资产增加单", look)
        for column, word in ((0, "资产编号"), (3, "规格型号"), (4, "数量"), (7, "备注")):
            sheet.merge_range(1, column, 2, column, word, look)
        sheet.merge_range(1, 1, 1, 2, "资产名称", look)
        sheet.write_row(2, 1, ["中文", "英文"])
        sheet.merge_range(1, 5, 1, 6, "面积（㎡）", look)
        sheet.write_row(2, 5, ["独用", "使用权"])
        sheet.write_row(3, 0, ["Z1", "电脑", "computer", "X", 2, 10.5, 12, "甲"])

    columns = tuple(c for c in COLUMNS if c.name in ("number", "name", "quantity", "own_area", "area", "remark"))
    layout, mapping, rows, _skipped = read(workbook(fill), columns)
    assert (layout.heading_row, layout.depth, layout.first_data_row) == (2, 2, 4)
    assert [heading.raw for heading in layout.headings][1:3] == ["资产名称/中文", "资产名称/英文"]
    assert mapping.columns == {0: "number", 1: "name", 4: "quantity", 5: "own_area", 6: "area", 7: "remark"}
    assert rows[0].values == {
        "number": "Z1",
        "name": "电脑",
        "quantity": 2,
        "own_area": Decimal("10.50"),
        "area": Decimal("12.00"),
        "remark": "甲",
    }


def test_two_rows_of_headings_in_a_text_file_without_merged_cells():
    text = "资产编号,资产名称,,数量,备注\n,中文,英文,,\nZ1,电脑,computer,2,甲\nZ2,桌,desk,3,乙\n"
    layout, mapping, rows, _skipped = read(text.encode("gb18030"), name="台账.csv")
    assert (layout.heading_row, layout.depth, layout.first_data_row) == (1, 2, 3)
    assert mapping.position("name") == 1 and [row.values["name"] for row in rows] == ["电脑", "桌"]


def test_a_first_row_of_texts_is_data_and_no_second_heading():
    text = "资产编号,资产名称,使用人,备注\nZ1,电脑,张三,甲\nZ2,桌,,\n"
    layout, _mapping, rows, _skipped = read(text.encode(), name="台账.csv")
    assert layout.depth == 1 and [row.values["number"] for row in rows] == ["Z1", "Z2"]


def test_rows_that_explain_the_columns_are_no_data():
    sheet = [
        ["资产编号", "资产名称", "数量", "原值", "取得日期"],
        ["必填", "必填", "选填", "选填", "选填"],
        ["文本", "文本", "整数", "金额", "日期"],
        ["zcbh", "zcmc", "sl", "yz", "qdrq"],
        ["Z1", "电脑", 1, 2, "2013-1-1"],
    ]
    layout, _mapping, rows, _skipped = read(rows_book(sheet))
    assert layout.skipped == (2, 3, 4) and [row.row for row in rows] == [5]


def test_the_best_row_wins_and_the_earliest_of_equals():
    sheet = [
        ["资产编号", "备注"],
        ["资产编号", "资产名称", "数量"],
        ["Z1", "桌", 1],
        ["资产编号", "资产名称", "数量"],
        ["Z2", "椅", 2],
    ]
    layout, _mapping, rows, skipped = read(rows_book(sheet))
    assert layout.heading_row == 2 and [row.row for row in rows] == [3, 5] and skipped.headings == [4]


def test_one_match_is_not_enough_and_the_user_may_point():
    data = rows_book([["某表"], ["代号", "资产名称"], ["Z1", "桌"]])
    with open_workbook(data, "表.xlsx") as book:
        assert find_layout(book.sheets[0], COLUMNS) is None
        with pytest.raises(SheetError, match="没有找到标题行") as refusal:
            find_tables(book, COLUMNS)
        assert refusal.value.code == "no-headings" and "资产编号" in refusal.value.remedy
        layout = layout_at(book.sheets[0], COLUMNS, 2)
        assert layout.first_data_row == 3 and [heading.raw for heading in layout.headings] == ["代号", "资产名称"]
        with pytest.raises(SheetError):
            layout_at(book.sheets[0], COLUMNS, 9)


def test_a_heading_of_two_rows_is_one_also_where_the_user_points_at_it():
    data = rows_book(
        [["台账"], ["资产", None, "价值", None], ["资产编号", "资产名称", "原值", "数量"], ["Z1", "桌", 100, 1]]
    )
    with open_workbook(data, "表.xlsx") as book:
        found = find_layout(book.sheets[0], COLUMNS)
        assert found is not None
        assert layout_at(book.sheets[0], COLUMNS, found.heading_row).first_data_row == found.first_data_row == 4
        assert layout_at(book.sheets[0], COLUMNS, 3).first_data_row == 4


def test_only_the_sheets_that_hold_records_are_taken():
    table = [["资产编号", "资产名称", "原值", "数量", "使用人", "备注"], ["Z1", "桌", 1, 1, "张", None]]

    def put(rows):
        return lambda sheet, _book: [sheet.write_row(r, 0, row) for r, row in enumerate(rows)]

    def hidden(sheet, _book):
        put(table)(sheet, _book)
        sheet.hide()

    data = workbook(
        put(table),
        sheets=[("说明", put([["资产名称", "必填"], ["备注", "选填"]])), ("旧账", hidden), ("房屋", put(table))],
    )
    with open_workbook(data, "台账.xlsx") as book:
        assert [found.sheet.name for found in find_tables(book, COLUMNS)] == ["Sheet1", "房屋"]


def test_a_summary_beside_the_list_is_told_and_not_read():
    """It has no names of things, which the list has; a book in which no sheet has them is read, and refused row by row."""

    def put(rows):
        return lambda sheet, _book: [sheet.write_row(r, 0, row) for r, row in enumerate(rows)]

    summary = put([["类别", "数量", "金额"], ["设备", 1, 4800]])
    data = workbook(put([["资产编号", "资产名称", "原值"], ["Z1", "电脑", 4800]]), sheets=[("汇总", summary)])
    with open_workbook(data, "台账.xlsx") as book:
        assert [found.sheet.name for found in find_tables(book, COLUMNS)] == ["Sheet1"]
        assert left_out(book, COLUMNS) == ["工作表“汇总”没有“资产名称”这一列，未读取。"]
    with open_workbook(workbook(summary), "汇总.xlsx") as book:
        assert len(find_tables(book, COLUMNS)) == 1 and left_out(book, COLUMNS) == []


def test_a_unit_that_only_a_note_below_names_is_told():
    """The table above it has been read in yuan: whoever looks at the preview is told."""
    table = [["资产编号", "资产名称", "原值"], ["Z1", "楼", 650]]
    for note, told in (("注：金额单位为万元", True), ("注：金额单位为元", False)):
        _layout, _mapping, _rows, skipped = read(rows_book([*table, [note]]))
        assert any("万元" in said for said in skipped.sentences()) is told


def test_a_heading_of_two_rows_keeps_both_where_somebody_confirms_its_row():
    """The page of columns sends back the row that was found; its second row is no data then."""

    def fill(sheet, _book):
        for at, row in enumerate(
            [
                ["清单"],
                ["资产编号", "资产名称", "金额", None],
                [None, None, "原值", "累计折旧"],
                ["A-1", "扫描仪", 3000, 500],
            ]
        ):
            sheet.write_row(at, 0, row)
        sheet.merge_range(1, 2, 1, 3, "金额")

    with open_workbook(workbook(fill), "a.xlsx") as book:
        found = find_layout(book.sheets[0], COLUMNS)
        assert found.depth == 2 and layout_at(book.sheets[0], COLUMNS, found.heading_row) == found
