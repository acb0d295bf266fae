"""Quotas as they read for an agency on a day, and what they allow it for each item of a year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import QUOTAS, RANKED, Driver, Quota
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import Figures, Reading

from .suggesting import driver_facts

QUOTED = frozenset(quota.item for quota in QUOTAS)


@dataclass(frozen=True)
class Piece:
    """One quota for one driver, as it reads for an agency on a day."""

    quota: Quota
    driver: Driver
    reading: Reading

    @property
    def words(self) -> str:
        """What the line is called."""
        rank = f"（{self.driver.label}）" if len(self.quota.drivers) > 1 else ""
        return f"{self.quota.item.label}{rank}"


def pieces(organ: Organization, day: dt.date) -> list[Piece]:
    """All quotas of the catalogue as they read for an agency on a day, one for each driver."""
    law = Figures(day, organ.jurisdiction.path.rstrip("/"))
    found = []
    for quota in QUOTAS:
        for driver in quota.drivers:
            keys = {"rank": str(driver)} if driver in RANKED and catalogue()[quota.key].keys else {}
            found.append(Piece(quota, driver, law.reading(quota.key, **keys)))
    return found


def allowed(organ: Organization, day: dt.date) -> dict[str, Decimal | None]:
    """What the quotas allow for each item in a year; None where a quota or what it is multiplied with is unknown."""
    facts, found = driver_facts(organ.pk, day), dict[str, Decimal | None]()
    for piece in pieces(organ, day):
        fact, value, item = facts.get(piece.driver), piece.reading.value, piece.quota.item.value
        part = None if fact is None or (value is None and fact.value) else fact.value * Decimal(str(value or 0))
        before = found.setdefault(item, Decimal(0))
        found[item] = None if part is None or before is None else before + part.quantize(Decimal("0.01"))
    return found
