"""The empty database of the tests, migrated once and copied from then on: migrating takes longer than many a test run.

On SQLite the copy is a file that later runs find again; on PostgreSQL a template in the same server, which lives as long.
`python -m tests.laid` makes the template of the server in the environment, so that no test waits for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import django
from django.db import connection

from baozhang.kernel import empty

PLACE = Path(__file__).resolve().parent.parent / "build" / "laid"


def lay() -> bool:
    """Puts the copy where the test database is to be, or lets the server do so; True where it stands there already."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template()
        return False
    shutil.copyfile(file(), target())
    return True


@cache
def file() -> Path:
    """The migrated SQLite database; whoever comes first makes it, the rest wait."""
    kept = empty.copy_in(PLACE)
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in PLACE.glob("*.sqlite3*"):
                old.unlink()
            part = kept.with_suffix(".part")
            _migrate(f"sqlite:///{part}")
            part.replace(kept)
    return kept


def _migrate(database: str) -> None:
    command = [sys.executable, "-m", "django", "migrate", "-v0", "--run-syncdb"]
    own = {"BAOZHANG_DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run(command, env={**os.environ, **own}, cwd=PLACE.parents[1], check=True)


def address(name: str) -> dict[str, Any]:
    """How to reach a database of the tests' server."""
    own = connection.settings_dict
    found = {"dbname": name, "user": own["USER"], "password": own["PASSWORD"], "host": own["HOST"], "port": own["PORT"]}
    return {key: value for key, value in found.items() if value}


def url(name: str) -> str:
    """The same as the product's setting has it."""
    own = connection.settings_dict
    user = quote(own["USER"]) + (f":{quote(own['PASSWORD'])}" if own["PASSWORD"] else "")
    return f"postgresql://{user}@/{name}?host={own['HOST']}&port={own['PORT']}"


@cache
def template() -> str:
    """The name of the migrated database from which others are made; whoever comes first makes it, the rest wait."""
    import psycopg

    name = empty.copy_in(PLACE).stem.replace("-", "_")
    with psycopg.connect(**address("postgres"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            server.execute(f'CREATE DATABASE "{name}_part"')
            _migrate(url(f"{name}_part"))
            server.execute(f'ALTER DATABASE "{name}_part" RENAME TO "{name}"')  # complete, or not there at all
    return name


def again() -> None:
    """Puts the copy in the place of what tests have committed: emptying two hundred tables takes fifty times as long."""
    connection.close()
    for rest in ("-wal", "-shm"):
        Path(f"{target()}{rest}").unlink(missing_ok=True)
    shutil.copyfile(file(), target())


def target() -> Any:
    """The file of the test database, which each worker has for itself."""
    return connection.settings_dict["TEST"]["NAME"]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    template()
