"""A moment as people write it: a day and a time of day, kept as one moment in China standard time."""

from __future__ import annotations

import datetime as dt
import re

from baozhang.kernel import clock
from baozhang.kernel.hours import time_said

_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_BARE = re.compile(r"([01]?\d|2[0-3])[.．]?([0-5]\d)")  # 905, 0905, 9.05: where a phone has no colon at hand


def clean_time(said: str) -> str:
    """A time of day as it is kept (08:05), however it is said (905, 9点半, 下午3:05); what is none, or two, stays as it was said."""
    text = "".join(said.split())
    if (bare := _BARE.fullmatch(text)) is not None:
        return f"{int(bare[1]):02d}:{bare[2]}"
    found = time_said(text)
    return said.strip() if found is None or found.second else f"{found:%H:%M}"


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
