"""What can be asked of the register: who answers for whom, who holds what, how many heads on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, Sum

from baozhang.kernel.access import Holding, Organs, Reach

from .choices import Competence, State
from .models import Appointment, Delegation, Headcount, Organization, Suspension


def on_day(day: dt.date) -> Q:
    """The condition that a period holds on a day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


def holdings(user_id: int, day: dt.date) -> list[Holding]:
    """The roles that a user holds on a day, his own first, then those of people he stands in for."""
    own = _held(Appointment._base_manager.filter(on_day(day), user_id=user_id))
    given = Delegation._base_manager.filter(on_day(day), taker_id=user_id).select_related("giver")
    stood_in: list[Holding] = []
    for delegation in given:
        theirs = Appointment._base_manager.filter(on_day(day), user_id=delegation.giver_id, organ_id=delegation.organ_id)
        stood_in += _held(theirs, for_name=delegation.giver.name)
    return own + stood_in


def _held(appointments: Iterable[Appointment], for_name: str = "") -> list[Holding]:
    rows = appointments.select_related("organ").order_by("id")  # type: ignore[attr-defined]
    return [Holding(row.organ_id, row.organ.name, row.role, row.pk, for_name) for row in rows]


def within(organ_id: int, reach: Reach) -> Organs:
    """The organs that a reach covers, seen from an organ."""
    if reach is Reach.ALL:
        return None
    if reach is Reach.OWN:
        return frozenset({organ_id})
    here = Organization._base_manager.select_related("jurisdiction").get(pk=organ_id).jurisdiction
    rows = Organization._base_manager.all()
    if reach is Reach.JURISDICTION:
        rows = rows.filter(jurisdiction_id=here.pk)
    elif here.parent_id is None:
        return None
    else:
        rows = rows.filter(jurisdiction__path__startswith=here.path)
    return frozenset(rows.values_list("pk", flat=True))


def _same_level(organ: Organization, competence: str) -> Organization | None:
    """The body with a competence in the organ's own jurisdiction, or in the next above where a town has none."""
    place = organ.jurisdiction
    while place is not None:
        found = Organization._base_manager.filter(jurisdiction=place, competence=competence, state=State.ACTIVE).first()
        if found or place.parent is None:
            return found
        place = place.parent
    return None


def authority_of(organ: Organization) -> Organization | None:
    """The same-level support authority of an organ (articles 4 and 5); looked up, never chosen."""
    return _same_level(organ, Competence.AUTHORITY)


def finance_of(organ: Organization) -> Organization | None:
    """The same-level finance department of an organ; looked up, never chosen."""
    return _same_level(organ, Competence.FINANCE)


def authority_above(organ: Organization) -> Organization | None:
    """The support authority of the jurisdiction above the organ's; None at the top."""
    parent = organ.jurisdiction.parent
    if parent is None:
        return None
    return Organization._base_manager.filter(jurisdiction=parent, competence=Competence.AUTHORITY, state=State.ACTIVE).first()


def heads(day: dt.date, organ_ids: Iterable[int] | None = None) -> dict[tuple[int, str], tuple[int, int]]:
    """Established and actual heads on a day: (organ, band) → (quota, actual)."""
    rows = Headcount._base_manager.filter(on_day(day))
    if organ_ids is not None:
        rows = rows.filter(organ_id__in=organ_ids)
    grouped = rows.values_list("organ_id", "band").annotate(q=Sum("quota"), a=Sum("actual"))
    return {(organ, band): (quota, actual) for organ, band, quota, actual in grouped}


def suspended() -> frozenset[tuple[str, str]]:
    """The pairs of role and permission that are suspended at present."""
    return frozenset(Suspension._base_manager.filter(lifted=False).values_list("role", "permission"))
