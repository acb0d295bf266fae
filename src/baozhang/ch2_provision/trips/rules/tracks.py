"""What the tracks show: a vehicle that moved without a trip, that moved while sealed, that stood elsewhere at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.models.movement import NIGHT, WAY
from baozhang.ch2_provision.trips.queries.astray import strayed
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on
from baozhang.ch2_provision.trips.queries.tracks import all_on, fast, idle, looked_at, unbounded, uncovered
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.law.rules import Verdict, rule

ARTICLE = "第二十三条第一款"
SPEED, IDLING = "vehicles.trips.speed", "vehicles.trips.idle_minutes"
Days = dict[int, list[Any]]  # vehicle → its days


def _closed(day: dt.date) -> set[dt.date]:
    """The days on which vehicles are sealed, among those that are looked at."""
    return {one for one in looked_at(day) if holiday_of(one) is not None}


def _on(days: Days, closed: set[dt.date], *, shut: bool) -> Days:
    """Of the days of vehicles those on which they were sealed, or the others."""
    opened = open_on(list(days), closed)
    picked = {
        vehicle: [one for one in held if (one[0] in closed and (vehicle, one[0]) not in opened) == shut]
        for vehicle, held in days.items()
    }
    return {vehicle: held for vehicle, held in picked.items() if held}


def _subjects(days: Days) -> Iterator[Vehicle]:
    """The vehicles, each with its days: (day, first time, ways, metres)."""
    for one in Vehicle._base_manager.filter(pk__oneof=sorted(days)).order_by("pk").iterator(chunk_size=2_000):
        subject: Any = one
        subject.days = days[one.pk]
        yield subject


def _without(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that went where no dispatch stands behind; sealed days are the other rule's."""
    return _subjects(_on(uncovered(WAY, day), _closed(day), shut=False))


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_without)
def moved_without_trip(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """公务用车没有派车单而行驶"""
    for day, first, count, metres in getattr(vehicle, "days", ()):
        sentence = _("%(plate)s %(day)s 行驶 %(n)s 次共 %(km)s 公里（%(first)s 起），没有对应的派车单") % {
            "plate": vehicle.plate, "day": day, "n": count, "km": round(metres / 1_000, 1), "first": first,
        }  # fmt: skip
        facts = {_("号牌"): vehicle.plate, _("日期"): day, _("次数"): count, _("里程（米）"): metres}
        yield Verdict(sentence, facts, remedy=_("核对用途；确属公务而没有申请的，补办并说明。"), key=str(day))


def _sealed(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that went on a day on which they were sealed."""
    closed = _closed(day)
    return _subjects(_on(all_on(WAY, closed), closed, shut=True) if closed else {})


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_sealed, severity="serious")
def moved_while_sealed(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """节假日封存的车辆有行驶轨迹"""
    for day, first, count, metres in getattr(vehicle, "days", ()):
        sentence = _("%(plate)s %(day)s 节假日封存，有 %(n)s 次行驶共 %(km)s 公里（%(first)s 起）") % {
            "plate": vehicle.plate, "day": day, "n": count, "km": round(metres / 1_000, 1), "first": first,
        }  # fmt: skip
        facts = {_("号牌"): vehicle.plate, _("日期"): day, _("次数"): count, _("里程（米）"): metres}
        yield Verdict(sentence, facts, remedy=_("说明用车理由和启封情况。"), key=str(day))


def _elsewhere(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that stood outside their fence at night while no dispatch was under way."""
    return _subjects(uncovered(NIGHT, day))


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_elsewhere)
def parked_outside_fence(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """夜间没有停放在指定地点"""
    for day, time, _count, metres in getattr(vehicle, "days", ()):
        sentence = _("%(plate)s %(day)s %(time)s 停在离“%(place)s” %(km)s 公里处，没有正在执行的派车单") % {
            "plate": vehicle.plate, "day": day, "time": time, "place": vehicle.parking, "km": round(metres / 1_000, 1),
        }  # fmt: skip
        facts = {
            _("号牌"): vehicle.plate,
            _("日期"): day,
            _("固定停放地点"): vehicle.parking,
            _("围栏半径"): vehicle.parking_radius,
            _("距离（米）"): metres,
        }
        yield Verdict(sentence, facts, remedy=_("说明停放原因；停放地点有变的，更新车辆档案。"), key=str(day))


def _astray(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that were beyond their area without approval, and those for which nobody has declared one."""
    days = strayed(day)
    yield from _subjects(dict(days))
    for one in unbounded(day).exclude(pk__oneof=sorted(days)).iterator(chunk_size=2_000):
        one.undeclared = True
        yield one


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_astray)
def left_area_without_approval(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """没有经批准驶出辖区"""
    if getattr(vehicle, "undeclared", False):
        law.lacks("vehicles.area")
    for one in getattr(vehicle, "days", ()):
        left, seen = (
            f"{one.since:%H:%M}",
            f"{one.until:%H:%M}" if one.until.date() == one.day else f"{one.until:%Y-%m-%d %H:%M}",
        )
        words = {
            "plate": vehicle.plate, "day": one.day, "left": left, "seen": seen, "area": one.area, "km": round(one.metres / 1_000, 1),
        }  # fmt: skip
        sentence = (
            _("%(plate)s %(day)s %(left)s 至 %(seen)s 停在“%(area)s”以外，最远离界线 %(km)s 公里，没有经批准驶出辖区的用车申请")
            if one.stood
            else _("%(plate)s %(day)s %(left)s 至 %(seen)s 驶出“%(area)s”，最远离界线 %(km)s 公里，没有经批准驶出辖区的用车申请")
        ) % words  # fmt: skip
        facts = {
            _("号牌"): vehicle.plate,
            _("日期"): one.day,
            _("用车辖区"): one.area,
            (_("在外时间") if one.stood else _("驶出时间")): left,
            (_("在外地点（纬度, 经度）") if one.stood else _("驶出地点（纬度, 经度）")): one.place,
            _("最后在外时间"): seen,
            _("在外行程段数"): one.ways,
            _("最远离界线（米）"): one.metres,
        }
        if one.nights:
            facts[_("在外过夜（夜）")] = one.nights
        remedy = _("说明去向和事由；先用后补的，由单位负责人补办审批；行程到辖区以外的，申请时选“驶出辖区”。")
        yield Verdict(sentence, facts, remedy=remedy, key=str(one.day))


def _hurried(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that held more than the lowest speed that is allowed anywhere."""
    least = ground.bounds(SPEED)
    return _subjects(fast(day, float(least[0]))) if least else iter(())


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_hurried)
def driven_too_fast(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """公务用车行驶速度超过上限"""
    most = law.get(SPEED)
    for day, first, count, metres in getattr(vehicle, "days", ()):
        speed = round(metres / 1_000, 1)
        if most is None or speed <= float(most):
            continue
        sentence = _("%(plate)s %(day)s 有 %(n)s 次行程车速持续超过 %(most)s 公里/小时，最高 %(speed)s 公里/小时（%(first)s 起的行程）") % {
            "plate": vehicle.plate, "day": day, "n": count, "most": most, "speed": speed, "first": first,
        }  # fmt: skip
        facts = {_("号牌"): vehicle.plate, _("日期"): day, _("次数"): count, _("最高车速"): speed, _("车速上限"): most}
        yield Verdict(
            sentence, facts, remedy=_("核对轨迹，对驾驶人进行安全教育；执行紧急任务的，说明情况。"), key=str(day)
        )


def _running_on(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles whose engine ran at a stop for longer than is allowed anywhere."""
    least = ground.bounds(IDLING)
    return _subjects(idle(day, float(least[0]))) if least else iter(())


@rule(article=ARTICLE, subject="vehicles.vehicle", since="2022-11-01", candidates=_running_on, severity="notice")
def idled_too_long(vehicle: Vehicle, law: Any) -> Iterator[Verdict]:
    """公务用车停车后发动机长时间运转"""
    most = law.get(IDLING)
    for day, first, count, seconds in getattr(vehicle, "days", ()):
        minutes = seconds // 60
        if most is None or seconds <= float(most) * 60:
            continue
        sentence = _("%(plate)s %(day)s 停车后发动机运转 %(n)s 次，最长 %(minutes)s 分钟（%(first)s 起），上限 %(most)s 分钟") % {
            "plate": vehicle.plate, "day": day, "n": count, "minutes": minutes, "first": first, "most": most,
        }  # fmt: skip
        facts = {
            _("号牌"): vehicle.plate,
            _("日期"): day,
            _("次数"): count,
            _("最长（分钟）"): minutes,
            _("怠速上限"): most,
        }
        yield Verdict(sentence, facts, remedy=_("停车等候时熄火；确因工作需要的，说明情况。"), key=str(day))
