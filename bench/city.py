"""A city of the size that the bench measures: jurisdictions, a thousand organizations, heads, people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.choices import Band, Competence, Kind, Level
from baozhang.ch1_general.organs.models import Appointment, Headcount, Jurisdiction, Organization
from baozhang.demo.names import AGENCIES, person
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep

DISTRICTS = 16
SINCE = dt.date(2020, 1, 1)
KINDS = list(Kind)


@dataclass
class City:
    """What was built, as keys, so that later processes find it again."""

    organs: list[int] = field(default_factory=list)  # agencies that hold cards
    empty: list[int] = field(default_factory=list)  # agencies without a card, for the imports
    authorities: dict[int, int] = field(default_factory=dict)  # jurisdiction → its support authority
    clerks: dict[int, int] = field(default_factory=dict)  # organ → its clerk
    city_reader: int = 0
    district_reader: int = 0


def build(by: Actor, agencies: int, cards: int) -> City:
    """Keeps the city; `cards` is how many it will hold, which says how many heads it needs."""
    made = City()
    city = Jurisdiction(code="990000", name="江海市", short="江", level=Level.CITY)
    keep(city, by=by)
    places = [
        Jurisdiction(code=f"9901{i:02d}", name=f"第{i}区", short=f"{i}区", level=Level.DISTRICT, parent=city)
        for i in range(1, DISTRICTS + 1)
    ]
    keep(places, by=by)
    bodies = _bodies([city, *places], agencies)
    keep(bodies, by=by)
    for body in bodies:
        if body.competence == Competence.AUTHORITY:
            made.authorities[body.jurisdiction_id] = body.pk
    held = [body.pk for body in bodies if not body.competence]
    made.empty, made.organs = held[-4:], held[:-4]
    _heads(by, made, cards)
    _people(by, made, city.pk, places[0].pk)
    return made


def _bodies(places: list[Jurisdiction], agencies: int) -> list[Organization]:
    titles = [title for group in AGENCIES.values() for title in group]
    found = []
    for serial in range(agencies):
        place, turn = places[serial % len(places)], serial // len(places)
        values = {}
        if turn == 0:
            values = {"competence": Competence.AUTHORITY, "document_word": f"{place.short}机管"}
        elif turn == 1:
            values = {"competence": Competence.FINANCE, "document_word": f"{place.short}财"}
        title = {0: "机关事务管理局", 1: "财政局"}.get(
            turn
        ) or f"{titles[turn % len(titles)]}{turn // len(titles) or ''}"
        name = f"{place.name}{title}"
        kind = KINDS[turn % len(KINDS)]
        found.append(
            Organization(
                code=f"{place.code}{turn:03d}", name=name, short=title, kind=kind, jurisdiction=place, **values
            )
        )
    return found


def _heads(by: Actor, made: City, cards: int) -> None:
    """Enough heads for what the agencies hold; one agency in a hundred has too few, so that a rule has something to say."""
    chance = Random(11)
    each = max(8, cards // max(1, len(made.organs)))
    rows = []
    for place, organ in enumerate(made.organs):
        staff = max(5, round(each * (0.02 if place % 100 == 7 else chance.uniform(0.5, 0.7))))
        rows.append(Headcount(organ_id=organ, band=Band.BUREAU, quota=6, actual=5, since=SINCE))
        rows.append(Headcount(organ_id=organ, band=Band.DIVISION, quota=staff, actual=staff, since=SINCE))
    keep(rows, by=by)


def _people(by: Actor, made: City, city: int, district: int) -> None:
    """A clerk in every agency, and a reader in the authority of the city and of one district; nobody can sign in."""
    blank = User()
    blank.set_unusable_password()
    served = [*made.organs, *made.empty]
    users = [
        User(username=f"clerk{organ}", name=person(place), password=blank.password)
        for place, organ in enumerate(served)
    ]
    readers = [
        User(username=name, name=person(i), password=blank.password) for i, name in enumerate(("city", "district"))
    ]
    keep([*users, *readers], by=by)
    seats = [(user.pk, organ, roles.ASSET_CLERK) for user, organ in zip(users, served, strict=True)]
    seats += [
        (readers[0].pk, made.authorities[city], roles.SUPERVISOR),
        (readers[1].pk, made.authorities[district], roles.SUPERVISOR),
    ]
    keep([Appointment(user_id=user, organ_id=organ, role=role, since=SINCE) for user, organ, role in seats], by=by)
    made.clerks = {organ: user for user, organ, role in seats if role == roles.ASSET_CLERK}
    made.city_reader, made.district_reader = readers[0].pk, readers[1].pk
