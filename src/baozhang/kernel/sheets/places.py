"""Where a cell is, in the letters and numbers that a spreadsheet program shows."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=20_000)
def letters(index: int) -> str:
    """This is the column name of a position counted from 0 (0 is A, 26 is AA)."""
    name, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(65 + digit) + name
    return name


def position(name: str) -> int:
    """This is the position from 0 of a column name (A is 0)."""
    value = 0
    for letter in name.upper():
        value = value * 26 + ord(letter) - 64
    return value - 1


def place(row: int, index: int) -> str:
    """This is a cell's name such as H12, from its row (from 1) and its position in the row (from 0)."""
    return f"{letters(index)}{row}"
