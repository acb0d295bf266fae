"""The path of a budget: worked out, decided within, applied for, replied line by line, closed (articles 8 and 9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.funding.choices import BudgetState, CommitState
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Commitment
from baozhang.ch2_provision.funding.models.budget import DRAFT, REVIEW
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.ch2_provision.funding.queries import checking
from baozhang.ch2_provision.funding.queries.budgets import ceiling_of, lines_of, total_of_year
from baozhang.ch2_provision.funding.queries.plans import standing_plan
from baozhang.kernel import access, clock, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .plan import PlanFlow

B = BudgetState
__all__ = ["DECIDE", "DRAFT", "REPLY", "REVIEW", "BudgetFlow"]
DECIDE = access.permission("funding.budget:decide", gettext_lazy("审定本单位预算"))
REPLY = access.permission("funding.budget:reply", gettext_lazy("批复单位预算"))
DATED = ledger.act("funding.budget_dated", gettext_lazy("记载日期"))
CLEARED = ledger.act("funding.reply_cleared", gettext_lazy("预算退回，清除批复数"))
TOTAL, PLANNED = "第八条第一款", "第九条"


def finance(budget: Budget) -> int | None:
    """The same-level finance department that was looked up when the budget was drafted."""
    return budget.finance_id


class BudgetFlow(Flow):
    """Worked out by the accountant, decided by the head, reviewed and replied by the finance department."""

    model = Budget
    words = gettext_lazy("经费预算")
    article = TOTAL
    initial = (B.DRAFT,)

    submit = Step(
        gettext_lazy("提交内部决策"), B.DRAFT, B.DECIDING, ":draft", withdrawable=True, kind="primary", icon="paper-airplane",
        says=gettext_lazy("提交前核对：定额、控制限额、计划事项和集中办公点。"),
    )  # fmt: skip
    decide = Step(
        gettext_lazy("内部决策通过并申报"), B.DECIDING, B.APPLIED, ":decide", four_eyes=("submit",), returnable=(B.DRAFT,), kind="primary",
        fields=("decision", "decided_on"), required=("decision", "decided_on"), icon="check",
        says=gettext_lazy("写明决策会议和纪要文号；通过后向同级财政部门申报。"),
    )  # fmt: skip
    review = Step(
        gettext_lazy("逐行审核完毕"), B.APPLIED, B.REVIEWED, ":review", where=finance, four_eyes=("submit", "decide"), returnable=True,
        kind="primary", icon="check", says=gettext_lazy("每一行都填写批复数后，送部门负责人批复。"),
    )  # fmt: skip
    reply = Step(
        gettext_lazy("批复预算"), B.REVIEWED, B.REPLIED, ":reply", where=finance, four_eyes=("review", "decide"), returnable=True,
        kind="primary", icon="check-badge", fields=("reply_number",), required=("reply_number",),
        says=gettext_lazy("批复后，各行按批复数执行。"),
    )  # fmt: skip
    close = Step(
        gettext_lazy("年度结转关闭"), B.REPLIED, B.CLOSED, ":review", where=finance, todo=False, shown=lambda budget: budget.year <= clock.today().year,
        says=gettext_lazy("关闭后不能再占用；剩余指标由财政部门收回或按规定结转。"),
    )  # fmt: skip

    @classmethod
    def moved_back(cls, record: Budget, *, was: str, to: str, by: Actor) -> None:
        """What finance had entered is cleared where the budget goes back to the agency; its notes stay."""
        del was
        if to not in (B.DRAFT, B.DECIDING):
            return
        lines = list(BudgetLine._base_manager.filter(budget=record, granted__isnull=False).select_related("budget"))
        for line in lines:
            line.granted = None
        with scope.everything("预算退回") as system:  # it follows from the return; the lines are the agency's again
            keep(lines, by=system, act=CLEARED, note=by.name)


def budgeted(organ_id: int, year: int) -> None:
    """This will let the desk of whoever budgets follow: what the plan agreed to and nobody has asked money for waits there."""
    plan = standing_plan(organ_id, year)
    if plan is not None:
        with scope.everything("编入预算") as system:  # it follows from what the budget says, whoever wrote that
            PlanFlow.follow(plan, by=system)


@BudgetFlow.submit.effect
def _asked_for(budget: Budget) -> None:
    """Lines that were written by hand count as well as those that were taken over."""
    budgeted(budget.organ_id, budget.year)


@BudgetFlow.submit.guard
@BudgetFlow.decide.guard
def _sound(budget: Budget) -> None:
    """Quota, plan, site: every line that cannot be applied for, with its reason, all at once."""
    lines = lines_of(budget)
    if not lines:
        raise Refused(_("预算中还没有明细"), article=TOTAL, instead=_("请先“按定额测算”，再加入计划事项。"))
    faults = checking.faults_of(budget, lines)
    if faults:
        first = faults[0]
        raise Invalid(
            _("有 %(n)d 处不能申报") % {"n": len(faults)}, why="；".join(str(fault.reason) for fault in faults[:4]),
            article=PLANNED if any(fault.field == "plan_line" for fault in faults) else TOTAL, instead=first.remedy, faults=faults,
        )  # fmt: skip


@BudgetFlow.submit.guard
@BudgetFlow.decide.guard
def _within_ceiling(budget: Budget) -> None:
    """The whole year stays under the ceiling, where one was set."""
    ceiling = ceiling_of(budget)
    if ceiling is None or ceiling.amount is None:
        return
    total = total_of_year(budget)
    if total > ceiling.amount:
        raise Refused(
            _("超出控制限额 %(over)s 元") % {"over": money(total - ceiling.amount)},
            why=_("全年合计 %(total)s 元，控制限额 %(ceiling)s 元。") % {"total": money(total), "ceiling": money(ceiling.amount)},
            article=TOTAL, instead=_("请压减后再提交；确需增加的，请机关事务管理部门调整限额。"),
            facts={_("全年合计"): total, _("控制限额"): ceiling.amount},
        )  # fmt: skip


@BudgetFlow.decide.guard
def _has_finance(budget: Budget) -> None:
    """Somebody must be there to apply to."""
    if budget.finance_id is None:
        raise Refused(
            _("查不到同级财政部门"),
            article=PLANNED,
            instead=_("请机关事务管理部门负责人核对单位登记中的职能和行政区划。"),
        )


@BudgetFlow.decide.effect
def _applied(budget: Budget, *, by: Actor, day: dt.date) -> None:
    """The day of the application is kept."""
    budget.applied_on = day
    keep(budget, by=by, act=DATED, right=DECIDE)


@BudgetFlow.review.guard
@BudgetFlow.reply.guard
def _each_replied(budget: Budget) -> None:
    """Every line has its reply, and nothing without an agreed need is granted."""
    lines = lines_of(budget)
    empty = [line for line in lines if line.granted is None]
    if empty:
        raise Refused(
            _("还有 %(n)d 行没有批复数") % {"n": len(empty)}, why="、".join(str(line) for line in empty[:5]), article=TOTAL,
            instead=_("请在“逐行批复”中填写，或导入批复表（按预算编号和行号对应）；不予安排的填 0。"),
        )  # fmt: skip
    unplanned = checking.unplanned(budget, [line for line in lines if line.granted])
    if unplanned:
        raise Refused(
            _("有 %(n)d 行没有已同意的计划事项，不能批复") % {"n": len(unplanned)}, why="；".join(str(f.reason) for f in unplanned[:4]),
            article=PLANNED, instead=_("请将这些行的批复数改为 0，或驳回申报单位。"), faults=unplanned,
        )  # fmt: skip


@BudgetFlow.reply.effect
def _replied(budget: Budget, *, by: Actor, day: dt.date) -> None:
    """The day of the reply is kept."""
    budget.replied_on = day
    keep(budget, by=by, act=DATED, right=REPLY, where=budget.finance_id)


@BudgetFlow.close.guard
def _year_is_over(budget: Budget, *, day: dt.date) -> None:
    """The money of a year is there to its last day."""
    if day <= dt.date(budget.year, 12, 31):
        raise Refused(
            _("%(year)s 年度还没有结束，不能结转关闭") % {"year": budget.year},
            why=_("预算年度至 %(year)s 年 12 月 31 日止，今天是 %(day)s。") % {"year": budget.year, "day": day},
            article=TOTAL, instead=_("请在次年 1 月 1 日以后办理；年内需要收回指标的，与单位协商后办理预算调整。"),
        )  # fmt: skip


@BudgetFlow.close.guard
def _nothing_open(budget: Budget) -> None:
    """What is still promised is settled or let go first."""
    rows = Commitment._base_manager.filter(line__budget=budget, state=CommitState.OPEN)
    left = sum((one.left for one in rows), Decimal(0))
    if left:
        raise Refused(
            _("还有 %(sum)s 元占用没有结清") % {"sum": money(left)}, article=TOTAL, instead=_("请先支付或释放这些占用。"),
        )  # fmt: skip
