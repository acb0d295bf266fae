"""The last count of each card, for whoever compares things with cards and books (article 13, paragraph 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from baozhang.ch2_provision.assets.queries.reconciling import Counted
from baozhang.ch2_provision.stocktaking.choices import SEEN, Result
from baozhang.ch2_provision.stocktaking.models import Scan
from baozhang.kernel import clock


def last_counts(organs: Sequence[int], day: dt.date) -> Mapping[int, Counted]:
    """These are the last scans by a day of the cards of some agencies: what was seen, nought where nothing was."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.ZONE)
    rows = Scan._base_manager.filter(
        organ__in=list(organs), line__isnull=False, scanned_at__lt=end, result__in=(*SEEN, Result.MISSING)
    )
    names = ("line__card_id", "result", "quantity", "line__quantity", "scanned_at")
    found: dict[int, Counted] = {}
    for card, result, seen, whole, at in rows.order_by("scanned_at", "id").values_list(*names):
        quantity = Decimal(0) if result == Result.MISSING else seen if seen is not None else whole
        found[card] = Counted(at.astimezone(clock.ZONE).date(), quantity)
    return found
