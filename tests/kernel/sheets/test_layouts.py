"""Headings in the layouts that offices really use, with all their nuisances."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.kernel.sheets.ledgers import (
    LAND,
    LAND_ROW,
    VEHICLE,
    rows_book,
    vehicle_row,
    workbook,
)
from tests.kernel.sheets.reading_rows import problems, read

from baozhang.kernel.sheets.columns import Column


def test_layout_1_land_with_title_date_numbering_blanks_totals_and_notes():
    row = list(LAND_ROW)
    row[22] = "1,200,000.00"
    row[8] = 41275  # a date as serial number
    sheet = [
        ["土地信息表"],
        ["单位名称：某局", None, "2013年12月31日", None, "单位：元"],
        LAND,
        list(range(1, len(LAND) + 1)),
        row,
        [],
        LAND_ROW,
        [" ", None],
        ["合  计", *[None] * 21, 2400000],
        ["制表人：张三", None, None, "审核人：李四"],
        ["填表日期：2014-1-1"],
    ]
    layout, mapping, rows, skipped = read(rows_book(sheet))
    assert (layout.heading_row, layout.first_data_row, layout.skipped, layout.shift) == (3, 5, (4,), None)
    assert mapping.editions == {"class_code": "2010"} and mapping.missing == [] and mapping.units == {}
    assert [row.row for row in rows] == [5, 7] and problems(rows) == []
    first = rows[0].values
    assert first["acquired"] == dt.date(2013, 1, 1) and first["value"] == Decimal("1200000.00")
    assert first["area"] == Decimal("5000.50") and first["class_code"] == "A01020000" and first["way"] == "transferred"
    assert skipped.totals == [9] and skipped.blank == 1 and skipped.ended == 10


def test_layout_1_vehicles_whose_rows_have_one_column_more():
    sheet = [["车辆信息表"], ["2012-12-31"], VEHICLE, [], *[vehicle_row(n) for n in range(1, 9)]]
    layout, mapping, rows, _skipped = read(rows_book(sheet))
    assert layout.first_data_row == 5 and layout.shift.at == layout.shift.first == 8
    assert "I 列" in layout.shift.sentence and layout.shift.sentence in mapping.notes
    assert mapping.suggestions[8] == "acquired"
    assert problems(rows) == []
    values = rows[0].values
    assert values["plate"] == "沪A00001" and values["licensed"] == dt.date(2012, 6, 1) and values["way"] == "bought"
    assert values["value"] == Decimal("180000.00") and values["displacement"] == Decimal("1.80")
    assert values["booked"] == dt.date(2012, 6, 30) and values["net"] == Decimal("90000.00")


def test_a_sheet_that_fits_is_not_shifted_by_wrong_values():
    rows = [vehicle_row(n)[:8] + vehicle_row(n)[9:] for n in range(1, 9)]
    for row in rows[:5]:
        row[20] = "待查"  # amounts and dates that are wrong where they stand
        row[14] = "不详"
    layout, _mapping, found, _skipped = read(rows_book([VEHICLE, *rows]))
    assert layout.shift is None
    assert len(problems(found)) == 10


def test_where_only_texts_lie_between_the_user_is_told_the_range():
    columns = (Column("a", "名称"), Column("b", "型号"), Column("c", "数量", "integer"), Column("d", "日期", "date"))
    rows = [["桌", "多出", "M1", 2, "2013-1-1"], ["椅", "多出", "M2", 3, "2013-1-2"]]
    layout, mapping, found, _skipped = read(rows_book([["名称", "型号", "数量", "日期"], *rows]), columns)
    assert (layout.shift.first, layout.shift.at) == (0, 2) and "A 至 C" in layout.shift.sentence
    assert found[0].values["c"] == 2 and problems(found) == []
    assert not mapping.is_sure


def test_layout_2_asset_card():
    headings = (
        "单位编码,单位名称,卡片编号,资产类别编码,资产类别名称,资产名称,取得方式编码,取得日期,投入使用日期,数量,计量单位,备注,价值类型,财政拨款,"
        "价值,财务入账日期,会计凭证号,累计折旧,账面净值,使用状况,使用部门,使用人,存放地点,使用权面积（㎡）,车牌号"
    ).split(",")
    row = [
        "001",
        "某局",
        1001.0,
        "A02010105",
        "台式机",
        "电脑",
        "01",
        "20200103",
        "2020-02-01",
        1,
        "台",
        None,
        "原值",
        0,
        "5,999.00",
        dt.date(2020, 1, 31),
        12.0,
        1000.5,
        "4,998.50",
        "在用",
        "办公室",
        "张三",
        "101",
        None,
        None,
    ]
    layout, mapping, rows, _skipped = read(rows_book([headings, row]))
    assert layout.matched >= 17 and problems(rows) == []
    values = rows[0].values
    assert values["number"] == "1001" and values["voucher"] == "12" and values["value"] == Decimal("5999.00")
    assert values["booked"] == dt.date(2020, 1, 31) and values["acquired"] == dt.date(2020, 1, 3)
    assert mapping.units == {}


def test_layout_4_exchange_with_the_finance_department():
    headings = (
        "资产编号,资产原值,业务序列,资产分类代码,资产名称,净值,取得方式代码,取得方式名称,资产分类名称,单位代码,单位名称,数量或面积,资产大类,"
        "数量计量单位,投入使用日期,国标大类,卡片类型,均价或单价,处置时间,记账凭证号,记账日期"
    ).split(",")
    row = [
        "ZC1",
        100.0,
        "1",
        "A05010100",
        "办公桌",
        50.0,
        "1",
        "购置",
        "办公桌",
        "001",
        "某局",
        2.0,
        "5",
        "张",
        "2019-1-1",
        "5",
        "通用",
        50,
        None,
        "记1",
        "2019.1.31",
    ]
    layout, mapping, rows, _skipped = read(rows_book([headings, row, row]))
    assert layout.matched >= 13 and problems(rows) == [] and rows[1].values["quantity"] == 2
    assert (
        mapping.position("value") == 1 and mapping.position("way") == 7 and mapping.editions == {"class_code": "2022"}
    )


def test_layout_5_university_return():
    headings = (
        "已上报,资产编号,资产名称,分类代码,数量,账面原值,增加方式,资金来源,条形码,"
        "使用状况,责任人,管理机构,会计凭证号,入账年度,入账日期,录入日期,录入人,备注"
    ).split(",")
    row = [
        "是",
        "Z1",
        "显微镜",
        "03030405",
        1,
        8800,
        "购置",
        "财政",
        "x",
        "多余",
        "李四",
        "实验室",
        "记2",
        2011,
        "2011-5-6",
        "2011-5-7",
        "王五",
        None,
    ]
    layout, mapping, rows, _skipped = read(rows_book([headings, row]))
    assert layout.matched >= 12 and problems(rows) == []
    assert rows[0].values["state"] == "idle" and rows[0].values["custodian"] == "李四"
    assert [mapping.columns.get(index) for index in (5, 10)] == ["value", "custodian"]


def test_layout_8_depreciation_table():
    headings = (
        "资产编号,资产名称,资产来源,管理类别,类别名称1,资产状态,是否计提折旧,入账日期,资产原值,累计折旧,折旧方法,资产数量,净残值率(%),净残值,月折旧率(%),"
        "月折旧额,年折旧率(%),年折旧额,存放地点,部门名称,责任人,入账时累计折旧,减值准备,已提月份,未计提月份,单位名称,使用部门,使用人,使用月份,"
        "计量单位,备注,实际数量"
    ).split(",")
    row = [
        "1", "打印机", "购置", "通用", "设备", "在用", "是", "2015/6/1", 3000, 1000 / 3, "平均年限法",
        1, 5, 150, 1.5, 47.5, 19, 570, "201", "财务处", "赵六", 0,
        0, 12, 48, "某局", "办公室", "钱七", 60, "台", None, 1,
    ]  # fmt: skip
    layout, mapping, rows, _skipped = read(rows_book([["固定资产折旧表"], headings, row]))
    assert layout.heading_row == 2 and problems(rows) == []
    # 部门名称 would do as well, but 使用部门 is the column's own heading.
    assert mapping.position("department") == 26 and mapping.rivals[19] == "department"
    assert mapping.position("custodian") == 20 and mapping.position("user") == 27
    assert rows[0].values["depreciated"] == Decimal("333.33")


@pytest.mark.parametrize(
    "headings",
    [
        "领用单号,资产编号,资产名称,使用人,资产使用部门（单位）,存放地点,单位,单价,数量,金额,备注,创建人,创建时间",
        "序号,单据编号,日期,操作类型,资产编号,资产名称,调出分公司,调入分公司,数量,审批状态,经办人",
        "资产编号,资产名称,分类,部门,预期状态,实际状态,盘点结果,盘点人,盘点时间,备注",
        "资产编号,资产名称,类别,购置日期,原值,残值率,月折旧,累计折旧,净值,使用部门,保管人,状态",
        "资产编号,资产名称,分类,品牌,型号,序列号,采购价格,采购日期,供应商,存放地点,状态,使用人,部门,当前价值,EOL日期",
    ],
)
def test_layout_9_lists(headings):
    words = headings.split(",")
    layout, mapping, rows, _skipped = read(rows_book([words, *[[f"{word}{n}" for word in words] for n in (1, 2)]]))
    assert layout.heading_row == 1 and mapping.position("number") == words.index("资产编号")
    assert mapping.position("name") == words.index("资产名称") and len(mapping.columns) >= 3 and len(rows) == 2


def test_layout_13_title_date_and_formulas_with_cached_values():
    headings = (
        "编号,部门名称,类别名称,固定资产名称,规格型号,开始使用日期,使用年限,单位,"
        "单价,数量,原值,净残值率,净残值,折旧方法,已计提月份,资产状态"
    ).split(",")

    def fill(sheet, book):
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.merge_range(0, 0, 0, 15, "固定资产台账", book.add_format({"bold": True}))
        sheet.write(1, 0, "2009年12月31日")
        sheet.write_row(2, 0, headings)
        for r in range(3, 6):
            sheet.write_row(r, 0, [r, "办公室", "设备", "电脑", "X1"])
            sheet.write_datetime(r, 5, dt.datetime(2008, 1, r), day)
            sheet.write_row(r, 6, [5, "台", 4000.1, 3])
            sheet.write_formula(r, 10, f"=I{r + 1}*J{r + 1}", None, 12000.300000000001)
            sheet.write(r, 15, "在用")
        sheet.write_formula(6, 10, "=SUM(K4:K6)", None, 36000.9)
        sheet.write(6, 1, "总计")

    layout, _mapping, rows, skipped = read(workbook(fill))
    assert (layout.heading_row, layout.first_data_row) == (3, 4) and problems(rows) == []
    assert rows[2].values["value"] == Decimal("12000.30") and rows[2].values["acquired"] == dt.date(2008, 1, 5)
    assert rows[0].values["number"] == "3" and skipped.totals == [7]
