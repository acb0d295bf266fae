"""A vehicle's year beside last year and beside its like; a month that is published; what the public may know."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.running import jobs
from baozhang.ch2_provision.running.flows import ReviewFlow
from baozhang.ch2_provision.running.flows.review import open_month, summed
from baozhang.ch2_provision.running.models import Account, Review
from baozhang.ch2_provision.running.queries import open_to_all, sums
from baozhang.ch2_provision.running.views.public import _remark
from baozhang.ch2_provision.trips.flows.dispatch import correct
from baozhang.ch2_provision.trips.models import Dispatch, Movement
from baozhang.ch2_provision.trips.queries.tracks import NAMES, a_way
from baozhang.ch2_provision.vehicles.actions.following import keep_up
from baozhang.ch2_provision.vehicles.models import Addition, Quota, Vehicle
from baozhang.kernel import clock, observation, scope
from baozhang.kernel.documents.register import Document, DocumentState
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid
from tests import factories
from tests.ch2_provision.running.conftest import bill, bring
from tests.ch2_provision.trips.conftest import WORKDAY, Garage

APRIL = dt.date(2026, 4, 2)


@pytest.fixture
def year(garage: Garage) -> Garage:
    """Both vehicles went forty kilometres; the first took thirty litres and more, the second has a toll."""
    cache.clear()
    for car in (0, 1):
        garage.drive(garage.send(garage.ask(), car=car, driver=car), 1_000, 1_040, who=("driver", "driver2")[car])
    second = garage.vehicles[1].plate
    with clock.on(APRIL):
        bring(
            garage, bill(garage, "Y1", f"{WORKDAY} 09:00", amount=Decimal("240.00")), bill(garage, "W1", "2026-03-20", kind="wash", quantity=None, amount=Decimal(40)),
            bill(garage, "T1", f"{WORKDAY} 09:30", kind="toll", quantity=None, amount=Decimal(20), plate=second),
            bill(garage, "O1", "2025-03-20", kind="wash", quantity=None, amount=Decimal(30)),
        )  # fmt: skip
    return garage


def test_sums_a_vehicle(year: Garage) -> None:
    first, second = (one.pk for one in year.vehicles)
    found = sums.running(dt.date(2026, 1, 1), APRIL, [first, second])
    assert (found[first].total, found[first].km, found[first].a_kilometre, found[first].litres_a_hundred) == (
        Decimal(280),
        40,
        Decimal("7.00"),
        Decimal("75.00"),
    )
    assert found[second].total == Decimal(20) and found[second].litres_a_hundred is None
    like = sums.alike(dt.date(2026, 1, 1), APRIL, [(one.body, one.energy) for one in year.vehicles])
    assert [(one.vehicles, one.a_kilometre) for one in like.values()] == [(2, Decimal("3.75"))]


def test_kilometres_are_those_of_slips_and_of_tracks_only_where_there_are_none(year: Garage) -> None:
    slips, none = year.vehicles[0], factories.kept(Vehicle, where=year.mine)
    at = dt.datetime(2026, 3, 5, 9, tzinfo=clock.ZONE)
    observation.observe(
        Movement, NAMES, [row for one in (slips, none) for row in a_way(one, at, at + dt.timedelta(hours=1), 55_000)]
    )
    first, last = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
    found = sums.running(first, last, [slips.pk, none.pk])
    assert (found[slips.pk].distance, found[slips.pk].km_tracks, found[none.pk].distance) == (40, 55, 55)
    driven = sums.driven(first, last, fuel=False)
    assert (driven[slips.pk].distance, driven[none.pk].distance) == (40, 55)


def test_the_page_asks_as_much_for_more_vehicles(year: Garage, client: Client) -> None:
    client.force_login(year.users["boss"])
    counts = []
    with clock.on(APRIL):
        client.get("/running/")
        for more in (0, 3):
            for _n in range(more):
                factories.kept(type(year.vehicles[0]), where=year.mine, seats=5, body="car")
            with CaptureQueriesContext(connection) as asked:
                page = client.get("/running/").content.decode()
            counts.append(len(asked))
        assert "280.00" in page and "30.00" in page and year.vehicles[1].plate in page
        assert "7.00" in client.get(f"/vehicles/files/{year.vehicles[0].pk}/").content.decode()
    assert counts[0] == counts[1]


def _publish(garage: Garage) -> Review:
    (review,) = Review._base_manager.filter(organ=garage.mine, month=3)
    garage.take("submit", review, "clerk", ReviewFlow)
    garage.take("publish", Review._base_manager.get(pk=review.pk), "boss", ReviewFlow)
    return Review._base_manager.get(pk=review.pk)


def _opened(garage: Garage) -> None:
    garage.mine.document_word = "云教"
    factories.save(garage.mine)
    with scope.everything("test") as by:
        assert open_month(2026, 3, by=by) == 1 and open_month(2026, 3, by=by) == 0


def test_a_month_is_frozen_published_and_taken_back(year: Garage) -> None:
    with clock.on(APRIL):
        _opened(year)
        review = _publish(year)
        assert (review.vehicles, review.km, review.total) == (2, 80, Decimal(300))
        assert review.document is not None and review.document.state == DocumentState.VALID
        year.take("reopen", review, "boss", ReviewFlow, note="补记")
        assert Document._base_manager.get().state == DocumentState.REVOKED
        bring(year, bill(year, "W2", "2026-03-21", kind="wash", quantity=None, amount=Decimal(30)))
        assert _publish(year).total == Decimal(330) and Account._base_manager.count() == 2


def test_everybody_sees_what_is_published_and_nothing_withheld(year: Garage, client: Client) -> None:
    plain, secret = year.vehicles
    secret.confidential = True
    factories.save(secret)
    page = f"/public/vehicles/{year.mine.code}/"
    with clock.on(APRIL):
        assert "尚未公示" in client.get("/public/vehicles/").content.decode()
        assert 'class="tile"' not in client.get(page).content.decode(), "nothing published is not zero"
        _opened(year)
        review = _publish(year)
        cache.clear()
        everything, mine = client.get("/public/vehicles/").content.decode(), client.get(page).content.decode()
        assert "280.00" in everything and "300.00" not in everything, "a confidential vehicle is in no sum"
        assert (
            plain.plate in mine
            and secret.plate not in mine
            and secret.plate not in str(review.document.content if review.document else "")
        )
        assert "尚未核定编制" not in everything, "no unit has a quota: there is nothing to hold the vehicles against"
        assert "依法不予公开" in mine and ">未核定<" not in mine, "withheld is neither not approved nor none"
        assert review.document is not None and review.document.number in mine
        assert 'class="tile"' in mine and "/public/vehicles/" in client.get("/login/").content.decode()
        card = plain.card
        card.vehicle_use = plain.use = "enforcement"
        factories.save(card)
        factories.save(plain)
        cache.clear()
        mine = client.get(page).content.decode()
        assert plain.plate not in mine and "（1 辆合计）" in mine and "280.00" in mine
        sheet = client.get(f"{page}vehicles.csv").content.decode("utf-8-sig")
        assert plain.plate not in sheet and "280.00" in sheet and len(sheet.splitlines()) == 2
        assert f"{year.mine.code},{year.mine.name}," in client.get("/public/vehicles/units.csv").content.decode()
        assert client.get("/public/vehicles/NOBODY/").status_code == 404


def test_what_is_withheld_or_taken_back_is_gone_from_the_public_pages_at_once(year: Garage, client: Client) -> None:
    """Both pages have just been asked for, and nobody clears anything."""
    first, second = year.vehicles
    page = f"/public/vehicles/{year.mine.code}/"
    with clock.on(APRIL):
        _opened(year)
        review = _publish(year)
        mine = client.get(page).content.decode()
        assert (
            first.plate in mine
            and second.plate in mine
            and "300.00" in client.get("/public/vehicles/").content.decode()
        )
        card = second.card
        card.vehicle_use = "enforcement"  # the file follows some minutes later
        factories.save(card)
        mine = client.get(page).content.decode()
        assert first.plate in mine and second.plate not in mine
        first.confidential = True
        factories.save(first)
        assert first.plate not in client.get(page).content.decode()
        assert "300.00" not in client.get("/public/vehicles/").content.decode()
        year.take("reopen", review, "boss", ReviewFlow, note="补记")
        assert "20.00" not in client.get(page).content.decode()
        assert "20.00" not in client.get("/public/vehicles/").content.decode()


def test_what_is_open_is_asked_for_once_a_minute_while_nothing_changes(year: Garage, client: Client) -> None:
    with clock.on(APRIL):
        counts = []
        for _time in range(2):
            with CaptureQueriesContext(connection) as asked:
                client.get("/public/vehicles/")
            counts.append(len(asked))
    assert counts[1] < counts[0]


def test_vehicles_of_units_without_a_quota_are_not_held_against_the_quota_of_others(year: Garage) -> None:
    with clock.on(APRIL):
        approved = {"state": "approved", "number": 3, "since": dt.date(2026, 1, 1), "document": "核〔2026〕1号"}
        factories.save(Quota(organ=year.mine, klass="general", asked=3, **approved))
        elsewhere = factories.organ("云间区卫生健康委")
        factories.kept(Vehicle, where=elsewhere)
        (plain,) = open_to_all.classes(None, APRIL)
        assert (plain.allowed, plain.held, plain.unset) == (3, 3, 1)
        assert "其中 1 辆所在单位尚未核定编制" in _remark(plain)


def test_a_vehicle_that_is_to_be_renewed_is_there_until_it_has_gone(year: Garage) -> None:
    with clock.on(APRIL):
        approved = {"state": "approved", "number": 2, "since": dt.date(2026, 1, 1), "document": "核〔2026〕1号"}
        factories.save(Quota(organ=year.mine, klass="general", asked=2, **approved))
        old = year.vehicles[0]
        (before,) = open_to_all.classes(year.mine.pk, APRIL)
        made = Addition(
            organ=year.mine, number="X-1", kind="renewal", old=old, use=old.use, body="car", energy="electric", price=Decimal(150_000), reason="更新",
            early_document="云机管〔2026〕1号", state="approved", document="云机管批〔2026〕1号", approved_on=APRIL,
        )  # fmt: skip
        with scope.everything("test") as by:
            keep(made, by=by, moves=frozenset({"state"}))
        (after,) = open_to_all.classes(year.mine.pk, APRIL)
        assert (before.held, before.leaving) == (2, 0) and (after.allowed, after.held, after.leaving) == (2, 2, 1)
        assert "其中 1 辆已批准更新、待处置" in _remark(after) and open_to_all.units(2026, APRIL)[0].vehicles == 2


def test_before_a_month_is_handed_in_its_page_shows_what_there_is_to_check(year: Garage, client: Client) -> None:
    with clock.on(APRIL):
        bring(year, bill(year, "L1", "2026-03-20 09:00", amount=Decimal("99.00")))
        with scope.everything("test") as by:
            open_month(2026, 3, by=by)
        review = Review._base_manager.get()
        client.force_login(year.users["clerk"])
        page = f"/running/reviews/{review.pk}/"
        shown = client.get(page)
        assert "当月还有 1 笔费用没有对应" in shown.content.decode() and "逐车核对" in shown.content.decode()
        assert [row["cells"][:2] for row in shown.context["related"][0]["rows"]] == [
            [year.vehicles[0].plate, "40"], [year.vehicles[1].plate, "40"],
        ]  # fmt: skip
        assert "339.00" in shown.content.decode() and (review.km, review.total) == (None, None), (
            "nothing summed is no nought"
        )
        assert "/running/waiting/" in shown.content.decode()
        client.force_login(year.users["boss"])
        for_head = client.get(page).content.decode()
        assert "当月还有 1 笔费用没有对应" in for_head and 'href="/running/waiting/"' not in for_head, (
            "whoever may not is told, not sent"
        )


def test_a_month_that_was_handed_in_stays_that_month(year: Garage, client: Client) -> None:
    with clock.on(APRIL):
        with scope.everything("test") as by:
            open_month(2026, 3, by=by)
        review = Review._base_manager.get()
        client.force_login(year.users["clerk"])
        page, form = (
            f"/running/reviews/{review.pk}/edit/",
            {"organ": year.mine.pk, "year": 2026, "month": 2, "checked": "核对"},
        )
        assert client.post(page, {**form, "month": 3, "version": review.version}).status_code == 302
        year.take("submit", Review._base_manager.get(), "clerk", ReviewFlow)
        review = Review._base_manager.get()
        assert f'href="{page}"' not in client.get(f"/running/reviews/{review.pk}/").content.decode(), (
            "nothing is left to change"
        )
        answer = client.post(page, {**form, "version": review.version})
        assert answer.status_code in (302, 409, 422) and Review._base_manager.get().month == 3
        with scope.within(year("clerk")) as by, pytest.raises(Invalid, match="没有保存"):
            review.month = 2
            keep(review, by=by)


def test_what_changes_after_a_month_was_summed_up_is_said_on_its_page(year: Garage, client: Client) -> None:
    with clock.on(APRIL):
        _opened(year)
        review = _publish(year)
        client.force_login(year.users["boss"])
        page = f"/running/reviews/{review.pk}/"
        assert "汇总以后里程或者费用有变动" not in client.get(page).content.decode()
        slip = Dispatch._base_manager.get(vehicle=year.vehicles[0])
        with scope.within(year("desk")) as by:
            correct(slip, {"odometer_in": 1_050}, by=by, note="抄错")
        said = client.get(page).content.decode()
        assert f"汇总以后里程或者费用有变动：{year.vehicles[0].plate}。" in said


def test_a_confidential_car_on_lease_hides_none_that_is_counted(year: Garage) -> None:
    with clock.on(APRIL):
        before = {one.organ: one.vehicles for one in open_to_all.units(2026, APRIL)}[year.mine]
        card = factories.kept(Card, where=year.mine, category="vehicle", plate="沪A99999", acquisition="leased")
        factories.kept(Vehicle, card=card, confidential=True, body="car", energy="petrol")
        assert {one.organ: one.vehicles for one in open_to_all.units(2026, APRIL)}[year.mine] == before


def test_a_month_has_the_vehicles_that_were_there_in_it(year: Garage) -> None:
    """One that came later is in no account of before; one that has gone since is in those of its time."""
    came, went = (vehicle.card for vehicle in year.vehicles)
    came.acquired, went.acquired = dt.date(2026, 3, 2), dt.date(2020, 1, 1)
    with scope.everything("test") as by:
        keep(came, by=by)
        went.disposed, went.disposal, went.use_state = dt.date(2026, 2, 10), "scrapping", "scrapped"
        keep(went, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
        keep_up(by=by)
    listed = {
        month: {one.vehicle.card_id for one in summed(Review(organ=year.mine, year=2020, month=month))}
        for month in (3, 4)
    }
    assert listed == {3: {went.pk}, 4: {went.pk}}
    assert summed(Review(organ=year.mine, year=2019, month=12)) == []
    assert went.pk not in {one.vehicle.card_id for one in summed(Review(organ=year.mine, year=2026, month=6))}


def test_a_month_whose_bills_come_after_its_end_is_opened_all_the_same(garage: Garage) -> None:
    """The statement of March comes on the fifth of April, that of April in June; nobody opens what was before the first month."""
    months = lambda: set(Review._base_manager.values_list("year", "month"))  # noqa: E731
    with clock.on(dt.date(2026, 4, 1)):
        jobs.month()
        assert months() == set()
    with clock.on(dt.date(2026, 4, 5)):
        bring(garage, bill(garage, "Y0", "2025-11-03 09:00"), bill(garage, "Y1", "2026-03-20 09:00"))
    with clock.on(dt.date(2026, 4, 6)):
        assert jobs.month() == {"opened": 1} and months() == {(2026, 3)} and jobs.month() == {"opened": 0}
    with clock.on(dt.date(2026, 6, 10)):
        bring(garage, bill(garage, "Y2", "2026-04-20 09:00"), bill(garage, "Y3", "2026-06-02 09:00"))
    with clock.on(dt.date(2026, 6, 11)):
        assert jobs.month() == {"opened": 1} and months() == {(2026, 3), (2026, 4)}
