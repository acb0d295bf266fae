"""What the desk does and what rides along with it: no button that leads nowhere, the right day, readings that are put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch2_provision.trips.flows import DispatchFlow
from baozhang.ch2_provision.trips.flows.request import complete
from baozhang.ch2_provision.trips.models import Dispatch, Request
from baozhang.ch2_provision.trips.queries.urgent import LATE, due_by, hours_late
from baozhang.ch2_provision.vehicles.actions.following import keep_up
from baozhang.kernel import border, clock, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import BY_LABEL
from baozhang.law.issued import IssuedValue, also_issued
from tests.ch2_provision.trips.conftest import WORKDAY, Garage
from tests.conftest import TODAY


def test_what_rides_along_has_no_button_and_the_desk_is_one_step_away(garage: Garage, client: Client) -> None:
    asked = garage.ask()
    page = f"/trips/requests/{asked.pk}/"
    client.force_login(garage.users["desk"])
    shown = client.get(page)
    assert f"/trips/board/?day={WORKDAY}" in shown.content.decode()
    assert {"send", "recall", "depart", "come_back"}.isdisjoint(step["name"] for step in shown.context["steps"])
    with pytest.raises(Refused, match="派车") as refused:
        garage.take("send", asked, "desk")
    assert "调度台" in str(refused.value.instead)
    garage.send(asked)
    shown = client.get(page)
    assert "/trips/board/" not in shown.content.decode().split("<main")[1]
    assert {"recall", "depart"}.isdisjoint(step["name"] for step in shown.context["steps"])


def test_a_driver_does_not_begin_the_slip_of_another_day(garage: Garage) -> None:
    made = garage.send(garage.ask("00:30", "02:00"))

    def begin(hour: int, who: str) -> None:
        with clock.on(dt.datetime(2026, 3, 4, hour, 0, tzinfo=clock.ZONE)):
            garage.take("begin", made, who, DispatchFlow, odometer_out=100)

    with pytest.raises(Refused, match="出车日期是 2026-03-05"):
        begin(21, "driver")
    begin(22, "driver")
    assert Dispatch._base_manager.get(pk=made.pk).state == "running"
    other = garage.send(garage.ask("09:00", "10:00"), car=1, driver=1)
    with clock.on(dt.datetime(2026, 3, 4, 9, 0, tzinfo=clock.ZONE)):
        garage.take("begin", other, "desk", DispatchFlow, odometer_out=100)


def test_what_was_written_wrong_is_corrected_by_the_desk_and_confirmed_as_it_was(
    garage: Garage, client: Client
) -> None:
    asked = garage.ask()
    made = garage.send(asked)
    client.force_login(garage.users["desk"])
    page = f"/trips/dispatches/{made.pk}/acts/correct/"
    assert page not in client.get(f"/trips/dispatches/{made.pk}/").content.decode(), "nothing was driven yet"
    garage.drive(made, 1000, 10380, tolls=Decimal(15))
    assert client.get(page).context["form"]["odometer_in"].value() == 10380
    values = {
        "odometer_out": 1000,
        "odometer_in": 1038,
        "rest": 0,
        "tolls": "15",
        "parking": "",
        "fuel": "",
        "fare": "",
    }
    assert client.post(page, values).status_code == 422, "why is said"
    assert client.post(page, {**values, "odometer_in": 900, "note": "多写一位"}).status_code == 422
    assert client.post(page, {**values, "note": "多写一位"}).status_code == 302
    assert Dispatch._base_manager.get(pk=made.pk).kilometres == 38
    client.force_login(garage.users["staff"])
    said = client.get(f"/trips/requests/{asked.pk}/steps/confirm/").content.decode()
    assert "行驶 38 公里" in said and "途中费用 15.00 元" in said and "很满意" in said
    client.force_login(garage.users["driver"])
    assert client.get(page).status_code == 403


def test_several_requests_that_come_together_get_a_number_each(garage: Garage) -> None:
    given = {"applicant": "科员", "purpose": "meeting", "reason": "开会", "origin": "机关", "destination": "市教委", "day": WORKDAY, "leave": "08:30", "back": "11:30"}  # fmt: skip
    rows = [border.Row({**given, "reason": reason}) for reason in ("开会", "调研")]
    actor = garage("staff")
    with scope.within(actor):
        border.commit(BY_LABEL["trips.request"], rows, by=actor, defaults={"organ": garage.mine})
    made = Request._base_manager.order_by("number")
    assert [one.number[-5:] for one in made] == ["00001", "00002"]
    assert {one.account for one in made} == {garage.users["staff"]}


def test_a_new_request_starts_where_the_last_one_did(garage: Garage, client: Client) -> None:
    def begun(who: str) -> str:
        client.force_login(garage.users[who])
        return str(client.get("/trips/requests/add/").context["form"]["origin"].value() or "")

    assert begun("staff") == ""
    garage.draft()
    assert begun("staff") == Request._base_manager.get().origin and begun("desk") == ""


@pytest.mark.parametrize(("minutes", "late"), [(0, 0), (1, 1), (60, 1), (61, 2)])
def test_an_approval_afterwards_that_comes_too_late_is_seen_and_counted(
    garage: Garage, as_user: Callable[..., Client], minutes: int, late: int
) -> None:
    urgent = garage.draft("08:30", "10:00")
    garage.take("go_first", urgent, "staff", note="抢险")
    urgent.refresh_from_db()
    issued = [IssuedValue(LATE, "", 24, dt.date(2026, 1, 1))]
    with also_issued(issued):
        by = due_by(urgent)
        assert by is not None and urgent.ends is not None and by - urgent.ends == dt.timedelta(hours=24)
        with clock.on(by + dt.timedelta(minutes=minutes)):
            complete(urgent, by=garage("boss"), note="属实")
            fresh = Request._base_manager.get(pk=urgent.pk)
            assert hours_late(fresh) == late
            page = as_user("boss-t").get(f"/trips/requests/{urgent.pk}/").content.decode()
            assert ("小时补办）" in page) == bool(late)
            board = as_user("desk-t").get("/trips/board/").content.decode()
            assert ("1 次逾期补办" in board) == bool(late) and "0 次尚未补办" in board
    assert due_by(urgent) is None, "nobody has set the hours"


def test_a_vehicle_that_has_gone_is_not_offered_for_sealing(garage: Garage, client: Client) -> None:
    gone, there = garage.vehicles
    with scope.everything("test") as by:
        gone.card.disposed, gone.card.disposal, gone.card.use_state = TODAY, "scrapping", "scrapped"
        keep(gone.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
        keep_up(by=by)
    client.force_login(garage.users["desk"])
    form = client.get("/trips/sealings/add/").context["form"]
    assert [one.pk for one in form.fields["vehicle"].queryset] == [there.pk]


def test_a_vehicle_and_a_driver_that_are_out_do_not_set_out_again(garage: Garage) -> None:
    """The first trip is late; until it is written down that it is back, nothing that was planned behind it begins."""
    first = garage.send(garage.ask(leave="08:30", back="10:00"))
    same_car = garage.send(garage.ask(leave="10:30", back="11:30"), driver=1)
    same_hand = garage.send(garage.ask(leave="10:30", back="11:30"), car=1)
    eight, late = (dt.datetime.combine(WORKDAY, dt.time(hour, 30), clock.ZONE) for hour in (8, 10))
    with clock.on(eight):
        garage.take("begin", first, "driver", DispatchFlow, odometer_out=1000)
    with clock.on(late):
        for made, who in ((same_car, "driver2"), (same_car, "desk"), (same_hand, "driver")):
            with pytest.raises(Refused, match="还没有登记还车"):
                garage.take("begin", made, who, DispatchFlow, odometer_out=1040)
        garage.take("end", first, "driver", DispatchFlow, odometer_in=1040)
        garage.take("begin", same_car, "driver2", DispatchFlow, odometer_out=1040)
        garage.take("begin", same_hand, "driver", DispatchFlow, odometer_out=10)


def test_what_the_desk_may_not_send_is_on_no_slip_that_comes_in_by_another_door(garage: Garage, client: Client) -> None:
    """By form, program and sheet alike: a vehicle in repair, a driver on leave; a slip of a trip that was made is taken."""
    car, driver = garage.vehicles[0], garage.drivers[0]
    row = {
        "vehicle": car.pk,
        "driver": driver.pk,
        "starts": f"{WORKDAY}T08:30",
        "ends": f"{WORKDAY}T11:30",
        "organ": garage.mine.pk,
        "means": "own",
        "rest": 0,
    }
    client.force_login(garage.users["desk"])
    with scope.everything("test") as by, clock.on(WORKDAY):
        car.card.use_state = "repair"
        keep(car.card, by=by)
        keep_up(by=by, cards=[car.card_id])
    with clock.on(WORKDAY):
        assert client.post("/trips/dispatches/add/", row).status_code == 422
        made = client.post(
            "/trips/dispatches/add/",
            {**row, "out_at": f"{WORKDAY}T08:30", "odometer_out": 10, "in_at": f"{WORKDAY}T08:50", "odometer_in": 20},
        )
        assert made.status_code == 302, made.context["form"].errors
        with scope.everything("test") as by:
            driver.state = "away"
            keep(driver, by=by)
        other = {**row, "vehicle": garage.vehicles[1].pk}
        assert client.post("/trips/dispatches/add/", other).status_code == 422
        assert client.post("/trips/dispatches/add/", {**other, "driver": garage.drivers[1].pk}).status_code == 302


def test_hours_that_an_authority_issues_need_not_be_whole(garage: Garage) -> None:
    with clock.on(dt.datetime.combine(WORKDAY, dt.time(8), clock.ZONE)):
        asked = garage.draft()
        garage.take("go_first", asked, "staff", note="急")
        asked.refresh_from_db()
        with also_issued([IssuedValue(LATE, "", Decimal("1.5"), dt.date(2026, 1, 1))]):
            assert due_by(asked) == asked.ends + dt.timedelta(minutes=90)
