"""What can be asked: plans and what was agreed, budgets and what is left, totals, and what upper rooms suggest."""

from .budgets import ceiling_of, of_case, open_budget_line, over_ceiling, promised
from .plans import agreed_lines, differences, draft_plan, standing_plan
from .suggesting import DriverFact, Suggestion, drivers, suggestions

__all__ = [
    "DriverFact", "Suggestion", "agreed_lines", "ceiling_of", "differences", "draft_plan", "drivers", "of_case", "open_budget_line",
    "over_ceiling", "promised", "standing_plan", "suggestions",
]  # fmt: skip
