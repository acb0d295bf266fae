"""The content of an official document as plain data and back, so that it can be kept and typeset again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .model import Attachment, Column, Heading, KeyValues, Note, OfficialDocument, Para, Table

# The name of a class stands in the data; only these are ever made from it.
_CLASSES: dict[str, Any] = {
    made.__name__: made for made in (OfficialDocument, Attachment, Heading, Para, Note, KeyValues, Table, Column)
}
_IS = "is"


def as_data(document: OfficialDocument) -> dict[str, Any]:
    """This is a document as JSON data: each part says its class, sums and days say their type."""
    packed = _pack(document)
    assert isinstance(packed, dict)
    return packed


def document_of(data: Mapping[str, Any]) -> OfficialDocument:
    """This is the document that `as_data` made into data; ValueError where it is something else."""
    made = _unpack(data)
    if not isinstance(made, OfficialDocument):
        raise ValueError("the data are no official document")
    return made


def _pack(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        held = {part.name: getattr(value, part.name) for part in fields(value)}
        # What stands empty is left out: a field that a later version adds is empty in what was kept before.
        return {
            _IS: type(value).__name__,
            **{name: _pack(part) for name, part in held.items() if part not in ("", None, ())},
        }
    if isinstance(value, Decimal):
        return {_IS: "decimal", "value": format(value, "f")}
    if isinstance(value, date):
        return {_IS: "day", "value": value.isoformat()}
    if isinstance(value, (list, tuple)):
        return [_pack(part) for part in value]
    if value is None or isinstance(value, (str, int, float)):  # a float is the width of a column; a cell never is one
        return str(value) if isinstance(value, str) else value
    raise TypeError(f"a document holds text, numbers and days, not {type(value).__name__}")


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(part) for part in value)
    if not isinstance(value, Mapping):
        return value
    name = value.get(_IS)
    if name == "decimal":
        return Decimal(value["value"])
    if name == "day":
        return date.fromisoformat(value["value"])
    if name not in _CLASSES:
        raise ValueError(f"{name!r} is no part of a document")
    return _CLASSES[name](**{key: _unpack(part) for key, part in value.items() if key != _IS})
