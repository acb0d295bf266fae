"""The empty SQLite database with all its tables, made once and copied from then on: making it takes longer than most uses of it.

The copy is named after all migrations, so that a changed one never meets an old schema.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import django
from django.apps import AppConfig, apps
from django.db import connection


def copy_in(place: Path, installed: Iterable[AppConfig] | None = None) -> Path:
    """Where in a folder the copy for the present migrations of the installed apps (or of some) is, or would be."""
    digest = hashlib.sha256(f"{django.VERSION}".encode())
    for app in sorted(installed or apps.get_app_configs(), key=lambda one: one.label):
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}\n".encode() + path.read_bytes())
    return place / f"empty-{digest.hexdigest()[:24]}.sqlite3"


def keep_in(place: Path) -> None:
    """This will keep a copy of the connected database, which is empty and migrated, in the place of those of other migrations."""
    kept = copy_in(place)
    if kept.exists():
        return
    place.mkdir(parents=True, exist_ok=True)
    part = place / f"empty-{os.getpid()}.part"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(part)])
    for old in place.glob("empty-*.sqlite3"):
        old.unlink(missing_ok=True)
    part.replace(kept)
