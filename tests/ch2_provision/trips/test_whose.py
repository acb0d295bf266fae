"""A request is its applicant's: what he does is before him alone, and his colleagues read nothing of where he went."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment, Delegation
from baozhang.ch2_provision.trips.flows import DispatchFlow, RequestFlow
from baozhang.ch2_provision.trips.flows.dispatch import change
from baozhang.ch2_provision.trips.flows.request import entrust
from baozhang.ch2_provision.trips.models import Dispatch, Request
from baozhang.kernel import scope
from baozhang.kernel.accounts import User
from baozhang.kernel.flow import Task, counts, todo
from baozhang.kernel.flow.news import holders_once
from baozhang.kernel.flow.todo import Waiting
from baozhang.kernel.notices import Notice
from baozhang.kernel.refusal import Forbidden, Refused
from tests import factories
from tests.ch2_provision.trips.conftest import Garage
from tests.conftest import TODAY


def before(garage: Garage, name: str) -> set[int]:
    """The requests that are among somebody's to-dos; the count on his menu says the same."""
    rows = todo(garage(name)).filter(flow="RequestFlow")
    assert counts(garage(name)).get("RequestFlow", Waiting(0, 0, 0)).all == len(rows), name
    return {task.record_id for task in rows}


def _back(garage: Garage, who: str, car: int, driver: str) -> tuple[Request, Dispatch]:
    """A trip of somebody that is over and waits for his word."""
    asked = garage.ask(who=who)
    sent = garage.send(asked, car=car, driver=car)
    garage.drive(sent, 1000, 1020, who=driver)
    asked.refresh_from_db()
    return asked, sent


def test_each_has_his_own_confirmations_and_the_offices_have_theirs(
    garage: Garage, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (mine, _), (hers, _) = _back(garage, "staff", 0, "driver"), _back(garage, "staff2", 1, "driver2")
        handed, ready = garage.draft(), garage.ask()
        garage.take("submit", handed, "staff")
    assert (before(garage, "staff"), before(garage, "staff2")) == ({mine.pk}, {hers.pk})
    assert (before(garage, "boss"), before(garage, "desk")) == ({handed.pk}, {ready.pk})
    assert before(garage, "clerk") == set(), "who may ask as well is not asked to confirm for others"
    for name, others in (("staff", hers), ("staff2", mine), ("clerk", mine)):
        told = Notice.objects.filter(user=garage.users[name], kind="trips.request", record_id=others.pk)
        assert not told.exists(), name
    assert Notice.objects.filter(user=garage.users["staff"], kind="trips.request", record_id=mine.pk).exists()


def test_a_colleagues_trip_does_not_exist_for_staff_and_offices_read_it(garage: Garage, client: Client) -> None:
    asked, sent = _back(garage, "staff", 0, "driver")
    pages = f"/trips/requests/{asked.pk}/", f"/trips/dispatches/{sent.pk}/", f"/trips/dispatches/{sent.pk}/slip/"
    for name, code in (("staff", 200), ("staff2", 404), ("clerk", 200), ("boss", 200), ("desk", 200)):
        client.force_login(garage.users[name])
        assert [client.get(page).status_code for page in pages] == [code] * 3, name
    client.force_login(garage.users["staff2"])
    assert "市教委" not in client.get("/trips/requests/").content.decode()
    assert sent.number not in client.get("/trips/dispatches/").content.decode()


def test_two_requests_of_one_person_on_one_slip_show_it_once(garage: Garage) -> None:
    garage.send(garage.ask(), garage.ask("08:45", "11:30"))
    with scope.within(garage("staff")):
        assert Dispatch.objects.count() == 1


def test_nobody_confirms_for_another_but_the_desk_and_a_deputy(garage: Garage) -> None:
    asked, _ = _back(garage, "staff", 0, "driver")
    for step, note in (("confirm", ""), ("cancel", "改期")):
        request = asked if step == "confirm" else garage.draft()
        with pytest.raises(Forbidden, match="这不是您的用车申请"):
            garage.take(step, request, "clerk", note=note, **({"rating": 5} if step == "confirm" else {}))
    garage.take("confirm", asked, "desk", rating=4)
    other, _ = _back(garage, "staff2", 1, "driver2")
    days = {"since": TODAY - dt.timedelta(days=1), "until": TODAY + dt.timedelta(days=30)}
    factories.save(Delegation(organ=garage.mine, giver=garage.users["staff2"], taker=garage.users["clerk"], **days))
    assert before(garage, "clerk") == {other.pk}
    garage.take("confirm", other, "clerk", rating=5)
    assert Request._base_manager.get(pk=other.pk).state == "settled"


def test_a_deputy_of_staff_sees_what_he_is_to_confirm(garage: Garage) -> None:
    other, sent = _back(garage, "staff2", 1, "driver2")
    days = {"since": TODAY - dt.timedelta(days=1), "until": TODAY + dt.timedelta(days=30)}
    factories.save(Delegation(organ=garage.mine, giver=garage.users["staff2"], taker=garage.users["staff"], **days))
    with scope.within(garage("staff")):
        assert Request.objects.filter(pk=other.pk).exists() and Dispatch.objects.filter(pk=sent.pk).exists()


def test_a_deputy_is_told_of_what_he_is_to_confirm(garage: Garage) -> None:
    other, _sent = _back(garage, "staff2", 1, "driver2")
    days = {"since": TODAY - dt.timedelta(days=1), "until": TODAY + dt.timedelta(days=30)}
    factories.save(Delegation(organ=garage.mine, giver=garage.users["staff2"], taker=garage.users["staff"], **days))
    (task,) = Task.objects.open().filter(kind=other.label, record_id=other.pk)
    told = set(holders_once([task])(task))
    assert {garage.users["staff2"].pk, garage.users["staff"].pk} <= told and garage.users["clerk"].pk not in told


def test_the_desk_makes_a_request_somebody_elses(garage: Garage) -> None:
    asked, _ = _back(garage, "desk", 0, "driver")
    stranger = factories.save(User(username="other-t", name="外人", password="!"))
    elsewhere = factories.organ("云间区体育局", factories.district("云间区"))
    factories.save(Appointment(user=stranger, organ=elsewhere, role=roles.STAFF, since=dt.date(2022, 1, 1)))
    assert before(garage, "staff2") == set() and before(garage, "desk") == {asked.pk}
    with scope.within(garage("desk")) as by:
        with pytest.raises(Refused, match="不能承办"):
            entrust(asked, stranger, by=by, note="")
        entrust(asked, garage.users["staff2"], by=by, note="")
    assert before(garage, "staff2") == {asked.pk} and before(garage, "desk") == set()


def test_what_is_one_persons_is_not_handed_on(garage: Garage) -> None:
    sent = garage.send(garage.ask())
    with scope.within(garage("driver")) as by, pytest.raises(Refused, match="归本人办理"):
        DispatchFlow.hand_on(sent, to=garage.users["driver2"].pk, by=by)
    handed = garage.draft()
    garage.take("submit", handed, "staff")
    second = factories.save(User(username="boss2-t", name="副职", password="!"))
    factories.save(Appointment(user=second, organ=garage.mine, role=roles.HEAD, since=dt.date(2022, 1, 1)))
    with scope.within(garage("boss")) as by:
        RequestFlow.hand_on(handed, to=second.pk, by=by)
    assert before(garage, "boss") == set(), "an office's task goes on as before"


def test_what_came_in_as_nobodys_is_whose_who_hands_it_in(garage: Garage) -> None:
    asked = garage.draft()
    asked.account = None
    factories.save(asked)
    with scope.within(garage("staff2")):
        assert Request.objects.filter(pk=asked.pk).exists()
    garage.take("submit", asked, "staff2")
    assert Request._base_manager.get(pk=asked.pk).account == garage.users["staff2"]
    with scope.within(garage("staff")):
        assert not Request.objects.filter(pk=asked.pk).exists()


def test_only_those_are_offered_who_may_take_a_request_over(garage: Garage, client: Client) -> None:
    asked, _ = _back(garage, "desk", 0, "driver")
    for n in range(40):  # more people than a drop-down list is made of elsewhere
        user = factories.save(User(username=f"driver-{n}-t", name=f"司机{n:02d}", password="!"))
        factories.save(Appointment(user=user, organ=garage.mine, role=roles.DRIVER, since=dt.date(2022, 1, 1)))
    client.force_login(garage.users["desk"])
    page = f"/trips/requests/{asked.pk}/acts/entrust/"
    offered = {str(one) for one in client.get(page).context["form"].fields["account"].queryset}
    assert offered == {"staff-t", "staff2-t", "clerk-t", "desk-t"}
    answer = client.post(page, {"account": garage.users["driver"].pk})
    assert answer.status_code == 422 and answer.context["form"].errors["account"]
    answer = client.post("/trips/requests/acts/?state=returned", {"act": "entrust", "id": asked.pk})
    assert {str(one) for one in answer.context["form"].fields["account"].queryset} == offered
    assert client.post(page, {"account": garage.users["staff2"].pk}).status_code == 302
    assert before(garage, "staff2") == {asked.pk}


def test_what_waits_is_called_as_it_is_now(garage: Garage, as_user: Callable[..., Client]) -> None:
    made, desk = garage.send(garage.ask(), car=0), as_user("desk-t")
    other = garage.vehicles[1]
    answer = desk.post(f"/trips/dispatches/{made.pk}/acts/change/", {"vehicle": other.pk, "driver": "", "note": "送修"})
    assert answer.status_code == 302
    fresh = Dispatch._base_manager.get(pk=made.pk)
    titles = {one.title for one in DispatchFlow.tasks(fresh)}
    assert titles == {DispatchFlow.title(fresh)} and other.plate in titles.pop()
    assert other.plate in as_user("driver-t").get("/").content.decode()


def test_a_driver_is_told_what_became_of_his_slip(garage: Garage) -> None:
    def told(name: str) -> list[str]:
        found = Notice.objects.filter(user=garage.users[name], title__startswith="派车已").order_by("pk")
        return [one.title.partition("：")[0] for one in found]

    wanted = garage.ask()
    made = garage.send(wanted, car=0)
    with scope.within(garage("desk")) as by:
        change(Dispatch._base_manager.get(pk=made.pk), vehicle=garage.vehicles[1], driver=None, by=by, note="送修")
        assert (told("driver"), told("driver2")) == (["派车已改派"], [])
        change(Dispatch._base_manager.get(pk=made.pk), vehicle=None, driver=garage.drivers[1], by=by, note="请假")
    assert (told("driver"), told("driver2")) == (["派车已改派", "派车已改由他人驾驶"], ["派车已改派"])
    wanted.refresh_from_db()
    garage.take("cancel", wanted, "staff", note="不去了")
    assert Dispatch._base_manager.get(pk=made.pk).state == "cancelled"
    assert told("driver2") == ["派车已改派", "派车已取消"], "also where it goes along with the request"


def test_what_is_approved_is_not_offered_to_be_changed(garage: Garage, client: Client) -> None:
    """The button names what is left to change, and its form asks for nothing else."""
    asked = garage.draft()
    client.force_login(garage.users["staff"])
    page, form = f"/trips/requests/{asked.pk}/", f"/trips/requests/{asked.pk}/edit/"

    def offered() -> tuple[str, set[str]]:
        said = client.get(page).content.decode()
        (button,) = re.findall(rf'<a[^>]*href="{form}"[^>]*>(.*?)</a>', said, re.S)
        return re.sub(r"<[^>]+>|\s", "", button), set(client.get(form).context["form"].fields)

    words, fields = offered()
    assert words == "修改"
    assert {"destination", "leave", "share", "remarks"} <= fields
    garage.take("submit", asked, "staff")
    garage.take("approve", asked, "boss")
    assert offered() == ("修改：同意合乘、备注", {"share", "remarks"})
    garage.send(asked)
    assert offered() == ("修改：备注", {"remarks"})
    fresh = Request._base_manager.get(pk=asked.pk)
    answer = client.post(form, {"version": fresh.version, "remarks": "带三份材料", "destination": "机场"})
    assert answer.status_code == 302
    fresh.refresh_from_db()
    assert (fresh.remarks, fresh.destination) == ("带三份材料", "市教委")
