"""The workbench: what waits for me, what I have done, what is overdue; each in one query."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record

from .plan import FLOWS
from .standing import Seat, seats
from .task import Task, TaskQuerySet

SOON = 3  # days
NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Waiting:
    """How many tasks of a flow wait, how many of them are overdue, and how many are due within three days."""

    all: int
    overdue: int
    soon: int


def may_act(actor: Actor) -> Q:
    """The condition that an actor may act on a task: by right and organ, meant for him, for whom he stands in, or for anybody."""
    if actor.system:
        return Q()
    found = NOTHING
    for seat in seats(actor):
        meant = Q(assignee=None) | Q(assignee=seat.person_id)
        found |= _rights(seat.actor, _all_rights()) & meant & _roles(seat)
    return found


def _all_rights() -> set[str]:
    return {name for plan in FLOWS.values() for name in plan.rights()}


def _rights(actor: Actor, names: Iterable[str], column: str = "organ_id") -> Q:
    """The condition that the actor holds a task's permission in an organ; one term for each different reach."""
    groups: dict[frozenset[int] | None, list[str]] = defaultdict(list)
    for name in sorted(names):
        groups[actor.where(name)].append(name)
    found = NOTHING
    for organs, held in groups.items():
        if organs is None:
            found |= Q(permission__oneof=held)
        elif organs:
            found |= Q(permission__oneof=held, **{f"{column}__oneof": sorted(organs)}) | Q(
                permission__oneof=held, **{column: None}
            )
    return found


def _roles(seat: Seat) -> Q:
    found = Q(role="")
    for holding in seat.actor.holdings:
        found |= Q(role=holding.role, organ_id=holding.organ_id)
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
    late = Count("pk", filter=Q(due__lt=today))
    soon = Count("pk", filter=Q(due__gte=today, due__lte=today + dt.timedelta(days=SOON)))
    rows = (
        Task.objects.open()
        .filter(may_act(actor))
        .order_by()
        .values("flow")
        .annotate(n=Count("pk"), late=late, soon=soon)
    )
    return {row["flow"]: Waiting(row["n"], row["late"], row["soon"]) for row in rows}


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
