"""How figures stand in the sentences of findings."""

from __future__ import annotations

from decimal import Decimal

PIECES = {
    "desk": "张", "chair": "把", "front_chair": "把", "meeting_chair": "把", "meeting_table": "张",
    "bookcase": "组", "file_cabinet": "组", "wardrobe": "组", "secret_cabinet": "组", "tea_cabinet": "组",
    "sofa_triple": "件", "sofa_single": "件", "tea_table": "件",
}  # fmt: skip


def piece(item: str) -> str:
    """This is the measure word of an item."""
    return PIECES.get(item, "台")


def count(quantity: Decimal | int) -> str:
    """This is a quantity without useless zeros."""
    text = f"{quantity:,f}" if isinstance(quantity, Decimal) else f"{quantity:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(amount: Decimal | int) -> str:
    """This is a sum of money in yuan with two decimals."""
    return f"{amount:,.2f} 元"
