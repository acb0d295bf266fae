"""Asset classes, cards, the totals of the finance books, vouchers and income (articles 11 to 13)."""

from .asset_class import AssetClass
from .card import Card
from .depreciation import DepreciationRow, DepreciationRun
from .income import Income
from .ledger_total import LedgerTotal
from .voucher import Voucher, VoucherLine

__all__ = [
    "AssetClass",
    "Card",
    "DepreciationRow",
    "DepreciationRun",
    "Income",
    "LedgerTotal",
    "Voucher",
    "VoucherLine",
]
