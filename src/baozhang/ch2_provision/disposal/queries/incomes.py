"""What a case owes the treasury and what has been paid of it (article 13, paragraph 5)."""

from __future__ import annotations

from decimal import Decimal

from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.models import Income
from baozhang.ch2_provision.disposal.models import Case


def incomes_of(case: Case) -> list[Income]:
    """The sums that came of a case and still count."""
    rows = Income._base_manager.filter(source_kind=case.label, source_id=case.pk).exclude(state=IncomeState.VOID)
    return list(rows.order_by("pk"))


def unpaid(case: Case) -> Decimal:
    """What of the income entered on a case has not reached the treasury; nought where all of it has, or there is none."""
    paid = sum((one.paid for one in incomes_of(case)), Decimal(0))
    return max((case.income or Decimal(0)) - paid, Decimal(0))
