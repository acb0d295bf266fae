"""Somebody who counts a room leaves while it is counted: it is said, and the room goes to another."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch2_provision.stocktaking.actions import freezing
from baozhang.ch2_provision.stocktaking.models import Room
from baozhang.kernel import scope
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from tests.conftest import TODAY

from .conftest import Office


def test_a_room_of_somebody_who_left_says_so(office: Office, client: Client) -> None:
    office.card("A1")
    count = office.begun()
    by = office("clerk")
    with scope.within(by):
        freezing.assign(list(Room.objects.filter(count=count)), "staff", by=by, day=TODAY)
    client.force_login(User._base_manager.get(username="clerk"))
    page = f"/stocktaking/counts/{count.pk}/progress/"
    assert "staff" in client.get(page).content.decode() and "已离岗" not in client.get(page).content.decode()
    held = Appointment._base_manager.get(user__username="staff")
    held.until = TODAY - dt.timedelta(days=1)
    with scope.everything("test") as system:
        keep(held, by=system, note="调离")
    assert "已离岗，请重新分派" in client.get(page).content.decode()
    with scope.within(by):
        freezing.assign(list(Room.objects.filter(count=count)), "clerk2", by=by, day=TODAY)
    assert "已离岗" not in client.get(page).content.decode()
