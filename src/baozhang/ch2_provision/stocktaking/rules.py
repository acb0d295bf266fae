"""What the law watches in counting: no full count in a year, differences that lie about, debts past their day (13, 2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.choices import State as OrganState
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.law.rules import Verdict, rule

from .choices import OPEN_STATES, Scope, Settled, State
from .models import Count, Difference
from .queries.figures import FULL_YEARS, SETTLE_DAYS

ARTICLE = "第十三条第二款"
UNSETTLED_STATES = tuple(state for state in OPEN_STATES if state != State.COUNTING)


def not_fully_counted(day: dt.date, ground: Any) -> QuerySet[Organization]:
    """These are the bodies that held things when last year ended and did not complete a full count in that year."""
    ended = dt.date(day.year - 1, 12, 31)
    full = Q(counts__scope=Scope.FULL, counts__counted_on__isnull=False, counts__counted_on__lte=ended)
    held = Card._base_manager.filter(held_on(ended), organ_id=OuterRef("pk"))
    rows = Organization._base_manager.filter(Exists(held), state=OrganState.ACTIVE)
    rows = rows.annotate(last_full=Max("counts__counted_on", filter=full & ~Q(counts__state=State.CANCELLED)))
    return rows.filter(Q(last_full__isnull=True) | Q(last_full__lt=dt.date(ended.year, 1, 1))).order_by("pk")


@rule(article=ARTICLE, subject="organs.organization", since="2022-11-01", candidates=not_fully_counted)
def no_full_count(organ: Any, law: Any) -> Verdict | None:
    """年终前没有完成全面清查盘点"""
    ended = dt.date(law.day.year - 1, 12, 31)
    last: dt.date | None = organ.last_full
    if not law.in_force(ended) or (organ.founded is not None and organ.founded > ended):
        return None
    years = int(law.figure(FULL_YEARS))
    if last is not None and last.year > ended.year - years:
        return None
    said = _("上一次全面盘点于 %(day)s 完成清点") % {"day": last} if last else _("此前没有全面盘点的记录")
    sentence = _("%(organ)s 到 %(year)s 年年终没有完成全面清查盘点，%(said)s") % {
        "organ": organ,
        "year": ended.year,
        "said": said,
    }
    facts = {_("年度"): ended.year, _("上次全面盘点"): last or _("无"), _("最长间隔（年）"): years}
    remedy = _("制订全面盘点方案，冻结账面后逐室清点，处理差异并出具报告。")
    return Verdict(sentence, facts, None, remedy, key=str(ended.year))


def lying_about(day: dt.date, ground: Any) -> QuerySet[Count]:
    """These are the counts whose counting was over for longer than the shortest time set anywhere, and that are not closed."""
    bounds = ground.bounds(SETTLE_DAYS)
    latest = day - dt.timedelta(days=int(bounds[0])) if bounds else day
    rows = Count._base_manager.filter(state__in=UNSETTLED_STATES, counted_on__lt=latest)
    return rows.select_related("organ").order_by("pk")


@rule(article=ARTICLE, subject="stocktaking.count", since="2022-11-01", candidates=lying_about)
def differences_unsettled(count: Count, law: Any) -> Verdict | None:
    """盘点差异超期没有处理"""
    if count.state not in UNSETTLED_STATES or count.counted_on is None:
        return None
    most = int(law.figure(SETTLE_DAYS))
    days = (law.day - count.counted_on).days
    if days <= most:
        return None
    sentence = _("%(count)s 于 %(day)s 完成清点，已过 %(days)s 天（期限 %(most)s 天），差异还没有处理完") % {
        "count": count, "day": count.counted_on, "days": days, "most": most,
    }  # fmt: skip
    state = str(State(count.state).label)
    facts = {_("清点完成日期"): count.counted_on, _("已过天数"): days, _("期限"): most, _("状态"): state}
    return Verdict(sentence, facts, None, _("逐项说明差异并报审；查不清的写明责任人和续查期限，挂账后办结。"))


def debts_past(day: dt.date, ground: Any) -> QuerySet[Difference]:
    """These are the debts whose own day has passed."""
    rows = Difference._base_manager.filter(state=Settled.DEBT, due__lt=day)
    return rows.select_related("count", "organ").order_by("pk")


@rule(article=ARTICLE, subject="stocktaking.difference", since="2022-11-01", candidates=debts_past)
def debt_overdue(row: Difference, law: Any) -> Verdict | None:
    """盘点挂账到期没有查清"""
    if row.state != Settled.DEBT or row.due is None or row.due >= law.day:
        return None
    sentence = _("%(count)s 的挂账“%(row)s”应于 %(due)s 前查清，由 %(who)s 负责，已过 %(days)s 天") % {
        "count": row.count, "row": row, "due": row.due, "who": row.responsible, "days": (law.day - row.due).days,
    }  # fmt: skip
    facts = {
        _("责任人"): row.responsible,
        _("续查期限"): row.due,
        _("情况说明"): row.explanation,
        _("涉及原值"): row.value,
    }
    return Verdict(sentence, facts, row.value, _("查清后更正卡片或者办理处置；查不清的，在下次盘点中重新说明。"))
