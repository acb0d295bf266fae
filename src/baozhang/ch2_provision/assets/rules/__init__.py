"""What the law watches in cards, books and titles (articles 11 to 13 and 15)."""

from .books import ledger_difference
from .doubles import possible_duplicate
from .endings import early_disposal
from .incomes import income_overdue
from .keeping import no_custodian
from .lettings import keeper_left, let_without_case, letting_overdue
from .prices import over_price
from .quantities import over_quantity
from .titles import title_holder

__all__ = [
    "early_disposal", "income_overdue", "keeper_left", "ledger_difference", "let_without_case", "letting_overdue", "no_custodian", "over_price", "over_quantity",
    "possible_duplicate", "title_holder",
]  # fmt: skip
