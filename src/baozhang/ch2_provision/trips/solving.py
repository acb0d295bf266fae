"""A proposal for a day: which requests ride together, in which vehicle, with which driver. The dispatcher decides.

Groups are made first: requests of one destination that leave and return within half an hour of each other and agree to share.
Groups get vehicles, then drivers, by a linear programme in whole numbers (SciPy's `milp`, BSD-3, loaded when a proposal is
asked for): as many groups as can be, with the fewest empty seats, an idle vehicle before a used one; two groups that overlap
never share a vehicle or a driver, and what is promised already is out of reach.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NEAR = dt.timedelta(minutes=30)
MOST_GROUPS, MOST_THINGS = 60, 60  # in one programme; a desk with more is worked off in its order of departure


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as the solver sees it."""

    key: int
    organ: int
    origin: str
    destination: str
    starts: dt.datetime
    ends: dt.datetime
    seats: int
    share: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """A vehicle (with its seats for passengers) or a driver (seats 0), and the times in which it is promised."""

    key: int
    seats: int = 0
    busy: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    used: int = 0  # how often it went lately: the less, the sooner


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that ride together."""

    asks: tuple[int, ...]
    starts: dt.datetime
    ends: dt.datetime
    seats: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group with its vehicle and driver; None where there is none."""

    group: Group
    vehicle: int | None
    driver: int | None


def groups_of(asks: Iterable[Ask], largest: int) -> list[Group]:
    """Requests put together as far as the largest vehicle holds them; the same for the same input, whatever its order."""
    found: list[list[Ask]] = []
    for ask in sorted(asks, key=lambda one: (one.starts, one.key)):
        for held in found:
            if sum(one.seats for one in held) + ask.seats <= largest and all(_together(one, ask) for one in held):
                held.append(ask)
                break
        else:
            found.append([ask])
    return [
        Group(tuple(one.key for one in held), min(one.starts for one in held), max(one.ends for one in held), sum(one.seats for one in held))
        for held in found
    ]  # fmt: skip


def _together(one: Ask, other: Ask) -> bool:
    same = (one.origin, one.destination) == (other.origin, other.destination)
    return (
        one.share
        and other.share
        and same
        and abs(one.starts - other.starts) <= NEAR
        and abs(one.ends - other.ends) <= NEAR
    )


def propose(asks: Sequence[Ask], vehicles: Sequence[Thing], drivers: Sequence[Thing]) -> list[Proposal]:
    """The proposal for a desk, group by group in the order of departure."""
    largest = max((one.seats for one in vehicles), default=0)
    groups = sorted(groups_of(asks, largest), key=lambda one: (one.starts, one.asks))[:MOST_GROUPS]
    rides = assign(groups, vehicles[:MOST_THINGS])
    served = [n for n in range(len(groups)) if n in rides]
    hands = assign([Group(groups[n].asks, groups[n].starts, groups[n].ends, 0) for n in served], drivers[:MOST_THINGS])
    by_group = {served[n]: driver for n, driver in hands.items()}
    return [Proposal(group, rides.get(n), by_group.get(n)) for n, group in enumerate(groups)]


def assign(groups: Sequence[Group], things: Sequence[Thing]) -> dict[int, int]:
    """Which thing serves which group (its place): as many groups as can be, then the fewest empty seats and the least used things."""
    pairs = [
        (g, t)
        for g, group in enumerate(groups)
        for t, thing in enumerate(things)
        if group.seats <= thing.seats
        and not any(since < group.ends and group.starts < until for since, until in thing.busy)
    ]
    if not pairs:
        return {}
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    place = {pair: n for n, pair in enumerate(pairs)}
    limits: list[list[int]] = [[place[pair] for pair in pairs if pair[0] == g] for g in range(len(groups))]
    limits += [
        [place[one, t], place[other, t]]
        for t in range(len(things))
        for one in range(len(groups))
        for other in range(one + 1, len(groups))
        if (one, t) in place and (other, t) in place and _overlap(groups[one], groups[other])
    ]
    limits = [row for row in limits if row]
    table = np.zeros((len(limits), len(pairs)))
    for n, row in enumerate(limits):
        table[n, row] = 1
    cost = [(things[t].seats - groups[g].seats) * 10 + min(things[t].used, 9) + t * 1e-3 + g * 1e-5 for g, t in pairs]
    served = 1_000 * (len(groups) + 1)  # one group more outweighs every saving of seats
    found = milp(
        np.array(cost) - served,
        constraints=LinearConstraint(table, -np.inf, 1),
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
    )
    if found.x is None:
        return {}
    return {pairs[n][0]: things[pairs[n][1]].key for n, value in enumerate(found.x) if value > 0.5}


def _overlap(one: Group, other: Group) -> bool:
    return one.starts < other.ends and other.starts < one.ends
