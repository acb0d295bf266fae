"""Scenarios as lawyers write them: figures by name, ranks, sums and articles as usual; a slip is told with what would be right."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from baozhang.law.scenario.language import each
from baozhang.law.scenario.source import ScenarioError, documents
from baozhang.law.scenario.verbs import done_with
from tests.law.test_scenario import outcome, own_rule, wrong

__all__ = ["own_rule"]
pytestmark = pytest.mark.django_db


def test_one_that_is_no_yaml_hides_no_other(tmp_path):
    file = tmp_path / "three.yaml"
    file.write_text(
        "场景: 甲\n在: 2025-03-03\n---\n场景: 乙\n单位：\n  丁局:\n---\n场景: 丙\n在: 2025-03-03\n", encoding="utf-8"
    )
    first, second, third = each(file)
    assert (first.title, third.title) == ("甲", "丙")
    assert second[0] == "乙" and second[1].line == 6 and "全角" in str(second[1])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("条文: 第四十六条\n在: 2025-01-01", "条例没有第46条"),
        ("在: 2025-01-01\n应发现: [too_many]", "a.yaml:12: “应发现”不写在场景最外层。 请写在“经过”的某一步里"),
        ("在: 2025-01-01\n标准: [{参数: 台式计算机价格上线, 值: 1, 自: 2025-01-01}]", "是不是想写“台式计算机价格上限”？"),
        ("在: 2025-01-01\n标准: [{参数: 天气, 值: 1, 自: 2025-01-01}]", "全部用 baozhang law figures 列出。"),
        ("在: 2025-01-01\n事实: {编制与实有人数: [{单位: 云间区教育局, 编制人数: 3,000}]}", "内容里有逗号时，请给它加上引号。"),
        ("经过: [{在: 2025-03-03, 定时任务: 每晚巡逻}]", "没有定时任务“每晚巡逻”"),
        ("经过: [{在: 2025-03-03, 由: 张三, 登记: {编制与实有人数: [{职级档次: 部级}]}}]", "“部级”不在可选值中"),
    ],
)  # fmt: skip
def test_slips_of_lawyers_are_told_what_would_be_right(text, said):
    assert said in wrong(text)


def test_figures_rows_and_sums_as_people_write_them():
    found = outcome("""
标准:
  - {参数: 办公桌价格上限, 行: {职级: 司局级}, 值: 0.5万元, 自: 2024年1月1日}
  - {参数: 复印机配置人数, 行: {人数: {超过: 0, 至: 100}}, 值: 25, 自: 2024-01-01}
经过: [{在: 2025-03-03, 巡查: 是, 应发现: [{规则: too_many, 金额: 200元, 参数: 台式计算机数量上限}]}]
应有:
  标准:
    - {参数: assets.price.desk, 行: {rank: bureau}, 单位: 云间区教育局, 值: "5,000元"}
    - {参数: 办公桌价格上限, 行: {职级: 司局级}, 单位: 云间区教育局, 在: 2023-12-31, 值: 4500}
""")
    assert found.ok, (found.error, found.checks)


def test_who_may_not_is_told_who_may():
    row = "[{单位: 云间区教育局, 职级档次: 司局级, 编制人数: 1, 实有人数: 1, 起始日期: 2025-01-01}]"
    act = f"{{在: 2025-03-03, 由: 张三, 登记: {{编制与实有人数: {row}}}"
    found = outcome(f"经过: [{act}, 应拒绝: {{含: [权限, 由机关事务管理部门负责人]}}}}]")
    assert found.ok, (found.error, found.checks)


def test_what_the_sheet_cannot_read_is_a_refusal_where_one_is_expected():
    row = "[{单位: 云间区教育局, 职级档次: 部级, 编制人数: 1, 实有人数: 1, 起始日期: 2025-02-30}]"
    act = f"{{在: 2025-03-03, 由: 李四, 登记: {{编制与实有人数: {row}}}, 应拒绝: {{栏目: 职级档次, 含: 不在可选值中}}}}"
    found = outcome(f"经过: [{act}]")
    assert found.ok, (found.error, found.checks)


def test_a_reference_is_described_where_it_has_no_number_of_its_own():
    """And the record that is nearly the one expected is named with what is different."""
    asked = "{单位: {单位名称: 云间区教育局}, 职级档次: 处级及以下, 编制人数: %s}"
    assert outcome(f"在: 2025-03-03\n应有: {{记录: [{{编制与实有人数: {asked % 10}}}]}}").ok
    assert "没有单位（单位名称 云间区文化局）" in wrong(
        f"在: 2025-03-03\n应有: {{记录: [{{编制与实有人数: {asked.replace('教育', '文化') % 10}}}]}}"
    )
    near = "在: 2025-03-03\n应有: {记录: [{编制与实有人数: {编制人数: 10, 实有人数: 11}}]}"
    assert "的实有人数 12" in wrong(near)


def test_numbers_articles_and_ranks_as_people_write_them():
    """Ranks of one band add up; an English text cites 12.1; what a number counts may stand behind it."""
    stage = """
title: heads
article: "12.1"
单位:
  云间区教育局: {编制: {局级: 1人, 正处级: 4, 副处级: 6名}}
"""
    text = """
标准: [{参数: assets.quantity.desktop, 值: 0.5件, 自: 2024-01-01}, {参数: warehouse.answer_days, 值: 5个工作日, 自: 2024-01-01}]
经过: [{在: 2025-03-03, 巡查: 是, 只发现: [{规则: too_many, 金额: 500元, 条文: "12"}]}]
应有:
  标准: [{参数: 入仓建议答复期限, 单位: 云间区教育局, 值: 5}]
  记录: [{编制与实有人数: {单位: 云间区教育局, 职级档次: 处级, 编制人数: 10}}]
"""
    found = outcome(text, stage)
    assert [check for check in found.checks if not check.ok] == [] and not found.error, found.error
    (band,) = outcome(
        text.replace("只发现: [{规则: too_many, 金额: 500元", "只发现: [{规则: too_many, 金额: 501元"), stage
    ).checks[:1]
    assert not band.ok


@pytest.mark.parametrize(
    ("verb", "text", "data"),
    [
        ("back", "{驳回至: 编制中}", {"to": "draft"}),
        ("back", "{to: draft}", {"to": "draft"}),
        ("hand", "{转给: 李四}", {"to": 7}),
        ("consult", "{请谁: [李四, 李四]}", {"users": [7, 7]}),
        ("seek", "{请谁: 李四}", {"parties": [(3, 7)]}),
        ("opine", "{结论: 不同意, 意见: 不妥}", {"agree": False, "opinion": "不妥"}),
    ],
)
def test_what_a_verb_is_done_with_is_written_in_words(verb, text, data):
    assert verb_data(verb, text) == data


@pytest.mark.parametrize(
    ("verb", "text", "right"),
    [
        ("back", "{退到: 编制中}", "可以写：驳回至。"),
        ("back", "{驳回至: 编制}", "可以写：编制中。"),
        ("withdraw", "{驳回至: 编制中}", "理由写在“说明”"),
        ("opine", "{结论: 好}", "“结论”写同意或者不同意"),
    ],
)
def test_what_a_verb_is_not_done_with_is_told_and_not_passed_over(verb, text, right):
    with pytest.raises(ScenarioError) as told:
        verb_data(verb, text)
    assert right in str(told.value)


def verb_data(verb, text):
    """What a verb is handed; its flow has one state, and 李四 is user 7 of organ 3."""
    plan = SimpleNamespace(choices={"draft": None}, state_words=lambda state: {"draft": "编制中"}[state])
    (node,) = documents(text)
    return done_with(plan, verb, node.mapping("填写"), lambda name, part: SimpleNamespace(user_id=7, organ_id=3))


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e999999999", "NaN万", "五千"])
def test_what_is_no_number_of_this_world_is_refused(written):
    (node,) = documents(f"金额: {written}")
    with pytest.raises(ScenarioError, match="应是数字"):
        node.value["金额"].number("金额")
