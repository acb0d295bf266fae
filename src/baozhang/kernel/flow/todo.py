"""The workbench: what waits for me, what I have done, what is overdue; each in one query."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Count, Q, QuerySet

from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.standing import Seat, seats
from baozhang.kernel.statement import Statement

from .plan import FLOWS
from .task import Task, TaskQuerySet, asked_by

SOON = 3  # days
NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Waiting:
    """How many tasks of a flow wait, how many of them are overdue, and how many are due within three days."""

    all: int
    overdue: int
    soon: int


@dataclass(frozen=True)
class Power:
    """What lets somebody act on tasks from one seat; two with the same power see the same tasks."""

    person_id: int | None
    rights: tuple[tuple[frozenset[int] | None, tuple[str, ...]], ...]  # the organs of a reach, and what is held in them
    roles: tuple[tuple[str, int], ...]  # with the organ of each


def may_act(actor: Actor) -> Q:
    """The condition that an actor may act on a task: by right and organ, meant for him, for whom he stands in, or for anybody."""
    return Q() if actor.system else _condition(_powers(actor))


def _powers(actor: Actor) -> tuple[Power, ...]:
    return tuple(_power(seat) for seat in seats(actor))


def _power(seat: Seat) -> Power:
    groups: dict[frozenset[int] | None, list[str]] = defaultdict(list)
    for name in _all_rights():
        organs = seat.actor.where(name)
        if organs is None or organs:
            groups[organs].append(name)
    rights = tuple((organs, tuple(held)) for organs, held in groups.items())
    return Power(seat.person_id, rights, tuple((held.role, held.organ_id) for held in seat.actor.holdings))


def _all_rights() -> list[str]:
    others = {plan.own.everybody for plan in FLOWS.values() if plan.own and plan.own.everybody}
    return sorted(others | {name for plan in FLOWS.values() for name in plan.rights()})


def _condition(powers: Sequence[Power]) -> Q:
    found = NOTHING
    for power in powers:
        meant = Q(assignee=None) | Q(assignee=power.person_id)
        found |= _rights(power) & meant & _roles(power) & _own(power)
    return found & ~asked_by(powers[0].person_id)  # one's own seat comes first; nobody answers his own question


def _rights(power: Power) -> Q:
    """The condition that a task's permission is held in its organ; one term for each different reach."""
    found = NOTHING
    for organs, held in power.rights:
        found |= Q(permission__oneof=list(held)) & _within(organs)
    return found


def _within(organs: frozenset[int] | None) -> Q:
    return Q() if organs is None else Q(organ_id__oneof=sorted(organs)) | Q(organ_id=None)


def _own(power: Power) -> Q:
    """The condition that a task is one's own where its flow has a task for one person, or that one sees all of them."""
    found = Q()
    for plan in FLOWS.values():
        if plan.own is None or not any(plan.rights().intersection(held) for _organs, held in power.rights):
            continue
        everybody = NOTHING
        for organs, held in power.rights:
            if plan.own.everybody in held:
                everybody |= _within(organs)
        found &= ~plan.personal() | plan.owned_by(power.person_id) | everybody
    return found


def _roles(power: Power) -> Q:
    found = Q(role="")
    for role, organ in power.roles:
        found |= Q(role=role, organ_id=organ)
    return found


def todo(actor: Actor) -> TaskQuerySet:
    """The open tasks that an actor may act on, the most pressing first."""
    return Task.objects.open().filter(may_act(actor)).select_related("assignee").by_due()


def following(actor: Actor, task: Task | None = None) -> Task | None:
    """The task to open next after deciding one; of the same flow where there is one."""
    rows = todo(actor)
    if task is None:
        return rows.first()
    rows = rows.exclude(pk=task.pk)
    return rows.filter(flow=task.flow).first() or rows.first()


def counts(actor: Actor, day: dt.date | None = None) -> dict[str, Waiting]:
    """What waits for an actor, by flow; one query."""
    today = day or clock.today()
    rows = _counting(None if actor.system else _powers(actor))(today, today + dt.timedelta(days=SOON))
    return {flow: Waiting(*numbers) for flow, *numbers in rows}


@lru_cache(maxsize=2_000)
def _counting(powers: tuple[Power, ...] | None) -> Statement[tuple[Any, ...]]:
    """The count for those who may act alike: every page shows it, and its condition is the longest of all."""

    def make(today: dt.date, soon: dt.date) -> QuerySet[Task, tuple[Any, ...]]:
        late = Count("pk", filter=Q(due__lt=today))
        near = Count("pk", filter=Q(due__gte=today, due__lte=soon))
        mine = Task.objects.open().filter(Q() if powers is None else _condition(powers)).order_by()
        return (
            mine.values("flow").annotate(n=Count("pk"), late=late, near=near).values_list("flow", "n", "late", "near")
        )

    return Statement(make)


def done(actor: Actor) -> TaskQuerySet:
    """What an actor has done himself, newest first."""
    return Task.objects.filter(closed_by=actor.user_id, closed_at__isnull=False).order_by("-closed_at", "-pk")


def overdue(day: dt.date, actor: Actor | None = None) -> TaskQuerySet:
    """The open tasks past their day; for an actor those that he may act on, and those that are escalated to him."""
    rows = Task.objects.open().filter(due__lt=day).by_due()
    if actor is None or actor.system:
        return rows
    return rows.filter(may_act(actor) | escalated_to(actor))


def escalated_to(actor: Actor) -> Q:
    """The condition that an overdue task of lower organs is to be seen by an actor."""
    found = NOTHING
    for plan in FLOWS.values():
        if plan.escalate is None:
            continue
        organs = actor.where(plan.escalate.permission)
        if organs is None:
            found |= Q(flow=plan.name, above_id__isnull=False)
        elif organs:
            found |= Q(flow=plan.name, above_id__in=sorted(organs))
    return found


def opened(record: Record, *, by: Actor) -> int:
    """This will note that a holder has opened a record, after which the step before cannot be withdrawn; how many tasks."""
    rows = Task.objects.open().filter(may_act(by), kind=record.label, record_id=record.pk, seen_at=None)
    return rows.update(seen_at=clock.now(), seen_by_id=by.user_id)
