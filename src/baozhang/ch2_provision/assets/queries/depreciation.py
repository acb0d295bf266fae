"""Depreciation and net value of one card as of any day (财会〔2017〕4号), with the reason of every step.

Straight line by whole months: the month of acquisition counts, the month of disposal does not; no residual value
unless the card says one; nothing beyond the end of the life. A sum brought in from the ledger is an opening balance:
from the month after its day on, what is left is spread over the months of life that are left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import DepreciationState, Method, ValueType
from baozhang.ch2_provision.assets.models.placing import NO_DEPRECIATION
from baozhang.kernel import clock
from baozhang.law.figures import Figures, Reading

from . import months

if TYPE_CHECKING:
    from baozhang.ch2_provision.assets.models import Card

CENT = Decimal("0.01")
STANDARD = "财会〔2017〕4号"
FIGURE = "assets.depreciation"
Figure = Callable[..., Reading]


@dataclass(frozen=True)
class Depreciation:
    """This is what a card has lost by a day, in yuan; `accumulated` None where it cannot be told, and `says` why."""

    day: dt.date
    value: Decimal
    accumulated: Decimal | None
    monthly: Decimal | None = None
    months: int = 0
    life: int | None = None
    reading: Reading | None = None  # the standard's least years, where the card has no life of its own
    formula: str = ""
    filled: str = ""
    says: str = ""
    gone: bool = False

    @property
    def net(self) -> Decimal | None:
        """This is the net value; for a card disposed of, what it was worth in the books when it went."""
        return None if self.accumulated is None else self.value - self.accumulated

    @property
    def left(self) -> int | None:
        """These are the months of life that are left."""
        return None if self.life is None else max(self.life - self.months, 0)


def cents(amount: Decimal) -> Decimal:
    """This is an amount rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def figure_of(day: dt.date, place: str) -> Figure:
    """This will read the standard in force on a day; for days before the first one, the one in force today."""
    then, now = Figures(day, place), Figures(max(day, clock.today()), place)

    def read(key: str, **row_keys: Any) -> Reading:
        reading = then.reading(key, **row_keys)
        return reading if reading.value is not None else now.reading(key, **row_keys)

    return read


def depreciation(card: Card, day: dt.date, figure: Figure) -> Depreciation:
    """This is a card's depreciation as of a day; `figure` reads the standard (see `figure_of`, or a rule's law.reading)."""
    gone = card.disposed is not None and card.disposed <= day
    brought = card.depreciated if card.depreciated_on is not None and day >= card.depreciated_on else None
    if reason := _never(card):
        return Depreciation(day, card.value, brought or Decimal(0), Decimal(0), says=reason, gone=gone)
    start, life, reading = card.begun, card.life_months, None
    if life is None and card.life_group:
        reading = figure(FIGURE, group=card.life_group)
        life = None if reading.value is None else int(str(reading.value)) * 12
    reason = _unknown(card, start, life)
    if reason or start is None or life is None:
        return Depreciation(day, card.value, brought, life=life, reading=reading, says=reason, gone=gone)
    last = min(months.index(day), months.index(card.disposed) - 1 if card.disposed else months.index(day))
    elapsed = max(last - months.index(start) + 1, 0)
    base = cents(card.value * (1 - (card.residual_rate or Decimal(0)) / 100))
    if card.depreciated is None or card.depreciated_on is None:
        return _plain(card, day, base, elapsed, life, reading, gone)
    opened = max(months.index(card.depreciated_on) - months.index(start) + 1, 0)
    return _opened(card, day, base, (elapsed, opened), life, reading, gone)


def spent(base: Decimal, life: int, elapsed: int, opening: tuple[Decimal, int] | None = None) -> Decimal:
    """This is what is used up of a base after some months, not rounded; `opening` is a sum and the months it stands for.

    It is linear in the sums, so that many cards with equal months are computed at once.
    """
    if opening is None:
        return base * min(elapsed, life) / life
    brought, opened = opening
    if elapsed <= opened:
        return brought * elapsed / opened if elapsed < opened else brought
    spread = max(life - opened, 1)
    return brought + max(base - brought, Decimal(0)) * min(elapsed - opened, spread) / spread


def _never(card: Card) -> str:
    """Why a card is not depreciated at all; empty where it is."""
    if card.value_type == ValueType.NOMINAL:
        return _("以名义金额计量的资产不计提折旧（%(standard)s）") % {"standard": STANDARD}
    if card.life_group == NO_DEPRECIATION:
        words = card.get_category_display()
        return _("%(category)s不计提折旧（%(standard)s）") % {"category": words, "standard": STANDARD}
    if card.method == Method.NONE or card.depreciation_state == DepreciationState.OFF:
        return _("卡片注明不计提折旧")
    return ""


def _unknown(card: Card, start: dt.date | None, life: int | None) -> str:
    """What is missing to compute; empty where nothing is."""
    if card.method == Method.WORK:
        return _("按工作量法计提，须由财务按工作量填报累计折旧")
    if start is None:
        return _("没有取得、投入使用或入账日期，请补填")
    if life is None:
        return _("没有折旧年限：请在卡片上填写折旧年限（月），房屋也可填写建筑结构，由标准确定最低年限")
    return ""


def _plain(
    card: Card, day: dt.date, base: Decimal, elapsed: int, life: int, reading: Reading | None, gone: bool
) -> Depreciation:
    count, accumulated = min(elapsed, life), cents(spent(base, life, elapsed))
    return Depreciation(
        day, card.value, accumulated, cents(base / life), count, life, reading,
        formula=_("累计折旧 = 原值 ×（1 − 净残值率）× 已提月数 ÷ 折旧年限（月）"),
        filled=f"{card.value:,.2f} × (1 − {card.residual_rate or 0:g}%) × {count} ÷ {life} = {accumulated:,.2f}",
        says=_says(card, count, life), gone=gone,
    )  # fmt: skip


def _opened(
    card: Card, day: dt.date, base: Decimal, passed: tuple[int, int], life: int, reading: Reading | None, gone: bool
) -> Depreciation:
    elapsed, opened = passed
    opening, spread = card.depreciated or Decimal(0), max(life - opened, 1)
    accumulated = cents(spent(base, life, elapsed, (opening, opened)))
    if elapsed <= opened:
        formula = _("截止日以前：累计折旧 = 期初累计折旧 × 已过月数 ÷ 截止日已过月数")
        filled = f"{opening:,.2f} × {elapsed} ÷ {max(opened, 1)} = {accumulated:,.2f}"
    else:
        formula = _("累计折旧 = 期初累计折旧 +（应提总额 − 期初累计折旧）× 期初以后月数 ÷ 期初剩余月数")
        done = min(elapsed - opened, spread)
        filled = f"{opening:,.2f} + ({base:,.2f} − {opening:,.2f}) × {done} ÷ {spread} = {accumulated:,.2f}"
    monthly = cents(max(base - opening, Decimal(0)) / spread)
    count = min(elapsed, max(life, opened + 1))
    return Depreciation(day, card.value, accumulated, monthly, count, life, reading, formula, filled,
                        _says(card, count, life), gone)  # fmt: skip


def _says(card: Card, count: int, life: int) -> str:
    said = _("按月以年限平均法计提，取得当月起提，处置当月不提（%(standard)s）。") % {"standard": STANDARD}
    if count >= life:
        said += _("已提足折旧，继续使用的不再计提。")
    if card.disposed:
        said += _("已于 %(day)s 处置，自当月起停止计提。") % {"day": card.disposed}
    return said
