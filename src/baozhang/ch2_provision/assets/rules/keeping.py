"""Nobody answers for it (article 11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Category, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.law.rules import Verdict, rule

UNKEPT = (Category.LAND, Category.STRUCTURE, Category.INTANGIBLE)  # nobody keeps these in hand


def without_keeper(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the cards held that name neither custodian nor user."""
    return Card._base_manager.filter(held_on(day), custodian="", user="").exclude(category__in=UNKEPT)


@rule(article="第十一条第二款", subject="assets.card", since="2022-11-01", severity="notice", candidates=without_keeper)
def no_custodian(card: Card, law: Any) -> Verdict | None:
    """资产没有落实保管人"""
    if card.custodian or card.user or card.category in UNKEPT:
        return None
    state = str(UseState(card.use_state).label)
    place = card.department or card.place
    where = _("（%(place)s）") % {"place": place} if place else ""
    sentence = _("%(number)s %(name)s%(where)s没有登记保管人和使用人") % {
        "number": card.number,
        "name": card.name,
        "where": where,
    }
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("使用状况"): state, _("使用部门"): card.department,
        _("存放地点"): card.place, _("原值"): card.value,
    }  # fmt: skip
    return Verdict(sentence, facts, card.value, _("在卡片上登记保管人；人员变动的，先办理交接再更新卡片。"))
