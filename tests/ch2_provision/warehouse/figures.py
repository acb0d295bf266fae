"""A figure issued for a test, as an office would set it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from baozhang.kernel import scope
from baozhang.kernel.record import keep

if TYPE_CHECKING:
    from .conftest import House


def issue(house: House, key: str, value: int, until: dt.date | None = None) -> None:
    """This will set a figure of the city from 2024 on, up to a day where one is said."""
    with scope.everything("test") as by:
        standard = Standard(organ=house.organs["city"], title=key, valid_from=dt.date(2024, 1, 1), valid_to=until)
        keep(standard, by=by)
        line = StandardLine(standard=standard, key=key, row="", value=Decimal(value))
        keep(line, by=by)
        standard.state = "published"
        keep(standard, by=by, moves=frozenset({"state"}))
        line.standard, line.slot = standard, 0
        keep(line, by=by)
