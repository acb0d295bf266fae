"""What units were granted for running their vehicles in a year, beside what these cost."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from baozhang.ch2_provision.funding.choices import GRANTED, CostItem
from baozhang.ch2_provision.funding.models import BudgetLine
from baozhang.ch2_provision.running.choices import COSTS
from baozhang.ch2_provision.running.models import Cost


def granted(organs: Iterable[int] | None, year: int) -> dict[int, Decimal]:
    """Unit → what finance granted for 公务用车运行维护费 in a year; units without a reply are left out."""
    rows = BudgetLine._base_manager.filter(
        year=year, item=CostItem.VEHICLES, budget__state__in=GRANTED, granted__isnull=False
    )
    rows = rows if organs is None else rows.filter(organ_id__in=list(organs))
    return dict(rows.order_by().values("organ_id").annotate(sum=Sum("granted")).values_list("organ_id", "sum"))


def spent(organs: Iterable[int] | None, year: int) -> dict[int, Decimal]:
    """Unit → what its vehicles cost in a year."""
    rows = Cost._base_manager.filter(day__year=year, kind__in=COSTS)
    rows = rows if organs is None else rows.filter(organ_id__in=list(organs))
    return dict(rows.order_by().values("organ_id").annotate(sum=Sum("amount")).values_list("organ_id", "sum"))
