"""What a draft of expenditure quotas would cost a year, and whose budgets would be over it: with the drivers of the latest budgets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from baozhang.ch2_provision.funding.choices import BudgetState
from baozhang.ch2_provision.funding.models import BudgetLine

from .choices import EXPENDITURE
from .models import StandardLine

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Cost:
    """One quota of a draft: for how many agencies and how much of its driver, what it costs now, what it would cost."""

    line: StandardLine
    year: int
    organs: int
    driver: Decimal
    now: Decimal
    draft: Decimal
    over: int  # budget lines that ask for more than the draft would allow
    excess: Decimal

    def as_dict(self) -> dict[str, Any]:
        """This is the row as it is kept with a trial."""
        return {
            "words": str(self.line), "key": self.line.key, "row": self.line.row, "year": self.year, "organs": self.organs, "driver": self.driver, "now": self.now,
            "draft": self.draft, "over": self.over, "excess": self.excess,
        }  # fmt: skip


def resting_on(line: StandardLine, organs: frozenset[int] | None) -> QuerySet[BudgetLine]:
    """The lines of first budgets that were worked out with a quota, among some agencies (None: all)."""
    rows = BudgetLine._base_manager.filter(quota_key=line.key, driver_value__isnull=False, budget__edition=1).order_by()
    if line.row.startswith("rank="):
        rows = rows.filter(driver=line.row.removeprefix("rank="))
    return rows if organs is None else rows.filter(organ_id__in=sorted(organs))


def year_of(rows: QuerySet[BudgetLine]) -> int | None:
    """The year of which most agencies have a budget, the later of two: the next one is only begun for a while."""
    years = rows.values("year").annotate(n=Count("organ_id", distinct=True)).order_by("-n", "-year")
    return years.values_list("year", flat=True).first()


def costs(lines: Iterable[StandardLine], organs: frozenset[int] | None) -> list[Cost]:
    """What each expenditure quota of a draft would cost the agencies in reach, in the year that most have budgets of; two queries a quota."""
    found = []
    for line in lines:
        if not line.key.startswith(EXPENDITURE) or line.value is None:
            continue
        rows = resting_on(line, organs)
        year = year_of(rows)
        if year is None:
            continue
        beyond = Q(amount__gt=F("driver_value") * line.value)
        sums = rows.filter(year=year).aggregate(
            organs=Count("organ_id", distinct=True), driver=Sum("driver_value"), now=Sum("computed_amount"),
            over=Count("pk", filter=beyond), asked=Sum("amount", filter=beyond), base=Sum("driver_value", filter=beyond),
        )  # fmt: skip
        driver = sums["driver"] or Decimal(0)
        excess = (sums["asked"] or Decimal(0)) - line.value * (sums["base"] or Decimal(0))
        found.append(
            Cost(line, year, sums["organs"], driver, sums["now"] or Decimal(0), (driver * line.value).quantize(CENT), sums["over"], excess.quantize(CENT))
        )  # fmt: skip
    return found


def first_application(lines: Iterable[StandardLine], organs: frozenset[int] | None) -> dt.date | None:
    """The day on which the first budget of that year was applied for: a draft that counts from then on meets them all."""
    keys = [line.key for line in lines if line.key.startswith(EXPENDITURE)]
    rows = BudgetLine._base_manager.filter(quota_key__in=keys).exclude(budget__state=BudgetState.DRAFT).order_by()
    if organs is not None:
        rows = rows.filter(organ_id__in=sorted(organs))
    year = year_of(rows) if keys else None
    if year is None:
        return None
    day: dt.date | None = rows.filter(year=year).aggregate(day=Min("budget__applied_on"))["day"]
    return day
