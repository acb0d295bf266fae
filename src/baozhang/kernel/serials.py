"""Numbers of papers: running in a unit and a year, each given once, however many come at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models.functions import Length

from . import bulk, clock
from .record import Record


class Numbered(Record):
    """A paper whose `number`, where it brings none, is the next of its mark in its organ and year (YC2026-310117-00001)."""

    serial: ClassVar[tuple[str, int]]  # the mark, and how many digits
    numbered = "number"

    class Meta:
        abstract = True

    @classmethod
    def accord(cls, rows: Sequence[Any], stood: Mapping[int, tuple[Any, ...]]) -> None:
        """This will number the rows of a batch, unit by unit in one order, so that two batches never wait for each other."""
        super().accord(rows, stood)
        bare = [row for row in rows if not row.number and row.organ_id]
        last: dict[int, str] = {}
        for row in sorted(bare, key=lambda one: one.organ_id):
            last[row.organ_id] = row.number = next_number(cls, row.organ, last.get(row.organ_id, ""))


def next_number(model: type[Numbered], organ: Any, after: str = "") -> str:
    """The next number of a unit this year, past `after`, which is given out and not kept yet; in a transaction nobody else is given it."""
    mark, width = model.serial
    return following(model, f"{mark}{clock.today().year}-{organ.code}-", width, after)


def following(model: type[Record], prefix: str, width: int, after: str = "") -> str:
    """The next number that begins with a prefix, past `after`; in a transaction nobody else is given it."""
    bulk.take_turns(f"serial {prefix}")
    papers: Any = model._base_manager  # of whose fields the base knows nothing
    given = papers.filter(number__startswith=prefix, number__regex=rf"^{re.escape(prefix)}[0-9]+$")
    kept = given.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first() or ""
    past = max(int(one.removeprefix(prefix) or 0) for one in (kept, after))
    return f"{prefix}{past + 1:0{width}d}"


def numbers_rows(model: type[Numbered]) -> Callable[[Sequence[Any], Any, dict[Any, Any]], None]:
    """What a resource does before an import: rows that bring no number get the next ones of their unit."""

    def number(rows: Sequence[Any], by: Any, counts: dict[Any, Any]) -> None:
        for row in rows:
            organ = row.values.get("organ")
            if organ is not None and not row.values.get("number"):
                counts[organ.pk] = row.values["number"] = next_number(model, organ, counts.get(organ.pk, ""))

    return number
