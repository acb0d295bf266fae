"""Things let or lent without a case, kept past their time, and things in the name of people who are gone (articles 11, 13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch1_general.organs.queries import on_day
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.choices.cases import HandoverState, LettingState
from baozhang.ch2_provision.assets.models import Card, HandoverItem, Letting
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.kernel.holds import Hold
from baozhang.law.rules import Verdict, rule

AWAY = (UseState.LET, UseState.LENT)


def without_case(day: dt.date, ground: Any) -> Iterator[Card]:
    """These are the cards let or lent for which no letting runs and that no other case (a loan of the warehouse) holds."""
    live = Letting._base_manager.filter(card=OuterRef("pk"), state=LettingState.LIVE)
    held = Hold.objects.filter(kind=Card._meta.label_lower, record_id=OuterRef("pk"))
    rows = Card._base_manager.filter(held_on(day), ~Exists(live), ~Exists(held), use_state__in=AWAY)
    card: Any
    for card in rows.iterator(2_000):
        card.uncovered = True
        yield card


@rule(article="第十三条第三款", subject="assets.card", since="2022-11-01", severity="serious", candidates=without_case)
def let_without_case(card: Card, law: Any) -> Verdict | None:
    """资产出租出借没有办理手续"""
    if card.use_state not in AWAY or not card.__dict__.get("uncovered"):
        return None
    state = str(UseState(card.use_state).label)
    sentence = _("%(number)s %(name)s 的使用状况为“%(state)s”，没有履行中的出租出借办件") % {
        "number": card.number, "name": card.name, "state": state,
    }  # fmt: skip
    facts = {_("资产编号"): card.number, _("资产名称"): card.name, _("使用状况"): state, _("原值"): card.value}
    remedy = _("立即收回；确需出租出借的，先经单位集体决策，报同级机关事务管理部门审核后办理，已收租金全额缴库。")
    return Verdict(sentence, facts, card.value, remedy)


def past_their_time(day: dt.date, ground: Any) -> Iterator[Letting]:
    """These are the lettings that run past their last day, each with what its card is."""
    case: Any
    for case in (
        Letting._base_manager.filter(state=LettingState.LIVE, until__lt=day).select_related("card").iterator(2_000)
    ):
        case.told = {"words": str(case), "number": case.card.number, "value": case.card.value}
        yield case


@rule(article="第十三条第三款", subject="assets.letting", since="2022-11-01", candidates=past_their_time)
def letting_overdue(case: Any, law: Any) -> Verdict | None:
    """出租出借期满没有收回"""
    if case.state != LettingState.LIVE or case.until >= law.day:
        return None
    days, told = (law.day - case.until).days, case.__dict__.get("told", {})
    sentence = _("%(case)s 应于 %(until)s 收回，已超期 %(days)s 天") % {
        "case": told.get("words", case.party), "until": case.until, "days": days,
    }  # fmt: skip
    facts = {
        _("承租（借用）方"): case.party, _("终止日期"): case.until, _("超期天数"): days, _("合同编号"): case.contract,
        _("资产编号"): told.get("number", ""),
    }  # fmt: skip
    return Verdict(sentence, facts, told.get("value"), _("收回资产并登记收回时状况；继续出租出借的，重新办理手续。"))


def keeper_gone(day: dt.date, ground: Any) -> Iterator[Card]:
    """These are the cards whose keeper's account holds no appointment on the day, or whose handover is not done after he left."""
    here = Appointment._base_manager.filter(
        on_day(day), user=OuterRef("keeper"), organ=OuterRef("organ"), user__is_active=True
    )
    last = Appointment._base_manager.filter(user=OuterRef("keeper"), organ=OuterRef("organ"), until__lt=day).order_by(
        "-until"
    )
    rows = Card._base_manager.filter(held_on(day), ~Exists(here), keeper__isnull=False)
    card: Any
    told: set[int] = set()
    for card in rows.annotate(left_on=Subquery(last.values("until")[:1])).iterator(2_000):
        card.gone_since = {"day": card.left_on, "open": False}
        told.add(card.pk)
        yield card
    # A handover that was begun says the day itself, before anybody ends the appointment.
    open_ = HandoverItem._base_manager.filter(
        handover__state__in=(HandoverState.GIVEN, HandoverState.SIGNED), handover__leaves_on__lt=day
    )
    for item in open_.select_related("card", "handover").order_by("pk").iterator(2_000):
        card = item.card
        if card.pk not in told and card.disposed is None and item.handover.leaver in (card.custodian, card.user):
            card.gone_since = {"day": item.handover.leaves_on, "open": True}
            told.add(card.pk)
            yield card


@rule(article="第十一条第二款", subject="assets.card", since="2022-11-01", candidates=keeper_gone)
def keeper_left(card: Any, law: Any) -> Verdict | None:
    """保管人已离岗，资产没有交接"""
    seen = card.__dict__.get("gone_since")
    if seen is None:
        return None
    named = {"number": card.number, "name": card.name, "keeper": card.custodian or card.user, "day": seen["day"]}
    if seen["open"]:
        sentence = _("%(number)s %(name)s 的保管人%(keeper)s已于 %(day)s 离岗，交接没有办完") % named
    else:
        sentence = _("%(number)s %(name)s 的保管人%(keeper)s已不在本单位任职，资产没有交接") % named
    facts = {
        _("资产编号"): card.number,
        _("保管人"): card.custodian or card.user,
        _("离岗日期"): seen["day"] or "",
        _("原值"): card.value,
    }
    return Verdict(sentence, facts, card.value, _("办理保管交接：接收人逐项签收，单位负责人确认后更新卡片。"))


__all__ = ["keeper_left", "let_without_case", "letting_overdue"]
