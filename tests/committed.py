"""A database in which tests really commit, for what several connections do at once; it is emptied afterwards.

pytest-django's own way cannot empty the ledger, as its triggers refuse. Use it by naming a fixture `db` in the module:
`yield from committed(django_db_blocker)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests import laid


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
                    call_command("flush", interactive=False, verbosity=0, reset_sequences=False, allow_cascade=True)


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
