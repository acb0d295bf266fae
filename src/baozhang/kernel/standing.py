"""In whose name somebody acts: in his own, or as the deputy of one who is away 委托."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from .access import Actor


@dataclass(frozen=True)
class Seat:
    """The rights that an actor has from one person: himself, or somebody whom he stands in for."""

    actor: Actor  # with the holdings of that person alone
    person_id: int | None
    for_name: str = ""


@dataclass(frozen=True)
class Standing:
    """An actor who may act, named as the ledger will name him, and the person behind him."""

    actor: Actor
    for_id: int | None = None


def seats(by: Actor) -> list[Seat]:
    """The actor's own rights first, then those of each person whom he stands in for."""
    if not any(holding.for_name for holding in by.holdings):
        return [Seat(by, by.user_id)]
    known: list[Seat] | None = by.__dict__.get("_flow_seats")
    if known is None:
        groups: dict[tuple[int | None, str], list[object]] = {(by.user_id, ""): []}
        for holding in by.holdings:
            person = holding.for_id if holding.for_name else by.user_id
            groups.setdefault((person, holding.for_name), []).append(holding)
        known = [Seat(_with(by, held), person, name) for (person, name), held in groups.items()]
        by.__dict__["_flow_seats"] = known
    return known


def _with(by: Actor, holdings: list[object]) -> Actor:
    one = Actor(by.user_id, by.name, tuple(holdings))  # type: ignore[arg-type]
    one.__dict__.update({"suspended": by.suspended, "_reaches": by._reaches})  # looked up once for all seats
    return one


def named(by: Actor, seat: Seat) -> Standing:
    """The actor as the ledger names him: 李某, or 李某（代张某）."""
    if not seat.for_name:
        return Standing(by)
    acting = copy.copy(by)
    acting.__dict__["_signed"] = True
    with translation.override(settings.LANGUAGE_CODE):  # the ledger speaks one language, whoever writes
        acting.name = _("%(name)s（代%(whom)s）") % {"name": by.name, "whom": seat.for_name}
    return Standing(acting, seat.person_id)


def signed(by: Actor, asked: Mapping[str, Iterable[int | None]]) -> Actor:
    """The actor as the ledger names him for what he wrote under some permissions, each in some organs: in his own name
    where he holds them all himself, else as the deputy of the first person who does."""
    if by.system or by.__dict__.get("_signed") or not any(holding.for_name for holding in by.holdings):
        return by
    for seat in seats(by):
        if all(seat.actor.can(right, organ) for right, organs in asked.items() for organ in organs):
            return named(by, seat).actor
    return by


def stand(
    by: Actor, permission: str, organ: int | None, *, assignee: int | None = None, role: str = ""
) -> Standing | None:
    """How somebody may act under a permission in an organ, for a task of anybody or of one person; None where he may not."""
    if by.system:
        return Standing(by)
    for seat in seats(by):
        if assignee is not None and seat.person_id != assignee:
            continue
        if role and not any(held.role == role and held.organ_id == organ for held in seat.actor.holdings):
            continue
        if seat.actor.can(permission, organ):
            return named(by, seat)
    return None
