"""A value as a cell of sheet XML: numbers as numbers, days as days, and every text as a text that stays one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from .limits import DEFAULT_LIMITS
from .safe_text import guarded_typed, is_risky
from .xlsx_parts import DATE, GENERAL, LITERAL, MOMENT, MONEY, WRONG

# What XML cannot carry, and what a reader would take for such an escape.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PECULIAR = re.compile("^['=+\\-@＝＋－＠\\s]|[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]|_x|\\s$|\\s\\s")
_DIGITS = 15
_TOO_LONG = 10**_DIGITS
_SHORT = 1000
_EMPTY = "/>"
_START_1900 = date(1899, 12, 30).toordinal()
_AFTER_FALSE_LEAP_DAY = date(1900, 3, 1).toordinal()
_START_1904 = date(1904, 1, 1).toordinal()
_MEMORY = 30_000
_CUT = "…"


class Marked:
    """This is a value that is shown on a coloured ground because it is wrong."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class CellWriters(dict[type, Callable[[Any], tuple[int, str]]]):
    """This is the function for each type from a value to its style and the XML behind it; other types are texts."""

    def __missing__(self, kind: type) -> Callable[[Any], tuple[int, str]]:
        writer = self[str]
        return lambda value: writer(str(value))


def cell_writers(*, epoch1904: bool = False) -> CellWriters:
    """This is the writers of one workbook; texts and days that return are written once."""
    text, day = _remembering(_text), _remembering(_day_writer(epoch1904))

    def moment(value: datetime) -> tuple[int, str]:
        if timezone.is_aware(value):
            value = timezone.localtime(value).replace(tzinfo=None)
        serial = _serial(value, epoch1904)
        if serial is None:
            return text(value.isoformat(" "))
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        return MOMENT, f"><v>{serial + seconds / 86400!r}</v></c>"

    writers = CellWriters()
    writers[str] = text
    writers[date] = day
    writers[datetime] = moment
    writers[Decimal] = lambda value: _decimal(value, text)
    writers[bool] = lambda value: (GENERAL, f' t="b"><v>{int(value)}</v></c>')
    writers[int] = lambda value: (GENERAL, f"><v>{value}</v></c>") if abs(value) < _TOO_LONG else text(str(value))
    writers[float] = lambda value: (GENERAL, f"><v>{value!r}</v></c>") if math.isfinite(value) else text(str(value))

    def marked(value: Marked) -> tuple[int, str]:
        style, xml = writers[type(value.value)](value.value)
        return style + WRONG, xml

    writers[type(None)] = lambda _value: (GENERAL, _EMPTY)
    writers[Marked] = marked
    return writers


def _remembering(write: Callable[[Any], tuple[int, str]]) -> Callable[[Any], tuple[int, str]]:
    seen: dict[Any, tuple[int, str]] = {}

    def remembered(value: Any) -> tuple[int, str]:
        known = seen.get(value)
        if known is None:
            known = write(value)
            if len(seen) < _MEMORY and len(known[1]) < _SHORT:
                seen[value] = known
        return known

    return remembered


def _serial(value: date, epoch1904: bool) -> int | None:
    """The day as a spreadsheet counts it, or None before the days on which all programs agree."""
    first, start = (_START_1904, _START_1904) if epoch1904 else (_AFTER_FALSE_LEAP_DAY, _START_1900)
    ordinal = value.toordinal()
    return ordinal - start if ordinal >= first else None


def _day_writer(epoch1904: bool) -> Callable[[date], tuple[int, str]]:
    def day(value: date) -> tuple[int, str]:
        serial = _serial(value, epoch1904)
        return _text(value.isoformat()) if serial is None else (DATE, f"><v>{serial}</v></c>")

    return day


def _decimal(value: Decimal, text: Callable[[str], tuple[int, str]]) -> tuple[int, str]:
    shown = str(value)
    if len(shown) > _DIGITS + 1 or not shown[-1].isdigit() or "E" in shown:
        if not value.is_finite():
            return text(shown)
        shown = format(value, "f")
        if len(value.as_tuple().digits) > _DIGITS or len(shown) > _DIGITS * 2:
            return text(shown)
    return MONEY if shown[-3:-2] == "." else GENERAL, f"><v>{shown}</v></c>"


def _text(value: str) -> tuple[int, str]:
    if value.isalnum() and len(value) < _SHORT:
        return GENERAL, f' t="inlineStr"><is><t>{value}</t></is></c>'
    if not value:
        return GENERAL, _EMPTY
    if len(value) < _SHORT and not _PECULIAR.search(value):
        return GENERAL, f' t="inlineStr"><is><t>{value}</t></is></c>'
    style = LITERAL if is_risky(value) else GENERAL
    shown = guarded_typed(value)
    most = DEFAULT_LIMITS.characters
    if len(shown) > most:
        shown = shown[: most - 1] + _CUT
    shown = _SURROGATES.sub("\ufffd", shown)
    shown = _ESCAPED.sub(lambda found: f"_x{ord(found.group()):04X}_", shown)
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return style, f' t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
