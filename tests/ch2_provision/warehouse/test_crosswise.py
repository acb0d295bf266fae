"""Two steps that touch a whole and its parts at the same moment both go through, or the later is refused in its own words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from baozhang.ch2_provision.warehouse.actions.proposing import accept_all, detect
from baozhang.ch2_provision.warehouse.flows import ExitFlow, LoanFlow, ProposalFlow, ThingFlow
from baozhang.ch2_provision.warehouse.flows.events import move_end
from baozhang.ch2_provision.warehouse.models import Entry, Event, Exit, Loan, Proposal, Store, Thing
from baozhang.kernel import clock, holds, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.holds import Hold
from tests import crossing, factories
from tests.ch2_provision.warehouse.conftest import House
from tests.ch2_provision.warehouse.test_exit import ask, signed
from tests.committed import committed
from tests.conftest import TODAY

KEEP = TODAY + dt.timedelta(days=9)


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits, so that threads see each other."""
    yield from committed(django_db_blocker)


def test_one_thing_comes_back_while_all_come_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = [house.card(), house.card()]
    house.entered(cards)
    signed(house, cards)
    last, loan = Thing._base_manager.latest("pk"), Loan._base_manager.get()
    single, whole = crossing.at_once(
        monkeypatch,
        lambda: house.take(ThingFlow, "hand_in", last, "clerk2"),
        lambda: house.take(LoanFlow, "hand_in", loan, "clerk2"),
    )
    assert (whole, single) in [("", ""), ("", "Refused: 现在不能办理“交还”")]
    assert Loan._base_manager.get().state == "back"
    assert set(Thing._base_manager.values_list("state", flat=True)) == {"back"}


def test_an_event_is_moved_while_its_things_are_signed_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    card = house.card()
    house.entered([card])
    event = factories.kept(Event, where=house.organs["health"], opens=TODAY, closes=KEEP)
    exit_ = ask(house, [card], event=event)[0].exit
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议", event=event)
    for step, who, values in (
        ("agree", "head2", {}), ("approve", "officer", {"keep_until": KEEP}), ("pick", "clerk", {"counted": 1}), ("deliver", "clerk", {}),
    ):  # fmt: skip
        house.take(ExitFlow, step, exit_, who, **values)
    later = KEEP + dt.timedelta(days=5)

    def move(who: Actor) -> None:
        with transaction.atomic():  # as every act
            move_end(Event._base_manager.get(), later, by=who, note="天气")

    found = crossing.at_once(
        monkeypatch, lambda: house.take(ExitFlow, "sign", exit_, "clerk2"), lambda: house.do("clerk2", move)
    )
    assert found == ["", ""], found
    loan = Loan._base_manager.get()
    assert loan.due in (KEEP, later)
    assert (Event._base_manager.get().closes, Exit._base_manager.get().state) == (later, "done")


def test_a_proposal_is_answered_alone_and_among_many(
    house: House, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.card(use_state="degraded")
    with scope.everything("test") as by:
        detect(day=clock.today(), by=by)
    proposal = Proposal._base_manager.get()
    found = crossing.at_once(
        monkeypatch,
        lambda: house.take(ProposalFlow, "accept", proposal, "clerk"),
        lambda: house.do("clerk", lambda who: accept_all([Proposal._base_manager.get()], by=who)),
    )
    assert found.count("") == 1 and not any("Crossed" in said for said in found), found
    assert Entry._base_manager.count() == 1


def test_a_reservation_runs_out_while_it_is_approved(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    card = house.card()
    house.entered([card])
    exit_ = ask(house, [card])[0].exit
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="use", purpose="会议")
    house.take(ExitFlow, "agree", exit_, "head2")
    Hold.objects.update(until=dt.datetime.combine(TODAY, dt.time(), tzinfo=clock.ZONE))
    approved, swept = crossing.at_once(
        monkeypatch, lambda: house.take(ExitFlow, "approve", exit_, "officer", keep_until=KEEP), holds.sweep
    )
    assert swept == "" and "Crossed" not in approved, approved
    assert Exit._base_manager.get().state in ("expired", "approved")
