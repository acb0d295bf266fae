"""A plan that was not handed in by the end of its round (article 9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.funding.choices import PlanState, RoundState
from baozhang.ch2_provision.funding.models import Plan
from baozhang.law.rules import Verdict, rule

OWN = (PlanState.DRAFT, PlanState.DECIDING)  # still with the agency


def waiting(day: dt.date, ground: Any) -> QuerySet[Plan]:
    """These are the first versions still with their agency after the round's last day; one that has ended plans no more."""
    rows = Plan._base_manager.filter(edition=1, state__in=OWN, round__closes__lt=day).exclude(organ__ended__lte=day)
    return rows.exclude(round__state=RoundState.DRAFT).select_related("round", "organ").order_by("pk")


@rule(article="第九条", subject="funding.plan", since="2022-11-01", candidates=waiting)
def plan_not_handed_in(plan: Plan, law: Any) -> Verdict | None:
    """年度计划逾期未报送"""
    if plan.edition != 1 or plan.state not in OWN or plan.round.closes >= law.day:
        return None
    days = (law.day - plan.round.closes).days
    sentence = _("%(year)s 年度运行保障计划应于 %(closes)s 前报送，已超期 %(days)s 天") % {
        "year": plan.year, "closes": plan.round.closes, "days": days,
    }  # fmt: skip
    facts = {
        _("计划编号"): plan.code, _("编报轮次"): plan.round.code, _("编报截止"): plan.round.closes,
        _("状态"): str(PlanState(plan.state).label),
    }  # fmt: skip
    return Verdict(sentence, facts, None, _("尽快完成编制和内部决策并报送；未经同意的计划不能申报相关预算。"))
