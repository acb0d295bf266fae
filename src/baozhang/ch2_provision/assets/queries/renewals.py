"""What an agency's cards say to its plan and its budget: what is past its years, how many vehicles, how much floor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from baozhang.ch1_general.organs.queries import places
from baozhang.ch2_provision.assets.choices import WAITING_STATES, Acquisition, Category, UseState
from baozhang.ch2_provision.assets.choices.cases import RepairState
from baozhang.ch2_provision.assets.models import Card, Repair
from baozhang.ch2_provision.funding.queries.suggesting import DriverFact, Suggestion
from baozhang.law.catalogue import spec
from baozhang.law.figures import Figures
from baozhang.law.items import items

from .holding import held_on
from .months import plus_years, years_before

CENT = Decimal("0.01")
WORN = (UseState.REPAIR, UseState.DEGRADED)


@cache
def years_of() -> Mapping[str, str]:
    """The items with least years of use, each with its figure."""
    return {item.key: item.years for item in items().values() if item.years}


def renewals(organ_id: int, day: dt.date) -> list[Suggestion]:
    """One line for each item of which an agency has pieces past their least years of use; two queries."""
    law = Figures(day, places().get(organ_id, ""))
    years = {item: int(value) for item, key in years_of().items() if (value := law.get(key)) is not None}
    held = Card._base_manager.filter(held_on(day), organ_id=organ_id, item__in=list(years)).order_by()
    begun, old = Coalesce("in_use_from", "acquired", "booked"), Q(pk__in=[])
    for item, least in years.items():
        old |= Q(item=item) & Q(LessThanOrEqual(begun, years_before(day, least)))
    past = held.filter(old).values_list("item").annotate(n=Sum("quantity"), first=Min(begun))
    found = {item: (count, first) for item, count, first in past}
    if not found:
        return []
    stock = dict(held.filter(item__in=list(found)).values_list("item").annotate(n=Sum("quantity")))
    return [_suggestion(item, *found[item], stock[item], years[item], law) for item in sorted(found)]


def repairs(organ_id: int, day: dt.date) -> list[Suggestion]:
    """One line for each house of an agency that is known to need work, with what its card and its repairs say; two queries.

    Which houses are due by their age is not said: nobody has issued years for it. Price and grade are the agency's to fill in.
    """
    past = Repair._base_manager.filter(card=OuterRef("pk"), reported_on__gt=plus_years(day, -3), reported_on__lte=day)
    known = Repair._base_manager.filter(card=OuterRef("pk"), state=RepairState.OPEN, reported_on__lte=day)
    rows = Card._base_manager.filter(held_on(day), organ_id=organ_id, category=Category.HOUSE)
    rows = rows.exclude(acquisition=Acquisition.LEASED).exclude(use_state__in=WAITING_STATES)
    rows = rows.filter(Q(use_state__in=WORN) | Exists(known)).annotate(
        times=Subquery(past.order_by().values("card").annotate(n=Count("pk")).values("n")),
        cost=Subquery(past.order_by().values("card").annotate(n=Sum("cost")).values("n")),
        fault=Subquery(known.order_by("-reported_on", "-pk").values("fault")[:1]),
    )
    return [_repair(card) for card in rows.order_by("pk")]


def _repair(card: Any) -> Suggestion:
    built = f"{card.completed.year} 年竣工" if card.completed else "竣工日期未登记"
    area = f"建筑面积 {_plain(card.floor_area)} ㎡" if card.floor_area is not None else "建筑面积未登记"
    said = f"资产卡片 {card.number}：{built}，{area}，使用状况“{UseState(card.use_state).label}”；"
    said += f"近三年报修 {card.times or 0} 次，费用 {card.cost or 0:,.2f} 元"
    said += f"；未完成的报修：{card.fault}。" if card.fault else "。"
    return Suggestion(
        key=f"repair-{card.pk}", kind="repair", grade="medium", title=f"维修{card.name}（{card.address or card.number}）"[:120],
        quantity=Decimal(1), unit="项", unit_price=Decimal(0), purpose="房屋报修未完成，或者待修、降档使用，列入大中修",
        evidence=said + "请核对应为中修还是大修，按勘查或者造价文件填写单价，材料作为附件上传。",
    )  # fmt: skip


def _suggestion(item: str, count: Decimal, first: dt.date, held: Decimal, years: int, law: Figures) -> Suggestion:
    name, price = items()[item].name, _price(item, law)
    said = f"上限 {price:,.2f} 元" if price else "：没有核实过的价格上限，请填写单价"
    return Suggestion(
        key=f"renewal-{item}", kind="assets", title=f"更新{name}", item=item, quantity=count, unit_price=price, stock=held,
        purpose="达到最低使用年限，更新确已不能使用的",
        evidence=(
            f"资产卡片：现有{name} {_plain(held)}，其中 {_plain(count)} 已达到最低使用年限 {years} 年（最早 {first} 起用）；"
            f"单价按价格{said}。达到年限仍可使用的应当继续使用，请核减后申报。"
        ),
    )  # fmt: skip


def _price(item: str, law: Figures) -> Decimal:
    """The price cap in force; that of the lower rank where ranks differ, zero where none is known."""
    key = items()[item].price
    if key is None or spec(key).unit != "CNY":
        return Decimal(0)
    names = [name for name, _choices in spec(key).keys]
    value = law.get(key) if not names else law.get(key, rank="division") if names == ["rank"] else None
    return Decimal(0) if value is None else Decimal(str(value)).quantize(CENT)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def drivers(organ_id: int, day: dt.date) -> list[DriverFact]:
    """How many vehicles and how much floor area an agency's cards show on a day; nothing where they show none."""
    found = Card._base_manager.filter(held_on(day), organ_id=organ_id).aggregate(
        vehicles=Sum("quantity", filter=Q(category=Category.VEHICLE)), area=Sum("floor_area", filter=Q(category=Category.HOUSE))
    )  # fmt: skip
    said = {"vehicles": f"资产卡片 {day}：在册车辆", "area": f"资产卡片 {day}：房屋建筑面积合计"}
    return [DriverFact(name, found[name], words) for name, words in said.items() if found[name]]
