"""What there is: rounds and ceilings, plans and their lines, sites, budgets and their lines, commitments and payments."""

from .budget import Budget, BudgetLine
from .commitment import Commitment, Payment
from .plan import Plan, PlanLine
from .round import Ceiling, PlanRound
from .site import Site, SiteMember

__all__ = [
    "Budget", "BudgetLine", "Ceiling", "Commitment", "Payment", "Plan", "PlanLine", "PlanRound", "Site", "SiteMember",
]  # fmt: skip
