"""Taking a step: lock, check, set, keep, tasks, effects, notices; one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.kernel.access import ROLES, Actor
from baozhang.kernel.guarding import of_the_living
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Fault, Invalid, Refused
from baozhang.kernel.standing import Standing

from . import news
from .case import Case, Outcome, run
from .choices import Part
from .limits import NO_DEADLINE, deadline
from .plan import Plan
from .step import Chosen, Limit, Step
from .task import Task
from .values import fill, read
from .waiting import adjust, arriving, done_at_once, open_up, settle_all


def start(plan: Plan, records: Sequence[Record], *, by: Actor, note: str, within: Limit, right: str) -> None:
    """This will keep new records and open the tasks of their first state, in bulk."""
    strange = next((row for row in records if plan.state(row) not in plan.initial), None)
    if strange is not None:
        raise Refused(
            _("不能从“%(state)s”开始") % {"state": plan.state_words(plan.state(strange))},
            instead=_("请先登记为“%(state)s”，再按步骤办理。") % {"state": plan.state_words(plan.initial[0])},
        )
    with transaction.atomic():
        fresh = [row for row in records if not row.pk]
        new = {id(row) for row in fresh}
        keep(fresh, by=by, note=note, right=right)
        tasks: list[Task] = []
        places: dict[Any, int | None] = {}
        for row in records:
            case = Case(plan, row, by, places)
            limit = deadline(within, row, case.day) if within else NO_DEADLINE
            stay = row.version if id(row) in new else case.trail.entered
            tasks += arriving(case, by=by, stay=stay, deadline=limit)
        news.of_tasks(open_up(tasks), by, note)


def take(
    plan: Plan,
    name: str,
    record: Record,
    *,
    by: Actor,
    note: str,
    values: Mapping[str, Any] | None,
    version: int | None,
    key: str,
) -> Outcome:
    """This will take a step; see Flow.take."""
    step = plan.find(name)

    def work(case: Case) -> Outcome:
        organ = case.organ(step)
        standing = admit(case, step, organ)
        _ask_note(step, note)
        given = read(step, case.record, values or {}, by)
        offered = {"by": by, "note": note, "values": given, "day": case.day, "step": step}
        for guard in step.guards:
            guard.run(case.record, offered)
        fill(step, case.record, given)
        return _move(case, step, organ, standing, note=note, key=key, offered=offered)

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("step", name), key=key, version=version, work=work)


def follow(plan: Plan, record: Record, *, by: Actor) -> None:
    """This will open and close tasks of a record as its state now asks for them; see Flow.follow."""
    with transaction.atomic():
        news.of_tasks(adjust(Case.locked(plan, record, by)), by)


def admit(case: Case, step: Step, organ: int | None) -> Standing:
    """In whose name the actor may take a step now; Forbidden, NotFound or Refused where he may not, before any guard."""
    task = case.holder_task(step.permission, organ) if case.state in step.source else None
    standing = case.stand(step.permission, organ, task)
    _ask_state(case, step)
    if step.along and not case.by.system:
        raise Refused(_("“%(step)s”不在这里办理") % {"step": step.words}, article=step.article, instead=str(step.along))
    if case.state == case.plan.initial[0] and not step.side and case.plan.leaving(step.target):
        of_the_living(case.plan.model, [case.record])  # a draft that its organ did not live to hand in
    _ask_four_eyes(case, step, standing)
    _ask_opinions(case, step, task)
    return standing


def _ask_state(case: Case, step: Step) -> None:
    if case.state in step.source and not step.fits(case.record):
        ways = [one for one in case.plan.leaving(case.state, case.record) if not one.side and not one.along]
        raise Refused(
            _("此件不经过“%(step)s”") % {"step": step.words}, why=_("按事项的类别和金额，它走另一条路径。"), article=step.article,
            instead=_("请办理：%(steps)s。") % {"steps": "、".join(str(one.words) for one in ways)} if ways else _("请刷新页面，按列出的步骤办理。"),
        )  # fmt: skip
    if case.state in step.source:
        return
    last = case.trail.last_move
    raise Refused(
        _("现在不能办理“%(step)s”") % {"step": step.words},
        why=_("当前状态为“%(state)s”；%(who)s于 %(day)s 办理了“%(act)s”。") % {"state": case.plan.state_words(case.state), **_last(case)}
        if last else _("当前状态为“%(state)s”。") % {"state": case.plan.state_words(case.state)},
        article=step.article,
        instead=_("请刷新页面，按当前状态办理。"),
    )  # fmt: skip


def _last(case: Case) -> dict[str, Any]:
    line = case.trail.last_move
    assert line is not None
    words = case.plan.steps[line.step].words if line.step in case.plan.steps else _("登记")
    return {"who": line.by_name, "day": line.day, "act": words}


def _ask_four_eyes(case: Case, step: Step, standing: Standing) -> None:
    me = {person for person in (case.by.user_id, standing.for_id) if person is not None}
    for other in step.four_eyes:
        before = case.trail.persons(other)
        for person in me & set(before):
            raise Refused(
                _("您不能办理“%(step)s”") % {"step": step.words},
                why=_("“%(other)s”由%(who)s办理，这两个环节须由不同的人办理。")
                % {"other": case.plan.steps[other].words, "who": before[person]},
                article=step.article,
                instead=_("请由本单位其他有此权限的人员办理。"),
            )


def _ask_opinions(case: Case, step: Step, task: Task | None) -> None:
    for asked in case.waiting:
        if asked.part == Part.ADDED and task is not None and _hangs_on(asked, task):
            raise Refused(
                _("加签意见尚未提出"),
                why=_("%(day)s 已请%(who)s先提意见。") % {"day": asked.day, "who": _who(asked)},
                instead=_("请等待意见、催办，或撤销征求。"),
            )
    if step.countersign:
        _ask_countersigners(step, case.asked(step))


def _hangs_on(asked: Task, task: Task) -> bool:
    main = asked.parent
    return main is not None and (main.permission, main.organ_id) == (task.permission, task.organ_id)


def _who(task: Task) -> str:
    if task.assignee is not None:
        return task.assignee.name
    return str(ROLES[task.role].words) if task.role else ""


def _ask_countersigners(step: Step, asked: list[Task]) -> None:
    agreed = [task for task in asked if task.outcome == "+agreed"]
    against = [task for task in asked if task.outcome == "+disagreed"]
    least = step.countersign.at_least if isinstance(step.countersign, Chosen) else len(step.countersign)
    if len(asked) < least:
        raise Refused(
            _("“%(step)s”须先会签") % {"step": step.words},
            why=_("应有 %(least)d 家会签，已送 %(sent)d 家。") % {"least": least, "sent": len(asked)},
            article=step.article, instead=_("请先送会签。"),
        )  # fmt: skip
    if against:
        names = "、".join(f"{task.closed_name}（{task.opinion}）" for task in against)
        raise Refused(
            _("会签未通过"), why=_("不同意：%(names)s。") % {"names": names}, article=step.article,
            instead=_("请按意见修改后重新送会签，或驳回。"),
        )  # fmt: skip
    if len(agreed) < len(asked):
        raise Refused(
            _("会签尚未完成"),
            why=_("已同意 %(agreed)d 家，共 %(all)d 家。") % {"agreed": len(agreed), "all": len(asked)},
            article=step.article, instead=_("请等待会签意见，或催办。"),
        )  # fmt: skip


def _ask_note(step: Step, note: str) -> None:
    if step.needs_note and not note.strip():
        raise Invalid(
            _("“%(step)s”须写明意见") % {"step": step.words}, article=step.article, instead=_("请填写意见后再提交。"),
            faults=[Fault(_("必填"), "note", column=_("意见"))],
        )  # fmt: skip


def _move(
    case: Case, step: Step, organ: int | None, standing: Standing, *, note: str, key: str, offered: dict[str, Any]
) -> Outcome:
    was = case.state
    outcome = case.write(
        case.plan.act("step", step.name), standing, step.permission, organ, note=note, key=key, state=step.target
    )
    limit = deadline(step.within, case.record, case.day) if step.within else NO_DEADLINE
    if step.target == was:
        done_at_once(case, step.permission, organ, standing=standing, outcome=step.name, note=note, state=was)
        if step.within:
            waiting = [task.pk for task in case.waiting if task.responsible]
            Task.objects.filter(pk__in=waiting).update(
                due=limit.due, provisional=limit.provisional, limit=limit.key, told_on=None
            )
    else:
        settle_all(case, step.permission, organ, standing=standing, outcome=step.name, note=note, state=was)
        new = arriving(case, by=standing.actor, stay=case.record.version, deadline=limit)
        news.of_tasks(open_up(new), standing.actor, note)
    news.of_step(case, step, note)
    for effect in step.effects:
        effect.run(case.record, offered)
    return outcome
