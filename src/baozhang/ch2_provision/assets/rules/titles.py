"""A title in somebody else's name than the same-level support authority's (article 13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import TITLED, Acquisition, Category, TitleForm
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.assets.queries.titles import Rightful, rightful
from baozhang.kernel.bulk import chunks
from baozhang.law.rules import Verdict, rule


def candidates(day: dt.date, ground: Any) -> Iterator[Card]:
    """These are the houses, land and vehicles held whose holder is not, word for word, the one who should be it."""
    known = rightful()
    rows = Card._base_manager.filter(held_on(day), category__in=TITLED).exclude(holder="")
    rows = rows.exclude(title_form__in=(TitleForm.NONE, TitleForm.OPEN)).exclude(acquisition=Acquisition.LEASED)
    if ground.organs is not None:
        rows = rows.filter(organ_id__in=ground.organs)
    # The same few names stand on nearly all cards: the names are judged, and only cards with a wrong one are read.
    pairs = rows.order_by().values_list("organ__jurisdiction_id", "holder").distinct()
    wrong = {(place, holder) for place, holder in pairs if place in known and not known[place].holds(holder)}
    card: Any
    for part in chunks(sorted({holder for _place, holder in wrong})):
        for card in rows.filter(holder__in=part).select_related("organ").iterator(2_000):
            if (card.organ.jurisdiction_id, card.holder) in wrong:
                card.rightful = asdict(known[card.organ.jurisdiction_id])
                yield card


@rule(article="第十三条第一款", subject="assets.card", since="2022-11-01", severity="serious", candidates=candidates)
def title_holder(card: Any, law: Any) -> Verdict | None:
    """权属未登记在同级机关事务管理部门名下"""
    seen = card.__dict__.get("rightful")
    holder = Rightful(**seen) if seen else rightful().get(card.organ.jurisdiction_id)
    if card.category not in TITLED or not card.holder or card.title_form in (TitleForm.NONE, TitleForm.OPEN):
        return None
    if card.acquisition == Acquisition.LEASED:  # what is rented belongs to whoever lets it
        return None
    if holder is None or holder.holds(card.holder):
        return None
    kind = str(Category(card.category).label)
    mark = card.certificate or card.plate or card.address
    sentence = _("%(kind)s %(name)s%(mark)s 的权属人为“%(holder)s”，应登记在%(authority)s名下") % {
        "kind": kind, "name": card.name, "mark": f"（{mark}）" if mark else "", "holder": card.holder, "authority": holder.name,
    }  # fmt: skip
    facts = {
        _("资产编号"): card.number, _("资产名称"): card.name, _("资产大类"): kind, _("权属人"): card.holder,
        _("应为"): holder.name, _("权属证号"): card.certificate, _("车牌号"): card.plate, _("坐落位置"): card.address,
        _("原值"): card.value,
    }  # fmt: skip
    remedy = _("备齐权属证书和资产卡片，向%(authority)s申请办理变更登记；机构更名尚未换证的，附更名文件说明。") % {
        "authority": holder.name
    }
    if holder.town:
        remedy += _("乡镇机关由区机关事务管理部门结合本区实际参照执行。")
    return Verdict(sentence, facts, card.value, remedy)
