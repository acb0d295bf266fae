"""Which things a chapter may take up: chapters overlap in time, and for one thing time never goes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Q

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import clock, holds

_told: ContextVar[dt.date | None] = ContextVar("told", default=None)


@contextmanager
def telling(day: dt.date) -> Iterator[None]:
    """Holds the day of which is told; a chapter that begins on it sets the clock by itself, often to later days."""
    token = _told.set(day)
    try:
        yield
    finally:
        _told.reset(token)


def resting() -> Q:
    """The condition that a card is promised to nothing, and that nothing is written on it later than the day that is told."""
    day = min(_told.get() or clock.today(), clock.today())
    with clock.on(day):
        return holds.free(Card) & Q(kept_at__lte=clock.now())
