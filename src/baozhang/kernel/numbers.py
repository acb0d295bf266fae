"""Whole numbers and days as addresses and forms bring them: anybody may write anything there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

_DIGITS = re.compile("[0-9]{1,18}")  # as many as a key has at most; other scripts' digits and powers are none


def whole(said: object) -> int | None:
    """The whole number that a text says; None where it says none, or one that no key can be."""
    text = str(said or "").strip()
    return int(text) if _DIGITS.fullmatch(text) else None


def wholes(said: Iterable[object]) -> list[int]:
    """The whole numbers among some texts."""
    return [number for one in said if (number := whole(one)) is not None]


def day_said(said: object) -> dt.date | None:
    """The day that a text says (2026-03-05); None where it says none, or one of another age, of which no other day can be reckoned."""
    try:
        day = dt.date.fromisoformat(str(said or "").strip())
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
