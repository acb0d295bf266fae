"""Quotas: who decides, what counts, what is refused on every door."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.assets.choices import Establishment, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.ch2_provision.vehicles import jobs
from baozhang.ch2_provision.vehicles.actions import files
from baozhang.ch2_provision.vehicles.flows import AdditionFlow, CertificateFlow, QuotaFlow
from baozhang.ch2_provision.vehicles.flows.issuing import issue
from baozhang.ch2_provision.vehicles.models import Addition, Certificate, Quota, QuotaSheet, Terminal, Vehicle, limits
from baozhang.ch2_provision.vehicles.models.vehicle import litres_of
from baozhang.ch2_provision.vehicles.views import story
from baozhang.kernel import border, clock, flow, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.sheet_columns import columns_of
from baozhang.kernel.sheets.matching import Matcher
from baozhang.law.judge import judge
from baozhang.law.rules import rules
from tests import factories
from tests.ch2_provision.vehicles.conftest import Fleet
from tests.conftest import TODAY


@pytest.mark.parametrize(
    ("klass", "decides", "not_he"), [("general", "city", "money"), ("enforcement", "money", "city")]
)
def test_each_class_is_decided_by_its_own_body(fleet: Fleet, klass: str, decides: str, not_he: str) -> None:
    quota = Quota(organ=fleet.mine, klass=klass, asked=3)
    with scope.within(fleet("clerk")) as by:
        QuotaFlow.start(quota, by=by)
    fleet.take("submit", quota, "clerk", QuotaFlow)
    values = {"number": 2, "document": "〔2026〕5号", "since": TODAY}
    for who in (not_he, "officer"):
        with pytest.raises((Forbidden, NotFound)):
            fleet.take("decide", quota, who, QuotaFlow, **values)
    fleet.take("decide", quota, decides, QuotaFlow, **values)
    quota.refresh_from_db()
    assert (quota.state, quota.number) == ("approved", 2)
    quota.number = 9
    with pytest.raises(Invalid, match="内容有误"), scope.within(fleet("clerk")) as by:
        keep(quota, by=by)


def test_a_row_of_the_table_goes_to_two_bodies(fleet: Fleet) -> None:
    head = ["单位名称", "一般公务用车编制数", "一般执法执勤用车编制数", "特种专业技术用车编制数"]  # layout 7
    matched = Matcher(columns_of(BY_LABEL["vehicles.quotasheet"])).assign(list(enumerate(head)))[0]
    assert [one.column for one in sorted(matched, key=lambda one: one.index)] == [
        "organ",
        "general",
        "enforcement",
        "special",
    ]
    sheet = factories.kept(
        QuotaSheet, where=fleet.mine, document="", since=None, general=4, enforcement=2, special=None
    )
    with scope.within(fleet("city")) as by:
        with pytest.raises(Refused, match="文号"):
            issue([sheet], document="", since=None, by=by)
        assert issue([sheet], document="沪机管〔2026〕1号", since=TODAY, by=by) == (1, 1)
    found = dict(Quota._base_manager.values_list("klass", "state"))
    assert found == {"general": "approved", "enforcement": "submitted"}
    assert limits.rooms([fleet.mine.pk], TODAY)[fleet.mine.pk, "general"].allowed == 4
    with scope.within(fleet("city")) as by, pytest.raises(Refused, match="已据此核定"):
        issue([sheet], document="", since=None, by=by)


def test_the_newest_approval_counts_and_pooled_uses_share(fleet: Fleet) -> None:
    fleet.quota(5)
    fleet.quota(2, since=TODAY)
    fleet.card("沪A10001")
    fleet.card("沪A10002", vehicle_use="confidential")
    fleet.card("沪A10003", vehicle_use="enforcement")
    fleet.card("沪A10004", acquisition="leased")
    room = limits.rooms([fleet.mine.pk], TODAY)[fleet.mine.pk, "general"]
    assert (room.allowed, room.held) == (2, 2)
    fleet.quota(1, klass="confidential", since=TODAY)
    found = limits.rooms([fleet.mine.pk], TODAY)
    assert found[fleet.mine.pk, "general"].held == 1 and found[fleet.mine.pk, "confidential"].held == 1
    assert found[fleet.mine.pk, "enforcement"].allowed is None
    assert limits.rooms([fleet.mine.pk], TODAY - dt.timedelta(days=1))[fleet.mine.pk, "general"].allowed == 5


def test_every_door_refuses_with_article_figure_and_sum(fleet: Fleet, client: Client) -> None:
    fleet.quota(0)
    body = {
        "organ": fleet.mine.code, "kind": "new", "use": "emergency", "body": "car", "energy": "petrol", "displacement": "1.9", "price": "190000",
        "reason": "值守",
    }  # fmt: skip
    client.force_login(fleet.users["clerk"])
    answer = client.post("/api/vehicles/additions/", json.dumps(body), content_type="application/json")
    said = json.dumps(answer.json(), ensure_ascii=False)
    assert answer.status_code == 422
    page = client.post("/vehicles/additions/add/", {**body, "organ": fleet.mine.pk})
    row = {**body, "organ": fleet.mine, "displacement": Decimal("1.9"), "price": Decimal(190_000)}
    with scope.within(fleet("clerk")) as by, pytest.raises(Refused) as refused:
        border.commit(border.called("车辆配备更新"), [border.Row(row, 1)], by=by)
    rows = " ".join(str(fault.reason) for fault in refused.value.faults)
    for words in (said, page.content.decode(), rows):
        for part in ("第二十二条", "超出 10,000.00 元", "超出 0.1 升", "编制 0 辆，配备后 1 辆，超出 1 辆"):
            assert part in words, part
    assert page.content.decode().count("超出 1 辆") == 1, "said once, at the top"
    assert set(page.context["form"].errors) == {"price", "displacement", "use"}, "and these fields are marked"
    assert not Addition._base_manager.exists()


def test_the_whole_way_of_a_renewal(fleet: Fleet) -> None:

    fleet.quota(1)
    old = fleet.vehicle()
    made = fleet.approved(kind="renewal", old=old)
    assert limits.rooms([fleet.mine.pk], TODAY)[fleet.mine.pk, "general"].left == 0
    new = fleet.card("", value=Decimal(190_000), acquired=TODAY, registered=None)
    with pytest.raises(Refused, match="处置尚未批准"):
        fleet.take("purchase", made, "clerk", card=new)
    case = factories.kept(
        Case, where=fleet.mine, kind="vehicle", state="executing", approved_on=TODAY, decided_on=TODAY, lane="filing"
    )
    factories.kept(Line, where=fleet.mine, case=case, card=old.card)
    with pytest.raises(Refused, match="超出"):
        fleet.take("purchase", made, "clerk", card=new)
    fleet.take("purchase", made, "clerk", card=new, tax=Decimal(15_000), fees=Decimal(500))
    with pytest.raises(Invalid, match="GA 36"):
        fleet.take("plate", made, "clerk", plate="A1", registered=TODAY)
    with pytest.raises(Refused, match="另一辆车"):
        fleet.take("plate", made, "clerk", plate="沪A12345", registered=TODAY)
    fleet.take("plate", made, "clerk", plate="沪A·D12345", vin="LSVAA4187E2123456", registered=TODAY)
    held = Vehicle._base_manager.get(card=new)
    assert (held.plate, held.plate_kind, held.energy, held.price) == (
        "沪AD12345",
        "new_energy",
        "electric",
        Decimal("174500.00"),
    )
    with pytest.raises(Refused, match="终端"):
        fleet.take("fit", made, "clerk")
    fleet.fit("沪AD12345")
    with pytest.raises(Refused, match="标识"):
        fleet.take("fit", made, "clerk")
    held.mark = "sprayed"
    factories.save(held)
    fleet.take("fit", made, "clerk")
    _gone(fleet, made, old, new)


def _gone(fleet: Fleet, made: Addition, old: Vehicle, new: Any) -> None:
    """The old one goes, and only then the new one is within the quota."""
    with pytest.raises(Refused, match="尚未处置办结"):
        fleet.take("enrol", made, "clerk")
    with scope.everything("test") as by:
        old.card.use_state, old.card.disposed, old.card.disposal = UseState.SCRAPPED, TODAY, "scrapping"
        keep(old.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
    fleet.take("enrol", made, "clerk")
    new.refresh_from_db()
    assert new.establishment == Establishment.WITHIN
    jobs.keep_files()
    old.refresh_from_db()
    assert old.state == "gone"
    assert limits.rooms([fleet.mine.pk], TODAY)[fleet.mine.pk, "general"].held == 1


def test_only_vehicles_are_offered_for_a_vehicles_card_and_told_apart_by_no_key(fleet: Fleet, client: Client) -> None:
    fleet.quota(3)
    car, desk = fleet.card("沪A77777"), factories.kept(Card, where=fleet.mine, name="办公桌", category="furniture")
    client.force_login(fleet.users["clerk"])
    for slug in ("vehicles/files", "vehicles/additions"):
        found = client.get(f"/lookup/{slug}/card").json()["results"]
        assert car.pk in {one["id"] for one in found} and desk.pk not in {one["id"] for one in found}
        assert str(fleet.mine.pk) not in {one["hint"] for one in found}


def test_enforcement_is_approved_by_finance(fleet: Fleet) -> None:
    fleet.quota(1, klass="enforcement")
    made = fleet.addition(use="enforcement")
    fleet.take("submit", made, "clerk")
    fleet.take("agree", made, "boss")
    with pytest.raises((Forbidden, NotFound)):
        fleet.take("approve", made, "officer", document="x", approved_on=TODAY)
    fleet.take("approve", made, "money", document="云财行〔2026〕1号", approved_on=TODAY)
    assert Addition._base_manager.get(pk=made.pk).decided_by == fleet.finance.name


def test_a_certificate_is_due_and_renewed(fleet: Fleet) -> None:
    held = Certificate(
        vehicle=fleet.vehicle(),
        kind="compulsory",
        since=TODAY - dt.timedelta(days=340),
        until=TODAY + dt.timedelta(days=25),
    )
    later = Certificate(vehicle=held.vehicle, kind="inspection", since=TODAY, until=TODAY + dt.timedelta(days=31))
    with scope.within(fleet("clerk")) as by:
        CertificateFlow.start([held, later], by=by)
    assert jobs.remind() == {"reminded": 1} and jobs.remind() == {"reminded": 0}
    held.refresh_from_db()
    (task,) = [one for one in CertificateFlow.tasks(held) if one.permission == "vehicles.certificate:renew"]
    assert (held.state, task.due) == ("due", held.until)
    with pytest.raises(Refused, match="不晚于"):
        fleet.take("renew", held, "clerk", CertificateFlow, next_until=held.until)
    fleet.take(
        "renew", held, "clerk", CertificateFlow, next_number="P-2", next_until=held.until + dt.timedelta(days=365)
    )
    following = Certificate._base_manager.get(kind="compulsory", state="valid")
    assert (following.since, following.number) == (held.until + dt.timedelta(days=1), "P-2")


@pytest.mark.parametrize(
    ("said", "litres"),
    [("1.6", "1.6"), ("1.8L", "1.8"), ("1798", "1.8"), ("新能源", None), ("1.6-1.8", None), ("", None)],
)
def test_litres_as_ledgers_say_them(said: str, litres: Any) -> None:
    assert litres_of(said) == (None if litres is None else Decimal(litres))


def test_the_page_tells_the_story(fleet: Fleet, client: Client) -> None:
    fleet.quota(3)
    vehicle = fleet.vehicle(body="middle_bus", card={"registered": dt.date(2000, 1, 1), "name": "中型客车"})
    fleet.fit(vehicle.plate)
    client.force_login(fleet.users["clerk"])
    page = client.get(f"/vehicles/files/{vehicle.pk}/").content.decode()
    for part in (
        "2020-01-01 已达强制报废年限",
        "本单位编制",
        "沪机管〔2023〕1号",
        "车载终端",
        "可更新日期",
        "150,000.00",
    ):
        assert part in page, part
    assert client.get(f"/vehicles/files/{vehicle.pk}/why/scrap/").status_code == 200
    assert flow.flow_of(Addition) is AdditionFlow.plan
    assert clock.today() == TODAY


def test_cards_of_a_ledger_get_their_files_and_are_followed(fleet: Fleet) -> None:
    card = fleet.card("沪A20001", name="大型客车", class_name="纯电动大型客车")
    assert jobs.keep_files() == {"opened": 1, "followed": 0, "moved": 0, "taken_off": 0}
    held = Vehicle._base_manager.get(card=card)
    assert (held.plate, held.body, held.energy, held.organ_id) == ("沪A20001", "large_bus", "electric", fleet.mine.pk)
    card.plate, card.use_state = "沪A20002", UseState.REPAIR
    factories.save(card)
    assert jobs.keep_files() == {"opened": 0, "followed": 1, "moved": 0, "taken_off": 0}
    held.refresh_from_db()
    assert (held.plate, held.state) == ("沪A20002", "repair")
    assert jobs.keep_files() == {"opened": 0, "followed": 0, "moved": 0, "taken_off": 0}


def test_a_file_is_offered_where_a_card_is_a_vehicle(fleet: Fleet, client: Client) -> None:
    """Neither on the page of a desk nor above a list in which there are only desks."""
    car, desk = fleet.card("沪A20001"), factories.kept(Card, where=fleet.mine, name="办公桌", value=Decimal(800))
    client.force_login(fleet.users["clerk"])
    seen = {
        address: "建立车辆档案" in client.get(f"/assets/cards/{address}").content.decode()
        for address in ("", "?q=办公桌", f"{desk.pk}/", f"{car.pk}/")
    }
    assert list(seen.values()) == [True, False, False, True]


def test_a_certificate_is_not_renewed_to_an_earlier_day_however_it_is_written(fleet: Fleet) -> None:
    held = Certificate(
        vehicle=fleet.vehicle(), kind="compulsory", since=dt.date(2025, 10, 11), until=dt.date(2026, 10, 10)
    )
    with scope.within(fleet("clerk")) as by:
        CertificateFlow.start(held, by=by)
    with pytest.raises(Refused, match="不晚于"):
        fleet.take("early", held, "clerk", CertificateFlow, next_until="2026-9-1")


def test_two_uses_that_share_a_quota_share_its_last_place(fleet: Fleet) -> None:
    fleet.quota(1)
    pair = [
        Addition(
            organ=fleet.mine, kind="new", use=use, body="car", energy="electric", price=Decimal(100_000), reason="值守"
        )
        for use in ("emergency", "other")
    ]
    wrong = list(limits.of_batch(list(enumerate(pair)), TODAY))
    assert [(i, one.name) for i, one in wrong] == [(1, "use")] and "超出 1 辆" in wrong[0][1].what


def test_a_leased_car_leaves_no_place_behind(fleet: Fleet) -> None:
    fleet.quota(1)
    fleet.card("沪A10001")
    leased = fleet.vehicle("沪A10002", {"acquisition": "leased"})
    made = Addition(
        organ=fleet.mine, kind="renewal", old=leased, use="emergency", body="car", energy="electric", price=Decimal(100_000), reason="值守"
    )  # fmt: skip
    assert [one.name for _i, one in limits.of_batch([(0, made)], TODAY)] == ["use"]


def found(*names: str) -> list[str]:
    """What the patrol finds by some rules, in words."""
    return [str(one.verdict.sentence) for one in judge(rules(TODAY, names), TODAY)]


def test_the_lower_cap_of_cars_is_none_of_a_bus(fleet: Fleet) -> None:
    bought = {
        "vehicle_use": "enforcement",
        "acquired": dt.date(2024, 3, 4),
        "displacement": "2.5",
        "value": Decimal(200_000),
    }
    fleet.vehicle("沪A10001", bought, body="bus", grade="special", approval="云财〔2024〕1号")
    assert found("vehicle_over_displacement") == []
    fleet.vehicle("沪A10002", bought, body="car", grade="work", approval="云财〔2024〕1号")
    assert len(found("vehicle_over_displacement")) == 1


def test_the_cap_of_the_price_leaves_out_tax_and_fees(fleet: Fleet) -> None:
    bought = {"vehicle_use": "enforcement", "acquired": dt.date(2024, 3, 4), "value": Decimal(130_000)}
    fleet.vehicle("沪A10001", bought, tax=Decimal(9_000), fees=Decimal(1_000))
    assert found("enforcement_without_need") == []
    fleet.vehicle("沪A10002", bought, tax=Decimal(9_000), fees=Decimal("999.99"))
    assert len(found("enforcement_without_need")) == 1


def test_the_page_of_a_step_that_may_not_be_taken_yet_says_why_instead_of_asking(fleet: Fleet, client: Client) -> None:
    fleet.quota(1)
    made = fleet.approved(kind="renewal", old=fleet.vehicle())
    client.force_login(fleet.users["clerk"])
    page = client.get(f"/vehicles/additions/{made.pk}/steps/purchase/").content.decode()
    assert "处置尚未批准" in page and 'name="note"' not in page


def test_the_terminal_of_a_vehicle_that_has_gone_is_taken_off_unless_its_plate_goes_on(fleet: Fleet) -> None:
    gone, moved = fleet.vehicle("沪A11111"), fleet.vehicle("沪A22222")
    for one in (gone, moved):
        fleet.fit(one.plate)
    with scope.everything("test") as by:
        for one in (gone, moved):
            one.card.use_state, one.card.disposed, one.card.disposal = UseState.SCRAPPED, TODAY, "scrapping"
            keep(one.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
        files.follow(by=by)
    fleet.vehicle("沪A22222")
    assert jobs.keep_files()["taken_off"] == 1 and jobs.keep_files()["taken_off"] == 0
    states = dict(Terminal._base_manager.values_list("plate", "state"))
    assert (states[gone.plate], states[moved.plate]) == ("removed", "in_use")
    for one in (gone, moved):
        one.refresh_from_db()
        told = story._terminals(one)
        assert "终端随之拆除" in told["empty"]["why"] and told["rows"] == [], (
            "the terminal of its plate is another vehicle's"
        )


def test_the_terminal_goes_with_the_title_of_its_vehicle(fleet: Fleet) -> None:
    given, kept = fleet.vehicle("沪A11111"), fleet.vehicle("沪A22222")
    for one in (given, kept):
        fleet.fit(one.plate)
    with scope.everything("test") as by:
        given.card.use_state, given.card.disposed, given.card.disposal = UseState.TRANSFERRED, TODAY, "transfer"
        keep(given.card, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
    fleet.card("沪A11111", organ=fleet.theirs, former=given.card)
    assert jobs.keep_files() == {"opened": 1, "followed": 1, "moved": 1, "taken_off": 0}
    assert jobs.keep_files() == {"opened": 0, "followed": 0, "moved": 0, "taken_off": 0}
    assert set(Terminal._base_manager.values_list("plate", "organ", "state")) == {
        ("沪A11111", fleet.mine.pk, "removed"), ("沪A11111", fleet.theirs.pk, "in_use"), ("沪A22222", fleet.mine.pk, "in_use"),
    }  # fmt: skip


def test_the_page_of_a_vehicle_tells_of_its_disposal_and_offers_no_second_one(fleet: Fleet, client: Client) -> None:
    old = fleet.vehicle()
    client.force_login(fleet.users["clerk"])
    page = f"/vehicles/files/{old.pk}/"
    assert f"/assets/cards/{old.card_id}/acts/propose/" in client.get(page).content.decode()
    case = factories.kept(Case, where=fleet.mine, kind="vehicle", receiver_name="通达二手车")
    factories.kept(Line, where=fleet.mine, case=case, card=old.card)
    said = client.get(page).content.decode()
    assert f"/disposal/cases/{case.pk}/" in said and "通达二手车" in said
    assert f"/assets/cards/{old.card_id}/acts/propose/" not in said


def test_a_card_that_came_of_another_application_is_not_offered_for_a_purchase(fleet: Fleet, client: Client) -> None:
    fleet.quota(5)
    first, second = fleet.approved(), fleet.approved()
    mine, gone, free = (fleet.card("", value=Decimal(170_000), acquired=TODAY, registered=None) for _ in range(3))
    fleet.take("purchase", first, "clerk", card=mine)
    with scope.everything("test") as by:
        gone.use_state, gone.disposed, gone.disposal = UseState.SCRAPPED, TODAY, "scrapping"
        keep(gone, by=by, moves=frozenset({"disposed", "disposal", "use_state"}))
    client.force_login(fleet.users["clerk"])
    form = client.get(f"/vehicles/additions/{second.pk}/steps/purchase/").context["form"]
    assert [one.pk for one in form.fields["card"].queryset] == [free.pk]
