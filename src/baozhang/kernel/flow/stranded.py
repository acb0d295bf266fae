"""Work that waits for nobody: whoever could take it has left, and nobody has come in his place."""

from __future__ import annotations

from collections.abc import Iterable

from baozhang.kernel.record import Record

from .news import holders
from .task import Task


def stranded(tasks: Iterable[Task]) -> list[Task]:
    """Those of some open tasks whose right nobody holds in their organ today, deputies and those above among the asked.

    What is with somebody who has left is not stranded while a colleague holds the right: he hands it on to himself.
    """
    able: dict[tuple[str, str, int | None], bool] = {}
    found = []
    for task in tasks:
        key = (task.role, task.permission, task.organ_id)
        if task.responsible and not (able[key] if key in able else able.setdefault(key, bool(holders(task)))):
            found.append(task)
    return found


def stranded_of(record: Record) -> list[Task]:
    """What of a record waits for nobody."""
    return stranded(Task.objects.open().filter(kind=record.label, record_id=record.pk).order_by("pk"))


def stranded_in(organ_id: int) -> int:
    """How many tasks of an organ wait for nobody: one look-up for each right they ask for."""
    return len(stranded(Task.objects.open().filter(organ_id=organ_id).order_by("pk")))
