"""A flow as the engine reads it: the table of steps with all names resolved, and the list of all flows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models

from baozhang.kernel import ledger
from baozhang.kernel.record import Record

from . import words as says
from .step import Chosen, Limit, Party, Step

FLOWS: dict[str, Plan] = {}
VERBS = {
    "back": says.BACK, "withdraw": says.WITHDRAW, "hand": says.HAND, "remind": says.REMIND,
    "seek": says.SEEK, "consult": says.CONSULT, "opine": says.OPINE, "drop": says.DROP,
}  # fmt: skip


@dataclass(frozen=True)
class Own:
    """Tasks that are one person's: by what path from the record he is found, under which rights, and who has all of them."""

    path: str
    everybody: str = ""  # the right that has the tasks of all before it; nobody beside him where empty
    rights: tuple[str, ...] = ()  # the tasks under these rights are his; all tasks of the flow where empty

    def settled(self, model: type[Record]) -> Own:
        """The same with the full names of the rights."""
        rights = tuple(full(name, model) for name in self.rights)
        return Own(self.path, full(self.everybody, model) if self.everybody else "", rights)


@dataclass(eq=False)
class Plan:
    """The compiled table of one flow."""

    name: str
    words: Any
    model: type[Record]
    state_field: str
    article: str
    steps: dict[str, Step]
    initial: tuple[str, ...]
    escalate: Party | None
    returned_within: Limit
    own: Own | None
    title: Callable[[Any], str]
    may_move_back: Callable[..., None]
    moved_back: Callable[..., None]
    takes_back: bool  # the flow says itself what happens to effects when a step is taken back
    choices: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The class of record, `app.model`, as the ledger names it."""
        return f"{self.model._meta.app_label}.{self.model._meta.model_name}"

    def act(self, verb: str, step: str = "") -> str:
        """The ledger act of a verb, or of a step."""
        return f"step:{self.name}.{step}" if verb == "step" else f"{verb}:{self.name}"

    def acts(self) -> list[str]:
        """All ledger acts of this flow."""
        return [self.act("step", name) for name in self.steps] + [self.act(verb) for verb in VERBS]

    def state(self, record: Record) -> str:
        """The state of a record."""
        return str(getattr(record, self.state_field))

    def state_words(self, state: str) -> str:
        """The words of a state."""
        return str(self.choices.get(state, state))

    def leaving(self, state: str, record: Any = None) -> list[Step]:
        """The steps that may be taken from a state, in the order in which they are written; of a record, those of its way."""
        return [step for step in self.steps.values() if state in step.source and step.fits(record)]

    def find(self, name: str) -> Step:
        """The step of that name; LookupError where there is none."""
        if name not in self.steps:
            raise LookupError(f"flow {self.name} has no step {name}; it has {', '.join(self.steps)}")
        return self.steps[name]

    def main_line(self, record: Any = None) -> list[Step]:
        """The steps of the ordinary way from the first state to an end, of all or of one record."""
        line: list[Step] = []
        state, been = self.initial[0], set[str]()
        while state not in been:
            been.add(state)
            ahead = [s for s in self.leaving(state, record) if not s.side and s.target not in been]
            if not ahead:
                break
            line.append(ahead[0])
            state = ahead[0].target
        return line

    def rights(self) -> set[str]:
        """All permissions under which a task of this flow may be done."""
        found = {step.permission for step in self.steps.values()} | {self.model.right("view")}
        for step in self.steps.values():
            found |= {party.permission for party in parties(step)}
        return found

    def is_personal(self, permission: str) -> bool:
        """True where tasks under a right are one person's."""
        return self.own is not None and (not self.own.rights or permission in self.own.rights)

    def personal(self) -> models.Q:
        """The condition on tasks that they are one person's."""
        assert self.own is not None
        mine = models.Q(flow=self.name)
        return mine & models.Q(permission__in=self.own.rights) if self.own.rights else mine

    def owned_by(self, person_id: int | None) -> models.Q:
        """The condition on tasks that their records are a person's own."""
        assert self.own is not None
        mine = self.model._base_manager.filter(**{self.own.path: person_id or 0})
        return models.Q(record_id__in=mine.order_by().values("pk"))

    def owners(self, keys: Iterable[int]) -> dict[int, int | None]:
        """Whose each of some records is."""
        assert self.own is not None
        return dict(self.model._base_manager.filter(pk__in=list(keys)).values_list("pk", self.own.path))


def parties(step: Step) -> tuple[Party | Chosen, ...]:
    """The countersigners that a step declares, fixed or to be chosen."""
    return (step.countersign,) if isinstance(step.countersign, Chosen) else tuple(step.countersign)


def full(name: str, model: type[Record], own: str = "") -> str:
    """The full name of a permission: ":audit" and "" are short for the model's own."""
    if not name or name.startswith(":"):
        return model.right(name.removeprefix(":") or own)
    return name


def resolve(value: Any, owner: type) -> Any:
    """A `where` given by name, looked up on the flow."""
    return getattr(owner, value) if isinstance(value, str) else value


def compiled(step: Step, name: str, owner: Any) -> Step:
    """A step with its permission, places and parties resolved for a concrete flow."""
    model = owner.model

    def settled(party: Any) -> Any:
        if isinstance(party, Chosen):
            return replace(party, permission=full(party.permission, model))
        return replace(party, permission=full(party.permission, model), where=resolve(party.where, owner))

    countersign = step.countersign
    step.countersign = settled(countersign) if isinstance(countersign, Chosen) else tuple(map(settled, countersign))
    step.notify = tuple(map(settled, step.notify))
    step.permission = full(step.permission, model, name)
    step.where = resolve(step.where, owner)
    return step


def declare(plan: Plan) -> None:
    """This will take a flow up and declare its acts in the ledger; ValueError where the name is taken."""
    known = FLOWS.get(plan.name)
    if known is not None and known.model is not plan.model:
        raise ValueError(f"flow {plan.name} is declared twice")
    FLOWS[plan.name] = plan
    for name, step in plan.steps.items():
        ledger.act(plan.act("step", name), step.words)
    for verb, verb_words in VERBS.items():
        ledger.act(plan.act(verb), verb_words)


def plans_of(model: type[Record]) -> list[Plan]:
    """The flows of a class of record."""
    return [plan for plan in FLOWS.values() if plan.model is model]
