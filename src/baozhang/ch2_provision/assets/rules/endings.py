"""Disposed of before its least years of use (article 12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Coalesce, ExtractYear
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Category, Disposal
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.months import plus_years
from baozhang.ch2_provision.assets.queries.renewals import years_of
from baozhang.law.articles import in_force
from baozhang.law.rules import Verdict, rule

from . import words

VEHICLE_YEARS = "assets.vehicle.renewal"
# A transfer within the system is what the law wants, and a loss is judged as a loss: neither is a renewal.
RENEWALS = (Disposal.SCRAPPING, Disposal.SALE, Disposal.DONATION, Disposal.SWAP, Disposal.OTHER)


def figure_for(card: Card) -> str | None:
    """This is the figure of a card's least years; None where no standard sets any."""
    return VEHICLE_YEARS if card.category == Category.VEHICLE else years_of().get(card.item)


def candidates(day: dt.date, ground: Any) -> QuerySet[Card]:
    """These are the cards ended between 2022-11-01 and the day that were no older than the longest least years."""
    longest: dict[int, Q] = {}
    for item, key in years_of().items():
        bounds = ground.bounds(key, history=True)
        years = int(bounds[1]) if bounds else 99
        longest[years] = longest.get(years, Q(pk__in=[])) | Q(item=item)
    bounds = ground.bounds(VEHICLE_YEARS, history=True)
    years = int(bounds[1]) if bounds else 99
    longest[years] = longest.get(years, Q(pk__in=[])) | Q(category=Category.VEHICLE)
    rows = Card._base_manager.filter(
        disposed__gte=in_force(), disposed__lte=day, disposal__in=RENEWALS, early_consent=""
    )
    bought = Coalesce("in_use_from", "acquired", "booked")
    begun = Case(When(category=Category.VEHICLE, then=Coalesce("registered", bought)), default=bought)
    age = ExtractYear("disposed") - ExtractYear(begun)
    young = Q(pk__in=[])
    for years, members in longest.items():
        young |= members & Q(LessThanOrEqual(age, years))
    return rows.filter(young)


def due(card: Card, years: int) -> dt.date | None:
    """This is the first day on which a card has had its years of use; None where nobody said when use began."""
    begun = in_use(card)
    return plus_years(begun, years) if begun else None


def in_use(card: Card) -> dt.date | None:
    """This is the day on which the use of a card began; a vehicle's years count from its registration (article 22)."""
    first = card.registered if card.category == Category.VEHICLE else None
    return first or card.in_use_from or card.begun


@rule(article="第十二条第一款", subject="assets.card", since="2022-11-01", candidates=candidates)
def early_disposal(card: Card, law: Any) -> Verdict | None:
    """未达到最低使用年限即处置"""
    key = figure_for(card)
    if key is None or not law.in_force(card.disposed) or card.disposal not in RENEWALS or card.early_consent:
        return None
    years = int(law.figure(key, on=card.disposed))
    day = due(card, years)
    if day is None or card.disposed is None or card.disposed >= day:
        return None
    form = str(Disposal(card.disposal).label)
    begun = in_use(card)
    sentence = _("%(name)s %(begun)s 起使用，%(disposed)s 以%(form)s方式处置，最低使用年限 %(years)s 年，应使用至 %(due)s") % {
        "name": card.name, "begun": begun, "disposed": card.disposed, "form": form, "years": years, "due": day,
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("起用日期"): begun, _("处置日期"): card.disposed,
        _("处置形式"): form, _("最低使用年限"): years, _("期满日期"): day, _("原值"): card.value,
    }  # fmt: skip
    remedy = _(
        "补充损毁且无法修复的鉴定材料，或经批准提前处置的文件；没有的，说明情况，仍可使用的追回并纳入公物仓（第十五条）。原值 %(value)s。"
    ) % {
        "value": words.yuan(card.value),
    }
    return Verdict(sentence, facts, card.value, remedy)
