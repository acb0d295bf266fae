"""Who is told what when a record moves: after the transaction, in the source language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from baozhang.kernel import access, clock, notices
from baozhang.kernel.access import Actor

from .case import Case, place
from .choices import Part
from .plan import FLOWS, Plan
from .step import Step
from .task import Task


def later(call: Callable[[], list[notices.Notice]]) -> None:
    """This will send the notices that a function makes, after the commit; a failure there is logged and undoes nothing."""
    transaction.on_commit(partial(_send, call, clock.now()), robust=True)


def _send(call: Callable[[], list[notices.Notice]], at: Any) -> None:
    with translation.override(settings.LANGUAGE_CODE), clock.on(at):
        notices.send(call())


def holders(task: Task) -> access.Holders:
    """Who holds what a task asks for in its organ, deputies among them, whosever it is."""
    if task.organ_id is None:
        return {}
    if task.role:
        return access.appointed.ask(task.role, task.organ_id, clock.today())
    return access.holders_of.ask(task.permission, task.organ_id, clock.today())


def of_tasks(tasks: Iterable[Task], by: Actor, note: str = "") -> None:
    """This will tell the holders of new tasks."""
    rows = list(tasks)
    if rows:
        later(partial(_tell, rows, by, note))


def holders_once(tasks: Sequence[Task]) -> Callable[[Task], list[int]]:
    """The holders of tasks, looked up once for each right and organ; of what is one person's he and his deputies, and who sees all."""
    seen: dict[tuple[Any, ...], access.Holders] = {}
    owners = {
        plan.name: plan.owners(task.record_id for task in tasks if task.flow == plan.name) for plan in _owned(tasks)
    }

    def find(task: Task) -> list[int]:
        key = (task.role, task.permission, task.organ_id)
        if key not in seen:
            seen[key] = holders(task)
        able, own = seen[key], task.plan.own
        if task.assignee_id:
            stand_in = (one for one, others in able.items() if task.assignee_id in others)
            return list(dict.fromkeys((task.assignee_id, *stand_in)))
        if own is None or task.organ_id is None or not task.plan.is_personal(task.permission):
            return list(able)
        everybody = own.everybody, task.organ_id
        if everybody not in seen:
            seen[everybody] = access.holders_of.ask(*everybody, clock.today()) if own.everybody else {}
        owner = owners[task.flow].get(task.record_id)
        return [one for one, others in able.items() if one == owner or owner in others or one in seen[everybody]]

    return find


def _owned(tasks: Iterable[Task]) -> list[Plan]:
    return [plan for name in {task.flow for task in tasks} if (plan := FLOWS[name]).own is not None]


def _tell(tasks: list[Task], by: Actor, note: str) -> list[notices.Notice]:
    find, made = holders_once(tasks), []
    for task in tasks:
        title = _("待办：%(title)s（%(words)s）") % {"title": task.title, "words": task.words}
        parts = [] if by.system else [_("%(name)s送来。") % {"name": by.name}]
        if task.due:
            parts.append(_("请于 %(due)s 前办理。") % {"due": task.due})
        people = [person for person in find(task) if person != by.user_id]
        made += notices.compose(
            people, title=title, body="".join(parts) + note, organ_id=task.organ_id, about=(task.kind, task.record_id)
        )
    return made


def of_step(case: Case, step: Step, note: str) -> None:
    """This will tell whom the step names, and, at the end of the way, those who brought the record there."""
    people: set[int] = set()
    if not case.plan.leaving(case.state, case.record):
        people = {line.by_id for line in case.trail.lines if line.verb == "step" and line.by_id}
    parties = [(party.permission, place(party.where, case.record, case.places)) for party in step.notify]
    if people or parties:
        about = (case.record.label, case.record.pk)
        later(partial(_tell_step, case.plan.title(case.record), step, case.by, note, people, parties, about))


def _tell_step(
    title: str,
    step: Step,
    by: Actor,
    note: str,
    people: set[int],
    parties: list[tuple[str, int | None]],
    about: tuple[str, int],
) -> list[notices.Notice]:
    everybody = set(people)
    for permission, organ in parties:
        everybody |= set(access.holders_of.ask(permission, organ, clock.today())) if organ is not None else set()
    words = _("%(title)s：%(step)s") % {"title": title, "step": step.words}
    body = "" if by.system else _("%(name)s办理。") % {"name": by.name}
    return notices.compose(sorted(everybody - {by.user_id or 0}), title=words, body=body + note, about=about)


def of_opinion(task: Task, *, agree: bool, opinion: str, by: Actor) -> None:
    """This will tell whoever asked what was said."""
    if task.sender_id is not None and task.sender_id != by.user_id:
        later(partial(_tell_opinion, task, agree, opinion, by))


def _tell_opinion(task: Task, agree: bool, opinion: str, by: Actor) -> list[notices.Notice]:
    title = _("%(title)s：%(part)s意见") % {"title": task.title, "part": Part(task.part).label}
    said = _("同意") if agree else _("不同意")
    body = _("%(name)s：%(said)s。") % {"name": by.name, "said": said} + opinion
    return notices.compose([task.sender_id or 0], title=title, body=body, about=(task.kind, task.record_id))


def of_reminder(tasks: list[Task], by: Actor, note: str) -> None:
    """This will tell the holders that somebody waits."""
    later(partial(_tell_reminder, tasks, by, note))


def _tell_reminder(tasks: list[Task], by: Actor, note: str) -> list[notices.Notice]:
    find, made = holders_once(tasks), []
    for task in tasks:
        title = _("催办：%(title)s（%(words)s）") % {"title": task.title, "words": task.words}
        body = _("%(name)s催办。") % {"name": by.name} + note
        people = [person for person in find(task) if person != by.user_id]
        made += notices.compose(
            people, title=title, body=body, organ_id=task.organ_id, about=(task.kind, task.record_id)
        )
    return made
