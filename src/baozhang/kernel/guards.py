"""Triggers that make the database itself refuse to change or delete ledger lines, on both databases."""

from __future__ import annotations

from typing import Any

TABLES = ("kernel_entry", "kernel_seal")


def raise_guards(apps: Any, schema_editor: Any) -> None:
    """This will create the triggers; a migration runs it right after the tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION ledger_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
        )
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stands ON {table}")
            schema_editor.execute(
                f"CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION ledger_stands()"
            )
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_whole ON {table}")
            schema_editor.execute(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_stands()"
            )
        return
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )
