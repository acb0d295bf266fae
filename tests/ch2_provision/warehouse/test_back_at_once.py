"""The last two things of a loan come back at the same moment: the loan knows that all is back, and ends with the last."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.warehouse.flows import LoanFlow, ThingFlow, things
from baozhang.ch2_provision.warehouse.models import Loan, Thing
from baozhang.kernel import clock
from baozhang.kernel.holds import Hold
from tests.ch2_provision.warehouse.conftest import House, build
from tests.ch2_provision.warehouse.test_exit import signed
from tests.committed import committed
from tests.conftest import TODAY
from tests.crossing import at_once


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits, so that threads see each other."""
    yield from committed(django_db_blocker)


def both(house: House, step: str, who: str, **values: Any) -> list[Exception]:
    """Both things take a step, each in a connection of its own; what went wrong."""
    faults: list[Exception] = []

    def one(thing: Thing) -> None:
        try:
            with clock.on(TODAY):
                house.take(ThingFlow, step, thing, who, **values)
        except Exception as error:  # noqa: BLE001 -- whatever a thread meets is the result
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(thing,)) for thing in Thing._base_manager.order_by("pk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_the_last_two_come_back_at_the_same_moment(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    house = build()
    cards = [house.card(), house.card()]
    house.entered(cards)
    signed(house, cards)
    meet, whole = threading.Barrier(2), things.things_of

    def looked(loan: Loan, *states: str) -> list[Thing]:
        """What is still out, seen by both before either is done, where nothing keeps them apart."""
        found = whole(loan, *states)
        try:
            meet.wait(0.4)
        except threading.BrokenBarrierError:
            meet.reset()
        return found

    monkeypatch.setattr(things, "things_of", looked)
    assert both(house, "hand_in", "clerk2") == []
    assert Loan._base_manager.get().state == "back", "somebody is asked to inspect"
    assert both(house, "fine", "clerk", grade_back="good") == [], "it stayed with its owner, who inspects it"
    assert (Loan._base_manager.get().state, Hold.objects.count()) == ("closed", 0)


def test_an_extension_is_asked_for_while_all_comes_back(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever is first, what is back is back: the loan ends with the inspection and nothing stays promised."""
    house = build()
    cards = [house.card()]
    house.entered(cards)
    signed(house, cards)
    loan, thing = Loan._base_manager.get(), Thing._base_manager.get()
    until = {"wanted": TODAY + dt.timedelta(days=50), "wanted_why": "会期延长"}
    refused = at_once(
        monkeypatch,
        lambda: house.take(LoanFlow, "extend", loan, "clerk2", **until),
        lambda: house.take(ThingFlow, "hand_in", thing, "clerk2"),
    )
    assert refused[1] == "" and (refused[0] == "" or "续借" in refused[0])
    with clock.on(TODAY):
        house.take(ThingFlow, "fine", Thing._base_manager.get(), "clerk", grade_back="good")
    assert (Loan._base_manager.get().state, Hold.objects.count()) == ("closed", 0)
