"""A record with several sides: whoever may view one of them sees it."""

from __future__ import annotations

from django.db.models import Q

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.kernel.access import Actor
from baozhang.kernel.scope import organ_condition


def of_sides(organs: frozenset[int] | None, *paths: str) -> Q | None:
    """The condition that one of several paths leads to one of the organs; None where all are seen."""
    whole: Q | None = None
    for path in paths:
        one = organ_condition(path, organs)
        if one is None:
            return None
        whole = one if whole is None else whole | one
    return whole


def authorities_of(actor: Actor) -> list[int]:
    """The authorities of the organs in which an actor stands; looked up once an actor."""
    known: list[int] | None = actor.__dict__.get("_warehouse_authorities")
    if known is None:
        own = sorted({holding.organ_id for holding in actor.holdings})
        rows = Organization._base_manager.filter(pk__in=own).select_related("jurisdiction__parent").order_by("pk")
        found = (authority_of(organ) for organ in rows)
        known = actor.__dict__["_warehouse_authorities"] = sorted({one.pk for one in found if one is not None})
    return known
