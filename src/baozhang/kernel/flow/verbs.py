"""What every office does beside the steps: 驳回 send back, 撤回 withdraw, 转办 hand on, 催办 remind."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Invalid, Refused
from baozhang.kernel.standing import Standing, stand

from . import news, words
from .case import Case, Outcome, run
from .choices import End, Part
from .limits import NO_DEADLINE, Deadline, deadline
from .plan import Plan
from .step import Step
from .task import Task
from .trail import Line
from .waiting import arriving, close, ensure, fresh_task, open_up, settle_all, still_able


def must_say(note: str, words: Any) -> None:
    """This will raise Invalid where a note is a must and empty."""
    if not note.strip():
        raise Invalid(
            _("“%(act)s”须写明理由") % {"act": words}, instead=_("请填写理由后再提交。"),
            faults=[Fault(_("必填"), "note", column=_("理由"))],
        )  # fmt: skip


def targets(case: Case, step: Step) -> list[str]:
    """The earlier states on the record's present way to which the holder of a step may send it back, nearest last."""
    if not step.returnable:
        return []
    earlier = case.trail.visited()[:-1]
    return [state for state in earlier if state in step.returnable] if isinstance(step.returnable, tuple) else earlier


def returning_step(case: Case) -> tuple[Step, int | None, Standing] | None:
    """The step under whose right the actor may send back from the present state; Refused where a colleague holds it."""
    refused: Refused | None = None
    for step in case.plan.leaving(case.state, case.record):
        if not step.returnable:
            continue
        organ = case.organ(step)
        if stand(case.by, step.permission, organ) is None:
            continue
        try:
            return step, organ, case.stand(step.permission, organ, case.holder_task(step.permission, organ))
        except Refused as refusal:
            refused = refusal
    if refused is not None:
        raise refused
    return None


def send_back(plan: Plan, record: Record, *, to: str, by: Actor, note: str, version: int | None, key: str) -> Outcome:
    """This will return a record to an earlier state; see Flow.send_back."""

    def work(case: Case) -> Outcome:
        found = returning_step(case)
        if found is None:
            _no_way_back(case)
        step, organ, standing = found
        must_say(note, words.BACK)
        may = targets(case, step)
        if to not in may:
            names = "、".join(plan.state_words(state) for state in may)
            raise Refused(
                _("不能驳回至“%(to)s”") % {"to": plan.state_words(to)},
                why=_("只能驳回至本件经过的环节：%(names)s。") % {"names": names or _("无")},
                article=step.article, instead=_("请从中选择。") if may else "",
            )  # fmt: skip
        plan.may_move_back(case.record, to=to, by=by)
        return _move_back(case, "back", standing, step.permission, organ, to=to, note=note, key=key, end=End.RETURNED)

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("back"), key=key, version=version, work=work)


def _no_way_back(case: Case) -> NoReturn:
    if not case.visible():
        case.deny(case.plan.model.right("view"))
    returnable = [step for step in case.plan.leaving(case.state, case.record) if step.returnable]
    if returnable:
        case.deny(returnable[0].permission)
    raise Refused(
        _("“%(state)s”不能驳回") % {"state": case.plan.state_words(case.state)},
        why=_("此环节没有审核人，或已经办结。"), article=case.plan.article,
    )  # fmt: skip


def _move_back(
    case: Case,
    verb: str,
    standing: Standing,
    permission: str,
    organ: int | None,
    *,
    to: str,
    note: str,
    key: str,
    end: str,
) -> Outcome:
    was, trail = case.state, case.trail
    outcome = case.write(
        case.plan.act(verb), standing, permission, organ, note=note, key=key, state=to, aside={"to": to}
    )
    settle_all(case, permission, organ, standing=standing, outcome=end, note=note, state=was, rest=end)
    last = trail.last_in(to)
    limit = deadline(case.plan.returned_within, case.record, case.day) if case.plan.returned_within else NO_DEADLINE
    who = _who_acted(case, last)
    new = arriving(case, by=standing.actor, stay=case.record.version, deadline=limit, assignees=who)
    news.of_tasks(open_up(new), standing.actor, note)
    case.plan.moved_back(case.record, was=was, to=to, by=standing.actor)
    return outcome


def _who_acted(case: Case, last: Line | None) -> dict[str, int]:
    """Who took the last step from the state, by its permission, where he still holds the right."""
    if last is None or last.step not in case.plan.steps:
        return {}
    step = case.plan.steps[last.step]
    person = last.aside.get("for") or last.by_id
    able = still_able(step.permission, case.organ(step), person, case)
    return {step.permission: able} if able else {}


def withdraw(plan: Plan, record: Record, *, by: Actor, note: str, version: int | None, key: str) -> Outcome:
    """This will take back one's own last step; see Flow.withdraw."""

    def work(case: Case) -> Outcome:
        line, step = may_withdraw(case)
        organ = case.organ(step)
        standing = case.stand(step.permission, organ, None)
        plan.may_move_back(case.record, to=line.was, by=by)
        for name in step.fields:
            column: Any = case.record._meta.get_field(name)
            if column.attname in line.changes:
                setattr(case.record, column.attname, column.to_python(line.changes[column.attname][0]))
        return _move_back(
            case, "withdraw", standing, step.permission, organ, to=line.was, note=note, key=key, end=End.WITHDRAWN
        )

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("withdraw"), key=key, version=version, work=work)


def may_withdraw(case: Case) -> tuple[Line, Step]:
    """The step that the actor may take back; Refused with the reason where he may not."""
    line = case.trail.last_move
    if line is None or line.verb != "step" or not line.was or line.was == case.state:
        raise Refused(_("没有可以撤回的步骤"), why=_("本件的上一步不是办理步骤。"))
    step = case.plan.find(line.step)
    if case.by.user_id is None or line.by_id != case.by.user_id:
        if not case.visible():
            case.deny(step.permission)
        raise Refused(
            _("不能撤回"), why=_("上一步“%(step)s”由%(who)s办理。") % {"step": step.words, "who": line.by_name},
            instead=_("请由其本人撤回，或由审核人驳回。"),
        )  # fmt: skip
    if not step.withdrawable:
        raise Refused(
            _("“%(step)s”不能撤回") % {"step": step.words}, article=step.article, instead=_("请由审核人驳回。")
        )
    for task in case.tasks:
        if task.closed_at is None and not (task.seen_at and task.seen_by_id != case.by.user_id):
            continue
        raise Refused(
            _("已不能撤回"), why=_("下一环节已经查看或提出意见。"), article=step.article,
            instead=_("请联系下一环节驳回。"),
        )  # fmt: skip
    return line, step


def my_task(case: Case, task: int | None) -> tuple[Task, Standing]:
    """The open task that the actor is to act on: the named one, or his only one; Refused where there is none or several."""
    open_now = [row for row in case.waiting if task is None or row.pk == task]
    able = [(row, standing) for row in open_now if (standing := row.holder(case.by))]
    responsible = [pair for pair in able if pair[0].responsible]
    if len(responsible or able) == 1:
        return (responsible or able)[0]
    if able:
        raise Refused(_("您在本件有多项待办"), instead=_("请指明是哪一项。"))
    if not case.visible():
        case.deny(case.plan.model.right("view"))
    raise Refused(_("您在本件没有待办"), why=_("本件现由他人办理，或已经办结。"), instead=_("请在待办中查看您的事项。"))


def hand_on(
    plan: Plan, record: Record, *, to: int, by: Actor, note: str, task: int | None, version: int | None, key: str
) -> Outcome:
    """This will give a task to another user; see Flow.hand_on."""

    def work(case: Case) -> Outcome:
        ensure(case)
        mine, standing = _to_hand(case, task)
        person = may_receive(case, mine, to)
        aside = {"to": person, "task": mine.pk, "to_id": to}
        outcome = case.write(
            plan.act("hand"), standing, mine.permission, mine.organ_id, note=note, key=key, aside=aside
        )
        close([mine], End.HANDED, by=standing.actor, opinion=note)
        new = fresh_task(
            case, Part.HANDED if mine.responsible else mine.part, mine.permission, mine.organ_id, by=standing.actor,
            stay=mine.stay, deadline=Deadline(mine.due, mine.provisional, mine.limit), step=mine.step, assignee=to,
            parent=mine if mine.responsible else mine.parent,
        )  # fmt: skip
        if not mine.responsible:
            new.sender_id, new.sender_name = mine.sender_id, mine.sender_name  # the opinion goes to whoever asked
        news.of_tasks(open_up([new]), standing.actor, note)
        return outcome

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("hand"), key=key, version=version, work=work)


def _to_hand(case: Case, task: int | None) -> tuple[Task, Standing]:
    """One's own task; or one that is with somebody who no longer holds the right, or whom one had handed it to."""
    try:
        return my_task(case, task)
    except Refused as refusal:
        for row in case.waiting:
            standing = stand(case.by, row.permission, row.organ_id)
            if standing is None or row.assignee_id is None or (task is not None and row.pk != task):
                continue
            gone = still_able(row.permission, row.organ_id, row.assignee_id, case) is None
            if gone or row.sender_id == case.by.user_id:
                return row, standing
        raise refusal


def may_receive(case: Case, task: Task, to: int) -> str:
    """The name of the user to whom a task goes; Refused where he may not do it or has it already, and where it is one person's."""
    if case.plan.is_personal(task.permission):
        raise Refused(
            _("此件归本人办理，不能转办"), why=_("事项写明了由谁办理，不是本单位有权限的人都可以办理。"), instead=_("请先改由他人承办，待办随之转移。"),
        )  # fmt: skip
    able = access.holders_of.ask(task.permission, task.organ_id, case.day) if task.organ_id is not None else {}
    if to not in able or task.asked_by(to):
        raise Refused(
            _("不能转给此人"), why=_("转办只能给在本单位有同样权限的人员。"), instead=_("请从可选人员中选择。"),
        )  # fmt: skip
    if to == task.assignee_id or (task.assignee_id is None and to == case.by.user_id):
        raise Refused(_("此件已在其名下"), instead=_("请选择其他人员。"))
    return names_of([to])[to]


def names_of(keys: list[int]) -> dict[int, str]:
    """The names of some users."""
    from django.contrib.auth import get_user_model

    return dict(get_user_model()._base_manager.filter(pk__in=keys).values_list("pk", "name"))


def remind(plan: Plan, record: Record, *, by: Actor, note: str, key: str) -> Outcome:
    """This will remind the holders; see Flow.remind."""

    def work(case: Case) -> Outcome:
        may_remind(case)
        waiting = case.waiting
        outcome = case.write(plan.act("remind"), Standing(by), plan.model.right("view"), None, note=note, key=key)
        news.of_reminder(waiting, by, note)
        return outcome

    with transaction.atomic():
        return run(plan, record, by, act=plan.act("remind"), key=key, version=None, work=work)


def may_remind(case: Case) -> None:
    """This will raise Refused where there is nobody to remind, or the actor has reminded today."""
    if not case.visible():
        case.deny(case.plan.model.right("view"))
    if not case.waiting:
        raise Refused(_("没有待办可以催办"), why=_("本件已经办结，或尚未送出。"))
    if (
        all(stand(case.by, t.permission, t.organ_id, assignee=t.assignee_id, role=t.role) for t in case.waiting)
        and not case.by.system
    ):
        raise Refused(_("不必催办"), why=_("本件正由您办理。"), instead=_("请直接办理。"))
    today = clock.today()
    for line in case.trail.lines:
        if line.verb == "remind" and line.day == today and line.by_id == case.by.user_id:
            raise Refused(
                _("今天已经催办过"), why=_("每人每天可催办一次。"), instead=_("请明天再催办，或直接联系办理人。")
            )
