"""The less usual ends: a term that ran out on the way, a loan extended late, a disposal that came to nothing, a proposal that went by itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch2_provision.warehouse.actions import back_from_disposal, claim_for_disposal, keeping
from baozhang.ch2_provision.warehouse.choices import ExitState, ItemState, LoanState
from baozhang.ch2_provision.warehouse.flows import ExitFlow, LoanFlow, ProposalFlow
from baozhang.ch2_provision.warehouse.models import Exit, Item, Loan, Proposal, Store
from baozhang.ch2_provision.warehouse.queries import performance
from baozhang.ch3_mechanisms.standards.models import Standard
from baozhang.kernel import clock, ledger, scope
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.ch2_provision.warehouse.conftest import House
from tests.ch2_provision.warehouse.figures import issue
from tests.ch2_provision.warehouse.test_exit import TODAY, UNTIL, ask, signed

pytestmark = pytest.mark.django_db


def kept(house: House, item: Item, act: str, **values: object) -> None:
    """The keeper does something with an item as it stands."""
    rows = [Item._base_manager.get(pk=item.pk)]
    house.do("keeper", lambda who: getattr(keeping, act)(rows, by=who, **values))


def claimed_and_back(house: House, item: Item) -> str:
    """Its state after a disposal that came to nothing."""
    case = factories.kept(Standard, where=house.organs["school"])
    with scope.everything("test") as by:
        claim_for_disposal([item.card], case=case, words="报废", by=by, right="warehouse.item:keep")
        back_from_disposal([item.card], case=case, by=by, right="warehouse.item:keep")
    return Item._base_manager.get(pk=item.pk).state


def test_what_was_to_be_repaired_is_to_be_repaired_when_its_disposal_fails(house: House, store: Store) -> None:
    (item,) = house.entered([house.card()], store=store)
    kept(house, item, "send_to_repair", note="桌腿断")
    assert claimed_and_back(house, item) == ItemState.REPAIR


def test_what_was_past_repair_does_not_come_back_when_its_disposal_fails(house: House, store: Store) -> None:
    (item,) = house.entered([house.card()], store=store)
    kept(house, item, "send_to_repair", note="桌腿断")
    kept(house, item, "repaired", cost=Decimal(0), grade="spent")
    assert claimed_and_back(house, item) == ItemState.DISPOSAL


def test_whose_last_day_passed_before_he_signed_asks_anew_for_a_later_one(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store)
    exit_ = ask(house, [card])[0].exit
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议")
    house.take(ExitFlow, "agree", exit_, "head2")
    house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY + dt.timedelta(days=9))
    house.take(ExitFlow, "pick", exit_, "keeper", counted=1)
    house.take(ExitFlow, "deliver", exit_, "keeper")
    late = UNTIL + dt.timedelta(days=1)
    with clock.on(late):
        with pytest.raises(Refused, match="已过"):
            house.take(ExitFlow, "sign", exit_, "clerk2")
        fresh = Exit._base_manager.get(pk=exit_.pk)
        house.do("clerk2", lambda who: ExitFlow.send_back(fresh, to="reserved", by=who, note="另填归还日期"))
        house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议", until=late + dt.timedelta(days=9))
        assert Exit._base_manager.get(pk=exit_.pk).state == ExitState.SUBMITTED


def test_a_loan_is_not_extended_to_a_day_that_has_passed(house: House, store: Store) -> None:
    card = house.card()
    house.entered([card], store=store)
    signed(house, [card])
    loan, late = Loan._base_manager.get(), UNTIL + dt.timedelta(days=40)
    for wanted, asked, allowed in (
        (late - dt.timedelta(days=1), late - dt.timedelta(days=1), False),
        (late, late, True),
    ):
        with clock.on(asked):
            for wrong in (asked - dt.timedelta(days=1), UNTIL):
                with pytest.raises(Refused, match="须晚于应还日期"):
                    house.take(LoanFlow, "extend", loan, "clerk2", wanted=wrong, wanted_why="还要用")
            house.take(LoanFlow, "extend", loan, "clerk2", wanted=wanted, wanted_why="还要用")
        with clock.on(late):
            if allowed:
                assert house.take(LoanFlow, "special", loan, "chief", note="同意").due == late
                said = (
                    ledger.history(loan.label, loan.pk).filter(act="warehouse.extended").values_list("note", flat=True)
                )
                assert list(said) == ["逾期 40 天后续借"]
            else:
                with pytest.raises(Refused, match="不早于今天"):
                    house.take(LoanFlow, "special", loan, "chief", note="同意")
                assert house.take(LoanFlow, "deny", loan, "officer", note="已过").state == LoanState.OPEN


def test_what_went_by_itself_was_answered_by_nobody(house: House) -> None:
    made = [
        Proposal(
            organ=house.organs["school"], authority=house.organs["authority"], card=house.card(), reason="idle", article="第十五条", sentence="闲置",
            value=Decimal(1), proposed_on=TODAY,
        )
        for _ in range(2)
    ]  # fmt: skip
    with scope.everything("test") as by:
        ProposalFlow.start(made, by=by)
        ProposalFlow.take("vanish", made[0], by=by, note="情形已消除")
    house.take(ProposalFlow, "decline", made[1], "clerk", answer="下月启用")
    (share,) = performance.shares(house.organs["authority"], TODAY, TODAY)
    assert (share.proposed, share.answered) == (2, 1)


def test_nothing_is_kept_longer_than_the_issued_days(house: House, store: Store) -> None:
    issue(house, "warehouse.reserve_days", 5)
    card = house.card()
    house.entered([card], store=store)
    exit_ = ask(house, [card])[0].exit
    house.take(ExitFlow, "submit", exit_, "clerk2", mode="loan", purpose="会议")
    house.take(ExitFlow, "agree", exit_, "head2")
    with pytest.raises(Refused, match="超过预留期限"):
        house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY + dt.timedelta(days=6))
    house.take(ExitFlow, "approve", exit_, "officer", keep_until=TODAY + dt.timedelta(days=5))


def test_a_past_period_tells_what_was_there_then(house: House, store: Store) -> None:
    (item,) = house.entered([house.card(value=Decimal(3000))], store=store)
    authority, later = house.organs["authority"], TODAY + dt.timedelta(days=40)
    kept(house, item, "send_to_repair", note="桌腿断")
    with clock.on(later):
        rows = [Item._base_manager.get(pk=item.pk)]
        house.do("officer", lambda who: keeping.give_back(rows, by=who, note="收回自用"))
    with scope.everything("test"):
        then, now = (performance.figures(authority, TODAY, day) for day in (later - dt.timedelta(days=1), later))
        (share,) = performance.shares(authority, TODAY, later - dt.timedelta(days=1))
    assert (then["stock"].value, then["worth"].value, then["stay"].value) == (1, Decimal(3000), Decimal("39.00"))
    assert (now["stock"].value, now["worth"].value, now["stay"].value) == (0, Decimal(0), Decimal("40.00"))
    assert share.standing == 1
