"""Holds: one thing is promised to one case at a time, and the database itself refuses a second promise.

A hold is one row a thing; the unique key on the thing decides between two that ask at the same moment, on both databases.
The case that holds (a reservation, a loan, a disposal) is the record whose ledger says so; the hold only keeps others out,
so it is written with the case's own step and has no ledger of its own. A hold may run out: it is then as good as gone, and
the case is told by whoever finds it, the calendar or the next who asks.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, bulk, clock
from .access import Actor
from .guarding import Touched, promised
from .record import Record, removed
from .refusal import Refused, Stale
from .resource import BY_LABEL
from .schedule import every
from .statement import Statement, read
from .turns import in_turn

Ended = Callable[[Sequence[int]], None]
RUN_OUT: dict[str, Ended] = {}  # class of case → what happens to cases whose hold ran out: (keys of the cases)


class Hold(models.Model):
    """One thing, held for one case."""

    kind = models.CharField(max_length=64)  # the class of the thing, as in the ledger
    record_id = models.BigIntegerField()
    case_kind = models.CharField(max_length=64)
    case_id = models.BigIntegerField()
    words = models.CharField(gettext_lazy("用途"), max_length=120)  # what it is held for
    organ_id = models.BigIntegerField(null=True)  # the organ that it is held for
    until = models.DateTimeField(gettext_lazy("保留至"), null=True)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=100)

    class Meta:
        app_label = "kernel"
        verbose_name = gettext_lazy("占用")
        constraints = [models.UniqueConstraint(fields=["kind", "record_id"], name="hold_once")]
        indexes = [
            models.Index(fields=["case_kind", "case_id"], name="hold_case"),
            models.Index(fields=["until"], condition=Q(until__isnull=False), name="hold_until"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def says(self) -> str:
        """What keeps others out, in one sentence."""
        if self.until is None:
            return _("已用于：%(words)s") % {"words": self.words}
        day = f"{self.until.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
        return _("已用于：%(words)s，保留至 %(day)s") % {"words": self.words, "day": day}


def when_run_out(case: type[Record]) -> Callable[[Ended], Ended]:
    """This will declare what becomes of cases of a class whose hold ran out; a decorator of a function of their keys.

    It is called in the transaction that takes the hold away, in the scope of whoever found it; it opens its own.
    """

    def declare(function: Ended) -> Ended:
        RUN_OUT[case._meta.label_lower] = function
        return function

    return declare


def take(
    things: Record | Sequence[Record], *, case: Record, words: str, by: Actor, until: dt.datetime | None = None,
    organ: int | None = None,
) -> None:  # fmt: skip
    """This will hold things for a case, all or none; the case's own again only get the new `until`.

    Raises Refused, which names each thing that is held already and for what, and Stale where one has changed since it was
    read: what was judged must be what is promised. `case` must be kept already.
    """
    rows = [things] if isinstance(things, Record) else list(things)
    if not rows:
        return
    mine = {"case_kind": case.label, "case_id": case.pk}
    owner = organ if organ is not None else case.organ_key()
    with transaction.atomic():
        run_out(_of(rows))
        _as_read(rows)
        fresh = [
            Hold(kind=row.label, record_id=row.pk, words=words[:120], organ_id=owner, until=until, at=clock.now(), by_name=by.name, **mine)
            for row in sorted(rows, key=lambda row: (row.label, row.pk))  # in one order, so that two who take many never wait for each other
        ]  # fmt: skip
        found: dict[tuple[str, int], Hold] = {}
        while len(found) < len({(row.label, row.pk) for row in rows}):
            # The unique key decides: who comes second waits for the first to commit, and then finds the thing taken; or
            # finds nothing, where the first has let go in the meantime, and tries again.
            Hold.objects.bulk_create(fresh, ignore_conflicts=True)
            found = {(hold.kind, hold.record_id): hold for hold in Hold.objects.filter(_of(rows))}
        taken = [(row, found[row.label, row.pk]) for row in rows]
        others = [(row, hold) for row, hold in taken if (hold.case_kind, hold.case_id) != (case.label, case.pk)]
        if others:
            raise refusal(others)
        Hold.objects.filter(_of(rows), **mine).exclude(until=until).update(until=until)


def _as_read(rows: Sequence[Record]) -> None:
    """This will lock things, so that nobody changes them while they are promised; Stale where somebody has already."""
    by_class: dict[type[Record], dict[int, Record]] = defaultdict(dict)
    for row in rows:
        by_class[type(row)][row.pk] = row
    for model, members in sorted(by_class.items(), key=lambda pair: pair[0]._meta.label_lower):
        versions: dict[int, int] = {}
        for part in bulk.chunks(sorted(members)):
            for pk, version in read(model, ("id", "version"), among=("id", part), locked=True):
                versions[pk] = version
        for key, row in members.items():
            if versions.get(key) != row.version:
                raise Stale(
                    _("%(record)s 已被他人修改") % {"record": row}, why=_("您打开之后，记录已有新的版本。"),
                    instead=_("请刷新页面，核对新内容后再提交。"),
                )  # fmt: skip


def refusal(
    others: Sequence[tuple[Record, Hold]], fields: Mapping[int, Sequence[str]] | None = None,
    names: Mapping[int, str] | None = None,
) -> Refused:  # fmt: skip
    """The refusal for things that are promised already; `fields` are what somebody wanted to change of each, by key."""
    row, hold = others[0]
    names = _names(others) if names is None else names
    if fields is not None and fields.get(row.pk):
        what = _("%(thing)s 已有安排，“%(fields)s”不能改") % {"thing": row, "fields": _words(row, fields[row.pk])}
    else:
        what = (_("%(thing)s 已有安排") if len(others) == 1 else _("%(thing)s 等 %(count)s 项已有安排")) % {
            "thing": row, "count": len(others),
        }  # fmt: skip
    case = BY_LABEL.get(hold.case_kind)
    return Refused(
        what, why=_told(hold, names), article=case.article if case is not None else "",
        instead=_("请先办结、退回或者撤销这项安排，或者等它到期；备注、附件等其他内容照常可改。") if fields is not None
        else _("请改选其他资产，或者等这项安排办结、到期后再办。"),
        facts={str(one): _told(held, names) for one, held in others[:20]}, subjects=[one for one, _held in others],
    )  # fmt: skip


def _names(taken: Iterable[tuple[Record, Hold]]) -> Mapping[int, str]:
    return access.organ_names.ask({hold.organ_id for _row, hold in taken if hold.organ_id is not None})


def _told(hold: Hold, names: Mapping[int, str]) -> str:
    organ = names.get(hold.organ_id or 0, "")
    return _("由%(organ)s占用，%(says)s") % {"organ": organ, "says": hold.says} if organ else hold.says


def _words(row: Record, names: Sequence[str]) -> str:
    words = {field.attname: str(field.verbose_name) for field in row._meta.concrete_fields}
    return "、".join(words[name] for name in names[:4])


def others(things: Iterable[Record], case: Record | None = None) -> list[tuple[Record, Hold]]:
    """Which of some things another case than `case` holds, with its hold."""
    by_kind: dict[str, dict[int, Record]] = defaultdict(dict)
    for row in things:
        by_kind[row.label][row.pk] = row
    mine = (case.label, case.pk) if case is not None else None
    found = ((rows[key], hold) for kind, rows in by_kind.items() for part in bulk.chunks(sorted(rows))
             for key, hold in held(kind, part).items())  # fmt: skip
    return [(row, hold) for row, hold in found if (hold.case_kind, hold.case_id) != mine]


@promised.fill
def stand_still(touched: Touched, case: Record | None) -> dict[int, Refused]:
    """This is why rows that another case holds keep their guarded fields: who holds each, under which article, until when."""
    taken = others((row for row, _names in touched.values()), case)
    fields = {key: names for key, (_row, names) in touched.items()}
    organs = _names(taken) if taken else {}
    return {row.pk: refusal([(row, hold)], fields, organs) for row, hold in taken}


def release(case: Record, things: Sequence[Record] | None = None) -> int:
    """This will let go of what a case holds, all of it or some things; returns how many there were."""
    held = Hold.objects.filter(case_kind=case.label, case_id=case.pk)
    if things is not None:
        held = held.filter(_of(things)) if things else held.none()
    _things_first(held.values_list("kind", "record_id"))
    return held.delete()[0]


def _things_first(pairs: Iterable[tuple[str, int]]) -> None:
    """Whoever promises a thing asks for the thing and then for its hold; so does whoever lets go of it, or both would wait crosswise."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, key in pairs:
        by_kind[kind].append(key)
    for kind, keys in sorted(by_kind.items()):
        in_turn(apps.get_model(kind), keys)


def hand_over(
    things: Sequence[Record], *, case: Record, to: Record, words: str, by: Actor, until: dt.datetime | None = None
) -> None:
    """This will let another case hold what one case held, with no moment between: a reservation becomes a loan."""
    _things_first((thing.label, thing.pk) for thing in things)
    held = Hold.objects.filter(_of(things), case_kind=case.label, case_id=case.pk) if things else Hold.objects.none()
    moved = held.update(
        case_kind=to.label, case_id=to.pk, words=words[:120], organ_id=to.organ_key(), until=until, at=clock.now(), by_name=by.name
    )  # fmt: skip
    if moved != len(things):
        raise Refused(
            _("其中 %(count)s 项已不再为此保留") % {"count": len(things) - moved},
            why=_("保留期限已过，或者已经办结。"),
            instead=_("请重新预留后再办。"),
        )


def held(kind: str, keys: Iterable[int]) -> dict[int, Hold]:
    """The holds that stand on things of a class, by key; those that ran out are left out."""
    return {hold.record_id: hold for hold in _STANDING(kind, list(keys), clock.now())}


_STANDING = Statement(
    lambda kind, keys, now: Hold.objects.filter(kind=kind, record_id__oneof=keys).exclude(until__lte=now)
)


def of_case(case: Record) -> list[Hold]:
    """What a case holds."""
    return list(Hold.objects.filter(case_kind=case.label, case_id=case.pk).order_by("kind", "record_id"))


def free(model: type[Record]) -> Q:
    """The condition that a row of a class is held for nothing, as one sub-select."""
    held_now = Hold.objects.filter(kind=model._meta.label_lower, record_id=OuterRef("pk"))
    return Q(~Exists(held_now.exclude(until__lte=clock.now())))


def run_out(only: Q | None = None) -> int:
    """This will end holds that ran out (some, or all there are) and tell their cases; returns how many."""
    with transaction.atomic():
        over = Hold.objects.filter(only or Q(), until__lte=clock.now())
        found: dict[str, set[int]] = defaultdict(set)
        for kind, key in over.values_list("case_kind", "case_id"):
            found[kind].add(key)
        for kind, keys in sorted(found.items()):  # a step asks for its case before it asks for a hold
            in_turn(apps.get_model(kind), keys)
        if found:
            _things_first(over.values_list("kind", "record_id"))
        gone = list(over.select_for_update(no_key=True).order_by("kind", "record_id")) if found else []
        if not gone:
            return 0
        Hold.objects.filter(pk__in=[hold.pk for hold in gone]).delete()
        cases: dict[str, list[int]] = {}
        for hold in gone:
            cases.setdefault(hold.case_kind, []).append(hold.case_id)
        for kind, members in cases.items():
            if kind in RUN_OUT:
                RUN_OUT[kind](sorted(set(members)))
        return len(gone)


@every("*/10 * * * *", name="holds", words=gettext_lazy("到期的保留"), follows=True)
def sweep() -> int:
    """This will end what ran out since the last look."""
    return run_out()


def _of(things: Sequence[Record]) -> Q:
    keys: dict[str, list[int]] = {}
    for row in things:
        keys.setdefault(row.label, []).append(row.pk)
    found = Q(pk__in=[])
    for kind, members in keys.items():
        found |= Q(kind=kind, record_id__oneof=members)
    return found


def let_go(model: type[Record], keys: list[int], _by: Actor) -> None:
    """This will end the holds of cases, and on things, that are taken back."""
    label = model._meta.label_lower
    Hold.objects.filter(Q(kind=label, record_id__oneof=keys) | Q(case_kind=label, case_id__oneof=keys)).delete()


removed.fill(let_go)
