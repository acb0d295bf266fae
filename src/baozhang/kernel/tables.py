"""Migrations that make many tables, without working out the whole house anew after each.

Django keeps a picture of all models while it migrates and draws a part of it again for every table that is added; with
two hundred tables that draws some seven thousand models and takes two thirds of the time until an empty database is
ready. Tables that are made one after the other can do with one drawing: none of them is read before all are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Tables(Operation):
    """Tables that are made one after the other, with the models drawn once they are all known."""

    def __init__(self, parts: Sequence[Operation]) -> None:
        self.parts = parts

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Adds the models to what is known; whoever asks for them next has them drawn."""
        state.__dict__.pop("apps", None)
        for part in self.parts:
            part.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Makes the tables in the order they are written in."""
        for part in self.parts:
            part.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `sqlmigrate` writes above the statements."""
        return "; ".join(part.describe() for part in self.parts)


def _grouped(operations: Sequence[Operation]) -> Iterator[Operation]:
    for makes, row in groupby(operations, lambda one: isinstance(one, migrations.CreateModel)):
        parts = list(row)
        yield from [Tables(parts)] if makes and len(parts) > 1 else parts


class Migration(migrations.Migration):
    """The base of a migration that makes several tables; forwards it makes neighbours together, else it is Django's."""

    def apply(self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
        """As Django's, with neighbouring tables as one operation."""
        written = self.operations
        self.operations = list(_grouped(written))  # type: ignore[misc]
        try:
            return super().apply(project_state, schema_editor, collect_sql)
        finally:
            self.operations = written  # type: ignore[misc]
