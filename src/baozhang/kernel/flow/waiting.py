"""Opening and closing tasks as a record moves; called by the steps and verbs, in their transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.standing import Standing

from .case import Case, place
from .choices import End, Part
from .limits import Deadline
from .plan import FLOWS
from .step import Chosen, Step
from .task import Task


def fresh_task(
    case: Case, part: str, permission: str, organ: int | None, *, by: Actor, stay: int, deadline: Deadline,
    step: str = "", assignee: int | None = None, role: str = "", parent: Task | None = None,
) -> Task:  # fmt: skip
    """A task, not yet written, that somebody opens on a record in its present state."""
    return Task(
        kind=case.record.label, record_id=case.record.pk, flow=case.plan.name, state=case.state, step=step, stay=stay,
        part=part, organ_id=organ, permission=permission, role=role, assignee_id=assignee, parent=parent,
        above_id=_above(case), title=case.plan.title(case.record)[:200], sender_id=by.user_id, sender_name=by.name,
        opened_at=clock.now(), day=case.day, due=deadline.due, provisional=deadline.provisional, limit=deadline.key,
    )  # fmt: skip


def _above(case: Case) -> int | None:
    if case.plan.escalate is None:
        return None
    try:
        return place(case.plan.escalate.where, case.record, case.places)
    except Refused:  # the highest authority has nobody above it, and its deadlines run all the same
        return None


def arriving(
    case: Case, *, by: Actor, stay: int, deadline: Deadline, assignees: Mapping[str, int] | None = None
) -> list[Task]:
    """The tasks that begin as the record comes into its state: one for each right and organ, and the countersigners."""
    found: dict[tuple[str, int | None], Task] = {}
    asked: list[Task] = []
    for step in case.plan.leaving(case.state, case.record):
        if step.todo:
            key = (step.permission, case.organ(step))
            if key not in found:
                who = (assignees or {}).get(step.permission)
                found[key] = fresh_task(case, Part.MAIN, *key, by=by, stay=stay, deadline=deadline, assignee=who)
        if not isinstance(step.countersign, Chosen):
            asked += countersigners(case, step, by=by, stay=stay, deadline=deadline)
    return [*found.values(), *asked]


def countersigners(case: Case, step: Step, *, by: Actor, stay: int, deadline: Deadline) -> list[Task]:
    """The tasks of the countersigners that a step declares."""
    assert not isinstance(step.countersign, Chosen)
    return [
        fresh_task(
            case, Part.COUNTERSIGN, party.permission, place(party.where, case.record, case.places),
            by=by, stay=stay, deadline=deadline, step=step.name,
        )
        for party in step.countersign
    ]  # fmt: skip


def open_up(tasks: list[Task]) -> list[Task]:
    """This will write new tasks."""
    return Task.objects.bulk_create(tasks)


def close(tasks: Iterable[Task], outcome: str, *, by: Actor | None = None, opinion: str = "", step: str = "") -> None:
    """This will close tasks with an outcome; by nobody where somebody else's act has made them idle."""
    keys = [task.pk for task in tasks]
    if not keys:
        return
    values = {
        "closed_at": clock.now(), "outcome": outcome, "opinion": opinion,
        "closed_by_id": by.user_id if by else None, "closed_name": by.name if by else "",
    }  # fmt: skip
    if step:
        values["step"] = step
    Task.objects.filter(pk__in=keys, closed_at=None).update(**values)


def done_at_once(
    case: Case,
    permission: str,
    organ: int | None,
    *,
    standing: Standing,
    outcome: str,
    note: str,
    state: str,
    step: str = "",
) -> None:
    """This will write a task that was open for no time, so that what nobody was asked to do is among the done as well."""
    by = standing.actor
    task = fresh_task(
        case, Part.MAIN, permission, organ, by=by, stay=case.trail.entered, deadline=Deadline(), step=step
    )
    task.state, task.closed_at, task.closed_by_id, task.closed_name = state, clock.now(), by.user_id, by.name
    task.outcome, task.opinion = outcome, note
    task.save(force_insert=True)


def settle_all(
    case: Case, permission: str, organ: int | None, *, standing: Standing, outcome: str, note: str, state: str, rest: str = End.OVERTAKEN,
) -> None:  # fmt: skip
    """This will close the actor's own task with an outcome, and all others of the record as overtaken."""
    mine = case.holder_task(permission, organ)
    if mine is None:
        done_at_once(case, permission, organ, standing=standing, outcome=outcome, note=note, state=state)
    else:
        close([mine], outcome, by=standing.actor, opinion=note)
    close([task for task in case.waiting if task is not mine], rest)
    case.__dict__.pop("tasks", None)
    case.__dict__.pop("trail", None)


def adjust(case: Case) -> list[Task]:
    """This will let the tasks of a locked record follow what its state now asks for: those no longer meant end; the new ones."""
    asked = [
        task for task in arriving(case, by=case.by, stay=case.trail.entered, deadline=Deadline()) if task.responsible
    ]
    wanted, held = ({(task.permission, task.organ_id) for task in rows} for rows in (asked, _responsible(case)))
    close([task for task in _responsible(case) if (task.permission, task.organ_id) not in wanted], End.DONE)
    case.__dict__.pop("tasks", None)
    return open_up([task for task in asked if (task.permission, task.organ_id) not in held])


def _responsible(case: Case) -> list[Task]:
    return [task for task in case.waiting if task.responsible]


def still_able(permission: str, organ: int | None, person: int | None, case: Case) -> int | None:
    """The person, where he still holds a right in an organ; else None: whoever holds it there may act."""
    if person is None or organ is None or person not in access.holders_of.ask(permission, organ, case.day):
        return None
    return person


def ensure(case: Case) -> None:
    """This will open the tasks of the present state where a record was never started."""
    if any(task.responsible for task in case.waiting):
        return
    known = Q(closed_at=None) | Q(stay=case.trail.entered, part=Part.COUNTERSIGN)
    asked = set(Task.objects.of(case.plan.name, case.record).filter(known).values_list("part", flat=True))
    tasks = arriving(case, by=case.by, stay=case.trail.entered, deadline=Deadline())
    if Part.COUNTERSIGN in asked:
        tasks = [task for task in tasks if task.part != Part.COUNTERSIGN]
    if not tasks:
        raise Refused(_("“%(state)s”没有待办") % {"state": case.plan.state_words(case.state)})
    open_up(tasks)
    case.__dict__.pop("tasks", None)


def call_anew(rows: Sequence[Record]) -> None:
    """This will let what waits on records be called as they are now, after they were changed otherwise than by a step.

    One query, where something waits one more, and one for each that is called otherwise.
    """
    if not rows:
        return
    model = type(rows[0])
    waiting = list(Task.objects.open().filter(kind=rows[0].label, record_id__oneof=[row.pk for row in rows]))
    held = model._base_manager.filter(pk__oneof=sorted({task.record_id for task in waiting})) if waiting else ()
    found = {row.pk: row for row in held}
    for task in waiting:
        title = FLOWS[task.flow].title(found[task.record_id])[:200]
        if title != task.title:
            Task.objects.filter(pk=task.pk).update(title=title)
