"""What a bill shows: more than the tank holds, on a sealed day, without a trip, after disposal, elsewhere, another's card, twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.rules.words import count as said
from baozhang.ch2_provision.running.choices import AWAY, Kind
from baozhang.ch2_provision.running.models import Cost, PaymentCard, Whereabouts
from baozhang.ch2_provision.trips.queries.desk import judged_since
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on
from baozhang.law.rules import Verdict, rule

ARTICLE = "第二十三条第一款"
LOOK_BACK = 400  # days; older bills were judged while they were young, and their findings stay
PAID_ON_THE_ROAD = (Kind.FUEL, Kind.TOLL, Kind.PARKING)


def _since(day: dt.date) -> Q:
    return Q(day__gte=judged_since(day, LOOK_BACK - 1), day__lte=day, vehicle__isnull=False)


def _rows(day: dt.date) -> QuerySet[Cost]:
    return Cost._base_manager.filter(_since(day)).select_related("vehicle", "dispatch")


def _facts(cost: Cost, **more: Any) -> dict[str, Any]:
    facts = {
        _("号牌"): str(cost.vehicle),
        _("单据号"): cost.bill,
        _("费用时间"): cost.at,
        _("地点"): cost.place,
        **more,
    }
    return facts | ({_("本单位说明"): cost.explanation} if cost.explanation else {})


def _beyond_tank(day: dt.date, ground: Any) -> QuerySet[Cost]:
    """These are the fuellings of more than the file says the tank holds."""
    return _rows(day).filter(kind=Kind.FUEL, quantity__gt=F("vehicle__tank"))


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_beyond_tank, severity="serious")
def fuel_beyond_tank(cost: Cost, law: Any) -> Verdict | None:
    """一次加油超过油箱容积"""
    tank = cost.vehicle.tank if cost.vehicle is not None else None
    if cost.kind != Kind.FUEL or cost.quantity is None or tank is None or cost.quantity <= tank:
        return None
    sentence = _("%(plate)s %(at)s 一次加油 %(litres)s 升，油箱容积 %(tank)s 升，多出 %(over)s 升") % {
        "plate": cost.vehicle, "at": cost.at, "litres": said(cost.quantity), "tank": tank, "over": said(cost.quantity - tank),
    }  # fmt: skip
    facts = _facts(cost, **{_("加油量"): cost.quantity, _("油箱容积"): tank})
    return Verdict(
        sentence, facts, amount=cost.amount, remedy=_("核对是否给其他车辆或者容器加油；油箱容积有误的，更正车辆档案。")
    )


def _sealed(day: dt.date, ground: Any) -> Iterator[Cost]:
    """These are the fuellings and charges on a day on which the vehicle was sealed."""
    rows = Cost._base_manager.filter(_since(day), kind__in=(Kind.FUEL, Kind.CHARGE))
    days = {one for one in rows.order_by().values_list("day", flat=True).distinct() if holiday_of(one) is not None}
    found = list(rows.filter(day__in=days).select_related("vehicle", "dispatch").order_by("pk"))
    opened = open_on({one.vehicle_id for one in found if one.vehicle_id}, days)
    for cost in found:
        if (cost.vehicle_id, cost.day) not in opened:
            subject: Any = cost
            subject.holiday = holiday_of(cost.day).name  # type: ignore[union-attr]
            yield subject


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_sealed, severity="serious")
def fuel_while_sealed(cost: Cost, law: Any) -> Verdict | None:
    """节假日封存期间加油充电"""
    holiday = getattr(cost, "holiday", "")
    if not holiday:
        return None
    sentence = _("%(plate)s %(at)s（%(holiday)s）封存期间有%(kind)s %(amount)s 元") % {
        "plate": cost.vehicle, "at": cost.at, "holiday": holiday, "kind": Kind(cost.kind).label, "amount": cost.amount,
    }  # fmt: skip
    return Verdict(
        sentence, _facts(cost), amount=cost.amount, remedy=_("说明用车和启封情况；油卡借给他人使用的，追回费用。")
    )


def _without_trip(day: dt.date, ground: Any) -> QuerySet[Cost]:
    """These are the costs of the road with a known time behind which no trip stands."""
    return _rows(day).filter(kind__in=PAID_ON_THE_ROAD, dispatch__isnull=True, moment__isnull=False)


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_without_trip)
def cost_without_trip(cost: Cost, law: Any) -> Verdict | None:
    """途中费用没有对应的派车单"""
    if cost.kind not in PAID_ON_THE_ROAD or cost.dispatch_id is not None or cost.moment is None:
        return None
    sentence = _("%(plate)s %(at)s 在%(place)s发生%(kind)s费 %(amount)s 元，当时没有派车单") % {
        "plate": cost.vehicle, "at": cost.at, "place": cost.place or _("（地点不详）"), "kind": Kind(cost.kind).label, "amount": cost.amount,
    }  # fmt: skip
    return Verdict(
        sentence, _facts(cost), amount=cost.amount, remedy=_("补齐派车记录并对应行程；不属于公务的，由使用人退回费用。")
    )


def _after_disposal(day: dt.date, ground: Any) -> QuerySet[Cost]:
    """These are the costs of vehicles that had been disposed of by then."""
    return _rows(day).filter(day__gt=F("vehicle__card__disposed")).select_related("vehicle__card")


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_after_disposal, severity="serious")
def cost_after_disposal(cost: Cost, law: Any) -> Verdict | None:
    """车辆处置以后又发生费用"""
    gone = cost.vehicle.card.disposed if cost.vehicle is not None else None
    if gone is None or cost.day is None or cost.day <= gone:
        return None
    sentence = _("%(plate)s 已于 %(gone)s 处置，%(at)s 又有%(kind)s %(amount)s 元") % {
        "plate": cost.vehicle, "gone": gone, "at": cost.at, "kind": Kind(cost.kind).label, "amount": cost.amount,
    }  # fmt: skip
    facts = _facts(cost, **{_("处置日期"): gone})
    return Verdict(
        sentence, facts, amount=cost.amount, remedy=_("核对单据是否属于这辆车；停用油卡和通行卡，不应支付的追回。")
    )


def _violations(day: dt.date, ground: Any) -> QuerySet[Cost]:
    """These are the violations with a known time behind which no trip stands."""
    return _rows(day).filter(kind=Kind.VIOLATION, dispatch__isnull=True, moment__isnull=False)


@rule(
    article="第二十三条第二款", subject="running.cost", since="2022-11-01", candidates=_violations, severity="serious"
)
def violation_without_trip(cost: Cost, law: Any) -> Verdict | None:
    """交通违法时没有派车单"""
    if cost.kind != Kind.VIOLATION or cost.dispatch_id is not None or cost.moment is None:
        return None
    sentence = _("%(plate)s %(at)s 在%(place)s有交通违法记录（%(item)s），当时没有派车单") % {
        "plate": cost.vehicle, "at": cost.at, "place": cost.place or _("（地点不详）"), "item": cost.item,
    }  # fmt: skip
    return Verdict(
        sentence, _facts(cost, **{_("违法行为"): cost.item}), remedy=_("查明当时的驾驶人和用途；罚款由责任人承担。")
    )


def _elsewhere(day: dt.date, ground: Any) -> Iterator[Cost]:
    """These are the bills at whose time all positions of the vehicle were far from their place."""
    far = dict(
        Whereabouts.objects.filter(
            metres__gt=AWAY, day__gte=judged_since(day, LOOK_BACK - 1), day__lte=day
        ).values_list("cost", "metres")
    )
    for cost in _rows(day).filter(pk__oneof=sorted(far)).order_by("pk") if far else ():
        subject: Any = cost
        subject.metres = far[cost.pk]
        yield subject


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_elsewhere, severity="serious")
def cost_elsewhere(cost: Cost, law: Any) -> Verdict | None:
    """费用发生时车辆不在该地点"""
    metres = getattr(cost, "metres", 0)
    if metres <= AWAY:
        return None
    sentence = _("%(plate)s %(at)s 在%(place)s发生%(kind)s费 %(amount)s 元，当时车辆的定位在 %(km)s 公里以外") % {
        "plate": cost.vehicle, "at": cost.at, "place": cost.place, "kind": Kind(cost.kind).label, "amount": cost.amount, "km": round(metres / 1_000, 1),
    }  # fmt: skip
    return Verdict(
        sentence,
        _facts(cost, **{_("距离（米）"): metres}),
        amount=cost.amount,
        remedy=_("核对是否他车冒用；地点坐标有误的，更正账单。"),
    )


def _others_card(day: dt.date, ground: Any) -> QuerySet[Cost]:
    """These are the bills whose card belongs to another vehicle than the one on the bill."""
    holder = PaymentCard._base_manager.filter(number=OuterRef("card")).exclude(vehicle=OuterRef("vehicle"))
    rows: Any = _rows(day).exclude(card="").annotate(holder=Subquery(holder.values("vehicle__plate")[:1]))
    return rows.filter(holder__isnull=False)


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_others_card)
def card_of_another_vehicle(cost: Cost, law: Any) -> Verdict | None:
    """用其他车辆的卡付费"""
    holder = getattr(cost, "holder", None)
    if not holder:
        return None
    sentence = _("%(plate)s %(at)s 付费的卡 %(card)s 登记在 %(holder)s 名下") % {
        "plate": cost.vehicle, "at": cost.at, "card": cost.card, "holder": holder,
    }  # fmt: skip
    return Verdict(
        sentence,
        _facts(cost, **{_("卡号"): cost.card}),
        amount=cost.amount,
        remedy=_("一车一卡；卡换了车的，先更新车辆用卡。"),
    )


def _twice(day: dt.date, ground: Any) -> QuerySet[Cost]:
    """These are the bills of which an earlier one names the same vehicle, time, kind, item and sum under another number."""
    same = ("vehicle", "day", "kind", "at", "item", "amount")
    earlier = Cost._base_manager.filter(pk__lt=OuterRef("pk"), **{name: OuterRef(name) for name in same})
    rows: Any = _rows(day).exclude(kind=Kind.TOPUP)  # into the reserve and on to the chip is one sum twice
    rows = rows.filter(moment__isnull=False, amount__gt=0).annotate(again=Exists(earlier))
    return rows.filter(again=True)


@rule(article=ARTICLE, subject="running.cost", since="2022-11-01", candidates=_twice)
def bill_twice(cost: Cost, law: Any) -> Verdict | None:
    """同一笔费用重复登记"""
    if not getattr(cost, "again", False):
        return None
    sentence = _("%(plate)s %(at)s %(kind)s %(amount)s 元有两张单据，号码不同，时间、项目和金额相同") % {
        "plate": cost.vehicle, "at": cost.at, "kind": Kind(cost.kind).label, "amount": cost.amount,
    }  # fmt: skip
    return Verdict(
        sentence, _facts(cost), amount=cost.amount, remedy=_("与供应商核对；重复的，撤销一张并追回多付的费用。")
    )
