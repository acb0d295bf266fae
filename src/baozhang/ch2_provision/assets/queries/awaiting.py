"""What of a card has left the accounts of things already and stands in 待处理财产损溢, since a count found it missing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q, Sum

from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Card, VoucherLine
from baozhang.kernel.bulk import chunks


def booked_out(cards: Sequence[Card]) -> dict[int, Decimal]:
    """These are the cards whose whole value a voucher of shortage has booked out, each with its sum in 1902 (0.00 where none is left)."""
    found: dict[int, Decimal] = {}
    for part in chunks(sorted({card.pk for card in cards})):
        rows = VoucherLine._base_manager.filter(
            card_id__in=part, voucher__kind=VoucherKind.SHORTAGE, voucher__reversed_by__isnull=True
        )
        sums = rows.order_by().values_list("card_id").annotate(waits=Sum("debit", filter=Q(account=book.PENDING)))
        found |= {key: waits or Decimal(0) for key, waits in sums}
    return found
