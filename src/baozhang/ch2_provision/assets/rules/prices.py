"""Dearer than the standard allows (article 12): one piece against the cap of the day on which it was bought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.choices import Band
from baozhang.ch2_provision.assets.choices import Acquisition, ValueType
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import begun_since, held_on
from baozhang.law.articles import in_force
from baozhang.law.catalogue import spec
from baozhang.law.items import items
from baozhang.law.rules import Verdict, rule

from . import words

# What was given, moved or found was not chosen at a price; only purchases are judged by the cap.
PURCHASES = ("", Acquisition.BOUGHT, Acquisition.BUILT, Acquisition.SWAPPED, Acquisition.OTHER)
_SUM = DecimalField(max_digits=30, decimal_places=4)


@cache
def caps() -> Mapping[str, str]:
    """These are the items with a price cap a piece, each with its figure."""
    return {item.key: item.price for item in items().values() if item.price and spec(item.price).unit == "CNY"}


def candidates(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the purchases from 2022-11-01 on that cost more than the lowest cap ever in force anywhere."""
    dear = Q(pk__in=[])
    for item, key in caps().items():
        bounds = ground.bounds(key, history=True)
        if bounds is None:
            dear |= Q(item=item)
        else:
            dear |= Q(item=item, value__gt=ExpressionWrapper(F("quantity") * Value(Decimal(str(bounds[0]))), _SUM))
    rows = Card._base_manager.filter(held_on(day), dear, begun_since(in_force()), acquisition__in=PURCHASES)
    return rows.exclude(value_type=ValueType.NOMINAL)


@rule(article="第十二条第一款", subject="assets.card", since="2022-11-01", candidates=candidates)
def over_price(card: Card, law: Any) -> Verdict | None:
    """资产价格超过配置标准"""
    if card.item not in caps() or not law.in_force(card.begun) or card.acquisition not in PURCHASES:
        return None
    if card.value_type == ValueType.NOMINAL:
        return None
    cap, band = _cap(card, law)
    if card.unit_value <= cap:
        return None
    over = card.unit_value - cap
    name, unit = items()[card.item].name, words.piece(card.item)
    sentence = _("%(item)s 单价 %(price)s，%(day)s 取得时价格上限 %(cap)s，每%(unit)s超出 %(over)s") % {
        "item": name, "price": words.yuan(card.unit_value), "day": card.begun, "cap": words.yuan(cap), "unit": unit,
        "over": words.yuan(over),
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("原值"): card.value, _("数量"): card.quantity,
        _("单价"): card.unit_value.quantize(Decimal("0.01")), _("取得日期"): card.begun, _("价格上限"): cap, _("职级"): band,
    }  # fmt: skip
    remedy = _(
        "核对是否经过超标准配置的审批：经过的，在卡片备注批准文号并反馈；未经审批的，说明情况，今后按上限采购；数量或原值填错的，更正卡片。"
    )
    return Verdict(sentence, facts, (over * card.quantity).quantize(Decimal("0.01")), remedy)


def _cap(card: Card, law: Any) -> tuple[Decimal, str]:
    """The cap on the day of purchase; where the user's rank is not known the highest one, in favour of the agency."""
    key = caps()[card.item]
    ranks = dict(spec(key).keys).get("rank")
    if ranks is None:
        return Decimal(str(law.figure(key, on=card.begun))), ""
    if card.band:
        words_of = str(Band(card.band).label)
        return Decimal(str(law.figure(key, on=card.begun, rank=card.band))), words_of
    highest = max(Decimal(str(law.figure(key, on=card.begun, rank=rank))) for rank in ranks)
    return highest, _("未注明，按最高档")
