"""The empty SQLite database of the tests, migrated once and copied from then on: migrating takes longer than many a test run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.db import connection

from baozhang.kernel import empty

PLACE = Path(__file__).resolve().parent.parent / "build" / "laid"


def lay() -> bool:
    """Puts the copy where the test database is to be; False where there is none yet, or on another database than SQLite."""
    if connection.vendor != "sqlite" or not (kept := empty.copy_in(PLACE)).exists():
        return False
    shutil.copyfile(kept, target())
    return True


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
