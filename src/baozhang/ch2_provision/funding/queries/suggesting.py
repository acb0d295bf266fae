"""Where upper rooms say what a plan might hold and how much there is of what quotas are multiplied with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from baozhang.ch1_general.organs.choices import Band
from baozhang.ch1_general.organs.queries import heads
from baozhang.ch2_provision.funding.choices import Driver
from baozhang.kernel.opening import Opening


@dataclass(frozen=True)
class Suggestion:
    """One line that a plan might hold, with the words of its evidence; `key` tells it from others of its giver."""

    key: str
    kind: str
    title: str
    quantity: Decimal
    unit_price: Decimal
    purpose: str
    evidence: str
    item: str = ""
    unit: str = ""
    grade: str = ""
    stock: Decimal | None = None
    allowed: Decimal | None = None


@dataclass(frozen=True)
class DriverFact:
    """How much there is of a driver in an agency, and where that is known from."""

    driver: str
    value: Decimal
    source: str


suggestions: Opening[Callable[[int, dt.date], list[Suggestion]]] = Opening(
    "funding.suggestions",
    "lines that a plan might hold, for an organ on the day of its round, with their evidence",
    many=True,
)
drivers: Opening[Callable[[int, dt.date], list[DriverFact]]] = Opening(
    "funding.drivers", "how much area, how many vehicles an organ has on a day, and where that is known from", many=True
)


def suggested(organ_id: int, day: dt.date) -> list[Suggestion]:
    """All that upper rooms suggest to an agency."""
    return [one for answer in suggestions.answers for one in answer(organ_id, day)]


def driver_facts(organ_id: int, day: dt.date) -> dict[str, DriverFact]:
    """The drivers of an agency on a day; heads are those on duty within their quota, the strict reading of article 8."""
    found: dict[str, DriverFact] = {}
    for (_organ, band), (quota, actual) in sorted(heads(day, [organ_id]).items()):
        within = min(quota, actual)
        found[band] = DriverFact(
            band, Decimal(within), f"编制与实有人数 {day}：编制 {quota}，实有 {actual}，取编制内实有"
        )
    for band in Band.values if found else ():  # who has heads of one band has none of the others that are not given
        words = f"编制与实有人数 {day}：没有这一档"
        found.setdefault(band, DriverFact(band, Decimal(0), words))
    if found:
        total = sum((fact.value for fact in found.values()), Decimal(0))
        found[Driver.HEADS] = DriverFact(Driver.HEADS, total, f"编制与实有人数 {day}：各档编制内实有合计")
    for answer in drivers.answers:
        for fact in answer(organ_id, day):
            found.setdefault(fact.driver, fact)
    return found
