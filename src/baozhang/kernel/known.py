"""Which record a row of a sheet is of: by its natural key as it is written or as it is kept, else by what a resource says.

Lists of offices seldom bring our numbers. A resource names with `recognised_by` the fields that tell its rows apart where
a row brings none: such a row is of the record of the same whole (agency, plan …) that says the same in these fields.
Rows that say the same are told apart by their order, in the sheet and in the register, so that a list may hold ten
alike and comes in a second time without doubling one. Compared is what stands now, not what was imported: a row whose
record was typed in by hand is found as well, and one whose record says something else since is a new one, of which the
preview speaks; the very same file with such a row is refused (`imports`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from . import bulk
from .invariants import taken
from .record import Record
from .resource import Resource
from .statement import read

Named = tuple[Any, ...]


def existing(model: type[Record], rows: Sequence[Any]) -> list[Record | None]:
    """These are the records that rows name by their natural key, None for those that name none or a new one."""
    if not model.natural or not rows:
        return [None] * len(rows)
    return _of_keys(model, [_named(model, row.values) for row in rows])


def by_derived(model: type[Record], pairs: Iterable[tuple[Any, Record, Record | None]]) -> dict[int, Record]:
    """Records whose key a row wrote in another spelling than the one that is kept (沪a·12345 for 沪A12345), by id of the row."""
    if not model.natural:
        return {}
    own = [name for name in model.natural if not name.endswith("_id")]  # what a row refers to was found, however spelt
    other: list[tuple[int, Named]] = []
    for row, record, old in pairs:
        if old is None and any(getattr(record, name) != row.values.get(name) for name in own):
            other.append((id(row), tuple(getattr(record, name) for name in model.natural)))
    found = _of_keys(model, [key for _place, key in other]) if other else []
    return {place: record for (place, _key), record in zip(other, found, strict=True) if record is not None}


def own_names(model: type[Record]) -> list[str]:
    """These are the parts of a natural key that a row may leave open: the number that a record gets by itself."""
    fields = [one for one in model._meta.concrete_fields if one.attname in model.natural and not one.is_relation]
    return [one.name for one in fields if one.blank and one.get_default() in (None, "")]


def recognise(
    resource: Resource, rows: Sequence[Any], draft: Callable[[Any], Record | None], counts: dict[Any, Any]
) -> set[int]:
    """This will give rows without a number that of their record, and say which found none, by id.

    `draft` makes of a row the record that it would be; `counts` is what the pieces of one file know of each other.
    """
    own = own_names(resource.model)
    if not own or resource.recognises:
        return set()
    whole = [one for one in _whole(resource.model) if one not in own]
    bare = [row for row in rows if all(row.values.get(name) in (None, "") for name in own)]
    named: set[Named] = counts.setdefault("named", set())
    named |= (
        {tuple(_part(row.values, name) for name in (*whole, *own)) for row in rows if row not in bare}
        if bare
        else set()
    )
    if not resource.recognised_by or not bare:
        return {id(row) for row in bare}
    names = [*whole, *(resource.field(name).attname for name in resource.recognised_by)]
    marks = {id(row): tuple(getattr(made, name) for name in names) for row in bare if (made := draft(row)) is not None}
    twins, met, left = (
        _twins(resource.model, names, own, set(marks.values())),
        counts.setdefault("met", Counter()),
        set(),
    )
    for row in bare:
        mark = marks.get(id(row))
        free = [key for key in twins.get(mark or (), ()) if (*(mark or ())[: len(whole)], *key) not in named]
        if mark is None or met[mark] >= len(free):
            left.add(id(row))
            continue
        row.values.update(zip(own, free[met[mark]], strict=True))
        met[mark] += 1
    return left


def _whole(model: type[Record]) -> list[str]:
    """What a record belongs to: the relations of its natural key, else the organ that it is of."""
    relations = [one.attname for one in model._meta.concrete_fields if one.is_relation and one.attname in model.natural]
    columns = {one.attname for one in model._meta.concrete_fields}
    return relations or [name for name in (model.scope_field,) if name in columns and name != "id"]


def _twins(
    model: type[Record], names: Sequence[str], own: Sequence[str], marks: set[Named]
) -> Mapping[Named, list[Named]]:
    """The numbers of the records that say the same, oldest first."""
    found: dict[Named, list[Named]] = defaultdict(list)
    columns = [i for i in range(len(names)) if not any(mark[i] is None for mark in marks)]
    if not marks or not columns:
        return found
    varied = max(columns, key=lambda i: len({mark[i] for mark in marks}))
    for part in bulk.chunks(sorted({mark[varied] for mark in marks}, key=str)):
        for _pk, *values in sorted(read(model, ("id", *names, *own), among=(names[varied], part))):
            mark = tuple(values[: len(names)])
            if mark in marks:
                found[mark].append(tuple(values[len(names) :]))
    return found


def _of_keys(model: type[Record], keys: Sequence[Named]) -> list[Record | None]:
    pks = taken(model, model.natural, [key for key in keys if None not in key])
    records: dict[int, Record] = {}
    for part in bulk.chunks(sorted(set(pks.values()))):
        records.update({record.pk: record for record in model._base_manager.filter(pk__oneof=part)})
    return [records.get(pks.get(key, 0)) for key in keys]


def _named(model: type[Record], values: Mapping[str, Any]) -> Named:
    return tuple(_part(values, name) for name in model.natural)


def _part(values: Mapping[str, Any], attname: str) -> Any:
    value = values.get(attname.removesuffix("_id")) if attname.endswith("_id") else values.get(attname)
    return value.pk if isinstance(value, models.Model) else value


__all__ = ["by_derived", "existing", "own_names", "recognise"]
