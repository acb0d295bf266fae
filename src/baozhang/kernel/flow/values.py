"""The values that a step asks for: only those it names, of the right type, and only what the actor may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from baozhang.kernel import scope
from baozhang.kernel.access import Actor
from baozhang.kernel.field_checks import reason_against
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Invalid

from .step import Step


def read(step: Step, record: Record, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """What was handed in for a step's fields, each as its field has it (a foreign key as its key): so guards see it too.

    Invalid names every wrong and foreign one, and what is missing beside them.
    """
    given: dict[str, Any] = {}
    faults = [Fault(_("此步骤不填写这一项"), name, str(values[name])) for name in values if name not in step.fields]
    for name in (name for name in step.fields if name in values):
        column: Any = record._meta.get_field(name)
        try:
            given[name] = value = _read(column, values[name], by)
            if value not in (None, "") and (reason := reason_against(type(record), name, value)):
                faults.append(Fault(reason, name, str(value), column=str(column.verbose_name)))
        except (ValidationError, LookupError, TypeError, ValueError) as error:
            faults.append(Fault(_reason(error), name, str(values[name]), column=str(column.verbose_name)))
    if faults:
        wrong = {fault.field for fault in faults}
        raise _invalid(step, faults + [one for one in _missing(step, record, given) if one.field not in wrong])
    return given


def fill(step: Step, record: Record, given: Mapping[str, Any]) -> None:
    """This will set a step's fields on a record; Invalid names every missing one."""
    if missing := _missing(step, record, given):
        raise _invalid(step, missing)
    for name, value in given.items():
        setattr(record, record._meta.get_field(name).attname, value)  # type: ignore[union-attr]


def _missing(step: Step, record: Record, given: Mapping[str, Any]) -> list[Fault]:
    columns: list[Any] = [record._meta.get_field(name) for name in step.required]
    return [
        Fault(_("必填"), one.name, column=str(one.verbose_name))
        for one in columns
        if given.get(one.name, getattr(record, one.attname)) in (None, "")
    ]


def _invalid(step: Step, faults: list[Fault]) -> Invalid:
    return Invalid(
        _("“%(step)s”的内容有误") % {"step": step.words},
        why="；".join(f"{fault.column or fault.field}：{fault.reason}" for fault in faults[:3]),
        article=step.article, instead=_("请按提示改正后再提交。"), faults=faults,
    )  # fmt: skip


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
