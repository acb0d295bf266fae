"""A file on its way in, piece by piece: every row is checked, written at once where that is asked, and then let go of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import ledger
from .access import Actor
from .border import Batch, Change, Memory, Row, accept
from .record import Record, keep
from .refusal import Fault
from .resource import Resource

PIECE = 5_000  # rows in memory at a time
SHOWN, SHOWN_NEW = 200, 20  # changes and new records kept for the preview; the counts are of all


@dataclass
class Taken:
    """What all pieces of a file came to: the counts, all faults, and the first changes and new records to show."""

    total: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    news: list[Record] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How many rows have a fault."""
        return len({(fault.sheet, fault.row) for fault in self.faults})

    def counts(self) -> dict[str, int]:
        """The four numbers that a preview shows."""
        return {"new": self.new, "changed": self.changed, "unchanged": self.unchanged, "wrong": self.wrong}


class Intake:
    """Takes rows in, in pieces of bounded size; `write` is called with each sound piece until the first fault.

    A caller who writes holds a transaction, and undoes it where `taken.faults` is not empty at the end.
    """

    def __init__(
        self,
        resource: Resource,
        *,
        by: Actor,
        defaults: Mapping[str, Any],
        write: Callable[[Batch], None] | None = None,
    ) -> None:
        self.resource, self.by, self.defaults, self.write = resource, by, defaults, write
        self.memory, self.taken = Memory(), Taken()
        self._waiting: list[Row] = []
        # Rows that are judged together, such as periods that must not overlap, cannot be judged in pieces.
        model = resource.model
        self._whole = model.exclusive_period is not None or model.together.__func__ is not Record.together.__func__  # type: ignore[attr-defined]

    def add(self, row: Row, faults: Iterable[Fault] = ()) -> None:
        """This will take in one row, with what is wrong with its unread cells; it is judged when its piece is full."""
        self.taken.faults.extend(faults)
        self._waiting.append(row)
        if len(self._waiting) >= PIECE and not self._whole:
            self._judge()

    def end(self) -> Taken:
        """This is the outcome, all rows judged, its faults in the order of the file."""
        self._judge()
        self.taken.faults.sort(key=lambda fault: (fault.sheet, fault.row or 0))
        return self.taken

    def _judge(self) -> None:
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        taken = self.taken
        batch = accept(self.resource, rows, by=self.by, defaults=self.defaults, memory=self.memory)
        taken.total += batch.total
        taken.new += len(batch.new)
        taken.changed += len(batch.changed)
        taken.unchanged += batch.unchanged
        taken.faults += batch.faults
        taken.changes += batch.changed[: SHOWN - len(taken.changes)]
        taken.news += batch.new[: SHOWN_NEW - len(taken.news)]
        if self.write is not None and not taken.faults:
            self.write(batch)


def writer(by: Actor, *, note: str, batch: str) -> Callable[[Batch], None]:
    """This is the function that keeps what a sound piece brings, as entries of one import."""

    def write(found: Batch) -> None:
        for records in (found.new, [change.record for change in found.changed]):
            kept: Sequence[Any] = records
            keep(kept, by=by, act=ledger.IMPORT, note=note, batch=batch, checked=True)

    return write


__all__ = ["Intake", "Taken", "writer"]
