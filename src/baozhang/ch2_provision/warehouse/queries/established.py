"""Where a warehouse is kept: the city has to (article 14, paragraph 2), a district may (paragraph 3).

What article 15 asks, it asks of agencies "that have set up the management of a public warehouse". A district has where its
authority has opened a store, listed what is to be shared, taken things in, or issued a figure of the warehouse for its own
place. Where the register names no authority nobody can say, and the strict way is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from baozhang.ch1_general.organs.choices import Competence, Level, State
from baozhang.ch1_general.organs.models import Jurisdiction, Organization
from baozhang.ch2_provision.warehouse.choices import STANDING, StoreState
from baozhang.ch2_provision.warehouse.models import Item, SharedClass, Store
from baozhang.law.case import Book

FIGURES = "warehouse."


def without_warehouse(day: dt.date, book: Book | None = None) -> frozenset[int]:
    """The jurisdictions whose authority is known and keeps no warehouse yet."""
    rows = Organization._base_manager.filter(competence=Competence.AUTHORITY, state=State.ACTIVE)
    bodies = {path: (pk, level) for path, pk, level in rows.order_by("-pk").values_list(
        "jurisdiction__path", "pk", "jurisdiction__level")}  # fmt: skip
    asked = [pk for pk, level in bodies.values() if level != Level.CITY]
    keeping, set_there = _keeping(asked, day), (book or Book()).setting(FIGURES, day)
    without = {
        path for path, (pk, level) in bodies.items()
        if level != Level.CITY and pk not in keeping and _code(path) not in set_there
    }  # fmt: skip
    if not without:
        return frozenset()
    places = Jurisdiction._base_manager.values_list("pk", "path")
    return frozenset(pk for pk, path in places if _nearest(path, bodies) in without)


def _keeping(bodies: Iterable[int], day: dt.date) -> set[int]:
    """The authorities that have done what only who keeps a warehouse does."""
    keys = list(bodies)
    if not keys:
        return set()
    listed = SharedClass._base_manager.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
    stores = Store._base_manager.filter(organ__in=keys, state=StoreState.OPEN).values_list("organ_id")
    shared = listed.filter(organ__in=keys).order_by().values_list("organ_id")
    inside = Item._base_manager.filter(authority__in=keys, state__in=STANDING).order_by().values_list("authority_id")
    return {pk for (pk,) in stores.order_by().union(shared, inside)}


def _code(path: str) -> str:
    return path.strip("/").rsplit("/", 1)[-1]


def _nearest(path: str, bodies: Iterable[str]) -> str:
    """The place of the authority that serves a jurisdiction: its own, or the next above; empty where there is none."""
    return max((one for one in bodies if path.startswith(one)), key=len, default="")
