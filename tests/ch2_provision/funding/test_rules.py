"""What the patrol finds in plans and budgets, on both sides of each limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import PlanFlow
from baozhang.ch2_provision.funding.models import BudgetLine, Ceiling, PlanLine, Site, SiteMember
from baozhang.kernel.record import keep, remove
from baozhang.law.judge import judge
from baozhang.law.rules import rules
from tests import factories
from tests.ch2_provision.funding.conftest import Office
from tests.conftest import TODAY

NAMES = ("budget_over_ceiling", "budget_without_plan", "spent_beyond_line", "site_cost_twice")


def found() -> list[tuple[str, Any]]:
    """The rules that find something, each with its sum."""
    return [(one.rule.name, one.verdict.amount) for one in judge(rules(TODAY, NAMES), TODAY)]


def test_a_ceiling_that_is_lowered_below_what_was_granted(office: Office) -> None:
    line = office.granted_line(50_000)
    ceiling = Ceiling._base_manager.get(organ=office.agency)
    for amount, expected in ((50_000, []), (Decimal("49999.99"), [("budget_over_ceiling", Decimal("0.01"))])):
        ceiling.amount = Decimal(amount)
        office.act("赵计", keep, ceiling)
        assert found() == expected
    assert line.granted == 50_000


def test_a_need_that_an_amendment_drops_after_it_was_granted(office: Office) -> None:
    office.round()
    kept, gone = office.line(office.plan(), "台式计算机", 100, 1), office.line(office.plan(), "复印机", 200, 1)
    plan = office.agreed(kept, gone)
    office.grant(office.apply(office.budget(plan)))
    assert found() == []
    new = office.act("张会", actions.amend, plan, cause="压减")
    office.act("张会", remove, list(PlanLine._base_manager.filter(plan=new, title="复印机")), note="不再需要")
    new = office.hand_in(new)  # what is left is as it was, so it keeps its answer
    office.take("赵计", PlanFlow, "review", new)
    office.take("孙局", PlanFlow, "agree", new)
    assert found() == [("budget_without_plan", Decimal(200))]


def test_finances_books_against_the_grant(office: Office) -> None:
    line = office.granted_line(1000)
    for reported, expected in ((1000, []), (Decimal("1000.01"), [("spent_beyond_line", Decimal("0.01"))])):
        line = BudgetLine._base_manager.get(pk=line.pk)
        line.reported, line.reported_on = Decimal(reported), TODAY
        office.act("周财", keep, line)
        assert found() == expected


def test_an_agency_that_moves_into_a_site_after_it_budgeted_its_own_light(office: Office) -> None:
    round_ = office.round()
    budget = office.act("张会", actions.start_budget, round_, office.agency)
    office.act("张会", keep, BudgetLine(budget=budget, item="30206", words="电费", amount=Decimal(700)))
    office.apply(budget)
    assert found() == []
    site = factories.kept(Site, where=office.authority)
    factories.save(SiteMember(site=site, organ=office.agency))
    assert found() == [("site_cost_twice", Decimal(700))]
