"""How figures stand in the sentences of findings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PIECES: dict[str, Any] = {
    **dict.fromkeys(("desk", "meeting_table"), _("张")),
    **dict.fromkeys(("chair", "front_chair", "meeting_chair"), _("把")),
    **dict.fromkeys(("bookcase", "file_cabinet", "wardrobe", "secret_cabinet", "tea_cabinet"), _("组")),
    **dict.fromkeys(("sofa_triple", "sofa_single", "tea_table"), _("件")),
}
MACHINE = _("台")


def piece(item: str) -> str:
    """This is the measure word of an item."""
    return str(PIECES.get(item, MACHINE))


def count(quantity: Decimal | int) -> str:
    """This is a quantity without useless zeros."""
    text = f"{quantity:,f}" if isinstance(quantity, Decimal) else f"{quantity:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yuan(amount: Decimal | int) -> str:
    """This is a sum of money in yuan with two decimals."""
    return gettext("%(amount)s 元") % {"amount": f"{amount:,.2f}"}
