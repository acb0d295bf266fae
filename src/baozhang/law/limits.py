"""What the law answers to the kernel's flows: time limits from the figures in force, and the calendar of working days."""

from __future__ import annotations

import datetime as dt

from baozhang.kernel.flow import limits
from baozhang.law.case import places
from baozhang.law.figures import Figures, spec
from baozhang.law.figurespec import NATION
from baozhang.law.holidays import calendar

UNITS = {"workday": "working_days", "day": "days"}


def limit_of(key: str, day: dt.date, organ: int | None) -> tuple[int, str] | None:
    """This is a time limit on a day for an organ, as (number, working_days or days); None while it is 待核实."""
    place = places().get(organ, NATION) if organ is not None else NATION
    value = Figures(day, place).get(key)
    return None if value is None else (int(value), UNITS[spec(key).unit])


def fill() -> None:
    """This will answer the flows' questions; called once when the app starts."""
    limits.limit_of.fill(limit_of)
    limits.calendar.fill(calendar)
