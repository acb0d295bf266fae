"""The empty database of the tests, migrated once and copied from then on: migrating takes longer than many a test run.

On SQLite the copy is a file that later runs find again; on PostgreSQL a template in the same server, which lives as long.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from baozhang.kernel import empty

PLACE = Path(__file__).resolve().parent.parent / "build" / "laid"


def lay() -> bool:
    """Puts the copy where the test database is to be, or lets the server do so; True where it stands there already."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template()
        return False
    kept = empty.copy_in(PLACE)
    if not kept.exists():
        return False
    shutil.copyfile(kept, target())
    return True


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
            command = [sys.executable, "-m", "django", "migrate", "-v0", "--run-syncdb"]
            subprocess.run(command, env={**os.environ, "BAOZHANG_DATABASE_URL": url(f"{name}_part")}, check=True)
            server.execute(f'ALTER DATABASE "{name}_part" RENAME TO "{name}"')  # complete, or not there at all
    return name


def again() -> None:
    """Puts the copy in the place of what tests have committed: emptying two hundred tables takes fifty times as long."""
    connection.close()
    for rest in ("-wal", "-shm"):
        Path(f"{target()}{rest}").unlink(missing_ok=True)
    shutil.copyfile(empty.copy_in(PLACE), target())


def target() -> Any:
    """The file of the test database, which each worker has for itself."""
    return connection.settings_dict["TEST"]["NAME"]


def keep() -> None:
    """Keeps a copy of the migrated database, in the place of those of other migrations."""
    if connection.vendor == "sqlite":
        empty.keep_in(PLACE)
