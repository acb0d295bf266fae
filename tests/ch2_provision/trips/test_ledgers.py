"""Slips and vehicles as ledgers and forms bring them: numbers of many at once, what is offered for sealing."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.vehicles.actions.following import keep_up
from baozhang.kernel import border, clock, scope
from baozhang.kernel.record import keep
from baozhang.kernel.resource import BY_LABEL
from tests.ch2_provision.trips.conftest import Garage
from tests.conftest import TODAY


def test_slips_without_a_number_come_in_together_and_those_kept_on_paper_as_they_ended(garage: Garage) -> None:
    def at(day: int, hour: int) -> dt.datetime:
        return dt.datetime(2026, 3, day, hour, tzinfo=clock.ZONE)

    rows = [
        border.Row({"vehicle": garage.vehicles[n], "driver": garage.drivers[n], "starts": at(day, 8), "ends": at(day, 9)})
        for n in (0, 1) for day in (2, 3)
    ]  # fmt: skip
    rows[0].values |= {
        "out_at": at(2, 8),
        "in_at": at(2, 9),
        "odometer_out": 100,
        "odometer_in": 110,
    }
    actor = garage("desk")
    with scope.within(actor):
        border.commit(BY_LABEL["trips.dispatch"], rows, by=actor, defaults={"organ": garage.mine})
    assert sorted(Dispatch._base_manager.values_list("state", flat=True)) == ["ended", "planned", "planned", "planned"]
    assert [one[-5:] for one in Dispatch._base_manager.order_by("number").values_list("number", flat=True)] == [
        "00001",
        "00002",
        "00003",
        "00004",
    ]


def test_a_vehicle_that_has_gone_is_not_offered_for_sealing(garage: Garage, client: Client) -> None:
    gone, there = garage.vehicles
    with scope.everything("test") as by:
        gone.card.disposed, gone.card.disposal, gone.card.use_state = TODAY, "scrapping", "scrapped"
        keep(gone.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
        keep_up(by=by)
    client.force_login(garage.users["desk"])
    form = client.get("/trips/sealings/add/").context["form"]
    assert [one.pk for one in form.fields["vehicle"].queryset] == [there.pk]
