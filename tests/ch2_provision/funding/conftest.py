"""A district with its authority and finance department, two agencies, and the people who plan, review and spend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import BudgetFlow, PlanFlow, PlanLineFlow, RoundFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Ceiling, Plan, PlanLine, PlanRound
from baozhang.kernel import scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from tests import factories
from tests.conftest import TODAY

YEAR = 2026
MEETING = {"decision": "党组会议纪要〔2026〕3号", "decided_on": TODAY}


class Office:
    """Organs by short names, people by the names they bear, and what they do."""

    def __init__(self) -> None:
        place = factories.district("云间区")
        self.authority = factories.organ("云间区机关事务管理局", place, competence="authority", document_word="云机管")
        self.finance = factories.organ("云间区财政局", place, competence="finance")
        self.agency = factories.organ("云间区教育局", place)
        self.other = factories.organ("云间区卫健委", place)
        factories.people((
            ("张会", "accountant", self.agency), ("王局", "head", self.agency), ("产管", "asset_clerk", self.agency),
            ("外会", "accountant", self.other), ("外长", "head", self.other), ("局会", "accountant", self.authority),
            ("赵计", "plan_officer", self.authority), ("钱资", "asset_officer", self.authority), ("孙局", "support_head", self.authority),
            ("周财", "finance_officer", self.finance), ("吴财", "finance_head", self.finance),
        ))  # fmt: skip
        since = dt.date(2022, 1, 1)
        factories.save(Headcount(organ=self.agency, band="bureau", quota=3, actual=3, since=since))
        factories.save(Headcount(organ=self.agency, band="division", quota=20, actual=22, since=since))

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return actor_of(User._base_manager.get(username=name), TODAY)

    def act(self, who: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Somebody does something in his own scope."""
        by = self(who)
        with scope.within(by):
            return work(*args, by=by, **kwargs)

    def take(self, who: str, flow: Any, step: str, record: Any, note: str = "", **values: Any) -> Any:
        """Somebody takes a step; the record as it stands afterwards."""
        self.act(who, flow.take, step, record, note=note, values=values)
        return type(record)._base_manager.get(pk=record.pk)

    def round(self, year: int = YEAR, *, ceiling: Decimal | None = None, closes: dt.date | None = None) -> PlanRound:
        """A round that has been laid out for the two agencies."""
        found = PlanRound(organ=self.authority, year=year, opens=TODAY, closes=closes or TODAY + dt.timedelta(days=30))
        self.act("赵计", RoundFlow.start, found)
        for organ in (self.agency, self.other):
            self.act("赵计", keep, Ceiling(round=found, organ=organ, amount=ceiling))
        return self.take("赵计", RoundFlow, "open", found)

    def plan(self, organ: Organization | None = None, year: int = YEAR) -> Plan:
        """The plan that an agency found on its desk."""
        return Plan._base_manager.get(organ=organ or self.agency, year=year, edition=1)

    def line(self, plan: Plan, title: str, price: int = 5000, quantity: int = 10, **values: Any) -> PlanLine:
        """A line that the accountant writes."""
        values = {"kind": "assets", "purpose": "更新到期设备", "evidence": "存量核对：无可调剂", **values}
        row = PlanLine(plan=plan, title=title, unit_price=Decimal(price), quantity=Decimal(quantity), **values)
        self.act("张会" if plan.organ_id == self.agency.pk else "外会", keep, row)
        return row

    def hand_in(self, plan: Plan) -> Plan:
        """The agency decides and hands in."""
        clerk, head = ("张会", "王局") if plan.organ_id == self.agency.pk else ("外会", "外长")
        self.take(clerk, PlanFlow, "submit", plan)
        return self.take(head, PlanFlow, "decide", plan, **MEETING)

    def agreed(self, *lines: PlanLine) -> Plan:
        """The plan of some lines, agreed in all of them."""
        plan = self.hand_in(lines[0].plan)
        for line in lines:
            self.take("赵计", PlanLineFlow, "agree", PlanLine._base_manager.get(pk=line.pk))
        self.take("赵计", PlanFlow, "review", plan)
        return self.take("孙局", PlanFlow, "agree", plan)

    def budget(self, plan: Plan, cause: str = "") -> Budget:
        """The draft of a budget for a plan's year, with the agreed needs."""
        made = self.act("张会", actions.start_budget, plan.round, plan.organ, cause=cause)
        self.act("张会", actions.take_needs, made)
        return Budget._base_manager.get(pk=made.pk)

    def apply(self, budget: Budget) -> Budget:
        """The agency applies."""
        self.take("张会", BudgetFlow, "submit", budget)
        return self.take("王局", BudgetFlow, "decide", budget, **MEETING)

    def grant(self, budget: Budget, **sums: Any) -> Budget:
        """Finance replies: what was asked for, or by line (`n3=100`) another sum."""
        rows = list(BudgetLine._base_manager.filter(budget=budget).select_related("budget"))
        for row in rows:
            row.granted = Decimal(sums.get(f"n{row.number}", row.amount))
        self.act("周财", keep, rows)
        self.take("周财", BudgetFlow, "review", budget)
        return self.take("吴财", BudgetFlow, "reply", budget, reply_number="云财预〔2026〕8号")

    def granted_line(self, amount: int = 50_000) -> BudgetLine:
        """A line that may be spent from."""
        self.round()
        plan = self.agreed(self.line(self.plan(), "台式计算机", amount, 1))
        budget = self.grant(self.apply(self.budget(plan)))
        return BudgetLine._base_manager.select_related("budget").get(budget=budget)


@pytest.fixture
def office(db: None) -> Office:
    """The organs and people."""
    return Office()
