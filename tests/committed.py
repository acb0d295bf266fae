"""A database in which tests really commit, for what several connections do at once; it is emptied afterwards.

pytest-django's own way cannot empty the ledger, as its triggers refuse. Use it by naming a fixture `db` in the module:
`yield from committed(django_db_blocker)`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from baozhang.kernel import clock
from tests import laid
from tests.conftest import TODAY

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


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Does all works at the same moment in threads of their own; their results or errors, in order."""
    results: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        with clock.on(TODAY):
            try:
                gate.wait(timeout=20)
                results[place] = work()
            except Exception as error:  # noqa: BLE001 -- the test looks at it
                results[place] = error
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


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
