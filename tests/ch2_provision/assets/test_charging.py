"""The month's depreciation: card by card what the schedule says, once, in order, and given back only from the end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.actions.charging import Charged, charge, undo
from baozhang.ch2_provision.assets.choices import DepreciationState, Disposal, Method, UseState, ValueType
from baozhang.ch2_provision.assets.models import Card, DepreciationRow, DepreciationRun, Voucher, VoucherLine
from baozhang.ch2_provision.assets.queries.depreciation import depreciation, figure_of
from baozhang.kernel import bulk, clock, ledger, scope
from baozhang.kernel.refusal import Invalid, Refused

from .conftest import MakeCard, keep_all, new_card

MONTH = dt.date(2026, 2, 1)


def run(month: dt.date = MONTH, *organs: Organization) -> Charged:
    with scope.everything("test") as by:
        return charge(month, organs=[organ.pk for organ in organs] or None, by=by)


@pytest.fixture
def chance() -> Random:
    """The same cards in every run."""
    return Random(7)


def strange(organ: Organization, chance: Random, n: int) -> Card:
    """A card of any sort that a ledger may bring."""
    day = dt.date(chance.randint(2017, 2026), chance.randint(1, 2), chance.randint(1, 28))
    value = Decimal(chance.randint(1, 9_999_999)) / 100
    opened = chance.random() < 0.4
    gone = chance.random() < 0.2 and day < dt.date(2025, 12, 1)
    state = chance.choice([UseState.IN_USE, UseState.IDLE, UseState.SCRAPPED] if not gone else [UseState.SCRAPPED])
    return new_card(
        organ=organ, number=f"S{n}", name=chance.choice(["台式计算机", "办公桌", "怪东西", "土地"]), value=value,
        acquired=chance.choice([day, day, None]), in_use_from=chance.choice([day, None]), life_months=chance.choice([None, 1, 60, 144, 600]),
        residual_rate=chance.choice([None, 0, 5, "3.33"]), method=chance.choice(["", "", Method.STRAIGHT, Method.WORK, Method.NONE]),
        value_type=chance.choice([*[ValueType.ORIGINAL] * 5, ValueType.NOMINAL]),
        depreciation_state=chance.choice(["", "", "", DepreciationState.OFF]),
        depreciated=(value * chance.randint(0, 100) / 100).quantize(Decimal("0.01")) if opened else None,
        depreciated_on=dt.date(chance.randint(2009, 2026), chance.randint(1, 2), 3) if opened else None,
        disposal=Disposal.SCRAPPING if gone else "", disposed=dt.date(2026, chance.randint(1, 3), 2) if gone else None, use_state=state,
    )  # fmt: skip


def test_each_card_is_charged_the_difference_of_its_schedule(agency: Organization, chance: Random) -> None:
    keep_all([strange(agency, chance, n) for n in range(300)])
    run()
    place, last = agency.jurisdiction.path.rstrip("/"), dt.date(2026, 2, 28)
    before = last.replace(day=1) - dt.timedelta(days=1)
    rows = {row.card_id: row for row in DepreciationRow.objects.all()}
    readers = [(day, figure_of(day, place)) for day in (last, before)]
    count = 0
    for card in Card._base_manager.order_by("id"):
        now, then = (depreciation(card, day, read) for day, read in readers)
        gone = (
            card.disposed is not None
            and card.disposed <= last
            or card.disposed is None
            and card.use_state == UseState.SCRAPPED
        )
        known = now.life is not None and card.begun is not None and card.begun <= last and card.method != Method.WORK
        expected = (
            now.accumulated - then.accumulated if known and not gone and now.accumulated is not None else Decimal(0)
        )  # type: ignore[operator]
        row = rows.pop(card.pk, None)
        assert (row.charge if row else 0) == expected, (card, vars(card))
        if row:
            assert row.accumulated == now.accumulated
            count += 1
    assert not rows and count > 20


def test_it_is_on_one_voucher_by_category(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    for value in ("7200", "3600"):
        card(value=value, life_months=72)
    card(value="1800", life_months=180, name="办公桌")
    card(organ=neighbour, value="720", life_months=72)
    done = run()
    assert (done.organs, done.cards, done.charge) == (2, 4, Decimal(170))
    voucher = DepreciationRun._base_manager.get(organ=agency).voucher
    assert voucher is not None and voucher.day == dt.date(2026, 2, 28)
    lines = VoucherLine._base_manager.filter(voucher=voucher).order_by("place")
    assert [(row.account, row.detail, row.debit, row.credit) for row in lines] == [
        ("5001", "设备", 150, 0), ("1602", "设备", 0, 150), ("5001", "家具和用具", 10, 0), ("1602", "家具和用具", 0, 10)]  # fmt: skip


def test_again_it_changes_nothing(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    card(), card(organ=neighbour)
    run(MONTH, agency)
    before = (Voucher._base_manager.count(), DepreciationRow.objects.count(), ledger.Entry.objects.count())
    assert run(MONTH, agency) == Charged(MONTH, 0, 1)
    assert (Voucher._base_manager.count(), DepreciationRow.objects.count(), ledger.Entry.objects.count()) == before
    assert run(MONTH).organs == 1  # the other agency's is still to be done


def test_months_follow_one_another(agency: Organization, card: MakeCard) -> None:
    card()
    with pytest.raises(Invalid, match="尚未到来"):
        run(dt.date(2026, 4, 1))
    run(dt.date(2026, 1, 1))
    for month in (dt.date(2026, 3, 1), dt.date(2025, 12, 1)):
        with pytest.raises(Refused, match="不能计提"):
            run(month)
    run(MONTH)
    run(dt.date(2026, 3, 1))  # the month is not over: dated today
    assert DepreciationRun._base_manager.get(month=dt.date(2026, 3, 1)).voucher.day == clock.today()  # type: ignore[union-attr]


def test_only_the_last_is_given_back(agency: Organization, card: MakeCard) -> None:
    thing = card(value="7200", life_months=72)
    run(dt.date(2026, 1, 1)), run(MONTH)
    first, second = DepreciationRun._base_manager.order_by("month")
    with scope.everything("test") as by:
        with pytest.raises(Refused, match="不能冲销"):
            undo(first, by=by, note="错")
        undo(second, by=by, note="年限填错")
        thing.life_months = 144
    keep_all([thing])
    run(MONTH)
    again = DepreciationRun._base_manager.get(month=MONTH, state="posted")
    assert (again.attempt, second.reversal is not None) == (2, True)
    # The longer life gives back what January had too much: 38 months at 50 less 37 months at 100 at the old life.
    assert again.charge == Decimal(50)


def test_a_month_is_not_given_back_below_one_that_is_charged_at_the_same_moment(
    agency: Organization, card: MakeCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    card(value="7200", life_months=72)
    run()
    (first,) = DepreciationRun._base_manager.all()
    turns = bulk.take_turns

    def waited(name: str) -> None:
        """While one waits for his turn, March is charged."""
        monkeypatch.setattr(bulk, "take_turns", turns)
        run(dt.date(2026, 3, 1))

    monkeypatch.setattr(bulk, "take_turns", waited)
    with scope.everything("test") as by, pytest.raises(Refused, match="不能冲销"):
        undo(first, by=by, note="错")
    assert DepreciationRun._base_manager.get(pk=first.pk).state == "posted"


def test_what_cannot_be_told_is_counted(agency: Organization, card: MakeCard) -> None:
    (
        card(),
        card(name="怪东西", class_code=""),
        card(acquired=None),
        card(method=Method.WORK),
        card(name="土地", category="land"),
    )
    run()
    one = DepreciationRun._base_manager.get()
    assert (one.cards, one.open_cards) == (1, 3)
