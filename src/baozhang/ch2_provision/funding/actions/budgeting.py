"""Working a budget out: quotas in force times drivers, and the agreed needs of the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import BudgetState
from baozhang.ch2_provision.funding.flows import BudgetFlow
from baozhang.ch2_provision.funding.flows.budget import budgeted
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, PlanLine, PlanRound
from baozhang.ch2_provision.funding.queries.budgets import item_of, unasked
from baozhang.ch2_provision.funding.queries.quotas import Piece, pieces
from baozhang.ch2_provision.funding.queries.suggesting import DriverFact, driver_facts
from baozhang.kernel import bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

COMPUTED = ledger.act("funding.computed", gettext_lazy("按定额测算"))
FROM_PLAN = ledger.act("funding.from_plan", gettext_lazy("由计划事项转入"))
ARTICLE = "第八条第一款"


def start_budget(round_: PlanRound, organ: Organization, *, by: Actor, cause: str = "") -> Budget:
    """This will begin the budget of an agency for a round's year, or an addition where there is one already."""
    with transaction.atomic():
        bulk.take_turns(f"budget {organ.pk} {round_.year}")
        last = Budget._base_manager.filter(organ=organ, year=round_.year).order_by("-edition").first()
        budget = Budget(round=round_, organ=organ, edition=last.edition + 1 if last else 1, cause=cause)
        BudgetFlow.start(budget, by=by)
    return budget


def compute(budget: Budget, *, by: Actor, day: dt.date | None = None) -> dict[str, int]:
    """This will work out the lines that rest on quotas, anew each time; sums entered by hand with a reason stay.

    A quota or driver that nobody knows leaves its line without a computed sum, and says so.
    """
    _editable(budget)
    if budget.edition > 1:
        raise Refused(
            _("追加预算不再按定额测算"), why=_("全年的定额经费已在年初预算中编列，再测算就是重复。"), article=ARTICLE,
            instead=_("请转入新同意的计划事项；人员、面积有增加的，逐行登记增加的部分，写明按什么测算。"),
        )  # fmt: skip
    day = day or clock.today()
    facts = driver_facts(budget.organ_id, day)
    with transaction.atomic():
        rows = list(
            BudgetLine._base_manager.select_for_update(of=("self",), no_key=True).filter(budget=budget).order_by("pk")
        )
        held = {(row.quota_key, row.driver): row for row in rows if row.quota_key}
        number = max((row.number for row in rows), default=0)
        fresh, changed = [], []
        for piece in pieces(budget.organ, day):
            line = held.get((piece.quota.key, piece.driver))
            if line is None:
                number += 1
                line = BudgetLine(
                    budget=budget, number=number, item=piece.quota.item, words=piece.words, amount=Decimal(0)
                )
                fresh.append(line)
            else:
                changed.append(line)
            _fill(line, piece, facts.get(piece.driver))
        keep(fresh, by=by, act=COMPUTED)
        keep(changed, by=by)
    unknown = sum(1 for line in (*fresh, *changed) if line.computed_amount is None)
    return {"lines": len(fresh) + len(changed), "unknown": unknown}


def _fill(line: BudgetLine, piece: Piece, fact: DriverFact | None) -> None:
    reading = piece.reading
    line.quota_key, line.driver = piece.quota.key, piece.driver
    line.quota = None if reading.value is None else Decimal(str(reading.value))
    since = f"，自 {reading.valid_from} 起" if reading.valid_from else ""
    line.quota_source = f"{reading.source}{since}"[:300] if line.quota is not None else reading.shown
    if fact is not None:
        line.driver_value, line.driver_source = fact.value, fact.source[:200]
    elif line.driver_value is None:
        line.driver_source = ""
    if line.quota is not None and line.driver_value is not None:
        product = (line.quota * line.driver_value).quantize(Decimal("0.01"))
        if not line.reason or line.amount > product:
            line.amount, line.reason = product, ""


def take_needs(budget: Budget, *, by: Actor, lines: Iterable[PlanLine] | None = None) -> int:
    """This will take agreed needs of the plan into a budget, with what none has asked for yet; how many there were."""
    _editable(budget)
    wanted = None if lines is None else {line.root_key for line in lines}
    chosen = [one for one in unasked(budget.organ_id, budget.year) if wanted is None or one[0].root_key in wanted]
    with transaction.atomic():
        rows = BudgetLine._base_manager.select_related("budget", "plan_line").filter(budget=budget).order_by("number")
        held = {row.plan_line.root_key: row for row in rows if row.plan_line is not None}
        grown = [(held[need.root_key], rest) for need, rest in chosen if need.root_key in held]
        for row, rest in grown:
            row.amount += rest
        keep([row for row, _rest in grown], by=by, act=FROM_PLAN)
        number = max((row.number for row in rows), default=0)
        new = [(need, rest) for need, rest in chosen if need.root_key not in held]
        keep([_of_need(budget, place, *one) for place, one in enumerate(new, number + 1)], by=by, act=FROM_PLAN)
        budgeted(budget.organ_id, budget.year)
    return len(chosen)


def _of_need(budget: Budget, number: int, need: PlanLine, amount: Decimal) -> BudgetLine:
    return BudgetLine(budget=budget, number=number, item=item_of(need), words=need.title, plan_line=need, amount=amount)


def _editable(budget: Budget) -> None:
    if budget.state != BudgetState.DRAFT:
        raise Refused(
            _("“%(state)s”的预算不能修改") % {"state": budget.get_state_display()},
            article=ARTICLE, instead=_("请撤回或由财政部门驳回后修改；已批复的，办理追加预算。"),
        )  # fmt: skip
