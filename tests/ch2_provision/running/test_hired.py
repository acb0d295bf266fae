"""A hired vehicle's bill, from its slip to the month: a cost of the unit, and of none of its vehicles."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch2_provision.running.flows import ReviewFlow
from baozhang.ch2_provision.running.flows.review import summed
from baozhang.ch2_provision.running.models import Cost, Review
from baozhang.ch2_provision.running.queries import budget
from baozhang.ch2_provision.running.views import waiting
from baozhang.ch2_provision.trips.flows import DispatchFlow
from baozhang.ch2_provision.trips.flows.dispatch import send
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.kernel import clock, scope
from tests.ch2_provision.trips.conftest import WORKDAY, Garage

STATEMENT = "结算单号,车牌号,用车日期,服务项目,金额,供应商\nT1,沪A·8888T,2026-03-05 09:40,租车费,200,通达租赁\nT2,,2026-03-05 20:00,网约车,35,某网约车平台\n"


@pytest.fixture
def slip(garage: Garage) -> Dispatch:
    """A hired car that came and went."""
    with scope.within(garage("desk")) as desk:
        made = send([garage.ask()], organ=garage.mine, means="rented", vehicle=None, driver=None, by=desk, hired="通达租赁 沪A8888T")  # fmt: skip
    for step, hour, values in (("set_out", 8, {}), ("finish", 11, {"fare": Decimal(180)})):
        with clock.on(dt.datetime(WORKDAY.year, WORKDAY.month, WORKDAY.day, hour, 40, tzinfo=clock.ZONE)):
            garage.take(step, made, "desk", DispatchFlow, **values)
    return made


def test_a_hired_cars_bill_goes_from_slip_to_cost_to_month(garage: Garage, client: Client, slip: Dispatch) -> None:
    client.force_login(garage.users["clerk"])
    file = io.BytesIO(STATEMENT.encode())
    file.name = "hire.csv"
    with clock.on(dt.date(2026, 4, 2)):
        answer = client.post("/api/running/costs/import?commit=true", {"file": file})
        assert answer.status_code == 200 and answer.json()["faults"] == [], answer.content.decode()
        bill, loose = Cost._base_manager.get(bill="T1"), Cost._base_manager.get(bill="T2")
        assert (bill.kind, bill.dispatch_id, bill.state) == ("hire", slip.pk, "matched")
        assert (loose.kind, loose.dispatch_id, loose.state) == ("hire", None, "loose")
        page = client.get("/running/waiting/").content.decode()
        assert page.count('class="run-bill"') == 1 and "通达租赁" in page and "选择前后一天的派车单" in page
        assert "相差 20.00 元" in client.get(f"/trips/dispatches/{slip.pk}/").content.decode()
        assert client.post("/running/waiting/", {"cost": loose.pk, "note": "夜间加班返家，按规定报销", "do": "explain"}).status_code == 302  # fmt: skip
        with scope.within(garage("clerk")) as by:
            review = Review(organ=garage.mine, year=2026, month=3)
            ReviewFlow.start(review, by=by)
            assert all(not one.total for one in summed(review))
            ReviewFlow.take("submit", review, by=by, values={"checked": "逐笔核对"})
        month = client.get(f"/running/reviews/{review.pk}/").content.decode()
        assert "租用车辆费用 235.00 元" in month
        accounts = client.get("/running/").content.decode()
        assert "租用车辆费用" in accounts and "235.00" in accounts
    assert budget.spent([garage.mine.pk], 2026) == {}


def test_a_hire_bill_without_a_plate_is_given_to_a_slip_by_hand(garage: Garage, client: Client, slip: Dispatch) -> None:
    client.force_login(garage.users["clerk"])
    with clock.on(dt.date(2026, 3, 6)):
        added = client.post(
            "/running/costs/add/", {"organ": garage.mine.pk, "kind": "hire", "at": "2026-03-05", "amount": "200", "supplier": "通达租赁"},
        )  # fmt: skip
        assert added.status_code == 302, added.content.decode()
        cost = Cost._base_manager.get()
        with scope.within(garage("clerk")):
            (row,) = waiting._rows([cost])
            assert [one["key"] for one in row["trips"]] == [slip.pk] and not row["lost"]
        assert (
            client.post("/running/waiting/", {"cost": cost.pk, "dispatch": slip.pk, "do": "match"}).status_code == 302
        )
    cost.refresh_from_db()
    assert (cost.state, cost.dispatch_id) == ("matched", slip.pk)
