"""Whole numbers as addresses and forms bring them: text that anybody may write, before a column is asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_DIGITS = 18  # what every integer column of both databases can be compared with


def whole(said: Any) -> int | None:
    """This is the number, not below nought; None where the text is none, or none that a column could hold.

    `str.isdigit` is no test for it: "²" is a digit and no number, and thirty digits are a number that no database takes.
    """
    text = str(said or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def wholes(said: Iterable[Any]) -> list[int]:
    """These are the numbers among several texts, in their order; what is none is left out."""
    return [number for one in said if (number := whole(one)) is not None]
