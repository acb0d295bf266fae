"""The index by which PostgreSQL finds a word inside the search column; SQLite reads the column through, which is quick enough there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction

logger = logging.getLogger("baozhang.search")


def index_search(table: str, name: str) -> Callable[[Any, Any], None]:
    """This is what a migration runs to index the search column of a large table.

    Where the database does not let us have the extension pg_trgm (it comes with PostgreSQL, and its owner may switch it on)
    the search stays right and becomes slow; that is said aloud, and `CREATE EXTENSION` with this index mends it later.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING gin (search gin_trgm_ops)')
        except DatabaseError as error:
            logger.warning("no index for searching %s, searches will be slow: %s", table, error)

    return run
