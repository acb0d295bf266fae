"""Asset classes, cards and the totals of the finance books (articles 11 to 13)."""

from .asset_class import AssetClass
from .card import Card
from .ledger_total import LedgerTotal

__all__ = ["AssetClass", "Card", "LedgerTotal"]
