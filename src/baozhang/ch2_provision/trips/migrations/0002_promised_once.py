"""The database itself refuses a second promise of a vehicle or a driver for the same time, on both databases."""

from django.db import migrations

TABLE = "trips_dispatch"
THINGS = (("vehicle", "dispatch_vehicle_promised_once", 7101), ("driver", "dispatch_driver_promised_once", 7102))
OVERLAP = (
    "SELECT 1 FROM trips_dispatch held WHERE held.{thing}_id = NEW.{thing}_id AND held.id <> NEW.id "
    "AND held.state IN ('planned', 'running') AND held.starts < NEW.ends AND NEW.starts < held.ends"
)
HELD = "NEW.{thing}_id IS NOT NULL AND NEW.state IN ('planned', 'running')"


def raise_guards(apps, schema_editor):
    """One trigger a thing; on PostgreSQL writers of one thing come one after the other, so that none misses the other."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for thing, name, lock in THINGS:
        overlap, held = OVERLAP.format(thing=thing), HELD.format(thing=thing)
        if postgres:
            schema_editor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {held} THEN "
                f"PERFORM pg_advisory_xact_lock({lock}, mod(NEW.{thing}_id, 2147483647)::int); "
                f"IF EXISTS ({overlap}) THEN RAISE EXCEPTION 'conflicts with constraint \"{name}\"' "
                f"USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{name}'; END IF; END IF; RETURN NEW; END $$"
            )
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
            continue
        for verb in ("INSERT", "UPDATE"):
            schema_editor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {name}_{verb.lower()} BEFORE {verb} ON {TABLE} "
                f"WHEN {held} AND EXISTS ({overlap}) BEGIN SELECT RAISE(ABORT, 'constraint \"{name}\"'); END"
            )


class Migration(migrations.Migration):
    """The triggers."""

    dependencies = [("trips", "0001_initial")]
    operations = [migrations.RunPython(raise_guards, migrations.RunPython.noop)]
