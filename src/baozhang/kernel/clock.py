"""The only source of "now" and "today"; `with on(day)` reads law and records as of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_fixed: ContextVar[dt.datetime | None] = ContextVar("clock", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in China standard time; the fixed one inside `on`."""
    return _fixed.get() or dt.datetime.now(ZONE)


def today() -> dt.date:
    """The present day in China; the fixed one inside `on`."""
    return now().date()


@contextmanager
def on(moment: dt.date | dt.datetime) -> Iterator[None]:
    """Holds the clock at a day (nine in the morning) or at a moment."""
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time(9, 0), ZONE)
    token = _fixed.set(moment.astimezone(ZONE))
    try:
        yield
    finally:
        _fixed.reset(token)
