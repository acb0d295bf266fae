"""The border for machines: sheets, API, scenarios and demo hand in rows; what comes out is ready for `keep`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from . import access, bulk, known, ledger, offered
from .access import Actor
from .batch import Batch, Change, Memory, Pairs, Row, at
from .customs import CustomField, fields_for, merge
from .field_checks import field_faults, unusable
from .guarding import guarded_changes, promised
from .invariants import Stood, batch_faults, unique_faults
from .plain import kept_fields
from .record import Kept, Record, blank, keep
from .refusal import Fault, Forbidden, Invalid, NotFound
from .resource import RESOURCES, Resource


def called(word: str) -> Resource:
    """The resource that people call by a word: its address, its class of record, its heading; LookupError where none is."""
    for resource in RESOURCES.values():
        if word in (resource.slug, resource.label, str(resource.title), str(resource.model._meta.verbose_name)):
            return resource
    raise LookupError(word)


def headings() -> list[str]:
    """The headings of all resources, for whoever has to choose one."""
    return [str(resource.model._meta.verbose_name) for resource in RESOURCES.values()]


def accept(
    resource: Resource, rows: Sequence[Row], *, by: Actor, defaults: Mapping[str, Any] | None = None,
    memory: Memory | None = None, listed: bool = False,
) -> Batch:  # fmt: skip
    """This will find out what rows would do, without writing: every fault of every row comes back at once.

    Values are typed already (dates, decimals, choice values); foreign keys are natural keys as text or objects.
    `defaults` are values for fields that a row does not name (the organ of the person who imports). `listed` rows are
    those of a list that may come again: without a number of ours they are looked for by what they say.
    """
    model, batch = resource.model, Batch(total=len(rows))
    memory = memory or Memory()
    customs = fields_for(resource.label)
    for row in rows:
        for name, value in (defaults or {}).items():
            if row.values.get(name) in (None, ""):
                row.values[name] = value
    readable = _resolve(resource, rows, batch)
    good = [row for row in readable if not row.unread]
    made = _maker(resource, customs)
    told = [row for row in readable if not row.unread & {*resource.recognised_by}]
    draft = partial(made, old=None, batch=Batch(), own=True)
    nameless = known.recognise(resource, told, draft, memory.counts) if listed else set()
    if resource.before_import is not None:
        type(resource).before_import(good, by, memory.counts)  # type: ignore[misc]
    pairs = _paired(model, good, made, batch)
    batch.nameless = sum(old is None and id(row) in nameless for row, _new, old in pairs)
    names = kept_fields(model)
    stood = {old.pk: (old.version, b"", *(getattr(old, name) for name in names)) for _row, _new, old in pairs if old}
    model.accord([record for _row, record, _old in pairs], stood)
    _judge(resource, pairs, batch, by, memory, stood)
    if unread := [row for row in rows if row.unread]:
        _look_at_rest(resource, unread, known.existing(model, unread), batch, by, memory)
    return batch


def _paired(model: type[Record], rows: Sequence[Row], made: Callable[..., Record | None], batch: Batch) -> Pairs:
    """Each row with the record that it would be and the one that it is of; rows of which nothing can be made are left out."""
    pairs: Pairs = []
    for row, old in zip(rows, known.existing(model, rows), strict=True):
        record = made(row, old, batch)
        if record is not None:
            pairs.append((row, record, old))
    spelt = known.by_derived(model, pairs)
    for place, (row, new, _old) in enumerate(pairs) if spelt else ():
        if id(row) in spelt:
            pairs[place] = (row, made(row, spelt[id(row)], batch) or new, spelt[id(row)])
    return pairs


def _maker(resource: Resource, customs: list[CustomField]) -> Callable[..., Record | None]:
    """What makes of a row the record that it would be, of a new one or of the one that it is of; None where it cannot."""
    model, keys = resource.model, _keys_of(resource)
    fields = {name: resource.field(name) for name in keys}
    must = [name for name, one in fields.items() if not (one.null or one.blank) and keys[name] != model.scope_field]

    def made(row: Row, old: Record | None, batch: Batch, *, own: bool = False) -> Record | None:
        record = copy.copy(old) if old is not None else blank(model)
        given = Row(dict(row.values)) if own else row
        if not _fill(record, given, customs, batch, keys) or (must and _bare(resource, record, given, must, batch)):
            return None
        if own:  # only to see what it says: a number that it would get is none yet
            for name in known.own_names(model):
                setattr(record, name, -1 if isinstance(model._meta.get_field(name), models.IntegerField) else "?")
        record.derive()
        return record

    return made


def commit(resource: Resource, rows: Sequence[Row], *, by: Actor, defaults: Mapping[str, Any] | None = None,
           note: str = "", act: str = ledger.IMPORT, batch: str = "") -> Kept:  # fmt: skip
    """This will take rows in, all or nothing; Invalid with every fault where one row is wrong."""
    with transaction.atomic():
        found = accept(resource, rows, by=by, defaults=defaults)
        if found.faults:
            raise Invalid(
                _("%(wrong)s 行有误，没有导入任何一行") % {"wrong": found.wrong},
                instead=_("请改正后重新导入；已导入的行不会重复。"), faults=found.faults,
            )  # fmt: skip
        if type(resource).enter is None:
            new = keep(found.new, by=by, act=act, note=note, batch=batch, checked=True)
        else:
            for record in found.new:
                resource.take_in(record, by=by, note=note)
            new = Kept(new=len(found.new))
        resource.stands([change.record for change in found.changed])
        changed = keep(
            [change.record for change in found.changed], by=by, act=act, note=note, batch=batch, checked=True
        )
        if resource.flow is not None:
            resource.flow.call_anew([change.record for change in found.changed])
        return Kept(new.new, changed.changed, found.unchanged)


def _resolve(resource: Resource, rows: Sequence[Row], batch: Batch) -> list[Row]:
    """Foreign keys by natural key, one query a column and a few thousand values; these rows found all of theirs."""
    bad: set[int] = set()
    for name in resource.fields:
        model_field = resource.field(name)
        if not isinstance(model_field, models.ForeignKey):
            continue
        wanted = {str(row.values[name]).strip() for row in rows if isinstance(row.values.get(name), (str, int))} - {""}
        target: Any = model_field.related_model
        keys = lookup(target, wanted, offered.rows(resource, target)) if wanted else {}
        for i, row in enumerate(rows):
            if name not in row.values:  # what is not named stays as it is
                continue
            value = row.values[name]
            if value in (None, "") or isinstance(value, models.Model):
                row.values[name] = value or None
                continue
            target = keys.get(str(value).strip())
            if target is None:
                bad.add(i)
                reason = _("没有这个%(what)s，或不在您的范围内") % {
                    "what": model_field.related_model._meta.verbose_name
                }
                batch.faults.append(
                    at(
                        row,
                        Fault(reason, name, str(value), _("请填写编码或全称"), column=str(model_field.verbose_name)),
                    )
                )
                del row.values[name]
                row.unread |= {name}
            else:
                row.values[name] = target
    return [row for i, row in enumerate(rows) if i not in bad]


def lookup(model: type[Record], keys: Iterable[str], rows: Any = None) -> dict[str, Record]:
    """Records by what people call them: the natural key first, then other names that stand for one record only.

    Looked for among the rows given, else among all in scope.
    """
    among = rows if rows is not None else (model._base_manager if model.scope_field is None else model.objects).all()
    found: dict[str, Record] = {}
    for name in model.called or [name for name in model.natural[:1] if not model._meta.get_field(name).is_relation]:
        missing = sorted(set(keys) - found.keys())
        for part in bulk.chunks(missing):
            several: set[str] = set()
            here: dict[str, Record] = {}
            for record in among.filter(**{f"{name}__oneof": part}):
                text = str(getattr(record, name))
                several.update({text} & here.keys())
                here[text] = record
            found.update({text: record for text, record in here.items() if text not in several})
    return found


def _keys_of(resource: Resource) -> dict[str, str]:
    """The foreign keys among the fields, each with the attribute that holds its number."""
    fields = {name: resource.field(name) for name in resource.fields}
    return {name: one.attname for name, one in fields.items() if isinstance(one, models.ForeignKey)}


def _fill(record: Record, row: Row, customs: list[CustomField], batch: Batch, keys: Mapping[str, str]) -> bool:
    # Past the descriptors: these are a hundred thousand rows, and none of these fields does more than hold its value.
    own, values = vars(record), row.values
    blanks = [name for name, value in values.items() if value is None and type(own.get(name)) is str]
    own.update(values)
    own.update(dict.fromkeys(blanks, ""))
    for name, attname in keys.items():
        if name in values:
            value = own.pop(name)
            own[attname] = None if value is None else value.pk
            record._state.fields_cache[name] = value
    for custom in [name for name in values if name.startswith("x_")] if customs else ():
        del own[custom]
    if customs:
        record.extra, faults = merge(customs, row.values, record.extra)
        batch.faults.extend(at(row, fault) for fault in faults)
        row.unread |= {fault.field for fault in faults}
        return not faults
    return True


def _bare(resource: Resource, record: Record, row: Row, must: Sequence[str], batch: Batch) -> bool:
    """True where a record that this one hangs on is not named: nothing follows from it then, and the rest is looked at alone."""
    lacking = [name for name in must if getattr(record, resource.field(name).attname) is None]
    for name in lacking:
        batch.faults.append(at(row, record.fault_of(name, _("必填"), "", _("请填写这一项；表中没有这一列的，请补上"))))
    row.unread |= set(lacking)
    return bool(lacking)


def _judge(
    resource: Resource, pairs: Sequence[tuple[Row, Record, Record | None]], batch: Batch, by: Actor, memory: Memory,
    stood: Stood,
) -> None:  # fmt: skip
    model = resource.model
    asked: dict[tuple[str, int | None], bool] = {}
    allowed = [pair for pair in pairs if _allowed(model, pair, batch, by, asked)]
    wrong: set[int] = set()
    for i, fault in batch_faults(model, [record for _row, record, _old in allowed], memory.keys, stood):
        wrong.add(i)
        batch.faults.append(at(allowed[i][0], fault))
    names = kept_fields(model)
    held = _held(model, [record for i, (_row, record, old) in enumerate(allowed) if old and i not in wrong], stood)
    for i, (row, record, old) in enumerate(allowed):
        if record.pk in held:
            batch.faults.append(at(row, held[record.pk]))
        if i in wrong or record.pk in held:
            continue
        if old is None:
            batch.new.append(record)
            continue
        before = {n: (getattr(old, n), getattr(record, n)) for n in names if getattr(old, n) != getattr(record, n)}
        if before:
            batch.changed.append(Change(record, row, before))
        else:
            batch.unchanged += 1


def _look_at_rest(
    resource: Resource, rows: Sequence[Row], existing: Sequence[Record | None], batch: Batch, by: Actor, memory: Memory
) -> None:  # fmt: skip
    """What else is wrong with rows that have a value nobody could read, so that all their faults come back at once.

    Each of the other values is looked at by itself; what hangs together with the unread one waits until it is mended.
    """
    model, keys, customs = resource.model, _keys_of(resource), fields_for(resource.label)
    seen: list[tuple[Row, Record]] = []
    asked: dict[tuple[str, int | None], bool] = {}
    for row, old in zip(rows, existing, strict=True):
        record = copy.copy(old) if old is not None else blank(model)
        _fill(record, row, [custom for custom in customs if custom.column not in row.unread], batch, keys)
        organ_unread = model.scope_field is not None and model.scope_field.removesuffix("_id") in row.unread
        if organ_unread or _allowed(model, (row, record, old), batch, by, asked):
            seen.append((row, record))
    records = [record for _row, record in seen]
    asked_for = {*resource.fields, *(custom.column for custom in customs)}  # what follows from the rest waits for it
    for i, fault in [*field_faults(model, records), *unique_faults(model, records, memory.keys)] if seen else ():
        if fault.field in asked_for and seen[i][0].values.get(fault.field) not in (None, ""):
            batch.faults.append(at(seen[i][0], fault))


def _held(model: type[Record], records: Sequence[Record], stood: Stood) -> dict[int | None, Fault]:
    """Rows that would change what another case has been promised, each a fault of its row."""
    touched = guarded_changes(model, records, stood) if model.guarded else {}
    found: dict[int | None, Fault] = {}
    for pk, refused in (promised.ask(touched, None) if touched else {}).items():
        record, (name, *_more) = touched[pk]
        field = next(field for field in model._meta.concrete_fields if field.attname == name)
        reason = _("%(what)s。%(why)s") % {"what": refused.what, "why": refused.why}
        found[pk] = Fault(
            reason, field.name, str(getattr(record, name)), refused.instead, column=str(field.verbose_name)
        )
    return found


def _allowed(
    model: type[Record],
    pair: tuple[Row, Record, Record | None],
    batch: Batch,
    by: Actor,
    asked: dict[tuple[str, int | None], bool],
) -> bool:
    row, record, old = pair
    if by.system:
        return True
    verb = model.right("add" if old is None else "change")
    organs = {record.organ_key()} | ({old.organ_key()} if old is not None else set())
    for organ in organs:
        may = asked.get((verb, organ))
        if may is None:
            may = asked[verb, organ] = by.can(verb, organ)
        if not may:
            batch.faults.append(at(row, _barred(model, verb, by)))
            return False
    return True


def _barred(model: type[Record], verb: str, by: Actor) -> Fault:
    """Who may do this nowhere is told who may; who may do it elsewhere, that this is not his."""
    column = str(_organ_words(model))
    if by.can(verb):
        return Fault(_("不在您的办理范围内"), "organ", column=column, remedy=_("只能导入本单位的数据"))
    words = {"right": access.PERMISSIONS[verb].words, "roles": "、".join(access.holders(verb))}
    remedy = _("由%(roles)s办理") if words["roles"] else _("这类记录由办理的步骤或者操作产生，不能直接登记")
    return Fault(
        _("不在您的办理范围内：您没有“%(right)s”的权限") % words, "organ", column=column, remedy=remedy % words
    )


def _organ_words(model: type[Record]) -> Any:
    own = (field.verbose_name for field in model._meta.concrete_fields if field.attname == "organ_id")
    return next(own, model._meta.verbose_name)


def one(
    resource: Resource, values: dict[str, Any], *, by: Actor, record: Record | None = None, note: str = ""
) -> Record:
    """This will take in a single row from the API: a new record, or changes to one that is in scope."""
    row = Row(dict(values))
    batch = Batch()
    target = record or resource.model()
    found = _resolve(resource, [row], batch)
    sound = found and _fill(target, row, fields_for(resource.label), batch, _keys_of(resource))
    spoiled = unusable(target, resource.fields) if sound else []
    if not sound or spoiled:
        batch.faults += [fault for fault in spoiled if not fault.value]
        _look_at_rest(resource, [row], [record], batch, by, Memory())
        raise Invalid(_("内容有误，没有保存"), faults=batch.faults)
    resource.take_in(target, by=by, note=note)
    return target


__all__ = [
    "Batch",
    "Change",
    "Forbidden",
    "NotFound",
    "Row",
    "accept",
    "called",
    "commit",
    "headings",
    "lookup",
    "one",
]
