"""Numbers as ledgers write them, without ever letting a binary fraction into an amount."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.numerals import SIGNS, money_said, number

from .cell_dates import shown
from .columns import Column, expected, unit_key
from .refusals import CellError

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_NUMBER = re.compile(r"([+-]?)([0-9][0-9,]*|(?=\.[0-9]))(\.[0-9]+|\.)?(e[+-]?[0-9]{1,3})?(.*)", re.I | re.S)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_MINUS = str.maketrans("−–—﹣", "----")
_CURRENCY = re.compile(r"^(?:人民币|rmb|cny|¥|￥)", re.I)
_COUNTED = frozenset("台套件张把组个辆人名座间栋幢部只支本册卷份批架具副双对块根条瓶盒箱包袋项次处")
_SIGNS = "".join(sorted(SIGNS))
_NOISE_PLACES = 6
_SHORT = 16
# A spreadsheet keeps fifteen digits; what is larger than this cannot have kept its cents.
_FLOAT_LIMIT = 1e13
_NEAR = Decimal("1e-9")


def number_parser(column: Column, *, unit: str = "") -> Callable[[Any], Decimal | int]:
    """This is the parser of one number column; numbers in `unit` are brought to the column's own unit."""
    whole = column.kind == "integer"
    places = 0 if whole else column.decimal_places
    quantum = Decimal(1).scaleb(-places)
    factor = column.factor(unit) or Decimal(1)
    finish = _finisher(column, whole, quantum, places, _percent_to_own(column))
    limit = Decimal(10) ** (column.max_digits - places)
    bounds = _limits(column, limit)
    form = f"%.{places}f"
    low, high = _quick_bounds(column, limit) if factor == 1 else (1.0, 0.0)

    def parse(raw: Any) -> Decimal | int:
        kind = type(raw)
        # Most cells: a number within bounds that has no more places than allowed, so its shortest form is exact.
        if kind is float and low <= raw <= high and round(raw, places) == raw:
            return int(raw) if whole else Decimal(form % (raw + 0.0))
        if kind is float:
            return bounds(finish(_from_float(raw, column), factor, raw))
        if kind is str:
            text = raw.strip()
            if factor == 1 and len(text) < _SHORT and _PLAIN.fullmatch(text):
                dot = text.find(".")
                if not whole and 0 < len(text) - dot - 1 <= places and dot > 0:
                    return bounds(Decimal(text).quantize(quantum) + 0)
                return bounds(finish(Decimal(text), factor, raw))
            number, own = _from_text(text, column, raw, unit)
            return bounds(finish(number, factor if own is None else own, raw))
        return bounds(finish(_from_other(raw, column), factor, raw))

    return parse


def _quick_bounds(column: Column, limit: Decimal) -> tuple[float, float]:
    """Limits in binary for numbers that need no exact look: never wider than the true ones."""
    most = min(_FLOAT_LIMIT, float(limit) * 0.99)
    low = float(column.minimum) if isinstance(column.minimum, int | Decimal) else -most
    high = float(column.maximum) if isinstance(column.maximum, int | Decimal) else most
    return max(low, -most), min(high, most)


def _percent_to_own(column: Column) -> Decimal:
    return Decimal(1) if column.unit == "%" else Decimal("0.01")


def _finisher(
    column: Column, whole: bool, quantum: Decimal, places: int, percent: Decimal
) -> Callable[[Decimal, Decimal | str, Any], Decimal | int]:
    """What turns an exact number into the value kept: unit, decimal places, noise of formulas."""

    def finish(number: Decimal, factor: Decimal | str, raw: Any) -> Decimal | int:
        try:
            value = number * (percent if factor == "%" else Decimal(factor))
            rounded = value.quantize(quantum, ROUND_HALF_UP) + 0  # never minus zero
        except InvalidOperation:
            raise CellError(_("“%(value)s”数值过大") % {"value": shown(raw)}, expected(column)) from None
        if value != rounded and abs(value - rounded) > _NEAR:
            # A tail as long as that of 1000/3 comes from a formula and is rounded; a short one was typed.
            if whole or -int(value.normalize().as_tuple().exponent) <= max(_NOISE_PLACES, places + 4):
                raise CellError(
                    _refusal(whole, places) % {"value": shown(raw), "places": places},
                    expected(column) if whole else _("可用 ROUND 函数取 %(places)d 位小数") % {"places": places},
                )
        return int(rounded) if whole else rounded

    return finish


def _refusal(whole: bool, places: int) -> str:
    return _("“%(value)s”不是整数") if whole else _("“%(value)s”的小数超过 %(places)d 位")


def _from_float(raw: float, column: Column) -> Decimal:
    if raw != raw or raw in (float("inf"), float("-inf")):
        raise CellError(_("“%(value)s”不是数字") % {"value": raw}, expected(column))
    if abs(raw) >= 1e15:
        raise CellError(
            _("“%(value)s”超过 15 位，末尾数字已丢失") % {"value": shown(raw)}, _("请将该列设为文本格式后重新填写")
        )
    number = Decimal(repr(raw))
    near = round(number, column.decimal_places)
    return near if abs(number - near) < _NEAR else number


def _from_other(raw: Any, column: Column) -> Decimal:
    if isinstance(raw, bool | date):
        word = _("逻辑值") if isinstance(raw, bool) else _("日期")
        raise CellError(_("“%(value)s”是%(kind)s，不是数字") % {"value": raw, "kind": word}, expected(column))
    if isinstance(raw, int | Decimal):
        number = Decimal(raw)
        if number.is_finite():
            return number
    raise CellError(_("“%(value)s”不是数字") % {"value": shown(raw)}, expected(column))


def _from_text(text: str, column: Column, raw: Any, unit: str) -> tuple[Decimal, Decimal | str | None]:
    """The number in a text and the factor of the unit written behind it (None where there is none)."""
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).translate(_MINUS))
    negative = flat.startswith("(") and flat.endswith(")")
    flat = _CURRENCY.sub("", flat[1:-1] if negative else flat)
    if flat[:1] == "-" and _CURRENCY.match(flat[1:]):
        flat = "-" + _CURRENCY.sub("", flat[1:])
    found = _NUMBER.fullmatch(flat)
    if not found and not negative and (said := _in_words(flat, column, raw, unit)):
        return said
    if not found or (found.group(2) and not _GROUPED.fullmatch(found.group(2))):
        raise CellError(_("“%(value)s”不是数字") % {"value": shown(raw)}, expected(column))
    sign, digits, fraction, exponent, tail = found.groups()
    number = Decimal(f"{sign}{digits.replace(',', '') or '0'}{fraction or ''}{exponent or ''}")
    if negative:
        if sign:
            raise CellError(_("“%(value)s”不是数字") % {"value": shown(raw)}, expected(column))
        number = -number
    return number, _tail_factor(tail, column, raw, unit)


def _in_words(flat: str, column: Column, raw: Any, unit: str) -> tuple[Decimal, Decimal | str | None] | None:
    """The number that Chinese numerals say, 伍仟元整 or 三台, and the factor of its unit; None where there is none."""
    if column.kind == "money" and (sum_said := money_said(flat)) is not None:
        return sum_said, column.factor("元")
    signs = len(flat) - len(flat.lstrip(_SIGNS))
    words, tail = flat[:signs], flat[signs:]
    if words == "一" and not tail:
        # The same stroke is drawn for nothing; whoever meant one writes 1.
        raise CellError(_("“%(value)s”看不出是一还是横线") % {"value": shown(raw)}, _("请写成 1，或者留空"))
    try:
        found = Decimal(0 if words == "零" else number(words))
    except ValueError:
        return None
    # 贰拾万 says its own unit, as 20万 does, also under a heading in 万元.
    own = column.factor("元") if column.kind == "money" and not tail and words[-1] in "万亿萬億" else None
    return found, own if own is not None else _tail_factor(tail, column, raw, unit)


def _tail_factor(tail: str, column: Column, raw: Any, unit: str) -> Decimal | str | None:
    if not tail:
        return None
    if tail == "%" and column.kind == "decimal":
        return "%"
    if column.kind == "money" and tail.startswith("万") and tail in ("万", "万圆"):
        tail = "万元"
    if column.kind == "money" and tail in ("元整", "圆", "圆整"):
        tail = "元"
    if column.kind != "money" and tail in _COUNTED and (not column.unit or column.unit in _COUNTED):
        return None  # 3台, 2套: what is counted stands beside the number
    factor = column.factor(tail)
    if factor is None and unit and unit_key(tail) == unit_key(unit):
        return None  # 25.5升 under a heading in 升: said twice
    if factor is None:
        raise CellError(
            _("“%(value)s”里的“%(tail)s”不是能识别的单位") % {"value": shown(raw), "tail": shown(tail)},
            expected(column),
        )
    return factor


def _limits(column: Column, limit: Decimal) -> Callable[[Decimal | int], Decimal | int]:
    low = column.minimum if isinstance(column.minimum, int | Decimal) else None
    high = column.maximum if isinstance(column.maximum, int | Decimal) else None

    def check(value: Decimal | int) -> Decimal | int:
        if not -limit < value < limit:
            raise CellError(_("%(value)s 数值过大") % {"value": value}, expected(column))
        if low is not None and value < low:
            raise CellError(_("%(value)s 小于 %(low)s") % {"value": value, "low": low}, expected(column))
        if high is not None and value > high:
            raise CellError(_("%(value)s 大于 %(high)s") % {"value": value, "high": high}, expected(column))
        return value

    return check
