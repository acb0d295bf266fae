"""Times of day as people write them: 8:30, 8点半, 上午8:30, 下午三点一刻. What could be two moments is none."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from .numerals import SIGNS, day_number

_WORDS = f"[{''.join(sorted(SIGNS))}]{{2,3}}"  # 三点五 may be five past or half past, so a bare minute has two signs
_COUNT = rf"\d{{1,2}}|{_WORDS}|[{''.join(sorted(SIGNS))}]"
_SAID = re.compile(
    rf"(?P<half>凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|[AP]\.?M\.?)?(?P<hour>{_COUNT})"
    rf"(?:[:](?P<minute>\d{{1,2}})(?:[:](?P<second>\d{{1,2}})(?:\.\d+)?)?"
    rf"|[点时](?:(?P<part>整|半|一刻|三刻)|(?P<count>{_COUNT})分(?:(?P<sharp>\d{{1,2}})秒)?|(?P<bare>\d\d|{_WORDS}))?)(?P<after>[AP]\.?M\.?)?",
    re.IGNORECASE | re.ASCII,
)
_PARTS = {"整": 0, "一刻": 15, "半": 30, "三刻": 45}
_AS_SAID = {  # the hours that a word of the day goes with as they stand
    "": range(24), "凌晨": range(7), "清晨": range(4, 9), "早晨": range(4, 12), "早上": range(4, 12), "上午": range(12),
    "中午": range(11, 14), "下午": range(12, 19), "傍晚": range(16, 20), "晚上": range(17, 24), "AM": range(12), "PM": range(12, 24),
}  # fmt: skip
_LATER = {  # and those that it means by the clock of twelve hours; 晚上12点 and 上午12点 are of two days, so they are none
    "中午": range(1, 3), "下午": range(1, 8), "傍晚": range(4, 8), "晚上": range(5, 12), "PM": range(1, 12),
}  # fmt: skip


def time_said(said: str) -> dt.time | None:
    """The time of day that a text says; None where it says none, or one that could be meant twice."""
    found = _SAID.fullmatch("".join(unicodedata.normalize("NFKC", said).split()))
    if found is None or (found["half"] and found["after"]):
        return None
    half = (found["half"] or found["after"] or "").replace(".", "").upper()
    hour = _counted(found["hour"])
    if hour is None:
        return None
    if half == "AM" and hour == 12:
        hour = 0
    elif hour in _LATER.get(half, ()):
        hour += 12
    elif hour not in _AS_SAID[half]:
        return None
    minute = (
        _PARTS[found["part"]] if found["part"] else _counted(found["minute"] or found["count"] or found["bare"] or "0")
    )
    second = int(found["second"] or found["sharp"] or 0)
    if minute is None or not (minute < 60 and second < 60):
        return None
    return dt.time(hour, minute, second)


def _counted(said: str) -> int | None:
    """A count in digits or in words; 零五 is five."""
    if said.isdigit():
        return int(said)
    return 0 if said in ("零", "〇") else day_number(said)
