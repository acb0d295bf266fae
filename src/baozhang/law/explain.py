"""Why: the figures behind a finding as sentences, the record as the rule saw it, and the same rule as a hint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from baozhang.kernel import past
from baozhang.kernel.record import Record
from baozhang.law.articles import CitationError, cite
from baozhang.law.case import Book, Case, Ground, Unverified, places
from baozhang.law.catalogue import catalogue
from baozhang.law.figurespec import UNITS
from baozhang.law.judge import Judged, look
from baozhang.law.rowwords import row_words
from baozhang.law.rules import Rule, rules
from baozhang.law.words import spoken

_TYPES: dict[str, Any] = {
    "decimal": Decimal,
    "moment": dt.datetime.fromisoformat,
    "day": dt.date.fromisoformat,
    "tuple": tuple,
    "set": frozenset,
}


def seen(subject: Record) -> dict[str, Any]:
    """This is what a rule saw beside the record's own fields: annotations and joined records, as plain data."""
    own = {f.attname for f in subject._meta.concrete_fields}
    named = {f.name for f in subject._meta.concrete_fields}  # a one-to-one joins both ways: the way back would go round
    values = {n: _pack(v) for n, v in vars(subject).items() if n not in own and not n.startswith("_")}
    joined = {n: _pack(v) for n, v in subject._state.fields_cache.items() if n in named and isinstance(v, Record)}
    return {part: held for part, held in (("values", values), ("joined", joined)) if held}


def _pack(value: Any) -> Any:
    """This is a value as plain data that says its type; a record is its class, key and version."""
    if isinstance(value, Record):
        return {"": "record", "of": value.label, "pk": value.pk, "version": value.version, **seen(value)}
    if isinstance(value, Decimal):
        return {"": "decimal", "is": format(value, "f")}
    if isinstance(value, dt.datetime):
        return {"": "moment", "is": value.isoformat()}
    if isinstance(value, dt.date):
        return {"": "day", "is": value.isoformat()}
    if isinstance(value, list | tuple | set | frozenset):
        packed = [_pack(part) for part in value]
        return packed if isinstance(value, list) else {"": "tuple" if isinstance(value, tuple) else "set", "is": packed}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {held.name: _pack(getattr(value, held.name)) for held in fields(value)}
        return {"": "data", "of": f"{type(value).__module__}.{type(value).__qualname__}", "is": parts}
    if isinstance(value, Mapping):
        return {"": "map", "is": [[_pack(name), _pack(part)] for name, part in value.items()]}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"candidates give {type(value).__name__}, which cannot be kept for a replay")


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpack(part) for part in value]
    if not isinstance(value, dict):
        return value
    kind = value[""]
    if kind == "record":
        return rebuild(apps.get_model(value["of"]), value["pk"], value["version"], value)
    if kind == "map":
        return {_unpack(name): _unpack(part) for name, part in value["is"]}
    if kind == "data":
        kept: Any = import_string(value["of"]) if value["of"].startswith("baozhang.") else None
        if not (isinstance(kept, type) and is_dataclass(kept)):
            raise ImportError(f"{value['of']} is no class of values of ours")
        return kept(**{name: _unpack(part) for name, part in value["is"].items()})
    return _TYPES[kind](_unpack(value["is"]))


def rebuild(model: type[Record], pk: int, version: int, context: Mapping[str, Any]) -> Record | None:
    """This is a record as a rule saw it: its fields from the ledger, with what `seen` kept; None where it was not."""
    found = past.as_of(model, pk, version)
    if found is None:
        return None
    for held in model._meta.concrete_fields:
        value = getattr(found, held.attname)
        if isinstance(held, models.DecimalField) and isinstance(value, Decimal):
            setattr(found, held.attname, value.quantize(Decimal(1).scaleb(-held.decimal_places)))
    for name, value in context.get("values", {}).items():
        setattr(found, name, _unpack(value))
    for name, value in context.get("joined", {}).items():
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        found._state.fields_cache[name] = _unpack(value)
    return found


def hints(subject: Record, day: dt.date, *, names: Iterable[str] = ()) -> list[Judged]:
    """These are the findings that a record would have as it stands on a form, kept or not.

    Asked are the rules that need nothing beside the record and what it points to; the others wait for the patrol.
    """
    book, place = Book(), places().get(subject.organ_key() or 0, "")
    found: list[Judged] = []
    for one in rules(day, names):
        if one.subject != subject.label or not _alone(one, Ground(day, book)):
            continue
        try:
            found += look(one, subject, Case(day, place, book), pure=False)
        except Unverified:
            continue  # nobody has verified the figure, so there is nothing to say
    return found


def _alone(one: Rule, ground: Ground) -> bool:
    found = one.candidates(ground.day, ground)
    return isinstance(found, models.QuerySet) and not found.query.annotations and not found._prefetch_related_lookups  # type: ignore[attr-defined]


def figure_sentence(figure: Mapping[str, Any]) -> str:
    """This is one figure read, in words: title, row, value with unit, document, day from which, and whether it stands in."""
    spec = catalogue().get(figure["key"])
    title = spec.name if spec else figure["key"]
    unit = spoken(*UNITS[figure["unit"]]) if figure["unit"] in UNITS else figure["unit"]
    value = _("、").join(figure["value"]) if isinstance(figure["value"], list) else figure["value"]
    row = row_words(figure["row"].items())
    words = _("%(title)s：%(value)s%(unit)s（%(basis)s") % {
        "title": f"{title}〔{row}〕" if row else title, "value": value, "unit": unit,
        "basis": figure["source"] if figure["origin"] != "file" else figure["basis"],
    }  # fmt: skip
    if figure["valid_from"]:
        words += _("，%(day)s起") % {"day": figure["valid_from"]}
    return words + (_("，参照") if figure["reference"] else "") + _("）")


def article_words(text: str) -> str:
    """This is a citation in the reader's language; the text itself where it is none any more."""
    try:
        return cite(text).words
    except CitationError:
        return text
