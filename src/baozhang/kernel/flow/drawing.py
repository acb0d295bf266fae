"""The way of one record as a line, and the way of all as a diagram; both read from the table and the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel import access, clock
from baozhang.kernel.access import PERMISSIONS, Actor
from baozhang.kernel.record import Record

from . import limits
from .case import Case
from .choices import OPINIONS, End, Part
from .plan import VERBS, Plan
from .step import Step
from .task import Task
from .trail import Line
from .verbs import names_of

DRAWN = ("step", "back", "withdraw")


def path(plan: Plan, record: Record, by: Actor) -> list[dict[str, Any]]:
    """The line of a record: what was done, skipped (before what jumped over it) or returned, what is now and until when, what comes.

    Each item has words, status (done, returned, skipped, now, next), who, organ, when (a day), at, days (used; left where
    it is now), note, due, provisional, unverified, opinions. A number of queries that does not grow with the history.
    """
    case = Case(plan, record, by)
    at = _place(plan, case.state, record)
    ahead = plan.main_line(record)[at + 1 :]
    return [*_done(case), *_now(case), *(_item(step.words, "next", name=step.name) for step in ahead)]


def _item(words: Any, status: str, **more: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {"name": "", "who": "", "organ": "", "when": None, "at": None, "days": None, "note": "", "due": None,
             "provisional": False, "unverified": False, "opinions": []}  # fmt: skip
    return {"words": str(words), "status": status, **blank, **more}


def _done(case: Case) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    before: dt.date | None = None
    opinions: list[dict[str, Any]] = []
    missing = _missing(case)
    for line in case.trail.lines:
        items += (_item(step.words, "skipped", name=step.name) for step in _jumped(case, line) if step in missing)
        if line.verb == "opine":
            opinions.append(_opinion(line))
        elif line.verb in DRAWN:
            days = (line.day - before).days if before else None
            items.append(_drawn(case, line, days, opinions))
            opinions = []
        if line.verb in DRAWN or before is None:
            before = line.day
    return items


def _drawn(case: Case, line: Line, days: int | None, opinions: list[dict[str, Any]]) -> dict[str, Any]:
    plan, record = case.plan, case.record
    step = plan.steps.get(line.step)
    if line.verb == "step":
        words = step.words if step else line.step
        back = _place(plan, line.now or line.was, record) < _place(plan, line.was, record)
        status = "returned" if back else "done"
    else:
        words = _("%(verb)s至“%(state)s”") % {"verb": VERBS[line.verb], "state": plan.state_words(line.now)}
        status = "returned"
    return _item(words, status, name=line.step, who=line.by_name, organ=line.by_organ, when=line.day, at=line.at,
                 days=days, note=line.note, opinions=opinions)  # fmt: skip


def _place(plan: Plan, state: str, record: Record) -> int:
    """How far along the ordinary way a state is; past its end where no ordinary step leaves it."""
    line = plan.main_line(record)
    return next((i for i, step in enumerate(line) if state in step.source), len(line))


def _opinion(line: Line) -> dict[str, Any]:
    said = End.AGREED if line.aside.get("agree") else End.DISAGREED
    part = Part(line.aside["part"]).label if line.aside.get("part") in OPINIONS else ""
    return {"who": line.by_name, "organ": line.by_organ, "part": str(part), "said": str(said.label), "note": line.note,
            "when": line.day}  # fmt: skip


def _missing(case: Case) -> list[Step]:
    """The steps of the ordinary way that nobody took and whose goal was never reached otherwise."""
    been = {line.now for line in case.trail.lines if line.now}
    taken = {line.step for line in case.trail.lines if line.verb == "step"}
    return [step for step in case.plan.main_line(case.record) if step.name not in taken and step.target not in been]


def _jumped(case: Case, line: Line) -> list[Step]:
    """The steps of the ordinary way that lie between the state from which an entry led and the one that it led to.

    A record that began further on jumped over what comes before; one that left the ordinary way jumped over nothing.
    """
    main = case.plan.main_line(case.record)
    if not line.now or line.now not in {state for step in main for state in (*step.source, step.target)}:
        return []
    if not line.was and not case.plan.leaving(line.now, case.record):
        return []  # it came in as it ended
    first = _place(case.plan, line.was, case.record) if line.was else 0
    return main[first : _place(case.plan, line.now, case.record)]


def _now(case: Case) -> list[dict[str, Any]]:
    waiting = [task for task in case.waiting if task.responsible]
    asked = [task for task in case.waiting if task.waits_for_opinion]
    steps = case.plan.leaving(case.state, case.record)
    if not waiting:
        words = case.plan.state_words(case.state)
        return [_item(words, "now")] if steps else []
    names = access.organ_names.ask({task.organ_id for task in waiting + asked if task.organ_id})
    whose = owner_name(case)
    items = [_task_item(case, task, names, whose) for task in waiting]
    items[0]["opinions"] = [{**_waiting(task, names), "part": Part(task.part).label} for task in asked]
    return items


def owner_name(case: Case) -> str:
    """The name of the person whose the record is, where tasks are one person's; empty where it is nobody's."""
    person = case.plan.owners([case.record.pk]).get(case.record.pk) if case.plan.own is not None else None
    return names_of([person])[person] if person is not None else ""


def _task_item(case: Case, task: Task, names: dict[int, str], whose: str) -> dict[str, Any]:
    mine = [
        step for step in case.plan.leaving(case.state, case.record) if step.permission == task.permission and step.todo
    ]
    main = next((step for step in mine if not step.side), mine[0] if mine else None)
    words = main.words if main else case.plan.state_words(case.state)
    there = _waiting(task, names)
    if whose and task.assignee is None and case.plan.is_personal(task.permission):
        there["who"] = whose
    return _item(words, "now", name=main.name if main else "", due=task.due, days=task.days_left(),
                 provisional=task.provisional, unverified=task.unverified, part=str(Part(task.part).label), **there)  # fmt: skip


def _waiting(task: Task, names: dict[int, str]) -> dict[str, Any]:
    organ = names.get(task.organ_id or 0, "")
    return {"who": task.assignee.name if task.assignee else organ, "organ": organ, "when": task.day}


def diagram(plan: Plan) -> dict[str, Any]:
    """Nodes (states) and edges (steps) of a flow, in the order of the table."""
    main = plan.main_line()
    on_line = {plan.initial[0], *(step.target for step in main)}
    used = dict.fromkeys(
        [*plan.initial, *(state for step in plan.steps.values() for state in (*step.source, step.target))]
    )
    nodes = [
        {
            "state": state, "words": plan.state_words(state), "initial": state in plan.initial,
            "final": not plan.leaving(state), "main": state in on_line,
        }
        for state in used
    ]  # fmt: skip
    edges = [_edge(step, source, step in main) for step in plan.steps.values() for source in step.source]
    return {"name": plan.name, "words": str(plan.words), "article": plan.article, "nodes": nodes, "edges": edges}


def _edge(step: Step, source: str, main: bool) -> dict[str, Any]:
    return {
        "step": step.name, "words": str(step.words), "source": source, "target": step.target, "main": main,
        "side": step.side, "right": str(PERMISSIONS[step.permission].words), "article": step.article,
        "within": limit_words(step), "four_eyes": list(step.four_eyes), "countersign": bool(step.countersign),
        "needs_note": step.needs_note,
    }  # fmt: skip


def limit_words(step: Step) -> str:
    """The time limit of the next state as words today; 待核实 where its figure has no value."""
    limit = step.within
    if isinstance(limit, str):
        limit = limits.limit_of.ask(limit, clock.today(), None)
        if limit is None:
            return _("期限待核实")
    if not isinstance(limit, tuple):
        return _("按事项计算") if limit is not None else ""
    count, unit = limit
    return _("%(n)d 个工作日") % {"n": count} if unit == "working_days" else _("%(n)d 日") % {"n": count}
