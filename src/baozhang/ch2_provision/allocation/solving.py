"""The assignment of many items to many needs at once: as many pieces as can be, at the least sum of places in the order.

Worked out class by class with SciPy's `linear_sum_assignment` (BSD-3; loaded only when a round is worked out). A class with
`D` pieces wanted looks at the best `D` items of each source and each agency's own best `D`: an optimal assignment never needs
another, since any item beyond would be exchanged for a free one before it. So the matrix is bounded by the needs, not by the stock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .choices import Source

PIECES = 2_000  # pieces of one class in one matrix; more are worked out in parts, the most pressing first
OLDEST = 600  # months; older is all alike


@dataclass(frozen=True, slots=True)
class Slot:
    """This is one piece that a need lacks: whose, and how pressing (0 first)."""

    need: int
    organ: int
    address: str
    urgency: int


@dataclass(frozen=True, slots=True)
class Thing:
    """This is one free item: whose, where, and its own points of the order."""

    card: int
    organ: int
    address: str
    stored: bool
    fit: int
    shape: int
    age: int

    @property
    def own_order(self) -> tuple[int, ...]:
        """This is its place among items of one source."""
        return (self.fit, self.shape, min(self.age, OLDEST - 1), self.card)


@dataclass(frozen=True, slots=True)
class Pair:
    """This is one proposed pair with its cost: source, fit, condition, age, distance in one number, the lower the better."""

    need: int
    card: int
    source: Source
    cost: int


def source_of(slot: Slot, thing: Thing) -> Source:
    """Where an item comes from, seen from a need."""
    if thing.stored:
        return Source.WAREHOUSE
    return Source.OWN if thing.organ == slot.organ else Source.OTHERS


def cost_of(slot: Slot, thing: Thing) -> int:
    """The place of an item in the documented order as one number: a later point never outweighs an earlier one."""
    rank = {Source.OWN: 0, Source.WAREHOUSE: 1, Source.OTHERS: 2}[source_of(slot, thing)]
    far = 0 if slot.organ == thing.organ or (slot.address and slot.address == thing.address) else 1
    return (((rank * 2 + thing.fit) * 2 + thing.shape) * OLDEST + min(thing.age, OLDEST - 1)) * 2 + far


Class = tuple[Sequence[Slot], Sequence[Thing]]  # the pieces wanted of one class, and the items that answer to it


def assign(slots: Sequence[Slot], things: Iterable[Thing]) -> list[Pair]:
    """These are the pairs for one class: the same for the same input, whatever its order."""
    return assign_all([(slots, list(things))])


def assign_all(classes: Sequence[Class]) -> list[Pair]:
    """These are the pairs for several classes; an item that answers to more than one of them is given once.

    Classes that share items (any printer, and printers for A4) are worked out in one matrix, so that none takes what
    another one needs more.
    """
    found: list[Pair] = []
    for group in _linked(classes):
        free = [sorted(things, key=lambda thing: thing.own_order) for _slots, things in group]
        waiting = [(slot, place) for place, (slots, _things) in enumerate(group) for slot in slots]
        waiting.sort(key=lambda pair: (pair[0].urgency, pair[0].need))
        step = max(PIECES // len(group), 1)
        for start in range(0, len(waiting), step):
            part = waiting[start : start + step]
            slots = [slot for slot, _place in part]
            pairs = _solve(slots, [place for _slot, place in part], [_pruned(slots, one) for one in free])
            taken = {pair.card for pair in pairs}
            free = [[thing for thing in one if thing.card not in taken] for one in free]
            found += pairs
    return sorted(found, key=lambda pair: (pair.cost, pair.need, pair.card))


def _linked(classes: Sequence[Class]) -> list[list[Class]]:
    """The classes in groups; two that share an item, if only by way of a third, are in one group."""
    groups: list[tuple[set[int], list[Class]]] = []
    for one in classes:
        cards, members = {thing.card for thing in one[1]}, [one]
        apart = []
        for known in groups:
            if cards.isdisjoint(known[0]):
                apart.append(known)
            else:
                cards |= known[0]
                members = known[1] + members
        groups = [*apart, (cards, members)]
    return [members for _cards, members in groups]


def _pruned(slots: Sequence[Slot], free: Sequence[Thing]) -> list[Thing]:
    """The best of the warehouse, of the others, and of each agency's own, as many of each as pieces are wanted."""
    most = len(slots)
    wanting: dict[int, int] = defaultdict(int)
    for slot in slots:
        wanting[slot.organ] += 1
    kept: dict[int, Thing] = {}
    stored = others = 0
    own: dict[int, int] = defaultdict(int)
    for thing in free:
        if thing.stored:
            if stored < most:
                kept[thing.card], stored = thing, stored + 1
            continue
        if own[thing.organ] < wanting.get(thing.organ, 0):
            kept[thing.card] = thing
            own[thing.organ] += 1
        elif others < 2 * most:  # an agency's own are no help from outside, so there must be enough beside them
            kept[thing.card], others = thing, others + 1
    return sorted(kept.values(), key=lambda thing: thing.own_order)


def _solve(slots: Sequence[Slot], places: Sequence[int], things: Sequence[Sequence[Thing]]) -> list[Pair]:
    """One matrix: the slots, each of the class at its place, against the items of all classes."""
    column = {card: i for i, card in enumerate(sorted({thing.card for one in things for thing in one}))}
    if not slots or not column:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows, columns = len(slots), len(column)
    scale = rows + 1  # how pressing a need is decides between equal sums, and never against a better one
    top = 3 * 2 * 2 * OLDEST * 2
    # Leaving a piece open costs more than any chain of exchanges, and most where the need is pressing.
    leaving = (top * scale * (rows + 1) + np.arange(rows, 0, -1, dtype=np.float64))[:, None]
    table = np.full((rows, columns + rows), 4.0 * top * scale * (rows + 1), dtype=np.float64)  # what does not answer
    table[:, columns:] = leaving
    known: list[dict[int, Thing]] = []
    for place, one in enumerate(things):
        mine = [row for row, at in enumerate(places) if at == place]
        known.append({thing.card: thing for thing in one})
        if mine and one:
            costs = _costs([slots[row] for row in mine], one) * scale
            table[np.ix_(mine, [column[thing.card] for thing in one])] = costs
    cards = list(column)
    pairs = []
    for row, at in zip(*linear_sum_assignment(table), strict=True):
        if at < columns:
            slot, thing = slots[row], known[places[row]][cards[at]]
            pairs.append(Pair(slot.need, thing.card, source_of(slot, thing), cost_of(slot, thing)))
    return pairs


def _costs(slots: Sequence[Slot], things: Sequence[Thing]) -> Any:
    """`cost_of` for all pairs at once."""
    import numpy as np

    organs = np.array([slot.organ for slot in slots], dtype=np.int64)[:, None]
    owners = np.array([thing.organ for thing in things])[None, :]
    stored = np.array([thing.stored for thing in things])[None, :]
    rank = np.where(stored, np.int32(1), np.where(organs == owners, np.int32(0), np.int32(2)))
    places = {
        address: number
        for number, address in enumerate(
            sorted({*(slot.address for slot in slots), *(thing.address for thing in things)})
        )
    }
    here = np.array([places[slot.address] if slot.address else -1 for slot in slots], dtype=np.int32)[:, None]
    there = np.array([places[thing.address] if thing.address else -2 for thing in things], dtype=np.int32)[None, :]
    own = np.array(
        [(thing.fit * 2 + thing.shape) * OLDEST + min(thing.age, OLDEST - 1) for thing in things], dtype=np.int32
    )[None, :]
    return (rank * np.int32(4 * OLDEST) + own) * np.int32(2) + ((here != there) & (organs != owners))
