"""The proposal: who rides together, in what, with whom; never twice at once."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from baozhang.ch2_provision.trips.solving import Ask, Group, Thing, assign, groups_of, propose

NINE = dt.datetime(2026, 3, 5, 9)


def ask(key: int, start: float = 0, hours: float = 2, seats: int = 1, to: str = "市教委", share: bool = True) -> Ask:
    at = NINE + dt.timedelta(hours=start)
    return Ask(key, 1, "机关", to, at, at + dt.timedelta(hours=hours), seats, share)


def test_only_compatible_requests_ride_together() -> None:
    asks = [ask(1), ask(2, 0.5, 1.5), ask(3, 0.6, 1.4), ask(4, to="体育局"), ask(5, share=False)]
    assert [one.asks for one in groups_of(asks, 4)] == [(1, 2), (4,), (5,), (3,)]
    assert [one.asks for one in groups_of([ask(1, seats=3), ask(2, seats=2)], 4)] == [(1,), (2,)]
    assert groups_of(asks, 4) == groups_of(asks[::-1], 4)


def test_the_most_groups_are_served_in_the_fittest_vehicles() -> None:
    asks = [ask(1, seats=6, to="甲"), ask(2, seats=2, to="乙"), ask(3, 4, seats=2, to="丙")]
    found = propose(asks, [Thing(10, 4), Thing(20, 6)], [Thing(7), Thing(8)])
    assert [(one.group.asks, one.vehicle) for one in found] == [((1,), 20), ((2,), 10), ((3,), 10)]
    assert found[0].driver != found[1].driver and all(one.driver for one in found)
    busy = ((NINE, NINE + dt.timedelta(hours=1)),)
    (alone,) = propose([ask(1)], [Thing(10, 4, busy), Thing(20, 6)], [])
    assert (alone.vehicle, alone.driver) == (20, None)


times = st.tuples(st.integers(0, 20), st.integers(1, 8), st.integers(1, 6))


@settings(max_examples=40, deadline=None)
@given(st.lists(times, max_size=9), st.lists(st.integers(2, 7), max_size=4))
def test_no_proposal_promises_twice_and_none_is_left_that_fits(
    spans: list[tuple[int, int, int]], seats: list[int]
) -> None:
    groups = [
        Group((n,), NINE + dt.timedelta(minutes=30 * a), NINE + dt.timedelta(minutes=30 * (a + b)), s)
        for n, (a, b, s) in enumerate(spans)
    ]
    things = [Thing(n, room) for n, room in enumerate(seats)]
    found = assign(groups, things)
    for one, thing in found.items():
        assert groups[one].seats <= seats[thing]
        assert not [
            o
            for o, t in found.items()
            if o != one and t == thing and groups[o].starts < groups[one].ends and groups[one].starts < groups[o].ends
        ]
    for n, group in enumerate(groups):
        free = [
            t for t, room in enumerate(seats)
            if room >= group.seats and not any(k == t and groups[o].starts < group.ends and group.starts < groups[o].ends for o, k in found.items())
        ]  # fmt: skip
        assert n in found or not free
