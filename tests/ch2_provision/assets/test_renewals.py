"""What cards say to a plan: pieces past their years, to the day; and how much there is of what quotas are multiplied with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.models import Card, Repair
from baozhang.ch2_provision.assets.queries.renewals import drivers, renewals, repairs
from tests import factories
from tests.conftest import TODAY


@pytest.mark.django_db
def test_a_piece_is_offered_from_the_day_on_which_its_years_are_over() -> None:
    where = factories.organ("云间区教育局")
    six_years = TODAY.replace(year=TODAY.year - 6)
    factories.kept(Card, where=where, acquired=six_years)
    factories.kept(Card, where=where, acquired=six_years + dt.timedelta(days=1))
    factories.kept(Card, where=factories.organ("云间区卫健委"), acquired=six_years)
    (found,) = renewals(where.pk, TODAY)
    assert (found.item, found.quantity, found.stock, found.unit_price) == ("desktop", 1, 2, 5000)
    assert "最低使用年限 6 年" in found.evidence
    assert renewals(where.pk, TODAY - dt.timedelta(days=1)) == []


@pytest.mark.django_db
def test_a_house_that_needs_work_is_offered_with_what_is_known_of_it() -> None:
    where = factories.organ("云间区教育局")
    house = {"name": "教学楼", "category": "house", "floor_area": Decimal(1200), "completed": dt.date(1998, 5, 1)}
    leaking = factories.kept(Card, where=where, **house)
    factories.kept(Card, where=where, **house, acquisition="leased", use_state="repair")
    factories.kept(Card, where=where, **house)
    factories.kept(Card, where=where, name="投影仪", use_state="repair")
    for day, fault, more in (
        (TODAY.replace(year=TODAY.year - 1), "换窗", {"done_on": TODAY, "cost": Decimal(300), "state": "done"}),
        (TODAY.replace(year=TODAY.year - 4), "粉刷", {"done_on": TODAY, "cost": Decimal(900), "state": "done"}),
        (TODAY, "屋面渗漏", {"cost": None}),
    ):
        factories.kept(Repair, where=where, card=leaking, reported_on=day, fault=fault, **more)
    (found,) = repairs(where.pk, TODAY)
    assert (found.kind, found.grade, found.unit_price) == ("repair", "medium", 0)
    assert "1998 年竣工，建筑面积 1200 ㎡" in found.evidence
    assert "近三年报修 2 次，费用 300.00 元；未完成的报修：屋面渗漏" in found.evidence
    assert repairs(where.pk, TODAY - dt.timedelta(days=1)) == []


@pytest.mark.django_db
def test_vehicles_and_floors_are_counted_and_nothing_is_said_where_there_are_none() -> None:
    where = factories.organ("云间区教育局")
    assert drivers(where.pk, TODAY) == []
    factories.kept(Card, where=where, name="小轿车", category="vehicle", class_code="A02030501")
    factories.kept(Card, where=where, name="办公楼", category="house", floor_area=Decimal(1200))
    assert {fact.driver: fact.value for fact in drivers(where.pk, TODAY)} == {"vehicles": 1, "area": 1200}
