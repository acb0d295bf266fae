"""One thing that may stand on two cards (article 13: the cards agree with the things)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, Min, Q
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.kernel.bulk import chunks
from baozhang.law.rules import Verdict, rule

# What people write where there is no number; such words are no sign of anything.
EMPTY_WORDS = (
    "",
    "无",
    "-",
    "--",
    "/",
    "0",
    "00",
    "000",
    "0000",
    "不详",
    "未知",
    "暂无",
    "N/A",
    "n/a",
    "NA",
    "待补",
    "见清单",
    "详见清单",
)
SHORTEST = 4
FEW = 10_000  # values by which rows are found one by one rather than all compared
TOLD = 20  # other cards of a group that a finding tells of


@dataclass(frozen=True)
class Sign:
    """This is a way in which two cards may be the same thing: equal values of `fields`; `across`: in two agencies only."""

    key: str
    field: str
    beside: tuple[str, ...] = ()
    across: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """These are the fields that must be equal."""
        return (self.field, *self.beside)


SIGNS = (
    Sign("vin", "vin"),
    Sign("plate", "plate"),
    Sign("serial", "serial", ("name",)),
    Sign("certificate", "certificate", ("name", "value")),
    Sign("number", "number", ("name", "acquired", "value"), across=True),
)


def candidates(day: dt.date, ground: Any) -> Iterator[Card]:
    """These are the cards that share a sign with an older card; the oldest of each group stands for the thing itself."""
    found: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for sign in SIGNS:
        for members in _groups(day, sign):
            first, *rest = sorted(members)
            for pk in rest:
                found[pk][sign.key] = (first, *(other for other in rest if other != pk))
    others = {key for signs in found.values() for keys in signs.values() for key in keys}
    known: dict[int, tuple[int, str]] = {}
    for part in chunks(sorted(others | found.keys())):
        rows = Card._base_manager.filter(pk__in=part).values_list("pk", "organ_id", "number")
        known.update({pk: (organ, number) for pk, organ, number in rows})
    wanted = sorted(pk for pk in found if ground.organs is None or known[pk][0] in ground.organs)
    for part in chunks(wanted, 2_000):
        for card in Card._base_manager.filter(pk__in=part).order_by("pk"):
            subject: Any = card
            subject.twins = {sign: [known[key] for key in keys[:TOLD]] for sign, keys in found[card.pk].items()}
            yield subject


def _groups(day: dt.date, sign: Sign) -> Iterator[Sequence[int]]:
    """The keys of the cards of each group with equal signs: one query finds the groups, one more their members."""
    rows = Card._base_manager.filter(held_on(day)).exclude(**{f"{sign.field}__in": EMPTY_WORDS}).order_by()
    one = "organ_id" if sign.across else "id"  # equal ends of a group mean one agency, or one card
    if sign.across:
        # One field beside the agency stands in an index; mostly hardly any value is shared, and few rows are left to compare.
        ends = Card._base_manager.order_by().values_list(sign.field).annotate(low=Min(one), high=Max(one))
        shared = [value for value, *_ends in ends.filter(high__gt=F("low"))[: FEW + 1]]
        rows = rows if len(shared) > FEW else rows.filter(**{f"{sign.field}__in": shared})
    groups = rows.values_list(*sign.fields).annotate(low=Min(one), high=Max(one)).filter(high__gt=F("low"))
    wanted = {tuple(group[: len(sign.fields)]) for group in groups if len(str(group[0])) >= SHORTEST}
    members: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for part in chunks(sorted({key[0] for key in wanted}), 1_000):
        for pk, *values in rows.filter(Q(**{f"{sign.field}__in": part})).values_list("pk", *sign.fields):
            if tuple(values) in wanted:
                members[tuple(values)].append(pk)
    yield from members.values()


@rule(article="第十三条第二款", subject="assets.card", since="2022-11-01", severity="notice", candidates=candidates)
def possible_duplicate(card: Any, law: Any) -> list[Verdict]:
    """可能重复登记的资产"""
    words = {
        "vin": _("车辆识别代号"), "plate": _("车牌号"), "serial": _("序列号"), "certificate": _("权属证号"), "number": _("资产编号"),
    }  # fmt: skip
    found = []
    for key, twins in card.__dict__.get("twins", {}).items():
        own = [number for organ, number in twins if organ == card.organ_id]
        foreign = len(twins) - len(own)
        said = [_("本单位 %(numbers)s") % {"numbers": "、".join(own[:5])}] if own else []
        said += [_("其他单位 %(count)s 张卡片") % {"count": foreign}] if foreign else []
        sentence = _("%(number)s %(name)s 的%(what)s“%(value)s”与%(others)s相同") % {
            "number": card.number, "name": card.name, "what": words[key], "value": getattr(card, key), "others": "、".join(said),
        }  # fmt: skip
        facts = {
            _("资产编号"): card.number, _("资产名称"): card.name, words[key]: getattr(card, key), _("原值"): card.value,
            _("本单位相同的卡片"): "、".join(own), _("其他单位相同的卡片数"): foreign,
        }  # fmt: skip
        remedy = _(
            "对照实物核对：确属同一资产的，撤销多登记的卡片并注明原因；已调拨的，由调出单位办理处置；号码填错的，更正卡片。"
        )
        found.append(Verdict(sentence, facts, card.value, remedy, key))
    return found
