"""What a case was promised of a record stands still for everybody else: form, API, sheet and act alike, since all end in `keep`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from .opening import Opening
from .plain import kept_fields
from .refusal import Refused

if TYPE_CHECKING:
    from .record import Record

Touched = Mapping[int, tuple["Record", tuple[str, ...]]]  # key → the row, and which of its guarded attributes change
promised: Opening[Callable[[Touched, Record | None], Mapping[int, Refused]]] = Opening(
    "record.promised", "why rows that another case than the one that acts has been promised stand still"
)


def guarded_changes(
    model: type[Record], rows: Sequence[Record], before: Mapping[int, tuple[Any, ...]], moves: frozenset[str] = frozenset()
) -> Touched:  # fmt: skip
    """The rows of which a guarded attribute would change, with those attributes; `moves` are let through where no step owns them."""
    names = [name for name in kept_fields(model) if name in model.guarded]
    free = moves - model.stepped.keys() - model.reserved.keys()
    places = [(name, kept_fields(model).index(name) + 2) for name in names if name not in free]
    if not places:
        return {}
    found: dict[int, tuple[Record, tuple[str, ...]]] = {}
    stood, stands = itemgetter(*(place for _name, place in places)), attrgetter(*(name for name, _place in places))
    for row in rows:
        pk = row.pk
        if pk and stood(before[pk]) != stands(row):
            found[pk] = (row, tuple(name for name, place in places if before[pk][place] != getattr(row, name)))
    return found


def stay(touched: Touched, case: Record | None) -> None:
    """This will raise Refused where rows that would change are promised to another case than `case`."""
    refused = list(promised.ask(touched, case).values()) if touched else []
    if refused:
        first = refused[0]
        first.facts = {key: value for one in refused[:20] for key, value in one.facts.items()}
        first.subjects = tuple(subject for one in refused for subject in one.subjects)
        raise first
