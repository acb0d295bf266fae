"""`class OrderFlow(Flow)`: the table of steps that an app writes, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused
from baozhang.kernel.standing import seats

from . import drawing, offering, opinions, taking, verbs, waiting
from .plan import Own, Plan, compiled, declare, full, resolve
from .step import Limit, Party, Step
from .taking import Outcome
from .task import Task


class Flow:
    """The path of a class of record. A class without `model` is a shape for others."""

    model: ClassVar[Any] = None
    state_field: ClassVar[str] = "state"
    words: ClassVar[Any] = ""  # the model's own words where empty
    article: ClassVar[str] = ""  # for steps that name none
    initial: ClassVar[tuple[str, ...]] = ()  # the states of a new record; the field's default where empty
    escalate: ClassVar[Party | None] = None  # who sees what is overdue, e.g. Party("x.order:oversee", where=above)
    returned_within: ClassVar[Limit] = None  # the time limit after 驳回
    own: ClassVar[Own | None] = None  # whose a record is, where its tasks are one person's
    plan: ClassVar[Plan]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        steps: dict[str, Step] = {}
        for base in reversed(cls.__mro__):
            for name, value in vars(base).items():
                if isinstance(value, Step):
                    steps[name] = value
                elif value is None:
                    steps.pop(name, None)  # a concrete flow may drop a step of its shape
        for name, step in steps.items():
            own = step.but(name=name, article=step.article or cls.article)
            setattr(cls, name, compiled(own, name, cls) if cls.model else own)
        if cls.model:
            cls.plan = cls._compile([getattr(cls, name) for name in steps])
            declare(cls.plan)

    @classmethod
    def _compile(cls, steps: list[Step]) -> Plan:
        column = cls.model._meta.get_field(cls.state_field)
        first = cls.initial or ((str(column.default),) if column.has_default() else ())
        above = cls.escalate
        if above is not None:
            above = Party(full(above.permission, cls.model), resolve(above.where, cls), above.words)
        return Plan(
            name=cls.__name__, words=cls.words or cls.model._meta.verbose_name, model=cls.model, article=cls.article,
            state_field=cls.state_field, steps={step.name: step for step in steps}, initial=tuple(map(str, first)),
            escalate=above, returned_within=cls.returned_within, own=cls.own and cls.own.settled(cls.model), title=cls.title, may_move_back=cls.may_move_back,
            moved_back=cls.moved_back, takes_back=cls.moved_back.__func__ is not Flow.moved_back.__func__,  # type: ignore[attr-defined]
            choices={str(value): words for value, words in column.flatchoices},
        )  # fmt: skip

    @classmethod
    def title(cls, record: Any) -> str:
        """What a task about a record is called; a flow may say more."""
        return str(record)

    @classmethod
    def may_move_back(cls, record: Any, *, to: str, by: Actor) -> None:
        """This will raise Refused where 驳回 or 撤回 to a state is out of the question; a flow may say when."""

    @classmethod
    def moved_back(cls, record: Any, *, was: str, to: str, by: Actor) -> None:
        """This will undo what steps had effected, after 驳回 or 撤回, in the same transaction; a flow may say how."""

    @classmethod
    def call_anew(cls, records: Sequence[Record]) -> None:
        """This will let what waits on records be called as they are now; asked after they were changed otherwise than by a step."""
        waiting.call_anew(records)

    @classmethod
    def is_of(cls, record: Record, by: Actor) -> bool:
        """True where a record is an actor's own, or of somebody in whose place he acts; only for a flow with `own`."""
        whose = cls.plan.owners([record.pk]).get(record.pk)
        return whose is not None and any(seat.person_id == whose for seat in seats(by))

    @classmethod
    def start(cls, records: Any, *, by: Actor, note: str = "", within: Limit = None, right: str = "") -> None:
        """This will keep new records (right: add) and open their first tasks, for one or ten thousand at once."""
        rows: Sequence[Record] = [records] if isinstance(records, Record) else list(records)
        taking.start(cls.plan, rows, by=by, note=note, within=within, right=right)

    @classmethod
    def take(
        cls, step: str | Step, record: Record, *, by: Actor, note: str = "", values: Mapping[str, Any] | None = None,
        version: int | None = None, key: str = "",
    ) -> Outcome:  # fmt: skip
        """This will take a step: all of it or nothing. Raises Refused (or Forbidden, NotFound, Invalid, Stale).

        `values` fills the fields that the step asks for; `version` is the one that the person saw; `key` is the
        request's own number: the same key again gives the first outcome and does nothing.
        """
        name = step if isinstance(step, str) else step.name
        return taking.take(cls.plan, name, record, by=by, note=note, values=values, version=version, key=key)

    @classmethod
    def take_all(
        cls, step: str | Step, records: Sequence[Record], *, by: Actor, note: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> list[tuple[Record, Outcome | Refused]]:  # fmt: skip
        """This will take a step for many records, each for itself: with each its outcome or its refusal."""
        results: list[tuple[Record, Outcome | Refused]] = []
        for record in records:
            try:
                results.append((record, cls.take(step, record, by=by, note=note, values=values)))
            except Refused as refusal:
                results.append((record, refusal))
        return results

    @classmethod
    def send_back(
        cls, record: Record, *, to: str, by: Actor, note: str, version: int | None = None, key: str = ""
    ) -> Outcome:
        """This will return a record to an earlier state 驳回, to whoever acted there; the note is a must."""
        return verbs.send_back(cls.plan, record, to=to, by=by, note=note, version=version, key=key)

    @classmethod
    def withdraw(
        cls, record: Record, *, by: Actor, note: str = "", version: int | None = None, key: str = ""
    ) -> Outcome:
        """This will take back one's own last step 撤回, with the values that it set, while nobody has opened the next."""
        return verbs.withdraw(cls.plan, record, by=by, note=note, version=version, key=key)

    @classmethod
    def hand_on(
        cls, record: Record, *, to: int, by: Actor, note: str = "", task: int | None = None,
        version: int | None = None, key: str = "",
    ) -> Outcome:  # fmt: skip
        """This will give one's task to another user who holds the right there 转办; `task` where several are open."""
        return verbs.hand_on(cls.plan, record, to=to, by=by, note=note, task=task, version=version, key=key)

    @classmethod
    def remind(cls, record: Record, *, by: Actor, note: str = "", key: str = "") -> Outcome:
        """This will remind the holders 催办, once a day for each who reminds."""
        return verbs.remind(cls.plan, record, by=by, note=note, key=key)

    @classmethod
    def seek(
        cls, step: str | Step, record: Record, *, by: Actor, parties: Sequence[int | tuple[int, int]] = (), note: str = "",
        version: int | None = None, key: str = "",
    ) -> Outcome:  # fmt: skip
        """This will ask countersigners 会签 before a step: organs, or (organ, user) pairs, where the holder chooses."""
        name = step if isinstance(step, str) else step.name
        return opinions.seek(cls.plan, name, record, parties=parties, by=by, note=note, version=version, key=key)

    @classmethod
    def consult(
        cls, record: Record, *, by: Actor, users: Sequence[int] = (), roles: Sequence[str] = (), note: str = "",
        version: int | None = None, key: str = "",
    ) -> Outcome:  # fmt: skip
        """This will ask users or roles of one's own organ for an opinion first 加签; the step waits for it."""
        return opinions.consult(cls.plan, record, users=users, roles=roles, by=by, note=note, version=version, key=key)

    @classmethod
    def opine(
        cls, record: Record, *, by: Actor, agree: bool, opinion: str = "", task: int | None = None,
        version: int | None = None, key: str = "",
    ) -> Outcome:  # fmt: skip
        """This will give the opinion that one was asked for; who disagrees says why."""
        return opinions.opine(
            cls.plan, record, agree=agree, opinion=opinion, task=task, by=by, version=version, key=key
        )  # fmt: skip

    @classmethod
    def drop(cls, record: Record, *, task: int, by: Actor, note: str = "", key: str = "") -> Outcome:
        """This will stop waiting for an opinion that one had asked for."""
        return opinions.drop(cls.plan, record, task=task, by=by, note=note, key=key)

    @classmethod
    def follow(cls, record: Record, *, by: Actor) -> None:
        """This will let the tasks of a record follow, where what its steps ask for (`when`) hangs on other records."""
        taking.follow(cls.plan, record, by=by)

    @classmethod
    def path(cls, record: Record, by: Actor) -> list[dict[str, Any]]:
        """The drawn line of the detail page: what was done, what is now, what comes."""
        return drawing.path(cls.plan, record, by)

    @classmethod
    def buttons(cls, record: Record, by: Actor) -> list[offering.Button]:
        """The steps and verbs that somebody may take, those refused with the reason."""
        return offering.buttons(cls.plan, record, by)

    @classmethod
    def candidates(cls, record: Record, verb: str, by: Actor) -> list[tuple[int, str]]:
        """The users to whom a task may be handed ("hand") or whose opinion may be asked ("consult"): (id, name)."""
        return offering.candidates(cls.plan, record, verb, by)

    @classmethod
    def diagram(cls) -> dict[str, Any]:
        """Nodes and edges for a drawn diagram."""
        return drawing.diagram(cls.plan)

    @classmethod
    def tasks(cls, record: Record) -> list[Task]:
        """The open tasks of a record, main ones first."""
        return list(Task.objects.of(cls.plan.name, record).open().order_by("-part", "pk"))
