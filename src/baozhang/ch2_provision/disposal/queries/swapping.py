"""What a swap brings in, and what it has to stand in the books with (政府会计制度: 置换取得的资产)."""

from __future__ import annotations

from decimal import Decimal

from baozhang.ch2_provision.disposal.models import Case, Incoming


def incoming_of(case: Case) -> list[Incoming]:
    """These are the things that come in, in the order in which they were entered."""
    return list(Incoming._base_manager.filter(case_id=case.pk).order_by("pk"))


def cost_of(case: Case) -> Decimal:
    """This is what all of it costs: what was given away by its appraisal, and what was paid, less what was received."""
    return (case.appraised_value or Decimal(0)) + (case.boot or Decimal(0)) - (case.income or Decimal(0))
