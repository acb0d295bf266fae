"""A reference to a record as it was: it stays when the record is taken back into another, and is then read as none."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor


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

    `record.remove` protects what it points to all the same, but where a caller says that these rows may go on (`but`).
    """

    forward_related_accessor_class = _OrNone

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **options: Any) -> None:
        super().__init__(to, on_delete, **{**options, "db_constraint": False})

    def deconstruct(self) -> Any:
        """Migrations see the column alone."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, options
