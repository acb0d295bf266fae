"""Which rows are data: totals, repeated headings, notes and blanks are left out and counted, data never."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from tests.kernel.sheets.ledgers import COLUMNS, rows_book

from baozhang.kernel.sheets.checking import CheckedRows
from baozhang.kernel.sheets.headings import find_tables
from baozhang.kernel.sheets.mapping import propose
from baozhang.kernel.sheets.reading import open_workbook
from baozhang.kernel.sheets.rows import DataRows

HEAD = ["资产编号", "资产名称", "数量", "原值", "使用部门", "存放地点", "备注"]


def data_rows(*rows, above=()):
    """The numbers of the data rows, and what was skipped."""
    with open_workbook(rows_book([*above, HEAD, *rows]), "台账.xlsx") as book:
        table = find_tables(book, COLUMNS)[0]
        found = DataRows(table.sheet, table.layout)
        return [number for number, _row in found], found.skipped


def asset(number, **more):
    """A row of data."""
    return [f"Z{number}", more.get("name", "办公桌"), 1, 100, "办公室", "101", None]


@pytest.mark.parametrize(
    "total",
    [
        ["合计", None, 2, 200],
        [None, "总计", 2, 200],
        ["合 计：", None, None, "200.00"],
        ["本页合计", None, 2],
        ["小计", None, 2, 200, None, None, None],
        [None, None, None, "累计", 200],
        ["部门小计", None, 2, 200],
        ["办公设备小计", None, 2, 200],
        [None, "家具、用具合计：", 2, 200],
        [None, None, None, None, None, "合计：", 200],
    ],
)
def test_totals_are_left_out(total):
    numbers, skipped = data_rows(asset(1), asset(2), total, asset(3))
    assert numbers == [2, 3, 5] and skipped.totals == [4] and "第 4 行" in skipped.sentences()[0]


def test_an_asset_that_is_called_like_a_total_is_data():
    called = ["Z2", "合计", 1, 100, "办公室", "101", "电子"], ["Z3", "凭证小计", 1, 100]
    numbers, skipped = data_rows(asset(1, name="合计算器"), *called)
    assert numbers == [2, 3, 4] and skipped.totals == []


@pytest.mark.parametrize(
    "note",
    [
        ["制表人：张三"],
        [None, "制表人：张三", None, None, "审核人：李四"],
        ["单位负责人"],
        ["填表日期：2014-1-1"],
        ["填表说明：一、本表……"],
        ["审核人(签字):"],
        ["第1页 共3页"],
        ["联系电话：021"],
    ],
)
def test_reading_stops_at_the_notes(note):
    numbers, skipped = data_rows(asset(1), note, ["", "此表一式两份"])
    assert numbers == [2] and skipped.ended == 3 and any("第 3 行起" in text for text in skipped.sentences())


def test_a_ledger_printed_in_pages_loses_no_row():
    page = [["固定资产台账"], HEAD]
    numbers, skipped = data_rows(
        asset(1),
        ["本页合计", None, 1, 100],
        ["制表人：张三"],
        *page,
        asset(2),
        [],
        *page,
        asset(3),
        asset(4),
        above=[["固定资产台账"]],
    )
    assert numbers == [3, 8, 12, 13]
    assert skipped.totals == [4] and skipped.headings == [6, 7, 10, 11] and skipped.ended is None


def test_a_nearly_empty_row_below_repeated_headings_is_data():
    numbers, skipped = data_rows(asset(1), ["制表人：张三"], HEAD, ["Z2", "桌"], ["Z3", "椅"])
    assert numbers == [2, 5, 6] and skipped.ended is None


def test_data_below_the_notes_are_read():
    numbers, skipped = data_rows(asset(1), ["制表人：张三"], asset(2))
    assert numbers == [2, 4] and skipped.ended is None


def test_blank_rows_between_are_counted_and_those_at_the_end_are_not():
    numbers, skipped = data_rows(asset(1), [], [" ", "\u3000"], asset(2), [], [])
    assert numbers == [2, 5] and skipped.blank == 2


def test_a_short_row_is_filled_up():
    with open_workbook("资产编号,资产名称,数量\nZ1\n".encode(), "x.csv") as book:
        table = find_tables(book, COLUMNS)[0]
        assert list(DataRows(table.sheet, table.layout)) == [(2, ["Z1", None, None])]


def test_what_is_merged_downwards_is_of_every_row_but_a_sum_is_of_all_of_them():
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet("台账")
        second, third = asset(2), asset(3)
        second[3] = second[4] = third[3] = None
        for number, row in enumerate([HEAD, asset(1), second, third]):
            sheet.write_row(number, 0, row)
        sheet.merge_range(1, 4, 2, 4, "档案室")
        sheet.merge_range(1, 3, 3, 3, 300)
    with open_workbook(target.getvalue(), "台账.xlsx") as book:
        table = find_tables(book, COLUMNS)[0]
        rows = CheckedRows(table.sheet, table.layout, propose(table.layout, COLUMNS), COLUMNS)
        found = [row.values for row in rows]
    assert [one["department"] for one in found] == ["档案室", "档案室", "办公室"]
    assert [one["value"] for one in found] == [300, None, None]
    assert rows.skipped.filled == 1 and "1 行被向下合并的单元格覆盖" in rows.skipped.sentences()[0]
