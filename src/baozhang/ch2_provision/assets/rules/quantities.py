"""More of an item than the standard allows for the staff in post (article 12)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import F, Sum, Window
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import heads
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import counted_on, item_counts
from baozhang.law.case import Unverified
from baozhang.law.catalogue import spec
from baozhang.law.items import items
from baozhang.law.rules import Verdict, rule

from . import words

PER_HEAD = ("per_head", "heads_per_piece")  # what counts offices waits for the rooms of the premises
Pieces = list[tuple[Decimal, Decimal]]  # (quantity, value), the newest first
Staff = dict[str, Any]
Held = dict[str, tuple[Decimal, Decimal]]  # item → (quantity, of it idle)


@cache
def watched() -> Mapping[str, frozenset[str]]:
    """These are the quantity figures that count heads, each with the items that count against it (printers together)."""
    found: dict[str, set[str]] = defaultdict(set)
    for item in items().values():
        for key in item.quantity:
            if spec(key).unit in PER_HEAD:
                found[key].add(item.key)
    return {key: frozenset(members) for key, members in found.items()}


def staffs(day: dt.date, organs: Iterable[int] | None) -> dict[int, Staff]:
    """These are the heads of agencies on a day; `counted` are 编制内实有人数: in post, as far as the quota reaches."""
    found: dict[int, Staff] = {}
    for (organ, band), (quota, actual) in heads(day, organs).items():
        staff = found.setdefault(organ, {"quota": 0, "actual": 0, "counted": 0, "bands": {}})
        within = min(quota, actual)
        for name, number in (("quota", quota), ("actual", actual), ("counted", within)):
            staff[name] += number
        staff["bands"][band] = within
    return {organ: staff for organ, staff in found.items() if staff["counted"]}


def candidates(day: dt.date, ground: Any) -> Iterator[Organization]:
    """These are the agencies that hold more of something than the tightest limit anywhere would allow them."""
    known = staffs(day, ground.organs)
    counts = {organ: held for organ, held in item_counts(day, ground.organs).items() if organ in known}
    suspects: dict[int, dict[str, Pieces]] = defaultdict(dict)
    for key, members in watched().items():
        bounds = ground.bounds(key)
        if bounds is None:
            # Nobody has verified the figure: the agencies are heard, the rule stays silent and the patrol says so.
            for organ in [organ for organ, held in counts.items() if members & held.keys()]:
                suspects[organ][key] = []
            continue
        excess = {organ: _have(held, members) - _least(key, known[organ], bounds) for organ, held in counts.items()}
        suspected = {organ: over for organ, over in excess.items() if over > 0}
        for organ, pieces in _newest(day, members, suspected).items():
            suspects[organ][key] = pieces
    for agency in Organization._base_manager.filter(pk__in=list(suspects)).order_by("pk"):
        subject: Any = agency
        subject.held, subject.staff, subject.newest = counts[agency.pk], known[agency.pk], suspects[agency.pk]
        yield subject


def _have(held: Held, members: Iterable[str]) -> Decimal:
    return sum((held[item][0] for item in members if item in held), Decimal(0))


def _least(key: str, staff: Staff, bounds: tuple[Any, Any]) -> Decimal:
    """The fewest pieces that any figure in force anywhere allows for these heads."""
    least, greatest = (Decimal(str(bound)) for bound in bounds)
    number = Decimal(staff["counted"])
    return number / greatest if spec(key).unit == "heads_per_piece" else number * least


def _newest(day: dt.date, members: frozenset[str], excess: Mapping[int, Decimal]) -> dict[int, Pieces]:
    """The newest pieces of agencies, as many as may be too many: the sum concerned is theirs."""
    found: dict[int, Pieces] = {organ: [] for organ in excess}
    if not excess:
        return found
    order = [Coalesce("acquired", "in_use_from", "booked").desc(nulls_last=True), F("id").desc()]
    rows = Card._base_manager.filter(counted_on(day), organ_id__in=list(excess), item__in=members)
    rows = rows.annotate(upto=Window(Sum("quantity"), partition_by="organ_id", order_by=order))
    rows = rows.filter(upto__lt=F("quantity") + max(excess.values())).order_by("organ_id", "upto")
    for organ, quantity, value, upto in rows.values_list("organ_id", "quantity", "value", "upto"):
        if upto - quantity < excess[organ]:
            _append(found[organ], quantity, value)
    return found


def _append(pieces: Pieces, quantity: Decimal, value: Decimal) -> None:
    """Equal pieces become one entry, so that the evidence kept with a finding stays short."""
    if pieces and pieces[-1][1] * quantity == value * pieces[-1][0]:
        pieces[-1] = (pieces[-1][0] + quantity, pieces[-1][1] + value)
    else:
        pieces.append((quantity, value))


@rule(article="第十二条第一款", subject="organs.organization", since="2022-11-01", candidates=candidates)
def over_quantity(organ: Any, law: Any) -> Iterator[Verdict]:
    """资产数量超过配置标准"""
    for key in sorted(organ.newest):
        law.forget()  # what was read for another item is not behind this one
        try:
            most = allowed(law, key, organ.staff)
        except Unverified:
            continue  # the case remembers that this figure was silent
        if _have(organ.held, watched()[key]) > most:
            yield _verdict(organ, law, key, most)


def allowed(law: Any, key: str, staff: Staff) -> int:
    """This is how many pieces a figure allows for the heads of an agency; Unverified where it has no value."""
    if "rank" in dict(spec(key).keys):
        return sum(law.allowed(key, number, rank=band) for band, number in staff["bands"].items())
    return law.allowed(key, staff["counted"])


def _verdict(organ: Any, law: Any, key: str, most: int) -> Verdict:
    short = key.rsplit(".", 1)[-1]
    name = items()[short].name if short in items() else law.spec(key).name.split("数量上限")[0]
    members = sorted(watched()[key] & organ.held.keys())
    have, staff = _have(organ.held, members), organ.staff
    over, unit = have - most, words.piece(short)
    sentence = _("%(item)s 在用 %(have)s %(unit)s，编制内实有人数 %(heads)s 人，上限 %(most)s %(unit)s，超出 %(over)s %(unit)s") % {
        "item": name, "have": words.count(have), "unit": unit, "heads": staff["counted"], "most": most, "over": words.count(over),
    }  # fmt: skip
    facts = {
        _("项目"): name, _("在用数量"): have, _("其中闲置"): sum((organ.held[item][1] for item in members), Decimal(0)),
        _("编制人数"): staff["quota"], _("实有人数"): staff["actual"], _("编制内实有人数"): staff["counted"],
        _("上限"): most, _("超出"): over,
    }  # fmt: skip
    if len(members) > 1:
        facts[_("分项")] = "、".join(f"{items()[item].name} {words.count(organ.held[item][0])}" for item in members)
    remedy = _("暂停新增配置；将超出的 %(over)s %(unit)s 提请调剂或纳入公物仓（第十五条），达到年限的办理处置，账实不符的先更正卡片。") % {
        "over": words.count(over), "unit": unit,
    }  # fmt: skip
    return Verdict(sentence, facts, _worth(organ.newest[key], over), remedy, short)


def _worth(newest: Pieces, over: Decimal) -> Decimal:
    """The original value of the newest pieces, as many as are too many."""
    total, left = Decimal(0), over
    for quantity, value in newest:
        taken = min(quantity, left)
        total += value * taken / quantity
        left -= taken
        if left <= 0:
            break
    return total.quantize(Decimal("0.01"))
