"""Whoever sends, drives or asks may be away: somebody stands in for him, for as long as he said, and it is written down so."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from baozhang.ch1_general.organs.models import Delegation
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.kernel import access, clock, ledger
from baozhang.kernel.flow import todo

from .conftest import WORKDAY, Garage


def _stands_in(garage: Garage, client: Client, giver: str, taker: str) -> int:
    """One hands on one's own work, on one's own page, for a workday."""
    client.force_login(garage.users[giver])
    row = {
        "organ": garage.mine.pk, "giver": garage.users[giver].pk, "taker": garage.users[taker].pk,
        "since": WORKDAY, "until": WORKDAY, "reason": "出差",
    }  # fmt: skip
    return client.post("/organs/delegations/add/", row).status_code


@pytest.mark.parametrize("who", ["desk", "driver", "staff"])
def test_each_may_have_somebody_stand_in_for_him(garage: Garage, client: Client, who: str) -> None:
    with clock.on(WORKDAY):
        assert _stands_in(garage, client, who, "staff2") == 302
        assert client.get("/organs/delegations/").status_code == 200
    assert Delegation._base_manager.get().giver == garage.users[who]


def test_a_deputy_of_the_dispatcher_sends_while_he_is_away_and_not_after(garage: Garage, client: Client) -> None:
    first, second = garage.ask(), garage.ask(leave="13:00", back="15:00")
    choice = {"request": first.pk, "vehicle": garage.vehicles[0].pk, "driver": garage.drivers[0].pk}
    board = f"/trips/board/?day={WORKDAY}"
    with clock.on(WORKDAY - dt.timedelta(days=1)):
        assert _stands_in(garage, client, "desk", "staff2") == 302
        client.force_login(garage.users["staff2"])
        assert client.get(board).status_code == 403
    with clock.on(WORKDAY):
        assert "派车" in client.get(board).content.decode() and client.post(board, choice).status_code == 302
        made = Dispatch._base_manager.get()
        entry = ledger.history(made.label, made.pk).first()
        assert (
            garage.users["staff2"].name in entry.by_name
            and "代" in entry.by_name
            and garage.users["desk"].name in entry.by_name
        )
    with clock.on(WORKDAY + dt.timedelta(days=1)):
        later = {**choice, "request": second.pk}
        assert client.get(board).status_code == 403 and client.post(board, later).status_code == 403
        assert client.post(
            f"/trips/dispatches/{made.pk}/steps/cancel/", {"note": "x", "version": made.version}
        ).status_code in (403, 404)
    assert Dispatch._base_manager.count() == 1


def test_a_deputy_of_a_driver_has_his_slips_and_writes_them_down(garage: Garage, client: Client) -> None:
    made = garage.send(garage.ask())
    with clock.on(WORKDAY):
        assert _stands_in(garage, client, "driver", "driver2") == 302
    at = dt.datetime.combine(WORKDAY, dt.time(8, 30), clock.ZONE)
    with clock.on(at):
        assert made.pk in {
            one.record_id for one in todo(access.actor_of(garage.users["driver2"], WORKDAY)).filter(flow="DispatchFlow")
        }
        client.force_login(garage.users["driver2"])
        assert (
            client.post(f"/trips/dispatches/{made.pk}/slip/", {"step": "begin", "odometer_out": "1000"}).status_code
            == 302
        )
    made.refresh_from_db()
    assert made.state == "running"
