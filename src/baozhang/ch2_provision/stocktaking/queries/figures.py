"""The figures that counts read: who approves from which sum on, what a nominal amount is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from baozhang.law.case import places
from baozhang.law.figures import Figures
from baozhang.law.figurespec import NATION

AUTHORITY_FROM = "assets.stocktaking.authority_from"
FINANCE_FROM = "assets.stocktaking.finance_from"
SETTLE_DAYS = "assets.stocktaking.settle_days"
FULL_YEARS = "assets.stocktaking.full_count_years"
NOMINAL = "assets.stocktaking.nominal_value"


def figure(key: str, organ: int, day: dt.date) -> Any:
    """This is a figure in force in an organ's place on a day; None while it is 待核实."""
    return Figures(day, places().get(organ, NATION)).get(key)


def authority_decides(total: Decimal, organ: int, day: dt.date) -> bool:
    """This is true where a sum of losses needs the authority; always while nobody has set from which sum on."""
    limit = figure(AUTHORITY_FROM, organ, day)
    return limit is None or total >= Decimal(str(limit))


def finance_decides(total: Decimal, organ: int, day: dt.date) -> bool:
    """This is true where the finance department approves as well: from the sum set for it, and only where one is set."""
    limit = figure(FINANCE_FROM, organ, day)
    return limit is not None and total >= Decimal(str(limit))


def nominal(organ: int, day: dt.date) -> Decimal | None:
    """This is the nominal amount at which a thing without a value is booked."""
    value = figure(NOMINAL, organ, day)
    return None if value is None else Decimal(str(value))
