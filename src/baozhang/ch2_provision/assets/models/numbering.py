"""Numbers for cards that come without one: a running number in each agency, given under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max

from baozhang.kernel.bulk import is_postgres

if TYPE_CHECKING:
    from baozhang.ch1_general.organs.models import Organization

    from .card import Card

MARK = "ZC"
WIDTH = 7


def next_numbers(model: type[Card], organ: Organization, count: int, *, after: str = "") -> list[str]:
    """These are the next free numbers of an agency, also free of those given out up to `after` and not yet written.

    Inside a transaction nobody else is given them (PostgreSQL: lock).
    """
    prefix = f"{organ.code}-{MARK}"
    if is_postgres() and connection.in_atomic_block:
        # SQLite's immediate transaction has the only write lock already.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"card numbers {organ.pk}"])
    rows = model._base_manager.filter(
        organ_id=organ.pk, number__regex=rf"-{MARK}[0-9]{{{WIDTH}}}$", number__startswith=prefix
    )
    last = max(rows.aggregate(last=Max("number"))["last"] or "", after)
    start = int(last[-WIDTH:]) if last else 0
    return [f"{prefix}{start + i:0{WIDTH}d}" for i in range(1, count + 1)]
