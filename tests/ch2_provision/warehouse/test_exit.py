"""The way out and back: promised once, approved, signed by both, lent, extended, returned item by item."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.assets.models import Card, Income, Voucher
from baozhang.ch2_provision.warehouse import queries
from baozhang.ch2_provision.warehouse.actions import back_from_disposal, claim_for_disposal, keeping, reserve, reserving
from baozhang.ch2_provision.warehouse.choices import ExitState, ItemState, LineState, LoanState, ThingState
from baozhang.ch2_provision.warehouse.flows import EventFlow, ExitFlow, LoanFlow, ThingFlow
from baozhang.ch2_provision.warehouse.flows.events import move_end
from baozhang.ch2_provision.warehouse.models import (
    Activation,
    Event,
    Exit,
    Item,
    Loan,
    Offer,
    Reservation,
    Store,
    Thing,
)
from baozhang.ch3_mechanisms.standards.models import Standard
from baozhang.kernel import cells, clock, holds, scope
from baozhang.kernel.chain import chain_of
from baozhang.kernel.holds import Hold
from baozhang.kernel.notices import Notice
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from baozhang.kernel.resource import BY_LABEL
from tests import factories
from tests.ch2_provision.warehouse.conftest import House

from .figures import issue

TODAY = dt.date(2026, 3, 4)
UNTIL = dt.date(2026, 4, 3)


def ask(
    house: House, cards: list[Card], name: str = "clerk2", organ: str = "health", **values: Any
) -> list[Reservation]:
    given = {"purpose": "会议", "mode": "loan", "until": UNTIL, **values}
    return house.do(name, lambda who: reserve(cards, organ=house.organs[organ], by=who, **given))


def signed(house: House, cards: list[Card], **values: Any) -> Exit:
    """A reservation through to the last signature."""
    exit_ = ask(house, cards, **values)[0].exit
    mode = values.get("mode", "loan")
    house.take(ExitFlow, "submit", exit_, "clerk2", mode=mode, purpose="会议")
    house.take(ExitFlow, "agree", exit_, "head2")
    if mode == "transfer":
        house.take(ExitFlow, "forward", exit_, "officer", keep_until=TODAY + dt.timedelta(days=9))
        house.take(ExitFlow, "grant", exit_, "purse")
    else:
        house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY + dt.timedelta(days=9))
    hands = "keeper" if exit_.giver_id == house.organs["authority"].pk else "clerk"
    house.take(ExitFlow, "pick", exit_, hands, counted=len(cards))
    house.take(ExitFlow, "deliver", exit_, hands)
    return house.take(ExitFlow, "sign", exit_, "clerk2")


def test_from_the_reservation_to_the_last_return(house: House, store: Store) -> None:
    cards = [house.card(), house.card(name="台式计算机", value=Decimal(4200))]
    items = house.entered(cards, store=store)
    assert queries.available(house.organs["health"].jurisdiction.path).count() == 2
    exit_ = signed(house, cards)
    loan = Loan._base_manager.get()
    assert (exit_.state, loan.state, loan.due) == (ExitState.DONE, LoanState.OPEN, UNTIL)
    assert {hold.case_kind for hold in Hold.objects.all()} == {"warehouse.loan"} and Hold.objects.count() == 2
    assert {one.state for one in Item._base_manager.all()} == {ItemState.OUT} and queries.available(
        "990000"
    ).count() == 0
    assert {one.organ_id for one in Item._base_manager.all()} == {house.organs["school"].pk}, (
        "a loan changes no ownership"
    )
    prices = {one.card_id: (one.price, one.price_basis) for one in Reservation._base_manager.all()}
    assert prices[cards[1].pk][0] == 5000 and "5000" in prices[cards[1].pk][1].replace(",", ""), (
        "the cap in force is the price of the like"
    )
    first, second = Thing._base_manager.order_by("pk")
    house.take(ThingFlow, "hand_in", first, "clerk2")
    with pytest.raises(Forbidden):
        house.take(ThingFlow, "fine", first, "clerk2")
    house.take(ThingFlow, "fine", first, "keeper", grade_back="good")
    assert Loan._base_manager.get().state == LoanState.OPEN, "a part that is back never closes the whole"
    assert Hold.objects.count() == 1 and Item._base_manager.get(pk=items[0].pk).state == ItemState.STOCK
    house.take(LoanFlow, "hand_in", loan, "clerk2")
    assert Thing._base_manager.get(pk=second.pk).state == ThingState.BACK
    house.take(ThingFlow, "mend", second, "keeper", note="键盘坏")
    assert Loan._base_manager.get().state == LoanState.CLOSED and not Hold.objects.exists()
    broken = Item._base_manager.get(pk=items[1].pk)
    assert broken.state == ItemState.REPAIR
    house.do(
        "keeper",
        lambda who: keeping.repaired([Item._base_manager.get(pk=broken.pk)], cost=Decimal(80), grade="fair", by=who),
    )
    assert Item._base_manager.get(pk=broken.pk).state == ItemState.STOCK and queries.available("990000/").count() == 0
    assert queries.available(house.organs["health"].jurisdiction.path, items=["desktop"]).get().pk == broken.pk


def test_both_sides_sign_and_they_are_two(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store)
    exit_ = ask(house, [card])[0].exit
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议")
    with pytest.raises(Forbidden):
        house.take(ExitFlow, "agree", exit_, "clerk2")
    house.take(ExitFlow, "agree", exit_, "head2")
    with pytest.raises(Refused, match="请写明保留到哪一天") as refused:
        house.take(ExitFlow, "approve", exit_, "officer")
    assert "待核实" in refused.value.why
    house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY)
    with pytest.raises(Refused, match="清点 2 件，应有 1 件"):
        house.take(ExitFlow, "pick", exit_, "keeper", counted=2)
    house.take(ExitFlow, "pick", exit_, "keeper", counted=1)
    house.take(ExitFlow, "deliver", exit_, "keeper")
    with pytest.raises(Forbidden):
        house.take(ExitFlow, "sign", exit_, "keeper")
    assert house.take(ExitFlow, "sign", exit_, "staff2").state == ExitState.DONE


def test_a_second_who_asks_is_told_for_whom_it_is_kept(house: House, store: Store) -> None:
    cards = [house.card(), house.card()]
    house.entered(cards, store=store, listing="city")
    ask(house, cards[:1])
    with pytest.raises(Refused, match="已有安排") as refused:
        ask(house, cards, name="farclerk", organ="far")
    assert "区卫生局" in refused.value.why
    assert Exit._base_manager.count() == 1 and Reservation._base_manager.count() == 1, "all or none"
    assert ask(house, cards[1:], name="farclerk", organ="far")[0].exit.authority_id == house.organs["city"].pk


def test_what_runs_out_is_free_and_its_case_is_told(house: House, store: Store) -> None:
    issue(house, "warehouse.reserve_days", 5)
    card = house.card()
    house.entered([card], store=store)
    exit_ = ask(house, [card])[0].exit
    shown = cells.reader(BY_LABEL["warehouse.exit"], "held")
    assert shown(exit_) == str(TODAY + dt.timedelta(days=5)), "the page says until when, long before it is approved"
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议")
    house.take(ExitFlow, "agree", exit_, "head2")
    assert house.take(ExitFlow, "approve", exit_, "officer").keep_until == TODAY + dt.timedelta(days=5)
    assert "expire" not in house.do("officer", lambda who: [one.name for one in ExitFlow.buttons(exit_, who)])
    with pytest.raises(Refused, match="保留期限未到"):
        house.take(ExitFlow, "expire", exit_, "officer")
    with clock.on(TODAY + dt.timedelta(days=5)), scope.everything("test"):
        assert holds.run_out() == 0
    with clock.on(TODAY + dt.timedelta(days=6)):
        assert queries.available(house.organs["health"].jurisdiction.path).count() == 1, (
            "free before the calendar comes round"
        )
        ask(house, [card], until=TODAY + dt.timedelta(days=20))
    exit_ = Exit._base_manager.get(pk=exit_.pk)
    assert exit_.state == ExitState.EXPIRED
    assert [one.state for one in Reservation._base_manager.order_by("pk")] == [LineState.ENDED, LineState.HELD]
    assert Item._base_manager.get().state == ItemState.RESERVED


def test_the_longest_loan_and_the_number_of_extensions(house: House, store: Store) -> None:
    issue(house, "warehouse.loan_days", 30)
    issue(house, "warehouse.loan_extensions", 1)
    card = house.card()
    house.entered([card], store=store)
    exit_ = ask(house, [card], until=TODAY + dt.timedelta(days=31))[0].exit
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议", until=TODAY + dt.timedelta(days=31))
    house.take(ExitFlow, "agree", exit_, "head2")
    with pytest.raises(Refused, match="超过最长借用期限") as refused:
        house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY)
    assert refused.value.facts["最长借用天数"] == 30
    house.do("clerk2", lambda who: ExitFlow.take("cancel", Exit._base_manager.get(pk=exit_.pk), by=who))
    signed(house, [card], until=TODAY + dt.timedelta(days=30))
    loan = Loan._base_manager.get()
    house.take(LoanFlow, "extend", loan, "clerk2", wanted=TODAY + dt.timedelta(days=50), wanted_why="会期延长")
    with pytest.raises(Refused, match="不需要特批"):
        house.take(LoanFlow, "special", loan, "chief", note="特批")
    loan = house.take(LoanFlow, "allow", loan, "officer")
    assert (loan.due, loan.extensions) == (TODAY + dt.timedelta(days=50), 1)
    assert [task.due for task in LoanFlow.tasks(loan)] == [loan.due]
    with pytest.raises(Refused, match="达到上限"):
        house.take(LoanFlow, "extend", loan, "clerk2", wanted=TODAY + dt.timedelta(days=60), wanted_why="再延")


def test_while_no_limit_is_set_the_head_decides_each_extension(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store)
    signed(house, [card])
    loan = Loan._base_manager.get()
    house.take(LoanFlow, "extend", loan, "clerk2", wanted=TODAY + dt.timedelta(days=50), wanted_why="会期延长")
    with pytest.raises(Refused, match="须由负责人特批"):
        house.take(LoanFlow, "allow", loan, "officer")
    assert house.take(LoanFlow, "special", loan, "chief", note="同意").extensions == 1


def test_what_is_lost_is_answered_for_before_the_loan_ends(house: House, store: Store) -> None:
    cards = [house.card(), house.card()]
    house.entered(cards, store=store)
    signed(house, cards)
    lost, damaged = Thing._base_manager.order_by("pk")
    house.take(ThingFlow, "report", lost, "clerk2", harm="lost", harm_words="搬运中遗失")
    house.take(ThingFlow, "hand_in", damaged, "clerk2")
    house.take(ThingFlow, "harmed", damaged, "keeper", harm="damaged", harm_words="桌面开裂")
    loan = Loan._base_manager.get()
    with pytest.raises(Refused, match="还有 2 件没有归还"), scope.everything("test") as by:
        LoanFlow.take("close", loan, by=by)
    for thing, sum_ in ((lost, 800), (damaged, 0)):
        asked = {"liable": "借用单位负责", "compensation": Decimal(sum_)}
        if sum_:
            with pytest.raises(Invalid, match="何日前缴清"):
                house.take(ThingFlow, "settle", thing, "officer", **asked)
        house.take(ThingFlow, "settle", thing, "officer", **asked, compensation_due=TODAY + dt.timedelta(days=30))
    assert Loan._base_manager.get().state == LoanState.CLOSED and not Hold.objects.exists()
    assert sorted(Item._base_manager.values_list("state", "grade")) == [("lost", "spent"), ("repair", "repair")], (
        "nobody has said that what is damaged is past repair"
    )
    due = Income._base_manager.get()
    assert (due.kind, due.amount, due.organ_id, due.card_id) == ("compensation", 800, lost.card.organ_id, lost.card_id)
    assert due.due_on == TODAY + dt.timedelta(days=30), "by the day that was said, not the next morning"
    assert not Thing._base_manager.get(pk=damaged.pk).compensation_due, "nothing is paid, so there is no day"


def test_a_thing_that_stayed_on_site_is_handed_out_by_its_owner(house: House) -> None:
    card = house.card()
    house.entered([card])
    exit_ = signed(house, [card], mode="use", until=None)
    assert exit_.giver_id == house.organs["school"].pk and Loan._base_manager.get().due is None


def test_idle_cards_of_others_are_not_reserved_past_their_owner(house: House) -> None:
    for card in (house.card(use_state="idle", idle_since=TODAY), house.card()):
        with pytest.raises(Refused, match="不能预留") as refused:
            ask(house, [card])
        assert "所属单位同意" in str(refused.value.why) and "配置需求" in str(refused.value.instead)
    assert not Item._base_manager.exists() and not Hold.objects.exists()


def test_the_catalogue_shows_its_own_level_or_the_city_and_nothing_of_the_cards(house: House, store: Store) -> None:
    own, wide, hidden = house.card(), house.card(), house.card()
    for card, listing in ((own, "level"), (wide, "city"), (hidden, "unit")):
        house.entered([card], store=store, listing=listing)

    def seen(name: str) -> set[int]:
        return house.do(name, lambda who: set(Offer.objects.values_list("card_id", flat=True)))

    assert (
        seen("clerk2") == {own.pk, wide.pk}
        and seen("farclerk") == {wide.pk}
        and seen("clerk") == {own.pk, wide.pk, hidden.pk}
    )
    assert (
        house.do("clerk2", lambda who: Item.objects.count() + Card.objects.filter(organ=house.organs["school"]).count())
        == 0
    )
    with pytest.raises(NotFound):
        ask(house, [own], name="farclerk", organ="far")
    with pytest.raises(NotFound):
        ask(house, [hidden])


def test_across_levels_the_authority_above_decides(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store, listing="city")
    exit_ = ask(house, [card], name="cityclerk", organ="court")[0].exit
    assert exit_.authority_id == house.organs["city"].pk
    house.take(ExitFlow, "submit", exit_, "cityclerk", mode="loan", purpose="会议")
    house.take(ExitFlow, "agree", exit_, "cityhead")
    with pytest.raises(Forbidden):
        house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY)
    house.take(ExitFlow, "approve", exit_, "cityofficer", keep_until=TODAY)
    house.take(ExitFlow, "pick", exit_, "keeper", counted=1)


def test_an_event_falls_due_on_its_last_day_and_blocks_the_next(house: House, store: Store) -> None:
    cards = [house.card(), house.card()]
    house.entered(cards, store=store)
    event = factories.kept(Event, where=house.organs["health"], opens=TODAY, closes=TODAY + dt.timedelta(days=10))
    exit_ = ask(house, cards[:1], event=event)[0].exit
    assert exit_.until == event.closes
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议", event=event)
    house.take(ExitFlow, "agree", exit_, "head2")
    house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY)
    for step in ("pick", "deliver"):
        house.take(ExitFlow, step, exit_, "keeper", **({"counted": 1} if step == "pick" else {}))
    house.take(ExitFlow, "sign", exit_, "clerk2")
    with clock.on(event.closes):
        ask(house, cards[1:], until=event.closes)
    with clock.on(event.closes + dt.timedelta(days=1)):
        with pytest.raises(Refused, match="还有活动物品没有归还"):
            ask(house, cards[1:])
        with pytest.raises(Refused, match="1 件借用物品未归还"):
            house.take(EventFlow, "close", event, "clerk2")
        house.take(LoanFlow, "hand_in", Loan._base_manager.get(), "clerk2")
        house.take(ThingFlow, "fine", Thing._base_manager.get(), "keeper")
        assert house.take(EventFlow, "close", event, "clerk2").closed_on == clock.today()


def test_an_event_that_is_moved_takes_its_loans_along(house: House, store: Store) -> None:
    cards = [house.card(), house.card()]
    house.entered(cards, store=store)
    event = factories.kept(Event, where=house.organs["health"], opens=TODAY, closes=TODAY + dt.timedelta(days=10))
    exit_ = ask(house, cards[:1], event=event)[0].exit
    waiting = ask(house, cards[1:], until=None)[0].exit  # from the catalogue: the event is named with the submission
    house.take(ExitFlow, "submit", waiting, "clerk2", mode="loan", purpose="会议", event=event)
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议", event=event)
    house.take(ExitFlow, "agree", exit_, "head2")
    house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY)
    house.take(ExitFlow, "pick", exit_, "keeper", counted=1)
    house.take(ExitFlow, "deliver", exit_, "keeper")
    house.take(ExitFlow, "sign", exit_, "clerk2")
    later = event.closes + dt.timedelta(days=5)
    event.closes = later
    with pytest.raises(Invalid) as refused:
        house.do("clerk2", lambda who: keep(event, by=who))
    assert "不能单独修改" in refused.value.faults[0].reason
    event.refresh_from_db()
    # Or the late would excuse themselves.
    with clock.on(event.closes + dt.timedelta(days=1)), pytest.raises(Refused, match="不能改期"):
        house.do("clerk2", lambda who: move_end(event, later + dt.timedelta(days=30), by=who, note="天气"))
    issue(house, "warehouse.loan_days", 15)
    with pytest.raises(Refused, match="改期后借用 16 天，超过最长借用期限"):
        house.do("clerk2", lambda who: move_end(event, later + dt.timedelta(days=1), by=who, note="天气"))
    opens = event.opens + dt.timedelta(days=3)
    assert house.do("clerk2", lambda who: move_end(event, later, by=who, note="天气", opens=opens)) == 1
    assert Notice.objects.filter(title__contains=f"改为 {later} 前归还").exists(), "whoever lent it is told"
    loan = Loan._base_manager.get()
    event = Event._base_manager.get()
    assert (loan.due, event.opens, event.closes) == (later, opens, later)
    assert [task.due for task in LoanFlow.tasks(loan)] == [later]
    assert type(waiting)._base_manager.get(pk=waiting.pk).until == later


def test_in_an_emergency_the_keeper_hands_out_first_and_the_papers_follow(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store)
    alarm = Activation(organ=house.organs["authority"], reason="防汛", since=TODAY, days=3)
    house.do("chief", lambda who: keep(alarm, by=who))
    exit_ = house.do(
        "keeper",
        lambda who: reserving.first_aid([card], activation=alarm, organ=house.organs["health"], by=who, day=TODAY),
    )
    assert (exit_.state, exit_.papers_due) == (ExitState.EMERGENCY, TODAY + dt.timedelta(days=3))
    assert Loan._base_manager.get().state == LoanState.OPEN and Item._base_manager.get().state == ItemState.OUT
    assert [task.due for task in ExitFlow.tasks(exit_)] == [exit_.papers_due]
    assert [one["name"] for one in house.do("keeper", lambda who: ExitFlow.path(exit_, who))] == ["complete"]
    house.take(ExitFlow, "complete", exit_, "clerk2", purpose="防汛值守", until=UNTIL)
    assert house.take(ExitFlow, "confirm", exit_, "officer").completed_on == TODAY
    loan = Loan._base_manager.get()
    assert (loan.due, loan.purpose) == (UNTIL, "防汛值守")
    assert [task.due for task in LoanFlow.tasks(loan)] == [UNTIL]


def test_a_disposal_claims_what_is_in_stock_and_may_give_it_back(house: House, store: Store) -> None:
    card, lent = house.card(), house.card()
    house.entered([card, lent], store=store)
    signed(house, [lent])
    case = factories.kept(Standard, where=house.organs["school"])
    reasons = queries.screening(card, TODAY)
    assert any("可供调剂" in reason for reason in reasons)
    with scope.everything("test") as by:
        with pytest.raises(Refused, match="已有安排"):
            claim_for_disposal([card, lent], case=case, words="报废", by=by, right="warehouse.item:keep")
        assert claim_for_disposal([card], case=case, words="报废", by=by, right="warehouse.item:keep") == 1
        assert Item._base_manager.get(card=card).state == ItemState.DISPOSAL
        assert back_from_disposal([card], case=case, by=by, right="warehouse.item:keep") == 1
    assert queries.available(house.organs["health"].jurisdiction.path).count() == 1


def test_a_transfer_of_title_ends_one_card_and_begins_another(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store)
    exit_ = signed(house, [card], mode="transfer", until=None)
    line = Reservation._base_manager.select_related("new_card").get()
    assert exit_.state == ExitState.DONE and line.new_card is not None
    drawn = house.do("officer", lambda who: ExitFlow.path(exit_, who))
    assert [(one["name"], one["status"]) for one in drawn] == [
        (name, "done") for name in ("submit", "agree", "forward", "grant", "pick", "deliver", "sign")
    ]
    assert (line.new_card.organ_id, line.new_card.former_id) == (house.organs["health"].pk, card.pk)
    assert line.new_card.custodian == house.users["clerk2"].name, "whoever signed has it"
    old = Card._base_manager.get(pk=card.pk)
    assert old.disposed == TODAY and old.disposal == "transfer" and Item._base_manager.get().state == ItemState.TITLED
    assert not Hold.objects.exists() and not Loan._base_manager.exists()
    assert {one.organ_id for one in Voucher._base_manager.filter(source_kind=exit_.label)} == {
        house.organs["school"].pk, house.organs["health"].pk,
    }  # fmt: skip


def test_the_chain_of_a_loan_leaves_out_what_came_in_beside_its_thing(house: House) -> None:
    lent, beside = house.entered([house.card(), house.card()])
    loan = Loan._base_manager.get(exit=signed(house, [lent.card]))
    with scope.everything("test"):
        keys = {node.key for node in chain_of(loan).nodes}
    assert {("warehouse.entry", lent.entry_id), ("warehouse.item", lent.pk)} <= keys
    assert ("warehouse.item", beside.pk) not in keys
