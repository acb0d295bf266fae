"""From the request to the rating; sealing; what the law sees on both sides of each limit."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.trips import jobs
from baozhang.ch2_provision.trips.flows import DispatchFlow, SealingFlow
from baozhang.ch2_provision.trips.flows.dispatch import change, send
from baozhang.ch2_provision.trips.flows.request import complete
from baozhang.ch2_provision.trips.models import Dispatch, Request, Sealing
from baozhang.ch2_provision.trips.models.clocks import clean_time
from baozhang.ch2_provision.trips.queries.desk import riders
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, next_holiday
from baozhang.kernel import clock, scope
from baozhang.kernel.flow import counts, todo
from baozhang.kernel.flow.todo import Waiting
from baozhang.kernel.notices import Notice
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from baozhang.law.judge import judge
from baozhang.law.rules import rules
from tests import factories
from tests.ch2_provision.trips.conftest import WORKDAY, Garage
from tests.conftest import TODAY

D = dt.date
YEAR_END = dt.date(2026, 12, 31)


def found(name: str, day: dt.date = YEAR_END) -> list[Any]:
    """What a rule finds on a day."""
    with scope.everything("test"):
        return list(judge(rules(day, [name]), day))


def test_the_whole_way(garage: Garage) -> None:
    one, two = garage.ask(seats=2), garage.ask("08:45", "11:45")
    made = garage.send(one, two)
    assert (made.starts.astimezone(clock.ZONE).hour, {r.state for r in riders(made)}) == (8, {"dispatched"})
    with pytest.raises(Forbidden, match="不是您的"):
        garage.take("begin", made, "driver2", DispatchFlow, odometer_out=1000)
    with clock.on(WORKDAY), pytest.raises(Invalid, match="出车里程"):
        garage.take("begin", made, "driver", DispatchFlow)
    with pytest.raises(Refused):
        garage.take("depart", one, "desk")
    garage.drive(made, 1000, 1042, tolls=Decimal(15))
    made.refresh_from_db()
    assert (made.state, made.kilometres, made.hours) == ("ended", 42, 3.0)
    one.refresh_from_db()
    garage.take("confirm", one, "staff", rating=5, comment="准时")
    assert Request._base_manager.get(pk=one.pk).state == "settled"
    assert found("trip_without_approval") == [] == found("odometer_backwards")


def test_seats_hours_and_state_are_kept(garage: Garage) -> None:
    with pytest.raises(Refused, match="可乘 4 人，需要 5 人"):
        garage.send(garage.ask(seats=5))
    garage.send(garage.ask("08:00", "12:00"))
    long = garage.ask("13:00", "17:01")
    with pytest.raises(Refused, match="连续驾驶上限 4 小时"):
        garage.send(long)
    garage.send(long, rest=20)
    garage.vehicles[1].card.use_state = "repair"
    factories.save(garage.vehicles[1].card)
    factories.save(garage.vehicles[1])
    with pytest.raises(Refused, match="现在不能派用"):
        garage.send(garage.ask("09:00", "10:00"), car=1, driver=1)


def test_one_vehicle_and_one_driver_are_never_promised_twice(garage: Garage) -> None:
    held = garage.send(garage.ask("08:30", "11:30"))
    for car, driver, words in ((0, 1, "车辆"), (1, 0, "驾驶人")):
        with pytest.raises(Invalid) as refused:
            garage.send(garage.ask("11:00", "12:00"), car=car, driver=driver)
        assert words in str(refused.value.faults[0].column) and f"已派给 {held.number}" in str(
            refused.value.faults[0].reason
        )
    beside = garage.send(garage.ask("11:30", "12:00"))
    other = garage.send(garage.ask("11:30", "12:00"), car=1, driver=1)
    with pytest.raises(Invalid), scope.within(garage("desk")) as by:
        change(Dispatch.objects.get(pk=other.pk), vehicle=garage.vehicles[0], driver=None, by=by, note="换车")
    assert beside.pk
    garage.take("cancel", held, "desk", DispatchFlow, note="会议取消")
    assert set(riders(held).values_list("state", flat=True)) == {"approved"}
    garage.send(garage.ask("09:00", "10:00"))


def test_a_cancelled_request_lets_the_vehicle_go(garage: Garage) -> None:
    one, two = garage.ask(), garage.ask()
    made = garage.send(one, two)
    garage.take("cancel", one, "staff", note="改为视频会议")
    made.refresh_from_db()
    assert made.state == "planned"
    garage.take("cancel", two, "staff", note="改为视频会议")
    made.refresh_from_db()
    assert made.state == "cancelled"


def test_a_time_is_read_as_a_phone_types_it() -> None:
    assert {clean_time(one) for one in ("8:05", "8.05", "８：05", "805", "8点05分", "0805")} == {"08:05"}
    assert (clean_time("8点"), clean_time("8点半")) == ("08:00", "08:30")
    assert (clean_time("上午8:30"), clean_time("下午3点半"), clean_time("下午三点一刻")) == ("08:30", "15:30", "15:15")
    assert clean_time("晚上12点") == "晚上12点", "of which day, nobody knows"
    assert clean_time("11点过") == "11点过", "what is no time is said back"


def test_holidays_follow_the_calendar_with_make_up_days() -> None:
    spring = holiday_of(D(2026, 2, 17))
    assert spring is not None and (spring.since, spring.until) == (D(2026, 2, 15), D(2026, 2, 23))
    assert holiday_of(D(2026, 2, 14)) is None and holiday_of(D(2026, 2, 28)) is None, "make-up days are worked"
    assert holiday_of(D(2026, 3, 7)) is None, "a plain weekend is no holiday"
    new_year = next_holiday(D(2026, 12, 29), 3)
    assert new_year is not None and (new_year.name, new_year.since) == ("元旦", D(2027, 1, 1)), "announced or not"
    assert next_holiday(D(2026, 2, 11), 3) is None and next_holiday(D(2026, 2, 12), 3) == spring


def test_sealed_opened_and_excepted(garage: Garage) -> None:
    duty, plain = garage.vehicles
    duty.duty, duty.duty_reason, duty.driver = True, "应急值守", "老王"
    factories.save(duty)
    with clock.on(D(2026, 2, 13)):
        assert jobs.list_for_sealing() == {"listed": 2} and jobs.list_for_sealing() == {"listed": 0}
        sealing = Sealing._base_manager.get(vehicle=plain)
        assert Sealing._base_manager.get(vehicle=duty).exception == "应急值守"
        garage.take("seal", sealing, "clerk", SealingFlow, odometer_sealed=5000, sealed_by="张三")
    festive = {"day": D(2026, 2, 18)}
    with pytest.raises(Refused, match="节假日封存"):
        garage.send(garage.ask(**festive), car=1)
    garage.send(garage.ask(**festive), car=0)
    with clock.on(D(2026, 2, 18)):
        with pytest.raises(Refused, match="写明理由"):
            garage.take("unseal", sealing, "clerk", SealingFlow, odometer_opened=5000, opened_by="张三")
        with pytest.raises(Invalid):
            garage.take("unseal", sealing, "clerk", SealingFlow, note="抢险", odometer_opened=4999, opened_by="张三")
        garage.take("unseal", sealing, "clerk", SealingFlow, note="抢险", odometer_opened=5000, opened_by="张三")
    garage.send(garage.ask(**festive), car=1, driver=1)


def test_an_odometer_that_went_on_while_sealed_is_found_and_slips_account_for_their_part(garage: Garage) -> None:
    def readings(sealed: int, opened: int) -> None:
        with clock.on(D(2026, 2, 14)):
            garage.take("seal", sealing, "clerk", SealingFlow, odometer_sealed=sealed, sealed_by="张三")
        with clock.on(D(2026, 2, 24)):
            garage.take("unseal", sealing, "clerk", SealingFlow, odometer_opened=opened, opened_by="张三")

    _went(garage, _at(D(2026, 2, 10)), 1, odometer_out=5000, odometer_in=5040)
    with clock.on(D(2026, 2, 13)):
        jobs.list_for_sealing()
    sealing, _other = Sealing._base_manager.order_by("vehicle_id")
    with clock.on(D(2026, 2, 14)), pytest.raises(Refused, match="小于上次还车的 5040 公里"):
        garage.take("seal", sealing, "clerk", SealingFlow, odometer_sealed=5039, sealed_by="张三")
    readings(5040, 5101)
    (one,) = found("odometer_while_sealed")
    assert "多出 61 公里" in one.verdict.sentence
    _went(garage, _at(D(2026, 2, 24), 8), 1, odometer_out=5041, odometer_in=5101)
    assert not found("odometer_while_sealed"), "a slip accounts for all but a kilometre in the yard"


def _went(garage: Garage, out_at: dt.datetime, hours: float, car: int = 0, **values: Any) -> Dispatch:
    """A dispatch that was entered afterwards, from a paper slip."""
    given = {"odometer_out": 1000, "odometer_in": 1040, "rest": 0, **values}
    return factories.kept(  # type: ignore[no-any-return]
        Dispatch, where=garage.mine, vehicle=garage.vehicles[car], driver=garage.drivers[car], state="ended", starts=out_at, ends=out_at + dt.timedelta(hours=1),
        out_at=out_at, in_at=out_at + dt.timedelta(hours=hours), **given,
    )  # fmt: skip


def _at(day: dt.date, hour: int = 9) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=clock.ZONE)


def test_the_rules_on_both_sides(garage: Garage) -> None:
    first = _went(garage, _at(WORKDAY), 4)
    assert [one.subject.pk for one in found("trip_without_approval")] == [first.pk]
    assert found("driver_without_rest") == []
    rested = _went(garage, _at(WORKDAY, 14), 4.1, rest=20, odometer_out=1040, odometer_in=1050)
    assert found("driver_without_rest") == [] == found("odometer_backwards")
    tired = _went(garage, _at(D(2026, 3, 6)), 4.1, odometer_out=1049, odometer_in=1060)
    assert [one.subject.pk for one in found("driver_without_rest")] == [tired.pk]
    (back,) = found("odometer_backwards")
    assert back.subject.pk == tired.pk and "倒退 1 公里" in str(back.verdict.sentence)
    assert found("trip_on_sealed_day") == []
    feast = _went(garage, _at(D(2026, 5, 2)), 1, odometer_out=1100, odometer_in=1120)
    make_up = _went(garage, _at(D(2026, 5, 9)), 1, odometer_out=1120, odometer_in=1130)
    (sealed,) = found("trip_on_sealed_day")
    assert sealed.subject.pk == feast.pk and sealed.rule.severity == "serious" and make_up.pk and rested.pk
    factories.kept(
        Sealing,
        vehicle=garage.vehicles[0],
        since=D(2026, 5, 1),
        until=D(2026, 5, 5),
        holiday="劳动节",
        state="excepted",
        exception="值班",
    )
    assert found("trip_on_sealed_day") == []
    assert found("driver_beyond_hours") == [], "nobody has issued hours a day"


def test_board_and_slip(garage: Garage, client: Client) -> None:
    together = [garage.ask(), garage.ask("08:45", "11:30")]
    apart = garage.ask("08:30", "11:30", destination="体育局")
    client.force_login(garage.users["desk"])
    page = client.get(f"/trips/board/?day={WORKDAY}").content.decode()
    assert "建议合乘" in page and page.count("trip-group") >= 2
    data = {"request": [one.pk for one in together], "vehicle": garage.vehicles[0].pk, "driver": garage.drivers[0].pk}
    assert client.post(f"/trips/board/?day={WORKDAY}", data).status_code == 302
    again = client.post(f"/trips/board/?day={WORKDAY}", {**data, "request": [apart.pk]})
    assert again.status_code == 409 and "已派给" in again.content.decode()
    made = Dispatch._base_manager.get()
    client.force_login(garage.users["driver"])
    assert (
        made.number in client.get("/trips/mine/").content.decode()
        or str(made.vehicle) in client.get("/trips/mine/").content.decode()
    )
    slip = f"/trips/dispatches/{made.pk}/slip/"
    assert "<svg" in client.get(slip).content.decode()
    with clock.on(WORKDAY):
        for _tap in range(2):
            assert client.post(slip, {"step": "begin", "odometer_out": "2000"}).status_code == 302, "two taps are one"
        assert client.post(slip, {"odometer_in": "1999"}).status_code == 409
        assert "途中费用不能小于零" in client.post(slip, {"odometer_in": "2030", "parking": "-3"}).content.decode()
        assert client.post(slip, {"odometer_in": "2030", "tolls": "10.50"}).status_code == 302
    assert Dispatch._base_manager.get().kilometres == 30 and "10.50" in client.get(slip).content.decode()
    client.force_login(garage.users["staff"])
    settled = client.get(f"/trips/requests/{together[0].pk}/").content.decode()
    assert "10.50" in settled and "行驶里程" in settled, "what is to be confirmed stands before whoever confirms it"
    assert client.get("/trips/board/").status_code == 403
    assert TODAY


def test_the_second_tap_of_a_step_comes_to_the_same_page_and_anothers_number_does_not(
    garage: Garage, client: Client
) -> None:
    asked = garage.draft()
    client.force_login(garage.users["staff"])
    page, data = f"/trips/requests/{asked.pk}/steps/submit/", {"key": "tap", "version": asked.version}
    assert {client.post(page, data).url for _tap in range(2)} == {f"/trips/requests/{asked.pk}/"}  # type: ignore[attr-defined]
    assert client.post(page, {**data, "key": "other"}).status_code == 403
    client.force_login(garage.users["boss"])
    assert client.post(page, data).status_code == 403


def _hired(garage: Garage) -> Dispatch:
    with scope.within(garage("desk")) as desk:
        return send([garage.ask()], organ=garage.mine, means="rented", vehicle=None, driver=None, by=desk, hired="通达租赁 沪A8888T")  # fmt: skip


def test_the_slip_of_a_hired_vehicle_asks_for_the_fare_and_for_no_odometer(garage: Garage, client: Client) -> None:
    made = _hired(garage)
    client.force_login(garage.users["desk"])
    slip = f"/trips/dispatches/{made.pk}/slip/"
    with clock.on(_at(WORKDAY)):
        page = client.get(slip).content.decode()
        assert 'name="odometer_out"' not in page and "登记上车" in page
        assert client.post(slip, {"step": "set_out"}).status_code == 302
        page = client.get(slip).content.decode()
        assert 'name="fare"' in page and 'name="odometer_in"' not in page
        back = client.post(slip, {"step": "finish", "fare": "180"}, follow=True).content.decode()
    assert "已登记还车" in back and "None" not in back and "180.00" in back
    assert Dispatch._base_manager.get().fare == Decimal(180)


def test_a_hired_vehicle_ends_by_its_times_and_its_fare_on_every_door(garage: Garage, client: Client) -> None:
    """The desk writes it down in the evening; no door asks for an odometer, none takes it for a vehicle of ours."""
    made = _hired(garage)
    ours = garage.send(garage.ask(leave="13:00", back="15:00"))
    client.force_login(garage.users["desk"])
    page, api = f"/trips/dispatches/{made.pk}/", f"/api/trips/dispatches/{made.pk}/steps/"
    evening = dt.datetime(2026, 3, 5, 19, tzinfo=clock.ZONE)
    with clock.on(evening):
        shown = client.get(page).content.decode()
        assert "登记上车" in shown and 'name="odometer_out"' not in shown and 'name="out_at"' in shown
        assert client.post(f"{api}begin", json.dumps({}), content_type="application/json").status_code in (403, 409)
        answer = client.post(f"{page}steps/set_out/", {"out_at": "2026-03-05T20:00", "version": made.version})
        assert answer.status_code >= 400, "that is still to come"
        answer = client.post(f"{page}steps/set_out/", {"out_at": "2026-03-05T08:35", "version": made.version})
        assert answer.status_code == 302
        shown = client.get(page).content.decode()
        assert 'name="fare"' in shown and 'name="odometer_in"' not in shown and 'name="rest"' not in shown
        early = {"in_at": "2026-03-05T08:00:00+08:00", "fare": "180"}
        send_it = lambda values: client.post(f"{api}finish", json.dumps({"values": values}), content_type="application/json")  # fmt: skip  # noqa: E731
        assert send_it(early).status_code == 422
        assert send_it({**early, "in_at": "2026-03-05T11:40:00+08:00"}).status_code == 200
        shown = client.get(page).content.decode()
        assert "更正时间和租车费" in shown and "更正里程和费用" not in shown
        assert 'name="out_at"' not in client.get(f"/trips/dispatches/{ours.pk}/").content.decode()
    made.refresh_from_db()
    assert (made.state, made.fare, made.odometer_in) == ("ended", Decimal(180), None)
    assert made.out_at == dt.datetime(2026, 3, 5, 8, 35, tzinfo=clock.ZONE) and made.in_at.hour == 3
    assert set(Request._base_manager.filter(dispatch=made).values_list("state", flat=True)) == {"returned"}


def test_a_slip_of_another_driver_is_read_and_not_filled_in(garage: Garage, client: Client) -> None:
    slip = f"/trips/dispatches/{garage.send(garage.ask(), driver=1).pk}/slip/"
    for name, fields in (("driver", 0), ("driver2", 1), ("desk", 1)):
        client.force_login(garage.users[name])
        assert client.get(slip).content.decode().count('name="odometer_out"') == fields, name


def test_a_driver_has_his_own_slips_before_him_and_is_told_of_them_alone(
    garage: Garage, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = [garage.send(garage.ask(), driver=0), garage.send(garage.ask(), car=1, driver=1)]

    def before(name: str) -> set[int]:
        rows = todo(garage(name)).filter(flow="DispatchFlow")
        assert counts(garage(name)).get("DispatchFlow", Waiting(0, 0, 0)).all == len(rows)
        return {task.record_id for task in rows}

    def told(name: str) -> set[int | None]:
        mine = Notice.objects.filter(user=garage.users[name], kind="trips.dispatch")
        return set(mine.values_list("record_id", flat=True))

    first, second = ({one.pk} for one in made)
    assert (before("driver"), before("driver2"), before("desk")) == (first, second, first | second)
    assert (told("driver"), told("driver2")) == (first, second)
    actor = garage("desk")
    garage.take("cancel", made[1], "desk", DispatchFlow, note="改期")
    with scope.within(actor):
        change(made[0], vehicle=None, driver=garage.drivers[1], by=actor, note="换人")
    assert (before("driver"), before("driver2")) == (set(), first)
    garage.drivers[1].account = None
    factories.save(garage.drivers[1])
    assert (before("driver"), before("driver2"), before("desk")) == (set(), set(), first), "nobody's phone: the desk's"


def test_the_board_says_what_is_lacking_and_takes_what_is_drawn_onto_a_lane(garage: Garage, client: Client) -> None:
    garage.ask()
    for driver in garage.drivers:
        driver.state = "away"
        factories.save(driver)
    client.force_login(garage.users["desk"])
    page = client.get(f"/trips/board/?day={WORKDAY}").content.decode()
    assert "没有空闲的驾驶人" in page and "没有空闲的车辆" not in page
    for one in garage.vehicles:
        assert f'data-of="vehicle" data-key="{one.pk}"' in page and f'<option value="{one.pk}"' in page


def test_over_a_holiday_the_board_proposes_what_may_leave_and_marks_the_rest(garage: Garage, client: Client) -> None:
    plain, duty = garage.vehicles
    duty.duty, duty.duty_reason = True, "应急值守"
    factories.save(duty)
    with clock.on(D(2026, 2, 13)):
        jobs.list_for_sealing()
    garage.ask(day=D(2026, 2, 18))
    client.force_login(garage.users["desk"])
    page = client.get("/trips/board/?day=2026-02-18").content.decode()
    marked = re.findall(
        r'<option value="(\d+)"( selected)?>[^<]*?(封存)?</option>',
        page.split('name="vehicle"')[1].split("</select>")[0],
    )
    assert marked == [(str(plain.pk), "", "封存"), (str(duty.pk), " selected", "")]


def test_a_slip_of_the_finger_is_stopped_and_a_new_odometer_is_for_the_desk(garage: Garage) -> None:
    garage.drive(garage.send(garage.ask("08:00", "09:00")), 2000, 2030)
    later = garage.send(garage.ask("10:00", "11:00"))
    with clock.on(dt.datetime(WORKDAY.year, WORKDAY.month, WORKDAY.day, 13, tzinfo=clock.ZONE)):
        with pytest.raises(Refused, match="2029 公里小于上次还车的 2030 公里"):
            garage.take("begin", later, "driver", DispatchFlow, odometer_out=2029)
        garage.take("begin", later, "desk", DispatchFlow, odometer_out=5)
    assert Dispatch._base_manager.get(pk=later.pk).odometer_out == 5


def test_the_head_is_told_what_went_first_and_the_applicant_what_to_do_instead(garage: Garage, client: Client) -> None:
    asked = garage.draft()
    client.force_login(garage.users["boss"])
    assert "先用后补待补办审批" not in client.get("/").content.decode()
    garage.take("go_first", asked, "staff", note="学生突发疾病")
    assert "先用后补待补办审批" in client.get("/").content.decode()
    client.force_login(garage.users["staff"])
    assert "先用后补待补办审批" not in client.get("/").content.decode(), "it is not hers to approve"
    assert "行程有变的，请取消后重新申请" in client.get(f"/trips/requests/{asked.pk}/edit/").content.decode()
    with scope.within(garage("staff")), pytest.raises(Invalid) as refused:
        moved = Request.objects.get(pk=asked.pk)
        moved.destination = "外滩"
        keep(moved, by=garage("staff"))
    assert refused.value.faults[0].remedy == "行程有变的，请取消后重新申请"
    client.force_login(garage.users["boss"])
    boss = garage("boss")
    with scope.within(boss):
        complete(Request.objects.get(pk=asked.pk), by=boss, note="情况属实")
    assert "先用后补待补办审批" not in client.get("/").content.decode()
