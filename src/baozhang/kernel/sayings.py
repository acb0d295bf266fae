"""Ledger entries as sentences: who did what, and which field went from what to what."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from . import cells, ledger
from .resource import Resource


def sentences(resource: Resource, entries: list[ledger.Entry]) -> list[str]:
    """Entries as sentences: who did what, and which field went from what to what; foreign keys by name, one query each."""
    names = _names(resource, entries)
    made = []
    for entry in entries:
        act = ledger.ACTS[entry.act].words if entry.act in ledger.ACTS else entry.act
        text = _("%(who)s %(act)s") % {"who": entry.by_name, "act": act}
        if entry.seq > 1:
            parts = [_change(resource, name, pair, names) for name, pair in json.loads(entry.changes).items()]
            parts = [part for part in parts if part]
            text = _("%(said)s：%(changes)s") % {"said": text, "changes": _("；").join(parts[:12])} if parts else text
        made.append(text + (_("（%(note)s）") % {"note": entry.note} if entry.note else ""))
    return made


def _change(resource: Resource, attname: str, pair: list[Any], names: dict[str, dict[Any, str]]) -> str:
    if attname.startswith("@"):
        return ledger.aside_words(attname, pair[1])
    field = next((f for f in resource.model._meta.concrete_fields if f.attname == attname), None)
    if isinstance(field, models.JSONField) and not field.editable:
        return ""  # what the machinery keeps beside the words
    words = field.verbose_name if field is not None else attname
    is_sum = isinstance(field, models.DecimalField) and resource.kind_of(field.name) == "money"
    unit = str(resource.unit_of(field.name) or _("元")) if is_sum and field is not None else ""
    old, new = (_said(field, value, names.get(attname, {}), unit) for value in pair)
    if old == "":
        return _("%(field)s 填为 %(new)s") % {"field": words, "new": new}
    if new == "":
        return _("%(field)s 由 %(old)s 清空") % {"field": words, "old": old}
    return _("%(field)s 由 %(old)s 改为 %(new)s") % {"field": words, "old": old, "new": new}


def _said(field: models.Field[Any, Any] | None, value: Any, names: dict[Any, str], unit: str = "") -> str:
    if value is None or value == "" or value == {}:
        return ""
    if str(value).startswith("sm3:"):
        return _("（已遮盖）")
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, dict | list):
        return _("（明细从略）") if any(isinstance(part, dict | list) for part in _parts(value)) else _flat(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if unit:  # a sum of money
        return f"{Decimal(str(value)):,.2f} {unit}"
    if isinstance(field, models.DateTimeField):
        return cells.moment(dt.datetime.fromisoformat(value))
    return names.get(value, str(value))


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return _("、").join(f"{name} {part}" for name, part in value.items())
    return _("、").join(map(str, value))


def _names(resource: Resource, entries: list[ledger.Entry]) -> dict[str, dict[Any, str]]:
    wanted: dict[str, set[Any]] = {}
    keys = {f.attname: f for f in resource.model._meta.concrete_fields if isinstance(f, models.ForeignKey)}
    for entry in entries:
        if entry.seq > 1:
            for name, pair in json.loads(entry.changes).items():
                if name in keys:
                    wanted.setdefault(name, set()).update(value for value in pair if value is not None)
    found: dict[str, dict[Any, str]] = {}
    for name, values in wanted.items():
        target: Any = keys[name].related_model
        found[name] = {row.pk: str(row) for row in target._base_manager.filter(pk__in=values)}
    return found
