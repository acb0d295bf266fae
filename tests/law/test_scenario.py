"""Scenarios: what comes true and what does not, refusals, figures, drafts; errors name their line and what would be right."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import F

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.law import rules
from baozhang.law.rules import Verdict, rule
from baozhang.law.scenario.language import each, parse
from baozhang.law.scenario.playing import play
from baozhang.law.scenario.source import ScenarioError, documents

pytestmark = pytest.mark.django_db
STAGE = """
场景: 人数
单位:
  云间区教育局:
    编制: {处级及以下: {编制人数: 10, 实有人数: 12}}
    人员: {张三: 资产管理员}
  云间区机关事务管理局:
    职能: 机关事务管理部门
    编制: 5
    人员: {王五: 监督检查人员, 李四: 机关事务管理部门负责人}
"""


@pytest.fixture(autouse=True)
def own_rule(monkeypatch):
    """One rule of this test: more in post than the figure of desktops allows."""
    monkeypatch.setattr(rules, "_rules", [])

    @rule(
        article="第十二条第一款", subject="organs.headcount", since="2022-11-01", severity="serious",
        candidates=lambda day, ground: Headcount._base_manager.filter(actual__gt=0).select_related("organ").order_by("pk"),
    )  # fmt: skip
    def too_many(record, law):
        """人数过多"""
        over = record.actual - law.allowed("assets.quantity.desktop", record.quota)
        return Verdict(f"超出 {over} 人", {"over": over}, Decimal(over * 100), "核减") if over > 0 else None


def outcome(text, stage=STAGE):
    (scenario,) = parse(stage + text, "a.yaml")
    return play(scenario)


def wrong(text, stage=STAGE):
    """The error of a scenario that cannot be played: (line, sentence)."""
    try:
        found = outcome(text, stage)
    except ScenarioError as error:
        return str(error)
    assert found.error, "it was played"
    return found.error


def test_what_is_expected_comes_true():
    found = outcome("""
经过:
  - 在: 2025-03-03
    巡查: 是
    应发现:
      - {规则: too_many, 单位: 云间区教育局, 条文: 第十二条, 金额: 200, 含: 超出 2 人, 程度: 严重, 状态: 待处理, 次数: 1}
      - 人数过多
    不应发现:
      - {单位: 云间区机关事务管理局}
    只发现: {参数: assets.quantity.desktop}
  - on: 2025-03-04
    by: 李四
    change: {编制与实有人数: [{单位: 云间区教育局, 职级档次: 处级及以下, 起始日期: 2015-01-01, 实有人数: 10}]}
  - on: 2025-03-05
    patrol: yes
    resolved: [{rule: too_many}]
    expect: {记录: [{编制与实有人数: {单位: 云间区教育局, 职级档次: 处级及以下, 起始日期: 2015-01-01, 实有人数: 10}}]}
""")
    assert found.ok, (found.error, [check for check in found.checks if not check.ok])
    assert len(found.checks) == 7
    assert not Organization._base_manager.exists(), "everything is undone"


@pytest.mark.parametrize(
    ("expectation", "got"),
    [
        ("应发现: [{规则: too_many, 金额: 300}]", "没有；相近的：too_many〔第十二条第一款〕云间区教育局"),
        ("应发现: [{规则: too_many, 条文: 第十三条}]", "相近的"),
        ("应发现: [{规则: too_many, 含: 超出 3 人}]", "相近的"),
        ("应发现: [{规则: too_many, 单位: 云间区机关事务管理局}]", "相近的"),
        ("应发现: [{规则: too_many, 状态: 误报}]", "相近的"),
        ("应发现: [{规则: too_many, 次数: 2}]", "1 条"),
        ("不应发现: [{规则: too_many}]", "超出 2 人"),
        ("只发现: [{规则: too_many, 金额: 300}]", "超出 2 人"),
        ("应消除: [{规则: too_many}]", "没有"),
    ],
)
def test_what_does_not_come_true_is_told(expectation, got):
    found = outcome(f"""
经过:
  - 在: 2025-03-03
    巡查: [too_many]
    {expectation}
""")
    assert not found.ok and not found.error
    assert got in [check for check in found.checks if not check.ok][-1].got
    assert found.checks[0].line == 15


def test_refusals():
    found = outcome("""
经过:
  - 在: 2025-03-03
    由: 张三
    修改: {编制与实有人数: [{单位: 云间区教育局, 职级档次: 处级及以下, 起始日期: 2015-01-01, 实有人数: 1}]}
    应拒绝: {含: 有误}
  - 在: 2025-03-03
    由: 李四
    登记: {编制与实有人数: [{单位: 云间区教育局, 职级档次: 处级及以下, 起始日期: 2024-01-01, 编制人数: 9, 实有人数: 9}]}
    应拒绝: {含: [重叠], 栏目: 起始日期}
  - 在: 2025-03-04
    由: 李四
    登记: {编制与实有人数: [{单位: 云间区教育局, 职级档次: 司局级, 起始日期: 2024-01-01, 编制人数: 1, 实有人数: 1}]}
    应拒绝: 是
  - 在: 2025-03-05
    由: 李四
    登记: {编制与实有人数: [{单位: 云间区教育局, 职级档次: 司局级, 起始日期: 2024-01-01, 编制人数: 1, 实有人数: 1}]}
  - 在: 2025-03-06
    由: 张三
    登记: {编制与实有人数: [{职级档次: 司局级, 起始日期: 2026-01-01, 编制人数: 1, 实有人数: 1}]}
""")
    assert [check.ok for check in found.checks] == [True, True, False, False]
    assert found.checks[2].got == "没有被拒绝"
    assert found.checks[3].expected == "办成" and "被拒绝" in found.checks[3].got


def test_figures_are_issued_expected_and_tried():
    found = outcome("""
标准:
  - {参数: assets.quantity.desktop, 区划: 云间区, 值: 1.1, 自: 2025-01-01, 文件: 云发〔2025〕1号}
经过:
  - 在: 2024-12-31
    巡查: 是
    应发现: [{含: 超出 2 人}]
    应有:
      标准:
        - {参数: assets.quantity.desktop, 单位: 云间区教育局, 值: 1}
        - {参数: assets.price.desktop, 在: 2016-06-30, 值: 无}
        - {参数: assets.price.desktop, 在: 2016-07-01, 值: "5,000"}
  - 在: 2025-01-01
    巡查: 是
    应发现: [{含: 超出 1 人}]
  - 在: 2025-01-02
    试算: [{参数: assets.quantity.desktop, 区划: 云间区, 值: 1.2, 自: 2025-01-02}]
    不应发现: [too_many]
  - 在: 2025-01-03
    巡查: 是
    应发现: [{含: 超出 1 人}]
应有: {标准: [{参数: assets.quantity.desktop, 区划: 云间区, 值: 1.1}, {参数: assets.quantity.desktop, 值: 1.1}]}
""")
    assert [check.ok for check in found.checks] == [True, True, True, True, True, True, True, True, False]
    assert found.checks[-1].got.startswith("1.0 件/人")


def test_reviewing_is_an_act():
    found = outcome("""
经过:
  - {在: 2025-03-03, 巡查: 是}
  - 在: 2025-03-04
    由: 张三
    操作: {对象: {风险线索: {对象名称: 云间区民政局}}, 操作: 误报}
    意见: 有借调
    应拒绝: {含: 权限}
  - 在: 2025-03-04
    由: 王五
    操作: {对象: {风险线索: {}}, 操作: 误报}
    意见: 有借调
  - {在: 2025-03-05, 巡查: 是, 应发现: [{规则: too_many, 状态: 误报}]}
""")
    assert found.error.startswith("a.yaml:16: 没有风险线索（对象名称 云间区民政局）。 现有：人数过多："), found.error
    found = outcome("""
经过:
  - {在: 2025-03-03, 巡查: 是}
  - {在: 2025-03-04, 由: 张三, 操作: {对象: {风险线索: {}}, 操作: 误报}, 意见: 有借调, 应拒绝: {含: 权限}}
  - {在: 2025-03-04, 由: 王五, 操作: {对象: {风险线索: {}}, 操作: 误报}, 应拒绝: {含: 理由}}
  - {在: 2025-03-04, 由: 王五, 操作: {对象: {风险线索: {}}, 操作: 误报}, 意见: 有借调}
  - {在: 2025-03-05, 巡查: 是, 应发现: [{规则: too_many, 状态: 误报}]}
""")
    assert found.ok, (found.error, found.checks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("经过: [{在: 2025-03-03, 巡察: 是}]", "a.yaml:11: 经过第 1 步里没有“巡察”这一项。 是不是想写“巡查”？"),
        ("经过:\n  - {巡查: 是}", "a.yaml:12: 这一步没有日期。"),
        (
            "经过:\n  - {在: 2025-2-30, 巡查: 是}",
            "a.yaml:12: “在”的日期“2025-2-30”无法识别。 请写成 2025-03-03 的形式。",
        ),
        ("经过:\n  - {在: 2025-03-03, 巡查: 是, 登记: {}}", "a.yaml:12: 一步只能做一件事。"),
        ("经过:\n  - {在: 2025-03-03}", "a.yaml:12: 这一步没有写做什么。"),
        (
            "经过:\n  - {在: 2025-03-03, 巡查: 是}\n  - {在: 2025-03-02, 巡查: 是}",
            "a.yaml:13: 日期 2025-03-02 早于上一步",
        ),
        ("经过:\n  - {在: 2025-03-03, 巡查: too_much}", "没有规则“too_much”。 是不是想写“too_many”？"),
        ("经过:\n  - {在: 2025-03-03, 巡查: 是, 应发现: [{规则: to_many}]}", "没有规则“to_many”。"),
        ("经过:\n  - {在: 2025-03-03, 巡查: 是, 不应发现: [{对象: 不存在}]}", "场景里没有叫“不存在”的记录。"),
        (
            "经过:\n  - {在: 2025-03-03, 巡查: 是, 不应发现: [{单位: 云间区财政局}]}",
            "场景里没有单位“云间区财政局”。 可以写：云间区教育局、",
        ),
        ("经过:\n  - {在: 2025-03-03, 巡查: 是, 应发现: [{条文: 第九十条}]}", "条例没有第90条"),
        ("经过:\n  - {在: 2025-03-03, 由: 赵六, 巡查: 是}", "a.yaml:12: 场景里没有人员“赵六”。"),
        ("在: 2025-01-01\n事实: {资产卡: []}", "没有“资产卡”这类记录。"),
        (
            "在: 2025-01-01\n事实:\n  编制与实有人数:\n    - {单位: 云间区教育局, 职级: 处级}",
            "a.yaml:14: 编制与实有人数没有“职级”这一栏。 是不是想写“职级档次”？",
        ),
        (
            "在: 2025-01-01\n事实:\n  编制与实有人数:\n    - {单位: 云间区教育局, 职级档次: 部级}",
            "a.yaml:14: “职级档次”：“部级”不在可选值中。 应为下列之一：司局级、处级及以下",
        ),
        (
            "在: 2025-01-01\n事实:\n  编制与实有人数:\n    - {单位: 云间区教育局, 职级档次: 司局级, 编制人数: 3}",
            "a.yaml:14: 事实没有登记成功",
        ),
        (
            "在: 2025-01-01\n标准: [{参数: assets.price.dask, 值: 1, 自: 2025-01-01}]",
            "参数目录中没有“assets.price.dask”",
        ),
        ("在: 2025-01-01\n标准: [{参数: assets.price.desktop, 值: 一千, 自: 2025-01-01}]", "与目录中的类型不符"),
        ("在: 2025-01-01\n标准: [{参数: assets.price.desktop, 值: 1}]", "标准缺少“自”。"),
        (
            "在: 2025-01-01\n标准: [{参数: assets.price.desktop, 值: 1, 自: 2025-01-01, 区划: 海间区}]",
            "没有区划或单位“海间区”。",
        ),
        ("在: 2025-01-01\n应有: {应发现: [too_many]}", "还没有巡查过。"),
        ("说明: a", "没有日期。"),
    ],
)
def test_errors_name_the_line_and_what_would_be_right(text, said):
    assert said in wrong(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "文件里没有场景。"),
        ("场景: [a", "a.yaml:1: 文件格式有误"),
        ("场景: a\n\t在: 2025", "a.yaml:2: 文件格式有误"),
        ("- 场景: a", "a.yaml:1: “场景”应写成“名称: 内容”的形式。"),
        ("在: 2025-01-01", "缺少“场景”。"),
        ("场景: a\n在: 2025-01-01\n场景: b", "a.yaml:3: “场景”写了两次。"),
        ("场景: a\ntitle: b", "写了两次"),
        ("场景: a\n在: 2025-01-01\n区划: [甲市, 乙市]", "一个场景只能有一个市"),
        ("场景: a\n在: 2025-01-01\n区划: {甲市: 1, 甲市/乙区: 1}", "区划没有登记成功"),
        ("场景: a\n在: 2025-01-01\n单位: {甲局: {区划: 丙区}}", "没有区划“丙区”。 可以写：江海市、江海市/云间区"),
        ("场景: a\n在: 2025-01-01\n单位: {甲局: {人员: {张三: 科长}}}", "没有角色“科长”"),
        ("场景: a\n在: 2025-01-01\n单位: {甲局: {机关类别: 公司}}", "a.yaml:3: “机关类别”：“公司”不在可选值中。"),
        ("场景: a\n在: 2025-01-01\n单位: {甲局: {统一社会信用代码: 12}}", "统一社会信用代码不符合"),
    ],
)
def test_errors_in_the_head(text, said):
    assert said in wrong(text, "")


def test_codes_keep_their_zeros_and_several_scenarios_share_a_file():
    text = """
场景: 一
在: 2025-01-01
区划: {江海市: "310000", 江海市/云间区: 310117, 江海市/云间区/洪桥镇: ""}
单位:
  甲局: {单位编码: 0012, 区划: 洪桥镇, 编制: [{职级档次: 司局级, 编制人数: 3, 起始日期: 2024-01-01}]}
应有:
  标准: [{参数: assets.price.desktop, 单位: 甲局, 值: 5000}]
  记录:
    - 单位: {单位编码: "0012", 单位名称: 甲局}
---
场景: 二
在: 2025-01-01
单位: [甲局, 乙局]
"""
    one, two = parse(text)
    found = play(one)
    assert found.ok, (found.error, found.checks)
    assert play(two).ok and two.node.line == 12


def test_candidates_may_be_annotated_too(monkeypatch):
    monkeypatch.setattr(rules, "_rules", [])

    @rule(
        article="第十二条", subject="organs.headcount", since="2022-11-01",
        candidates=lambda day, ground: Headcount._base_manager.annotate(more=F("actual") - F("quota")).filter(more__gt=0),
    )  # fmt: skip
    def more(record, law):
        """多了"""
        return Verdict(f"多 {record.more}")

    found = outcome("经过: [{在: 2025-03-03, 巡查: 是, 只发现: [{含: 多 2}]}]")
    assert found.ok, (found.error, found.checks)


def test_the_day_of_facts_is_the_scenarios():
    (scenario,) = parse(STAGE + "经过: [{在: 2025-03-03, 巡查: 是}]")
    assert scenario.day == dt.date(2025, 3, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("场景: 甲\n单位:\n\t教育局: {}\n", "a.yaml:3: 文件格式有误：缩进用了制表符。 请改用空格缩进，每层两个。"),
        ("场景: 甲\n单位：乙\n条文: 丙\n", "这一行不是“名称: 内容”"),
        ("场景: 甲: 乙\n", "这里不应再有“名称: 内容”"),
        ("场景: 甲\n经过:\n  - {在: 2025-03-03, 巡查: 是\n", "括号、引号没有成对"),
    ],
)
def test_a_slip_of_the_pen_is_told_in_the_writers_words(text, said):
    with pytest.raises(ScenarioError) as wrong:
        list(documents(text, "a.yaml"))
    assert said in str(wrong.value) and "found" not in str(wrong.value)


@pytest.mark.parametrize(
    "expectation",
    ["应拒绝:", "应拒绝: {含: }", "应拒绝: {含: [甲, ]}", "应拒绝: {}", "应发现: []", "应发现: [{规则: too_many, 金额: }]", "应有: {记录: []}",
     "应有: {记录: [{单位: }]}", "应有: {标准: [{参数: , 值: 1}]}", "应有: {标准: [{参数: assets.quantity.desktop, 单位: , 值: 1}]}"],
)  # fmt: skip
def test_to_expect_nothing_is_refused(expectation):
    assert "没有写内容" in wrong(f"经过: [{{在: 2025-03-03, 巡查: 是, {expectation}}}]".replace("[甲, ]", "[甲, '']"))


def test_that_there_is_nothing_else_is_something():
    nobody = STAGE.replace("实有人数: 12", "实有人数: 10")
    assert outcome("经过: [{在: 2025-03-03, 巡查: 是, 只发现: []}]", nobody).ok
    assert not outcome("经过: [{在: 2025-03-03, 巡查: 是, 只发现: []}]").ok


def test_the_same_record_twice_in_one_act_is_refused():
    one = "{单位: 云间区教育局, 职级档次: 处级及以下, 起始日期: 2015-01-01}"
    found = outcome(f"经过: [{{在: 2025-03-03, 撤销: {{编制与实有人数: [{one}, {one}]}}, 应拒绝: {{含: 出现了两次}}}}]")
    assert found.ok, (found.error, found.checks)


@pytest.mark.parametrize("text", ["2025-03-03", "2025-3-3", "2025年3月3日", "2025/3/3", "2025.03.03"])
def test_days_are_read_as_people_write_them(text):
    (node,) = documents(f"在: {text}\n", "a.yaml")
    assert node.value["在"].date("在") == dt.date(2025, 3, 3)


def test_one_that_is_written_wrongly_hides_no_other(tmp_path):
    file = tmp_path / "three.yaml"
    file.write_text("场景: 甲\n在: 2025-03-03\n---\n场景: 乙\n---\n场景: 丙\n在: 2025-03-03\n", encoding="utf-8")
    first, second, third = each(file)
    assert (first.title, third.title) == ("甲", "丙")
    assert second[0] == "乙" and second[1].line == 4 and "没有日期" in str(second[1])
