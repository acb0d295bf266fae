"""What slips and requests show: without approval, odometer backwards, on a sealed day, a driver beyond his hours."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import (
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    RowRange,
    Subquery,
    Sum,
    Window,
)
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.choices import ALLOWED, MADE, OWN_FLEET, REST_ENOUGH, DispatchState
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.ch2_provision.trips.models.clocks import shown
from baozhang.ch2_provision.trips.queries.desk import bounds, judged_since
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on, runs
from baozhang.ch2_provision.trips.queries.urgent import LATE
from baozhang.kernel import clock
from baozhang.law.rules import REGULATION_SINCE, Verdict, rule

ARTICLE = "第二十三条第一款"
LOOK_BACK = 400  # days; older dispatches were judged while they were young, and their findings stay
CONTINUOUS, DAILY = "vehicles.trips.continuous_hours", "vehicles.trips.daily_hours"


def _since(day: dt.date) -> Q:
    return Q(starts__gte=bounds(judged_since(day, LOOK_BACK))[0], starts__lt=bounds(day)[1])


def _alone(day: dt.date, ground: Any) -> QuerySet[Dispatch]:
    """These are the dispatches that went and that no approved request stands behind."""
    behind = Request._base_manager.filter(dispatch=OuterRef("pk"), state__in=ALLOWED)
    rows: Any = Dispatch._base_manager.annotate(asked=Exists(behind))
    return rows.filter(_since(day), state__in=MADE, asked=False).select_related("vehicle", "driver")


@rule(article=ARTICLE, subject="trips.dispatch", since="2022-11-01", candidates=_alone)
def trip_without_approval(dispatch: Dispatch, law: Any) -> Verdict | None:
    """没有经批准的用车申请而出车"""
    if dispatch.state not in MADE or getattr(dispatch, "asked", True):
        return None
    sentence = _("%(dispatch)s %(span)s 已出车，没有经批准的用车申请") % {"dispatch": dispatch, "span": dispatch.span}
    facts = {
        _("派车单号"): dispatch.number,
        _("车辆"): str(dispatch.vehicle or dispatch.hired),
        _("驾驶人"): str(dispatch.driver or ""),
    }
    return Verdict(sentence, facts, remedy=_("说明用途；确属公务的，补办用车申请。"))


def _still_out(day: dt.date, ground: Any) -> QuerySet[Dispatch]:
    """These are the dispatches that should have come back before this day and of which no return is entered."""
    rows = Dispatch._base_manager.filter(_since(day), state=DispatchState.RUNNING, ends__lt=bounds(day)[0])
    return rows.select_related("vehicle", "driver")


@rule(article=ARTICLE, subject="trips.dispatch", since="2022-11-01", candidates=_still_out)
def trip_not_returned(dispatch: Dispatch, law: Any) -> Verdict | None:
    """过了预计还车时间没有登记还车"""
    if dispatch.state != DispatchState.RUNNING or dispatch.ends >= bounds(law.day)[0]:
        return None
    told = {
        "plate": dispatch.vehicle or dispatch.hired,
        "out": shown(dispatch.out_at or dispatch.starts),
        "ends": shown(dispatch.ends),
    }
    sentence = _("%(plate)s %(out)s 出车，预计 %(ends)s 还车，至今没有登记还车") % told
    facts = {
        _("派车单号"): dispatch.number,
        _("驾驶人"): str(dispatch.driver or ""),
        _("预计还车"): shown(dispatch.ends),
    }
    return Verdict(sentence, facts, remedy=_("登记还车里程；仍在使用的，说明行程和预计还车时间。"))


def _backwards(day: dt.date, ground: Any) -> QuerySet[Dispatch]:
    """These are the dispatches that begin with less on the odometer than the one before ended with."""
    before = Dispatch._base_manager.filter(
        vehicle=OuterRef("vehicle"), odometer_in__isnull=False, in_at__lte=OuterRef("out_at")
    ).exclude(pk=OuterRef("pk"))
    # The one before is looked for only where any earlier one ended with more: the rest is most of the table.
    most = Window(Max("odometer_in"), partition_by="vehicle", order_by="out_at", frame=RowRange(end=-1))
    read = Dispatch._base_manager.filter(vehicle__isnull=False, out_at__isnull=False, state__in=MADE)
    back = read.annotate(most=most).filter(most__gt=F("odometer_out")).values("pk")
    rows: Any = Dispatch._base_manager.filter(_since(day), pk__in=back)
    rows = rows.annotate(read_before=Subquery(before.order_by("-in_at").values("odometer_in")[:1]))
    return rows.filter(odometer_out__lt=F("read_before")).select_related("vehicle", "driver")


@rule(article=ARTICLE, subject="trips.dispatch", since="2022-11-01", candidates=_backwards)
def odometer_backwards(dispatch: Dispatch, law: Any) -> Verdict | None:
    """出车里程小于上次还车里程"""
    before = getattr(dispatch, "read_before", None)
    if before is None or dispatch.odometer_out is None or dispatch.odometer_out >= before:
        return None
    sentence = _("%(plate)s %(at)s 出车里程 %(now)s 公里，上次还车 %(before)s 公里，倒退 %(back)s 公里") % {
        "plate": dispatch.vehicle, "at": shown(dispatch.out_at), "now": dispatch.odometer_out, "before": before, "back": before - dispatch.odometer_out,
    }  # fmt: skip
    facts = {_("派车单号"): dispatch.number, _("出车里程"): dispatch.odometer_out, _("上次还车里程"): before}
    return Verdict(sentence, facts, remedy=_("核对里程表；更换过仪表的，在备注中说明。"))


def _sealed(day: dt.date, ground: Any) -> Iterator[Dispatch]:
    """These are the dispatches that were out on a day on which vehicles are sealed, and the vehicle was neither excepted nor opened."""
    rows = Dispatch._base_manager.filter(_since(day), vehicle__isnull=False, out_at__isnull=False, state__in=MADE)
    closed = [one for n in range(LOOK_BACK + 1) if holiday_of(one := day - dt.timedelta(days=n)) is not None]
    on = Q(pk__in=[])
    for since, until in runs(closed):
        on |= Q(out_at__lt=bounds(until)[1]) & (Q(in_at__gte=bounds(since)[0]) | Q(in_at=None))
    found = list(rows.filter(on).select_related("vehicle", "driver").order_by("pk"))
    opened = open_on({one.vehicle_id for one in found if one.vehicle_id}, closed)
    for dispatch in found:
        left = dispatch.out_at.astimezone(clock.ZONE).date()  # type: ignore[union-attr]
        back = dispatch.in_at.astimezone(clock.ZONE).date() if dispatch.in_at else day
        out = (one for one in sorted(closed) if left <= one <= back)
        shut = next((one for one in out if (dispatch.vehicle_id, one) not in opened), None)
        if shut is not None:
            subject: Any = dispatch
            subject.sealed_on, subject.holiday = shut, holiday_of(shut).name  # type: ignore[union-attr]
            subject.left_before = left < shut
            yield subject


@rule(article=ARTICLE, subject="trips.dispatch", since="2022-11-01", candidates=_sealed, severity="serious")
def trip_on_sealed_day(dispatch: Dispatch, law: Any) -> Verdict | None:
    """节假日封存期间出车"""
    day = getattr(dispatch, "sealed_on", None)
    if day is None:
        return None
    told = {"plate": dispatch.vehicle, "day": day, "holiday": getattr(dispatch, "holiday", "")}
    if getattr(dispatch, "left_before", False):
        sentence = _("%(plate)s %(day)s（%(holiday)s）仍在外使用，没有列为值班车辆，也没有启封") % told
    else:
        sentence = _("%(plate)s %(day)s（%(holiday)s）出车，没有列为值班车辆，也没有启封") % told
    facts = {
        _("派车单号"): dispatch.number,
        _("驾驶人"): str(dispatch.driver or ""),
        _("出车时间"): shown(dispatch.out_at),
    }
    return Verdict(sentence, facts, remedy=_("说明出车的理由和批准情况。"))


def _long(day: dt.date, ground: Any) -> QuerySet[Dispatch]:
    """These are the dispatches of ours that were long on the way with little rest."""
    least = ground.bounds(CONTINUOUS)
    hours = dt.timedelta(hours=float(least[0])) if least else dt.timedelta(0)
    rows = Dispatch._base_manager.filter(
        _since(day), means__in=OWN_FLEET, state=DispatchState.ENDED, rest__lt=REST_ENOUGH, in_at__gt=F("out_at") + hours
    )
    return rows.select_related("vehicle", "driver")


@rule(article=ARTICLE, subject="trips.dispatch", since="2022-11-01", candidates=_long)
def driver_without_rest(dispatch: Dispatch, law: Any) -> Verdict | None:
    """驾驶人连续驾驶超过时数没有休息"""
    if (
        dispatch.out_at is None
        or dispatch.in_at is None
        or dispatch.rest >= REST_ENOUGH
        or dispatch.means not in OWN_FLEET
    ):
        return None
    most = Decimal(str(law.figure(CONTINUOUS)))
    hours = Decimal(str(round((dispatch.in_at - dispatch.out_at).total_seconds() / 3600, 2)))
    if hours <= most:
        return None
    sentence = _("%(driver)s %(span)s 用车 %(hours)s 小时，途中休息 %(rest)s 分钟，连续驾驶上限 %(most)s 小时") % {
        "driver": dispatch.driver, "span": f"{shown(dispatch.out_at)} — {shown(dispatch.in_at)}", "hours": hours.normalize(), "rest": dispatch.rest, "most": most,
    }  # fmt: skip
    facts = {
        _("派车单号"): dispatch.number,
        _("驾驶人"): str(dispatch.driver),
        _("用车时数"): hours,
        _("途中休息"): dispatch.rest,
    }
    return Verdict(sentence, facts, remedy=_("核对是否有等候和休息未登记；长途用车安排休息或者两名驾驶人。"))


def _busy(day: dt.date, ground: Any) -> Iterator[Driver]:
    """These are the drivers who were out in the last days, with their hours a day.

    A trip over midnight counts on each of its days, its rest spread evenly over the time away: nobody enters when it was.
    """
    first, least = judged_since(day, 31), ground.bounds(DAILY)
    rows = Dispatch._base_manager.filter(
        driver__isnull=False, state=DispatchState.ENDED, in_at__gte=bounds(first)[0], in_at__lt=bounds(day)[1]
    ).order_by()
    rows = rows.annotate(when=TruncDate("out_at", tzinfo=clock.ZONE), back=TruncDate("in_at", tzinfo=clock.ZONE))
    hours: dict[int, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    over_night = rows.exclude(when=F("back")).values_list("driver_id", "out_at", "in_at", "rest")
    for driver, out, back, rest in over_night.iterator(chunk_size=5_000):
        for when, driven in _by_day(out, back, rest):  # type: ignore[arg-type]  # the filter leaves out rows without them
            hours[driver][when] += driven if when >= first else 0
    away = ExpressionWrapper(F("in_at") - F("out_at"), output_field=DurationField())
    days: Any = rows.filter(when=F("back")).values("driver_id", "when").annotate(away=Sum(away), rest=Sum("rest"))
    days = days.filter(
        Q(away__gt=dt.timedelta(hours=float(least[0]) if least else 0)) | Q(driver_id__oneof=sorted(hours))
    )
    for driver, when, spent, rest in days.values_list("driver_id", "when", "away", "rest").iterator(chunk_size=5_000):
        hours[driver][when] += max(spent.total_seconds() / 3600 - rest / 60, 0.0)
    for one in Driver._base_manager.filter(pk__oneof=sorted(hours)).order_by("pk"):
        subject: Any = one
        subject.hours = [(when, Decimal(str(round(driven, 2)))) for when, driven in sorted(hours[one.pk].items())]
        yield subject


def _by_day(out: dt.datetime, back: dt.datetime, rest: int) -> Iterator[tuple[dt.date, float]]:
    """The hours driven on each day of a trip, of so many minutes of rest."""
    whole = (back - out).total_seconds()
    share = max(1 - rest * 60 / whole, 0.0) if whole > 0 else 0.0
    day, last = out.astimezone(clock.ZONE).date(), back.astimezone(clock.ZONE).date()
    while day <= last:
        since, until = bounds(day)
        yield day, (min(back, until) - max(out, since)).total_seconds() / 3600 * share
        day += dt.timedelta(days=1)


@rule(article=ARTICLE, subject="trips.driver", since="2022-11-01", candidates=_busy)
def driver_beyond_hours(driver: Driver, law: Any) -> Iterator[Verdict]:
    """驾驶人当日驾驶时数超过上限"""
    for when, hours in getattr(driver, "hours", ()):
        most = Decimal(str(law.figure(DAILY)))
        if hours > most:
            sentence = _("%(driver)s %(day)s 驾驶 %(hours)s 小时，上限 %(most)s 小时，超出 %(over)s 小时") % {
                "driver": driver, "day": when, "hours": hours, "most": most, "over": hours - most,
            }  # fmt: skip
            yield Verdict(
                sentence,
                {_("驾驶人"): str(driver), _("日期"): when, _("驾驶时数"): hours},
                remedy=_("调整班次，安排其他驾驶人。"),
                key=str(when),
            )


def _owed(day: dt.date, ground: Any) -> QuerySet[Request]:
    """These are the trips that went first and were not approved afterwards."""
    return Request._base_manager.filter(
        urgent=True,
        completed_at__isnull=True,
        state__in=ALLOWED,
        ends__lt=bounds(day)[1],
        starts__gte=bounds(REGULATION_SINCE)[0],
    )


@rule(article=ARTICLE, subject="trips.request", since="2022-11-01", candidates=_owed)
def urgent_trip_not_completed(request: Request, law: Any) -> Verdict | None:
    """紧急用车逾期没有补办审批"""
    if not request.urgent or request.completed_at is not None or request.ends is None or request.state not in ALLOWED:
        return None
    hours = Decimal(str(law.figure(LATE)))  # an authority may well issue half an hour
    by = request.ends + dt.timedelta(hours=float(hours))
    if bounds(law.day)[0] <= by:
        return None
    sentence = _("%(request)s 先行用车，应在 %(by)s 前补办审批，至今没有补办") % {"request": request, "by": shown(by)}
    return Verdict(
        sentence,
        {_("申请编号"): request.number, _("补办期限"): f"{hours.normalize():f}"},
        remedy=_("由单位负责人补办审批，说明紧急情况。"),
    )
