"""What the tracks show: a vehicle that moved without a trip, that moved while sealed, that stood elsewhere at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.models.movement import NIGHT, WAY
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on
from baozhang.ch2_provision.trips.queries.tracks import Ways, all_on, looked_at, uncovered
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.law.rules import Verdict, rule

ARTICLE = "第二十三条第一款"
Days = dict[int, list[Ways]]  # vehicle → its days


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
