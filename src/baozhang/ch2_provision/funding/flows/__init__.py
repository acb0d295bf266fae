"""The paths of a round, of a plan and its lines, and of a budget."""

from .budget import BudgetFlow
from .line import PlanLineFlow
from .plan import PlanFlow
from .round import RoundFlow

__all__ = ["BudgetFlow", "PlanFlow", "PlanLineFlow", "RoundFlow"]
