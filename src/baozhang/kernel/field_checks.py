"""What is wrong with the values of records, field by field: missing, too long, out of range, not among the choices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils.translation import gettext as _

from . import clock
from .refusal import Fault

if TYPE_CHECKING:
    from .record import Record

Check = Callable[[Any], str | None]
YEARS = (1800, 2199)
RECKONED = (models.ForeignKey, models.DecimalField, models.IntegerField, models.DateField)


def _text_check(field: models.Field[Any, Any]) -> Check:
    limit = field.max_length

    def look(value: Any) -> str | None:
        if limit and len(value) > limit:
            return _("过长：最多 %(limit)s 个字符") % {"limit": limit}
        return None

    return look


def _decimal_check(field: models.DecimalField[Any, Any]) -> Check:
    most = Decimal(10) ** (field.max_digits - field.decimal_places)
    places = field.decimal_places

    def look(value: Any) -> str | None:
        if not isinstance(value, Decimal) or not value.is_finite():
            return _("不是数值")
        if abs(value) >= most:
            return _("数值过大：应小于 %(most)s") % {"most": most}
        if -value.as_tuple().exponent > places and value != round(value, places):  # type: ignore[operator]
            return _("小数位过多：最多 %(places)s 位") % {"places": places}
        return None

    return look


def _choice_check(field: models.Field[Any, Any]) -> Check:
    choices: Any = field.choices
    if callable(getattr(choices, "func", None)):  # known only when all apps are loaded: ask each time
        return lambda value: None if value in dict(field.flatchoices) else _("不在可选值之内")
    known = {value for value, _words in field.flatchoices}
    return lambda value: None if value in known else _("不在可选值之内")


def _date_check(field: models.Field[Any, Any]) -> Check:
    kind, word = (dt.datetime, _("不是时间")) if isinstance(field, models.DateTimeField) else (dt.date, _("不是日期"))

    def look(value: Any) -> str | None:
        if not isinstance(value, kind):
            return word
        # Beyond these years no term can be reckoned, and one of the two ends would be a slip of the pen anyway.
        return (
            None
            if YEARS[0] <= value.year <= YEARS[1]
            else _("年份应在 %(from)s 与 %(to)s 之间") % {"from": YEARS[0], "to": YEARS[1]}
        )

    return look


def _past_check(value: Any) -> str | None:
    today = clock.today()
    return _("晚于今天 %(today)s，请核对年份") % {"today": today} if value > today else None


def _integer_check(field: models.Field[Any, Any]) -> Check:
    low, high = BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()]

    def look(value: Any) -> str | None:
        if not isinstance(value, int):
            return _("不是整数")
        if field.name == "year" and not YEARS[0] <= value <= YEARS[1]:
            return _("年份应在 %(from)s 与 %(to)s 之间") % {"from": YEARS[0], "to": YEARS[1]}
        if value < low:
            return _("不能小于 %(low)s") % {"low": low}
        return _("数值过大：应小于 %(most)s") % {"most": high + 1} if value > high else None

    return look


@lru_cache(maxsize=None)
def _checks(model: type[Record]) -> tuple[tuple[str, models.Field[Any, Any], bool, tuple[Check, ...]], ...]:
    found = []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.attname in ("version", "head", "search", "kept_at"):
            continue
        own: list[Check] = []
        if field.choices:
            own.append(_choice_check(field))
        if isinstance(field, models.DecimalField):
            own.append(_decimal_check(field))
        elif isinstance(field, (models.CharField, models.TextField)) and field.max_length:
            own.append(_text_check(field))
        elif isinstance(field, models.IntegerField) and not field.choices:
            own.append(_integer_check(field))
        elif isinstance(field, models.DateField):
            own.append(_date_check(field))
            own += [_past_check] if field.name in model.happened else []
        empty_ok = field.blank or (field.null and not field.choices)
        found.append((field.attname, field, empty_ok, tuple(own)))
    return tuple(found)


def field_faults(model: type[Record], rows: Sequence[Record]) -> list[tuple[int, Fault]]:
    """What is wrong with the fields of records, by their place: missing, too long, not among the choices, no number.

    A column is looked at once a different value, since most cells of a ledger repeat; rows only where a value is wrong.
    """
    faults: list[tuple[int, Fault]] = []
    plan = _checks(model)
    columns = zip(*map(attrgetter(*(name for name, *_rest in plan)), rows), strict=True)
    for (_name, field, empty_ok, checks), values in zip(plan, columns, strict=False):
        look = _looker(field, empty_ok, checks)
        for value in _different(values, field):
            if look(value) is not None:
                wrong = ((i, one, look(one)) for i, one in enumerate(values))
                faults += [(i, _fault(field, one, reason)) for i, one, reason in wrong if reason is not None]
                break
    return faults


def reason_against(model: type[Record], name: str, value: Any) -> str | None:
    """What is wrong with a value that was filled into one field of a class of record; None where nothing is."""
    looks = (look for _name, field, _empty, checks in _checks(model) if field.name == name for look in checks)
    return next((reason for look in looks if (reason := look(value))), None)


def unusable(record: Record, names: Iterable[str]) -> list[Fault]:
    """Of some fields those with whose value nothing can be reckoned: out of every range, or none where there must be one.

    What may be left blank follows from the rest, and so does the organ.
    """
    model = type(record)
    kinds = {name: model._meta.get_field(name) for name in names}
    meant = {name: one for name, one in kinds.items() if isinstance(one, RECKONED) and one.attname != model.scope_field}
    faults = [fault for _i, fault in field_faults(model, [record]) if fault.field in meant]
    return [fault for fault in faults if fault.value or not meant[fault.field].blank]


def _looker(field: models.Field[Any, Any], empty_ok: bool, checks: tuple[Check, ...]) -> Check:
    def look(value: Any) -> str | None:
        if value is None or value == "":
            return _("必填") if (value is None and not field.null) or not empty_ok else None
        return next((reason for check in checks if (reason := check(value))), None)

    return look


def _different(values: Sequence[Any], field: models.Field[Any, Any]) -> Iterable[Any]:
    """The different values of a column; all of them where equal ones may be of different kinds, or cannot be compared."""
    first = values[0]
    if (first is None or type(first) is str) and values.count(first) == len(values):
        return values[:1]
    if isinstance(field, models.JSONField):
        return values
    # Only numbers are equal across kinds: 1, 1.0 and Decimal(1).
    numeric = isinstance(field, models.DecimalField | models.IntegerField)
    return values if numeric and len(set(map(type, values)) - {type(None)}) > 1 else set(values)


def _fault(field: models.Field[Any, Any], value: Any, reason: str) -> Fault:
    missing = value is None or value == ""
    return Fault(
        reason=reason,
        field=field.name,
        value="" if missing else str(value),
        column=str(field.verbose_name),
        remedy=_("请填写这一项；表中没有这一列的，请补上") if missing else "",
    )
