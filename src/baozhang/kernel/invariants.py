"""What must be true of every record, checked in bulk with one fault a problem; the database says it once more."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models
from django.utils.translation import gettext as _

from . import bulk
from .plain import kept_fields
from .refusal import Fault, Invalid
from .statement import read

if TYPE_CHECKING:
    from .record import Record

Check = Callable[[Any], str | None]
Stood = Mapping[int, tuple[Any, ...]]  # key → (version, head, *kept fields)
Keys = dict[tuple[str, ...], set[tuple[Any, ...]]]  # unique set of attributes → the keys met so far


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


def _date_check(_field: models.Field[Any, Any]) -> Check:
    return lambda value: None if isinstance(value, dt.date) else _("不是日期")


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
        elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            own.append(_date_check(field))
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


def unique_sets(model: type[Record]) -> list[tuple[str, ...]]:
    """The sets of attributes that must be unique without condition."""
    sets: list[tuple[str, ...]] = [(f.attname,) for f in model._meta.concrete_fields if f.unique and not f.primary_key]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            names = {f.name: f.attname for f in model._meta.concrete_fields}
            sets.append(tuple(names[name] for name in constraint.fields))
    return sets


def taken(model: type[Record], names: tuple[str, ...], keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    """Which of some unique keys exist already, and the primary key of the row that has each."""
    found: dict[tuple[Any, ...], int] = {}
    if not keys:
        return found
    # One column narrows in the database, the rest is compared here: one query a few thousand keys, for any width.
    varied = max(range(len(names)), key=lambda i: len({key[i] for key in keys}))
    wanted = set(keys)
    alike = {name: keys[0][i] for i, name in enumerate(names) if i != varied and len({key[i] for key in keys}) == 1}
    for part in bulk.chunks(sorted({key[varied] for key in keys}, key=str)):
        for pk, *values in read(model, ("id", *names), among=(names[varied], part), equal=alike):
            if tuple(values) in wanted:
                found[tuple(values)] = pk
    return found


def unique_faults(
    model: type[Record], rows: Sequence[Record], met: Keys | None = None, stood: Stood | None = None
) -> list[tuple[int, Fault]]:
    """Keys that stand twice in the batch (or in `met`) or belong to another row already, with the row's place in it."""
    faults: list[tuple[int, Fault]] = []
    for names in unique_sets(model):
        keys = [tuple(getattr(row, name) for name in names) for row in rows]
        full = {i: key for i, key in enumerate(keys) if None not in key and "" not in key}
        owner = (met if met is not None else {}).setdefault(names, set())
        moved = _moved(model, rows, names, stood or {})
        in_database = taken(model, names, list({key for i, key in full.items() if i in moved}))
        for i, key in full.items():
            here = in_database.get(key)
            if key in owner or (here is not None and here != rows[i].pk):
                field = model._meta.get_field(_field_name(model, names[-1]))
                reason = _("与本批另一行重复") if key in owner else _("已有同样的记录")
                faults.append((i, _fault(field, key[-1], reason)))  # type: ignore[arg-type]
            owner.add(key)
    return faults


def _moved(model: type[Record], rows: Sequence[Record], names: tuple[str, ...], stood: Stood) -> set[int]:
    """The places of rows whose key is not the one they have already, which nobody else can have."""
    places = [kept_fields(model).index(name) + 2 for name in names]
    moved = set()
    for i, row in enumerate(rows):
        old = stood.get(row.pk)
        if old is None or any(old[place] != getattr(row, name) for place, name in zip(places, names, strict=True)):
            moved.add(i)
    return moved


def _field_name(model: type[Record], attname: str) -> str:
    return next(f.name for f in model._meta.concrete_fields if f.attname == attname)


def batch_faults(
    model: type[Record], rows: Sequence[Record], met: Keys | None = None, stood: Stood | None = None
) -> list[tuple[int, Fault]]:
    """All that is wrong with a batch: (index of the row in it, fault); periods are looked at when the rest is right.

    `met` are the unique keys of earlier batches of the same file; those of this one are put in. `stood` is how the rows
    stand in the database, by key, where that is known.
    """
    faults: list[tuple[int, Fault]] = []
    for i, row in enumerate(rows):
        faults.extend((i, fault) for fault in row.faults())
    faults = sorted([*field_faults(model, rows), *faults], key=itemgetter(0))
    faults.extend(unique_faults(model, rows, met, stood))
    faults.extend(model.together(rows))
    return faults or [(0, fault) for fault in period_faults(model, rows)]


def check(model: type[Record], rows: Sequence[Record], stood: Stood | None = None) -> None:
    """This will raise Invalid with all faults of a batch, each with its row's place (1-based) in it."""
    faults = [fault if len(rows) == 1 else _placed(fault, i + 1) for i, fault in batch_faults(model, rows, stood=stood)]
    if faults:
        raise Invalid(
            _("内容有误，没有保存"), why="；".join(_sentence(fault) for fault in faults[:3]),
            instead=_("请按提示改正后再提交。"), faults=faults,
        )  # fmt: skip


def _placed(fault: Fault, row: int) -> Fault:
    return Fault(**{**fault.__dict__, "row": fault.row or row})


def _sentence(fault: Fault) -> str:
    where = fault.column or fault.field
    return f"{where}：{fault.reason}" if where else str(fault.reason)


def period_faults(model: type[Record], rows: Sequence[Record]) -> list[Fault]:
    """Periods that overlap within their group; the group is locked first, so that two writers cannot both pass."""
    if model.exclusive_period is None:
        return []
    group, start, end = model.exclusive_period
    by_group: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for row in rows:
        by_group[tuple(getattr(row, name) for name in group)].append(row)
    faults: list[Fault] = []
    for key, mine in sorted(by_group.items(), key=str):
        _lock_group(model, key)
        own = {row.pk for row in mine}
        spans = [(getattr(row, start), getattr(row, end)) for row in mine]
        first = min(span[0] for span in spans)
        for pk, since, until in read(model, ("id", start, end), equal=dict(zip(group, key, strict=True))):
            if pk not in own and (until is None or until >= first):
                spans.append((since, until))
        faults.extend(_overlaps(model, spans, start))
    return faults


def _overlaps(model: type[Record], spans: list[tuple[Any, Any]], start: str) -> list[Fault]:
    spans = sorted(spans, key=lambda span: span[0])
    for (_a, until), (since, _b) in pairwise(spans):
        if until is None or until >= since:
            field = model._meta.get_field(start)
            return [_fault(field, since, _("与已有的期间重叠"))]  # type: ignore[arg-type]
    return []


def _lock_group(model: type[Record], key: tuple[Any, ...]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{model._meta.db_table}:{key}"])


def unreferenced(model: type[Record], keys: Sequence[int]) -> None:
    """This will raise Invalid where other rows point to some that are to go: the database would say so only at the commit."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete is not models.PROTECT:
            continue
        others = relation.related_model._base_manager.all()  # type: ignore[union-attr]
        if relation.related_model is model:
            others = others.exclude(pk__oneof=list(keys))
        for part in bulk.chunks(list(keys)):
            if others.filter(**{f"{relation.field.name}__oneof": part}).exists():
                words = relation.related_model._meta.verbose_name  # type: ignore[union-attr]
                raise Invalid(
                    _("仍被其他记录引用，或引用了不存在的记录"), why=_("“%(what)s”中有记录引用它。") % {"what": words},
                    instead=_("请先处理引用它的记录。"),
                )  # fmt: skip


_NAMED = re.compile(r"""(?:CHECK constraint failed: |constraint "|index ')(\w+)""")
_COLUMNS = re.compile(
    r"UNIQUE constraint failed: (.+)$"
)  # SQLite names the columns of a unique set, not the constraint


def explain(model: type[Record], error: IntegrityError) -> Invalid:
    """The refusal that belongs to a constraint of the database, found by its name or its columns."""
    match, columns = _NAMED.search(str(error)), _COLUMNS.search(str(error))
    name = match.group(1) if match else ""
    unique = {part.rpartition(".")[2] for part in columns.group(1).split(", ")} if columns else set()
    for constraint in model._meta.constraints:
        fields = getattr(constraint, "fields", ()) or ()
        if constraint.name == name or (unique and unique == {model._meta.get_field(f).column for f in fields}):  # type: ignore[union-attr]
            return Invalid(_("内容有误，没有保存"), why=str(constraint.get_violation_error_message()))
    if "foreign key" in str(error).lower():
        return Invalid(_("仍被其他记录引用，或引用了不存在的记录"), instead=_("请先处理引用它的记录。"))
    return Invalid(_("内容与已有记录冲突，没有保存"), why=str(error).splitlines()[0])
