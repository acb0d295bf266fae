"""What the law watches: loans past their day, proposals unanswered, reservations never taken, papers and takers that never came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch2_provision.warehouse.choices import LOAN_OPEN, THING_OPEN, ExitState, ItemState, ProposalState
from baozhang.ch2_provision.warehouse.models import Exit, Item, Loan, Proposal
from baozhang.law.holidays import calendar
from baozhang.law.rules import Verdict, rule

ANSWER_DAYS, EXIT_DAYS = "warehouse.answer_days", "warehouse.exit_days"


def late_loans(day: dt.date, ground: Any) -> QuerySet[Loan]:
    """Loans with their last day behind them, or whose taker is no more, and something still out."""
    out = Q(things__state__in=THING_OPEN)
    late = Q(due__lt=day) | Q(organ__ended__lte=day)
    rows = Loan._base_manager.filter(late, state__in=LOAN_OPEN).select_related("organ")
    return rows.annotate(out=Count("things", filter=out), worth=Sum("things__item__value", filter=out)).filter(
        out__gt=0
    )


@rule(article="第十四条第二款", subject="warehouse.loan", since="2022-11-01", candidates=late_loans)
def loan_overdue(loan: Any, law: Any) -> Verdict | None:
    """公物仓资产借用逾期未还"""
    if loan.organ.ended is not None and loan.organ.ended <= law.day:
        return _taker_gone(loan)
    days = 0 if loan.due is None else (law.day - loan.due).days
    if days <= 0:
        return None
    sentence = _("“%(purpose)s”借用的 %(count)s 件资产应于 %(due)s 归还，已逾期 %(days)s 天") % {
        "purpose": loan.purpose, "count": loan.out, "due": loan.due, "days": days,
    }  # fmt: skip
    facts = {_("应还日期"): loan.due, _("逾期天数"): days, _("未还件数"): loan.out, _("已续借次数"): loan.extensions}
    return Verdict(sentence, facts, loan.worth, _("立即归还；确需继续使用的，申请续借；已损坏或者遗失的，报告并定责。"))


def _taker_gone(loan: Any) -> Verdict:
    """Whoever is abolished, merged or restructured keeps nothing, with a term or without."""
    state = loan.organ.get_state_display()
    sentence = _("%(organ)s于 %(day)s 终止（%(state)s），“%(purpose)s”领用的 %(count)s 件资产还没有归还") % {
        "organ": loan.organ, "day": loan.organ.ended, "state": state, "purpose": loan.purpose, "count": loan.out,
    }  # fmt: skip
    facts = {_("终止日期"): loan.organ.ended, _("应还日期"): loan.due, _("未还件数"): loan.out}
    return Verdict(
        sentence,
        facts,
        loan.worth,
        _("立即归还；承接单位需要继续使用的，归还后由承接单位申领；已损坏或者遗失的，报告并定责。"),
    )


def unanswered(day: dt.date, ground: Any) -> QuerySet[Proposal]:
    """Proposals that nobody has answered, made before the shortest time set anywhere."""
    bounds = ground.bounds(ANSWER_DAYS)  # in working days, of which none is shorter than a day
    latest = day - dt.timedelta(days=int(bounds[0]) if bounds else 0)
    return Proposal._base_manager.filter(state=ProposalState.OPEN, proposed_on__lt=latest).select_related(
        "card", "organ"
    )


@rule(
    article="第十五条第一款", subject="warehouse.proposal", since="2022-11-01", severity="notice", candidates=unanswered
)
def proposal_unanswered(proposal: Any, law: Any) -> Verdict | None:
    """入仓建议逾期未答复"""
    days = int(law.figure(ANSWER_DAYS))
    due = calendar().add_working_days(proposal.proposed_on, days).day
    if law.day <= due:
        return None
    sentence = _("%(card)s 的入仓建议于 %(day)s 提出，应于 %(due)s 前答复，至今未答复") % {
        "card": proposal.card, "day": proposal.proposed_on, "due": due,
    }  # fmt: skip
    facts = {_("提出日期"): proposal.proposed_on, _("答复期限（工作日）"): days, _("应答复日期"): due}
    return Verdict(
        sentence, facts, proposal.value, _("同意的，提交入仓申请；不同意的，写明理由，由机关事务管理部门审核。")
    )


def never_taken(day: dt.date, ground: Any) -> QuerySet[Exit]:
    """Exits that were approved and ran out without being fetched, and of which nobody has said why."""
    rows = Exit._base_manager.filter(state=ExitState.EXPIRED, approved_on__isnull=False, keep_until__lte=day)
    return rows.select_related("organ").annotate(count=Count("reservations"))


@rule(article="第十六条第一款", subject="warehouse.exit", since="2022-11-01", severity="notice", candidates=never_taken)
def reserved_never_taken(exit_: Any, law: Any) -> Verdict | None:
    """预留公物仓资产到期未领"""
    sentence = _("“%(purpose)s”预留的 %(count)s 件资产 %(approved)s 批准，保留至 %(until)s，到期未领，已释放") % {
        "purpose": exit_.purpose, "count": exit_.count, "approved": exit_.approved_on, "until": exit_.keep_until,
    }  # fmt: skip
    facts = {_("批准日期"): exit_.approved_on, _("保留至"): exit_.keep_until, _("件数"): exit_.count}
    return Verdict(sentence, facts, None, _("在出仓申领中说明未领的原因；仍然需要的，重新预留。"))


def papers_owed(day: dt.date, ground: Any) -> QuerySet[Exit]:
    """Emergency exits whose papers should have followed by now."""
    waiting = (ExitState.EMERGENCY, ExitState.PAPERS)
    return Exit._base_manager.filter(state__in=waiting, papers_due__lt=day).select_related("organ", "activation")


@rule(article="第十六条第一款", subject="warehouse.exit", since="2022-11-01", candidates=papers_owed)
def emergency_papers_late(exit_: Any, law: Any) -> Verdict | None:
    """应急先行出仓逾期未补手续"""
    days = (law.day - exit_.papers_due).days
    if days <= 0:
        return None
    sentence = _("应急先行出仓（%(day)s），手续应于 %(due)s 前补齐，已逾期 %(days)s 天") % {
        "day": exit_.handed_on, "due": exit_.papers_due, "days": days,
    }  # fmt: skip
    facts = {_("交付日期"): exit_.handed_on, _("手续补办期限"): exit_.papers_due, _("逾期天数"): days}
    return Verdict(sentence, facts, None, _("补填用途和使用期限，由申领单位和机关事务管理部门确认。"))


def untaken(day: dt.date, ground: Any) -> QuerySet[Item]:
    """Things free in the warehouse since before the shortest time set anywhere: since they entered, or last came back."""
    bounds = ground.bounds(EXIT_DAYS)
    latest = day - dt.timedelta(days=int(bounds[0]) if bounds else 0)
    free_since = Coalesce(Max("things__ended_on"), "entered_on")
    rows = Item._base_manager.filter(state=ItemState.STOCK, entered_on__lt=latest).annotate(free_since=free_since)
    return rows.filter(free_since__lt=latest).select_related("card", "organ")


@rule(article="第十四条第二款", subject="warehouse.item", since="2022-11-01", severity="notice", candidates=untaken)
def stock_untaken(item: Any, law: Any) -> Verdict | None:
    """在仓资产长期无人申领"""
    most, since = int(law.figure(EXIT_DAYS)), item.__dict__.get("free_since")
    days = (law.day - since).days if since is not None else 0
    if days <= most:
        return None
    sentence = _("%(item)s 自 %(since)s 起在仓可用 %(days)s 天，超过 %(most)s 天没有单位申领") % {
        "item": item, "since": since, "days": days, "most": most,
    }  # fmt: skip
    facts = {_("资产编号"): item.number, _("可用起始日期"): since, _("在仓天数"): days, _("退仓期限"): most}
    return Verdict(sentence, facts, item.value, _("扩大公开范围；仍无人申领的，退还所属单位或者转处置。"))
