"""One plate is on one vehicle that is still there; a certificate entered late begins where its paper says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.vehicles import jobs
from baozhang.ch2_provision.vehicles.flows import CertificateFlow
from baozhang.ch2_provision.vehicles.models import Certificate, Vehicle
from baozhang.kernel import access, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from tests import factories

from .conftest import Fleet

D = dt.date


def dispose(card: Card) -> None:
    """As the disposal's last step leaves a card."""
    card.disposed, card.disposal = D(2026, 3, 1), "scrapping"
    keep(card, by=access.system_actor("t"), moves=frozenset({"disposed", "disposal"}))


def test_a_second_file_with_the_same_plate_is_refused_until_the_first_has_gone(fleet: Fleet) -> None:
    first = fleet.vehicle("沪A30001")
    card = fleet.card("沪A30001", organ=fleet.theirs)
    with scope.within(fleet("clerk2")) as by, pytest.raises(Invalid) as caught:
        keep(Vehicle(card=card, body="car"), by=by)
    assert "已在另一辆车上" in caught.value.faults[0].reason
    with pytest.raises(IntegrityError), transaction.atomic():
        other = fleet.vehicle("沪A30002")
        Vehicle._base_manager.filter(pk=other.pk).update(plate="沪A30001")
    dispose(first.card)
    assert jobs.keep_files() == {"opened": 1, "followed": 1, "moved": 0, "taken_off": 0}, (
        "the old one goes first, then the new one may come"
    )
    assert Vehicle._base_manager.get(card=card).plate == "沪A30001"


def test_two_ledgers_that_claim_a_plate_do_not_hold_up_the_other_files(fleet: Fleet) -> None:
    for plate, organ in (("沪A30001", fleet.mine), ("沪A30001", fleet.theirs), ("沪A30003", fleet.theirs)):
        fleet.card(plate, organ=organ)
    moved = fleet.vehicle("沪A30004")
    moved.card.plate = "沪A30003"
    factories.save(moved.card)
    assert jobs.keep_files() == {"opened": 1, "followed": 1, "moved": 0, "taken_off": 0}
    assert jobs.keep_files() == {"opened": 0, "followed": 0, "moved": 0, "taken_off": 0}
    assert sorted(Vehicle._base_manager.values_list("plate", flat=True)) == ["沪A30001", "沪A30003"]


def test_a_plate_whose_vehicle_is_gone_may_be_given_again_at_once(fleet: Fleet) -> None:
    old = fleet.vehicle("沪A30001")
    dispose(old.card)
    fleet.quota(3)
    made = fleet.approved()
    bought = fleet.card("", acquired=D(2026, 3, 4), registered=None)
    fleet.take("purchase", made, "clerk", card=bought)
    fleet.take("plate", made, "clerk", plate="沪A30001", registered=D(2026, 3, 4))
    assert Vehicle._base_manager.get(plate="沪A30001", state="in_use").card_id == bought.pk


@pytest.mark.parametrize(("said", "begins"), [(None, D(2025, 10, 11)), (D(2025, 11, 2), D(2025, 11, 2))])
def test_a_renewal_entered_late_begins_where_its_paper_does(
    fleet: Fleet, said: dt.date | None, begins: dt.date
) -> None:
    held = Certificate(vehicle=fleet.vehicle(), kind="compulsory", since=D(2024, 10, 11), until=D(2025, 10, 10))
    with scope.within(fleet("clerk")) as by:
        CertificateFlow.start(held, by=by)
    for wrong in (D(2024, 10, 11), D(2026, 10, 11)):
        with pytest.raises(Refused, match="起始日期"):
            fleet.take("early", held, "clerk", CertificateFlow, next_since=wrong, next_until=D(2026, 10, 10))
    fleet.take("early", held, "clerk", CertificateFlow, next_since=said, next_until=D(2026, 10, 10))
    assert Certificate._base_manager.get(state="valid").since == begins
