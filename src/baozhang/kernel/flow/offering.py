"""What somebody may do with a record now: steps and verbs, those refused with the reason; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from baozhang.kernel import access
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.standing import stand

from . import words
from .case import Case
from .choices import Part
from .opinions import may_seek, questions
from .plan import Plan
from .step import Chosen, Step
from .taking import admit
from .task import Task
from .verbs import may_remind, may_withdraw, my_task, names_of, returning_step, targets

WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "CREATE", "DROP")


@dataclass(frozen=True)
class Ask:
    """One thing that a button asks for beside the note: choice, user, users, parties, or flag."""

    name: str
    words: Any
    kind: str
    options: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True)
class Button:
    """A step or verb on offer; `name` is what `Flow.perform` takes."""

    name: str
    words: str
    verb: str = "step"
    kind: str = "plain"
    icon: str = ""
    article: str = ""
    says: str = ""
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    needs_note: bool = False
    version: int = 0
    refused: dict[str, str] | None = field(default=None)


class GuardWrites(RuntimeError):
    """A guard tried to write; guards only look."""


@contextmanager
def only_looking() -> Iterator[None]:
    """Lets no statement through that writes."""

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip(" (").upper().startswith(WRITES):
            raise GuardWrites(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield


def buttons(plan: Plan, record: Record, by: Actor) -> list[Button]:
    """The steps and verbs for a record; the number of queries does not grow with its history."""
    case = Case(plan, record, by)
    with only_looking():
        offered = [button for step in plan.leaving(case.state, case.record) if (button := _step(case, step))]
        return offered + [
            button for make in (_opinions, _back, _withdraw, _seek, _mine, _drops, _remind) for button in make(case)
        ]


def _reason(check: Callable[[], Any]) -> dict[str, str] | None:
    try:
        check()
    except Refused as refusal:
        return {
            "what": str(refusal.what),
            "why": str(refusal.why),
            "article": refusal.article,
            "instead": str(refusal.instead),
        }
    return None


def _step(case: Case, step: Step) -> Button | None:
    """The button of a step; none where the actor does not hold its right, nobody takes it, or it is not shown of this record."""
    try:
        organ = case.organ(step)
    except Refused:
        return None  # no organ is there to take it
    if step.along or stand(case.by, step.permission, organ) is None:
        return None
    if step.shown is not None and not step.shown(case.record):
        return None
    says = step.says(case.record) if callable(step.says) else step.says
    return Button(
        step.name, str(step.words), kind=step.kind, icon=step.icon, article=step.article, says=str(says),
        fields=step.fields, required=step.required, needs_note=step.needs_note, version=case.record.version,
        refused=_reason(lambda: _judge(case, step, organ)),
    )  # fmt: skip


def _judge(case: Case, step: Step, organ: int | None) -> None:
    admit(case, step, organ)
    offered = {"by": case.by, "day": case.day, "step": step}
    for guard in step.guards:
        if guard.asks <= offered.keys():
            guard.run(case.record, offered)


def _verb(case: Case, name: str, words_: Any, **more: Any) -> Button:
    return Button(name, str(words_), verb=name, version=case.record.version, **more)


def _opinions(case: Case) -> Iterator[Button]:
    for task in questions(case)[:1]:
        title = f"{words.OPINE}（{Part(task.part).label}）"
        yield _verb(case, "opine", title, kind="primary", asks=(Ask("agree", _("同意"), "flag"),))


def _back(case: Case) -> Iterator[Button]:
    found: list[Any] = []
    refused = _reason(lambda: found.append(returning_step(case)))
    if refused is None and found[0] is None:
        return
    step = found[0][0] if found else next(s for s in case.plan.leaving(case.state, case.record) if s.returnable)
    may = targets(case, step)
    if may:
        options = tuple((state, _target_words(case, state)) for state in may)
        yield _verb(
            case,
            "back",
            words.BACK,
            needs_note=True,
            refused=refused,
            asks=(Ask("to", _("驳回至"), "choice", options),),
        )


def _target_words(case: Case, state: str) -> str:
    line = case.trail.last_in(state)
    return f"{case.plan.state_words(state)}（{line.by_name}）" if line else case.plan.state_words(state)


def _withdraw(case: Case) -> Iterator[Button]:
    line = case.trail.last_move
    if line is None or line.verb != "step" or line.by_id is None or line.by_id != case.by.user_id:
        return
    step = case.plan.steps.get(line.step)
    if step is not None and step.withdrawable and line.was and line.was != case.state:
        yield _verb(case, "withdraw", words.WITHDRAW, refused=_reason(lambda: may_withdraw(case)))


def _seek(case: Case) -> Iterator[Button]:
    for step in case.plan.leaving(case.state, case.record):
        if not isinstance(step.countersign, Chosen):
            continue
        organ = case.organ(step)
        if _reason(lambda step=step, organ=organ: may_seek(case, step, organ)) is None:  # type: ignore[misc]
            yield _verb(
                case,
                "seek",
                words.SEEK,
                asks=(Ask("parties", _("会签单位"), "parties"),),
            )
            return


def _mine(case: Case) -> Iterator[Button]:
    try:
        mine, _standing = my_task(case, None)
    except Refused:
        return
    if mine.responsible:
        yield _verb(case, "consult", words.CONSULT, asks=(Ask("users", _("请谁提意见"), "users"),))
    if not case.plan.is_personal(mine.permission):
        yield _verb(case, "hand", words.HAND, asks=(Ask("to", _("转给"), "user"),))


def _drops(case: Case) -> Iterator[Button]:
    mine: list[Task] = [task for task in case.waiting if task.asked_by(case.by.user_id)]
    if mine:
        options = tuple((task.pk, task.assignee.name if task.assignee else str(Part(task.part).label)) for task in mine)
        yield _verb(case, "drop", words.DROP, asks=(Ask("task", _("撤销哪一项"), "choice", options),))


def _remind(case: Case) -> Iterator[Button]:
    others = [task for task in case.waiting if not task.holder(case.by)]
    if others and case.by.can(case.plan.model.right("view"), case.record.organ_key()):
        yield _verb(case, "remind", words.REMIND, refused=_reason(lambda: may_remind(case)))


def parties(plan: Plan, record: Record, by: Actor) -> list[tuple[str, str]]:
    """Whose countersignature may be asked for: bodies, and single people in them, as `Flow.perform` takes them."""
    case = Case(plan, record, by)
    step = next((one for one in plan.leaving(case.state, record) if isinstance(one.countersign, Chosen)), None)
    organ = case.organ(step) if step is not None else None
    if step is None or organ is None:
        return []
    found: dict[str, str] = {}
    for place, name, user, person in access.seats_of.ask(step.countersign.permission, organ, case.day):  # type: ignore[union-attr]
        if user != by.user_id:
            found.setdefault(str(place), name)
            found.setdefault(f"{place}/{user}", f"{name} · {person}")
    return list(found.items())


def candidates(plan: Plan, record: Record, verb: str, by: Actor) -> list[tuple[int, str]]:
    """The users to whom one's task may be handed ("hand") or whose opinion may be asked ("consult"): (id, name)."""
    mine, _standing = my_task(Case(plan, record, by), None)
    permission = plan.model.right("view") if verb == "consult" else mine.permission
    able = (
        access.holders_of.ask(permission, mine.organ_id, Case(plan, record, by).day)
        if mine.organ_id is not None
        else {}
    )
    others = [user for user in able if user not in (by.user_id, mine.assignee_id) and not mine.asked_by(user)]
    names = names_of(others)
    return [(user, names[user]) for user in others]
