"""Rows of an unordered query come in another order than the database happened to give them.

PostgreSQL and SQLite agree by accident on small tables; code that leans on that order breaks in production.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet

from baozhang.kernel import statement


def unordered(queryset: QuerySet[Any]) -> bool:
    """True where nothing says in which order the rows of our own models come."""
    ours = queryset.model.__module__.startswith("baozhang.")
    return ours and not queryset.query.is_sliced and not queryset.query.combinator and not queryset.ordered


@contextmanager
def shuffled(seed: str) -> Iterator[None]:
    """Shuffles the rows of every unordered queryset or statement, alike in each run of the same test."""
    chance = random.Random(seed)
    original, carried_out = QuerySet._fetch_all, statement._carried_out

    def fetch(self: QuerySet[Any]) -> None:
        fresh = self._result_cache is None
        original(self)
        if fresh and self._result_cache and unordered(self):
            chance.shuffle(self._result_cache)

    def carry(composed: Any, values: Any) -> list[Any]:
        rows = carried_out(composed, values)
        if unordered(composed.queryset):
            chance.shuffle(rows)
        return rows

    QuerySet._fetch_all, statement._carried_out = fetch, carry  # type: ignore[method-assign]
    try:
        yield
    finally:
        QuerySet._fetch_all, statement._carried_out = original, carried_out  # type: ignore[method-assign]
