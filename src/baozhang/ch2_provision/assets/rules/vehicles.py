"""A vehicle dearer than the standard of its use allows (articles 12 and 22)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Category, ValueType, VehicleUse
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import begun_since, held_on
from baozhang.law.articles import in_force
from baozhang.law.rules import Verdict, rule

from . import words
from .prices import PURCHASES

CAP = "assets.vehicle.price"
NEED = "assets.vehicle.price_need"
# Leaders' and retired cadres' cars have rules of their own, which name no general cap.
USES = (VehicleUse.CONFIDENTIAL, VehicleUse.EMERGENCY, VehicleUse.ENFORCEMENT, VehicleUse.SPECIAL, VehicleUse.OTHER)
_LARGE = re.compile(r"大型客车|大客车|大巴")
_BUS = re.compile(r"客车|商务车|面包车|中巴|旅行车|MPV", re.I)
_NEW_ENERGY = re.compile(r"新能源|纯电|电动|插电|混动")


def body_of(card: Card) -> str:
    """This is the kind of vehicle that the standard tells apart: large_bus, bus, new_energy_car, car."""
    said = f"{card.name} {card.class_name} {card.model} {card.displacement}"
    if _LARGE.search(said):
        return "large_bus"
    if _BUS.search(said):
        return "bus"
    return "new_energy_car" if _NEW_ENERGY.search(said) else "car"


def candidates(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the vehicles bought from 2022-11-01 on for more than the lowest cap ever in force anywhere."""
    bounds = ground.bounds(CAP, history=True)
    dear = Q() if bounds is None else Q(value__gt=Decimal(str(bounds[0])))
    rows = Card._base_manager.filter(held_on(day), dear, begun_since(in_force()), acquisition__in=PURCHASES)
    return rows.filter(category=Category.VEHICLE, vehicle_use__in=USES).exclude(value_type=ValueType.NOMINAL)


@rule(article="第二十二条", subject="assets.card", since="2022-11-01", candidates=candidates)
def vehicle_over_price(card: Card, law: Any) -> Verdict | None:
    """公务用车价格超过配备标准"""
    if card.category != Category.VEHICLE or card.vehicle_use not in USES or card.acquisition not in PURCHASES:
        return None
    if not law.in_force(card.begun) or card.value_type == ValueType.NOMINAL:
        return None
    body = body_of(card)
    cap = Decimal(str(law.figure(CAP, on=card.begun, use=card.vehicle_use, body=body)))
    if card.vehicle_use == VehicleUse.ENFORCEMENT and body == "car":
        # The higher cap is for work that needs it, which a card cannot tell: in favour of the agency.
        cap = max(cap, Decimal(str(law.get(NEED, on=card.begun) or 0)))
    over = card.unit_value - cap
    if over <= 0:
        return None
    use = str(VehicleUse(card.vehicle_use).label)
    sentence = _("%(use)s %(name)s（%(plate)s）价格 %(price)s，%(day)s 取得时上限 %(cap)s，超出 %(over)s") % {
        "use": use, "name": card.name, "plate": card.plate or card.number, "price": words.yuan(card.unit_value), "day": card.begun,
        "cap": words.yuan(cap), "over": words.yuan(over),
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("车牌号"): card.plate, _("车辆用途"): use, _("原值"): card.value, _("取得日期"): card.begun,
        _("排气量"): card.displacement, _("价格上限"): cap,
    }  # fmt: skip
    remedy = _("核对原值是否含购置税和上牌费用（上限不含）；确属超标准的，说明审批情况并报告机关事务管理部门。")
    return Verdict(sentence, facts, over.quantize(Decimal("0.01")), remedy)
