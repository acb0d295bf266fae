"""Cutting one page out of many rows so that its cost is bounded, wherever it lies and whatever is filtered.

A database that has to find fifty of a million rows in an order can walk the order's index until enough rows fit, or
collect all that fit and sort them. It guesses which; where filter and order hang together (dear things are seldom
furniture) it guesses wrong and walks the whole table. Here what fits is collected up to a cap first, which gives the
count; if that was all, it is sorted and the page is found. Otherwise a stretch of the index is walked, in which rows
that are not rare must turn up; only where the stretch yields too little, or where what was collected tells that they are
rare, is the whole collected.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import F, Func, Q, QuerySet

Cursor = tuple[Any, int]  # the sort value and key of a row
STRETCH = 10_000  # index entries walked before giving up
FEW = 10_000  # rows that are collected and sorted sooner than a stretch is walked


class Unindexed(Func):
    """The same value, so written that the database does not take the index for the order."""

    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The greatest of one value."""
        return self.as_sql(compiler, connection, template="GREATEST(%(expressions)s)", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The value with a sign that changes nothing."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class Cut:
    """One page: which rows, in the order of a field and then of the key, after a cursor, backwards or not."""

    def __init__(
        self,
        rows: QuerySet[Any],
        name: str,
        *,
        descending: bool,
        cursor: Cursor | None,
        size: int,
        cap: int,
        lead: Q | None = None,
    ) -> None:
        """`cap` is how many rows are counted and collected; `lead` what an index begins with before field and key."""
        self.rows, self.field, self.size, self.cap = rows, rows.model._meta.get_field(name), size, cap
        self.descending, self.cursor, self.lead = descending, cursor, lead
        self.order = in_order(name, descending)

    def keys(self) -> tuple[list[int], int]:
        """These are the keys of the page's rows in their order, and how many rows fit, up to one more than the cap."""
        found, count, span = self._collected()
        if count <= self.cap:
            return found, count
        return self._taken(self._all if self._seldom(count, span) else self._stretch), count

    def _seldom(self, count: int, span: int) -> bool:
        """True where few rows will fit in all: those collected lie as the table does, scattered over so many of its keys.

        PostgreSQL collects them from a bitmap, in the table's order. SQLite follows an index, whose first rows lie anywhere.
        """
        if connection.vendor != "postgresql":
            return False
        last = self.rows.model._base_manager.order_by("-pk").values_list("pk", flat=True)[:1][0]
        return count * last <= FEW * span

    def _collected(self) -> tuple[list[int], int, int]:
        """What fits is collected up to the cap and counted, and the page cut from it, which is right where the cap was not reached; last over how many keys they lie scattered."""
        some = self.rows.order_by().values_list("pk", self.field.attname)[: self.cap + 1]
        try:
            sql, values = some.query.sql_with_params()
        except EmptyResultSet:  # among no values there is none
            return [], 0, 0
        id_ = self.field.attname == "id"
        where, more = ("", []) if self.cursor is None else _beyond_in_sql(self.field, self.cursor, self.descending)
        way = "DESC" if self.descending else "ASC"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH hit ({'id, again' if id_ else 'id, sort'}) AS MATERIALIZED ({sql}), counted AS (SELECT count(*) AS n, max(id) - min(id) + 1 AS span FROM hit) "
                f"SELECT counted.n, counted.span, page.id FROM counted LEFT JOIN (SELECT id FROM hit {where} "
                f"ORDER BY {'' if id_ else f'sort {way}, '}id {way} LIMIT {self.size}) AS page ON TRUE",
                [*values, *more],
            )
            lines = cursor.fetchall()
        return [line[2] for line in lines if line[2] is not None], lines[0][0], lines[0][1]

    def _taken(self, way: Callable[[Q, int], list[int]]) -> list[int]:
        found: list[int] = []
        for part in self._parts():
            if len(found) < self.size:
                found += way(part, self.size - len(found))
        return found

    def _parts(self) -> list[Q]:
        """What follows the cursor, in turn: rows with a value and rows without, which no index range holds together."""
        name, last = self.field.attname, _nulls_last(self.descending)
        if name == "id" or not self.field.null:
            return [Q() if self.cursor is None else _beyond(name, self.cursor, self.descending)]
        valued, empty = Q(**{f"{name}__isnull": False}), Q(**{f"{name}__isnull": True})
        if self.cursor is None:
            return [valued, empty] if last else [empty, valued]
        after = _beyond(name, (self.field.to_python(self.cursor[0]), self.cursor[1]), self.descending)
        if self.cursor[0] is None:
            return [empty & after] if last else [empty & after, valued]
        return [after, empty] if last else [after]

    def _stretch(self, part: Q, size: int) -> list[int]:
        """The first rows of a part that turn up within a stretch of the index; where they are too few, of the whole part."""
        rows, walked = self.rows.filter(part), self.rows.model._base_manager.filter(part, self.lead or Q())
        end = walked.order_by(*self.order).values_list(self.field.attname, "pk")[STRETCH : STRETCH + 1]
        limit = next(iter(end), None)
        near = rows if limit is None else rows.filter(_upto(self.field.attname, limit, self.descending))
        found = list(near.order_by(*self.order).values_list("pk", flat=True)[:size])
        return found if limit is None or len(found) == size else self._all(part, size)

    def _all(self, part: Q, size: int) -> list[int]:
        """The first rows of a part, all of which are collected and sorted."""
        one = Unindexed(F(self.field.name))
        first = one.desc() if self.descending else one.asc()
        return list(self.rows.filter(part).order_by(first, self.order[-1]).values_list("pk", flat=True)[:size])


def in_order(name: str, descending: bool) -> tuple[str, ...]:
    """The order by a field and then by the key."""
    sign = "-" if descending else ""
    return (f"{sign}{name}", f"{sign}id") if name != "id" else (f"{sign}id",)


def _nulls_last(descending: bool) -> bool:
    """PostgreSQL holds NULL for the largest value, SQLite for the smallest."""
    return (connection.vendor == "postgresql") != descending


def _beyond(name: str, cursor: Cursor, descending: bool) -> Q:
    """The rows with a value (or, after an empty one, without) that come after a cursor; an index is entered at that place."""
    sign, (value, pk) = "lt" if descending else "gt", cursor
    later = Q(**{f"id__{sign}": pk})
    if name == "id" or value is None:
        return later
    return Q(**{f"{name}__{sign}e": value}) & (Q(**{f"{name}__{sign}": value}) | later)


def _beyond_in_sql(field: models.Field[Any, Any], cursor: Cursor, descending: bool) -> tuple[str, list[Any]]:
    """What comes after a cursor among what was collected, whose columns are `sort` and `id`."""
    sign, (value, pk) = "<" if descending else ">", cursor
    if field.attname == "id":
        return f"WHERE id {sign} %s", [pk]
    if value is None:
        rest = "" if _nulls_last(descending) else " OR sort IS NOT NULL"
        return f"WHERE (sort IS NULL AND id {sign} %s){rest}", [pk]
    prepared = field.get_db_prep_value(field.to_python(value), connection)
    rest = " OR sort IS NULL" if _nulls_last(descending) else ""
    return f"WHERE sort {sign} %s OR (sort = %s AND id {sign} %s){rest}", [prepared, prepared, pk]


def _upto(name: str, limit: Cursor, descending: bool) -> Q:
    """The rows that come before a place in the order, or stand on it."""
    sign, (value, pk) = "gt" if descending else "lt", limit
    earlier = Q(**{f"id__{sign}e": pk})
    if name == "id" or value is None:
        return earlier
    return Q(**{f"{name}__{sign}e": value}) & (Q(**{f"{name}__{sign}": value}) | earlier)
