"""Cells as offices fill them: a dash for nothing, an apostrophe before digits, what is counted beside its number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.kernel.sheets.test_cells import CODE, COUNT, DAY, MONEY, TEXT

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
