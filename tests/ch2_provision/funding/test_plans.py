"""A plan from its round to the authority's yes, line by line; its amendments; what a need does to it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.funding import actions, queries
from baozhang.ch2_provision.funding.flows import PlanFlow, PlanLineFlow, RoundFlow
from baozhang.ch2_provision.funding.models import Ceiling, Plan, PlanLine, PlanRound
from baozhang.kernel.accounts import User
from baozhang.kernel.flow import Task
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from tests import factories
from tests.ch2_provision.funding.conftest import MEETING, Office
from tests.conftest import TODAY


def fresh(line: PlanLine) -> PlanLine:
    return PlanLine._base_manager.get(pk=line.pk)


def test_an_open_round_lays_a_plan_with_its_deadline_on_each_desk(office: Office) -> None:
    round_ = PlanRound(organ=office.authority, year=2026, opens=TODAY, closes=TODAY.replace(day=20))
    office.act("赵计", RoundFlow.start, round_)
    with pytest.raises(Refused, match="还没有列入单位"):
        office.take("赵计", RoundFlow, "open", round_)
    town = factories.organ("洪桥镇人民政府", _town(office))
    assert office.act("赵计", actions.enlist, round_) == 5
    assert Ceiling._base_manager.filter(organ=town).exists()
    office.take("赵计", RoundFlow, "open", round_)
    tasks = Task.objects.filter(flow="PlanFlow", closed_at=None)
    assert Plan._base_manager.count() == 5 and {task.due for task in tasks} == {TODAY.replace(day=20)}
    assert {task.organ_id for task in tasks} >= {office.agency.pk, town.pk}


def _town(office: Office):
    from baozhang.ch1_general.organs.models import Jurisdiction

    return factories.save(Jurisdiction(code="990199", name="洪桥镇", level="town", parent=office.agency.jurisdiction))


def test_lines_are_answered_one_by_one_and_reasons_are_a_must(office: Office) -> None:
    office.round()
    plan = office.plan()
    whole, less, none = (office.line(plan, title) for title in ("台式计算机", "复印机", "投影仪"))
    with pytest.raises(Refused, match="现在不能审核"):
        office.take("赵计", PlanLineFlow, "agree", whole)
    plan = office.hand_in(plan)
    office.take("赵计", PlanLineFlow, "agree", fresh(whole))
    with pytest.raises(Invalid):
        office.take("赵计", PlanLineFlow, "reduce", fresh(less), agreed_amount=30_000)
    with pytest.raises(Invalid, match="没有保存"):
        office.take("赵计", PlanLineFlow, "reduce", fresh(less), agreed_amount=50_000, reason="压减")
    office.take("赵计", PlanLineFlow, "reduce", fresh(less), agreed_amount=Decimal("49999.99"), reason="按标准价格")
    with pytest.raises(Refused, match="还有 1 项没有审核"):
        office.take("赵计", PlanFlow, "review", plan)
    with pytest.raises(Invalid):
        office.take("钱资", PlanLineFlow, "refuse", fresh(none))
    office.take("钱资", PlanLineFlow, "refuse", fresh(none), reason="公物仓有可调剂的投影仪")
    with pytest.raises(Forbidden):
        office.take("王局", PlanFlow, "review", plan)
    office.take("赵计", PlanFlow, "review", plan)
    office.take("孙局", PlanFlow, "agree", plan)
    assert [line.title for line in queries.agreed_lines(office.agency, 2026)] == ["台式计算机", "复印机"]
    assert [fresh(line).agreed_amount for line in (whole, less, none)] == [50_000, Decimal("49999.99"), 0]


def test_nobody_signs_his_own_paper_and_a_line_wants_its_evidence(office: Office) -> None:
    office.round()
    plan = office.plan()
    with pytest.raises(Refused, match="还没有事项"):
        office.take("张会", PlanFlow, "submit", plan)
    line = office.line(plan, "空调", evidence="")
    with pytest.raises(Invalid, match="没有写明依据"):
        office.take("张会", PlanFlow, "submit", plan)
    line.evidence = "设备老化鉴定"
    office.act("张会", keep, line)
    factories.person("双岗", "accountant", office.agency)
    factories.person("双岗", "head", office.agency)
    office.take("双岗", PlanFlow, "submit", plan)
    with pytest.raises(Refused, match="您不能办理") as refusal:
        office.take("双岗", PlanFlow, "decide", plan, **MEETING)
    assert "须由不同的人办理" in str(refusal.value.why)
    with pytest.raises(Invalid):
        office.take("王局", PlanFlow, "decide", plan)
    plan = office.take("王局", PlanFlow, "decide", plan, **MEETING)
    assert plan.submitted_on == TODAY
    with pytest.raises(Invalid, match="没有保存"):
        office.act("张会", keep, fresh_title(line))


def fresh_title(line: PlanLine) -> PlanLine:
    found = fresh(line)
    found.title = "中央空调"
    return found


def test_sent_back_the_lines_are_open_again_and_the_words_stay(office: Office) -> None:
    office.round()
    line = office.line(office.plan(), "复印机")
    plan = office.hand_in(line.plan)
    office.take("赵计", PlanLineFlow, "reduce", fresh(line), agreed_amount=100, reason="数量偏多")
    office.act("赵计", PlanFlow.send_back, plan, to="draft", note="请补充存量核对")
    held = fresh(line)
    assert (held.state, held.agreed_amount, held.reason) == ("pending", None, "数量偏多")
    held.quantity = Decimal(2)
    office.act("张会", keep, held)
    assert fresh(line).amount == 10_000


def test_finance_may_be_asked_to_countersign_and_its_no_holds(office: Office) -> None:
    office.round()
    line = office.line(office.plan(), "复印机")
    plan = office.hand_in(line.plan)
    office.take("赵计", PlanLineFlow, "agree", fresh(line))
    office.act("赵计", PlanFlow.seek, "review", plan, parties=[office.finance.pk])
    with pytest.raises(Refused, match="会签尚未完成"):
        office.take("赵计", PlanFlow, "review", plan)
    office.act("周财", PlanFlow.opine, plan, agree=False, opinion="请核减")
    with pytest.raises(Refused, match="会签未通过"):
        office.take("赵计", PlanFlow, "review", plan)


def test_who_countersigns_is_chosen_by_name_on_the_page(office: Office, as_user: Any) -> None:
    office.round()
    line = office.line(office.plan(), "复印机")
    plan = office.hand_in(line.plan)
    page, address = as_user("赵计"), f"/funding/plans/{plan.pk}/steps/seek/"
    seen = page.get(address).content.decode()
    assert "云间区财政局" in seen and "云间区机关事务管理局 · 钱资（资产管理处人员）" in seen and "赵计（" not in seen
    colleague = User._base_manager.get(username="钱资")
    for parties in ([str(office.finance.pk), f"{office.authority.pk}/{colleague.pk}"], ["999"]):
        page.post(address, {"parties": parties})
    asked = Task.objects.open().filter(record_id=plan.pk, part="countersign")
    assert set(asked.values_list("organ_id", "assignee_id")) == {
        (office.finance.pk, None),
        (office.authority.pk, colleague.pk),
    }


def test_an_amendment_is_a_version_that_shows_what_was_what_is_and_why(office: Office) -> None:
    office.round()
    plan = office.plan()
    kept, grown, gone = (office.line(plan, title) for title in ("台式计算机", "复印机", "投影仪"))
    plan = office.agreed(kept, grown, gone)
    with pytest.raises(Invalid):
        office.act("张会", actions.amend, plan, cause=" ")
    new = office.act("张会", actions.amend, plan, cause="机构改革增加人员")
    with pytest.raises(Refused, match="正在办理"):
        office.act("张会", actions.amend, plan, cause="再调整")
    lines = {line.title: line for line in PlanLine._base_manager.filter(plan=new)}
    lines["复印机"].quantity = Decimal(12)
    office.act("张会", keep, lines["复印机"])
    from baozhang.kernel.record import remove

    office.act("张会", remove, lines["投影仪"], note="不再需要")
    office.line(new, "扫描仪", 2000, 1)
    found = {d.kind: d for d in queries.differences(new)}
    assert set(found) == {"added", "changed", "dropped"}
    assert found["changed"].changed == ("quantity", "amount") and found["changed"].delta == 10_000
    assert found["dropped"].delta == -50_000 and found["added"].delta == 2_000
    with pytest.raises(Invalid, match="没有写明为什么"):
        office.take("张会", PlanFlow, "submit", new)
    for line in PlanLine._base_manager.filter(plan=new, title__in=("复印机", "扫描仪")):
        line.change_note = "新增两个科室"
        office.act("张会", keep, line)
    new = office.hand_in(new)
    states = dict(PlanLine._base_manager.filter(plan=new).values_list("title", "state"))
    assert states == {"台式计算机": "agreed", "复印机": "pending", "扫描仪": "pending"}
    for line in PlanLine._base_manager.filter(plan=new, state="pending"):
        office.take("赵计", PlanLineFlow, "agree", line)
    office.take("赵计", PlanFlow, "review", new)
    office.take("孙局", PlanFlow, "agree", new)
    assert Plan._base_manager.get(pk=plan.pk).state == "superseded"
    assert queries.standing_plan(office.agency, 2026) == new


def test_what_is_spent_cannot_be_taken_out_of_the_plan_again(office: Office) -> None:
    line = office.granted_line(50_000)
    office.act("张会", actions.spend, line, 20_000, words="首付款")
    new = office.act("张会", actions.amend, line.plan_line.plan, cause="压减")
    copy = PlanLine._base_manager.get(plan=new)
    copy.unit_price, copy.change_note = Decimal("19999.99"), "压减"
    office.act("张会", keep, copy)
    with pytest.raises(Refused, match="少于已经占用和支出"):
        office.take("张会", PlanFlow, "submit", new)
    copy = fresh(copy)
    copy.unit_price = Decimal(20_000)
    office.act("张会", keep, copy)
    new = office.hand_in(new)
    office.take("赵计", PlanLineFlow, "reduce", fresh(copy), agreed_amount=Decimal("19999.99"), reason="压减")
    with pytest.raises(Refused, match="少于已经占用和支出"):
        office.take("赵计", PlanFlow, "review", new)
    office.take("赵计", PlanLineFlow, "agree", fresh(copy))
    office.take("赵计", PlanFlow, "review", new)


def test_a_line_without_its_price_is_not_handed_in(office: Office) -> None:
    office.round()
    line = office.line(office.plan(), "屋面维修", 0, 1, kind="repair", grade="medium")
    with pytest.raises(Invalid, match="有 1 项没有填写单价") as refusal:
        office.take("张会", PlanFlow, "submit", line.plan)
    assert "屋面维修" in refusal.value.why and refusal.value.article == "第九条"


class TestANeedThatNothingMet:
    """`line_from_need`: into the draft, into an amendment, or nowhere."""

    NEED = {
        "item": "desktop", "words": "台式计算机", "quantity": 3, "unit_price": 5000, "purpose": "新录用人员", "evidence": "存量、公物仓均无匹配",
        "needed_by": TODAY + dt.timedelta(days=30),
    }  # fmt: skip

    def test_it_goes_into_the_draft_of_the_year(self, office: Office) -> None:
        office.round()
        line = office.act("产管", actions.line_from_need, organ=office.agency, **self.NEED)
        assert (line.plan, line.source, line.amount) == (office.plan(), "need", 15_000)

    def test_it_begins_an_amendment_where_the_plan_is_agreed(self, office: Office) -> None:
        office.round()
        plan = office.agreed(office.line(office.plan(), "复印机"))
        line = office.act("产管", actions.line_from_need, organ=office.agency, **self.NEED)
        assert line.plan.amends == plan and line.number == 2
        again = office.act("产管", actions.line_from_need, organ=office.agency, **self.NEED)
        assert again.plan == line.plan

    def test_it_is_refused_where_the_plan_lies_with_somebody_or_there_is_none(self, office: Office) -> None:
        with pytest.raises(Refused, match="没有可以列入的年度计划"):
            office.act("产管", actions.line_from_need, organ=office.agency, **self.NEED)
        office.round()
        office.line(office.plan(), "复印机")
        office.hand_in(office.plan())
        with pytest.raises(Refused, match="正在审核"):
            office.act("产管", actions.line_from_need, organ=office.agency, **self.NEED)

    def test_it_goes_into_no_year_that_comes_too_late_or_too_early(self, office: Office) -> None:
        """What is needed this year waits for no plan of the next; what is needed in two years takes no money of this one."""
        office.round(2027)
        need = {**self.NEED, "organ": office.agency}
        with pytest.raises(Refused) as late:
            office.act("产管", actions.line_from_need, **need)
        assert (late.value.article, "2027 年度的经费到那一年才能使用" in late.value.why) == ("第九条", True)
        assert "2026 年度计划" in late.value.instead
        with pytest.raises(Refused, match="不能列入 2027 年度计划") as early:
            office.act("产管", actions.line_from_need, **need | {"needed_by": dt.date(2029, 6, 1)})
        assert "提前占用经费" in early.value.why
        assert not PlanLine._base_manager.exists()
        spring = office.act("产管", actions.line_from_need, **need | {"needed_by": dt.date(2028, 3, 1)})
        assert spring.plan.year == 2027

    def test_each_need_finds_the_year_it_is_for(self, office: Office) -> None:
        """With this year's plan agreed and next year's being drafted, the day of the need decides."""
        office.round()
        plan = office.agreed(office.line(office.plan(), "复印机"))
        office.round(2027)
        now = office.act("产管", actions.line_from_need, organ=office.agency, **self.NEED)
        then = office.act(
            "产管", actions.line_from_need, organ=office.agency, **self.NEED | {"needed_by": dt.date(2027, 1, 15)}
        )
        assert (now.plan.amends, then.plan) == (plan, office.plan(year=2027))


def test_last_years_lines_and_what_upper_rooms_suggest_fill_a_draft(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.round(2025)
    old = office.line(office.plan(year=2025), "物业服务", 80_000, 1, kind="service")
    office.agreed(old)
    office.round(2026)
    plan = office.plan()
    told = queries.Suggestion(
        "card-1",
        "assets",
        "更新复印机",
        Decimal(1),
        Decimal(20_000),
        "到期更新",
        "超过最低使用年限 2 年",
        item="copier",
    )
    monkeypatch.setattr(
        queries.suggestions, "answers", [lambda organ, day: [told] if organ == office.agency.pk else []]
    )
    assert office.act("张会", actions.take_in, plan) == 2
    lines = {line.title: line for line in PlanLine._base_manager.filter(plan=plan)}
    assert lines["物业服务"].last_amount == 80_000 and "上年计划" in lines["物业服务"].evidence
    assert (lines["更新复印机"].source, lines["更新复印机"].item) == ("suggested", "copier")
    assert office.act("张会", actions.take_in, plan) == 0


def test_a_quantity_that_differs_from_what_was_agreed_is_a_change_though_the_sum_is_the_same(office: Office) -> None:
    office.round()
    line = office.line(office.plan(), "台式计算机", 5000, 10)
    plan = office.hand_in(line.plan)
    office.take("赵计", PlanLineFlow, "reduce", fresh(line), agreed_quantity=8, agreed_amount=40_000, reason="压减两台")
    office.take("赵计", PlanFlow, "review", plan)
    plan = office.take("孙局", PlanFlow, "agree", plan)
    new = office.act("张会", actions.amend, plan, cause="换高配")
    assert queries.differences(new) == []
    copy = PlanLine._base_manager.get(plan=new)
    copy.quantity, copy.unit_price = Decimal(4), Decimal(10_000)
    office.act("张会", keep, copy)
    assert [one.changed for one in queries.differences(new)] == [("quantity", "unit_price")]


def test_a_line_is_offered_for_an_answer_only_while_its_plan_is_reviewed(office: Office) -> None:
    office.round()
    line = office.line(office.plan(), "台式计算机")

    def offered() -> set[str]:
        return {one.name for one in PlanLineFlow.buttons(PlanLine._base_manager.get(pk=line.pk), office("赵计"))}

    assert not offered() & {"agree", "reduce", "refuse"}
    plan = office.hand_in(line.plan)
    assert {"agree", "reduce", "refuse"} <= offered()
    office.take("赵计", PlanLineFlow, "agree", line)
    office.take("赵计", PlanFlow, "review", plan)
    assert not offered() & {"reduce", "refuse"}
