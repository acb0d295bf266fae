"""A record and the one way to write it: `keep`, for one or a hundred thousand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NoReturn, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.base import ModelState
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import bulk, clock, ledger, totals
from .access import Actor
from .field_checks import unusable
from .fixed import nothing
from .guarding import guarded_changes, of_the_living, only_steps_move, stay, still_loose
from .invariants import check, explain, unreferenced
from .opening import Opening
from .plain import first_text, kept_fields, plain_value, plain_values, snapper
from .refusal import Fault, Invalid, NotFound, Refused, Stale
from .scope import ScopedManager, WriteOutsideKeep, organ_condition
from .search import blob
from .standing import signed
from .statement import read

R = TypeVar("R", bound="Record")
NOTHING: Mapping[str, Any] = {}

removed: Opening[Callable[[Any, list[int], Actor], None]] = Opening(
    "record.removed", "what waits on rows that are taken back, told in the same transaction", many=True
)


class Record(models.Model):
    """Anything the product keeps: it has a version, the hash of its last entry, a scope, and its own fields."""

    version = models.PositiveIntegerField(gettext_lazy("版本"), default=0, editable=False)
    head = models.BinaryField(max_length=32, default=b"", editable=False)
    kept_at = models.DateTimeField(gettext_lazy("更新时间"), null=True, editable=False)
    search = models.TextField(default="", blank=True, editable=False)
    extra = models.JSONField(gettext_lazy("自定义字段"), default=dict, blank=True)

    objects: ClassVar[ScopedManager[Any]] = ScopedManager()

    scope_field: ClassVar[str | None] = "organ_id"  # the column that says whose row it is; None: shared by all
    natural: ClassVar[tuple[str, ...]] = ()  # what people call it by; unique
    numbered: ClassVar[str] = ""  # the field of its number, which it gives itself where nobody does
    called: ClassVar[tuple[str, ...]] = ()  # names by which a sheet or API may point to it, the surest first
    searched: ClassVar[tuple[str, ...]] = ()  # attribute paths put into the search column
    masked: ClassVar[frozenset[str]] = frozenset()  # values that enter the ledger as a digest only
    exclusive_period: ClassVar[tuple[tuple[str, ...], str, str] | None] = None  # (group, from, to): no overlaps
    stepped: ClassVar[Mapping[str, frozenset[str]]] = NOTHING  # fields that only a flow moves → what a new row may have
    reserved: ClassVar[Mapping[str, frozenset[str]]] = NOTHING  # field → values to which only a flow or act brings it
    happened: ClassVar[frozenset[str]] = frozenset()  # days of what has happened: none is yet to come
    loose: ClassVar[tuple[str, frozenset[Any]] | None] = None  # (path of a state, its values in which files come off)
    part_of: ClassVar[tuple[str, ...]] = ()  # keys of wholes that are held before it, whoever moves it (`turns`)
    sums: ClassVar[Mapping[str, str]] = NOTHING  # key of a whole → the field that sums its parts up (`totals`)
    guarded: ClassVar[frozenset[str]] = frozenset()  # attributes that stand still while another case holds the row
    of_living: ClassVar[bool] = False  # only an organ that goes on begins one; one that has ended winds up what it has
    fixed = nothing  # what no longer changes from where it stands: a method that gives `Fixed`

    class Meta:
        abstract = True

    @property
    def label(self) -> str:
        """The name of the class of record, `app.model`."""
        return f"{self._meta.app_label}.{self._meta.model_name}"

    @classmethod
    def right(cls, verb: str) -> str:
        """The name of the permission to do something with this class of record."""
        return f"{cls._meta.app_label}.{cls._meta.model_name}:{verb}"

    @classmethod
    def visible(cls, actor: Actor, organs: frozenset[int] | None) -> Q | None:
        """The rows that an actor who may view in `organs` sees; None means all."""
        if cls.scope_field is None:
            return None if organs is None or organs else Q(pk__in=[])
        return organ_condition(cls.scope_field, organs)

    def organ_key(self) -> int | None:
        """The key of the organ whose record this is; None for shared records."""
        return None if self.scope_field is None else getattr(self, self.scope_field)

    def faults(self) -> Iterable[Any]:
        """What is wrong with this record by itself; the database's constraints say the same once more."""
        return ()

    @classmethod
    def fault_of(cls, name: str, reason: Any, value: Any = "", remedy: Any = "") -> Fault:
        """A fault of one field, under its words: what is wrong, what stands there, what would be right."""
        column: Any = cls._meta.get_field(name)
        return Fault(reason, name, "" if value is None else str(value), remedy, column=str(column.verbose_name))

    @classmethod
    def together(cls, rows: Sequence[Any]) -> Iterable[tuple[int, Any]]:
        """What is wrong with rows of a batch beside each other and beside what is kept: (index in the batch, fault)."""
        return ()

    def admits(self, by: Actor) -> None:
        """This will raise Forbidden where the right alone is not enough for somebody to write this record."""

    @classmethod
    def past_steps(cls, name: str, value: Any) -> Refused | None:
        """The refusal of a value to which only a step or an act may bring a field, where the class knows the way and its article."""
        return None

    def sheds(self, attachment: Any) -> None:
        """This will raise Refused where a file must stay on this record, since a step that was taken rests on it."""

    def told_from(self, actor: Actor) -> int:
        """The ledger number from which an actor may read this record's history: 1, unless its beginnings are not his."""
        return 1

    def still_begins(self, what: str, day: dt.date) -> None:
        """This will raise Refused where the organ that this record is begins nothing of a kind any more (`of_living`)."""

    def derive(self) -> None:
        """This will set the fields that follow from others, before they are checked and kept."""

    @classmethod
    def accord(cls, rows: Sequence[Any], stood: Mapping[int, tuple[Any, ...]]) -> None:
        """This will set, for a whole batch, what follows from other records; `stood` is how rows stand: (version, head, *fields)."""

    def validate_constraints(self, exclude: Any = None) -> None:
        """A form's look at the database's constraints: at the record as it will be kept, with what follows from the rest."""
        if spoiled := unusable(self, [field.name for field in self._meta.concrete_fields if field.editable]):
            told = {fault.field: str(fault.reason) for fault in spoiled if fault.field not in (exclude or ())}
            if told:
                raise ValidationError(told)
            return  # what the form does not ask for is told when the record is kept
        derived = copy(self)
        derived.derive()
        super(Record, derived).validate_constraints(exclude=exclude)

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """This will always raise: records are written through `keep`."""
        raise WriteOutsideKeep("use keep(record, by=…)")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """This will always raise: records are taken back through `remove`."""
        raise WriteOutsideKeep("use remove(record, by=…)")


@lru_cache(maxsize=None)
def _blank_values(model: type[Record]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    made = {name: value for name, value in vars(model()).items() if name != "_state"}
    return made, {
        f.attname: f.get_default for f in model._meta.concrete_fields if f.has_default() and callable(f.default)
    }


def blank(model: type[R]) -> R:
    """A new record with its defaults, made ten times as fast as by calling its class: imports make a hundred thousand."""
    record = model.__new__(model)
    values, made_anew = _blank_values(model)
    own = vars(record)
    own |= values
    for name, make in made_anew.items():
        own[name] = make()
    record._state = ModelState()
    return record


@dataclass
class Kept:
    """What a call of `keep` did."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def keep(
    records: R | Sequence[R], *, by: Actor, act: str = "", note: str = "", right: str = "", batch: str = "", checked: bool = False,
    where: int | None = None, aside: Mapping[str, Any] = NOTHING, moves: frozenset[str] = frozenset(), case: Record | None = None,
) -> Kept:  # fmt: skip
    """This will validate, save in bulk, enter the ledger and check the scope, all or nothing.

    `act` names the ledger act (add/change where empty); `right` the permission that is asked in each record's
    own organ, before and after the change (view's sisters add/change where empty). `checked` is for the border alone:
    it has run the same checks on these rows in this transaction. For flows alone: `where` is the organ in which the
    right is asked instead, `moves` the fields that stand still otherwise and may change, `aside` what the entry says beside
    the fields (names begin with @). `case` is the case that acts: what another one holds keeps its guarded fields. Raises Invalid with one fault a problem, Forbidden, NotFound, Stale, Refused.
    """
    rows: list[R] = [records] if isinstance(records, Record) else list(records)
    if not rows:
        return Kept()
    model = _kept_class(rows[0])
    with transaction.atomic():
        moved_on = totals.hold(rows, plain=not (right or where or moves))
        before = _lock(model, rows)
        by = _allow(model, rows, before, by, right, where)
        only_steps_move(model, rows, before, by, moves)
        of_the_living(model, [row for row in rows if not row.pk])
        if moved_on or not checked:
            _derived(model, rows, before)
        stay(guarded_changes(model, rows, before, moves), case)
        try:
            done = _write(model, rows, before, by=by, act=act, note=note, batch=batch, aside=aside)
        except IntegrityError as error:
            raise explain(model, error) from error
        totals.carry(rows, before, keep, by=by, right=right, where=where, batch=batch)
    return done


def _derived(model: type[R], rows: Sequence[R], before: dict[int, tuple[Any, ...]]) -> None:
    for row in rows:
        row.derive()
    model.accord(rows, before)
    check(model, rows, before)


def _kept_class(record: R) -> type[R]:
    if record._meta.proxy:
        raise TypeError(f"{record._meta.label} looks at the rows of another class: keep that one")
    return type(record)


def _lock(model: type[R], rows: Sequence[R]) -> dict[int, tuple[Any, ...]]:
    """The rows that are kept as they stand, locked: pk → (version, head, *kept fields); NotFound or Stale."""
    keys, found = sorted(row.pk for row in rows if row.pk), dict[int, tuple[Any, ...]]()
    if len(set(keys)) < len(keys):
        raise Invalid(_("同一条记录在一次办理中出现了两次"), instead=_("请每条记录只列一次。"))
    columns = ("id", "version", "head", *kept_fields(model))
    for part in bulk.chunks(keys):
        found.update((values[0], values[1:]) for values in read(model, columns, among=("id", part), locked=True))
    for row in rows:
        if not row.pk:
            continue
        if row.pk not in found:
            raise NotFound(_("记录不存在或已撤销"), instead=_("请返回列表刷新后再办理。"))
        if row.version != found[row.pk][0]:
            raise Stale(
                _("%(record)s 已被他人修改") % {"record": row},
                why=_("您打开之后，记录已有新的版本。"),
                instead=_("请刷新页面，核对新内容后再提交。"),
            )
    return found


def _allow(
    model: type[R], rows: Sequence[R], before: dict[int, tuple[Any, ...]], by: Actor, right: str, where: int | None = None,
) -> Actor:  # fmt: skip
    """This will ask the permission in every organ touched, as it was and as it will be; who writes, named as a deputy where he is one."""
    if by.system:
        return by
    position = kept_fields(model).index(model.scope_field) + 2 if model.scope_field not in (None, "id") else None
    asked: dict[str, set[int | None]] = defaultdict(set)
    for row in rows:
        verb = right or model.right("change" if row.pk else "add")
        now = row.organ_key()
        was = before[row.pk][position] if row.pk and position is not None else now
        # The organ that acts answers for a step; a move into another organ is asked there all the same.
        asked[verb] |= {now, was} if where is None else ({where} if now == was else {where, now})
    for row in rows:
        row.admits(by)
    for verb, organs in asked.items():
        for organ in organs:
            if organ is None:
                by.must(verb)
            elif not by.can(verb, organ):
                _deny(model, by, verb, organ)
    return signed(by, asked)


def _deny(model: type[R], by: Actor, verb: str, organ: int) -> NoReturn:
    """Forbidden where the organ's rows are in sight, NotFound where they do not exist for the actor."""
    seen = by.where(model.right("view"))
    if seen is None or organ in seen:
        by.must(verb, organ)
    raise NotFound(_("单位不存在或不在您的范围内"), instead=_("请选择本单位，或由该单位人员办理。"))


Line = tuple["Record", str, Any]  # a record, the act, and what changes: a dictionary, or its JSON


def _changes(
    model: type[R], rows: Sequence[R], before: dict[int, tuple[Any, ...]], act: str
) -> tuple[list[Line], set[str]]:
    """The rows that differ from what stands (all of them where an act is named), and the attributes that do."""
    snap, names = snapper(model), kept_fields(model)
    lines: list[Line] = []
    touched: set[str] = set()
    for row in rows:
        old, new = before[row.pk][2:], snap(row)
        if old == new and not act:
            continue
        differing = [i for i, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
        touched.update(names[i] for i in differing)
        row.head = bytes(before[row.pk][1])
        pairs = {names[i]: [plain_value(model, names[i], value[i]) for value in (old, new)] for i in differing}
        lines.append((row, act or ledger.CHANGE, pairs))
    return lines, touched


def _write(
    model: type[R], rows: Sequence[R], before: dict[int, tuple[Any, ...]], *,
    by: Actor, act: str, note: str, batch: str, aside: Mapping[str, Any],
) -> Kept:  # fmt: skip
    fresh, snap = [row for row in rows if not row.pk], snapper(model)
    lines, touched = _changes(model, [row for row in rows if row.pk], before, act)
    moved = [line[0] for line in lines]
    beside = {name: [None, value] for name, value in aside.items()}
    lines = [(row, code, changes | beside) for row, code, changes in lines] if beside else lines
    for row, pk in zip(fresh, bulk.reserve_ids(model, len(fresh)) if fresh else (), strict=True):
        row.pk = pk
        lines.append((row, act or ledger.ADD, first_text(model, snap(row))))
    at = clock.now()
    for line in lines:
        kept = line[0]
        kept.version, kept.kept_at, kept.search = kept.version + 1, at, blob(kept)
    try:
        ledger.enter(lines, by=by, note=note, batch=batch, at=at)
        bulk.insert(model, fresh)
        bulk.update(model, moved, [*sorted(touched), "version", "head", "search", "kept_at"])
    except BaseException:
        for line in lines:  # the transaction is undone, so the objects must not claim to be kept
            line[0].version -= 1
        for row in fresh:
            row.pk = None
        raise
    return Kept(len(fresh), len(moved), len(rows) - len(fresh) - len(moved))


def remove(
    records: R | Sequence[R], *, by: Actor, note: str, right: str = "", act: str = ledger.REMOVE, batch: str = "", where: int | None = None,
    past: bool = False,
) -> int:  # fmt: skip
    """This will take rows back (an import undone); their history stays in the ledger. Protected rows refuse; with `past` not those that tell of the past."""
    rows: list[R] = [records] if isinstance(records, Record) else list(records)
    if not rows:
        return 0
    with transaction.atomic():
        totals.hold(rows)
        model = _kept_class(rows[0])
        before = _lock(model, rows)
        by = _allow(model, rows, before, by, right or model.right("remove"), where)
        stay({row.pk: (row, ()) for row in rows} if model.guarded else {}, None)
        still_loose(model, rows)
        unreferenced(model, [row.pk for row in rows], past=past)
        lines: list[tuple[Record, str, dict[str, Any]]] = []
        for row in rows:
            was = plain_values(model, before[row.pk][2:])
            row.version, row.head = row.version + 1, bytes(before[row.pk][1])
            lines.append((row, act, {name: [value, None] for name, value in was.items() if value not in (None, "")}))
        ledger.enter(lines, by=by, note=note, batch=batch)
        for tell in removed.answers:
            tell(model, [row.pk for row in rows], by)
        try:
            with transaction.atomic():
                bulk.remove(model, [row.pk for row in rows])
        except IntegrityError as error:
            raise explain(model, error) from error
        totals.carry(rows, before, keep, by=by, right=right or model.right("remove"), where=where, batch=batch)
    return len(rows)
