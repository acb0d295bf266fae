"""What no longer changes of a record from where it stands: said once by its class, held by `keep`, closed on every form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from .plain import kept_fields
from .refusal import Fault

if TYPE_CHECKING:
    from .record import Record


class Fixed(NamedTuple):
    """Fields that stand still, why, and what to do instead."""

    fields: Collection[str]  # names of fields, or of their columns
    reason: Any
    remedy: Any
    whole: str = ""  # of a part: the key of its whole, to which nothing may be added either

    @classmethod
    def all_but(cls, record: Record, loose: Iterable[str], reason: Any, remedy: Any, whole: str = "") -> Fixed:
        """Everything that is kept of a record but for some columns."""
        return cls(set(kept_fields(type(record))) - set(loose), reason, remedy, whole)

    def columns(self, model: type[Record]) -> set[str]:
        """The columns of the fields."""
        return {model._meta.get_field(name).attname for name in self.fields}  # type: ignore[union-attr]


def nothing(_record: Any) -> Fixed | None:
    """What no longer changes, asked of a record as it is kept: nothing, unless its class says so."""
    return None


def fixed_faults(
    model: type[Record], rows: Sequence[Record], stood: Mapping[int, tuple[Any, ...]]
) -> list[tuple[int, Fault]]:
    """One fault a field that would change though it stands still; `stood` is how rows are kept: key → (version, head, *fields)."""
    faults: list[tuple[int, Fault]] = []
    for i, row in enumerate(rows) if model.fixed is not nothing else ():
        kept = _as_kept(row, stood.get(row.pk))
        for fixed, columns in (_left(kept, row), _entered(kept, row)):
            for field in model._meta.concrete_fields if columns else ():
                if fixed is not None and field.attname in columns:
                    faults.append(
                        (i, model.fault_of(field.name, fixed.reason, getattr(row, field.name, None), fixed.remedy))
                    )
    return faults


def _left(kept: Record, row: Record) -> tuple[Fixed | None, set[str]]:
    """What stands still where a row is now, and the columns of that which would change."""
    fixed = kept.fixed() if kept is not row else None
    columns = fixed.columns(type(row)) if fixed is not None else set()
    return fixed, {name for name in columns if getattr(kept, name) != getattr(row, name)}


def _entered(kept: Record, row: Record) -> tuple[Fixed | None, set[str]]:
    """What stands still of a whole to which a part would be added, and the part's key to it."""
    fixed = row.fixed()
    columns = {row._meta.get_field(fixed.whole).attname} if fixed is not None and fixed.whole else set()  # type: ignore[union-attr]
    return fixed, {name for name in columns if kept is row or getattr(kept, name) != getattr(row, name)}


def _as_kept(row: Record, stood: tuple[Any, ...] | None) -> Record:
    """The row as it stands in the database, itself where it is new; what it points to comes along where it still points there."""
    if stood is None:
        return row
    values = dict(zip(kept_fields(type(row)), stood[2:], strict=True))
    kept = copy(row)
    vars(kept).update(values)
    kept._state = copy(row._state)
    near = row._state.fields_cache
    kept._state.fields_cache = {
        one.name: near[one.name]
        for one in row._meta.concrete_fields
        if one.name in near and getattr(row, one.attname) == values.get(one.attname)
    }
    return kept
