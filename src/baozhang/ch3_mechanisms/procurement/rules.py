"""What the law watches in purchases: cards that were bought past the need, the plan and the money (articles 9, 12 and 36)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Acquisition
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import begun_since, held_on
from baozhang.ch2_provision.assets.rules.words import yuan
from baozhang.law.articles import in_force
from baozhang.law.rules import Verdict, rule

from .models import DeliveredCard

FROM = "procurement.chain_from"


def candidates(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the purchases since 2022-11-01 from the lowest sum in force anywhere on that no purchase here brought."""
    bounds = ground.bounds(FROM)
    brought = Exists(DeliveredCard._base_manager.filter(card_id=OuterRef("pk")))
    rows = Card._base_manager.filter(~brought, held_on(day), begun_since(in_force()), acquisition=Acquisition.BOUGHT)
    # Nobody has verified the sum: one card is heard, the rule stays silent, and the patrol says so.
    return (
        rows.filter(value__gte=Decimal(str(bounds[0])))
        if bounds is not None
        else rows.filter(pk__in=rows.order_by("pk").values("pk")[:1])
    )


@rule(article="第十二条第二款", subject="assets.card", since="2022-11-01", candidates=candidates)
def bought_without_chain(card: Card, law: Any) -> Verdict | None:
    """购置没有对应的需求、计划和采购"""
    if card.acquisition != Acquisition.BOUGHT or not law.in_force(card.begun):
        return None
    least = Decimal(str(law.figure(FROM, on=card.begun)))
    if card.unit_value < least:
        return None
    sentence = _("%(name)s %(day)s 购置，单价 %(value)s，达到 %(least)s，没有对应的采购记录") % {
        "name": card.name, "day": card.begun, "value": yuan(card.unit_value), "least": yuan(least),
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("取得日期"): card.begun, _("原值"): card.value, _("应有采购记录的起点"): least,
    }  # fmt: skip
    remedy = _(
        "核对这件资产是怎样购置的：有需求、计划和采购手续的，补登采购并验收；没有的，说明情况，今后先查找存量再采购。"
    )
    return Verdict(sentence, facts, card.value, remedy)
