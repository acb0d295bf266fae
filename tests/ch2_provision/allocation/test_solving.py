"""The assignment is the best there is, the same each time, and bounded by what is wanted."""

from __future__ import annotations

import random
from itertools import permutations, product

import pytest

from baozhang.ch2_provision.allocation import solving
from baozhang.ch2_provision.allocation.choices import Source
from baozhang.ch2_provision.allocation.solving import Slot, Thing, assign, assign_all, cost_of


def made(seed: int, slots: int, things: int) -> tuple[list[Slot], list[Thing]]:
    chance = random.Random(seed)
    places = ["", "甲路1号", "乙路2号"]
    wanted = [Slot(n, chance.randrange(4), chance.choice(places), n) for n in range(slots)]
    there = [
        Thing(
            1000 + n,
            chance.randrange(5),
            chance.choice(places),
            chance.random() < 0.3,
            chance.randrange(2),
            chance.randrange(2),
            chance.randrange(700),
        )
        for n in range(things)
    ]
    return wanted, there


def least(slots: list[Slot], things: list[Thing]) -> int:
    """The least sum by trying everything."""
    few, many = (slots, things) if len(slots) <= len(things) else (things, slots)
    sums = []
    for order in permutations(many, len(few)):
        pairs = zip(few, order, strict=True) if few is slots else ((b, a) for a, b in zip(few, order, strict=True))
        sums.append(sum(cost_of(slot, thing) for slot, thing in pairs))
    return min(sums)


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_best_of_all(seed: int) -> None:
    slots, things = made(seed, 4, 6)
    found = assign(slots, things)
    assert len(found) == 4 and len({pair.card for pair in found}) == 4
    assert sum(pair.cost for pair in found) == least(slots, things)


@pytest.mark.parametrize("seed", range(4))
def test_with_too_little_as_many_as_can_be_are_served(seed: int) -> None:
    slots, things = made(seed, 6, 4)
    found = assign(slots, things)
    assert len(found) == 4 and sum(pair.cost for pair in found) == least(slots, things)


def test_between_equals_the_more_pressing_is_served_whatever_came_first() -> None:
    thing = Thing(9, 7, "", False, 0, 0, 12)
    slots = [Slot(1, 1, "", 5), Slot(2, 2, "", 0), Slot(3, 3, "", 3)]
    assert [pair.need for pair in assign(slots, [thing])] == [2]
    assert [pair.need for pair in assign(slots[::-1], [thing])] == [2]


def test_ones_own_stays_with_its_agency_where_others_can_be_served_elsewhere() -> None:
    own, other = Thing(1, 1, "", False, 0, 0, 50), Thing(2, 9, "", False, 0, 0, 60)
    found = {
        pair.need: (pair.card, pair.source) for pair in assign([Slot(1, 1, "", 1), Slot(2, 2, "", 0)], [own, other])
    }
    assert found == {1: (1, Source.OWN), 2: (2, Source.OTHERS)}


def test_the_order_of_what_is_handed_in_does_not_matter() -> None:
    slots, things = made(3, 60, 90)
    first = assign(slots, things)
    random.Random(1).shuffle(slots)
    random.Random(2).shuffle(things)
    assert assign(slots, things) == first


def test_what_is_left_out_would_not_have_mattered(monkeypatch: pytest.MonkeyPatch) -> None:
    slots, things = made(5, 20, 400)
    short = assign(slots, things)
    assert len(solving._pruned(slots, sorted(things, key=lambda one: one.own_order))) <= 4 * 20
    monkeypatch.setattr(solving, "_pruned", lambda _slots, free: list(free))
    assert sum(pair.cost for pair in assign(slots, things)) == sum(pair.cost for pair in short)


def test_a_great_class_is_worked_out_in_parts_and_nothing_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "PIECES", 7)
    slots, things = made(8, 20, 25)
    found = assign(slots, things)
    assert len(found) == 20 and len({pair.card for pair in found}) == 20


@pytest.mark.parametrize("seed", range(8))
def test_what_answers_to_two_classes_is_given_once_and_where_it_serves_most(seed: int) -> None:
    slots, things = made(seed, 5, 5)
    wide = [Thing(one.card, one.organ, one.address, one.stored, 1, one.shape, one.age) for one in things[1:]]
    classes = [(slots[:3], things[:3]), (slots[3:], wide)]  # two items answer to both, one to each alone at the least
    pairs = assign_all(classes)
    assert len({pair.card for pair in pairs}) == len(pairs)
    tries = [[None, *things[:3]]] * 3 + [[None, *wide]] * 2
    best = (0, 0)
    for tried in product(*tries):
        given = [(slot, thing) for slot, thing in zip(slots, tried, strict=True) if thing is not None]
        if len({thing.card for _slot, thing in given}) == len(given):
            best = min(best, (-len(given), sum(cost_of(slot, thing) for slot, thing in given)))
    assert (-len(pairs), sum(pair.cost for pair in pairs)) == best


def test_classes_that_share_nothing_are_worked_out_alone() -> None:
    slots, things = made(4, 6, 12)
    apart = assign_all([(slots[:3], things[:6]), (slots[3:], things[6:])])
    alone = [*assign(slots[:3], things[:6]), *assign(slots[3:], things[6:])]
    assert sorted(apart, key=lambda pair: pair.card) == sorted(alone, key=lambda pair: pair.card)
