"""What looks wrong on a card and may yet be true of a real ledger: shown beside form and detail, never refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Category, TitleForm
from baozhang.ch2_provision.assets.choices.classes import edition_of, exact

if TYPE_CHECKING:
    from baozhang.ch2_provision.assets.models import Card

Doubt = tuple[str, str]  # field, sentence
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
# GA 36-2018: ordinary plates, small new-energy plates, large new-energy plates; police and the like end in a word.
_PLATE = re.compile(
    r"[\u4e00-\u9fff][A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{5}|[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK]|[A-HJ-NP-Z0-9]{4}[警学领挂])"
)


def doubts(card: Card) -> Iterator[Doubt]:
    """These are the doubts about one card, each with the field that it concerns."""
    yield from _days(card)
    yield from _class(card)
    parts = [amount for amount in (card.fiscal, card.non_fiscal) if amount is not None]
    if len(parts) == 2 and card.value is not None and sum(parts) != card.value:
        yield (
            "fiscal",
            _("财政性资金与非财政性资金之和 %(sum)s，与原值 %(value)s 不等") % {"sum": sum(parts), "value": card.value},
        )
    if card.category == Category.VEHICLE:
        yield from _vehicle(card)
    if card.title_form == TitleForm.HELD and not card.certificate and card.category in (Category.LAND, Category.HOUSE):
        yield "certificate", _("有产权而没有权属证号")


def _days(card: Card) -> Iterator[Doubt]:
    pairs = (("in_use_from", _("投入使用日期早于取得日期")), ("booked", _("入账日期早于取得日期")))
    for name, words in pairs:
        day = getattr(card, name)
        if day is not None and card.acquired is not None and day < card.acquired:
            yield name, words
    if card.acquired is None:
        yield "acquired", _("没有取得日期：折旧和年限只能按投入使用或入账日期计算")


def _class(card: Card) -> Iterator[Doubt]:
    if not card.class_code:
        yield "class_code", _("没有分类代码，大类和配置标准项目按名称推定")
    elif not card.edition:
        yield "edition", _("没有注明分类版本：同一代码在 2010 版和 2022 版可能是不同的资产")
    elif (meant := edition_of(card.class_code, card.name)) and meant != card.edition:
        known = exact(card.edition, card.class_code)
        words = _("按所填版本，该代码是“%(known)s”，与名称不符，请核对版本") % {"known": known.name if known else "—"}
        yield "edition", words


def _vehicle(card: Card) -> Iterator[Doubt]:
    if card.vin and not vin_is_valid(card.vin):
        yield "vin", _("车辆识别代号不符合 GB 16735 的校验规则")
    if card.plate and not _PLATE.fullmatch(card.plate.replace("·", "").replace(" ", "").upper()):
        yield "plate", _("车牌号不符合 GA 36 的式样")


def vin_is_valid(vin: str) -> bool:
    """This is true where a vehicle identification number has 17 characters and the right check digit (GB 16735)."""
    text = vin.strip().upper()
    if not _VIN.fullmatch(text):
        return False
    total = sum((int(c) if c.isdigit() else _VIN_VALUES[c]) * w for c, w in zip(text, _VIN_WEIGHTS, strict=True))
    return text[8] == "0123456789X"[total % 11]
