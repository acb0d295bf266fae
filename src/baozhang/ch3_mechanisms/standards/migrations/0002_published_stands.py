"""What is published refuses changes in the database itself; on PostgreSQL overlapping periods are excluded there too."""

from django.db import migrations

STANDARD = (
    "standards_standard", "{old}.state IN ('published', 'superseded')",
    ("organ_id", "jurisdiction_id", "title", "source", "valid_from", "review_due", "note", "issued_on", "issued_at"),
    # A state may only move on, an end and the number of the document may only be filled in.
    (
        "{new}.state NOT IN ('published', 'superseded')", "{old}.state = 'superseded' AND {new}.state <> 'superseded'",
        "{old}.document <> '' AND {new}.document <> {old}.document",
    ),
)
LINE = (
    "standards_standardline", "{old}.slot = 0",
    ("standard_id", "organ_id", "key", '"row"', "value", "ends", "price_source", "price_day", "note", "place", "slot", "valid_from"),
    ("{old}.valid_to IS NOT NULL AND ({new}.valid_to IS NULL OR {new}.valid_to > {old}.valid_to)",),
)
SAID = "what is published is replaced by a new version, not changed"


def _wrong(fixed, moves, apart):
    parts = [f"OLD.{name} {apart} NEW.{name}" for name in fixed]
    return " OR ".join([*parts, *(f"({move.format(old='OLD', new='NEW')})" for move in moves)])


def raise_guards(apps, schema_editor):
    """Triggers on both databases."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, published, fixed, moves in (STANDARD, LINE):
        held = published.format(old="OLD")
        if postgres:
            wrong = _wrong(fixed, moves, "IS DISTINCT FROM")
            schema_editor.execute(
                f"CREATE OR REPLACE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {held} AND (TG_OP = 'DELETE') THEN RAISE EXCEPTION '{SAID}'; END IF; "
                f"IF (TG_OP = 'DELETE') THEN RETURN OLD; END IF; "
                f"IF {held} AND ({wrong}) THEN RAISE EXCEPTION '{SAID}'; END IF; RETURN NEW; END $$"
            )
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stands ON {table}")
            schema_editor.execute(
                f"CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stands()"
            )
            continue
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN {held} AND ({_wrong(fixed, moves, 'IS NOT')}) BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} WHEN {held} BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )


def exclude_overlaps(apps, schema_editor):
    """The same that `keep` checks under its lock, where the database has the means."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'btree_gist'")
        if not cursor.fetchone()[0]:
            return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    schema_editor.execute(
        "ALTER TABLE standards_standardline ADD CONSTRAINT line_periods_apart EXCLUDE USING gist "
        "(slot WITH =, place WITH =, key WITH =, \"row\" WITH =, daterange(valid_from, valid_to, '[]') WITH &&)"
    )


class Migration(migrations.Migration):
    """Triggers, and the exclusion of overlaps."""

    dependencies = [("standards", "0001_initial")]
    operations = [
        migrations.RunPython(raise_guards, migrations.RunPython.noop),
        migrations.RunPython(exclude_overlaps, migrations.RunPython.noop),
    ]
