"""What the warehouse has in custody is looked for where it is: its card stays with its agency, the thing does not."""

from __future__ import annotations

import datetime as dt

import pytest

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import Outcome
from baozhang.ch2_provision.stocktaking.models import Room
from baozhang.ch2_provision.stocktaking.queries import standing
from baozhang.ch2_provision.warehouse.flows.stock import item_of
from baozhang.ch2_provision.warehouse.models import Item, Store
from baozhang.ch2_provision.warehouse.queries.custody import kept_elsewhere
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep
from tests import factories
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
NINE = dt.datetime.combine(TODAY, dt.time(9), clock.ZONE)
NAME = "云间区公物仓一号库"


def at(minutes):
    """The clock some minutes after nine."""
    return clock.on(NINE + dt.timedelta(minutes=minutes))


def store_of(office):
    """The authority's store."""
    return factories.kept(Store, where=office.authority, name=NAME)


def taken_in(office, card, store=None):
    """A thing that is in the warehouse: in a store, or still at its agency's."""
    keeping = "physical" if store else "virtual"
    item = item_of(
        Card._base_manager.get(pk=card.pk), authority=office.authority, reason="idle", entry=None, keeping=keeping, listing="level"
    )  # fmt: skip
    item.state, item.grade, item.wiped, item.store = "stock", "good", True, store
    item.holder, item.entered_on = office.authority if store else office.agency, TODAY
    with scope.everything("test") as by:
        keep(item, by=by)
    return Item._base_manager.get(pk=item.pk)


def gone(item, **values):
    """The thing has left."""
    for name, value in values.items():
        setattr(item, name, value)
    with scope.everything("test") as by:
        keep(item, by=by, moves=frozenset({"state"}))


def outcomes(count):
    """What became of each line."""
    return {one.line.number: one.outcome for one in standing.standings(count)}


def test_what_stands_in_a_store_is_a_task_at_the_store(office):
    inside, outside, on_site = (office.card(number, "301室") for number in ("A1", "A2", "A3"))
    taken_in(office, inside, store_of(office))
    taken_in(office, on_site)
    with at(0):
        count = office.begun()
    assert dict(Room._base_manager.values_list("place", "expected")) == {NAME: 1, "301室": 2}
    with at(30):
        for card in (outside, on_site):
            office.scan(count, card.number)
        assert outcomes(count) == {"A1": Outcome.OPEN, "A2": Outcome.FOUND, "A3": Outcome.FOUND}
        office.scan(count, "A1", place=NAME)
        assert office.gaps(office.take("clerk", "finish", count)) == []


def test_what_goes_into_a_store_while_it_is_counted_is_not_missing(office):
    card, store = office.card("A1", "301室"), store_of(office)
    with at(0):
        count = office.begun()
    with at(30):
        taken_in(office, card, store)
    assert outcomes(count) == {"A1": Outcome.MOVED}
    with at(60):
        office.scan(count, "A1", result="missing", place="", room=office.room(count, "301室").pk)
        assert outcomes(count) == {"A1": Outcome.MOVED}
    with at(90):
        office.scan(count, "A1", place=NAME)
        assert outcomes(count) == {"A1": Outcome.FOUND}


def test_what_comes_back_from_a_store_while_it_is_counted_is_looked_for_in_its_room(office):
    card = office.card("A1", "301室")
    with at(0):
        item = taken_in(office, card, store_of(office))
        count = office.begun()
    with at(30):
        gone(item, state="left", store=None, holder=office.agency, left_on=TODAY)
    with at(60):
        office.scan(count, "A1", place="301室")
        assert outcomes(count) == {"A1": Outcome.FOUND}


def test_what_is_lent_is_with_whom_it_is_lent_to(office):
    card = office.card("A1", "301室")
    with at(0):
        gone(taken_in(office, card), state="out", holder=office.other)
        office.begun()
    assert list(Room._base_manager.values_list("place", flat=True)) == ["云间区卫健委借用"]


def test_what_has_left_the_warehouse_is_nowhere_else_whoever_had_it_last(office):
    card = office.card("A1", "301室")
    with at(0):
        gone(taken_in(office, card, store_of(office)), state="lost", left_on=TODAY)
        assert kept_elsewhere(office.agency.pk, None) == {}
        assert [kept.where for kept in kept_elsewhere(office.agency.pk, NINE - dt.timedelta(days=1)).values()] == [""]
