"""How a unit stands: more vehicles than its quota, too large engines, too few new-energy vehicles in a year's purchases."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category, ValueType
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import begun_by, begun_since
from baozhang.ch2_provision.assets.rules.prices import PURCHASES
from baozhang.ch2_provision.assets.rules.words import yuan
from baozhang.ch2_provision.vehicles.choices import NEW_ENERGY, Grade, QuotaClass, VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.models.limits import (
    DISPLACEMENT,
    DISPLACEMENT_NEED,
    PRICE,
    PRICE_NEED,
    USES,
    rooms,
    shape_of,
)
from baozhang.law.articles import in_force
from baozhang.law.rules import Verdict, rule

SHARE = "vehicles.energy.share"
FIRST_YEAR = 2025  # the notice asks it of the purchases of a year; 2025 is the first whole one


def _crowded(day: dt.date, ground: Any) -> Iterator[Organization]:
    """These are the units that hold more vehicles of a class than were approved."""
    over = defaultdict(list)
    for (organ, _klass), room in rooms(ground.organs, day).items():
        if room.allowed is not None and room.held > room.allowed:
            over[organ].append((str(room.klass), room.allowed, room.held, room.document, room.since))
    for unit in Organization._base_manager.filter(pk__in=list(over)).order_by("pk"):
        subject: Any = unit
        subject.crowded = sorted(over[unit.pk])
        yield subject


@rule(article="第二十二条", subject="organs.organization", since="2022-11-01", candidates=_crowded)
def vehicles_over_quota(organ: Organization, law: Any) -> Iterator[Verdict]:
    """公务用车超过核定编制"""
    for klass, allowed, held, document, since in getattr(organ, "crowded", ()):
        name = QuotaClass(klass).label
        sentence = _("%(class)s编制 %(allowed)s 辆，实有 %(held)s 辆，超出 %(over)s 辆") % {
            "class": name, "allowed": allowed, "held": held, "over": held - allowed,
        }  # fmt: skip
        facts = {
            _("编制类别"): name,
            _("核定数"): allowed,
            _("实有"): held,
            _("核定文号"): document,
            _("起始日期"): since,
        }
        yield Verdict(sentence, facts, remedy=_("处置或者调剂多余车辆；确需增加的，申请调整编制。"), key=klass)


def _bought(day: dt.date, ground: Any) -> QuerySet[Vehicle]:
    """These are the vehicles bought since the regulation came into force of which the ledger says a displacement."""
    rows = _since_in_force().filter(use__in=USES)
    return rows.exclude(card__displacement="").exclude(energy__in=NEW_ENERGY).select_related("card")


def _since_in_force() -> QuerySet[Vehicle]:
    begun = Q(card__acquired__gte=in_force()) | Q(card__acquired__isnull=True, card__in_use_from__gte=in_force())
    begun |= Q(card__acquired__isnull=True, card__in_use_from__isnull=True, card__booked__gte=in_force())
    return Vehicle._base_manager.filter(begun, card__acquisition__in=PURCHASES).exclude(state=VehicleState.GONE)


@rule(article="第二十二条", subject="vehicles.vehicle", since="2022-11-01", candidates=_bought)
def vehicle_over_displacement(vehicle: Vehicle, law: Any) -> Verdict | None:
    """公务用车排气量超过配备标准"""
    card, litres = vehicle.card, vehicle.litres
    if (
        vehicle.state == VehicleState.GONE
        or vehicle.use not in USES
        or card.acquisition not in PURCHASES
        or not law.in_force(card.begun)
    ):
        return None
    shape = shape_of(vehicle.body or "car", new_energy=vehicle.is_new_energy)
    if litres is None or shape is None or vehicle.is_new_energy:
        return None
    most = law.get(DISPLACEMENT, on=card.begun, use=vehicle.use, body=shape)
    if vehicle.use == QuotaClass.ENFORCEMENT and shape == "car" and vehicle.grade in (Grade.WORK, Grade.SPECIAL):
        most = law.get(DISPLACEMENT_NEED, on=card.begun) or most
    if most is None or litres <= Decimal(str(most)):
        return None
    over = litres - Decimal(str(most))
    sentence = _("%(use)s %(plate)s 排气量 %(litres)s 升，%(day)s 取得时上限 %(cap)s 升，超出 %(over)s 升") % {
        "use": vehicle.get_use_display(), "plate": vehicle.plate or card, "litres": litres, "day": card.begun, "cap": most, "over": over,
    }  # fmt: skip
    facts = {
        _("号牌"): vehicle.plate, _("用途"): vehicle.get_use_display(), _("排气量"): card.displacement, _("取得日期"): card.begun, _("排气量上限"): most,
    }  # fmt: skip
    return Verdict(sentence, facts, remedy=_("核对排气量；确属超标准的，说明审批情况并报告机关事务管理部门。"))


def _plain_enforcement(day: dt.date, ground: Any) -> QuerySet[Vehicle]:
    """These are the bought law-enforcement vehicles whose file claims no more than the general grade."""
    rows = _since_in_force().filter(use=QuotaClass.ENFORCEMENT).exclude(grade__in=(Grade.WORK, Grade.SPECIAL))
    low = (ground.bounds(PRICE, history=True) or (0,))[0]
    return rows.filter(card__value__gt=Decimal(str(low))).select_related("card")


@rule(article="第二十二条", subject="vehicles.vehicle", since="2022-11-01", candidates=_plain_enforcement)
def enforcement_without_need(vehicle: Vehicle, law: Any) -> Verdict | None:
    """执法执勤用车适用较高价格上限，没有登记因工作需要的批准"""
    card, price = vehicle.card, vehicle.price
    plain = vehicle.use == QuotaClass.ENFORCEMENT and vehicle.grade not in (Grade.WORK, Grade.SPECIAL)
    bought = card.acquisition in PURCHASES and card.value_type != ValueType.NOMINAL and law.in_force(card.begun)
    shape = shape_of(vehicle.body or "car", new_energy=vehicle.is_new_energy)
    if vehicle.state == VehicleState.GONE or not plain or not bought or shape != "car":
        return None
    cap, need = law.get(PRICE, on=card.begun, use=vehicle.use, body=shape), law.get(PRICE_NEED, on=card.begun)
    if cap is None or need is None or not Decimal(str(cap)) < price <= Decimal(str(need)):
        return None  # what is dearer than the higher cap is found whatever its file says
    over = price - Decimal(str(cap))
    sentence = _("执法执勤用车 %(plate)s 价格 %(price)s，%(day)s 取得时一般上限 %(cap)s，超出 %(over)s；因工作需要可用较高上限，车辆档案没有登记配备档次") % {
        "plate": vehicle.plate or card, "price": yuan(price), "day": card.begun, "cap": yuan(Decimal(str(cap))), "over": yuan(over),
    }  # fmt: skip
    facts = {
        _("号牌"): vehicle.plate,
        _("原值"): card.value,
        _("取得日期"): card.begun,
        _("价格上限"): cap,
        _("配备档次"): vehicle.get_grade_display(),
    }
    remedy = _("确因工作需要的，在车辆档案上登记配备档次和批准文号；没有批准的，说明情况并报告财政部门。")
    return Verdict(sentence, facts, over.quantize(Decimal("0.01")), remedy)


def _buyers(day: dt.date, ground: Any) -> Iterator[Organization]:
    """These are the units that bought vehicles in the year before, with how many of them run on new energy."""
    year = day.year - 1
    if year < FIRST_YEAR:
        return
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    rows = Card._base_manager.filter(
        begun_since(first), begun_by(last), category=Category.VEHICLE, acquisition__in=PURCHASES
    )
    if ground.organs is not None:
        rows = rows.filter(organ_id__in=list(ground.organs))
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for organ, displacement, energy in rows.order_by().values_list("organ_id", "displacement", "vehicle__energy"):
        counts[organ][0] += 1
        counts[organ][1] += 1 if energy in NEW_ENERGY or not energy and "新能源" in displacement else 0
    wanting = [organ for organ, (total, green) in counts.items() if green < total]
    for unit in Organization._base_manager.filter(pk__in=wanting).order_by("pk"):
        subject: Any = unit
        subject.bought = [year, *counts[unit.pk]]
        yield subject


@rule(article="第二十二条", subject="organs.organization", since="2025-01-01", candidates=_buyers, severity="notice")
def new_energy_share(organ: Organization, law: Any) -> Verdict | None:
    """年度采购的新能源汽车占比不足"""
    year, total, green = getattr(organ, "bought", (0, 0, 0))
    if not total:
        return None
    share = Decimal(str(law.figure(SHARE, on=dt.date(year, 12, 31))))
    # A share of a vehicle is left out, in favour of the unit: of three bought, thirty percent ask for none.
    wanted = int(Decimal(total) * share / 100)
    if green >= wanted:
        return None
    sentence = _("%(year)s 年采购公务用车 %(total)s 辆，其中新能源 %(green)s 辆，占比下限 %(share)s，应有 %(wanted)s 辆，少 %(lack)s 辆") % {
        "year": year, "total": total, "green": green, "share": f"{share}%", "wanted": wanted, "lack": wanted - green,
    }  # fmt: skip
    facts = {_("年度"): str(year), _("采购数"): total, _("新能源"): green, _("应有"): wanted}
    return Verdict(sentence, facts, remedy=_("以后年度优先采购新能源汽车。"), key=str(year))
