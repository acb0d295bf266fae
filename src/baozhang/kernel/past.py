"""A reference to a record as it was: it may stay when the record is taken back into another, and is then read as none."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils.translation import gettext as _


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
