"""Observations: what devices say by the million. Append-only, written in bulk, without a ledger entry each.

A position or a meter reading is no record: nobody decides it, nobody corrects it, and it is kept for a time only. Its
primary key is the device and the moment (so that a cluster may spread it by device), which makes writing it twice the
same as writing it once. What was observed and later decided upon is a record, and goes through `keep`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, NoReturn

from django.db import connection, models

from .bulk import is_postgres
from .scope import WriteOutsideKeep

NOTHING: Mapping[str, str] = {}
# How a column of a row that is there already takes up the one that comes: {t} is there, {n} comes.
TAKE, OR, ADD, MOST = "take", "or", "add", "most"
_MERGES = {
    TAKE: "{n}",
    OR: "{t} | {n}",
    ADD: "{t} + {n}",
    MOST: "CASE WHEN {t} IS NULL OR {n} > {t} THEN {n} ELSE {t} END",
}
_LATER = "CASE WHEN {tk} IS NULL OR {nk} >= {tk} THEN {n} ELSE {t} END"


class ObservedQuerySet(models.QuerySet[Any]):
    """A queryset that cannot write."""

    def _no(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise WriteOutsideKeep("observations are written through baozhang.kernel.observation")

    update = delete = create = bulk_create = bulk_update = get_or_create = update_or_create = _no


class Observation(models.Model):
    """Anything that a device says and nobody decides; a model of its own primary key, which contains the device."""

    objects: ClassVar[models.Manager[Any]] = ObservedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """This will always raise: observations are written in bulk."""
        raise WriteOutsideKeep("use observation.observe(model, names, rows)")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """This will always raise."""
        raise WriteOutsideKeep("use observation.withdraw(model, …)")


@lru_cache(maxsize=None)
def _columns(model: type[models.Model]) -> dict[str, tuple[str, str]]:
    """Attribute → (column, the type that PostgreSQL's arrays are cast to)."""
    fields = (field for field in model._meta.concrete_fields if field.column)
    return {field.attname: (str(field.column), _type(field)) for field in fields}


def _type(field: models.Field[Any, Any]) -> str:
    return str(field.rel_db_type(connection) if field.is_relation else field.cast_db_type(connection))


def _keys(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.pk_fields]


def observe(
    model: type[Observation], names: Sequence[str], rows: Sequence[Sequence[Any]], *,
    merge: Mapping[str, str] = NOTHING, later: str = "",
) -> None:  # fmt: skip
    """This will write rows given as values of the named attributes, in one statement.

    A row whose key is there already changes nothing, or, column by column, what `merge` says: take, or, add, most; or
    "later": only where the row that comes is not older by the attribute `later`. With `merge` a key may come once only.
    """
    if not rows:
        return
    columns = _columns(model)
    table = f'"{model._meta.db_table}"'
    listed = ", ".join(f'"{columns[name][0]}"' for name in names)
    keys = ", ".join(f'"{key}"' for key in _keys(model))
    does = "NOTHING" if not merge else f"UPDATE SET {_merging(table, columns, merge, later)}"
    tail = f"ON CONFLICT ({keys}) DO {does}"
    with connection.cursor() as cursor:
        if is_postgres():
            arrays = ", ".join(f"%s::{columns[name][1]}[]" for name in names)
            cursor.execute(f"INSERT INTO {table} ({listed}) SELECT * FROM unnest({arrays}) {tail}", _turned(rows))
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks}) {tail}", _prepared(model, names, rows))


def _merging(table: str, columns: dict[str, tuple[str, str]], merge: Mapping[str, str], later: str) -> str:
    sets = []
    for name, how in merge.items():
        column = f'"{columns[name][0]}"'
        words = {"t": f"{table}.{column}", "n": f"excluded.{column}"}
        if how == "later":
            key = f'"{columns[later][0]}"'
            words |= {"tk": f"{table}.{key}", "nk": f"excluded.{key}"}
        sets.append(f"{column} = " + (_LATER if how == "later" else _MERGES[how]).format(**words))
    return ", ".join(sets)


def _turned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _prepared(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """SQLite's driver takes numbers, text and bytes as they are; moments and days it takes from Django's field alone."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    special = {
        index: fields[name]
        for index, name in enumerate(names)
        if isinstance(fields[name], models.DateField | models.DecimalField)
    }
    if not special:
        return rows
    return [
        [special[i].get_db_prep_save(value, connection) if i in special else value for i, value in enumerate(row)]
        for row in rows
    ]


def withdraw(
    model: type[Observation], names: Sequence[str], where: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """This will take rows out and return the named attributes of exactly those: what comes meanwhile stays.

    `where` is SQL over the table's columns with a mark for each value; it never comes from outside.
    """
    columns = _columns(model)
    listed = ", ".join(f'"{columns[name][0]}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE {where} RETURNING {listed}', list(values))
        return list(cursor.fetchall())


def forget(model: type[Observation], where: str, values: Sequence[Any]) -> int:
    """This will delete what need no longer be kept, and return how many rows that were."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE {where}', list(values))
        return int(cursor.rowcount)


def make_durable() -> None:
    """This will have every commit of this connection on the disk before it returns, also past a failure of power.

    PostgreSQL does so by itself; SQLite's WAL does where it is asked to.
    """
    if not is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
