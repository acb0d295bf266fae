"""A database in which tests really commit, for what several connections do at once; it is emptied afterwards.

pytest-django's own way cannot empty the ledger, as its triggers refuse. Use it by naming a fixture `db` in the module:
`yield from committed(django_db_blocker)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tests import laid

STAYING = ("django_content_type", "auth_permission")  # rows that migrating has made


def committed(blocker: Any) -> Iterator[None]:
    """Opens the database without a transaction around the test, and empties it at the end."""
    with blocker.unblock():
        try:
            yield
        finally:
            if connection.vendor == "sqlite":
                laid.again()
            else:
                with triggers_down():
                    empty()


def empty() -> None:
    """Takes the rows out of the few tables that have any: to cut two hundred of them off takes a second each time."""
    names = [
        connection.ops.quote_name(name)
        for name in connection.introspection.django_table_names(only_existing=True, include_views=False)
    ]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
    kept = {connection.ops.quote_name(name) for name in STAYING}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked)
        for (name,) in cursor.fetchall():
            if name not in kept:
                cursor.execute(f"DELETE FROM {name}")


@contextmanager
def triggers_down() -> Iterator[None]:
    """Lets no trigger speak; only a test may."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            cursor.execute(sql)
