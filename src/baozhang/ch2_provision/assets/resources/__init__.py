"""What people and machines see of this room: cards, classes, books, vouchers, income and the cases about cards."""

from .books import Incomes, VoucherLines, Vouchers
from .cards import Cards, Classes, Totals
from .runs import DepreciationRuns

__all__ = ["Cards", "Classes", "DepreciationRuns", "Incomes", "Totals", "VoucherLines", "Vouchers"]
