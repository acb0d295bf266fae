"""Start-up: every name in every flow is checked, so that a wrong one stops the start and not a clerk."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import FieldDoesNotExist

from baozhang.kernel.access import PERMISSIONS
from baozhang.kernel.ledger import Entry

from .plan import FLOWS, VERBS, Plan, parties
from .step import Step
from .task import Task

ACT_LENGTH = Entry._meta.get_field("act").max_length or 0
NAME_LENGTH = Task._meta.get_field("flow").max_length or 0


def settle() -> None:
    """This will check all flows and let only them move their state fields; LookupError lists every fault. To be called
    once all apps are loaded, after access.settle()."""
    faults = [f"{plan.name}: {fault}" for plan in FLOWS.values() for fault in _faults(plan)]
    if faults:
        raise LookupError("；".join(faults))
    for plan in FLOWS.values():
        plan.model.stepped = {**plan.model.stepped, plan.state_field: frozenset(plan.initial)}


def limit_keys() -> set[str]:
    """The figures that flows take their time limits from; the law checks that it knows them."""
    limits = [step.within for plan in FLOWS.values() for step in plan.steps.values()]
    limits += [plan.returned_within for plan in FLOWS.values()]
    return {limit for limit in limits if isinstance(limit, str)}


def _faults(plan: Plan) -> Iterator[str]:
    if len(plan.name) > NAME_LENGTH:
        yield f"its name is longer than {NAME_LENGTH}"
    if not plan.steps:
        yield "it has no steps"
    if not plan.initial:
        yield f"it needs `initial`, or a default for {plan.state_field}"
    for state in (*plan.initial, *(state for step in plan.steps.values() for state in (*step.source, step.target))):
        if plan.choices and state not in plan.choices:
            yield f"unknown state {state!r}"
    names = [plan.model.right("view"), *([plan.escalate.permission] if plan.escalate else [])]
    own = [plan.own.everybody, *plan.own.rights] if plan.own else []
    yield from _unknown(names + [name for name in own if name])
    if len(plan.act("withdraw")) > ACT_LENGTH:
        yield f"its name makes acts longer than {ACT_LENGTH}"
    for step in plan.steps.values():
        for fault in _step_faults(plan, step):
            yield f"{step.name}: {fault}"


def _step_faults(plan: Plan, step: Step) -> Iterator[str]:
    if len(plan.act("step", step.name)) > ACT_LENGTH:
        yield f"the act {plan.act('step', step.name)} is longer than {ACT_LENGTH}"
    yield from _unknown([step.permission, *(party.permission for party in (*parties(step), *step.notify))])
    for name in step.fields:
        try:
            plan.model._meta.get_field(name)
        except FieldDoesNotExist:
            yield f"{plan.label} has no field {name}"
    if step.name in VERBS:
        yield "its name is that of an office verb, so its button could not be told from the verb's"
    if plan.state_field in step.fields:
        yield "a step does not ask for the state"
    for other in step.four_eyes:
        if other not in plan.steps:
            yield f"four_eyes names no step {other}"
    for state in step.returnable if isinstance(step.returnable, tuple) else ():
        if state not in plan.choices:
            yield f"returnable to unknown state {state!r}"
    if step.withdrawable and step.effects and not plan.takes_back:
        yield "it can be withdrawn and has effects, so the flow must say in moved_back how they are undone"


def _unknown(names: list[str]) -> Iterator[str]:
    return (f"unknown permission {name}" for name in names if name not in PERMISSIONS)
