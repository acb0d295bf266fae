"""What must be true of every record, checked in bulk with one fault a problem; the database says it once more."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models
from django.db.models import Q
from django.utils.translation import gettext as _

from . import bulk
from .conditions import Condition
from .field_checks import field_faults
from .fixed import fixed_faults
from .past import PastKey
from .plain import kept_fields
from .refusal import Fault, Invalid
from .statement import read

if TYPE_CHECKING:
    from .record import Record

log = logging.getLogger("baozhang.record")

Stood = Mapping[int, tuple[Any, ...]]  # key → (version, head, *kept fields)
Keys = dict[tuple[str, ...], set[tuple[Any, ...]]]  # unique set of attributes → the keys met so far


@lru_cache(maxsize=None)
def _conditions(model: type[Record]) -> tuple[tuple[Condition, models.CheckConstraint], ...]:
    own = [one for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
    return tuple((Condition(model, one.condition), one) for one in own if isinstance(one.condition, Q))


@lru_cache(maxsize=None)
def _sometimes_unique(model: type[Record]) -> tuple[tuple[Condition, models.UniqueConstraint], ...]:
    own = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return tuple((Condition(model, one.condition), one) for one in own if one.fields and one.condition is not None)


def _broken(condition: Condition, values: Sequence[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    return {one for one in set(values) if condition.of(one) is False}


def condition_faults(
    model: type[Record], rows: Sequence[Record], told: Iterable[tuple[int, Fault]]
) -> list[tuple[int, Fault]]:
    """What the database's own conditions would refuse, by the place of the row; not where `told` says what is wrong there."""
    faults: list[tuple[int, Fault]] = []
    attributes = {field.name: field.attname for field in model._meta.concrete_fields}
    spoiled = {(i, attributes.get(fault.field, "")) for i, fault in told}
    columns = {
        name: list(map(attrgetter(name), rows)) for condition, _own in _conditions(model) for name in condition.names
    }
    for i, name in spoiled:
        if name in columns:
            columns[name][i] = None  # what is wrong may be no value to compare, such as no number
    for condition, constraint in _conditions(model):
        values = list(zip(*(columns[name] for name in condition.names), strict=True))
        broken = _broken(condition, values)  # mostly the same few, and none
        for i, one in enumerate(values) if broken else ():
            if one in broken and not any((i, name) in spoiled for name in condition.names):
                field = _field_name(model, condition.names[0])
                faults.append((i, model.fault_of(field, constraint.get_violation_error_message(), one[0])))
    return faults


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
        full = {i: key for i, key in enumerate(keys) if None not in key}
        owner = (met if met is not None else {}).setdefault(names, set())
        moved = _moved(model, rows, names, stood or {})
        in_database = taken(model, names, list({key for i, key in full.items() if i in moved}))
        for i, key in full.items():
            here = in_database.get(key)
            if key in owner or (here is not None and here != rows[i].pk):
                reason = _("与本批另一行重复") if key in owner else _("已有同样的记录")
                name = _field_name(model, names[-1])
                said = getattr(rows[i], name) if model._meta.get_field(name).is_relation else key[-1]
                faults.append((i, model.fault_of(name, reason, said)))
            owner.add(key)
    return faults


def sometimes_faults(model: type[Record], rows: Sequence[Record], met: Keys) -> list[tuple[int, Fault]]:
    """Rows that meet the condition of a unique set, twice in the batch (or in `met`) or beside another row already.

    For the border, where many rows come at once; of a single record that is kept the database says it.
    """
    faults: list[tuple[int, Fault]] = []
    for condition, constraint in _sometimes_unique(model):
        names = tuple(model._meta.get_field(name).attname for name in constraint.fields)  # type: ignore[union-attr]
        meant = attrgetter(*names, *condition.names)
        wide = {i: meant(row) if len(names) + len(condition.names) > 1 else (meant(row),) for i, row in enumerate(rows)}
        keys = {i: one[: len(names)] for i, one in wide.items() if condition.of(one[len(names) :]) is True}
        keys = {i: key for i, key in keys.items() if None not in key}
        there: dict[tuple[Any, ...], int] = {}
        for part in bulk.chunks(sorted({key[0] for key in keys.values()}, key=str)):
            others = model._base_manager.filter(constraint.condition or Q(), **{f"{names[0]}__in": part}).order_by()
            there.update((tuple(key), pk) for pk, *key in others.values_list("pk", *names))
        owner = met.setdefault((constraint.name, *names), set())
        for i, key in keys.items():
            if key in owner or there.get(key, rows[i].pk) != rows[i].pk:
                reason = constraint.get_violation_error_message()
                faults.append((i, model.fault_of(_field_name(model, names[-1]), reason, key[-1])))
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
    faults = field_faults(model, rows)
    faults.extend(fixed_faults(model, rows, stood or {}))
    bare = {i for i, fault in faults if not fault.value}
    for i, row in enumerate(rows):
        faults.extend((i, fault) for fault in (_spoken_for(row) if i in bare else row).faults())
    faults.sort(key=itemgetter(0))
    faults.extend(condition_faults(model, rows, faults))
    faults.extend(unique_faults(model, rows, met, stood))
    if met is not None:
        faults.extend(sometimes_faults(model, rows, met))
    faults.extend(model.together(rows))
    faults = faults or [(0, fault) for fault in period_faults(model, rows)]
    return [(i, _named(model, fault)) for i, fault in faults]


def _spoken_for(row: Record) -> Record:
    """The row with its defaults where a value is missing that cannot be: what else is wrong with it is told by the class."""
    whole = copy(row)
    for field in row._meta.concrete_fields:
        if not field.null and field.has_default() and getattr(row, field.attname) is None:
            setattr(whole, field.attname, field.get_default())
    return whole


def _named(model: type[Record], fault: Fault) -> Fault:
    """The fault under the words of its field, where it brings none of its own."""
    words = {field.name: field.verbose_name for field in model._meta.concrete_fields} if not fault.column else {}
    return replace(fault, column=str(words[fault.field])) if fault.field in words else fault


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
            return [
                model.fault_of(start, _("与已有的期间重叠"), since, _("请先在原来的记录上填写截止日期，期间不能重叠"))
            ]
    return []


def _lock_group(model: type[Record], key: tuple[Any, ...]) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{model._meta.db_table}:{key}"])


def unreferenced(model: type[Record], keys: Sequence[int], *, past: bool = False) -> None:
    """This will raise Invalid where other rows point to some that are to go: the database would say so only at the commit.

    With `past` they go into another record: what tells of them as they were may stay, once it is over (`PastKey`).
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or relation.on_delete is not models.PROTECT:
            continue
        field, others = relation.field, relation.related_model._base_manager.all()
        over = past and isinstance(field, PastKey)
        if relation.related_model is model:
            others = others.exclude(pk__oneof=list(keys))
        for part in bulk.chunks(list(keys)):
            rows = others.filter(field.binds if over else Q(), **{f"{field.name}__oneof": part})  # type: ignore[attr-defined]
            found = rows.order_by("pk").first()
            if found is not None:
                words = _("“%(what)s”中有记录引用它。") % {"what": relation.related_model._meta.verbose_name}
                raise Invalid(
                    _("仍被其他记录引用，或引用了不存在的记录"), why=words + (field.says(found) if over else ""),  # type: ignore[attr-defined]
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
    log.warning("a constraint without words of its own: %s", error)  # its text is of the database, for nobody's eyes
    return Invalid(
        _("内容与已有记录冲突，没有保存"), why=_("刚才另有人登记了同样的内容，或者同一件事正在办理。"), instead=_("请刷新页面，看过现在的情况后再办一次。"),
    )  # fmt: skip
