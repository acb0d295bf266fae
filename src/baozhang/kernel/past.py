"""Records as they were: read from the ledger, and referred to by what tells of the past even when they are taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils.translation import gettext as _

from . import ledger

if TYPE_CHECKING:
    from .record import Record

R = TypeVar("R", bound="Record")


class _OrNone(ForwardManyToOneDescriptor):
    """What the reference leads to; None where that is gone, whose history stands in the ledger under the same key."""

    def get_object(self, instance: Any) -> Any:
        """The row, or None."""
        try:
            return super().get_object(instance)
        except self.field.remote_field.model.DoesNotExist:
            return None


class PastKey(models.ForeignKey):
    """A foreign key for what tells of the past: no constraint of the database, so its row never has to change.

    What it points to is protected all the same, but from being joined with another record (`record.remove`, `past=True`):
    then only while `binds` holds of the row, because `whole` (the name of one of its keys) is still at work.
    """

    forward_related_accessor_class = _OrNone

    def __init__(
        self, to: Any, on_delete: Any = models.PROTECT, *, binds: Q | None = None, whole: str = "", **options: Any
    ) -> None:
        super().__init__(to, on_delete, **{**options, "db_constraint": False})
        self.binds, self.whole = Q() if binds is None else binds, whole

    def says(self, row: Any) -> str:
        """Why a row still asks for what it points to."""
        whole = getattr(row, self.whole) if self.whole else row
        return _("“%(whole)s”还没有了结。") % {"whole": whole}

    def deconstruct(self) -> Any:
        """Migrations see the column alone."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, options


def restore(model: type[R], values: dict[str, Any]) -> R:
    """A record, not kept, with the values that the ledger had: how it was then."""
    record = model()
    for field in model._meta.concrete_fields:
        if field.attname in values:
            raw = values[field.attname]
            setattr(record, field.attname, raw if isinstance(field, models.JSONField) else field.to_python(raw))
    return record


def as_of(model: type[R], pk: int, moment: dt.date | int) -> R | None:
    """The record as it was at the end of a day, or at a version; None where it did not exist then."""
    entries = ledger.history(f"{model._meta.app_label}.{model._meta.model_name}", pk)
    entries = entries.filter(seq__lte=moment) if isinstance(moment, int) else entries.filter(day__lte=moment)
    lines = list(entries)
    if not lines or lines[-1].act in (ledger.REMOVE, ledger.UNDO):
        return None
    record = restore(model, ledger.fold(lines))
    record.pk, record.version, record.head = pk, lines[-1].seq, bytes(lines[-1].hash)
    return record
