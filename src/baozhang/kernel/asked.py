"""What an act asks for, from a program: read by the same form as on the screen, so that both meet the same checks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from . import border, offered
from .access import Actor
from .acts import Act
from .forms import RecordForm, form_for
from .record import Record
from .refusal import Fault, Invalid
from .resource import Resource


def form_of(resource: Resource, act: Act, by: Actor, rows: Iterable[Any], **given: Any) -> RecordForm | None:
    """The form of what an act asks for of some records, bound once it was filled in; None where it asks for nothing."""
    if not act.fields:
        return None
    form = form_for(resource, by=by, names=act.fields, **given)
    for name, offer in act.offers.items():
        whole: Any = form.fields[name]
        if not isinstance(whole, forms.ModelChoiceField):
            whole.widget.choices = offer(
                rows, whole.choices
            )  # what else is sent is refused by the act, which knows why
            continue
        form.fields[name] = forms.ModelChoiceField(
            offer(rows, whole.queryset), label=whole.label, required=whole.required, help_text=whole.help_text
        )
    for name in act.required:
        form.fields[name].required = True
    return form


def values_of(
    resource: Resource, act: Act, *, rows: Sequence[Record], given: Mapping[str, Any], by: Actor
) -> dict[str, Any]:
    """The values for an act on some records, each of its field's type; what is not given is as the screen would offer it.

    A reference is named by its key or by what people call it. Raises Invalid with a fault for each value that is wrong,
    missing or not asked for.
    """
    faults = [Fault(_("这项操作不填写这一项"), name, str(given[name])) for name in given if name not in act.fields]
    alone = rows[0] if len(rows) == 1 else None
    offers = _offers(resource, act, alone)
    data = {name: _posted(resource, name, given[name] if name in given else offers.get(name)) for name in act.fields}
    form = form_of(resource, act, by, rows, data=data, **({"instance": copy(alone)} if alone else {}))
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            column = str(form.fields[name].label) if name in form.fields else ""
            faults += [Fault(str(error), name, str(data.get(name) or ""), column=column) for error in errors]
    if faults:
        why = "；".join(f"{fault.column or fault.field}：{fault.reason}" for fault in faults[:3])
        instead = _("请按提示改正后再提交。")
        what = _("“%(act)s”的内容有误") % {"act": act.words}
        raise Invalid(what, why=why, article=act.article, instead=instead, faults=faults)
    return dict(form.cleaned_data) if form is not None else {}


def _offers(resource: Resource, act: Act, alone: Record | None) -> dict[str, Any]:
    """What stands in the form of an act when the screen opens it: as the one record has it, else the fields' defaults."""
    attributes = [resource.field(name).attname for name in act.fields]
    shown: Any = alone if alone is not None else resource.model()
    offers = {name: getattr(shown, attribute, None) for name, attribute in zip(act.fields, attributes, strict=True)}
    return offers | (act.begins(alone) if act.begins is not None and alone is not None else {})


def _posted(resource: Resource, name: str, value: Any) -> Any:
    """A value as the form would post it."""
    field = resource.field(name)
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(field, models.ForeignKey) and isinstance(value, str) and value:
        target: Any = field.related_model
        found = border.lookup(target, {value}, offered.rows(resource, target)).get(value)
        return value if found is None else found.pk
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(field, models.BooleanField) and isinstance(value, bool):
        return value
    return "" if value is None else str(value)
