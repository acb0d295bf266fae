"""What people and machines see of this room: cards, classes, books, vouchers, income and the cases about cards."""

from .books import Incomes, VoucherLines, Vouchers
from .cards import Cards, Classes, Totals

__all__ = ["Cards", "Classes", "Incomes", "Totals", "VoucherLines", "Vouchers"]
