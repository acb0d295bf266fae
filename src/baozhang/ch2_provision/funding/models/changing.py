"""Which fields of a record differ from its row, and the faults of those that may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.record import Record, kept_fields
from baozhang.kernel.refusal import Fault


def differing(record: Record, loose: Iterable[str]) -> list[Any]:
    """The fields in which a kept record differs from its row in the database, but for those that may."""
    model: Any = type(record)
    stored = model._base_manager.filter(pk=record.pk).values(*kept_fields(model)).first() or {}
    changed = [name for name in stored if name not in loose and getattr(record, name) != stored[name]]
    return [field for field in model._meta.concrete_fields if field.attname in changed]


def fixed(record: Record, loose: Iterable[str], *, state: Any, remedy: Any) -> Iterable[Fault]:
    """One fault for each field that may not change now, because what it belongs to has moved on."""
    for field in differing(record, loose):
        yield Fault(
            _("“%(state)s”时不能修改") % {"state": state}, field.name, column=str(field.verbose_name), remedy=remedy
        )


def money(value: Any) -> str:
    """A sum as sentences say it."""
    return f"{value:,.2f}"
