"""A way without a slip is asked for late: once, by the dispatcher, and the head has the last word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.test import Client

from baozhang.ch2_provision.trips.models import Dispatch, Movement, Request
from baozhang.ch2_provision.trips.queries.tracks import NAMES, a_way
from baozhang.kernel import observation
from tests.ch2_provision.trips.conftest import Garage
from tests.ch2_provision.trips.test_trips import _at, found
from tests.conftest import TODAY

DAY = TODAY - dt.timedelta(days=1)
SAID = {
    "applicant": "李科员",
    "purpose": "survey",
    "reason": "现场处置",
    "origin": "机关",
    "destination": "第三中学",
    "seats": 2,
}


def test_a_way_without_a_slip_is_asked_for_late(garage: Garage, as_user: Callable[..., Client]) -> None:
    car, since, until = garage.vehicles[0], _at(DAY), _at(DAY, 10)
    observation.observe(Movement, NAMES, a_way(car, since, until, 12_300))
    assert len(found("moved_without_trip", DAY)) == 1
    address = f"/trips/late/{car.pk}/{int(since.timestamp())}/"
    values: dict[str, Any] = {**SAID, "driver": garage.drivers[0].pk, "odometer_out": 900, "odometer_in": 912}
    assert as_user("staff-t").post(address, values).status_code == 404
    desk = as_user("desk-t")
    assert address in desk.get(f"/vehicles/files/{car.pk}/").content.decode()
    assert desk.post(address, {**values, "odometer_in": 1}).status_code == 409
    assert (Dispatch._base_manager.count(), Request._base_manager.count()) == (0, 0), "all of it or nothing"
    assert desk.post(address, values).status_code == 302
    made, slip = Request._base_manager.get(), Dispatch._base_manager.get()
    assert (made.state, made.urgent, made.dispatch_id, slip.kilometres) == ("returned", True, slip.pk, 12)
    assert (slip.out_at, slip.in_at, made.leave, made.back) == (since, until, "09:00", "10:01")
    assert found("moved_without_trip", DAY) == [] == found("trip_without_approval", DAY)
    assert desk.post(address, values).status_code == 404
    boss = as_user("boss-t")
    assert boss.post(f"/trips/requests/{made.pk}/acts/complete/", {"note": "属实"}).status_code == 302
    assert Request._base_manager.get().completed_at is not None


def test_a_late_request_is_the_riders_where_the_desk_says_so(garage: Garage, as_user: Callable[..., Client]) -> None:
    car, since, rider = garage.vehicles[0], _at(DAY), garage.users["staff2"]
    observation.observe(Movement, NAMES, a_way(car, since, _at(DAY, 10), 12_300))
    address, desk = f"/trips/late/{car.pk}/{int(since.timestamp())}/", as_user("desk-t")
    offered = {str(one) for one in desk.get(address).context["form"].fields["account"].queryset}
    assert {"staff-t", "staff2-t", "desk-t"} <= offered and not {"boss-t", "driver-t"} & offered
    values = {**SAID, "driver": garage.drivers[0].pk, "odometer_out": 900, "odometer_in": 912}
    assert desk.post(address, {**values, "account": garage.users["boss"].pk}).status_code == 422
    assert desk.post(address, {**values, "account": rider.pk}).status_code == 302
    made = Request._base_manager.get()
    assert made.account == rider
    confirm = f"/trips/requests/{made.pk}/steps/confirm/"
    assert as_user("staff-t").get(confirm).status_code == 404
    assert "行驶 12 公里" in as_user("staff2-t").get(confirm).content.decode()
