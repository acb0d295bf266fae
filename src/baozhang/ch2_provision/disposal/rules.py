"""Disposed of without a case, cut into cases below a limit, not carried out, not written off (article 13, paragraph 4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Disposal
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.rules import words
from baozhang.ch2_provision.disposal.choices import AT_WORK, HOLDING, Lane, Outcome, State
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.disposal.queries.limits import APPROVAL, FINANCE, TOGETHER
from baozhang.law.articles import in_force
from baozhang.law.holidays import calendar
from baozhang.law.rules import Verdict, rule

EXECUTE_DAYS, HAND_OVER_DAYS, WRITE_OFF_DAYS = (
    "disposal.days.execute",
    "disposal.days.hand_over",
    "disposal.days.write_off",
)


def ended_alone(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the cards ended since 2022-11-01 that no case has written off, and no transfer of title has passed on."""
    case = Line._base_manager.filter(card=OuterRef("pk"), outcome=Outcome.DISPOSED)
    later = Card._base_manager.filter(former=OuterRef("pk"))
    rows = Card._base_manager.filter(disposed__gte=in_force(), disposed__lte=day)
    return rows.filter(~Exists(case), ~Exists(later))


@rule(article="第十三条第四款", subject="assets.card", since="2022-11-01", candidates=ended_alone)
def disposed_without_case(card: Card, law: Any) -> Verdict | None:
    """资产处置没有办件"""
    if not law.in_force(card.disposed):
        return None
    form = str(Disposal(card.disposal).label)
    sentence = _("%(number)s %(name)s 于 %(day)s 以%(form)s方式处置，没有内部决策和审批或者备案的办件") % {
        "number": card.number, "name": card.name, "day": card.disposed, "form": form,
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("处置日期"): card.disposed, _("处置形式"): form, _("原值"): card.value,
    }  # fmt: skip
    remedy = _("补充当时的内部决策和批准或者备案文件；没有的，说明情况，由同级机关事务管理、财政部门处理。原值 %(value)s。") % {
        "value": words.yuan(card.value),
    }  # fmt: skip
    return Verdict(sentence, facts, card.value, remedy)


def approved_and_waiting(day: dt.date, ground: Any) -> QuerySet[Case]:
    """These are the cases approved by the day whose things are still with the agency."""
    return Case._base_manager.filter(state__in=AT_WORK, approved_on__lte=day)


@rule(article="第十三条第四款", subject="disposal.case", since="2022-11-01", candidates=approved_and_waiting)
def disposal_not_executed(case: Case, law: Any) -> Verdict | None:
    """处置批准后没有按期执行"""
    if case.state not in AT_WORK or not law.in_force(case.approved_on):
        return None
    days = int(law.figure(EXECUTE_DAYS))
    due = calendar().add_working_days(case.approved_on, days).day
    if law.day <= due:
        return None
    sentence = _("%(number)s 于 %(approved)s 批准或者备案，应于 %(due)s 前执行，至今没有移交") % {
        "number": case.number, "approved": case.approved_on, "due": due,
    }  # fmt: skip
    facts = {_("办件编号"): case.number, _("批准日期"): case.approved_on, _("执行期限"): due, _("原值"): case.value}
    return Verdict(sentence, facts, case.value, _("移交实物并销账；不再处置的，申请撤销批复，恢复卡片的使用状况。"))


@rule(article="第十三条第四款", subject="disposal.case", since="2022-11-01", candidates=approved_and_waiting)
def disposal_not_handed_over(case: Case, law: Any) -> Verdict | None:
    """处置批准后没有按期移交实物"""
    if case.state not in AT_WORK or case.form == Disposal.LOSS or not law.in_force(case.approved_on):
        return None
    days = int(law.figure(HAND_OVER_DAYS))
    begun = max(case.approved_on, case.notice_until or case.approved_on)  # nobody hands over while the notice runs
    due = calendar().add_working_days(begun, days).day
    if law.day <= due:
        return None
    sentence = _("%(number)s 应于 %(due)s 前移交实物（%(begun)s 起 %(days)s 个工作日），已超期 %(late)s 天") % {
        "number": case.number, "due": due, "begun": begun, "days": days, "late": (law.day - due).days,
    }  # fmt: skip
    facts = {
        _("办件编号"): case.number, _("批准日期"): case.approved_on, _("公告截止日期"): case.notice_until or "", _("移交期限"): due,
        _("接收方名称"): case.receiver_name, _("原值"): case.value,
    }  # fmt: skip
    return Verdict(
        sentence, facts, case.value, _("联系接收方或者回收企业上门移交，双方签字；对方没有按约上门的，另行确定。")
    )


def handed_and_waiting(day: dt.date, ground: Any) -> QuerySet[Case]:
    """These are the cases whose things went by the day and whose cards stand in the books still."""
    return Case._base_manager.filter(Q(state=State.HANDED) | Q(state=State.RECEIVED), handed_on__lte=day)


@rule(article="第十三条第四款", subject="disposal.case", since="2022-11-01", candidates=handed_and_waiting)
def disposal_not_written_off(case: Case, law: Any) -> Verdict | None:
    """实物已移交没有销账"""
    if case.state not in (State.HANDED, State.RECEIVED) or not law.in_force(case.handed_on):
        return None
    days = int(law.figure(WRITE_OFF_DAYS))
    due = calendar().add_working_days(case.handed_on, days).day
    if law.day <= due:
        return None
    sentence = _("%(number)s 于 %(handed)s 移交实物，应于 %(due)s 前销账，账上仍有 %(count)s 张卡片") % {
        "number": case.number, "handed": case.handed_on, "due": due, "count": case.count,
    }  # fmt: skip
    facts = {
        _("办件编号"): case.number,
        _("移交日期"): case.handed_on,
        _("销账期限"): due,
        _("卡片数"): case.count,
        _("原值"): case.value,
    }
    return Verdict(sentence, facts, case.value, _("登记签收，登记并缴清处置收入，由财务人员办理销账。"))


def many_of_a_kind(day: dt.date, ground: Any) -> Iterator[Case]:
    """These are the cases below a limit that follow others of their agency, form and kind, each with those before it."""
    at = Coalesce("submitted_on", "approved_on")
    rows = (
        Case._base_manager.filter(state__in=(*HOLDING, State.CLOSED))
        .annotate(at=at)
        .filter(at__gte=in_force(), at__lte=day)
    )
    like = rows.filter(organ=OuterRef("organ"), form=OuterRef("form"), kind=OuterRef("kind")).exclude(pk=OuterRef("pk"))
    found: Any = rows.filter(Exists(like)).order_by("organ_id", "form", "kind", "at", "pk")
    before: list[Case] = []
    for case in found.iterator(2_000):
        if before and (before[-1].organ_id, before[-1].form, before[-1].kind) != (case.organ_id, case.form, case.kind):
            before = []
        case.earlier = tuple(before)
        before.append(case)
        if case.lane in (Lane.FILING, Lane.AUTHORITY) and case.earlier:
            yield case


@rule(
    article="第十三条第四款", subject="disposal.case", since="2022-11-01", severity="serious", candidates=many_of_a_kind
)
def disposal_split(case: Any, law: Any) -> Verdict | None:
    """同类处置分次办理，合计超过限额"""
    earlier = case.__dict__.get("earlier")
    if not earlier or case.lane not in (Lane.FILING, Lane.AUTHORITY):
        return None
    start = case.at - dt.timedelta(days=int(law.figure(TOGETHER)))
    key = FINANCE if case.lane == Lane.AUTHORITY else APPROVAL
    limit = Decimal(str(law.figure(key, form=case.form, kind=case.kind)))
    with_it = [one for one in earlier if one.at >= start]
    total = case.value + sum((one.value for one in with_it), Decimal(0))
    if not with_it or total <= limit:
        return None
    names = "、".join(one.number for one in with_it)
    sentence = _("%(number)s 与 %(days)s 天内的同类处置 %(others)s 合计原值 %(total)s，超过限额 %(limit)s，却按“%(lane)s”办理") % {
        "number": case.number, "days": (case.at - with_it[0].at).days, "others": names, "total": words.yuan(total),
        "limit": words.yuan(limit), "lane": Lane(case.lane).label,
    }  # fmt: skip
    facts = {
        _("办件编号"): case.number, _("同类处置办件"): names, _("合计原值"): total, _("限额"): limit, _("办理方式"): str(Lane(case.lane).label),
    }  # fmt: skip
    return Verdict(sentence, facts, total, _("合并办理审批；已经执行的，向审批机关说明分次办理的原因，由其处理。"))
