"""How many pieces a standard allows, worked out from the figures in force."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any

from baozhang.law.figures import Figures, spec
from baozhang.law.figurespec import Band


def allowed(law: Figures, key: str, count: int, **row_keys: Any) -> int | None:
    """This is how many pieces a quantity figure allows for a count of heads, or of offices where it is per office.

    A share of a piece counts as a piece, in favour of the agency: the standard rounds copiers up and says nothing of
    the rest. None where the figure has no value in force. Every figure used is remembered by `law`.
    """
    if spec(key).unit == "heads_per_piece":
        tiers = [(band, reading.value) for band, reading in law.bands(key)]
        if any(value is None for _band, value in tiers):
            return None
        return sum(_tier(band, Decimal(str(value)), Decimal(count)) for band, value in tiers)
    value = law.get(key, **row_keys)
    return None if value is None else _up(Decimal(count) * Decimal(str(value)))


def _tier(band: Band, heads: Decimal, count: Decimal) -> int:
    """These are the pieces for the heads that fall into one band: one for each so many, a rest counts as well."""
    low = band.over or Decimal(0)
    high = count if band.to is None else min(count, band.to)
    return _up((high - low) / heads) if high > low else 0


def _up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
