"""A file on its way in, piece by piece: every row is checked, written at once where that is asked, and then let go of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from . import ledger
from .access import Actor
from .batch import Batch, Change, Memory, Row
from .border import accept
from .record import Record, keep
from .refusal import Fault
from .resource import Resource
from .sheets.checking import CheckedRows
from .sheets.columns import Column
from .sheets.headings import Table
from .sheets.mapping import Mapping as ColumnMapping
from .sheets.reading import Workbook

PIECE = 5_000  # rows in memory at a time
SHOWN, SHOWN_NEW = 200, 20  # changes and new records kept for the preview; the counts are of all


@dataclass
class Taken:
    """What all pieces of a file came to: the counts, all faults, and the first changes and new records to show."""

    total: int = 0
    nameless: int = 0  # new records of rows that bring no number of their own
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
        self.taken.faults[:] = sorted(dict.fromkeys(self.taken.faults), key=lambda fault: (fault.sheet, fault.row or 0))
        return self.taken

    def _judge(self) -> None:
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        taken = self.taken
        batch = accept(self.resource, rows, by=self.by, defaults=self.defaults, memory=self.memory, listed=True)
        taken.total += batch.total
        taken.new += len(batch.new)
        taken.nameless += batch.nameless
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


def read_into(
    intake: Intake, workbook: Workbook, found: Iterable[tuple[Table, ColumnMapping]], columns: list[Column]
) -> list[str]:
    """This will hand every data row to the intake, or what is wrong with its cells; what was skipped, as sentences."""
    notes: list[str] = []
    for table, mapping in found:
        checked = CheckedRows(table.sheet, table.layout, mapping, columns, epoch1904=workbook.epoch1904)
        given, silent = _editions(intake.resource, mapping), _silent(intake.resource, mapping)
        unsaid: Counter[str] = Counter()
        for line in checked:
            faults = [problem.fault() for problem in line.problems]
            values = {**given, **line.values} if given else line.values
            for name in [name for name in silent if name in values and values[name] in (None, "")]:
                del values[name]
                unsaid[name] += 1
            intake.add(Row(values, line.row, line.sheet, frozenset([fault.field for fault in faults])), faults)
        said = [
            *filter(None, [mapping.left_out(table.layout)]),
            *checked.skipped.sentences(),
            *_taken_for(unsaid, silent),
        ]
        notes += [f"{table.sheet.name}：{text}" for text in said]
    return notes


def shown(res: Resource, taken: Taken, notes: list[str]) -> dict[str, Any]:
    """What a preview keeps: the counts, the first changes and new records in words, all faults, and what was skipped."""
    changes = []
    for change in taken.changes:
        for name, (before, after) in change.before.items():
            field = next(f for f in res.model._meta.concrete_fields if f.attname == name)
            words = dict(field.flatchoices) if field.choices else {}
            pair = ["" if v in (None, "") else str(words.get(v, v)) for v in (before, after)]
            changes.append(
                {
                    "row": change.row.number,
                    "pk": change.record.pk,
                    "title": str(change.record),
                    "field": str(field.verbose_name),
                    "before": pair[0],
                    "after": pair[1],
                }
            )
    news = [
        [str(getattr(record, name) or "") for name in res.columns[:6] if name not in res.computed]
        for record in taken.news
    ]
    faults = [fault.as_dict() for fault in taken.faults]
    return {
        "counts": taken.counts(),
        "total": taken.total,
        "changes": changes,
        "news": news,
        "faults": faults,
        "notes": notes,
    }


def _silent(res: Resource, mapping: ColumnMapping) -> dict[str, models.Field[Any, Any]]:
    """The columns in which an empty cell says nothing, as if there were none: a field that cannot be empty has its default."""
    known = {field.name: field for field in res.model._meta.concrete_fields}
    mapped = [known[name] for name in mapping.columns.values() if name in known]
    return {one.name: one for one in mapped if not one.null and one.get_default() not in (None, "", {})}


def _taken_for(unsaid: Mapping[str, int], silent: Mapping[str, models.Field[Any, Any]]) -> Iterator[str]:
    """What was taken for granted where cells are empty, as sentences; that nothing is nothing needs no saying."""
    for name, rows in unsaid.items():
        field = silent[name]
        value = field.get_default()
        if value:
            facts = {"column": field.verbose_name, "rows": rows, "value": dict(field.flatchoices).get(value, value)}
            yield _("“%(column)s”有 %(rows)s 行未填，新登记的按“%(value)s”，已有的不变。") % facts


def _editions(res: Resource, mapping: ColumnMapping) -> dict[str, Any]:
    """The edition of a code list that a heading names goes into the field beside the code."""
    known = {field.name for field in res.model._meta.concrete_fields}
    return {"edition": next(iter(mapping.editions.values()))} if "edition" in known and mapping.editions else {}


__all__ = ["Intake", "Taken", "read_into", "shown", "writer"]
