"""How bills write time, plate and kind: a dozen suppliers, one meaning."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import translation

from baozhang.ch2_provision.running.choices import MOVED, PAID, REVERSED, SIGNS, TAKEN_BACK, Kind
from baozhang.kernel import clock
from baozhang.kernel.hours import time_said
from baozhang.kernel.numerals import in_digits

_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*[日号]?(?:\s*T?\s*(?:(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?|(\d{1,2})(\d{2})(\d{2})?)(?:\.\d+)?[分秒]?)?"
)
_SAID_HOUR = re.compile(
    r"(?P<day>\d{4}.*?\d\s*[日号]?)\s*(?P<time>(?:[凌清早上中下傍晚]|[AP]\.?M).*|\d{1,2}点.*)", re.IGNORECASE
)
_TIME = re.compile(r"(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?(?:\.\d+)?[分秒]?|(\d{2})(\d{2})(\d{2})")
_COLOUR = r"(?:渐变绿|黄绿双拼|黄绿|[蓝黄绿白黑])"
_PLATE_NOISE = re.compile(r"[\s·•.\-_:：]|\(.*?\)|（.*?）|\[.*?\]|【.*?】")  # points, blanks, remarks in brackets
_PLATE_COLOUR = re.compile(
    rf"^{_COLOUR}[色牌]*(?=[\u4e00-\u9fff])|(?<=[A-Z0-9]){_COLOUR}[色牌]*$"
)  # before the province, or behind all
Read = tuple[dt.datetime | None, dt.date | None, str]


def moment_of(said: Any, time: str = "") -> Read:
    """The moment (None where only the day is known), the day (None where it is no date), and both in one spelling."""
    text = in_digits(str(said or "").strip())
    head = _SAID_HOUR.fullmatch(text)
    hour_said = time_said(head["time"]) if head else None
    found = _MOMENT.fullmatch(head["day"] if head and hour_said else text)
    if found is None:
        return None, None, str(said or "").strip()
    year, month, day, *clocks = (int(part) if part else None for part in found.groups())
    if hour_said:
        clocks[:3] = hour_said.hour, hour_said.minute, hour_said.second
    hour, minute, second = (
        clocks[:3] if clocks[0] is not None else clocks[3:]
    )  # with its colons, or in one run of digits
    # Midnight to the second is how a sheet writes a day without its time.
    bare = hour is None or (hour, minute, second or 0) == (0, 0, 0)
    if bare and (told := _TIME.fullmatch(time.strip())):
        parts = [part for part in told.groups() if part is not None]
        hour, minute, second = int(parts[0]), int(parts[1]), int(parts[2]) if len(parts) > 2 else 0
        bare = False
    elif bare and (hour_said := time_said(time)):
        hour, minute, second, bare = hour_said.hour, hour_said.minute, hour_said.second, False
    try:
        when = dt.date(year or 0, month or 0, day or 0)
        if bare:
            return None, when, when.isoformat()
        at = dt.datetime(when.year, when.month, when.day, hour or 0, minute or 0, second or 0, tzinfo=clock.ZONE)
    except ValueError:
        return None, None, str(said).strip()
    return at, when, f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"


def plate_of(said: str) -> str:
    """A plate without points, blanks, the colour before or behind it and remarks in brackets, in capitals."""
    return _PLATE_COLOUR.sub("", _PLATE_NOISE.sub("", said or "").upper())


def kind_said(*words: str) -> str:
    """The kind of cost that words of a bill give away; empty where none does."""
    text = " ".join(word for word in words if word)
    return next((kind for kind, signs in SIGNS if any(sign in text for sign in signs)), "")


def is_topup(deal: str, item: str, *, litres: bool) -> bool:
    """True where a row moves money onto a card, or off it; a row with litres buys something, whatever it was paid from."""
    if any(sign in deal for sign in MOVED):
        return True
    return not litres and not any(sign in deal for sign in PAID) and any(sign in item for sign in MOVED)


def signed(amount: Decimal | None, deal: str, *, topup: bool) -> Decimal | None:
    """The sum as it is kept: off the card below zero, paid above it, as cards' statements that count down write it."""
    if amount is None or (topup and not any(sign in deal for sign in TAKEN_BACK)):
        return amount
    if topup:
        return -abs(amount)
    paid = any(sign in deal for sign in PAID) and not any(sign in deal for sign in REVERSED)
    return abs(amount) if paid else amount


def bill_of(whose: str, at: str, kind: str, amount: Decimal | None) -> str:
    """The number of a bill that has none: the same bill always gets the same."""
    return f"{whose} {at} {_kinds().get(kind, kind)} {amount or 0:.2f}"


@cache
def _kinds() -> dict[str, str]:
    """The words of the kinds of cost in the source language: what is kept does not change with the reader's."""
    with translation.override(None):
        return {str(value): str(words) for value, words in Kind.choices}


def days_of(year: int, month: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a month."""
    first = dt.date(year, month, 1)
    return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
