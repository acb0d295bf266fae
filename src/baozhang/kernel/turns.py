"""Turns: who touches a whole and its parts asks for the whole first, and for many by ascending key; so nobody waits crosswise.

A class of parts names its wholes, `part_of = ("loan",)`; whoever moves, writes or takes back a part then asks for them before it
touches the part, so a part that is written while its whole moves on is judged beside the whole as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from . import bulk
from .statement import read


def in_turn(model: type[models.Model], keys: Iterable[int]) -> None:
    """This will hold rows until the transaction ends, in the one order that everybody keeps."""
    for part in bulk.chunks(sorted(set(keys))):
        read(model, ("id",), among=("id", part), locked=True)


def wholes_first(rows: Sequence[Any]) -> bool:
    """This will hold what records of one class are parts of, and let them see it as it stands now; True where it had moved on."""
    moved = False
    for name in type(rows[0]).part_of if rows else ():
        field = rows[0]._meta.get_field(name)
        in_turn(field.related_model, {key for row in rows if (key := getattr(row, field.attname)) is not None})
        seen = [whole for row in rows if (whole := row._state.fields_cache.get(name)) is not None and whole.pk]
        fresh = {
            whole.pk: whole
            for part in bulk.chunks(sorted({whole.pk for whole in seen}))
            for whole in field.related_model._base_manager.filter(pk__in=part)
        }
        for whole in seen:  # what is of the version that stands may hold what its caller is about to keep
            if whole.version != fresh[whole.pk].version:
                moved = True
                as_it_stands(whole, fresh[whole.pk])
    return moved


def as_it_stands(whole: models.Model, fresh: models.Model) -> None:
    """This will let a caller's object show a row as it stands; what was read along with it (its organ, say) stays read."""
    whole.__dict__.update({f.attname: getattr(fresh, f.attname) for f in fresh._meta.concrete_fields})
