"""The detectors of what is used too little, and of what an agency has beyond its standard (article 15, item 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum, Window
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import counted_on, held_on
from baozhang.ch2_provision.assets.rules import quantities, words
from baozhang.ch2_provision.warehouse.choices import Reason
from baozhang.law.case import Case, Unverified, places
from baozhang.law.rules import Verdict

from .detecting import detector, fresh
from .kinds import facts_of


def degraded(day: dt.date, ground: Any) -> QuerySet[Card]:
    """Cards that are used below what they are made for."""
    return fresh(Card._base_manager.filter(held_on(day), use_state=UseState.DEGRADED, offered=None))


@detector(Reason.LOW, gettext_noop("低效运行"), candidates=degraded)
def low_use(card: Card, law: Any) -> Verdict | None:
    """Used below what it is made for."""
    sentence = _("%(card)s 登记为降档使用，属于低效运行的资产") % {"card": card}
    return Verdict(sentence, {**facts_of(card), _("使用状况"): str(UseState(card.use_state).label)}, card.value)


def beyond(day: dt.date, ground: Any) -> Iterator[Card]:
    """The newest pieces of agencies that hold more of something than they may, as many as are too many."""
    where = places()
    wanted: dict[str, dict[int, tuple[Any, Decimal, Decimal]]] = {}
    for each in quantities.candidates(day, ground):
        organ: Any = each
        case: Any = Case(day, where.get(organ.pk, ""), ground.book)
        for key in organ.newest:
            try:
                most = quantities.allowed(case, key, organ.staff)
            except Unverified:
                continue
            have = sum((held[0] for item, held in organ.held.items() if item in quantities.watched()[key]), Decimal(0))
            if have > most:
                wanted.setdefault(key, {})[organ.pk] = (organ.staff, have, have - most)
    for key, organs in wanted.items():
        yield from _newest(day, key, organs)


def _newest(day: dt.date, key: str, organs: dict[int, tuple[Any, Decimal, Decimal]]) -> Iterator[Card]:
    order = [Coalesce("acquired", "in_use_from", "booked").desc(nulls_last=True), F("id").desc()]
    members = quantities.watched()[key]
    rows = Card._base_manager.filter(counted_on(day), organ_id__in=list(organs), item__in=members)
    rows = rows.annotate(upto=Window(Sum("quantity"), partition_by="organ_id", order_by=order)).select_related("organ")
    most = max(over for _staff, _have, over in organs.values())
    inside = set(
        fresh(Card._base_manager.filter(organ_id__in=list(organs), item__in=members)).values_list("pk", flat=True)
    )
    for card in rows.filter(upto__lt=F("quantity") + most).order_by("organ_id", "upto"):
        staff, have, over = organs[card.organ_id]
        if card.upto - card.quantity < over and card.pk in inside and card.offered is None:
            made: Any = card
            made.limit_key, made.staff, made.have = key, staff, have
            yield made


@detector(Reason.LOW, gettext_noop("超标准配置"), candidates=beyond)
def over_standard(card: Any, law: Any) -> Verdict | None:
    """One of the pieces beyond what the standard allows."""
    most = quantities.allowed(law, card.limit_key, card.staff)
    if card.have <= most:
        return None
    sentence = _("%(card)s 所在项目在用 %(have)s，编制内实有人数 %(heads)s 人，上限 %(most)s，属于超标准配置") % {
        "card": card, "have": words.count(card.have), "heads": card.staff["counted"], "most": most,
    }  # fmt: skip
    facts = {**facts_of(card), _("在用数量"): card.have, _("上限"): most, _("编制内实有人数"): card.staff["counted"]}
    return Verdict(sentence, facts, card.value)
