"""What people and machines see of this room: cards, classes, books, vouchers, income and the cases about cards."""

from .books import Incomes, VoucherLines, Vouchers
from .cards import Cards, Classes, Totals
from .custody import HandoverItems, Handovers, Repairs
from .lettings import Changes, ClassPairs, Lettings
from .runs import DepreciationRuns

__all__ = [
    "Cards", "Changes", "ClassPairs", "Classes", "DepreciationRuns", "HandoverItems", "Handovers", "Incomes", "Lettings", "Repairs",
    "Totals", "VoucherLines", "Vouchers",
]  # fmt: skip
