"""One entrance for page, API and scenario: a step or verb by its name, with its data as they came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Fault, Invalid

from . import drawing, offering, opinions, taking, verbs
from .case import Outcome
from .plan import Plan, plans_of


def flow_of(record: Record | type[Record]) -> Plan | None:
    """The flow of a class of record; the first where it has several."""
    found = plans_of(record if isinstance(record, type) else type(record))
    return found[0] if found else None


def path_of(record: Record, by: Actor) -> list[dict[str, Any]]:
    """The drawn lines of a record, one flow after the other; empty where it has none."""
    return [item for plan in plans_of(type(record)) for item in drawing.path(plan, record, by)]


def buttons_of(record: Record, by: Actor) -> list[offering.Button]:
    """All that somebody may do with a record in its flows."""
    return [button for plan in plans_of(type(record)) for button in offering.buttons(plan, record, by)]


def perform(
    plan: Plan,
    name: str,
    record: Record,
    *,
    by: Actor,
    data: Mapping[str, Any],
    version: int | None = None,
    key: str = "",
) -> Outcome:
    """This will take a step, or do a verb (back, withdraw, hand, remind, seek, consult, opine, drop), by name.

    `data` has the note (`note`) and what the button asks for; for a step, its fields. Raises Invalid where the name or a
    value makes no sense, else as the step does.
    """
    note = str(data.get("note") or "")
    if name in plan.steps:
        values = {field: data[field] for field in data if field != "note"}
        return taking.take(plan, name, record, by=by, note=note, values=values, version=version, key=key)
    if name not in _VERBS:
        raise Invalid(_("没有这个步骤"), why=name, instead=_("请刷新页面，从列出的步骤中选择。"))
    return _VERBS[name](plan, record, data, {"by": by, "note": note, "version": version, "key": key})


def _number(data: Mapping[str, Any], name: str, *, must: bool = True) -> int | None:
    raw = data.get(name)
    if raw in (None, "") and not must:
        return None
    try:
        return int(raw)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _unreadable(name, raw) from None


def _unreadable(name: str, raw: Any) -> Invalid:
    reason = _("必填") if raw in (None, "", []) else _("无法识别")
    return Invalid(
        _("提交的内容有误"), faults=[Fault(reason, name, str(raw or ""))], instead=_("请按提示改正后再提交。")
    )


def _numbers(data: Mapping[str, Any], name: str) -> list[int]:
    raw = data.get(name) or []
    try:
        return [int(item) for item in (raw if isinstance(raw, (list, tuple)) else str(raw).split(","))]
    except ValueError:
        raise _unreadable(name, raw) from None


def _parties(data: Mapping[str, Any]) -> list[int | tuple[int, int]]:
    """Organs as 12, users in an organ as "12/34" or [12, 34]."""
    raw = data.get("parties") or []
    found: list[int | tuple[int, int]] = []
    try:
        for item in raw if isinstance(raw, (list, tuple)) else str(raw).split(","):
            parts = [int(part) for part in (item if isinstance(item, (list, tuple)) else str(item).split("/"))]
            found.append(parts[0] if len(parts) == 1 else (parts[0], parts[1]))
    except (ValueError, IndexError):
        raise _unreadable("parties", raw) from None
    return found


def _flag(data: Mapping[str, Any], name: str) -> bool:
    raw = data.get(name)
    if raw in (True, "true", "1", "on", 1):
        return True
    if raw in (False, "false", "0", "off", 0):
        return False
    raise _unreadable(name, raw)


def _seek(plan: Plan, record: Record, data: Mapping[str, Any], rest: dict[str, Any]) -> Outcome:
    step = str(
        data.get("step") or next((s.name for s in plan.leaving(plan.state(record), record) if s.countersign), "")
    )
    if step not in plan.steps:
        raise _unreadable("step", step)
    return opinions.seek(plan, step, record, parties=_parties(data), **rest)


def _opine(plan: Plan, record: Record, data: Mapping[str, Any], rest: dict[str, Any]) -> Outcome:
    opinion = str(data.get("opinion") or rest.pop("note"))
    rest.pop("note", None)
    return opinions.opine(
        plan, record, agree=_flag(data, "agree"), opinion=opinion, task=_number(data, "task", must=False), **rest
    )


def _without_version(rest: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rest.items() if name != "version"}


_VERBS: dict[str, Callable[[Plan, Record, Mapping[str, Any], dict[str, Any]], Outcome]] = {
    "back": lambda plan, record, data, rest: verbs.send_back(plan, record, to=str(data.get("to") or ""), **rest),
    "withdraw": lambda plan, record, data, rest: verbs.withdraw(plan, record, **rest),
    "hand": lambda plan, record, data, rest: verbs.hand_on(
        plan, record, to=_number(data, "to") or 0, task=_number(data, "task", must=False), **rest
    ),
    "remind": lambda plan, record, data, rest: verbs.remind(plan, record, **_without_version(rest)),
    "consult": lambda plan, record, data, rest: opinions.consult(
        plan, record, users=_numbers(data, "users"), roles=_roles(data), **rest
    ),
    "seek": _seek,
    "opine": _opine,
    "drop": lambda plan, record, data, rest: opinions.drop(
        plan, record, task=_number(data, "task") or 0, **_without_version(rest)
    ),
}


def _roles(data: Mapping[str, Any]) -> list[str]:
    raw = data.get("roles") or []
    return [str(role) for role in (raw if isinstance(raw, (list, tuple)) else str(raw).split(","))]
