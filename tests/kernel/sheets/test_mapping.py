"""Mappings: the order of preference, units and editions, and what the user chose last time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.kernel.sheets.ledgers import COLUMNS

from baozhang.kernel.sheets.columns import Column
from baozhang.kernel.sheets.headings import Heading, Layout
from baozhang.kernel.sheets.mapping import Mapping, changed, fingerprint, propose


def layout(*headings, money_unit=""):
    """A layout with these headings in row 1."""
    return Layout(1, 2, tuple(Heading.of(i, raw) for i, raw in enumerate(headings) if raw), money_unit=money_unit)


@pytest.mark.parametrize(
    ("headings", "winner"),
    [
        (("价值", "原值"), 1),
        (("账面原值", "资产原值", "价值"), 1),
        (("价值", "账面原值"), 1),
        (("金额", "价值"), 1),
        (("原值", "原值"), 0),
        (("价值",), 0),
        (("资产原值（元）", "价值"), 0),
    ],
)
def test_of_several_headings_for_one_column_always_the_same_wins(headings, winner):
    mapping = propose(layout("资产编号", *headings), COLUMNS)
    assert mapping.position("value") == winner + 1
    assert set(mapping.rivals.values()) <= {"value"} and len(mapping.rivals) == len(headings) - 1
    assert sum("已采用" in note for note in mapping.notes) == len(headings) - 1


def test_the_order_of_the_sheet_changes_nothing():
    words = ["使用人", "责任人", "保管人", "折旧", "累计折旧", "价值", "原值"]
    for order in (words, words[::-1]):
        mapping = propose(layout(*order), COLUMNS)
        assert {order[index]: name for index, name in mapping.columns.items()} == {
            "使用人": "user",
            "保管人": "custodian",
            "累计折旧": "depreciated",
            "原值": "value",
        }


def test_what_stands_in_brackets_may_name_the_column():
    mapping = propose(layout("机动号牌（车牌号）", "识别码（车架号）"), COLUMNS)
    assert mapping.columns == {0: "plate", 1: "vin"} and min(mapping.confidence.values()) < 1


def test_missing_unmatched_and_suggested():
    mapping = propose(
        layout("资产编号", "资产中文名称全称", "天气"),
        (Column("n", "资产编号"), Column("m", "中文名称", required=True)),
    )
    assert mapping.missing == ["m"] and mapping.unmatched == [1, 2] and mapping.suggestions == {1: "m"}
    assert not mapping.is_sure and any("缺少必需的列：中文名称" in note for note in mapping.notes)


def test_what_no_field_takes_is_said_but_running_numbers_and_rivals_are_not():
    found = layout("序号", "资产编号", "原值", "价值", "天气", "备用列 2")
    mapping = propose(found, COLUMNS)
    assert mapping.left_out(found) == "2 列没有对应的字段，没有读入：“天气”、“备用列 2”。"
    whole = layout("资产编号", "原值")
    assert propose(whole, COLUMNS).left_out(whole) == ""


@pytest.mark.parametrize(
    ("cells", "column"), [(["购置", ""], "way"), (["财政拨款", ""], "source"), (["", None], "source")]
)
def test_of_two_columns_that_a_heading_names_the_cells_choose(cells, column):
    columns = (Column("source", "来源"), Column("way", "取得方式", "choice", choices={"购置": 1}, aliases=("来源",)))
    found = replace(layout("来源"), samples=tuple((cell,) for cell in cells))
    assert propose(found, columns).columns == {0: column}


def test_units_of_headings_and_of_the_line_above():
    mapping = propose(
        layout("资产名称", "原值（万元）", "净值", "数量", "土地使用权面积（平方米）", money_unit="千元"), COLUMNS
    )
    assert mapping.units == {"value": "万元", "net": "千元"} and mapping.notes == []


def test_a_unit_that_cannot_be_converted_is_said():
    mapping = propose(layout("资产名称", "独用面积（亩）"), COLUMNS)
    assert "亩" in mapping.notes[0] and not mapping.is_sure
    own = Column("own_area", "独用面积", "decimal", unit="m2", units={"亩": Decimal("666.67")})
    assert propose(layout("资产名称", "独用面积（亩）"), (own,)).units == {"own_area": "亩"}


def test_the_edition_of_a_code_is_that_of_its_heading():
    assert propose(layout("资产编号", "固定资产分类代码（2010国标码）"), COLUMNS).editions == {"class_code": "2010"}
    assert propose(layout("资产编号", "资产分类代码"), COLUMNS).editions == {"class_code": "2022"}


def test_what_the_user_chose_is_remembered_for_the_same_headings_only():
    sheet = layout("资产编号", "名目", "价值", "原值")
    first = propose(sheet, COLUMNS)
    own = changed(first, sheet, COLUMNS, {0: "number", 1: "name", 2: "value", 3: ""})
    assert own.missing == [] and own.columns == {0: "number", 1: "name", 2: "value"}
    again = propose(layout("资产编号", "名目", "价值", "原值"), COLUMNS, own.to_json())
    assert again.remembered and again.columns == own.columns and again.rivals == {}
    other = propose(layout("资产编号", "名目", "价值", "原值", "备注"), COLUMNS, own)
    assert not other.remembered and other.position("value") == 3
    dropped = propose(sheet, [column for column in COLUMNS if column.name != "value"], own)
    assert dropped.columns == {0: "number", 1: "name"}


def test_the_mark_of_a_layout_knows_order_edition_and_unit():
    marks = {
        fingerprint(layout(*headings))
        for headings in (
            ("资产编号", "资产分类代码"),
            ("资产分类代码", "资产编号"),
            ("资产编号", "资产分类代码（2010国标码）"),
            ("资产编号", "资产分类代码", "原值（万元）"),
        )
    }
    assert len(marks) == 4
    assert fingerprint(layout("资产 编号")) == fingerprint(layout("资产编号*"))


def test_json_gives_back_the_same_mapping():
    mapping = propose(layout("资产编号", "价值", "原值（万元）", "天气"), COLUMNS)
    assert Mapping.from_json(mapping.to_json()) == mapping


def test_a_wrong_choice_is_refused():
    sheet = layout("资产编号", "价值")
    with pytest.raises(ValueError, match="unknown"):
        changed(propose(sheet, COLUMNS), sheet, COLUMNS, {0: "nonsense"})
    with pytest.raises(ValueError, match="one position"):
        changed(propose(sheet, COLUMNS), sheet, COLUMNS, {0: "value", 1: "value"})
