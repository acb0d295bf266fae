"""Writing many rows at once, alike on both databases: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

T = TypeVar("T")
CHUNK = 5_000  # keys in one IN list; well under both databases' limits on parameters


def chunks(rows: Sequence[T], size: int = CHUNK) -> Iterable[Sequence[T]]:
    """The rows in pieces of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def take_turns(name: str) -> None:
    """This will let one transaction at a time past this point; on SQLite the write lock does so anyway."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def is_postgres() -> bool:
    """True on PostgreSQL, False on SQLite."""
    return connection.vendor == "postgresql"


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """This will hand out primary keys for rows about to be inserted in this transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # The immediate transaction holds SQLite's only write lock, so nobody else takes these.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return list(range(last + 1, last + 1 + count))


_dump = DjangoJSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def dump_json(value: Any) -> str:
    """Canonical JSON text: sorted keys, no blanks, Chinese as it is."""
    return _dump(value)


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=None)
def _adapters(model: type[models.Model], vendor: str) -> tuple[tuple[str, str, Callable[[Any], Any]], ...]:
    found: list[tuple[str, str, Callable[[Any], Any]]] = []
    for field in model._meta.concrete_fields:
        adapt: Callable[[Any], Any]
        if isinstance(field, models.JSONField):
            adapt = _json_text
        elif vendor == "postgresql":
            adapt = _same  # the driver adapts dates, decimals and bytes by itself
        else:
            adapt = _prepared(field)
        found.append((field.attname, str(field.column), adapt))
    return tuple(found)


def _json_text(value: Any) -> str | None:
    return (
        "{}" if value == {} else dump_json(value)
    )  # nearly always empty, and encoding that costs as much as a full one


_AS_THEY_ARE = frozenset({str, int, bool, bytes, type(None)})
_REMEMBERED = 5_000  # written values a column; days and sums of many rows are mostly the same few


def _prepared(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    prepare, written = field.get_db_prep_save, dict[Any, Any]()

    def adapt(value: Any) -> Any:
        if type(value) in _AS_THEY_ARE:
            return value
        found = written.get(value)
        if found is None:
            if len(written) >= _REMEMBERED:
                written.clear()
            found = written[value] = prepare(value, connection)
        return found

    return adapt


def _rows(
    records: Sequence[models.Model], model: type[models.Model], names: Sequence[str]
) -> Iterable[tuple[Any, ...]]:
    adapters = {name: adapt for name, _column, adapt in _adapters(model, connection.vendor)}
    get = attrgetter(*names)
    special = [(index, adapters[name]) for index, name in enumerate(names) if adapters[name] is not _same]
    for record in records:
        row = get(record)
        if special:
            cells = list(row)
            for index, adapt in special:
                cells[index] = adapt(cells[index])
            row = tuple(cells)
        yield row


def insert(model: type[models.Model], records: Sequence[models.Model]) -> None:
    """This will insert records that have their primary keys already; database errors come as Django's."""
    if records:
        names = [name for name, _column, _adapt in _adapters(model, connection.vendor)]
        _put(model, names, _rows(records, model, names))


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """This will insert rows given as values of the named attributes; the database numbers them in their order."""
    if not rows:
        return
    known = {name: adapt for name, _column, adapt in _adapters(model, connection.vendor)}
    adapters = [known[name] for name in names]
    if any(adapt is not _same for adapt in adapters):
        rows = [tuple([adapt(value) for adapt, value in zip(adapters, row, strict=True)]) for row in rows]
    _put(model, names, rows)


def insert_select(model: type[models.Model], names: Sequence[str], select: str, values: Sequence[Any]) -> int:
    """This will insert what a SELECT finds, in the order of the named attributes; returns how many rows.

    For observations alone, which have no ledger entry each: the record that they belong to says what they add up to.
    """
    known = {name: column for name, column, _adapt in _adapters(model, connection.vendor)}
    columns = ", ".join(f'"{known[name]}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({columns}) {select}', list(values))
        return int(cursor.rowcount)


def _put(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    known = {name: column for name, column, _adapt in _adapters(model, connection.vendor)}
    columns = ", ".join(f'"{known[name]}"' for name in names)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            with connection.wrap_database_errors, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(names))
        cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(rows))


def update(model: type[models.Model], records: Sequence[models.Model], names: Sequence[str]) -> None:
    """This will set the named attributes of records that exist, in one statement (PostgreSQL) or one batch (SQLite)."""
    if not records:
        return
    columns = {name: column for name, column, _adapt in _adapters(model, connection.vendor)}
    if is_postgres():
        _update_postgres(model, records, names, columns)
        return
    sets = ", ".join(f'"{columns[name]}" = %s' for name in names)
    sql = f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "id" = %s'
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(_rows(records, model, [*names, "id"])))


def _update_postgres(
    model: type[models.Model], records: Sequence[models.Model], names: Sequence[str], columns: dict[str, str]
) -> None:
    table = model._meta.db_table
    wanted = ["id", *names]
    listed = ", ".join(f'"{columns[name]}"' for name in wanted)
    sets = ", ".join(f'"{columns[name]}" = change."{columns[name]}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.change")
        cursor.execute(f'CREATE TEMP TABLE change ON COMMIT DROP AS SELECT {listed} FROM "{table}" WITH NO DATA')
        with connection.wrap_database_errors, cursor.copy(f"COPY change ({listed}) FROM STDIN") as copy:
            for row in _rows(records, model, wanted):
                copy.write_row(row)
        cursor.execute(f'UPDATE "{table}" SET {sets} FROM change WHERE "{table}"."id" = change."id"')


def remove(model: type[models.Model], ids: Sequence[int]) -> None:
    """This will delete rows by key; protected references raise Django's IntegrityError at commit."""
    with connection.cursor() as cursor:
        for part in chunks(ids):
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "id" IN ({marks})', list(part))
