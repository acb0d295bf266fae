"""What the plan agreed to waits on the accountant's desk until money is asked for: the first time, and after an amendment."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import PlanFlow, PlanLineFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Plan, PlanLine, Site, SiteMember
from baozhang.kernel import flow, notices
from baozhang.kernel.record import keep
from tests import factories
from tests.ch2_provision.funding.conftest import Office
from tests.conftest import TODAY


def waiting(office: Office, who: str) -> list[tuple[str, str]]:
    """What stands on somebody's desk of plans: the record and what is to be done."""
    return [(task.title, task.words) for task in flow.todo(office(who)) if task.flow == "PlanFlow"]


def amended(office: Office, plan: Plan, *, quantity: int = 10, **fresh: int) -> Plan:
    """An agreed amendment: the first line in another number, and new lines at a price."""
    new: Plan = office.act("张会", actions.amend, plan, cause="新增两个科室")
    line = PlanLine._base_manager.filter(plan=new).select_related("plan").order_by("number")[0]
    if line.quantity != quantity:
        line.quantity, line.change_note = Decimal(quantity), "新增两个科室"
        office.act("张会", keep, line)
    for title, price in fresh.items():
        office.line(new, title, price, 1, change_note="新增两个科室")
    new = office.hand_in(new)
    for line in PlanLine._base_manager.filter(plan=new, state="pending"):
        office.take("赵计", PlanLineFlow, "agree", line)
    office.take("赵计", PlanFlow, "review", new)
    return office.take("孙局", PlanFlow, "agree", new)


def test_an_agreed_plan_waits_until_it_is_budgeted(
    office: Office, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    office.round()
    with django_capture_on_commit_callbacks(execute=True):
        plan = office.agreed(office.line(office.plan(), "台式计算机"))
    assert waiting(office, "张会") == [(str(plan), "编入预算")] and waiting(office, "王局") == []
    told = [one.title for one in notices.of(office("王局").person)]
    assert f"{plan}：审核同意" in told
    office.budget(plan)
    assert waiting(office, "张会") == []


def test_an_agreed_amendment_leads_to_the_supplement_of_what_it_added(
    office: Office, as_user: Callable[..., Any]
) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"))  # 10 × 5,000
    office.grant(office.apply(office.budget(plan)), n1=40_000)  # finance grants less: that is its answer, no new task
    new = amended(office, plan, quantity=12, 扫描仪=2_000)
    assert waiting(office, "张会") == [(str(new), "编入预算")]
    clerk, page = as_user("张会"), f"/funding/plans/{new.pk}/"
    said = clerk.get(page).content.decode()
    assert "还没有申报经费" in said and "12,000.00" in said and f"{page}acts/supplement/" in said
    form = clerk.get(f"{page}acts/supplement/").content.decode()
    assert "新增两个科室" in form  # the reason of the amendment stands there already
    assert clerk.post(f"{page}acts/supplement/", {"note": "新增两个科室"}).status_code == 302
    second = Budget._base_manager.get(edition=2)
    rows = BudgetLine._base_manager.filter(budget=second).order_by("number")
    assert list(rows.values_list("words", "amount")) == [("台式计算机", 10_000), ("扫描仪", 2_000)]
    assert waiting(office, "张会") == []
    assert "还没有申报经费" not in clerk.get(page).content.decode()
    office.grant(office.apply(second))


def test_an_amendment_that_gives_way_takes_its_task_along_and_one_that_adds_nothing_has_none(office: Office) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"))
    second = amended(office, plan, 扫描仪=2_000)
    assert waiting(office, "张会") == [(str(second), "编入预算")]
    budget = office.budget(second)
    office.grant(office.apply(budget))
    third = amended(office, second, quantity=8)
    assert waiting(office, "张会") == [] and Plan._base_manager.get(pk=second.pk).state == "superseded"
    assert third.state == "agreed"


def test_while_a_budget_is_drafted_what_is_added_goes_into_it(office: Office) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"))
    budget = office.budget(plan)
    new = amended(office, plan, quantity=12)
    assert waiting(office, "张会") == [(str(new), "编入预算")]
    assert office.act("张会", actions.take_needs, Budget._base_manager.get(pk=budget.pk)) == 1
    assert BudgetLine._base_manager.get(budget=budget).amount == 60_000
    assert waiting(office, "张会") == []


def test_what_the_body_of_a_site_budgets_is_nobodys_task_here(office: Office) -> None:
    office.round()
    site = factories.kept(Site, where=office.authority, name="行政中心", address="1 号", area=Decimal(900))
    factories.save(SiteMember(site=site, organ=office.agency, since=TODAY))
    office.agreed(office.line(office.plan(), "物业服务", kind="service"))
    assert waiting(office, "张会") == []
