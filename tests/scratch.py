"""A database and a home of its own for processes that a test starts and kills; on the same kind of database as the suite."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from tests import laid

COMMAND = Path(sys.executable).parent / "baozhang"


@dataclass(frozen=True)
class Scratch:
    """Where the processes work: their environment, and a way to look into the database from outside."""

    home: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; `?` stands for a value. What it changes is committed."""
        url = self.environment["BAOZHANG_DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as database, database:
                return database.execute(sql, values).fetchall()
        import psycopg

        with psycopg.connect(**laid.address(urlsplit(url).path.lstrip("/"))) as other:
            cursor = other.execute(sql.replace("?", "%s"), values or None)
            return cursor.fetchall() if cursor.description else []

    def run(self, *words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """A process that ran to its end."""
        return subprocess.run(words, env=self.environment, text=True, capture_output=True, check=False, **options)

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """A process that is still running."""
        self.started.append(subprocess.Popen(words, env=self.environment))
        return self.started[-1]

    def end(self) -> None:
        """This will kill what a failed test has left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()


def _used(place: Scratch) -> Iterator[Scratch]:
    try:
        yield place
    finally:
        place.end()


@contextmanager
def scratch(home: Path) -> Iterator[Scratch]:
    """An empty database with all tables, gone afterwards."""
    environment = {**os.environ, "BAOZHANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "baozhang.site.settings"}
    if connection.vendor == "sqlite":
        path = home / "scratch.sqlite3"
        environment["BAOZHANG_DATABASE_URL"] = f"sqlite:///{path}"
        # What the suite's own database has committed are its tables and nothing else.
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as own, closing(sqlite3.connect(path)) as copy:
            own.backup(copy)
        yield from _used(Scratch(home, environment))
        return
    import psycopg

    name = f"scratch_{os.getpid()}_{home.name}".lower().replace("-", "_")[:60]
    with psycopg.connect(**laid.address("postgres"), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{laid.template()}"')
        try:
            environment["BAOZHANG_DATABASE_URL"] = laid.url(name)
            yield from _used(Scratch(home, environment))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
