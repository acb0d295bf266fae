"""The detectors of what stands idle, is to be disposed of, was freed, was bought for an event, or is to be shared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from baozhang.ch1_general.organs.choices import State
from baozhang.ch2_provision.assets.choices import IDLE_STATES, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.assets.queries.renewals import years_of
from baozhang.ch2_provision.assets.rules.endings import due, figure_for
from baozhang.ch2_provision.warehouse.choices import Reason
from baozhang.ch2_provision.warehouse.models import Purchase, SharedClass
from baozhang.law.rules import Verdict

from .detecting import detector, fresh
from .idling import IDLE_DAYS


def facts_of(card: Card) -> dict[str, Any]:
    """The facts that every proposal shows."""
    return {_("资产编号"): card.number, _("资产名称"): card.name, _("原值"): card.value}


def idle(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards that had stood idle for the shortest time set anywhere; all idle ones where none is set, so that it is said."""
    bounds = ground.bounds(IDLE_DAYS)
    latest = day - dt.timedelta(days=int(bounds[0])) if bounds else day
    return fresh(
        Card._base_manager.filter(held_on(day), use_state__in=IDLE_STATES, idle_since__lt=latest, offered=None)
    )


@detector(Reason.IDLE, gettext_noop("闲置超过认定天数"), candidates=idle)
def stands_idle(card: Card, law: Any) -> Verdict | None:
    """Idle for longer than the figure in force allows."""
    if card.idle_since is None:
        return None
    most, days = int(law.figure(IDLE_DAYS)), (law.day - card.idle_since).days
    if days <= most:
        return None
    sentence = _("%(card)s 自 %(since)s 起闲置 %(days)s 天，超过认定天数 %(most)s 天") % {
        "card": card, "since": card.idle_since, "days": days, "most": most,
    }  # fmt: skip
    return Verdict(sentence, {**facts_of(card), _("闲置起始日期"): card.idle_since, _("闲置天数"): days}, card.value)


def offered(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards that their organ has offered itself."""
    return fresh(Card._base_manager.filter(held_on(day), offered__lte=day))


@detector(Reason.IDLE, gettext_noop("本单位已提请入仓"), candidates=offered)
def was_offered(card: Card, law: Any) -> Verdict | None:
    """Offered by its own organ and not applied for yet."""
    sentence = _("%(card)s 已于 %(day)s 提请入仓，尚未办理入仓申请") % {"card": card, "day": card.offered}
    return Verdict(sentence, {**facts_of(card), _("提请入仓日期"): card.offered}, card.value)


def disposing(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards that wait for disposal and have a least life by a standard."""
    lived = Q(item__in=list(years_of())) | Q(category="vehicle")
    return fresh(Card._base_manager.filter(held_on(day), lived, use_state=UseState.DISPOSING))


@detector(Reason.USEFUL, gettext_noop("待处置，未到最低使用年限"), candidates=disposing)
def still_useful(card: Card, law: Any) -> Verdict | None:
    """Awaiting disposal before its least years are over."""
    key = figure_for(card)
    if key is None:
        return None
    years = int(law.figure(key))
    ends = due(card, years)
    if ends is None or law.day >= ends:
        return None
    sentence = _("%(card)s 待处置，最低使用年限 %(years)s 年，应使用至 %(ends)s，仍有使用价值") % {
        "card": card, "years": years, "ends": ends,
    }  # fmt: skip
    return Verdict(sentence, {**facts_of(card), _("最低使用年限"): years, _("期满日期"): ends}, card.value)


def freed(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards of organs that have been abolished, merged or restructured by the day."""
    ended = Q(organ__ended__isnull=True) | Q(organ__ended__lte=day)
    return fresh(Card._base_manager.filter(held_on(day), ended).exclude(organ__state=State.ACTIVE))


@detector(Reason.FREED, gettext_noop("所属机关已撤销、合并或者改制"), candidates=freed)
def organ_ended(card: Card, law: Any) -> Verdict | None:
    """Its organ was abolished, merged or restructured."""
    organ = card.organ
    state = organ.get_state_display()
    sentence = _("%(organ)s%(state)s（%(day)s），%(card)s 腾出") % {
        "organ": organ.name, "state": state, "day": organ.ended or _("日期未登记"), "card": card,
    }  # fmt: skip
    return Verdict(sentence, {**facts_of(card), _("单位状态"): state, _("终止日期"): organ.ended}, card.value)


def bought(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards on the bill of an event that has come to its end."""
    mine = Purchase._base_manager.filter(card=OuterRef("pk"), event__closes__lte=day)
    rows = Card._base_manager.filter(held_on(day)).annotate(
        event_name=Subquery(mine.values("event__name")[:1]), event_ended=Subquery(mine.values("event__closes")[:1])
    )
    return fresh(rows.filter(event_ended__isnull=False))


@detector(Reason.EVENT, gettext_noop("会议、活动、临时机构购置，活动已结束"), candidates=bought)
def bought_for_event(card: Any, law: Any) -> Verdict | None:
    """Bought for an event that is over."""
    sentence = _("%(card)s 为“%(event)s”购置，活动已于 %(day)s 结束") % {
        "card": card, "event": card.event_name, "day": card.event_ended,
    }  # fmt: skip
    return Verdict(
        sentence, {**facts_of(card), _("活动名称"): card.event_name, _("活动结束"): card.event_ended}, card.value
    )


def shared(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards of the classes listed as shared by an authority of their level or above, that are nobody's own tool."""
    rows = SharedClass._base_manager.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
    listed = Q(pk__in=[])
    for code, path in rows.values_list("class_code", "organ__jurisdiction__path"):
        listed |= Q(class_code__startswith=code, organ__jurisdiction__path__startswith=path)
    usable = (UseState.IN_USE, UseState.OTHER, UseState.DEGRADED)
    return fresh(Card._base_manager.filter(held_on(day), listed, user="", use_state__in=usable))


@detector(Reason.SHARED, gettext_noop("列入共享共用资产目录，没有固定使用人"), candidates=shared)
def listed_as_shared(card: Card, law: Any) -> Verdict | None:
    """Listed as shared, and nobody's own."""
    sentence = _("%(card)s 的分类 %(code)s 已列入共享共用资产目录，没有固定使用人") % {
        "card": card,
        "code": card.class_code,
    }
    return Verdict(sentence, {**facts_of(card), _("分类代码"): card.class_code}, card.value)
