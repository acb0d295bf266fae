"""Above the ceiling, without an agreed need, spent beyond the grant, another's cost of a site (articles 8 and 9)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch2_provision.funding.choices import CENTRAL, NEEDS, PASSED, QUOTAS, BudgetState, CostItem, PlanState
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, PlanLine, SiteMember
from baozhang.ch2_provision.funding.models.changing import money
from baozhang.ch2_provision.funding.queries.budgets import moved_in, over_ceiling
from baozhang.law.rules import Verdict, rule

APPLIED = (BudgetState.APPLIED, BudgetState.REVIEWED, BudgetState.REPLIED)


def above(day: dt.date, ground: Any) -> QuerySet[Budget]:
    """These are the budgets applied for whose agency's year is above its ceiling, each with both sums."""
    rows = Budget._base_manager.filter(state__in=APPLIED)
    return over_ceiling(rows).select_related("organ").order_by("pk")


@rule(article="第八条第一款", subject="funding.budget", since="2022-11-01", severity="serious", candidates=above)
def budget_over_ceiling(budget: Budget, law: Any) -> Verdict | None:
    """预算超出控制限额"""
    ceiling, total = getattr(budget, "ceiling", None), getattr(budget, "total", None)
    if ceiling is None or total is None or total <= ceiling or budget.state not in APPLIED:
        return None
    over = total - ceiling
    sentence = _("%(year)s 年预算合计 %(total)s 元，控制限额 %(ceiling)s 元，超出 %(over)s 元") % {
        "year": budget.year, "total": money(total), "ceiling": money(ceiling), "over": money(over),
    }  # fmt: skip
    facts = {_("预算编号"): budget.code, _("全年合计"): total, _("控制限额"): ceiling}
    return Verdict(sentence, facts, over, _("压减预算；确需增加的，由机关事务管理部门调整限额后再批复。"))


def quoted(day: dt.date, ground: Any) -> QuerySet[BudgetLine]:
    """These are the lines applied for that take more than the least value that their quota ever had, times their driver."""
    over = Q(pk__in=[])
    for quota in QUOTAS:
        bounds = ground.bounds(quota.key, history=True)
        if bounds is not None:
            over |= Q(quota_key=quota.key, amount__gt=F("driver_value") * Decimal(str(bounds[0])))
    rows = BudgetLine._base_manager.filter(over, budget__state__in=APPLIED, driver_value__isnull=False)
    return rows.exclude(granted=0).select_related("budget", "organ").order_by("pk")


@rule(article="第八条第一款", subject="funding.budgetline", since="2022-11-01", candidates=quoted)
def budget_over_quota(line: BudgetLine, law: Any) -> Verdict | None:
    """预算明细超出支出定额"""
    if not line.quota_key or line.driver_value is None or line.budget.state not in APPLIED:
        return None
    keys = {"rank": line.driver} if "rank" in dict(law.spec(line.quota_key).keys) else {}
    quota = Decimal(str(law.figure(line.quota_key, on=line.budget.applied_on, **keys)))
    product = (quota * line.driver_value).quantize(Decimal("0.01"))
    sum_ = line.granted if line.granted is not None else line.amount
    if sum_ <= product:
        return None
    words = {
        "line": line, "sum": money(sum_), "quota": f"{quota.normalize():f}", "driver": f"{line.driver_value.normalize():f}",
        "product": money(product), "over": money(sum_ - product),
    }  # fmt: skip
    sentence = _("%(line)s %(sum)s 元，支出定额 %(quota)s × 基数 %(driver)s = %(product)s 元，超出 %(over)s 元") % words
    facts = {
        _("预算编号"): line.budget.code, _("行号"): line.number, _("申请数"): line.amount, _("批复数"): line.granted,
        _("计算基数"): line.driver_value, _("基数来源"): line.driver_source, _("申报日期"): line.budget.applied_on,
    }  # fmt: skip
    return Verdict(sentence, facts, sum_ - product, _("压减到定额测算数以内；基数有变化的，核对后重新测算。"))


def needing(day: dt.date, ground: Any) -> QuerySet[BudgetLine]:
    """These are the lines applied for that are the money of a need and have none that stands agreed."""
    need = Coalesce(OuterRef("plan_line__root_id"), OuterRef("plan_line_id"))
    standing = PlanLine._base_manager.filter(plan__state=PlanState.AGREED, state__in=PASSED)
    agreed = Exists(standing.filter(Q(pk=need) | Q(root_id=need)))
    rows = BudgetLine._base_manager.filter(budget__state__in=APPLIED, item__in=tuple(NEEDS))
    rows = rows.exclude(granted=0).exclude(amount=0).filter(~agreed)
    return rows.select_related("budget", "plan_line", "organ").order_by("pk")


@rule(article="第九条", subject="funding.budgetline", since="2022-11-01", severity="serious", candidates=needing)
def budget_without_plan(line: BudgetLine, law: Any) -> Verdict | None:
    """申报的预算没有已同意的计划事项"""
    if line.item not in NEEDS or line.budget.state not in APPLIED or line.granted == 0:
        return None
    item = str(CostItem(line.item).label)
    if line.plan_line is None:
        sentence = _("%(line)s（%(item)s）没有对应的年度计划事项") % {"line": line, "item": item}
    else:
        sentence = _("%(line)s（%(item)s）对应的计划事项“%(need)s”不在已同意的计划中") % {
            "line": line, "item": item, "need": line.plan_line.title,
        }  # fmt: skip
    facts = {
        _("预算编号"): line.budget.code, _("行号"): line.number, _("支出科目"): f"{line.item} {item}", _("申请数"): line.amount,
        _("批复数"): line.granted, _("计划事项"): str(line.plan_line or ""),
    }  # fmt: skip
    amount = line.granted if line.granted is not None else line.amount
    return Verdict(sentence, facts, amount, _("先调整年度计划并经同意；不再需要的，交回这笔预算。"))


def overspent(day: dt.date, ground: Any) -> QuerySet[BudgetLine]:
    """These are the lines of which finance's books say that more was spent than was granted."""
    rows = BudgetLine._base_manager.filter(reported__gt=F("granted"))
    return rows.select_related("budget", "organ").order_by("pk")


@rule(
    article="第八条第一款", subject="funding.budgetline", since="2022-11-01", severity="serious", candidates=overspent
)
def spent_beyond_line(line: BudgetLine, law: Any) -> Verdict | None:
    """实际支出超出批复的预算"""
    if line.reported is None or line.granted is None or line.reported <= line.granted:
        return None
    over = line.reported - line.granted
    sentence = _("%(line)s批复 %(granted)s 元，财政账面支出 %(reported)s 元，超出 %(over)s 元") % {
        "line": line, "granted": money(line.granted), "reported": money(line.reported), "over": money(over),
    }  # fmt: skip
    facts = {
        _("预算编号"): line.budget.code, _("行号"): line.number, _("批复数"): line.granted, _("财政账面支出"): line.reported,
        _("账面截止日期"): line.reported_on, _("平台登记支出"): line.spent, _("占用数"): line.committed,
    }  # fmt: skip
    return Verdict(sentence, facts, over, _("核对支出科目和凭证；确属超支的，说明原因并按规定办理调剂。"))


def doubled(day: dt.date, ground: Any) -> QuerySet[BudgetLine]:
    """These are the lines for repair, services or energy of agencies that are housed where another body pays for it."""
    housed = SiteMember._base_manager.filter(moved_in(OuterRef("budget__year")), organ_id=OuterRef("organ_id")).exclude(
        site__organ_id=OuterRef("organ_id")
    )
    rows = BudgetLine._base_manager.filter(
        Exists(housed), budget__state__in=APPLIED, item__in=CENTRAL, site=None, apart=""
    )
    rows = rows.exclude(granted=0).exclude(amount=0).annotate(housed=Exists(housed, output_field=BooleanField()))
    return rows.select_related("budget", "organ").order_by("pk")


@rule(article="第八条第二款", subject="funding.budgetline", since="2022-11-01", candidates=doubled)
def site_cost_twice(line: BudgetLine, law: Any) -> Verdict | None:
    """集中办公点的经费在单位预算中重复编列"""
    if not getattr(line, "housed", False) or line.item not in CENTRAL or line.site_id is not None or line.granted == 0:
        return None
    item = str(CostItem(line.item).label)
    sentence = _("本单位在集中办公点办公，%(item)s由机关事务管理部门统一编列，第 %(number)s 行又申报 %(amount)s 元") % {
        "item": item, "number": line.number, "amount": money(line.amount),
    }  # fmt: skip
    facts = {
        _("预算编号"): line.budget.code,
        _("行号"): line.number,
        _("支出科目"): f"{line.item} {item}",
        _("申请数"): line.amount,
    }
    amount: Decimal = line.granted if line.granted is not None else line.amount
    return Verdict(sentence, facts, amount, _("删减重复的经费；另有分散用房的，在预算明细中填写“分散用房说明”。"))
