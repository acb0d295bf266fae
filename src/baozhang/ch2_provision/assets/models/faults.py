"""What cannot be true of a card and is refused; what real ledgers merely get wrong is left to doubts and rules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Fault

if TYPE_CHECKING:
    from .card import Card

LONGEST_LIFE = 1200  # months; a hundred years is beyond every group of the standard
_SUMS = ("value", "fiscal", "non_fiscal", "depreciated", "floor_area", "use_area", "own_area", "shared_area")


def of_card(card: Card) -> Iterator[Fault]:
    """These are the faults of one card, each with its field, value and remedy."""
    for name in _SUMS:
        amount = getattr(card, name)
        if amount is not None and amount < 0:
            yield card.fault_of(name, _("不能为负数"), amount, _("红字冲销请改原卡片，或办理处置"))
    if card.quantity is not None and card.quantity <= 0:
        yield card.fault_of("quantity", _("数量应大于零"), card.quantity, _("单件资产填 1"))
    if not card.number and not card.organ_id:
        yield card.fault_of("number", _("必填"), "", _("请填写资产编号"))
    yield from _end(card)
    yield from _depreciation(card)
    if card.parent_id and card.pk == card.parent_id:
        yield card.fault_of("parent", _("主资产不能是它自己"), card.parent_id, "")


def _end(card: Card) -> Iterator[Fault]:
    if card.disposed is None and card.disposal:
        yield card.fault_of(
            "disposed", _("填了处置形式，没有处置日期"), "", _("请补填处置日期；尚未处置的，清空处置形式")
        )
    begun = card.acquired or card.in_use_from
    if card.disposed is not None and begun is not None and card.disposed < begun:
        yield card.fault_of("disposed", _("早于取得日期 %(day)s") % {"day": begun}, card.disposed, _("请核对两个日期"))


def _depreciation(card: Card) -> Iterator[Fault]:
    if card.depreciated is not None and card.value is not None and card.depreciated > card.value:
        yield card.fault_of(
            "depreciated", _("累计折旧大于原值 %(value)s") % {"value": card.value}, card.depreciated, _("请核对账面数")
        )
    if card.life_months is not None and not 0 < card.life_months <= LONGEST_LIFE:
        yield card.fault_of("life_months", _("折旧年限应在 1 至 %(most)s 个月之间") % {"most": LONGEST_LIFE}, card.life_months, _("以月为单位填写；不计提折旧的留空"))  # fmt: skip
    if card.residual_rate is not None and not Decimal(0) <= card.residual_rate < Decimal(100):
        yield card.fault_of(
            "residual_rate", _("净残值率应在 0 与 100 之间"), card.residual_rate, _("不留残值的填 0 或留空")
        )
