"""The days off and make-up days that the State Council has announced, as the calendar of all legal time limits."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from baozhang.kernel.calendar import Announced, Calendar

TABLE = Path(__file__).with_name("holidays.csv")
# 全国年节及纪念日放假办法 (fourth revision, 2024-11-10) names these by the date; the others move with the moon and the sun.
DECREE = "全国年节及纪念日放假办法（2024年11月10日第四次修订）"
FIXED = (("元旦", 1, (1,)), ("劳动节", 5, (1, 2)), ("国庆节", 10, (1, 2, 3)))
AHEAD = 10  # years for which the decree's own days are laid out


def decreed(since: int, years: int = AHEAD) -> Iterator[Announced]:
    """The days off that the decree itself names, year by year; the yearly notice says what lies around them."""
    for year in range(since, since + years):
        for name, month, days in FIXED:
            for day in days:
                yield Announced(dt.date(year, month, day), "off", name, DECREE)


@cache
def calendar() -> Calendar:
    """This is the calendar of the announced table that ships with the law, and of the decree after it; read once."""
    announced = Calendar.from_csv(TABLE)
    last = announced.known_until
    return Calendar(announced.rows, decreed(last.year + 1)) if last is not None else announced
