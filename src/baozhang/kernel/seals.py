"""Sealing the ledger by day, verifying all of it against the records, and proving one record's history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from . import bulk, clock, ledger
from .ledger import GENESIS, Entry, Seal
from .plain import filled, kept_fields, plain_values
from .record import Record

Progress = Callable[[int], None]
MOST = 100  # problems named; more are counted
_STOOD = ("id", "version", "head", "kept_at")  # what stands beside the values of a row


@dataclass
class Report:
    """What a verification found."""

    entries: int = 0
    records: int = 0
    seals: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)
    hidden: int = 0

    def problem(self, sentence: str) -> None:
        """This will note a problem, and count those beyond the first hundred."""
        if len(self.problems) < MOST:
            self.problems.append(sentence)
        else:
            self.hidden += 1

    @property
    def sound(self) -> bool:
        """True where nothing is wrong."""
        return not self.problems


def models_kept() -> list[type[Record]]:
    """Every class of record, in the order of their names; a proxy is another look at the rows of its class, and no class."""
    found = [model for model in apps.get_models() if issubclass(model, Record) and not model._meta.proxy]
    return sorted(found, key=lambda model: model._meta.label_lower)


def seal(until: dt.date | None = None) -> list[Seal]:
    """This will seal every day before `until` (today) that has entries and no seal yet; a sealed day takes no more entries."""
    limit, made = until or clock.today(), []
    with transaction.atomic():
        if bulk.is_postgres():
            with connection.cursor() as cursor:  # writers of an older day end first, new ones wait
                cursor.execute("LOCK TABLE kernel_entry IN SHARE MODE")
        last = Seal.objects.order_by("-day").first()
        days = Entry.objects.filter(day__lt=limit).order_by("day").values_list("day", flat=True).distinct()
        prev = bytes(last.hash) if last else GENESIS
        for day in days.filter(day__gt=last.day) if last else days:
            leaves = [bytes(value) for value in _leaves(day)]
            root = ledger.merkle_root(leaves)
            one = Seal(
                day=day,
                count=len(leaves),
                root=root,
                prev=prev,
                hash=_chained(prev, day, len(leaves), root),
                at=clock.now(),
            )
            one.save(force_insert=True)
            prev = bytes(one.hash)
            made.append(one)
    return made


def _leaves(day: dt.date) -> Iterator[Any]:
    return Entry.objects.filter(day=day).order_by("id").values_list("hash", flat=True).iterator(chunk_size=10_000)


def _chained(prev: bytes, day: dt.date, count: int, root: bytes) -> bytes:
    return ledger.sm3(prev + day.isoformat().encode() + str(count).encode() + root)


def verify(progress: Progress | None = None, *, sealed_before: int = 0) -> Report:
    """This will check every entry's hash and chain, every record against its ledger, and every day's seal.

    `sealed_before` is how many seals an earlier run counted: nothing that is left points at the last one, once it is gone.
    """
    report = Report()
    known = {model._meta.label_lower: model for model in models_kept()}
    for kind in Entry.objects.order_by("kind").values_list("kind", flat=True).distinct():
        if kind not in known:
            report.problem(f"账本中有未知的记录类别 {kind}")
    for model in known.values():
        _verify_model(model, report, progress)
    _verify_seals(report)
    if report.seals < sealed_before:
        report.problem(f"以前验证时有 {sealed_before} 次封账，现有 {report.seals} 次：最后的封账被删去")
    return report


def _verify_model(model: type[Record], report: Report, progress: Progress | None) -> None:
    """Entries and rows are read side by side in the order of their keys, so that one record is in memory at a time."""
    kind, names = model._meta.label_lower, kept_fields(model)
    entries = Entry.objects.filter(kind=kind).order_by("record_id", "seq").iterator(chunk_size=5_000)
    stood = model._base_manager.order_by("id").values_list(*_STOOD, *names).iterator(chunk_size=5_000)
    row, first = next(stood, None), Report()
    for record_id, group in groupby(entries, key=lambda entry: entry.record_id):
        while row is not None and row[0] < record_id:
            _look_again(model, row[0], report)
            row = next(stood, None)
        lines = list(group)
        report.records += 1
        report.entries += len(lines)
        here = row is not None and row[0] == record_id
        _verify_record(model, lines, row if here else None, first)
        if first.problems:
            first.problems.clear()
            _look_again(model, record_id, report)
        if here:
            row = next(stood, None)
        if progress is not None and report.records % 20_000 == 0:
            progress(report.records)
    while row is not None:
        _look_again(model, row[0], report)
        row = next(stood, None)


def _look_again(model: type[Record], record_id: int, report: Report) -> None:
    """Entries and rows were read at two moments, and people work meanwhile: a problem counts when it is still there now."""
    kind, names = model._meta.label_lower, kept_fields(model)
    with transaction.atomic():  # the record is held, so that nobody changes it between the two readings
        stood = model._base_manager.select_for_update(no_key=True).filter(pk=record_id)
        row = stood.values_list(*_STOOD, *names).first()
        lines = list(ledger.history(kind, record_id))
    if lines:
        _verify_record(model, lines, row, report)
    elif row is not None:
        report.problem(f"{kind}#{record_id} 在账本中没有登记")


def _verify_record(model: type[Record], lines: list[Entry], row: Any, report: Report) -> None:
    name = f"{lines[0].kind}#{lines[0].record_id}"
    prev = GENESIS
    for place, entry in enumerate(lines, 1):
        if entry.seq != place:
            report.problem(f"{name} 的账本缺第 {place} 条")
            return
        if bytes(entry.prev) != prev:
            report.problem(f"{name} 第 {place} 条与前一条脱节")
            return
        if entry.digest() != bytes(entry.hash):
            report.problem(f"{name} 第 {place} 条的内容被改动过（{entry.day}，{entry.by_name}）")
            return
        prev = bytes(entry.hash)
    gone = lines[-1].act in (ledger.REMOVE, ledger.UNDO) and row is None
    if gone:
        return
    if row is None:
        report.problem(f"{name} 的记录不见了，账本中没有撤销")
    elif row[1] != lines[-1].seq or bytes(row[2]) != prev:
        report.problem(f"{name} 的版本与账本不一致：记录 {row[1]}，账本 {lines[-1].seq}")
    elif row[3] != lines[-1].at:
        report.problem(f"{name} 的更新时间绕过账本被改动过")
    else:
        _verify_values(model, name, lines, row, report)


def _verify_values(model: type[Record], name: str, lines: list[Entry], row: Any, report: Report) -> None:
    said, is_now = filled(model, ledger.fold(lines)), plain_values(model, row[len(_STOOD) :])
    differing = [key for key, value in is_now.items() if key in said and _differs(model, key, said[key], value)]
    if differing:
        words = "、".join(_words(model, key) for key in differing[:5])
        report.problem(f"{name} 的 {words} 绕过账本被改动过")


def _differs(model: type[Record], key: str, said: Any, is_now: Any) -> bool:
    if said == is_now:
        return False
    field = next(f for f in model._meta.concrete_fields if f.attname == key)
    if key in model.masked:
        return True
    return field.to_python(said) != field.to_python(is_now) if not isinstance(said, (dict, list)) else True


def _words(model: type[Record], key: str) -> str:
    return str(next(f.verbose_name for f in model._meta.concrete_fields if f.attname == key))


def _verify_seals(report: Report) -> None:
    prev, last = GENESIS, None
    for one in Seal.objects.order_by("day"):
        report.seals += 1
        leaves = [bytes(value) for value in _leaves(one.day)]
        if bytes(one.prev) != prev or _chained(prev, one.day, one.count, bytes(one.root)) != bytes(one.hash):
            report.problem(f"{one.day} 的封账被改动过")
        elif len(leaves) != one.count:
            report.problem(f"{one.day} 封账时有 {one.count} 条，现有 {len(leaves)} 条")
        elif ledger.merkle_root(leaves) != bytes(one.root):
            report.problem(f"{one.day} 的条目与封账不一致")
        prev, last = bytes(one.hash), one.day
    rest = Entry.objects.filter(day__gt=last) if last else Entry.objects.all()
    report.unsealed = rest.count()


def prove(kind: str, record_id: int, seq: int | None = None, *, since: int = 1) -> dict[str, Any]:
    """The proof of one record's history: each entry with its hash, and the path from it to its day's sealed root.

    `seq` asks for a single entry, `since` leaves out those before: the first one shown names the hash of the one before it.
    The path of an entry reads the hashes of all entries of its day.
    """
    entries = ledger.history(kind, record_id).filter(seq__gte=since)
    found = list(entries if seq is None else entries.filter(seq=seq))
    sealed = {one.day: one for one in Seal.objects.filter(day__in={entry.day for entry in found})}
    leaves: dict[dt.date, list[tuple[int, bytes]]] = {}
    lines = []
    for entry in found:
        line: dict[str, Any] = {
            "seq": entry.seq, "at": entry.at.astimezone(clock.ZONE).isoformat(), "by": entry.by_name, "organ": entry.by_organ,
            "act": entry.act, "note": entry.note, "body": entry.body().decode(), "prev": bytes(entry.prev).hex(),
            "hash": bytes(entry.hash).hex(), "sound": entry.digest() == bytes(entry.hash),
        }  # fmt: skip
        one = sealed.get(entry.day)
        if one is not None:
            if one.day not in leaves:
                rows = Entry.objects.filter(day=one.day).order_by("id").values_list("id", "hash")
                leaves[one.day] = [(key, bytes(value)) for key, value in rows]
            line |= _sealed(entry, one, leaves[one.day])
        lines.append(line)
    return {"kind": kind, "id": record_id, "entries": lines, "algorithm": "SM3 (GB/T 32905)"}


def _sealed(entry: Entry, one: Seal, leaves: list[tuple[int, bytes]]) -> dict[str, Any]:
    """The way from an entry up to the root of its day, and the seal that holds the root."""
    place = [key for key, _hash in leaves].index(entry.pk)
    path = ledger.merkle_path([value for _key, value in leaves], place)
    root, prev, said = bytes(one.root), bytes(one.prev), bytes(one.hash)
    held = _chained(prev, one.day, one.count, root) == said
    return {
        "day": entry.day.isoformat(), "path": path, "root": root.hex(),
        "sealed": ledger.climb(bytes(entry.hash), path) == root and held,
        "seal": {"count": one.count, "prev": prev.hex(), "hash": said.hex()},
    }  # fmt: skip
