"""The empty SQLite database of the tests, migrated once and copied from then on: migrating takes longer than many a test run.

The copy is named after all migrations, so that a changed one never meets an old schema.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection

PLACE = Path(__file__).resolve().parent.parent / "build" / "laid"


def copy() -> Path | None:
    """Where the copy for the present migrations is, or would be; None on another database than SQLite."""
    if connection.vendor != "sqlite":
        return None
    digest = hashlib.sha256(f"{django.VERSION}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda one: one.label):
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}\n".encode() + path.read_bytes())
    return PLACE / f"{digest.hexdigest()[:24]}.sqlite3"


def lay() -> bool:
    """Puts the copy where the test database is to be; False where there is none yet."""
    kept = copy()
    if kept is None or not kept.exists():
        return False
    shutil.copyfile(kept, target())
    return True


def target() -> Any:
    """The file of the test database, which each worker has for itself."""
    return connection.settings_dict["TEST"]["NAME"]


def keep() -> None:
    """Keeps a copy of the migrated database, in the place of those of other migrations."""
    kept = copy()
    if kept is None or kept.exists():
        return
    PLACE.mkdir(parents=True, exist_ok=True)
    part = PLACE / f"{os.getpid()}.part"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(part)])
    for old in PLACE.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    part.replace(kept)
