"""A need that stands in the plan is not wanted any more: what hangs on it goes with it, wherever the plan has come to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.funding import actions as funding
from baozhang.ch2_provision.funding.flows import PlanFlow, PlanLineFlow
from baozhang.ch2_provision.funding.models import BudgetLine, Plan, PlanLine
from baozhang.ch2_provision.funding.queries.budgets import to_be_asked
from baozhang.ch2_provision.funding.queries.plans import agreed_lines
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.kernel.notices import Notice
from baozhang.kernel.refusal import Refused
from tests.ch3_mechanisms.procurement.conftest import Shop
from tests.conftest import TODAY

NO_LONGER = "科室撤销，不再需要"


def told(name: str) -> list[str]:
    """What somebody was told."""
    return list(Notice.objects.filter(user__username=name).values_list("title", flat=True))


def test_out_of_a_draft_the_line_is_taken(shop: Shop) -> None:
    shop.round()
    need = shop.need()
    need = shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    assert (need.state, need.plan_line_id, need.planned) == ("withdrawn", None, 0)
    assert not PlanLine._base_manager.exists()


def test_what_was_handed_in_stays_to_be_read_and_the_authority_is_told(
    shop: Shop, django_capture_on_commit_callbacks
) -> None:
    shop.round()
    need = shop.need()
    kept = shop.line(shop.plan(), "打印机", 3000, 1)
    plan = shop.hand_in(shop.plan())
    with django_capture_on_commit_callbacks(execute=True):
        need = shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    line = PlanLine._base_manager.get(pk=need.plan_line_id)
    assert (need.state, line.state, line.reason, line.agreed_amount) == (
        "withdrawn",
        "withdrawn",
        NO_LONGER,
        Decimal(0),
    )
    assert any("单位撤销" in title for title in told("赵计")), told("赵计")
    assert any("单位撤销" in title for title in told("王局")), told("王局")
    with pytest.raises(Refused):
        shop.take("赵计", PlanLineFlow, "agree", line)
    shop.take("赵计", PlanLineFlow, "agree", PlanLine._base_manager.get(pk=kept.pk))
    shop.take("赵计", PlanFlow, "review", plan)
    plan = shop.take("孙局", PlanFlow, "agree", plan)
    assert [one.title for one in agreed_lines(shop.agency, plan.year)] == ["打印机"]


def test_a_plan_sent_back_does_not_bring_it_to_life_again(shop: Shop) -> None:
    shop.round()
    need = shop.need()
    shop.line(shop.plan(), "打印机", 3000, 1)
    plan = shop.hand_in(shop.plan())
    shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    shop.act("赵计", PlanFlow.send_back, plan, to="draft", note="补充材料")
    assert PlanLine._base_manager.get(pk=need.plan_line_id).state == "withdrawn"
    shop.hand_in(Plan._base_manager.get(pk=plan.pk))


def test_agreed_but_not_yet_paid_for_it_leaves_plan_and_draft_budget(shop: Shop) -> None:
    shop.round()
    need = shop.need()
    plan = shop.agreed(PlanLine._base_manager.get(pk=need.plan_line_id))
    budget = shop.budget(plan)
    assert BudgetLine._base_manager.filter(budget=budget).count() == 1
    shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    assert not BudgetLine._base_manager.filter(budget=budget).exists()
    assert not agreed_lines(shop.agency, plan.year).exists() and to_be_asked(shop.agency.pk, plan.year) == []


def test_money_granted_for_it_is_promised_to_nobody_and_finance_is_told(
    shop: Shop, django_capture_on_commit_callbacks
) -> None:
    need = shop.funded()
    with django_capture_on_commit_callbacks(execute=True):
        shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    line = BudgetLine._base_manager.get(plan_line__root_id=None, plan_line_id=need.plan_line_id)
    with pytest.raises(Refused) as refused:
        shop.act("张会", funding.spend, line, 100, words="另作他用", day=TODAY)
    assert "计划事项" in refused.value.what
    assert any("台式" in title for title in told("周财")), told("周财")


def test_the_line_of_an_amendment_at_work_goes_as_well(shop: Shop) -> None:
    shop.round()
    need = shop.need()
    plan = shop.agreed(PlanLine._base_manager.get(pk=need.plan_line_id))
    new = shop.act("张会", funding.amend, plan, cause="调整")
    shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    assert not PlanLine._base_manager.filter(plan=new).exists()
    assert PlanLine._base_manager.get(pk=need.plan_line_id).state == "withdrawn"


def test_a_contract_stands_in_the_way_until_it_is_dissolved(shop: Shop) -> None:
    need = shop.funded()
    purchase = shop.contracted(need)
    with pytest.raises(Refused) as refused:
        shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    assert purchase.number in refused.value.what and "解除合同" in refused.value.instead
    shop.take("王局", PurchaseFlow, "dissolve", purchase, "供应商停业")
    assert shop.take("产管", NeedFlow, "retract", need, NO_LONGER).state == "withdrawn"


def test_a_purchase_in_the_draft_is_cancelled_first(shop: Shop) -> None:
    need = shop.funded()
    purchase = shop.draft(need)
    with pytest.raises(Refused) as refused:
        shop.take("产管", NeedFlow, "retract", need, NO_LONGER)
    assert "取消采购" in refused.value.instead
    shop.take("产管", PurchaseFlow, "cancel", purchase, "不再需要")
    assert shop.take("产管", NeedFlow, "retract", need, NO_LONGER).state == "withdrawn"


def test_what_came_already_is_not_undone(shop: Shop) -> None:
    need = shop.funded()
    purchase = shop.contracted(need)
    shop.count(purchase, 1)
    with pytest.raises(Refused) as refused:
        shop.take("产管", NeedFlow, "retract", type(need)._base_manager.get(pk=need.pk), NO_LONGER)
    assert "已到位 1 件" in refused.value.why
