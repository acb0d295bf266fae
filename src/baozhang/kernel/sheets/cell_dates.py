"""Dates as ledgers write them: real dates, serial numbers, and a dozen ways of text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.hours import time_said
from baozhang.kernel.numerals import in_digits

from .columns import Column, expected
from .refusals import CellError

EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_FALSE_LEAP_DAY = 60
_DAY = re.compile(
    r"(\d{4})\s*(?P<mark>[-/.年])\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\s*[日号月]?(?:\s*T?\s*(?P<time>.*[:点时].*))?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_FIVE_DIGITS = re.compile(r"\d{5}(?:\.\d+)?")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．／－—–−：　\xa0", "0123456789./----:  ")
_MEMORY = 50_000


def date_parser(column: Column, *, epoch1904: bool = False) -> Callable[[Any], date]:
    """This is the parser of one date column; equal texts are read once, for dates repeat in a ledger."""
    low = column.minimum if isinstance(column.minimum, date) else EARLIEST
    high = column.maximum if isinstance(column.maximum, date) else LATEST
    seen: dict[Any, date] = {}

    def parse(raw: Any) -> date:
        known = seen.get(raw)
        if known is not None:
            return known
        day = _any_date(raw, column, epoch1904)
        _check(day, raw, low, high, column)
        if len(seen) < _MEMORY:
            seen[raw] = day
        return day

    def checked(raw: Any) -> date:
        # True and 1.0 are the same key of a dictionary, so truth values never reach the memory.
        if isinstance(raw, bool):
            raise CellError(_("“%(value)s”不是日期") % {"value": raw}, expected(column))
        return parse(raw)

    return checked


def serial_date(serial: float, *, epoch1904: bool = False) -> date | None:
    """This is the day a spreadsheet counts as `serial` (days since 1900 or 1904), or None where there is none."""
    days = int(serial)
    if epoch1904:
        return _EPOCH_1904 + timedelta(days) if 0 <= days <= 80_000 else None
    if not 1 <= days <= 80_000 or days == _FALSE_LEAP_DAY:
        return None
    return _EPOCH + timedelta(days + 1 if days < _FALSE_LEAP_DAY else days)


def _any_date(raw: Any, column: Column, epoch1904: bool) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float):
        return _from_number(raw, column, epoch1904)
    text = in_digits(str(raw).translate(FULL_WIDTH).strip())
    found = _DAY.fullmatch(text)
    if found and (found["time"] is None or time_said(found["time"])):
        return _make(raw, column, found.group(1), found.group(3), found.group(4))
    if found := _COMPACT.fullmatch(text):
        return _make(raw, column, *found.groups())
    if _FIVE_DIGITS.fullmatch(text):
        return _from_number(float(text), column, epoch1904)
    if re.fullmatch(r"\d{4}年?", text):
        raise CellError(_("“%(value)s”只有年份，缺少月日") % {"value": raw}, expected(column))
    raise CellError(_("“%(value)s”不是能识别的日期") % {"value": shown(raw)}, expected(column))


def _from_number(raw: float, column: Column, epoch1904: bool) -> date:
    if raw != raw or raw in (float("inf"), float("-inf")):
        raise CellError(_("“%(value)s”不是日期") % {"value": raw}, expected(column))
    if raw > 100_000 and float(raw).is_integer():
        if found := _COMPACT.fullmatch(str(int(raw))):
            return _make(int(raw), column, *found.groups())
    elif EARLIEST.year <= raw < LATEST.year + 1:
        # 2013 or 2013.1 typed as a number; as a serial it would be a day of 1905 that nobody meant.
        raise CellError(_("“%(value)s”是数字，看不出月日") % {"value": shown(raw)}, expected(column))
    elif day := serial_date(raw, epoch1904=epoch1904):
        return day
    raise CellError(_("数字 %(value)s 不是日期") % {"value": shown(raw)}, expected(column))


def _make(raw: Any, column: Column, year: str, month: str, day: str | None) -> date:
    try:
        return date(int(year), int(month), int(day or 1))
    except ValueError:
        raise CellError(_("没有“%(value)s”这一天") % {"value": raw}, expected(column)) from None


def _check(day: date, raw: Any, low: date, high: date, column: Column) -> None:
    if day < EARLIEST or day > LATEST:
        raise CellError(
            _("“%(value)s”的年份不合理") % {"value": raw},
            _("应在 %(low)s 与 %(high)s 之间") % {"low": EARLIEST, "high": LATEST},
        )
    if day < low:
        raise CellError(_("%(value)s 早于 %(low)s") % {"value": day, "low": low}, expected(column))
    if day > high:
        raise CellError(_("%(value)s 晚于 %(high)s") % {"value": day, "high": high}, expected(column))


def shown(raw: Any, most: int = 40) -> str:
    """This is a value as it is quoted in a refusal: whole numbers without a point, long texts cut."""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        raw = int(raw)
    text = str(raw)
    return text if len(text) <= most else text[:most] + "…"
