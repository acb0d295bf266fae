"""What a vehicle's month shows: fuel beyond its kilometres, fuelled too often, odometer against tracks; and a unit's year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.rules.words import count as said
from baozhang.ch2_provision.running.choices import Kind
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.running.models.reading import days_of
from baozhang.ch2_provision.running.queries.budget import granted, spent
from baozhang.ch2_provision.running.queries.sums import Driven, driven
from baozhang.ch2_provision.trips.choices import OWN_FLEET, DispatchState
from baozhang.ch2_provision.trips.models import Dispatch, Movement
from baozhang.ch2_provision.trips.models.movement import WAY
from baozhang.ch2_provision.trips.queries.desk import bounds
from baozhang.ch2_provision.vehicles.choices import TerminalState
from baozhang.ch2_provision.vehicles.models import Terminal, Vehicle
from baozhang.law.rules import REGULATION_SINCE, Verdict, rule

ARTICLE = "第二十三条第一款"
OVER, DRIFT, A_DAY = "vehicles.running.fuel_over", "vehicles.running.odometer_drift", "vehicles.running.fuellings_a_day"
A_WAY = dt.timedelta(days=1)  # ways are cut from the track of one day, so none that began earlier reaches a trip
SHORT = 5  # kilometres; a shorter trip may well leave no track
Months = list[tuple[dt.date, Driven]]
HALF = Decimal("0.05")  # the rule compares with tenths of a litre: what these round away is still looked at
MONTHS = 3  # full months that a patrol looks at


def _months(day: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The last full months, the earliest first."""
    found, last = [], day.replace(day=1) - dt.timedelta(days=1)
    for _n in range(MONTHS):
        found.append(days_of(last.year, last.month))
        last = last.replace(day=1) - dt.timedelta(days=1)
    return [span for span in found[::-1] if span[0] >= REGULATION_SINCE]


def _begin(day: dt.date) -> dt.date:
    """The first day of these months; of the running one where there are none yet."""
    months = _months(day)
    return months[0][0] if months else day.replace(day=1)


def _least(ground: Any, key: str) -> Decimal:
    """The least tolerance in percent that any place allows; none where nobody has issued one."""
    bounds_ = ground.bounds(key)
    return Decimal(str(bounds_[0])) if bounds_ else Decimal(0)


def _with_months(found: dict[int, Months]) -> Iterator[Vehicle]:
    """Vehicles, each with the months for which it is looked at."""
    for one in Vehicle._base_manager.filter(pk__oneof=sorted(found)).order_by("pk").iterator(chunk_size=2_000):
        subject: Any = one
        subject.months = found[one.pk]
        yield subject


def _thirsty(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that took more fuel in a month than their file says for the way."""
    rows = Vehicle._base_manager.filter(rated_fuel__gt=0).order_by().values_list("pk", "rated_fuel")
    rated: dict[int, Any] = dict(rows)
    share, found = (100 + _least(ground, OVER)) / 10_000, dict[int, Months]()
    for first, last in _months(day):
        for key, held in driven(first, last).items():
            most = held.distance * rated.get(key, 0) * share - HALF
            if held.litres and key in rated and held.distance and held.litres > most:
                found.setdefault(key, []).append((first, held))
    return _with_months(found)


def _should(vehicle: Vehicle, held: Driven) -> Decimal:
    return Decimal(held.distance) * (vehicle.rated_fuel or Decimal(0)) / 100


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_thirsty)
def fuel_beyond_kilometres(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """当月加油量与行驶里程不符"""
    for first, held in getattr(vehicle, "months", ()):
        most = (_should(vehicle, held) * (100 + Decimal(str(law.figure(OVER)))) / 100).quantize(Decimal("0.1"))
        if held.litres <= most:
            continue
        sentence = _("%(plate)s %(month)s 加油 %(litres)s 升，行驶 %(km)s 公里，按综合油耗 %(rated)s 升/百公里和允许偏差应不超过 %(most)s 升") % {
            "plate": vehicle.plate, "month": f"{first:%Y-%m}", "litres": said(held.litres), "km": held.distance, "rated": vehicle.rated_fuel, "most": most,
        }  # fmt: skip
        facts = {
            _("号牌"): vehicle.plate,
            _("月份"): f"{first:%Y-%m}",
            _("加油量"): held.litres,
            _("行驶里程"): held.distance,
            _("综合油耗"): vehicle.rated_fuel,
        }
        yield Verdict(sentence, facts, remedy=_("核对加油单据和里程；油耗明显变化的，检修车辆。"), key=f"{first:%Y-%m}")


def _often(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles fuelled more than once on a day of the last months, with those days."""
    since, least = _begin(day), ground.bounds(A_DAY)
    rows = Cost._base_manager.filter(vehicle__isnull=False, kind=Kind.FUEL, day__gte=since, day__lte=day).order_by()
    grouped = rows.values("vehicle_id", "day").annotate(
        n=Count("bill", distinct=True), litres=Sum("quantity"), total=Sum("amount")
    )
    days: dict[int, list[tuple[dt.date, int, Any, Any]]] = {}
    for key, when, n, litres, total in grouped.filter(n__gt=int(least[0]) if least else 1).values_list(
        "vehicle_id", "day", "n", "litres", "total"
    ):
        days.setdefault(key, []).append((when, n, litres, total))
    for one in Vehicle._base_manager.filter(pk__oneof=sorted(days)).order_by("pk"):
        subject: Any = one
        subject.fuellings = sorted(days[one.pk])
        yield subject


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_often)
def several_fuellings(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """一天多次加油"""
    for when, count, litres, total in getattr(vehicle, "fuellings", ()):
        most = int(str(law.figure(A_DAY)))
        if count <= most:
            continue
        sentence = _("%(plate)s %(day)s 加油 %(n)s 次共 %(litres)s 升，每日上限 %(most)s 次") % {
            "plate": vehicle.plate, "day": when, "n": count, "litres": said(litres or Decimal(0)), "most": most,
        }  # fmt: skip
        facts = {_("号牌"): vehicle.plate, _("日期"): when, _("加油次数"): count, _("加油量"): litres}
        yield Verdict(sentence, facts, amount=total, remedy=_("核对每次加油时的里程和经办人。"), key=str(when))


def _drifting(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles whose slips and tracks of a month do not say the same."""
    share, found = _least(ground, DRIFT) / 100, dict[int, Months]()
    for first, last in _months(day):
        for key, held in driven(first, last, fuel=False).items():
            if held.km and held.km_tracks and abs(held.km - held.km_tracks) > held.km_tracks * share:
                found.setdefault(key, []).append((first, held))
    return _with_months(found)


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_drifting)
def odometer_against_tracks(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """里程表里程与轨迹里程不符"""
    for first, held in getattr(vehicle, "months", ()):
        most = Decimal(str(law.figure(DRIFT)))
        percent = (Decimal(abs(held.km - held.km_tracks)) * 100 / held.km_tracks).quantize(Decimal("0.1"))
        if percent <= most:
            continue
        sentence = _("%(plate)s %(month)s 派车单里程 %(km)s 公里，轨迹里程 %(tracks)s 公里，相差 %(percent)s%%，允许 %(most)s%%") % {
            "plate": vehicle.plate, "month": f"{first:%Y-%m}", "km": held.km, "tracks": held.km_tracks, "percent": percent, "most": most,
        }  # fmt: skip
        facts = {
            _("号牌"): vehicle.plate,
            _("月份"): f"{first:%Y-%m}",
            _("派车单里程"): held.km,
            _("轨迹里程"): held.km_tracks,
        }
        yield Verdict(
            sentence, facts, remedy=_("核对里程表和终端；有出车没有登记的，补齐派车单。"), key=f"{first:%Y-%m}"
        )


def _silent(day: dt.date, ground: Any) -> QuerySet[Dispatch]:
    """These are the trips of vehicles with a terminal that left no track, on days of which tracks of others were gathered."""
    since, until = bounds(_begin(day))[0], bounds(day)[0]
    seen = list(
        Movement.objects.filter(kind=WAY, day__gte=since.date(), day__lt=day)
        .order_by()
        .values_list("day", flat=True)
        .distinct()
    )
    fitted = Terminal._base_manager.filter(
        plate=OuterRef("vehicle__plate"), state=TerminalState.IN_USE, fitted__lte=OuterRef("out_at__date")
    )
    track = Movement.objects.filter(
        vehicle=OuterRef("vehicle"), kind=WAY, since__lte=OuterRef("in_at"), until__gte=OuterRef("out_at"),
        since__gt=ExpressionWrapper(OuterRef("out_at") - A_WAY, DateTimeField()),
    )  # fmt: skip
    rows = Dispatch._base_manager.filter(
        means__in=OWN_FLEET,
        state=DispatchState.ENDED,
        out_at__gte=since,
        in_at__lt=until,
        odometer_in__isnull=False,
        out_at__date__in=seen,
    )
    return rows.filter(Exists(fitted), ~Exists(track)).select_related("vehicle", "driver")


@rule(article=ARTICLE, subject="trips.dispatch", since="2022-11-01", candidates=_silent)
def trip_without_track(dispatch: Dispatch, law: Any) -> Verdict | None:
    """出车没有轨迹，终端可能停用或者被遮挡"""
    km = dispatch.kilometres
    if km is None or km < SHORT:
        return None
    sentence = _("%(plate)s %(span)s 出车 %(km)s 公里，装有终端而没有轨迹") % {
        "plate": dispatch.vehicle,
        "span": dispatch.span,
        "km": km,
    }
    facts = {_("派车单号"): dispatch.number, _("号牌"): str(dispatch.vehicle), _("行驶里程"): km}
    return Verdict(sentence, facts, remedy=_("检修终端；派车单里程有误的，更正并说明。"))


def _units(day: dt.date, ground: Any) -> Iterator[Organization]:
    """These are the units whose vehicles cost more in the year than was granted for them."""
    given, used = granted(None, day.year), spent(None, day.year)
    over = [key for key, sum_ in used.items() if key in given and sum_ > given[key]]
    for one in Organization._base_manager.filter(pk__in=over).order_by("pk"):
        subject: Any = one
        subject.given, subject.used, subject.year = given[one.pk], used[one.pk], day.year
        yield subject


@rule(article="第八条第一款", subject="organs.organization", since="2022-11-01", candidates=_units)
def costs_over_budget(organ: Organization, law: Any) -> Verdict | None:
    """公务用车运行费用超过批复预算"""
    given, used = getattr(organ, "given", None), getattr(organ, "used", Decimal(0))
    if given is None or used <= given:
        return None
    words = {
        "organ": organ,
        "year": getattr(organ, "year", ""),
        "used": f"{used:,.2f}",
        "given": f"{given:,.2f}",
        "over": f"{used - given:,.2f}",
    }
    sentence = (
        _("%(organ)s %(year)s 年公务用车费用 %(used)s 元，批复的运行维护费 %(given)s 元，超出 %(over)s 元") % words
    )
    return Verdict(
        sentence,
        {_("运行费用"): used, _("批复数"): given},
        amount=used - given,
        remedy=_("压减用车，或者按程序追加预算。"),
        key=str(words["year"]),
    )
