"""Cards, classes, books, vouchers, income, depreciation, and the cases of a card's life (articles 11 to 13)."""

from .asset_class import AssetClass
from .card import Card
from .change import Change, ClassPair
from .depreciation import DepreciationRow, DepreciationRun
from .handover import Handover, HandoverItem
from .income import Income
from .ledger_total import LedgerTotal
from .letting import Letting
from .repair import Repair
from .voucher import Voucher, VoucherLine

__all__ = [
    "AssetClass", "Card", "Change", "ClassPair", "DepreciationRow", "DepreciationRun", "Handover", "HandoverItem", "Income",
    "LedgerTotal", "Letting", "Repair", "Voucher", "VoucherLine",
]  # fmt: skip
