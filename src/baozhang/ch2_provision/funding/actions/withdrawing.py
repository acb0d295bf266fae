"""What is not wanted any more leaves the plan: the line, what a draft of a budget asks for it, and the money kept for it."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.funding.choices import PASSED, PLAN_AT_WORK, BudgetState, LineState, PlanState
from baozhang.ch2_provision.funding.flows import PlanLineFlow
from baozhang.ch2_provision.funding.flows.budget import budgeted
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Plan, PlanLine
from baozhang.ch2_provision.funding.models.budget import REVIEW
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.ch2_provision.funding.queries.plans import versions
from baozhang.kernel import access, bulk, clock, ledger, notices, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import remove
from baozhang.kernel.refusal import Refused
from baozhang.kernel.turns import in_turn

WITHDRAWN = ledger.act("funding.withdrawn", gettext_lazy("随需求撤销"))
LEAVES = (LineState.PENDING, *PASSED)
ANSWERED = (BudgetState.APPLIED, BudgetState.REVIEWED, BudgetState.REPLIED)
ARTICLE = "第九条"


def withdraw_line(line: PlanLine, *, by: Actor, note: str) -> bool:
    """This will take a need out of the plan in all versions that are at work or stand; True where the line itself is gone.

    Out of a draft it is taken; what was handed in stays to be read as withdrawn, and those who review and decided are told.
    What a draft of a budget asks for it goes with it; granted money is promised to nobody any more, and finance is told.
    Raises Refused where money is promised or paid.
    """
    with (
        transaction.atomic(),
        scope.everything("撤销需求") as system,
    ):  # it follows from the need, whoever withdrew that
        root = Q(plan_line_id=line.root_key) | Q(plan_line__root_id=line.root_key)
        rows = BudgetLine._base_manager.filter(root)
        in_turn(Budget, rows.values_list("budget_id", flat=True))  # a budget before the plan, as its own steps do
        bulk.take_turns(f"plan {line.organ_id} {line.plan.year}")  # whoever amends it copies the line before or after
        for plan in sorted(set(versions(line).values_list("plan_id", flat=True)), reverse=True):
            in_turn(Plan, [plan])  # the latest version first, as it gives way to none when it is agreed to
        held = list(rows.select_related("budget").order_by("pk"))
        _nothing_used(line, held)
        said = _("%(who)s：%(note)s") % {"who": by.name, "note": note}
        drafts = [row for row in held if row.budget.state == BudgetState.DRAFT]
        remove(drafts, by=system, note=said, act=WITHDRAWN)
        _tell_finance(line, held, said)
        gone = _leave_the_plan(line, said, note, system)
        budgeted(line.organ_id, line.plan.year)
    return gone


def _nothing_used(line: PlanLine, held: list[BudgetLine]) -> None:
    used = sum((row.committed + row.spent for row in held), Decimal(0))
    if used:
        raise Refused(
            _("%(line)s的预算已经占用和支出 %(sum)s 元，不能撤销") % {"line": line.title, "sum": money(used)}, article="第八条第一款",
            instead=_("请先取消采购、释放占用；已经支付的，需求已部分落实，余下的办理计划年度调整。"), facts={_("占用和支出"): used},
        )  # fmt: skip


def _leave_the_plan(line: PlanLine, said: str, note: str, system: Actor) -> bool:
    """Later versions first: a version that is still drafted loses its line, the others keep it as withdrawn."""
    gone = False
    for one in reversed(list(versions(line).filter(plan__state__in=(*PLAN_AT_WORK, PlanState.AGREED)))):
        if one.plan.state == PlanState.DRAFT:
            remove(one, by=system, note=said, act=WITHDRAWN)
            gone = gone or one.pk == line.pk
        elif one.state in LEAVES:
            PlanLineFlow.take("give_up", one, by=system, note=said, values={"reason": note[:500]})
    return gone


def _tell_finance(line: PlanLine, held: list[BudgetLine], said: str) -> None:
    """Where finance has the application or granted it, its officers learn that the money is not needed."""
    for row in held:
        place = row.budget.finance_id
        if row.budget.state not in ANSWERED or place is None:
            continue
        notices.notify(
            sorted(access.holders_of.ask(REVIEW, place, clock.today())), organ_id=place, about=(row.label, row.pk), body=said,
            title=_("%(organ)s不再需要“%(line)s”：%(budget)s第 %(n)s 行") % {"organ": row.organ, "line": line.title, "budget": row.budget, "n": row.number},
        )  # fmt: skip


__all__ = ["withdraw_line"]
