"""A budget: quota times driver, the plan behind it, the ceiling above it, the site once, the reply line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from baozhang.ch1_general.organs.models import Headcount
from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.choices import CostItem
from baozhang.ch2_provision.funding.flows import BudgetFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Ceiling, Site, SiteMember
from baozhang.ch2_provision.funding.queries.suggesting import driver_facts
from baozhang.kernel import border, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from baozhang.kernel.resource import BY_LABEL
from baozhang.law.figures import IssuedValue
from baozhang.law.issued import also_issued
from tests import factories
from tests.ch2_provision.funding.conftest import MEETING, Office
from tests.conftest import TODAY


@pytest.fixture
def quotas() -> Iterator[None]:
    """Finance has issued what an office costs a head."""
    since = TODAY.replace(month=1, day=1)
    rows = [("bureau", 3000), ("division", 2000)]
    with also_issued(
        [IssuedValue("funding.quota.office", "CN", v, since, None, {"rank": r}, "云财〔2026〕1号") for r, v in rows]
    ):
        yield


def draft(office: Office) -> Budget:
    round_ = office.round()
    return office.act("张会", actions.start_budget, round_, office.agency)


def by_words(budget: Budget) -> dict[str, BudgetLine]:
    return {line.words: line for line in BudgetLine._base_manager.filter(budget=budget).select_related("budget")}


def write(office: Office, line: BudgetLine, **values: Any) -> BudgetLine:
    for name, value in values.items():
        setattr(line, name, value)
    office.act("张会", keep, line)
    return line


def test_quota_times_heads_within_their_quota(office: Office, quotas: None) -> None:
    budget = draft(office)
    told = office.act("张会", actions.compute, budget)
    lines = by_words(budget)
    staff = lines["办公费（处级及以下编制内实有人数）"]
    assert (staff.driver_value, staff.computed_amount, staff.amount) == (
        20,
        40_000,
        40_000,
    )  # 22 on duty, 20 established
    assert lines["办公费（司局级编制内实有人数）"].amount == 9_000
    assert told["unknown"] == told["lines"] - 2
    again = office.act("张会", actions.compute, budget)
    assert again == told and len(by_words(budget)) == told["lines"]


def test_an_unverified_quota_computes_nothing_and_wants_a_reason(office: Office) -> None:
    budget = draft(office)
    office.act("张会", actions.compute, budget)
    line = by_words(budget)["邮电费"]
    assert (line.quota, line.computed_amount, line.quota_source) == (None, None, "待核实")
    with pytest.raises(Invalid, match="不能申报") as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert any("待核实" in str(fault.reason) for fault in refusal.value.faults)
    for one in by_words(budget).values():
        write(office, one, amount=Decimal(100), reason="按上年实际支出")
    office.take("张会", BudgetFlow, "submit", budget)


def test_the_quota_is_a_limit_to_the_cent(office: Office, quotas: None) -> None:
    budget = draft(office)
    office.act("张会", actions.compute, budget)
    for one in by_words(budget).values():
        if one.computed_amount is None:
            write(office, one, reason="不申报")
    line = by_words(budget)["办公费（司局级编制内实有人数）"]
    write(office, line, amount=Decimal("9000.01"))
    with pytest.raises(Invalid, match="1 处不能申报") as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert "超出定额" in str(refusal.value.faults[0].reason)
    write(office, line, amount=Decimal(9000))
    office.take("张会", BudgetFlow, "submit", budget)


def test_money_for_a_need_wants_an_agreed_line_of_the_plan(office: Office) -> None:
    budget = draft(office)
    line = BudgetLine(budget=budget, item="31002", words="台式计算机", amount=Decimal(50_000))
    office.act("张会", keep, line)
    with pytest.raises(Invalid) as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert refusal.value.article == "第九条" and "没有对应的计划事项" in str(refusal.value.why)
    need = office.line(office.plan(), "台式计算机")
    write(office, line, plan_line=need)
    with pytest.raises(Invalid, match="不能申报"):  # drafted, not agreed
        office.take("张会", BudgetFlow, "submit", budget)
    office.agreed(need)
    write(office, line, amount=Decimal("50000.01"))
    with pytest.raises(Invalid) as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert "超出核定金额" in str(refusal.value.why)
    write(office, line, amount=Decimal(50_000))
    office.take("张会", BudgetFlow, "submit", budget)


def test_the_kind_of_the_need_fits_the_item(office: Office) -> None:
    budget = draft(office)
    need = office.line(office.plan(), "物业服务", kind="service")
    office.agreed(need)
    line = BudgetLine(budget=budget, item="31002", words="设备", amount=Decimal(1), plan_line=need)
    office.act("张会", keep, line)
    with pytest.raises(Invalid) as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert "类别" in str(refusal.value.why)


def test_the_ceiling_counts_the_whole_year(office: Office) -> None:
    office.round(ceiling=Decimal(60_000))
    plan = office.agreed(office.line(office.plan(), "台式计算机"))
    first = office.grant(office.apply(office.budget(plan)))
    assert Budget._base_manager.get(pk=first.pk).state == "replied"
    more = office.budget(plan, cause="年中增编")
    line = BudgetLine(budget=more, item="30211", words="差旅费", amount=Decimal("10000.01"))
    office.act("张会", keep, line)
    with pytest.raises(Refused, match=r"超出控制限额 0\.01 元") as refusal:
        office.take("张会", BudgetFlow, "submit", more)
    assert refusal.value.article == "第八条第一款"
    write(office, line, amount=Decimal(10_000))
    office.take("张会", BudgetFlow, "submit", more)
    ceiling = Ceiling._base_manager.get(organ=office.agency)
    ceiling.amount = Decimal(59_999)
    office.act("赵计", keep, ceiling)
    with pytest.raises(Refused, match="超出控制限额"):
        office.take("王局", BudgetFlow, "decide", more, **MEETING)


class TestSites:
    """Article 8, paragraph 2: the cost of a site stands once, with the authority."""

    @pytest.fixture
    def site(self, office: Office) -> Site:
        found = Site(organ=office.authority, name="行政中心")
        office.act("赵计", keep, found)
        office.act("赵计", keep, SiteMember(site=found, organ=office.agency))
        return found

    def test_the_agency_cannot_budget_it_and_the_authority_only_once(self, office: Office, site: Site) -> None:
        theirs = draft(office)
        line = BudgetLine(budget=theirs, item="30206", words="电费", amount=Decimal(100), site=site)
        with pytest.raises(Invalid) as refusal:
            office.act("张会", keep, line)
        assert "由云间区机关事务管理局编列（第八条第二款）" in str(refusal.value.why)
        own = office.act("局会", actions.start_budget, theirs.round, office.authority)
        office.act(
            "局会", keep, BudgetLine(budget=own, item="30206", words="行政中心电费", amount=Decimal(100), site=site)
        )
        with pytest.raises(Invalid) as refusal:
            office.act(
                "局会", keep, BudgetLine(budget=own, item="30206", words="又是电费", amount=Decimal(1), site=site)
            )
        assert "同一经费只编一次" in str(refusal.value.why)
        office.act("局会", keep, BudgetLine(budget=own, item="30205", words="水费", amount=Decimal(1), site=site))

    def test_the_bare_database_refuses_the_second(self, office: Office, site: Site) -> None:
        from django.db.models.query import QuerySet

        round_ = office.round()
        own = office.act("局会", actions.start_budget, round_, office.authority)
        rows = [
            BudgetLine(budget=own, number=n, item=item, words=item, amount=Decimal(1), site=site)
            for n, item in enumerate(("30205", "30206"), 1)
        ]
        office.act("局会", keep, rows)
        with pytest.raises(IntegrityError), transaction.atomic():
            QuerySet(BudgetLine).filter(pk=rows[1].pk).update(item="30205")

    def test_unnamed_it_is_found_at_submission_unless_there_is_a_reason(self, office: Office, site: Site) -> None:
        theirs = draft(office)
        line = BudgetLine(budget=theirs, item="30206", words="电费", amount=Decimal(100))
        office.act("张会", keep, line)
        with pytest.raises(Invalid) as refusal:
            office.take("张会", BudgetFlow, "submit", theirs)
        assert "统一编列" in str(refusal.value.why)
        write(
            office, line, reason="按上年实际支出"
        )  # every line without a quota has that; it says nothing of other premises
        with pytest.raises(Invalid) as again:
            office.take("张会", BudgetFlow, "submit", theirs)
        assert "分散用房说明" in str(again.value.faults[0].remedy)
        write(office, line, apart="培训中心，沪江路 9 号，600 ㎡")
        office.take("张会", BudgetFlow, "submit", theirs)


class TestTheReply:
    """Finance writes its reply line by line, also from a sheet; nobody else does."""

    @pytest.fixture
    def applied(self, office: Office) -> Budget:
        office.round()
        plan = office.agreed(office.line(office.plan(), "台式计算机"), office.line(office.plan(), "复印机"))
        return office.apply(office.budget(plan))

    def test_a_sheet_by_line_number(self, office: Office, applied: Budget) -> None:
        resource = BY_LABEL["funding.budgetline"]
        rows = [
            border.Row({"budget": applied.code, "number": 1, "granted": Decimal(50_000)}, 1),
            border.Row({"budget": applied.code, "number": 2, "granted": Decimal(0), "reply_note": "暂缓"}, 2),
        ]
        by = office("周财")
        with scope.within(by):
            border.commit(resource, rows, by=by)
        office.take("周财", BudgetFlow, "review", applied)
        office.take("吴财", BudgetFlow, "reply", applied, reply_number="云财预〔2026〕8号")
        found = BudgetLine._base_manager.filter(budget=applied).order_by("number").values_list("granted", flat=True)
        assert list(found) == [50_000, 0]

    def test_more_than_was_asked_and_other_fields_are_refused(self, office: Office, applied: Budget) -> None:
        line = BudgetLine._base_manager.get(budget=applied, number=1)
        line.granted = Decimal("50000.01")
        with pytest.raises(Invalid, match="没有保存"):
            office.act("周财", keep, line)
        line.granted, line.amount = Decimal(1), Decimal(2)
        with pytest.raises(Invalid):
            office.act("周财", keep, line)
        with pytest.raises(Refused, match="还有 2 行没有批复数"):
            office.take("周财", BudgetFlow, "review", applied)

    def test_the_agency_does_not_write_its_own_reply_nor_finance_the_application(
        self, office: Office, applied: Budget
    ) -> None:
        line = BudgetLine._base_manager.get(budget=applied, number=1)
        line.granted = Decimal(1)
        with pytest.raises(Forbidden, match="由财政部门填写"):
            office.act("张会", keep, line)
        office.act("周财", keep, BudgetLine._base_manager.get(budget=applied, number=1))
        office.act("周财", BudgetFlow.send_back, applied, to="draft", note="请压减")
        line = BudgetLine._base_manager.get(budget=applied, number=1)
        line.amount = Decimal(1)
        with pytest.raises(Forbidden, match="由本单位填写"):
            office.act("周财", keep, line)
        office.act("张会", keep, line)

    def test_sent_back_what_finance_wrote_is_cleared(self, office: Office, applied: Budget) -> None:
        line = BudgetLine._base_manager.get(budget=applied, number=1)
        line.granted, line.reply_note = Decimal(1), "压减"
        office.act("周财", keep, line)
        office.act("周财", BudgetFlow.send_back, applied, to="deciding", note="请重新决策")
        line = BudgetLine._base_manager.get(budget=applied, number=1)
        assert (line.granted, line.reply_note) == (None, "压减")


def test_two_budgets_of_a_year_are_not_worked_on_at_once(office: Office) -> None:
    first = draft(office)
    with pytest.raises(Invalid, match="没有保存") as refusal, transaction.atomic():
        office.act("张会", actions.start_budget, first.round, office.agency, cause="追加")
    assert "已有一批预算在办理" in str(refusal.value.why)


def test_another_line_by_hand_does_not_get_round_the_quota(office: Office, quotas: None) -> None:
    budget = draft(office)
    office.act("张会", actions.compute, budget)
    for one in by_words(budget).values():
        if one.computed_amount is None:
            write(office, one, reason="不申报")
    extra = BudgetLine(budget=budget, item=CostItem.OFFICE, words="书报", amount=Decimal("0.01"), reason="另行购买")
    office.act("张会", keep, extra)
    with pytest.raises(Invalid, match="1 处不能申报") as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert "全年合计" in str(refusal.value.faults[0].reason)
    line = by_words(budget)["办公费（司局级编制内实有人数）"]
    write(office, line, amount=line.amount - Decimal("0.01"), reason="一分改列书报")
    office.take("张会", BudgetFlow, "submit", budget)


@pytest.mark.django_db
def test_who_has_heads_of_one_band_has_none_of_the_other() -> None:
    heads = factories.kept(
        Headcount, where=factories.organ("乙局"), band="division", since=dt.date(2020, 1, 1), until=None
    )
    facts = driver_facts(heads.organ_id, TODAY)
    assert facts["bureau"].value == 0 and facts["division"].value == min(heads.quota, heads.actual)
    assert driver_facts(factories.organ("丙局").pk, TODAY).get("bureau") is None, (
        "nothing is known of who reports nothing"
    )


def test_nobody_in_post_is_no_unknown_number(office: Office) -> None:
    Headcount._base_manager.filter(organ=office.agency).update(actual=0)
    assert driver_facts(office.agency.pk, TODAY)["heads"].value == 0


def test_a_driver_that_is_known_is_not_raised_by_hand(office: Office, quotas: None) -> None:
    budget = draft(office)
    office.act("张会", actions.compute, budget)
    for one in by_words(budget).values():
        if one.computed_amount is None:
            write(office, one, reason="不申报")
    line = by_words(budget)["办公费（司局级编制内实有人数）"]
    write(office, line, driver_value=Decimal(300), amount=Decimal(900_000))
    with pytest.raises(Invalid, match="1 处不能申报") as refusal:
        office.take("张会", BudgetFlow, "submit", budget)
    assert "计算基数 300" in str(refusal.value.faults[0].reason)
    office.act("张会", actions.compute, budget)
    office.take("张会", BudgetFlow, "submit", budget)
