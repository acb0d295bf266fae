"""Who may hold the title of houses, land-use rights and vehicles (article 13), by every name that body has borne."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from baozhang.ch1_general.organs.choices import Competence, Level
from baozhang.ch1_general.organs.models import Jurisdiction, Organization
from baozhang.kernel import ledger

_NOISE = re.compile(r"[\s\u200b\ufeff·•,，.。;；:：()（）\[\]【】《》\"'“”‘’-]+")


def plain(name: str) -> str:
    """This is a name without blanks, brackets and differences of width."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name or ""))


@dataclass(frozen=True)
class Rightful:
    """This is the body that must hold the titles of the agencies of a jurisdiction, by all its names."""

    name: str
    names: frozenset[str] = frozenset()
    town: bool = False
    prefixes: tuple[str, ...] = ("",)

    def holds(self, holder: str) -> bool:
        """This is true where a holder's name is one of the body's, present or former, with or without 上海市 before it."""
        said = plain(holder)
        return any(said in self.names or said == prefix + name or prefix + said == name
                   for prefix in self.prefixes for name in self.names)  # fmt: skip


def rightful() -> dict[int, Rightful]:
    """These are the rightful holders by the key of each jurisdiction; none where there is no authority up the tree.

    A town's assets may also stand in the name of a body of that town: its district decides (article 13, paragraph 1).
    """
    places = {place.pk: place for place in Jurisdiction._base_manager.all()}
    bodies = list(Organization._base_manager.all())
    former = _former_names(bodies)
    authorities = {
        body.jurisdiction_id: body
        for body in bodies
        if body.competence == Competence.AUTHORITY and body.state == "active"
    }
    of_town: dict[int, set[str]] = defaultdict(set)
    for body in bodies:
        if places[body.jurisdiction_id].level == Level.TOWN:
            of_town[body.jurisdiction_id] |= {plain(body.name)} | former[body.pk]
    found = {}
    for place in places.values():
        authority = _up(place, places, authorities)
        if authority is None:
            continue
        names = {plain(authority.name), plain(authority.short)} - {""} | former[authority.pk] | of_town[place.pk]
        found[place.pk] = Rightful(
            authority.name, frozenset(names), place.level == Level.TOWN, ("", *_above(place, places))
        )
    return found


def _up(place: Jurisdiction, places: dict[int, Jurisdiction], known: dict[int, Organization]) -> Organization | None:
    here: Jurisdiction | None = place
    while here is not None and here.pk not in known:
        here = places.get(here.parent_id or 0)
    return known[here.pk] if here is not None else None


def _above(place: Jurisdiction, places: dict[int, Jurisdiction]) -> Iterable[str]:
    here: Jurisdiction | None = place
    said = ""
    while here is not None:
        said = plain(here.name) + said
        yield plain(here.name)
        yield said
        here = places.get(here.parent_id or 0)


def _former_names(bodies: Iterable[Organization]) -> dict[int, set[str]]:
    """The names that bodies bore before, and those of the bodies merged into them."""
    found: dict[int, set[str]] = defaultdict(set)
    renamed = ledger.Entry.objects.filter(kind="organs.organization", seq__gt=1, changes__contains='"name":[')
    for key, changes in renamed.values_list("record_id", "changes"):
        found[key].add(plain(json.loads(changes)["name"][0]))
    by_key = {body.pk: body for body in bodies}
    for body in by_key.values():
        heir, seen = body, {body.pk}
        while heir.successor_id in by_key and heir.successor_id not in seen:
            heir = by_key[heir.successor_id]
            seen.add(heir.pk)
            found[heir.pk] |= {plain(body.name)} | found[body.pk]
    return found
