"""The stage of a scenario: its places, organs, heads and people, made in an empty database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel import access, border
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Refused
from baozhang.law.scenario.language import OrganFact
from baozhang.law.scenario.source import Node, ScenarioError, Words, offer
from baozhang.law.scenario.stage import Stage
from baozhang.law.scenario.tables import Table

from .choices import Band, Level
from .models import Appointment, Headcount, Jurisdiction, Organization

_LEVELS = (Level.CITY, Level.DISTRICT, Level.TOWN)
_LONG_AGO = dt.date(2015, 1, 1)  # what a scenario does not date has always been so


def set_up(places: dict[str, str], facts: Sequence[OrganFact], day: dt.date, by: Actor) -> Stage:
    """This will make the places, organs, heads and people of a scenario; ScenarioError names the line of what is wrong."""
    try:
        codes = _places(places, by)
    except Refused as refused:
        raise ScenarioError(_("区划没有登记成功：%(why)s。") % {"why": _why(refused)}) from refused
    stage = Stage({}, codes, {fact.name: fact.place for fact in facts}, _actor)
    for number, fact in enumerate(facts, 1):
        try:
            organ = _organ(fact, number, codes[fact.place], stage, by)
            stage.organs[fact.name] = organ
            _heads(fact, organ, stage, by)
        except Refused as refused:
            what = _("单位“%(name)s”没有登记成功：%(why)s。") % {"name": fact.name, "why": _why(refused)}
            raise fact.node.wrong(what) from refused
    _people(facts, stage, by)
    return stage


def _why(refused: Refused) -> str:
    return str(refused.why or refused.what)


def _places(places: dict[str, str], by: Actor) -> dict[str, str]:
    made: dict[str, Jurisdiction] = {}
    for number, (path, code) in enumerate(places.items()):
        parent = made.get(path.rpartition("/")[0])
        depth = path.count("/")
        given = code or ("990000" if depth == 0 else f"9901{number:02d}" if depth == 1 else f"990{number:03d}000")
        made[path] = Jurisdiction(code=given, name=path.rpartition("/")[2], level=_LEVELS[depth], parent=parent)
        keep(made[path], by=by)
    return {path: place.path.rstrip("/") for path, place in made.items()}


def _organ(fact: OrganFact, number: int, place: str, stage: Stage, by: Actor) -> Organization:
    table = Table(border.called("organs.organization"), stage)
    values: dict[str, Any] = {
        "code": f"S{number:03d}",
        "kind": "administration",
        "name": fact.name,
        **table.values(fact.values),
    }
    organ = Organization(**{name: "" if value is None else value for name, value in values.items()})
    organ.jurisdiction = Jurisdiction._base_manager.get(path=f"{place}/")
    keep(organ, by=by)
    return organ


def _heads(fact: OrganFact, organ: Organization, stage: Stage, by: Actor) -> None:
    """The heads: one number for the band below, a number a band, or rows with all columns."""
    node = fact.heads
    if node is None:
        return
    if isinstance(node.value, str):
        node = Node({str(Band.DIVISION.label): node}, node.line, node.file)
    table = Table(border.called("organs.headcount"), stage)
    if isinstance(node.value, list):
        rows = [table.values(part.mapping(_("编制"))) for part in node.value]
    else:
        rows = _summed(_band(table, word, part) for word, part in node.mapping(_("编制")).items())
    for row in rows:
        row.setdefault("since", _LONG_AGO)
        row.setdefault("actual", row.get("quota"))
        row.setdefault("quota", row["actual"])
        keep(Headcount(**{**row, "organ": organ, "document": row.get("document") or ""}), by=by)


def _summed(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a band, where ranks of the same band are given one by one (正处级, 副处级)."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        same = found.setdefault(row["band"], row)
        if same is not row:
            same.update({name: same[name] + row[name] for name in ("quota", "actual") if name in row and name in same})
    return list(found.values())


def _band(table: Table, word: str, node: Node) -> dict[str, Any]:
    band = table.values({"band": Node(word, node.line, node.file)})
    if isinstance(node.value, dict):
        return {**table.values(node.value), **band}
    number = int(node.number(word))
    return {**band, "quota": number, "actual": number}


def _people(facts: Sequence[OrganFact], stage: Stage, by: Actor) -> None:
    users: dict[str, User] = {}
    words: Words = {code: (str(role.words),) for code, role in access.ROLES.items()}
    for fact in facts:
        for name, roles in fact.people.items():
            if name not in users:
                users[name] = User(username=name, name=name)
                users[name].set_unusable_password()
                keep(users[name], by=by)
            for said in roles:
                role = next((code for code, spellings in words.items() if said in (code, *spellings)), None)
                if role is None:
                    raise fact.node.wrong(_("没有角色“%(role)s”。") % {"role": said}, offer(said, words))
                organ = stage.organs[fact.name]
                keep(Appointment(user=users[name], organ_id=organ.pk, role=role, since=_LONG_AGO), by=by)


def _actor(name: str, day: dt.date, organ: Record | None) -> Actor | None:
    user = User._base_manager.filter(username=name).first()
    return None if user is None else access.actor_of(user, day, organ.pk if organ is not None else None)
