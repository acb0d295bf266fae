"""`oneof`: membership in a list that travels as one value, however long it is; `holds`: a text inside another, as typed.

`in` writes one mark for each member, and a statement with five thousand of them costs more to put together and to read
than to carry out. One array (PostgreSQL) or one JSON text (SQLite) does not, and is not bound by any limit on parameters.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Lookup
from django.db.models.fields.related import ForeignObject
from django.db.models.lookups import Contains


@ForeignObject.register_lookup
@models.Field.register_lookup
class OneOf(Lookup[Any]):
    """`field__oneof=[…]`: the same rows as `field__in`, for plain values without None."""

    lookup_name = "oneof"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[Any]:
        """The members as the field writes them."""
        field = self.lhs.output_field
        return [field.get_prep_value(value) for value in self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Membership in an array."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*values, self.get_prep_lookup()]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Membership in a JSON list; the sub-select is carried out once."""
        left, values = self.process_lhs(compiler, connection)
        members = [self.lhs.output_field.get_db_prep_value(value, connection) for value in self.rhs]
        return f"{left} IN (SELECT value FROM json_each(%s))", [*values, json.dumps(members, default=str)]


@models.Field.register_lookup
class Holds(Lookup[str]):
    """`field__holds="…"`: the same as `contains` on PostgreSQL; SQLite's LIKE folds letters, which costs five times as much."""

    lookup_name = "holds"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A pattern, which a trigram index serves."""
        return Contains(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The place of the text in the value."""
        left, values = self.process_lhs(compiler, connection)
        return f"INSTR({left}, %s) > 0", [*values, str(self.rhs)]
