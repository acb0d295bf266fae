"""The ledger: append-only, chained per record with SM3, sealed by day; it can be verified and a history proved."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from . import bulk, clock
from .access import Actor
from .refusal import Refused

if TYPE_CHECKING:
    from .record import Record

GENESIS = b"\0" * 32


_SM3 = hashlib.new("sm3")  # copied for each digest: looking the algorithm up by name costs more than a short digest


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905) of some bytes, 32 bytes."""
    made = _SM3.copy()
    made.update(data)
    return made.digest()


def _sm3_works() -> bool:
    return sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@dataclass(frozen=True)
class Act:
    """A kind of entry; it owns its verb in the history sentence."""

    code: str
    words: Any


ACTS: dict[str, Act] = {}


def act(code: str, words: Any) -> str:
    """This will declare a kind of entry; unknown kinds are refused when written."""
    ACTS[code] = Act(code, words)
    return code


ASIDES: dict[str, Callable[[Any], str]] = {}  # "@name" → words for what an entry says beside the record's fields


def aside_words(name: str, value: Any) -> str:
    """What an entry says beside the fields, as words; empty where it is for machines alone."""
    return ASIDES[name](value) if name in ASIDES else ""


ADD = act("add", _("登记"))
CHANGE = act("change", _("修改"))
REMOVE = act("remove", _("撤销登记"))
IMPORT = act("import", _("导入"))
UNDO = act("undo", _("撤销导入"))


_line = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _moment(at: dt.datetime) -> str:
    return at.astimezone(clock.ZONE).isoformat(timespec="microseconds")


def _body(*values: Any) -> bytes:
    return _line(values).encode()


class Entry(models.Model):
    """One line of the ledger; without foreign keys, so that it never stands in the way of live data."""

    kind = models.CharField(max_length=64)
    record_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    organ_id = models.BigIntegerField(null=True)
    day = models.DateField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=100)
    by_organ = models.CharField(max_length=100, blank=True)
    act = models.CharField(max_length=48)
    note = models.TextField(blank=True)
    changes = models.TextField()  # canonical JSON: {field: value} at first, {field: [old, new]} later; @name: no field
    batch = models.CharField(max_length=40, blank=True)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "kernel"
        verbose_name = _("账本条目")
        constraints = [models.UniqueConstraint(fields=["kind", "record_id", "seq"], name="entry_once")]
        indexes = [
            models.Index(fields=["day", "id"]),
            models.Index(fields=["batch"], condition=~models.Q(batch=""), name="entry_batch"),
        ]

    def body(self) -> bytes:
        """The bytes that the hash covers, besides the hash before it."""
        head = (self.kind, self.record_id, self.seq, self.organ_id, self.day.isoformat(), _moment(self.at), self.by_id)
        return _body(*head, self.by_name, self.by_organ, self.act, self.note, self.changes, self.batch)

    def digest(self) -> bytes:
        """The hash that this entry must have, given the one before."""
        return sm3(bytes(self.prev) + self.body())


class Seal(models.Model):
    """The Merkle root over all entries of a day, chained to the seal before."""

    day = models.DateField(unique=True)
    count = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        app_label = "kernel"
        verbose_name = _("每日封账")


_COLUMNS = tuple(field.attname for field in Entry._meta.concrete_fields if not field.primary_key)


def enter(
    lines: Iterable[tuple[Record, str, dict[str, Any] | str]], *, by: Actor, note: str = "", batch: str = "",
    at: dt.datetime | None = None,
) -> None:  # fmt: skip
    """This will append one entry a record and move each record's head to it; the caller holds the records' locks.

    What changes comes as a dictionary, or as its canonical JSON already. `at` is the moment that the records bear too.
    """
    at = at or clock.now()
    day = at.astimezone(clock.ZONE).date()
    if _sealed(day):
        raise Refused(_("%(day)s 的账本已经封账，不能再记") % {"day": day}, instead=_("请以今天的日期办理。"))
    said_day, said_at = day.isoformat(), _moment(at)
    who = (by.user_id, by.name, by.organ_name)
    entries: list[tuple[Any, ...]] = []
    for record, code, changes in lines:
        if code not in ACTS:
            raise LookupError(f"unknown act {code}")
        of = (record.label, record.pk, record.version, record.organ_key())
        what = (code, note, changes if isinstance(changes, str) else bulk.dump_json(changes), batch)
        prev = bytes(record.head) or GENESIS
        record.head = sm3(prev + _body(*of, said_day, said_at, *who, *what))
        entries.append((*of, day, at, *who, *what, prev, record.head))
    bulk.insert_values(Entry, _COLUMNS, entries)


def _sealed(day: dt.date) -> bool:
    with connection.cursor() as cursor:  # asked by every writing act: composing a queryset would cost ten times as much
        cursor.execute(f'SELECT 1 FROM "{Seal._meta.db_table}" WHERE "day" >= %s LIMIT 1', [day.isoformat()])
        return cursor.fetchone() is not None


def history(kind: str, record_id: int) -> models.QuerySet[Entry]:
    """The entries of one record, oldest first."""
    return Entry.objects.filter(kind=kind, record_id=record_id).order_by("seq")


def fold(entries: Iterable[Entry]) -> dict[str, Any]:
    """The values that a record had after the given entries, as JSON values; the last entry's `act` may remove it."""
    values: dict[str, Any] = {}
    for entry in entries:
        changes = json.loads(entry.changes)
        if entry.seq == 1:
            values = changes
        else:
            values.update({name: pair[1] for name, pair in changes.items() if not name.startswith("@")})
    return values


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over entry hashes; an odd one is carried up as it is."""
    level = [sm3(b"\0" + leaf) for leaf in leaves] or [GENESIS]
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def _parents(level: Sequence[bytes]) -> list[bytes]:
    pairs = [sm3(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + ([level[-1]] if len(level) % 2 else [])


def merkle_path(leaves: Sequence[bytes], index: int) -> list[tuple[str, str]]:
    """The neighbours, from leaf to root, that prove the leaf at an index: [("left"|"right", hex)]."""
    level, path = [sm3(b"\0" + leaf) for leaf in leaves], []
    while len(level) > 1:
        other = index ^ 1
        if other < len(level):
            path.append(("right" if other > index else "left", level[other].hex()))
        level, index = _parents(level), index // 2
    return path


def climb(leaf: bytes, path: Iterable[tuple[str, str]]) -> bytes:
    """The root that a leaf and its path lead to."""
    node = sm3(b"\0" + leaf)
    for side, other in path:
        node = sm3(b"\1" + (node + bytes.fromhex(other) if side == "right" else bytes.fromhex(other) + node))
    return node
