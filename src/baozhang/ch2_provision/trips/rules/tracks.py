"""What the tracks show: a vehicle that moved without a trip, that moved while sealed, that stood elsewhere at night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.models.movement import NIGHT, WAY
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on
from baozhang.ch2_provision.trips.queries.tracks import all_of, uncovered
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.law.rules import Verdict, rule

ARTICLE = "第二十三条第一款"
Days = dict[int, dict[dt.date, list[tuple[str, int]]]]  # vehicle → day → (time, metres)


def _days(found: dict[int, list[tuple[dt.date, str, int]]]) -> Days:
    days: Days = {}
    for vehicle, rows in found.items():
        for day, time, metres in rows:
            days.setdefault(vehicle, {}).setdefault(day, []).append((time, metres))
    return days


def _shut(days: Days) -> set[tuple[int, dt.date]]:
    """The (vehicle, day) pairs on which the vehicle was sealed."""
    closed = {day for held in days.values() for day in held if holiday_of(day) is not None}
    opened = open_on(list(days), closed)
    return {
        (vehicle, day)
        for vehicle, held in days.items()
        for day in held
        if day in closed and (vehicle, day) not in opened
    }


def _subjects(days: Days) -> Iterator[Vehicle]:
    """The vehicles, each with its days: (day, first time, ways, metres)."""
    for one in Vehicle._base_manager.filter(pk__in=list(days)).order_by("pk"):
        subject: Any = one
        subject.days = [
            (day, rows[0][0], len(rows), sum(metres for _time, metres in rows))
            for day, rows in sorted(days[one.pk].items())
        ]
        yield subject


def _without(day: dt.date, ground: Any) -> Iterator[Vehicle]:
    """These are the vehicles that went where no dispatch stands behind; sealed days are the other rule's."""
    days = _days(uncovered(WAY, day))
    shut = _shut(days)
    rest = {
        vehicle: {when: rows for when, rows in held.items() if (vehicle, when) not in shut}
        for vehicle, held in days.items()
    }
    return _subjects({vehicle: held for vehicle, held in rest.items() if held})


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
    days = _days(all_of(WAY, day))
    shut = _shut(days)
    held = {
        vehicle: {when: rows for when, rows in mine.items() if (vehicle, when) in shut}
        for vehicle, mine in days.items()
    }
    return _subjects({vehicle: mine for vehicle, mine in held.items() if mine})


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
    return _subjects(_days(uncovered(NIGHT, day)))


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
