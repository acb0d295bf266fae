"""What the law watches in plans and budgets (articles 8 and 9)."""

from .budgets import budget_over_ceiling, budget_over_quota, budget_without_plan, site_cost_twice, spent_beyond_line
from .plans import plan_not_handed_in

__all__ = [
    "budget_over_ceiling", "budget_over_quota", "budget_without_plan", "plan_not_handed_in", "site_cost_twice", "spent_beyond_line",
]  # fmt: skip
