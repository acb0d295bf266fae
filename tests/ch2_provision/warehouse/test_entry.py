"""The way in: six kinds proposed, answered, applied for, checked twice, receipted; and what cannot happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.actions import keeping
from baozhang.ch2_provision.warehouse.actions.proposing import accept_all, detect
from baozhang.ch2_provision.warehouse.choices import EntryState, ItemState, ProposalState, Reason
from baozhang.ch2_provision.warehouse.flows import EntryFlow, ProposalFlow, entering
from baozhang.ch2_provision.warehouse.models import Entry, Event, Item, Proposal, Purchase, SharedClass, Store
from baozhang.ch2_provision.warehouse.views import oncard
from baozhang.ch3_mechanisms.standards.models import Standard
from baozhang.kernel import clock, holds, scope
from baozhang.kernel.documents.register import Document
from baozhang.kernel.flow import Task
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.resource import RESOURCES
from tests import factories
from tests.ch2_provision.warehouse.conftest import House

from .figures import issue

TODAY = dt.date(2026, 3, 4)


def look(house: House) -> dict[str, int]:
    with scope.everything("test") as by:
        return detect(day=clock.today(), by=by).as_dict()


def reasons() -> dict[str, str]:
    return {one.card.number: one.reason for one in Proposal._base_manager.select_related("card")}


def test_six_kinds_are_proposed_each_with_its_item_of_the_article(house: House) -> None:
    issue(house, "warehouse.idle_days", 180)
    old = TODAY - dt.timedelta(days=181)
    house.card(number="IDLE", use_state="idle", idle_since=old)
    house.card(number="YOUNG", use_state="idle", idle_since=old + dt.timedelta(days=1))
    house.card(number="LOW", use_state="degraded")
    house.card(number="USEFUL", use_state="disposing", name="台式计算机", item="desktop", acquired=dt.date(2024, 1, 5))
    house.card(number="SPENT", use_state="disposing", name="台式计算机", item="desktop", acquired=dt.date(2012, 1, 5))
    gone = factories.organ("区某办公室", factories.district("云间区"))
    with scope.everything("test") as by:
        gone.state, gone.ended = "abolished", dt.date(2026, 1, 31)
        keep(gone, by=by)
    factories.kept(Card, where=Organization._base_manager.get(pk=gone.pk), number="FREED")
    event = factories.kept(Event, where=house.organs["school"], opens=dt.date(2026, 2, 1), closes=TODAY)
    factories.kept(Purchase, where=house.organs["school"], event=event, card=house.card(number="EVENT"))
    factories.kept(SharedClass, where=house.organs["authority"], class_code="A0202", since=dt.date(2026, 1, 1))
    house.card(number="SHARED", class_code="A02020400", edition="2010")
    done = look(house)
    assert reasons() == {
        "IDLE": Reason.IDLE, "LOW": Reason.LOW, "USEFUL": Reason.USEFUL, "FREED": Reason.FREED, "EVENT": Reason.EVENT,
        "SHARED": Reason.SHARED,
    }  # fmt: skip
    assert done["new"] == 6 and Proposal._base_manager.get(card__number="FREED").article == "第十五条第一款第四项"
    assert look(house)["new"] == 0 and Proposal._base_manager.count() == 6, "a second round adds nothing"


def test_what_is_no_longer_so_is_taken_back_and_a_silent_figure_takes_nothing_back(house: House, store: Store) -> None:
    issue(house, "warehouse.idle_days", 180, until=TODAY)
    card = house.card(number="IDLE", use_state="idle", idle_since=TODAY - dt.timedelta(days=400))
    low = house.card(number="LOW", use_state="degraded")
    look(house)
    assert Task.objects.open().filter(kind="warehouse.proposal").count() == 2
    with clock.on(TODAY + dt.timedelta(days=1)):
        done = look(house)
        assert done["unjudged"] and done["gone"] == 0, "nobody can say that it no longer stands idle too long"
        with scope.everything("test") as by:
            low.use_state = "in_use"
            keep(low, by=by)
        assert look(house)["gone"] == 1
    assert Proposal._base_manager.get(card=low).state == ProposalState.GONE
    assert Proposal._base_manager.get(card=card).state == ProposalState.OPEN
    assert Task.objects.open().filter(kind="warehouse.proposal").count() == 1


def test_over_standard_proposes_the_newest_pieces_as_many_as_are_too_many(house: House, store: Store) -> None:
    from baozhang.ch1_general.organs.models import Headcount

    factories.kept(
        Headcount,
        where=house.organs["school"],
        band="division",
        quota=2,
        actual=2,
        since=dt.date(2022, 1, 1),
        until=None,
    )
    for n in range(4):
        house.card(number=f"T{n}", name="台式计算机", value=Decimal(4000), acquired=dt.date(2023, 1, 1 + n))
    look(house)
    assert reasons() == {"T3": Reason.LOW, "T2": Reason.LOW}


def test_an_agency_says_yes_and_the_thing_comes_in_with_a_receipt(house: House, store: Store) -> None:
    card = house.card(number="LOW", use_state="degraded", name="台式计算机", item="desktop")
    look(house)
    proposal = Proposal._base_manager.get()
    entry = house.do("clerk", lambda who: accept_all([proposal], by=who))
    assert (
        Proposal._base_manager.get().state == ProposalState.ACCEPTED
        and Proposal._base_manager.get().entry_id == entry.pk
    )
    assert Item._base_manager.get().reason == Reason.LOW and holds.of_case(entry)
    house.take(EntryFlow, "submit", entry, "clerk", title="入仓", decision="办公会", keeping="physical", store=store)
    with pytest.raises(Refused, match="权限"):
        house.take(EntryFlow, "agree", entry, "clerk")
    house.take(EntryFlow, "agree", entry, "head")
    house.take(EntryFlow, "check", entry, "officer")
    house.take(EntryFlow, "deliver", entry, "clerk")
    with pytest.raises(Refused, match="没有登记复验结论"):
        house.take(EntryFlow, "receive", entry, "keeper")
    house.do("keeper", lambda who: keeping.recheck([Item._base_manager.get()], outcome="fit", grade="good", by=who))
    with pytest.raises(Refused, match="存储介质尚未清除") as refused:
        house.take(EntryFlow, "receive", entry, "keeper")
    assert refused.value.article == "第十六条第一款"
    house.do("keeper", lambda who: keeping.recheck([Item._base_manager.get()], outcome="fit", wiped=True, by=who))
    entry = house.take(EntryFlow, "receive", entry, "keeper")
    item = Item._base_manager.get()
    assert (entry.state, item.state, item.entered_on) == (EntryState.STORED, ItemState.STOCK, TODAY)
    assert item.holder_id == house.organs["authority"].pk and item.organ_id == house.organs["school"].pk, (
        "custody moves, ownership stays"
    )
    assert not holds.of_case(entry) and Document._base_manager.get().about_id == entry.pk
    assert Card._base_manager.get(pk=card.pk).offered == TODAY


def test_each_finding_of_the_keeper_has_its_way(house: House) -> None:
    cards = [house.card(number=f"N{n}") for n in range(4)]
    entry = house.do("clerk", lambda who: entering.begin(cards, by=who, day=TODAY, reasons={}))
    house.take(EntryFlow, "submit", entry, "clerk", title="入仓", decision="办公会")
    for step, name in (("agree", "head"), ("check", "officer"), ("deliver", "clerk")):
        house.take(EntryFlow, step, entry, name)
    items = list(Item._base_manager.select_related("entry", "authority").order_by("pk"))
    for item, outcome in zip(items, ("fit", "repair", "back", "disposal"), strict=True):
        house.do("keeper", lambda who, item=item, outcome=outcome: keeping.recheck([item], outcome=outcome, by=who))
    house.take(EntryFlow, "receive", entry, "keeper")
    assert [one.state for one in Item._base_manager.order_by("pk")] == ["stock", "repair", "refused", "disposal"]


def test_no_is_reviewed_by_the_authority_and_may_have_to_be_answered_again(house: House, store: Store) -> None:
    house.card(number="LOW", use_state="degraded")
    look(house)
    proposal = Proposal._base_manager.get()
    with pytest.raises(Invalid):
        house.take(ProposalFlow, "decline", proposal, "clerk", answer="")
    house.take(ProposalFlow, "decline", proposal, "clerk", answer="下月开新校区要用")
    proposal = house.take(ProposalFlow, "insist", proposal, "officer", note="写明启用日期")
    assert proposal.state == ProposalState.OPEN
    house.take(ProposalFlow, "decline", proposal, "clerk", answer="4 月 10 日启用")
    assert house.take(ProposalFlow, "excuse", proposal, "officer").state == ProposalState.EXCUSED
    assert look(house)["new"] == 0, "an accepted reason stands while the facts stand"


def test_a_card_enters_once_and_not_while_promised(house: House) -> None:
    card, other = house.card(), house.card()
    house.do("clerk", lambda who: entering.begin([card], by=who, day=TODAY, reasons={}))
    with pytest.raises(Refused, match="已在公物仓"):
        house.do("clerk", lambda who: entering.begin([card], by=who, day=TODAY, reasons={}))
    case = factories.kept(Standard, where=house.organs["school"])
    with scope.everything("test") as by:
        holds.take(other, case=case, words="报废申请", by=by)
    with pytest.raises(Refused, match="已有安排") as refused:
        house.do("clerk", lambda who: entering.begin([other], by=who, day=TODAY, reasons={}))
    assert "报废申请" in refused.value.why and Entry._base_manager.count() == 1


def test_a_withdrawn_application_lets_go(house: House) -> None:
    card = house.card()
    entry = house.do("clerk", lambda who: entering.begin([card], by=who, day=TODAY, reasons={}))
    house.take(EntryFlow, "cancel", entry, "clerk", note="误报")
    assert Item._base_manager.get().state == ItemState.REFUSED and not holds.of_case(entry)
    house.do("clerk", lambda who: entering.begin([card], by=who, day=TODAY, reasons={}))


def test_a_card_says_where_it_stands_to_those_who_may_see_that(house: House, store: Store) -> None:
    card, other = house.card(), house.card()
    house.entered([card], store=store)
    shelf = RESOURCES["assets/cards"]
    (panel,) = house.do("clerk", lambda who: oncard._panel(shelf, card, who))["panels"]
    assert "/warehouse/items/" in panel["rows"][0]["value"]
    assert house.do("clerk", lambda who: oncard._panel(shelf, other, who)) == {}
    # Also where somebody holds a card in hand that is none of his.
    assert house.do("farclerk", lambda who: oncard._panel(shelf, card, who)) == {}


def test_who_says_yes_is_led_to_the_application_that_came_of_it(
    house: House, store: Store, as_user: Callable[..., Any]
) -> None:
    house.card(number="LOW", use_state="degraded")
    look(house)
    address = f"/warehouse/proposals/{Proposal._base_manager.get().pk}/"
    client = as_user(house.users["clerk"], HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.post(f"{address}steps/accept/", {})
    said = client.get(address).content.decode()
    entry = Entry._base_manager.get()
    assert f"接着办理：{entry}" in said and f'<a href="/warehouse/entries/{entry.pk}/">打开</a>' in said
