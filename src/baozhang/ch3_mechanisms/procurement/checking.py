"""What must hold before anything is bought: need, no-match, plan, quantity, price, money (articles 8, 9, 12 and 36)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from baozhang.ch2_provision.allocation.choices import Means, NeedState
from baozhang.ch2_provision.allocation.queries.cover import no_match
from baozhang.ch2_provision.assets.rules.words import count, yuan
from baozhang.ch2_provision.funding import actions as funding
from baozhang.ch2_provision.funding.models import BudgetLine
from baozhang.ch2_provision.funding.queries.budgets import open_budget_lines
from baozhang.ch2_provision.funding.queries.plans import standing_line
from baozhang.kernel import bulk
from baozhang.kernel.refusal import Refused
from baozhang.law.explain import figure_sentence

from .models import Purchase, PurchaseLine
from .queries import bought_elsewhere, by_plan_line, cap_of, lines_of

STOCK, PLAN, PRICE, MONEY = "第十二条第二款", "第九条", "第十二条第一款", "第八条第一款"


def must_be_sound(purchase: Purchase, day: dt.date) -> list[PurchaseLine]:
    """These are the lines of a purchase, each with the budget line that pays first; Refused with article and sums where one may not be."""
    lines = lines_of(purchase)
    if not lines:
        raise Refused(
            _("采购没有明细"), article="第三十六条第一款", instead=_("请先登记采购明细，写明为哪一项配置需求采购。")
        )
    wanted: dict[int, int] = defaultdict(int)
    for line in lines:
        wanted[line.need_id] += line.quantity
    _one_at_a_time(wanted)
    for line in lines:
        line.plan_line = line.need.plan_line  # planned, perhaps, after the line was written
        _has_no_match(line)
        _is_planned(line, wanted[line.need_id], purchase)
        _within_the_cap(line, day)
    for together in by_plan_line(lines).values():
        _has_money(purchase, together)
    return lines


def _one_at_a_time(needs: dict[int, int]) -> None:
    """Two purchases of one need that are handed in at the same moment come one after the other."""
    if connection.in_atomic_block:
        for need in sorted(needs):
            bulk.take_turns(f"procurement need {need}")


def _has_no_match(line: PurchaseLine) -> None:
    """Nothing is bought that could be transferred (article 12, paragraph 2)."""
    need = line.need
    answer = no_match(need)
    if answer is None or need.state not in (NeedState.PLANNED, NeedState.MET):
        raise Refused(
            _("%(need)s 没有“确实无法调剂”的记录，不能采购") % {"need": need},
            why=_("当前状态为“%(state)s”。") % {"state": NeedState(need.state).label}, article=STOCK,
            instead=_("请先在存量答复中查找；没有可调剂的登记记录，不适用的写明理由并经复核，再列入计划。"),
        )  # fmt: skip


def _is_planned(line: PurchaseLine, wanted: int, purchase: Purchase) -> None:
    """The same-level authority agreed to it, for so many (article 9)."""
    need, stands = line.need, standing_line(line.plan_line) if line.plan_line is not None else None
    if stands is None:
        raise Refused(
            _("%(need)s 的计划事项尚未同意，不能采购") % {"need": need}, article=PLAN,
            instead=_("请等待同级机关事务管理部门审核同意年度计划。"),
        )  # fmt: skip
    if stands.means and stands.means != purchase.means:
        raise Refused(
            _("计划同意的是%(means)s，不能%(other)s") % {"means": Means(stands.means).label, "other": Means(purchase.means).label}, article=PLAN,
            instead=_("请改正取得方式；确需改变的，先调整年度计划。"), facts={_("计划事项"): str(stands), _("取得方式"): Means(purchase.means).label},
        )  # fmt: skip
    agreed = int(stands.agreed_quantity if stands.agreed_quantity is not None else stands.quantity)
    elsewhere, other = bought_elsewhere(need.pk, purchase, stands)
    most = min(need.planned, agreed) - elsewhere
    if wanted > most:
        raise Refused(
            _("%(need)s 采购 %(wanted)s 件，超出可采购的 %(most)s 件") % {"need": need, "wanted": wanted, "most": max(most, 0)},
            why=_("计划同意 %(agreed)s 件，其他采购已占 %(elsewhere)s 件。") % {"agreed": agreed, "elsewhere": elsewhere}
            + (_("见 %(other)s。") % {"other": other} if other is not None else ""),
            article=PLAN, instead=_("请减少数量；确需增加的，先提出新的配置需求。"),
            facts={_("计划同意数量"): agreed, _("其他采购数量"): elsewhere, _("本次采购数量"): wanted},
        )  # fmt: skip


def _within_the_cap(line: PurchaseLine, day: dt.date) -> None:
    """One piece costs no more than the standard allows on the day (article 12, paragraph 1)."""
    reading = cap_of(line, day)
    if reading is None:
        return
    cap = Decimal(str(reading.value))
    if line.unit_price > cap:
        over = line.unit_price - cap
        raise Refused(
            _("%(line)s 单价 %(price)s，价格上限 %(cap)s，每件超出 %(over)s")
            % {"line": line.name, "price": yuan(line.unit_price), "cap": yuan(cap), "over": yuan(over)},
            why=figure_sentence(reading.as_dict()), article=PRICE, instead=_("请选用上限以内的产品。"),
            facts={_("单价"): line.unit_price, _("价格上限"): cap, _("超出合计"): over * line.quantity},
        )  # fmt: skip


def _has_money(purchase: Purchase, lines: list[PurchaseLine]) -> None:
    """Finance has granted enough for a need, in all its budgets together; the commitment says so once more under its locks.

    Each line names the first line of a budget that still has something for it; what each pays is in the commitments.
    """
    granted = granted_for(lines)
    if not granted:
        raise Refused(
            _("%(need)s 没有批复的预算，不能采购") % {"need": lines[0].need}, article=PLAN, instead=_("请在预算批复后采购；年中追加的，先办理追加预算。"),
        )  # fmt: skip
    left = funding.free(granted, purchase)
    amount, total = sum((line.amount for line in lines), Decimal(0)), sum(left, Decimal(0))
    if amount > total:
        raise Refused(
            _("采购 %(amount)s，超出预算余额 %(over)s") % {"amount": yuan(amount), "over": yuan(amount - total)},
            why="".join(
                _("“%(line)s”批复 %(granted)s，余额 %(left)s。") % {"line": held, "granted": yuan(held.granted or 0), "left": yuan(rest)}
                for held, rest in zip(granted, left, strict=True)
            ),
            article=MONEY, instead=_("请减少数量或者降低单价；确需增加的，办理追加预算。"),
            facts={_("批复数"): sum((held.granted or Decimal(0) for held in granted), Decimal(0)), _("余额"): total, _("本次采购"): amount,
                   _("件数"): count(sum(line.quantity for line in lines))},
        )  # fmt: skip
    for line in lines:
        parts = funding.shared(left, line.amount)
        line.budget_line = next(held for held, part in zip(granted, parts, strict=True) if part)
        left = [rest - part for rest, part in zip(left, parts, strict=True)]


def granted_for(lines: list[PurchaseLine]) -> list[BudgetLine]:
    """The granted lines that pay together for lines of one need of the plan, in the order of their budgets."""
    plan_line = lines[0].plan_line
    return open_budget_lines(plan_line) if plan_line is not None else []
