"""Numbers of papers about vehicles: running in a unit and a year, each given once, however many come at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Max

from baozhang.kernel import bulk, clock


def next_number(model: Any, mark: str, organ: Any, width: int, after: str = "") -> str:
    """The next number of a unit this year, past `after`, which is given out and not kept yet; in a transaction nobody else is given it."""
    prefix = f"{mark}{clock.today().year}-{organ.code}-"
    bulk.take_turns(f"serial {mark} {organ.pk}")
    last = max(model._base_manager.filter(number__startswith=prefix).aggregate(n=Max("number"))["n"] or "", after)
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:0{width}d}"


def numbers_rows(next_one: Callable[[Any, str], str]) -> Callable[[Sequence[Any], Any, dict[Any, Any]], None]:
    """What a resource does before an import: rows that bring no number get the next ones of their unit."""

    def number(rows: Sequence[Any], by: Any, counts: dict[Any, Any]) -> None:
        for row in rows:
            organ = row.values.get("organ")
            if organ is not None and not row.values.get("number"):
                counts[organ.pk] = row.values["number"] = next_one(organ, counts.get(organ.pk, ""))

    return number
