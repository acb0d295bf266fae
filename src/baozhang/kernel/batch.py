"""What goes over the border: rows as they are handed in, and what a set of them would do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from .invariants import Keys
from .record import Record
from .refusal import Fault


@dataclass
class Row:
    """One row handed in: its place and its values by field name; `unread` are fields whose value nobody could read."""

    values: dict[str, Any]
    number: int | None = None
    sheet: str = ""
    unread: frozenset[str] = frozenset()


@dataclass
class Change:
    """A record that exists and would change: field → (before, after) as words."""

    record: Record
    row: Row
    before: dict[str, tuple[Any, Any]]


@dataclass
class Batch:
    """What a set of rows would do: new, changed and unchanged records, and all faults at once."""

    new: list[Record] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    total: int = 0
    nameless: int = 0  # new records of rows that bring no number, and so cannot be told from those that are there

    @property
    def wrong(self) -> int:
        """How many rows have a fault."""
        return len({(fault.sheet, fault.row) for fault in self.faults})

    def counts(self) -> dict[str, int]:
        """The four numbers that a preview shows."""
        return {"new": len(self.new), "changed": len(self.changed), "unchanged": self.unchanged, "wrong": self.wrong}


@dataclass
class Memory:
    """What the pieces of one file know of each other: unique keys met, and what a resource counts while it numbers rows."""

    keys: Keys = field(default_factory=dict)
    counts: dict[Any, Any] = field(default_factory=dict)


Pairs = list[tuple[Row, Record, Record | None]]


def at(row: Row, fault: Fault) -> Fault:
    """A fault with the place of its row."""
    return replace(fault, row=row.number, sheet=row.sheet)
