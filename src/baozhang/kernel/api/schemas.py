"""The shapes that the API speaks, derived from the declarations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from django.db import models
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from baozhang.kernel import clock
from baozhang.kernel.resource import Resource

Key = Annotated[int, Field(ge=1, lt=2**63)]  # what a column of either database can be compared with


class Fault(BaseModel):
    """One thing wrong, with its place."""

    reason: str
    field: str = ""
    value: str = ""
    remedy: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""


class Refusal(BaseModel):
    """What cannot be done, why, by which article, and what can be done instead."""

    what: str
    why: str = ""
    article: str = ""
    instead: str = ""
    facts: dict[str, str] = {}
    faults: list[Fault] = []


class Done(BaseModel):
    """What was done, as a sentence."""

    done: str
    id: int | None = None
    version: int | None = None


class Entry(BaseModel):
    """One line of a record's ledger."""

    seq: int
    at: dt.datetime
    by: str
    organ: str
    act: str
    sentence: str
    note: str
    hash: str


class Selection(BaseModel):
    """The records that an act means, with its reason and its values."""

    ids: list[Key] = []
    note: str = ""
    values: dict[str, Any] = {}


class StepIn(BaseModel):
    """A step on a record's path: the opinion, the values it asks for, the version seen, and a key that makes it safe to repeat."""

    note: str = ""
    values: dict[str, Any] = {}
    version: int | None = None
    key: str = ""


def _here(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.ZONE)


Moment = Annotated[dt.datetime, AfterValidator(_here)]  # one that names no zone is meant as the clock on the wall


def _type_of(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        return str
    if field.choices:
        return Literal[tuple(value if _counted(field) else str(value) for value, _words in field.flatchoices)]
    kinds: tuple[tuple[type, Any], ...] = (
        (models.DateTimeField, Moment), (models.DateField, dt.date), (models.BooleanField, bool),
        (models.DecimalField, Decimal), (models.IntegerField, int), (models.JSONField, dict[str, Any]),
    )  # fmt: skip
    return next((kind for type_, kind in kinds if isinstance(field, type_)), str)


@lru_cache(maxsize=None)
def shape_in(resource: Resource, partial: bool) -> type[BaseModel]:
    """What may be written: every field of the declaration; foreign keys by natural key or name."""
    fields: dict[str, Any] = {}
    for name in resource.fields:
        field = resource.field(name)
        needed = not partial and not field.blank and not field.null and not field.has_default()
        kind = _type_of(field)
        about = Field(default=... if needed else None, title=str(field.name), description=str(field.verbose_name))
        fields[name] = (kind if needed else kind | None, about)
    fields["extra"] = (dict[str, Any] | None, Field(default=None, description="custom fields by key"))
    if partial:
        fields["version"] = (
            int | None,
            Field(default=None, description="the version that was read; an older one is refused"),
        )
    made: type[BaseModel] = create_model(
        f"{resource.label.replace('.', '_')}_{'change' if partial else 'new'}",
        __config__=ConfigDict(extra="forbid"),
        **fields,
    )
    return made


def names_out(resource: Resource) -> tuple[str, ...]:
    """The fields that are read: columns, more columns and everything in the groups."""
    grouped = tuple(name for group in resource.groups for name in group.fields)
    return tuple(dict.fromkeys((*resource.columns, *resource.more_columns, *grouped)))


@lru_cache(maxsize=None)
def shape_out(resource: Resource) -> type[BaseModel]:
    """What is read of a record."""
    fields: dict[str, Any] = {"id": (int, ...), "version": (int, ...)}
    for name in names_out(resource):
        about = Field(default=None, description=str(resource.words_of(name)))
        kind = Any if name in resource.computed else _read_type(resource.field(name))
        fields[name] = (kind | None if kind is not Any else Any, about)
    fields["extra"] = (dict[str, Any], {})
    made: type[BaseModel] = create_model(f"{resource.label.replace('.', '_')}", **fields)
    return made


def _read_type(field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return int if _counted(field) else str
    return _type_of(field)


def _counted(field: models.Field[Any, Any]) -> bool:
    """True for a choice among numbers, such as a rating."""
    return isinstance(field, models.IntegerField)


@lru_cache(maxsize=None)
def shape_page(resource: Resource) -> type[BaseModel]:
    """A page of a list with the cursor of the next."""
    row: Any = shape_out(resource)
    fields: dict[str, Any] = {"rows": (list[row], ...), "count": (int, ...), "capped": (bool, ...), "after": (str, "")}
    made: type[BaseModel] = create_model(f"{resource.label.replace('.', '_')}_page", **fields)
    return made


def read(resource: Resource, record: Any) -> dict[str, Any]:
    """A record as the API gives it; foreign keys by natural key."""
    values: dict[str, Any] = {"id": record.pk, "version": record.version, "extra": record.extra}
    for name in names_out(resource):
        value = resource.computed[name].value(record) if name in resource.computed else getattr(record, name)
        values[name] = (
            natural(value)
            if isinstance(value, models.Model)
            else (str(value) if name in resource.computed and value is not None else value)
        )
    return values


def natural(record: Any) -> str:
    """What a machine calls a record: the name by which `border.lookup` finds it again, else its key."""
    names = record.called or [one for one in record.natural[:1] if not record._meta.get_field(one).is_relation]
    return str((getattr(record, names[0]) if names else "") or record.pk)
