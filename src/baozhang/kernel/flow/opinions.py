"""Opinions asked before a step: 会签 of other organs or roles, 加签 of a colleague; given, or no longer waited for."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.kernel import access
from baozhang.kernel.access import ROLES, Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.standing import stand

from . import news
from .case import Case, Outcome, run
from .choices import End, Part
from .limits import Deadline
from .plan import Plan
from .step import Chosen, Step
from .task import Task
from .verbs import must_say, my_task, names_of
from .waiting import close, countersigners, ensure, fresh_task, open_up


def seek(
    plan: Plan, name: str, record: Record, *, parties: Sequence[int | tuple[int, int]], by: Actor, note: str,
    version: int | None, key: str,
) -> Outcome:  # fmt: skip
    """This will ask countersigners; see Flow.seek."""
    step = plan.find(name)

    def work(case: Case) -> Outcome:
        organ = case.organ(step)
        may_seek(case, step, organ)
        ensure(case)
        main = case.holder_task(step.permission, organ)
        standing = case.stand(step.permission, organ, main)
        limit = Deadline(main.due, main.provisional, main.limit) if main else Deadline()
        asked = _seats(case, step, parties, standing.actor, limit)
        aside = {"step": name, "asked": [[task.organ_id, task.assignee_id] for task in asked]}
        outcome = case.write(plan.act("seek"), standing, step.permission, organ, note=note, key=key, aside=aside)
        news.of_tasks(open_up(asked), standing.actor, note)
        return outcome

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("seek"), key=key, version=version, work=work)


def may_seek(case: Case, step: Step, organ: int | None) -> None:
    """This will raise Refused where a step wants no countersigners now, or the actor does not hold it."""
    if stand(case.by, step.permission, organ) is None:
        case.deny(step.permission)
    if not step.countersign or case.state not in step.source:
        raise Refused(
            _("“%(step)s”现在不能送会签") % {"step": step.words},
            why=_("当前状态为“%(state)s”。") % {"state": case.plan.state_words(case.state)} if step.countersign else _("此步骤不设会签。"),
        )  # fmt: skip


def _seats(case: Case, step: Step, parties: Sequence[int | tuple[int, int]], by: Actor, limit: Deadline) -> list[Task]:
    stay = case.trail.entered
    already = {(task.organ_id, task.assignee_id) for task in case.asked(step)}
    if not isinstance(step.countersign, Chosen):
        tasks = countersigners(case, step, by=by, stay=stay, deadline=limit)
        wanted = [task for task in tasks if (task.organ_id, None) not in already]
    else:
        wanted = [_chosen(case, step.countersign, step, party, by, limit) for party in dict.fromkeys(parties)]
        wanted = [task for task in wanted if (task.organ_id, task.assignee_id) not in already]
    if not wanted:
        raise Refused(_("没有选择会签单位，或已经送过"), instead=_("请选择尚未会签的单位或人员。"))
    return wanted


def _chosen(case: Case, chosen: Chosen, step: Step, party: int | tuple[int, int], by: Actor, limit: Deadline) -> Task:
    organ, user = (party, None) if isinstance(party, int) else party
    able = set(access.holders_of.ask(chosen.permission, organ, case.day)) - {by.user_id}  # not whoever asks
    if not able or (user is not None and user not in able):
        name = access.organ_names.ask([organ]).get(organ, "")
        raise Refused(
            _("不能送%(name)s会签") % {"name": name}, why=_("所选单位或人员没有会签的权限；送会签的人不能自己会签。"),
            instead=_("请选择其他单位或人员。"),
        )  # fmt: skip
    return fresh_task(
        case, Part.COUNTERSIGN, chosen.permission, organ, by=by, stay=case.trail.entered, deadline=limit,
        step=step.name, assignee=user,
    )  # fmt: skip


def consult(
    plan: Plan, record: Record, *, users: Sequence[int], roles: Sequence[str], by: Actor, note: str,
    version: int | None, key: str,
) -> Outcome:  # fmt: skip
    """This will ask colleagues for an opinion; see Flow.consult."""

    def work(case: Case) -> Outcome:
        ensure(case)
        main, standing = my_task(case, None)
        if not main.responsible:
            raise Refused(_("您不是本件的主办"), why=_("加签由主办人提出。"), instead=_("请直接签署意见。"))
        asked = _signers(case, main, list(dict.fromkeys(users)), list(dict.fromkeys(roles)), standing.actor)
        names = [ROLES[task.role].code if task.role else task.assignee_id for task in asked]
        outcome = case.write(
            plan.act("consult"), standing, main.permission, main.organ_id, note=note, key=key, aside={"asked": names}
        )
        news.of_tasks(open_up(asked), standing.actor, note)
        return outcome

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("consult"), key=key, version=version, work=work)


def _signers(case: Case, main: Task, users: list[int], roles: list[str], by: Actor) -> list[Task]:
    view, organ = case.plan.model.right("view"), main.organ_id
    able = access.holders_of.ask(view, organ, case.day) if organ is not None else {}
    strange = [user for user in users if user not in able or user == case.by.user_id]
    empty = [
        role
        for role in roles
        if role not in ROLES or organ is None or set(access.appointed.ask(role, organ, case.day)) <= {case.by.user_id}
    ]
    if strange or empty or not users + roles:
        raise Refused(
            _("不能请所选人员加签"),
            why=_("加签只能请本单位中能查看本件的其他人员，或本单位有人担任的角色。"),
            instead=_("请从可选人员中选择。"),
        )
    limit = Deadline(main.due, main.provisional, main.limit)
    wanted: list[tuple[int | None, str]] = [(user, "") for user in users] + [(None, role) for role in roles]
    already = {(task.assignee_id, task.role) for task in case.waiting if task.part == Part.ADDED}
    if already & set(wanted):
        raise Refused(_("已请其加签"), instead=_("请等待意见，或催办。"))
    return [
        fresh_task(case, Part.ADDED, view, organ, by=by, stay=case.trail.entered, deadline=limit, assignee=user, role=role, parent=main)
        for user, role in wanted
    ]  # fmt: skip


def opine(
    plan: Plan, record: Record, *, agree: bool, opinion: str, task: int | None, by: Actor, version: int | None, key: str
) -> Outcome:
    """This will give an opinion; see Flow.opine."""

    def work(case: Case) -> Outcome:
        mine = _my_question(case, task)
        standing = case.stand(mine.permission, mine.organ_id, mine)
        if not agree:
            must_say(opinion, _("不同意"))
        aside = {"agree": agree, "task": mine.pk, "step": mine.step, "part": mine.part}
        outcome = case.write(
            plan.act("opine"), standing, mine.permission, mine.organ_id, note=opinion, key=key, aside=aside
        )
        close([mine], End.AGREED if agree else End.DISAGREED, by=standing.actor, opinion=opinion)
        news.of_opinion(mine, agree=agree, opinion=opinion, by=standing.actor)
        return outcome

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("opine"), key=key, version=version, work=work)


def questions(case: Case) -> list[Task]:
    """The opinions that the actor is asked for, those in his own name first."""
    mine = [row for row in case.waiting if row.waits_for_opinion and row.holder(case.by)]
    return sorted(mine, key=lambda row: row.assignee_id is None)


def _my_question(case: Case, task: int | None) -> Task:
    mine = [row for row in questions(case) if task is None or row.pk == task]
    if mine:
        return mine[0]
    if not case.visible():
        case.deny(case.plan.model.right("view"))
    raise Refused(_("没有请您提意见"), why=_("本件没有请您会签或加签，或您已经提过意见。"))


def drop(plan: Plan, record: Record, *, task: int, by: Actor, note: str, key: str) -> Outcome:
    """This will stop waiting for an opinion; see Flow.drop."""

    def work(case: Case) -> Outcome:
        asked = next((row for row in case.waiting if row.pk == task and row.waits_for_opinion), None)
        if asked is None:
            raise Refused(_("没有这项征求"), why=_("意见已经提出，或已经撤销。"), instead=_("请刷新页面。"))
        permission, organ = _asker(case, asked)
        standing = case.stand(permission, organ, case.holder_task(permission, organ))
        aside = {
            "task": asked.pk,
            "part": asked.part,
            "to": names_of([asked.assignee_id]).get(asked.assignee_id) if asked.assignee_id else None,
        }
        outcome = case.write(plan.act("drop"), standing, permission, organ, note=note, key=key, aside=aside)
        close([asked], End.DROPPED, by=standing.actor, opinion=note)
        return outcome

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("drop"), key=key, version=None, work=work)


def _asker(case: Case, asked: Task) -> tuple[str, int | None]:
    """The right and organ of whoever asked; Refused where the flow itself demands the opinion."""
    if asked.part == Part.ADDED and asked.parent is not None:
        return asked.parent.permission, asked.parent.organ_id
    step = case.plan.find(asked.step)
    if not isinstance(step.countersign, Chosen):
        raise Refused(
            _("此会签不能撤销"), why=_("“%(step)s”规定须经其会签。") % {"step": step.words}, article=step.article,
            instead=_("请等待意见，或催办。"),
        )  # fmt: skip
    return step.permission, case.organ(step)
