"""A moment as people write it: a day and a time of day, kept as one moment in China standard time."""

from __future__ import annotations

import datetime as dt
import re

from baozhang.kernel import clock

_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_SAID = re.compile(
    r"([01]?\d|2[0-3])(?:[:：.．点时]([0-5]\d|半)?分?|([0-5]\d))"
)  # 9:05, 9.05, 905, 0905, 9点, 9点半, 9点05分


def clean_time(said: str) -> str:
    """A time of day as it is kept (08:05), also where a phone has no colon at hand; what is none stays as it was said."""
    found = _SAID.fullmatch("".join(said.split()))
    if found is None:
        return said.strip()
    minute = found.group(2) or found.group(3) or "00"
    return f"{int(found.group(1)):02d}:{'30' if minute == '半' else minute}"


def is_time(said: str) -> bool:
    """True for a time of day."""
    return _TIME.fullmatch(said) is not None


def moment(day: dt.date | None, said: str) -> dt.datetime | None:
    """The moment; None where day or time is missing or no time."""
    if day is None or not is_time(said):
        return None
    hour, minute = said.split(":")
    return dt.datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=clock.ZONE)


def shown(at: dt.datetime | None) -> str:
    """A moment as people read it: month, day, time."""
    return "" if at is None else f"{at.astimezone(clock.ZONE):%m-%d %H:%M}"
