"""A vehicle dearer than the standard of its use allows (articles 12 and 22)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Category, ValueType, VehicleUse
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import begun_since, held_on
from baozhang.ch2_provision.assets.rules.prices import PURCHASES
from baozhang.ch2_provision.assets.rules.words import yuan
from baozhang.ch2_provision.vehicles.choices import NEW_ENERGY
from baozhang.ch2_provision.vehicles.models.limits import PRICE, PRICE_NEED, shape_of
from baozhang.law.articles import in_force
from baozhang.law.rules import Verdict, rule

# Leaders' and retired cadres' cars have rules of their own, which name no general cap.
USES = (VehicleUse.CONFIDENTIAL, VehicleUse.EMERGENCY, VehicleUse.ENFORCEMENT, VehicleUse.SPECIAL, VehicleUse.OTHER)
_LARGE = re.compile(r"大型客车|大客车|大巴")
_BUS = re.compile(r"客车|商务车|面包车|中巴|旅行车|MPV", re.I)
_NEW_ENERGY = re.compile(r"新能源|纯电|电动|插电|混动")


def body_of(card: Card) -> str | None:
    """This is the kind of vehicle that the standard tells apart: large_bus, bus, new_energy_car, car; None for others.

    The file says it where there is one that does, else the words of the card.
    """
    said = f"{card.name} {card.class_name} {card.model} {card.displacement}"
    body, energy = getattr(card, "file_body", None), getattr(card, "file_energy", None)
    green = energy in NEW_ENERGY if energy else _NEW_ENERGY.search(said) is not None
    if body:
        return shape_of(body, new_energy=green)
    if _LARGE.search(said):
        return "large_bus"
    if _BUS.search(said):
        return "bus"
    return "new_energy_car" if green else "car"


def beside(card: Card) -> Decimal:
    """These are the purchase tax and the costs of the plate in a piece's value, as the file says: the cap leaves them out."""
    parts = (getattr(card, "file_tax", None), getattr(card, "file_fees", None))
    return sum((part for part in parts if part is not None), Decimal(0)) / card.quantity


def candidates(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the vehicles bought from 2022-11-01 on for more than the lowest cap ever in force anywhere."""
    bounds = ground.bounds(PRICE, history=True)
    dear = Q() if bounds is None else Q(value__gt=Decimal(str(bounds[0])))
    rows = Card._base_manager.filter(held_on(day), dear, begun_since(in_force()), acquisition__in=PURCHASES)
    rows = rows.filter(category=Category.VEHICLE, vehicle_use__in=USES).exclude(value_type=ValueType.NOMINAL)
    told = {f"file_{name}": F(f"vehicle__{name}") for name in ("body", "energy", "tax", "fees")}
    return rows.annotate(**told)


@rule(article="第二十二条", subject="assets.card", since="2022-11-01", candidates=candidates)
def vehicle_over_price(card: Card, law: Any) -> Verdict | None:
    """公务用车价格超过配备标准"""
    if card.category != Category.VEHICLE or card.vehicle_use not in USES or card.acquisition not in PURCHASES:
        return None
    if not law.in_force(card.begun) or card.value_type == ValueType.NOMINAL:
        return None
    body = body_of(card)
    if body is None:
        return None
    cap = Decimal(str(law.figure(PRICE, on=card.begun, use=card.vehicle_use, body=body)))
    if card.vehicle_use == VehicleUse.ENFORCEMENT and body == "car":
        # The higher cap is for work that needs it, which a card cannot tell: in favour of the agency.
        cap = max(cap, Decimal(str(law.get(PRICE_NEED, on=card.begun) or 0)))
    aside = beside(card)
    price = card.unit_value - aside
    over = price - cap
    if over <= 0:
        return None
    use = str(VehicleUse(card.vehicle_use).label)
    sentence = _("%(use)s %(name)s（%(plate)s）价格 %(price)s，%(day)s 取得时上限 %(cap)s，超出 %(over)s") % {
        "use": use, "name": card.name, "plate": card.plate or card.number, "price": yuan(price), "day": card.begun,
        "cap": yuan(cap), "over": yuan(over),
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("车牌号"): card.plate, _("车辆用途"): use, _("原值"): card.value, _("购置税和上牌费用"): aside, _("取得日期"): card.begun,
        _("排气量"): card.displacement, _("价格上限"): cap,
    }  # fmt: skip
    remedy = _(
        "上限不含购置税和上牌费用：原值含的，在车辆档案上填写其中的金额；确属超标准的，说明审批情况并报告机关事务管理部门。"
    )
    return Verdict(sentence, facts, over.quantize(Decimal("0.01")), remedy)
