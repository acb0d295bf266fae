"""Cells as offices fill them: a dash for nothing, an apostrophe before digits, what is counted beside its number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.kernel.sheets.test_cells import CODE, COUNT, DAY, MONEY, TEXT

from baozhang.kernel import clock
from baozhang.kernel.sheets.cells import parse
from baozhang.kernel.sheets.columns import Column
from baozhang.kernel.sheets.refusals import CellError


@pytest.mark.parametrize("raw", ["—", "——", "/", "／", "无", "--", " - ", "\\"])
@pytest.mark.parametrize("column", [TEXT, CODE])
def test_a_dash_is_no_name(column, raw):
    """Else a custodian called — would be a custodian."""
    assert parse(column, raw) is None


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        (TEXT, "'0000123", "0000123"),
        (TEXT, "O'Neil", "O'Neil"),
        (TEXT, "'a'", "'a'"),
        (MONEY, "'８，０００.００", Decimal("8000.00")),
        (COUNT, "’12", 12),
        (DAY, "'2013-1-1", dt.date(2013, 1, 1)),
    ],
)
def test_an_apostrophe_that_marks_digits_as_text_is_no_part_of_them(column, raw, value):
    assert parse(column, raw) == value


def test_what_is_counted_may_stand_beside_its_number():
    seats, plain, area = (
        Column("s", "座位数", "integer"),
        Column("q", "数量", "decimal"),
        Column("a", "面积", "decimal", unit="㎡"),
    )
    assert (parse(COUNT, "3台"), parse(COUNT, "３ 套"), parse(seats, "5座"), parse(plain, "2.5组")) == (
        3,
        3,
        5,
        Decimal("2.50"),
    )
    for column, raw in ((area, "3台"), (MONEY, "3台"), (seats, "6年"), (seats, "3元")):
        with pytest.raises(CellError):
            parse(column, raw)


def test_a_licence_without_an_end_has_no_last_day():
    assert parse(Column("licence_until", "有效期至", "date"), "长期") is None
    for column in (DAY, Column("until", "截止日期", "date", required=True)):
        with pytest.raises(CellError):
            parse(column, "长期")


def test_one_word_of_a_list_is_that_choice_where_no_other_has_it():
    words = {"改建、扩建、大修": "rebuilt", "拆除、毁损": "removed", "毁损、其他": "other", "扩建费": "cost"}
    column = Column("why", "原因", "choice", choices=words)
    assert [parse(column, word) for word in ("大修", "扩建", "改建、扩建、大修", "扩建费", "拆除")] == [
        "rebuilt",
        "rebuilt",
        "rebuilt",
        "cost",
        "removed",
    ]
    with pytest.raises(CellError) as refused:
        parse(column, "毁损")
    assert "“改建、扩建、大修”、“拆除、毁损”" in refused.value.expected


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        (MONEY, "伍仟元整", Decimal("5000.00")),
        (MONEY, "人民币壹佰元零伍分", Decimal("100.05")),
        (MONEY, "贰拾万", Decimal("200000.00")),
        (MONEY, "贰拾万元", Decimal("200000.00")),
        (MONEY, "零", Decimal("0.00")),
        (COUNT, "三台", 3),
        (COUNT, "两套", 2),
        (COUNT, "二十", 20),
        (Column("a", "面积", "decimal", unit="㎡"), "一百二十平方米", Decimal("120.00")),
        (DAY, "二〇二三年三月五日", dt.date(2023, 3, 5)),
        (DAY, "贰零贰叁年零叁月零伍日", dt.date(2023, 3, 5)),
        (DAY, "2023年3月5日 下午3点半", dt.date(2023, 3, 5)),
        (
            Column("t", "时间", "moment"),
            "二〇二三年三月五日上午8:30",
            dt.datetime(2023, 3, 5, 8, 30, tzinfo=clock.ZONE),
        ),
        (Column("t", "时间", "moment"), "2023-3-5 下午三点半", dt.datetime(2023, 3, 5, 15, 30, tzinfo=clock.ZONE)),
    ],
)
def test_numbers_and_days_in_words(column, raw, value):
    assert parse(column, raw) == value


@pytest.mark.parametrize(
    ("column", "raw"),
    [
        (MONEY, "一"), (COUNT, "一"), (MONEY, "（一）"), (MONEY, "一万五"), (MONEY, "三元五"), (MONEY, "○"), (MONEY, "负伍佰元"), (MONEY, "三台"),
        (COUNT, "二三"), (COUNT, "半台"), (COUNT, "三件套"), (COUNT, "第三"), (DAY, "二三年三月五日"), (DAY, "二〇二三年二月三十日"), (DAY, "2023-3-5 25:00"),
        (DAY, "二〇二三年三月廿五日"), (Column("t", "时间", "moment"), "2023-3-5 晚上12点"), (Column("t", "时间", "moment"), "2023-3-5 上午12:30"),
    ],
)  # fmt: skip
def test_what_could_be_read_twice_is_refused(column, raw):
    with pytest.raises(CellError):
        parse(column, raw)


def test_a_number_in_words_under_a_heading_with_a_unit():
    """贰拾 under 万元 is 200,000; 贰拾万 and 贰拾万元 say their own unit, as 20万 does."""
    assert {
        parse(MONEY, raw, unit="万元") for raw in ("贰拾", "贰拾万", "贰拾万元", "20", "20万", "20万元", "200000元")
    } == {Decimal("200000.00")}


def test_the_unit_of_the_heading_may_be_said_again_beside_the_number():
    litres = Column("q", "数量", "decimal", decimal_places=3)
    assert [parse(litres, raw, unit="升") for raw in ("25.5L", "叁拾升", "40升", "40")] == [
        Decimal("25.500"),
        30,
        40,
        40,
    ]
    for raw, unit in (("25.5度", "升"), ("25.5L", "")):
        with pytest.raises(CellError):
            parse(litres, raw, unit=unit)
