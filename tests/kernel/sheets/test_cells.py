"""Single cells: what clerks really type, what programs make of it, and what must be refused."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baozhang.kernel.sheets.cells import clean, compile_column, parse
from baozhang.kernel.sheets.columns import Column, expected
from baozhang.kernel.sheets.refusals import CellError

TEXT = Column("t", "名称", max_length=20)
CODE = Column("c", "编号", "reference")
MONEY = Column("m", "原值", "money", unit="元")
RATE = Column("r", "净残值率", "decimal", unit="%")
SHARE = Column("s", "占比", "decimal", decimal_places=4)
COUNT = Column("n", "数量", "integer", unit="台", minimum=0, maximum=1000)
DAY = Column("d", "取得日期", "date")
STATE = Column("u", "使用状况", "choice", choices={"在用": "in_use", "使用": "in_use", "闲置": "idle"})
YES = Column("y", "是否计提折旧", "bool")
POWER = Column("p", "用电量", "decimal", unit="千瓦时", units={"万千瓦时": Decimal(10000)})


@pytest.mark.parametrize(
    "raw",
    [
        "2013-1-1",
        "2013/1/1",
        "2013.1.1",
        "2013年1月1日",
        "2013年1月1号",
        "20130101",
        "2013-01",
        "2013年1月",
        "2013.01",
        "2013－１－１",
        "２０１３年１月１日",
        " 2013-01-01 ",
        "2013-01-01 08:30",
        "2013/1/1 0:00:00",
        "2013-01-01T00:00:00.000",
        41275,
        41275.0,
        41275.75,
        "41275",
        20130101.0,
        20130101,
        201301.0,
        dt.date(2013, 1, 1),
        dt.datetime(2013, 1, 1, 8, 30),
        "\ufeff2013-1-1",
        "2013 年 1 月 1 日",
    ],
)
def test_a_day_is_read_however_it_is_written(raw):
    assert parse(DAY, raw) == dt.date(2013, 1, 1)


def test_days_count_from_1904_where_the_workbook_says_so():
    assert parse(DAY, 41275.0 - 1462, epoch1904=True) == dt.date(2013, 1, 1)
    assert parse(DAY, 1.0) == dt.date(1900, 1, 1) and parse(DAY, 59.0) == dt.date(1900, 2, 28)
    assert parse(DAY, 61.0) == dt.date(1900, 3, 1)


@pytest.mark.parametrize(
    "raw",
    [
        "2013-2-30",
        "2013年2月29日",
        "20130230",
        "2013-13-1",
        "13-1-1",
        "1/2/2013",
        "1899-12-31",
        "2101-1-1",
        "0001-01-01",
        "2013",
        "2013年",
        2013.0,
        2013.1,
        60.0,
        0.0,
        -5.0,
        99999.0,
        1e300,
        float("nan"),
        float("inf"),
        True,
        "昨天",
        "2013-1-1起",
        "2013-01-01T00:00:00Z",
        dt.date(1899, 1, 1),
        "#REF!",
        "20130101.5",
        123456789.0,
    ],
)
def test_what_is_no_day_is_refused(raw):
    with pytest.raises(CellError) as refusal:
        parse(DAY, raw)
    assert refusal.value.reason and refusal.value.expected


def test_a_refusal_is_not_forgotten_by_the_memory_of_equal_texts():
    convert = compile_column(DAY)
    assert convert(1.0) == dt.date(1900, 1, 1)
    for _again in range(2):
        with pytest.raises(CellError):
            convert(True)
        with pytest.raises(CellError):
            convert("2013-2-30")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (12.5, "12.50"),
        (0.1 + 0.2, "0.30"),
        (1234567.89, "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("１２３．４", "123.40"),
        ("￥1,200", "1200.00"),
        ("¥-12", "-12.00"),
        ("-¥12", "-12.00"),
        ("(1,234.50)", "-1234.50"),
        ("（12）", "-12.00"),
        ("1.2E3", "1200.00"),
        ("12.5万元", "125000.00"),
        ("12.5 万", "125000.00"),
        ("3亿元", "300000000.00"),
        ("100元", "100.00"),
        ("人民币 5 元整", "5.00"),
        (" 1 200 ", "1200.00"),
        (333.3333333333333, "333.33"),
        (2.675000000000001, "2.68"),
        (1000 / 3, "333.33"),
        (-0.0, "0.00"),
        ("-0", "0.00"),
        (7, "7.00"),
        (Decimal("7.10"), "7.10"),
        ("+5", "5.00"),
        (".5", "0.50"),
        ("−3", "-3.00"),
        (0.285, None),
        ("12.345", None),
        (12.3456, None),
        ("12.34567891万元", None),
        ("12.345678万元", "123456.78"),
    ],
)
def test_an_amount_is_exact_or_refused(raw, value):
    if value is None:
        with pytest.raises(CellError, match="小数"):
            parse(MONEY, raw)
    else:
        found = parse(MONEY, raw)
        assert found == Decimal(value) and str(found) == value


@pytest.mark.parametrize(
    "raw",
    [
        "1,23",
        "1,2345",
        "12元3角",
        "12.5.1",
        "5%",
        "12吨",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "1e999",
        "9" * 40,
        "--5",
        "(-5)",
        float("nan"),
        float("inf"),
        1e15,
        9e17,
        True,
        dt.date(2013, 1, 1),
        "#DIV/0!",
        "#N/A",
        "12345678901234567890",
    ],
)
def test_what_is_no_amount_is_refused(raw):
    with pytest.raises(CellError):
        parse(MONEY, raw)


def test_a_unit_in_the_heading_multiplies_and_one_in_the_cell_wins():
    assert parse(MONEY, 12.3456, unit="万元") == Decimal("123456.00")
    assert parse(MONEY, "5元", unit="万元") == Decimal("5.00")
    assert parse(POWER, 1.5, unit="万千瓦时") == Decimal("15000.00")
    assert parse(POWER, "3 度") == Decimal("3.00")
    with pytest.raises(CellError, match="吉焦"):
        parse(POWER, "3吉焦")


def test_a_column_of_many_places_refuses_one_more_and_rounds_the_noise_of_formulas():
    fine = Column("f", "系数", "decimal", decimal_places=6)
    assert parse(fine, 1 / 3) == Decimal("0.333333") and parse(fine, 0.123456) == Decimal("0.123456")
    with pytest.raises(CellError, match="小数"):
        parse(fine, "0.1234565")


def test_percent_is_of_the_column():
    assert parse(RATE, "5%") == Decimal("5.00")
    assert parse(SHARE, "5%") == Decimal("0.0500")


@pytest.mark.parametrize(
    ("raw", "value"), [(3.0, 3), ("3", 3), ("３", 3), ("1,000", 1000), ("3.0", 3), ("3台", 3), (2.9999999999999996, 3)]
)
def test_whole_numbers(raw, value):
    found = parse(COUNT, raw)
    assert found == value and type(found) is int


@pytest.mark.parametrize("raw", [3.5, "3.5", -1, 1001.0, "二三", 10 / 3, True])
def test_no_whole_number(raw):
    with pytest.raises(CellError):
        parse(COUNT, raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("在用", "in_use"),
        (" 在 用 ", "in_use"),
        ("使用", "in_use"),
        ("1-在用", "in_use"),
        ("01 闲置", "idle"),
        ("闲置(02)", "idle"),
        ("in_use", "in_use"),
        ("在用\ufeff", "in_use"),
        ("", None),
        ("-", None),
        (None, None),
    ],
)
def test_choices_by_word_and_synonym(raw, value):
    assert parse(STATE, raw) == value


def test_an_unknown_word_is_refused_with_the_words_that_are_known():
    with pytest.raises(CellError) as refusal:
        parse(STATE, "在用中")
    assert "在用中" in refusal.value.reason and refusal.value.expected == "应为下列之一：在用、闲置"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("是", True),
        ("有", True),
        ("否", False),
        ("无", False),
        (True, True),
        (False, False),
        (1.0, True),
        (0.0, False),
        ("Y", True),
        ("√", True),
        (None, None),
    ],
)
def test_truth(raw, value):
    assert parse(YES, raw) is value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (1001.0, "1001"),
        (1001.5, "1001.5"),
        (123456789012345.0, "123456789012345"),
        (1e-7, "0.0000001"),
        (dt.date(2013, 1, 1), "2013-01-01"),
        ("\ufeff 台式\u200b计算机\xa0\x00\ufffe", "台式计算机"),
        ("张　三", "张 三"),
        ("a\r\nb", "a\nb"),
        ("  ", None),
        (None, None),
        (True, "TRUE"),
        ("《办公》（二）", "《办公》（二）"),
        ("00123", "00123"),
    ],
)
def test_texts(raw, value):
    assert parse(TEXT, raw) == value


@pytest.mark.parametrize("raw", [3.1011519900101123e17, 1e15, "3.10115E+17", "#REF!", " #VALUE! ", "长" * 21])
def test_texts_refused(raw):
    with pytest.raises(CellError):
        parse(TEXT, raw)


def test_lost_digits_come_with_a_remedy():
    with pytest.raises(CellError, match="文本格式"):
        parse(CODE, 310115199001011234.0)


def test_a_code_has_plain_letters_and_digits():
    assert parse(CODE, "Ａ０２－１") == "A02-1"


@pytest.mark.parametrize("kind", ["text", "reference", "integer", "decimal", "money", "date", "moment", "bool"])
@pytest.mark.parametrize("raw", [None, "", "  ", "\ufeff", "\xa0"])
def test_a_blank_is_none_or_refused_where_required(kind, raw):
    assert parse(Column("x", "某列", kind), raw) is None
    with pytest.raises(CellError, match="必须填写"):
        parse(Column("x", "某列", kind, required=True), raw)


def test_a_wrong_declaration_is_refused_at_once():
    for wrong in ({"kind": "number"}, {"kind": "choice"}, {"kind": "text", "choices": {"一": 1}}, {"name": ""}):
        with pytest.raises(ValueError):
            Column(**{"name": "x", "heading": "某列", **wrong})
    with pytest.raises(TypeError):
        Column("x", "某列", requird=True)


def test_what_is_expected_names_the_bounds():
    assert expected(COUNT) == "应为整数，在 0 与 1000 之间"
    assert expected(MONEY) == "应为数字，最多 2 位小数，单位为元"


money = st.decimals(min_value=-(10**10), max_value=10**10, places=2)


@given(money)
def test_any_amount_survives_as_number_and_as_text(amount):
    assert parse(MONEY, float(amount)) == amount
    assert parse(MONEY, str(amount)) == amount
    assert parse(MONEY, f"{amount:,}") == amount
    assert parse(MONEY, f"￥{amount:,} 元") == amount


@given(st.dates(min_value=dt.date(1900, 3, 1), max_value=dt.date(2100, 12, 31)))
def test_any_day_survives_in_every_writing(day):
    serial = (day - dt.date(1899, 12, 30)).days
    writings = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
    ]
    assert {parse(DAY, writing) for writing in writings} == {day}
    if not 1900 <= serial <= 2100:
        assert parse(DAY, float(serial)) == day


@pytest.mark.slow
@given(st.text())
def test_a_cleaned_text_stays_as_it_is(text):
    once = clean(text)
    assert clean(once) == once


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.dates(), st.datetimes()))
def test_anything_is_read_or_refused_but_never_crashes(raw):
    for column in (TEXT, CODE, MONEY, RATE, COUNT, DAY, STATE, YES):
        with suppress(CellError):
            parse(column, raw)
