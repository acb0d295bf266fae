"""Fills the database with a city and its cards, through the product's own way of writing."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import LedgerTotal
from baozhang.ch2_provision.assets.queries.holding import totals
from baozhang.kernel import bulk, clock, ledger, scope
from baozhang.kernel.record import keep

from . import ledgers
from .city import City, build
from .room import save, saved

BATCH = 20_000


def shares(city: City, cards: int) -> dict[int, int]:
    """How many cards each agency holds: about equal, a few large and many small ones."""
    chance = Random(5)
    weights = {organ: chance.uniform(0.3, 1.7) for organ in city.organs}
    whole = sum(weights.values())
    found = {organ: int(cards * weight / whole) for organ, weight in weights.items()}
    found[city.organs[0]] += cards - sum(found.values())
    return found


def fill(cards: int, organizations: int, place: Path) -> City:
    """Builds the city with its cards and book totals; where it stands already it is only read."""
    found = saved(place)
    if found is not None:
        return found
    begun = time.perf_counter()
    with scope.everything("bench") as by:
        city = build(by, organizations, cards)
        save(place, city)
        parts = 2 if bulk.is_postgres() else 1
        # Two processes, since one core writes while the other makes; the embedded database has one writer.
        children = [_child(place, cards, part, parts) for part in range(1, parts)]
        cards_of(city, cards, 0, parts)
        if any(child.wait() for child in children):
            raise SystemExit("filling failed")
        _books(city, by)
    tidy()
    print(f"filled with {cards:,} cards in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return city


def _child(place: Path, cards: int, part: int, parts: int) -> subprocess.Popen[bytes]:
    words = ["part", str(place), str(cards), str(part), str(parts)]
    return subprocess.Popen([sys.executable, "-m", "bench.inside", *words])


def cards_of(city: City, cards: int, part: int, parts: int) -> None:
    """Keeps one part of all cards."""
    names = dict(Organization._base_manager.values_list("pk", "name"))
    places = dict(Organization._base_manager.values_list("pk", "jurisdiction_id"))
    held = [pair for i, pair in enumerate(shares(city, cards).items()) if i % parts == part]
    stream = (
        card for organ, count in held for card in ledgers.cards(organ, count, names[city.authorities[places[organ]]])
    )
    with scope.everything("bench") as by:
        while rows := list(islice(stream, BATCH)):
            for row in rows:
                row.derive()
            # What the generator makes is sound, and the database's constraints look at it all the same.
            keep(rows, by=by, act=ledger.IMPORT, note="期初台账", checked=True)


def _books(city: City, by: Any) -> None:
    """What the finance books say: the same as the cards, but for one line in a hundred."""
    day = clock.today()
    rows = []
    for place, ((organ, category), total) in enumerate(sorted(totals(day).items())):
        value = total.value + (1000 if place % 100 == 3 else 0)
        lost = None if total.open_cards else total.depreciated
        rows.append(
            LedgerTotal(
                organ_id=organ, day=day, category=category, quantity=total.quantity, value=value, depreciated=lost
            )
        )
    keep(rows, by=by)


def tidy() -> None:
    """Brings the planner's figures up to date, and on PostgreSQL clears away what was rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if bulk.is_postgres() else "ANALYZE")
