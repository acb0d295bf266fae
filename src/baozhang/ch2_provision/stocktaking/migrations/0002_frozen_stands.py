"""Frozen lines refuse changes in the database itself, on both databases."""

from django.db import migrations

TABLE = "stocktaking_line"
SAID = "a frozen line is never changed"


def raise_guards(apps, schema_editor):
    """Triggers against changing and deleting."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {TABLE}_stands() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
        )
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_stands ON {TABLE}")
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_stands BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_stands()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )


class Migration(migrations.Migration):
    """Triggers."""

    dependencies = [("stocktaking", "0001_initial")]
    operations = [migrations.RunPython(raise_guards, migrations.RunPython.noop)]
