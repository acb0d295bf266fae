"""The warehouse's own pages: figures from the database, choosing, pictures, bills, slips."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.assets.models import Income
from baozhang.ch2_provision.warehouse.choices import EntryState
from baozhang.ch2_provision.warehouse.flows import LoanFlow, ThingFlow
from baozhang.ch2_provision.warehouse.models import (
    Activation,
    Entry,
    Event,
    Item,
    Loan,
    Offer,
    Reservation,
    Store,
    Thing,
)
from baozhang.ch2_provision.warehouse.queries import performance
from baozhang.kernel import attachments, clock, scope
from baozhang.kernel.documents.register import Document
from baozhang.kernel.record import keep
from tests import factories
from tests.ch2_provision.warehouse.conftest import House

from .test_exit import ask, signed

TODAY = dt.date(2026, 3, 4)
Door = Callable[..., Client]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f0005000180ff5d2e9c00"
    "00000049454e44ae426082"
)  # fmt: skip

KEY = re.compile(r'name="key" value="(\w{32})"')


def test_each_figure_is_what_the_records_say(house: House, store: Store) -> None:
    cards = [
        house.card(name="台式计算机", value=Decimal(4200)),
        house.card(value=Decimal(3000)),
        house.card(value=Decimal(1000)),
    ]
    house.card(use_state="idle", idle_since=TODAY)
    house.entered(cards, store=store)
    signed(house, cards[:2])
    authority = house.organs["authority"]
    first, second = Thing._base_manager.order_by("pk")
    with clock.on(TODAY + dt.timedelta(days=10)):
        house.take(ThingFlow, "hand_in", first, "clerk2")
        house.take(ThingFlow, "fine", first, "keeper")
    with clock.on(TODAY + dt.timedelta(days=40)):
        house.take(LoanFlow, "hand_in", Loan._base_manager.get(), "clerk2")
        house.take(ThingFlow, "fine", second, "keeper")
        last = TODAY + dt.timedelta(days=40)
        with CaptureQueriesContext(connection) as asked, scope.everything("test"):
            found = performance.figures(authority, TODAY, last)
        assert len(asked) <= 9
    assert {name: found[name].value for name in ("stock", "worth", "entered", "given", "saved", "reuse", "timely", "stay", "entry")} == {
        "stock": 3, "worth": Decimal(8200), "entered": 3, "given": 2, "saved": Decimal("8000.00"), "reuse": Decimal("66.67"),
        "timely": Decimal("50.00"), "stay": Decimal("40.00"), "entry": Decimal("0.00"),
    }  # fmt: skip
    assert found["saved"].formula == "Σ（重置单价 × 匹配数量）"
    assert sum(line.price * line.quantity for line in Reservation._base_manager.all()) == found["saved"].value
    by_organ = {one.organ.name: one for one in performance.shares(authority, TODAY, last)}
    assert by_organ["区卫生局"].taken == 2 and by_organ["区教育局"].entered == 3


def test_of_a_past_period_the_share_of_idle_things_says_that_it_is_of_today(
    house: House, store: Store, as_user: Door
) -> None:
    """Cards have no dated state: what is idle is known of today alone, and every place that shows it says so."""
    authority, last = house.organs["authority"], TODAY - dt.timedelta(days=30)
    house.card(use_state="idle", idle_since=TODAY, acquired=TODAY - dt.timedelta(days=9))
    with scope.everything("test"):
        past, now = (performance.figures(authority, last.replace(day=1), day)["entry"] for day in (last, TODAY))
    assert past.words == f"闲置资产入仓率（今天 {TODAY} 的状况）" and past.filled == now.filled == "0 ÷ 1"
    assert now.words == "闲置资产入仓率"
    client, period = as_user("officer"), f"?from={last:%Y-%m}-01&to={last}"
    assert past.words in client.get(f"/warehouse/items/performance/{period}").content.decode()
    assert past.words in client.get(f"/warehouse/items/performance/why/entry/{period}").content.decode()


def test_the_page_its_whys_and_its_report(house: House, store: Store, as_user: Door) -> None:
    house.entered([house.card()], store=store)
    client = as_user("officer")
    assert "公物仓绩效" in client.get("/warehouse/items/performance/").content.decode()
    why = client.get("/warehouse/items/performance/why/saved/").content.decode()
    assert "重置单价 × 匹配数量" in why
    assert client.get("/warehouse/items/performance/why/nothing/").status_code == 404
    assert client.get("/warehouse/items/performance/?from=x").status_code == 422
    assert client.get("/warehouse/items/performance/report.pdf").content[:4] == b"%PDF"
    assert not Document._base_manager.filter(title__contains="绩效").exists(), "what is looked at is a draft"
    period = f"?from={TODAY:%Y}-01-01&to={TODAY}"
    assert (
        client.post(f"/warehouse/items/performance/issue/?from={TODAY}&to={TODAY + dt.timedelta(days=1)}").status_code
        == 409
    )
    for _time in range(2):
        assert client.post(f"/warehouse/items/performance/issue/{period}").status_code == 302
    first, second = Document._base_manager.filter(title__contains="绩效").order_by("pk")
    assert (first.state, first.replaced_by, second.state) == (
        "replaced",
        second,
        "valid",
    ) and second.serial == first.serial + 1
    assert second.number in client.get(f"/warehouse/items/performance/{period}").content.decode()
    assert client.get(f"/warehouse/items/performance/issued/{second.pk}.pdf").content[:4] == b"%PDF"
    assert client.get(f"/warehouse/items/performance/issued/{first.pk + 10_000}.pdf").status_code == 404
    assert as_user("clerk").get("/warehouse/items/performance/").status_code == 403


def test_cards_are_chosen_and_an_application_is_drafted(house: House, as_user: Door) -> None:
    own, theirs = house.card(number="OWN-1"), house.card("health", number="THEIRS-1")
    client = as_user("clerk")
    page = client.get("/warehouse/entries/new/").content.decode()
    assert "OWN-1" in page and "THEIRS-1" not in page
    assert "没有选中任何资产" in client.post("/warehouse/entries/new/", {"reason": "idle"}).content.decode()
    assert client.post("/warehouse/entries/new/", {"id": [theirs.pk], "reason": "idle"}).status_code == 409
    answer = client.post("/warehouse/entries/new/", {"id": [own.pk], "reason": "shared"})
    assert answer.status_code == 302 and Entry._base_manager.get().state == EntryState.DRAFT
    assert Item._base_manager.get().reason == "shared"
    assert "OWN-1" not in client.get("/warehouse/entries/new/").content.decode()


def test_what_is_sent_twice_is_drafted_and_issued_once(house: House, store: Store, as_user: Door) -> None:
    house.entered([house.card()], store=store)
    first, second = house.card(number="OWN-1"), house.card(number="OWN-2")
    client, page = as_user("clerk"), "/warehouse/entries/new/"
    (key,) = KEY.findall(client.get(page).content.decode())
    before = Entry._base_manager.count()
    led = {client.post(page, {"id": [first.pk], "reason": "idle", "key": key})["Location"] for _tap in range(2)}
    assert Entry._base_manager.count() == before + 1 and len(led) == 1
    assert client.post(page, {"id": [second.pk], "reason": "idle", "key": key}).status_code == 302
    assert Entry._base_manager.count() == before + 2, "whoever ticks something else asks anew"
    officer = as_user("officer")
    (key,) = KEY.findall(officer.get("/warehouse/items/performance/").content.decode())
    for _tap in range(2):
        address = f"/warehouse/items/performance/issue/?from={TODAY:%Y}-01-01&to={TODAY}"
        assert officer.post(address, {"key": key}).status_code == 302
    assert Document._base_manager.filter(title__contains="绩效").count() == 1


def test_the_catalogue_has_the_items_pictures_and_nothing_else_of_it(house: House, store: Store, as_user: Door) -> None:
    item = house.entered([house.card()], store=store)[0]
    with scope.everything("test") as by:
        picture = attachments.attach(item, io.BytesIO(PNG), "正面.png", by=by)
        paper = attachments.attach(item, io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "发票.pdf", by=by)
    client, base = as_user("clerk2"), f"/warehouse/catalogue/{item.pk}/"
    page = client.get(base).content.decode()
    assert f"pictures/{picture.pk}/" in page and "发票" not in page
    assert b"".join(client.get(f"{base}pictures/{picture.pk}/")) == PNG  # type: ignore[arg-type]
    assert client.get(f"{base}pictures/{paper.pk}/").status_code == 404
    for hidden in (f"/warehouse/items/{item.pk}/", f"/assets/cards/{item.card_id}/", f"/api/warehouse/items/{item.pk}"):
        assert client.get(hidden).status_code in (403, 404)
    assert as_user("farclerk").get(base).status_code == 404
    assert "甲" not in client.get(f"{base}history/").content.decode()


def test_an_item_is_reserved_from_the_catalogue_and_its_papers_print(house: House, store: Store, as_user: Door) -> None:
    item = house.entered([house.card()], store=store)[0]
    client = as_user("clerk2")
    assert client.post(f"/warehouse/catalogue/{item.pk}/acts/reserve/", {}).status_code == 302
    exit_ = Reservation._base_manager.get().exit
    assert exit_.organ_id == house.organs["health"].pk
    assert client.get(f"/warehouse/exits/{exit_.pk}/slip/").content[:4] == b"%PDF"
    assert client.get(f"/warehouse/exits/{exit_.pk}/").status_code == 200
    assert as_user("keeper").get(f"/warehouse/exits/{exit_.pk}/").status_code == 200
    assert as_user("clerk").get(f"/warehouse/exits/{exit_.pk}/").status_code == 404, "no side of this is theirs"
    event = factories.kept(Event, where=house.organs["health"])
    assert "还没有借用或者购置物品" in client.get(f"/warehouse/events/{event.pk}/bill/").content.decode()


def test_the_button_looks_in_the_organs_that_the_warehouse_serves(house: House, store: Store, as_user: Door) -> None:
    house.card(use_state="degraded")
    house.card("far", use_state="degraded")
    house.card(use_state="idle", idle_since=dt.date(2020, 1, 1))
    client = as_user("officer")
    assert client.get("/warehouse/proposals/look/").status_code == 200
    said = client.post("/warehouse/proposals/look/").content.decode()
    assert "待核实，有 1 张卡片没有判断" in said
    assert as_user("clerk").get("/api/warehouse/proposals/").json()["rows"][0]["state"]
    assert as_user("clerk2").get("/api/warehouse/proposals/").json()["rows"] == []
    assert as_user("clerk").post("/warehouse/proposals/look/").status_code == 403


@pytest.mark.parametrize("name", ["clerk2", "officer"])
def test_the_catalogue_asks_as_much_for_many_as_for_one(house: House, store: Store, as_user: Door, name: str) -> None:
    client, counts = as_user(name), []
    for count in (1, 5):
        house.entered([house.card() for _ in range(count)], store=store)
        client.get("/warehouse/catalogue/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/warehouse/catalogue/")
        counts.append(len(asked))
    assert counts[0] == counts[1] and house.do(name, lambda who: Offer.objects.count()) == 6
    assert ask(house, [Item._base_manager.select_related("card").order_by("pk")[0].card])


def test_the_catalogue_is_looked_at_and_searched_in_pictures(house: House, store: Store, as_user: Door) -> None:
    cards = [house.card(name="投影仪"), house.card(name="会议桌")]
    house.entered(cards, store=store)
    item = Item._base_manager.get(name="投影仪")
    house.do("keeper", lambda who: attachments.attach(item, io.BytesIO(PNG), "正面.png", by=who))
    client = as_user("clerk2")
    page = client.get("/warehouse/catalogue/pictures/?q=投影")
    assert [tile["name"] for tile in page.context["tiles"]] == ["投影仪"]
    assert client.get(page.context["tiles"][0]["picture"]).getvalue() == PNG
    assert "没有符合条件的物品" in client.get("/warehouse/catalogue/pictures/?q=无此物").content.decode()
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/warehouse/catalogue/pictures/").status_code == 200
        asked.append(len(seen))
        house.entered([house.card() for _ in range(4)], store=store)
    assert asked[1] <= asked[0], "as many queries for six as for two"


def test_in_an_emergency_the_keeper_finds_who_gets_it_and_not_the_warehouse_itself(
    house: House, store: Store, as_user: Door
) -> None:
    item = house.entered([house.card()], store=store)[0]
    alarm = Activation(organ=house.organs["authority"], reason="防汛", since=TODAY, days=3)
    keeper = as_user(house.users["keeper"])
    offered = "应急先行出仓"
    assert offered not in keeper.get(f"/warehouse/items/{item.pk}/").content.decode()
    assert offered not in keeper.get("/warehouse/items/").content.decode(), (
        "without an emergency nobody hands out first"
    )
    house.do("chief", lambda who: keep(alarm, by=who))
    assert offered in keeper.get(f"/warehouse/items/{item.pk}/").content.decode()
    found = keeper.get("/lookup/warehouse/items/holder", {"q": "区卫生局"}).json()["results"]
    assert [one["id"] for one in found] == [house.organs["health"].pk]
    assert keeper.get("/lookup/warehouse/items/entry", {"q": ""}).status_code == 404
    page, given = f"/warehouse/items/{item.pk}/acts/supply/", {"note": "防汛值守", "ready": "1"}
    assert "请选择领用单位" in keeper.post(page, {**given, "holder": house.organs["authority"].pk}).content.decode()
    assert keeper.post(page, {**given, "holder": house.organs["health"].pk}).status_code == 302
    assert Item._base_manager.get().holder == house.organs["health"]


def test_what_was_bought_for_an_event_is_put_on_its_bill_from_its_page(house: House, as_user: Door) -> None:
    event = factories.kept(Event, where=house.organs["health"], opens=TODAY, closes=TODAY + dt.timedelta(days=9))
    clerk, page = as_user(house.users["clerk2"]), f"/warehouse/events/{event.pk}/"
    address = f"/warehouse/purchases/add/?event={event.pk}"
    assert address in clerk.get(page).content.decode()
    assert f'value="{event.pk}" selected' in clerk.get(address).content.decode()
    assert address not in as_user(house.users["officer"]).get(page).content.decode()


def test_who_offers_cards_to_the_warehouse_has_drafted_their_application(house: House, as_user: Door) -> None:
    idle, old = house.card(use_state="idle"), house.card(use_state="disposing")
    post = {"act": "offer", "id": [idle.pk, old.pk]}
    said = as_user("clerk").post("/assets/cards/acts/?", post, follow=True).content.decode()
    entry = Entry._base_manager.get()
    assert entry.state == EntryState.DRAFT and f'href="/warehouse/entries/{entry.pk}/"' in said
    assert dict(Item._base_manager.values_list("card", "reason")) == {idle.pk: "idle", old.pk: "useful"}


def test_who_owes_compensation_reads_how_much_until_when_and_to_whom(house: House, store: Store, as_user: Door) -> None:
    cards = [house.card(name="投影仪"), house.card()]
    house.entered(cards, store=store)
    signed(house, cards)
    lost, damaged = Thing._base_manager.order_by("pk")
    for thing, harm in ((lost, "lost"), (damaged, "damaged")):
        house.take(ThingFlow, "report", thing, "clerk2", harm=harm, harm_words="运输途中")
        owed = {"compensation": Decimal(800 if harm == "lost" else 0), "compensation_due": TODAY + dt.timedelta(days=9)}
        house.take(ThingFlow, "settle", thing, "officer", liable="借用单位", **owed)
    assert Thing._base_manager.get(pk=lost.pk).grade_back == "", "what is lost came back in no condition"
    page = as_user("clerk2").get(f"/warehouse/things/{lost.pk}/").content.decode()
    assert "应缴 800.00 元，未缴 800.00 元" in page and "交区教育局登记" in page
    assert "赔偿缴库" not in as_user("clerk2").get(f"/warehouse/things/{damaged.pk}/").content.decode()
    due = Income._base_manager.get()
    with scope.everything("test") as by:
        due.state, due.paid, due.paid_on, due.receipt = "paid", due.amount, TODAY, "沪财缴 1"
        keep(due, by=by)
    assert "已缴清 800.00 元" in as_user("clerk2").get(f"/warehouse/things/{lost.pk}/").content.decode()


def test_who_hands_out_is_told_when_an_emergency_begins(house: House, as_user: Door) -> None:
    typed = {"organ": house.organs["authority"].pk, "reason": "防汛", "since": TODAY.isoformat(), "days": "3"}
    assert as_user("chief").post("/warehouse/emergencies/add/", typed).status_code == 302
    assert "公物仓应急状态已启动：防汛" in as_user("keeper").get("/notices/").content.decode()
    assert "公物仓应急" not in as_user("clerk").get("/notices/").content.decode()
