"""The last count of each card, for whoever compares things with cards and books (article 13, paragraph 2)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.reconciling import Counted
from baozhang.ch2_provision.stocktaking.choices import SEEN, Result
from baozhang.ch2_provision.stocktaking.models import Scan
from baozhang.kernel import bulk, clock
from baozhang.kernel.ledger import Entry


def last_counts(organs: Sequence[int], day: dt.date) -> Mapping[int, Counted]:
    """These are the last scans by a day of the cards of some agencies: what was seen, nought where nothing was."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.ZONE)
    rows = Scan._base_manager.filter(
        organ__in=list(organs), line__isnull=False, scanned_at__lt=end, result__in=(*SEEN, Result.MISSING)
    )
    names = ("line__card_id", "result", "quantity", "line__quantity", "line__card_version", "scanned_at")
    last = {row[0]: row[1:] for row in rows.order_by("scanned_at", "id").values_list(*names)}
    moved = _moved({card: (version, at) for card, (*_said, version, at) in last.items()}, end)
    found: dict[int, Counted] = {}
    for card, (result, seen, whole, _version, at) in last.items():
        before, since = moved.get(card, (Decimal(0), Decimal(0)))
        quantity = Decimal(0) if result == Result.MISSING else seen if seen is not None else whole + before
        found[card] = Counted(at.astimezone(clock.ZONE).date(), quantity + since)
    return found


def _moved(told: Mapping[int, tuple[int, dt.datetime]], end: dt.datetime) -> dict[int, tuple[Decimal, Decimal]]:
    """By how many pieces cards grew from their freezing to their scan, and from there to the end of a day: batches are divided and joined.

    `told` is card → (version when frozen, moment of the scan); only cards that the ledger says were divided or joined are read.
    """
    acts = ("asset_split", "asset_merged")
    found: dict[int, tuple[Decimal, Decimal]] = {}
    entries = Entry.objects.filter(kind=Card._meta.label_lower, act__in=acts, at__lt=end)
    for part in bulk.chunks(sorted(told)):
        for entry in (
            entries.filter(record_id__in=part).only("record_id", "seq", "at", "changes").order_by("record_id", "seq")
        ):
            pair = json.loads(entry.changes).get("quantity")
            if not isinstance(pair, list) or None in pair or entry.seq <= told[entry.record_id][0]:
                continue
            grown = Decimal(str(pair[1])) - Decimal(str(pair[0]))
            before, since = found.get(entry.record_id, (Decimal(0), Decimal(0)))
            late = entry.at > told[entry.record_id][1]
            found[entry.record_id] = (before, since + grown) if late else (before + grown, since)
    return found
