"""What keeps lines of a budget from being applied for: above quota, without an agreed need, another's cost of a site."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from baozhang.ch2_provision.funding.choices import CENTRAL, NEEDS, CostItem, LineKind
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, PlanLine
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.kernel import clock
from baozhang.kernel.refusal import Fault

from .budgets import asked_by_item, asked_by_need, housed_at
from .plans import agreed_lines, carried
from .quotas import QUOTED, allowed
from .suggesting import driver_facts


def faults_of(budget: Budget, lines: Sequence[BudgetLine]) -> list[Fault]:
    """All that keeps a budget from being applied for, line by line; a constant number of queries."""
    return [
        *unplanned(budget, lines),
        *_above_quota(lines),
        *_beyond_facts(budget, lines),
        *_beside_quota(budget, lines),
        *_sites(budget, lines),
    ]


def unplanned(budget: Budget, lines: Sequence[BudgetLine]) -> list[Fault]:
    """The lines that need an agreed line of the plan and have none, or ask for more than it (article 9)."""
    wanting = [line for line in lines if line.needs_plan or line.plan_line_id]
    if not wanting:
        return []
    standing = {line.root_key: line for line in agreed_lines(budget.organ_id, budget.year)}
    asked = asked_by_need(budget.organ_id, budget.year)
    found = []
    for line in wanting:
        reason = _unfit(line, standing, asked)
        if reason:
            remedy = _(
                "新增资产、大中修、节能改造、后勤服务购买先列入年度计划，经同级机关事务管理部门审核同意后再申报（第九条）。"
            )
            found.append(Fault(reason, "plan_line", str(line), remedy, row=line.number, column=_("计划事项")))
    return found


def _unfit(line: BudgetLine, standing: dict[int, PlanLine], asked: dict[int, Decimal]) -> str:
    words = {"line": line, "item": CostItem(line.item).label}
    if line.plan_line is None:
        return _("%(line)s（%(item)s）没有对应的计划事项") % words
    need = standing.get(line.plan_line.root_key)
    if need is None:
        return _("%(line)s对应的计划事项“%(need)s”未经审核同意") % {**words, "need": line.plan_line.title}
    if line.item in NEEDS and need.kind not in NEEDS[line.item]:
        return _("%(line)s（%(item)s）与计划事项的类别“%(kind)s”不符") % {**words, "kind": LineKind(need.kind).label}
    total = asked.get(need.root_key, Decimal(0))
    if total > carried(need):
        return _("%(line)s超出核定金额：申请合计 %(total)s 元，核定 %(agreed)s 元") % {
            **words, "total": money(total), "agreed": money(carried(need)),
        }  # fmt: skip
    return ""


def _above_quota(lines: Sequence[BudgetLine]) -> list[Fault]:
    found = []
    for line in lines:
        if not line.quota_key:
            continue
        if line.computed_amount is None:
            nothing = line.driver_value == 0 and not line.amount
            if not nothing and not line.reason.strip():
                reason = _("%(line)s：定额或基数待核实，不能测算，也没有写明理由") % {"line": line}
                remedy = _("请填写金额并写明按什么测算，或请财政部门发布定额。")
                found.append(Fault(reason, "reason", str(line), remedy, row=line.number, column=_("理由")))
        elif line.amount > line.computed_amount:
            reason = _("%(line)s超出定额：申请 %(amount)s 元，定额测算 %(computed)s 元") % {
                "line": line, "amount": money(line.amount), "computed": money(line.computed_amount),
            }  # fmt: skip
            remedy = _("请减至定额测算数以内（第八条第一款）。")
            found.append(Fault(reason, "amount", str(line.amount), remedy, row=line.number, column=_("申请数")))
    return found


def _beyond_facts(budget: Budget, lines: Sequence[BudgetLine]) -> list[Fault]:
    """Lines whose driver was raised above what is known of it."""
    rested = [line for line in lines if line.quota_key and line.driver_value is not None]
    facts = driver_facts(budget.organ_id, clock.today()) if rested else {}
    found = []
    for line in rested:
        fact, value = facts.get(line.driver), line.driver_value
        if fact is not None and value is not None and value > fact.value:
            words = {
                "line": line,
                "value": f"{value.normalize():f}",
                "known": f"{fact.value.normalize():f}",
                "source": fact.source,
            }
            reason = _("%(line)s：计算基数 %(value)s 多于登记的 %(known)s（%(source)s）") % words
            remedy = _("请重新“按定额测算”；人数、面积有变动的，先更新登记。")
            found.append(Fault(reason, "driver_value", str(value), remedy, row=line.number, column=_("计算基数")))
    return found


def _beside_quota(budget: Budget, lines: Sequence[BudgetLine]) -> list[Fault]:
    """Lines by hand for an item that has a quota: with the others of the item and year they stay within quota × driver."""
    hand = [one for one in lines if one.item in QUOTED and not (one.quota_key or one.plan_line_id or one.site_id)]
    hand = [line for line in hand if line.amount]
    if not hand:
        return []
    most, asked = allowed(budget.organ, clock.today()), asked_by_item(budget.organ_id, budget.year)
    found = []
    for line in hand:
        limit, total = most.get(line.item), asked[line.item]
        if limit is not None and total > limit:
            reason = _("%(line)s：%(item)s全年合计 %(total)s 元，超出定额测算的 %(most)s 元") % {
                "line": line, "item": CostItem(line.item).label, "total": money(total), "most": money(limit),
            }  # fmt: skip
            remedy = _("请减至定额测算数以内（第八条第一款）。")
            found.append(Fault(reason, "amount", str(line.amount), remedy, row=line.number, column=_("申请数")))
    return found


def _sites(budget: Budget, lines: Sequence[BudgetLine]) -> list[Fault]:
    """A cost that the authority budgets for the site where the agency is housed, asked for by the agency again."""
    central = [
        line
        for line in lines
        if line.item in CENTRAL and line.site_id is None and not line.apart.strip() and line.amount
    ]
    housed = housed_at(budget.organ_id, budget.year) if central else []
    if not housed:
        return []
    where = housed[0].site
    return [
        Fault(
            _("%(line)s：本单位在%(site)s集中办公，%(item)s由%(organ)s统一编列（第八条第二款）")
            % {"line": line, "site": where, "item": CostItem(line.item).label, "organ": where.organ},
            "site", str(line), _("请删去这一行；另有分散用房的，打开这一行填写“分散用房说明”。"), row=line.number, column=_("集中办公点"),
        )
        for line in central
    ]  # fmt: skip
