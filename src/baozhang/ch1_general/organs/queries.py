"""What can be asked of the register: who answers for whom, who holds what, how many heads on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Sum

from baozhang.kernel import access
from baozhang.kernel.access import Holding, Organs, Reach
from baozhang.kernel.statement import Statement

from .choices import Competence, State
from .models import Appointment, Delegation, Headcount, Jurisdiction, Organization, Suspension


def on_day(day: dt.date) -> Q:
    """The condition that a period holds on a day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


def holdings(user_id: int, day: dt.date) -> list[Holding]:
    """The roles that a user holds on a day, his own first, then those of people he stands in for."""
    found = [Holding(*row, "", None) for row in _HELD(user_id, day)]
    for giver, name, organ in _GIVEN(user_id, day):
        found += [Holding(*row, name, giver) for row in _HELD(giver, day) if row[0] == organ]
    return found


_HELD = Statement(
    lambda user, day: (
        Appointment._base_manager.filter(on_day(day), user_id=user)
        .order_by("pk")
        .values_list("organ_id", "organ__name", "role", "pk")
    )
)
_GIVEN = Statement(
    lambda taker, day: (
        Delegation._base_manager.filter(on_day(day), taker_id=taker)
        .order_by("pk")
        .values_list("giver_id", "giver__name", "organ_id")
    )
)


def within(organ_id: int, reach: Reach) -> Organs:
    """The organs that a reach covers, seen from an organ."""
    if reach is Reach.ALL:
        return None
    if reach is Reach.OWN:
        return frozenset({organ_id})
    ((place, path, above, competence),) = _HERE(organ_id)
    if reach is not Reach.JURISDICTION:
        return None if above is None else frozenset(pk for (pk,) in _BELOW(path))
    # A town without a support authority of its own is served by the one above it (articles 4, and 13 paragraph 1).
    serves = competence in (Competence.AUTHORITY, Competence.FINANCE)
    return frozenset(pk for (pk,) in (_SERVED(place, path, str(competence)) if serves else _LOCAL(place)))


_HERE = Statement(
    lambda organ: Organization._base_manager.filter(pk=organ).values_list(
        "jurisdiction_id", "jurisdiction__path", "jurisdiction__parent", "competence"
    )
)
_BELOW = Statement(lambda path: _keys(Q(jurisdiction__path__startswith=path)))
_LOCAL = Statement(lambda place: _keys(Q(jurisdiction_id=place)))
_SERVED = Statement(
    lambda place, path, competence: _keys(
        Q(jurisdiction_id=place) | Q(jurisdiction__in=_without_own(place, path, competence))
    )
)


def _keys(found: Q) -> Any:
    return Organization._base_manager.filter(found).order_by().values_list("pk")


def _without_own(place: int, path: str, competence: str) -> QuerySet[Jurisdiction]:
    """The places below one that nobody nearer with that competence answers for; asked a place, of which there are few."""
    nearer = Organization._base_manager.filter(
        competence=competence, state=State.ACTIVE, jurisdiction__path__startswith=path
    ).exclude(jurisdiction_id=place)
    theirs = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    between = nearer.annotate(theirs=theirs).filter(theirs__startswith=F("jurisdiction__path"))
    return Jurisdiction._base_manager.filter(~Exists(between), path__startswith=path)


def _same_level(organ: Organization, competence: str) -> Organization | None:
    """The body with a competence in the organ's own jurisdiction, or in the next above where a town has none."""
    return _in_or_above(organ.jurisdiction.path, competence)


def _in_or_above(path: str, competence: str) -> Organization | None:
    return _COMPETENT.first(path.strip("/").split("/"), str(competence))


_COMPETENT = Statement(  # the path of a jurisdiction begins with that of the one above: the nearest stands first
    lambda codes, competence: (
        Organization._base_manager.filter(jurisdiction__code__oneof=codes, competence=competence, state=State.ACTIVE)
        .select_related("jurisdiction")
        .order_by("-jurisdiction__path", "pk")[:1]
    )
)


def authority_of(organ: Organization) -> Organization | None:
    """The same-level support authority of an organ (articles 4 and 5); looked up, never chosen."""
    return _same_level(organ, Competence.AUTHORITY)


def finance_of(organ: Organization) -> Organization | None:
    """The same-level finance department of an organ; looked up, never chosen."""
    return _same_level(organ, Competence.FINANCE)


def authority_for(organ_id: int) -> Organization | None:
    """`authority_of` for the key of an organ, as the steps of a flow ask for it."""
    return authority_of(Organization._base_manager.select_related("jurisdiction").get(pk=organ_id))


def finance_for(organ_id: int) -> Organization | None:
    """`finance_of` for the key of an organ, as the steps of a flow ask for it."""
    return finance_of(Organization._base_manager.select_related("jurisdiction").get(pk=organ_id))


def authority_above(organ: Organization) -> Organization | None:
    """The support authority above the organ's jurisdiction, of the nearest level that has one; None at the top."""
    parent = organ.jurisdiction.parent
    return _in_or_above(parent.path, Competence.AUTHORITY) if parent is not None else None


def heads(day: dt.date, organ_ids: Iterable[int] | None = None) -> dict[tuple[int, str], tuple[int, int]]:
    """Established and actual heads on a day: (organ, band) → (quota, actual)."""
    rows = Headcount._base_manager.filter(on_day(day))
    if organ_ids is not None:
        rows = rows.filter(organ_id__in=organ_ids)
    grouped = rows.values_list("organ_id", "band").annotate(q=Sum("quota"), a=Sum("actual"))
    return {(organ, band): (quota, actual) for organ, band, quota, actual in grouped}


def suspended() -> frozenset[tuple[str, str]]:
    """The pairs of role and permission that are suspended at present."""
    return frozenset(_SUSPENDED())


_SUSPENDED = Statement(lambda: Suspension._base_manager.filter(lifted=False).values_list("role", "permission"))


def places() -> dict[int, str]:
    """The path of the jurisdiction that each organ stands in, by the organ's key; without the last stroke."""
    return {organ: path.rstrip("/") for organ, path in _PATHS()}


_PATHS = Statement(lambda: Organization._base_manager.values_list("pk", "jurisdiction__path"))


def holders(permission: str, organ_id: int, day: dt.date) -> access.Holders:
    """The users who hold a permission in an organ on a day, the organ's own people first, deputies among them."""
    suspended_now = suspended()
    reaching: dict[Reach, list[str]] = {}
    for role in access.ROLES.values():
        reach = role.grants.get(permission)
        if reach is not None and (role.code, permission) not in suspended_now:
            reaching.setdefault(reach, []).append(role.code)
    place = Organization._base_manager.values_list("jurisdiction_id", "jurisdiction__path").filter(pk=organ_id).first()
    if place is None:
        return {}
    jurisdiction, path = place
    covers = {
        Reach.OWN: Q(organ_id=organ_id),
        Reach.JURISDICTION: Q(organ__jurisdiction_id=jurisdiction) | Q(organ_id__in=_serving(path)),
        Reach.BELOW: Q(organ__jurisdiction__code__in=path.strip("/").split("/")),
        Reach.ALL: Q(),
    }
    found = Q(pk__in=[])
    for reach, codes in reaching.items():
        found |= covers[reach] & Q(role__in=codes)
    return _people(Appointment._base_manager.filter(on_day(day), found), organ_id, day)


def _serving(path: str) -> list[int]:
    """The support authority and the finance department that answer for a place, by its path."""
    codes = path.strip("/").split("/")
    rows = Organization._base_manager.filter(
        jurisdiction__code__in=codes, competence__in=(Competence.AUTHORITY, Competence.FINANCE), state=State.ACTIVE
    ).values_list("competence", "jurisdiction__path", "pk")
    nearest = {competence: pk for competence, _path, pk in sorted(rows, key=lambda row: len(row[1]))}
    return list(nearest.values())


def appointed(role: str, organ_id: int, day: dt.date) -> access.Holders:
    """The users who hold a role in an organ on a day, deputies among them."""
    return _people(Appointment._base_manager.filter(on_day(day), role=role, organ_id=organ_id), organ_id, day)


def _people(appointments: QuerySet[Appointment], organ_id: int, day: dt.date) -> access.Holders:
    """The active users behind some appointments and their deputies, with whom each stands in for; those of the organ itself first."""
    rows = list(appointments.filter(user__is_active=True).order_by("pk").values_list("user_id", "organ_id"))
    away = Delegation._base_manager.filter(
        on_day(day), giver_id__in={user for user, _organ in rows}, taker__is_active=True
    )
    held = set(rows)
    stands_for: dict[int, set[int]] = {}
    for giver, taker, organ in away.order_by("pk").values_list("giver_id", "taker_id", "organ_id"):
        if (giver, organ) in held:
            rows.append((taker, organ))
            stands_for.setdefault(taker, set()).add(giver)
    rows.sort(key=lambda row: row[1] != organ_id)
    return {user: frozenset(stands_for.get(user, ())) for user, _organ in rows}


def seats(permission: str, organ_id: int, day: dt.date) -> list[tuple[int, str, int, str]]:
    """The seats of a place and those above it that hold a permission: organ and name, user and name with his role; own organ first."""
    off = suspended()
    able = {code for code, role in access.ROLES.items() if permission in role.grants and (code, permission) not in off}
    path = Organization._base_manager.values_list("jurisdiction__path", flat=True).filter(pk=organ_id).first() or ""
    rows = Appointment._base_manager.filter(
        on_day(day), role__in=able, user__is_active=True, organ__state=State.ACTIVE, organ__jurisdiction__code__in=path.strip("/").split("/")
    ).order_by("-organ__jurisdiction__path", "organ__code", "pk")  # fmt: skip
    found = [
        (organ, name, user, f"{person}（{access.ROLES[role].words}）")
        for organ, name, user, person, role in rows.values_list(
            "organ_id", "organ__name", "user_id", "user__name", "role"
        )
    ]
    return sorted(found, key=lambda seat: seat[0] != organ_id)


def people(organ_ids: Iterable[int], day: dt.date) -> QuerySet[Appointment, int]:
    """The keys of the users who hold any role in some organs on a day."""
    return Appointment._base_manager.filter(on_day(day), organ_id__in=set(organ_ids)).values_list("user_id", flat=True)


def names(organ_ids: Iterable[int]) -> dict[int, str]:
    """The names of some organs."""
    return dict(_NAMES(sorted(set(organ_ids))))


_NAMES = Statement(lambda keys: Organization._base_manager.filter(pk__oneof=keys).values_list("pk", "name"))
