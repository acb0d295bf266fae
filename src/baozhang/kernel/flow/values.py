"""The values that a step asks for: only those it names, of the right type, and only what the actor may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from baozhang.kernel import scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Invalid

from .step import Step


def fill(step: Step, record: Record, values: Mapping[str, Any], by: Actor) -> None:
    """This will set a step's fields on a record; Invalid names every wrong, foreign and missing one."""
    faults = [Fault(_("此步骤不填写这一项"), name, str(values[name])) for name in values if name not in step.fields]
    for name in step.fields:
        column: Any = record._meta.get_field(name)
        if name in values:
            try:
                setattr(record, column.attname, _read(column, values[name], by))
            except (ValidationError, LookupError, TypeError, ValueError) as error:
                faults.append(Fault(_reason(error), name, str(values[name]), column=str(column.verbose_name)))
                continue
        if name in step.required and getattr(record, column.attname) in (None, ""):
            faults.append(Fault(_("必填"), name, column=str(column.verbose_name)))
    if faults:
        why = "；".join(f"{fault.column or fault.field}：{fault.reason}" for fault in faults[:3])
        raise Invalid(
            _("“%(step)s”的内容有误") % {"step": step.words},
            why=why,
            article=step.article,
            instead=_("请按提示改正后再提交。"),
            faults=faults,
        )


def typed(step: Step, record: Record, values: Mapping[str, Any]) -> dict[str, Any]:
    """These are the values as guards read them: a day is a day on every door; what cannot be read stays, `fill` says so."""
    found = dict(values)
    for name in step.fields:
        column: Any = record._meta.get_field(name)
        if isinstance(values.get(name), str) and not isinstance(column, models.ForeignKey):
            with suppress(ValidationError, TypeError, ValueError):
                found[name] = column.to_python(values[name]) if values[name] else values[name]
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    return str(error) if isinstance(error, LookupError) else _("无法识别")


def _read(column: Any, raw: Any, by: Actor) -> Any:
    if not isinstance(column, models.ForeignKey):
        if raw in (None, "") and not isinstance(column, (models.CharField, models.TextField)):
            return None
        return column.to_python("" if raw is None else raw)
    if raw in (None, ""):
        return None
    key = raw.pk if isinstance(raw, models.Model) else int(raw)
    with scope.within(by):  # what the actor may not see does not exist for him
        rows: Any = column.related_model
        if not rows.objects.filter(pk=key).exists():
            raise LookupError(_("不存在，或不在您的范围内"))
    return key
