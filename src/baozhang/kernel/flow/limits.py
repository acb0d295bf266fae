"""Time limits: which day a task is due; the kernel asks for figures and working days and knows neither."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from baozhang.kernel.opening import Opening

from .step import Limit


class WorkingDays(Protocol):
    """What a calendar must be able to say."""

    def add_working_days(self, day: dt.date, count: int, /) -> Any:
        """The day on which a limit ends, with its `day` and whether it is `provisional`."""

    def is_working(self, day: dt.date, /) -> bool:
        """True for a working day."""


limit_of: Opening[Callable[[str, dt.date, int | None], tuple[int, str] | None]] = Opening(
    "flow.limit_of", "a time limit by the key of its figure, on a day, for an organ: (n, working_days or days), or None"
)
calendar: Opening[Callable[[], WorkingDays]] = Opening("flow.calendar", "the calendar of working days")


@dataclass(frozen=True)
class Deadline:
    """The day by which something must be done."""

    due: dt.date | None = None
    provisional: bool = False
    key: str = ""  # the figure behind it


NO_DEADLINE = Deadline()


def deadline(limit: Limit, record: Any, day: dt.date) -> Deadline:
    """The deadline that a step's limit gives from a day on; without a day where the figure has no value (待核实)."""
    key = limit if isinstance(limit, str) else ""
    value: Any = limit(record, day) if callable(limit) else limit
    if isinstance(value, str):
        key, value = value, limit_of.ask(value, day, record.organ_key())
    if value is None:
        return Deadline(key=key)
    if isinstance(value, dt.date):
        return Deadline(value, key=key)
    count, unit = value
    if unit == "working_days":
        due = calendar.ask().add_working_days(day, count)
        return Deadline(due.day, due.provisional, key)
    if unit == "days":
        return Deadline(_never_on_a_day_off(day + dt.timedelta(days=count)), key=key)
    raise ValueError(f"time limit {key or limit!r}: unit {unit!r} is neither working_days nor days")


def _never_on_a_day_off(day: dt.date) -> dt.date:
    """The day itself, or the first working day after it: a period does not end on a day off."""
    days = calendar.ask()
    while not days.is_working(day):
        day += dt.timedelta(days=1)
    return day
