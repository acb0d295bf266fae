"""The days off and make-up days that the State Council has announced, as the calendar of all legal time limits."""

from functools import cache
from pathlib import Path

from baozhang.kernel.calendar import Calendar

TABLE = Path(__file__).with_name("holidays.csv")


@cache
def calendar() -> Calendar:
    """This is the calendar of the announced table that ships with the law; read once."""
    return Calendar.from_csv(TABLE)
