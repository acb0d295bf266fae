"""Income from assets is due, paid with proof, and overdue the day after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.actions import charging, income
from baozhang.ch2_provision.assets.actions.vouchers import put_right
from baozhang.ch2_provision.assets.choices.books import IncomeKind, IncomeState
from baozhang.ch2_provision.assets.models import DepreciationRun, Income, Voucher, VoucherLine
from baozhang.kernel import clock, scope
from baozhang.kernel.refusal import Invalid, Refused
from tests import factories

from .conftest import MakeCard, found

DUE = dt.date(2026, 3, 10)


@pytest.fixture
def owed(agency: Organization, card: MakeCard) -> Income:
    """A rent of 900 yuan, due on 10 March."""
    with scope.everything("test") as by:
        return income.due(
            agency, kind=IncomeKind.RENT, amount=Decimal(900), card=card(), source=None, due_on=DUE, by=by
        )


def pay(one: Income, **options: object) -> Income:
    with clock.on(DUE), scope.everything("test") as by:
        return income.pay(one, **{"day": DUE, "receipt": "No.1", "by": by, **options})  # type: ignore[arg-type]


def test_it_is_overdue_from_the_next_day_until_it_is_paid(owed: Income) -> None:
    assert owed.number == "收2026-00001"
    assert found("income_overdue", DUE) == []
    (late,) = found("income_overdue", DUE + dt.timedelta(days=1))
    assert late.verdict.amount == 900 and "已超期 1 天" in late.verdict.sentence
    pay(owed, amount=Decimal(400))
    (late,) = found("income_overdue", DUE + dt.timedelta(days=2))
    assert late.verdict.amount == 500
    pay(owed, receipt="No.2")
    assert (owed.state, owed.paid_on, owed.receipt) == (IncomeState.PAID, DUE, "No.1、No.2")
    assert found("income_overdue", DUE + dt.timedelta(days=2)) == []


def test_no_receipt_no_payment_and_never_too_much(owed: Income) -> None:
    for wrong in ({"receipt": " "}, {"amount": Decimal("900.01")}, {"amount": Decimal(0)}):
        with pytest.raises(Invalid):
            pay(owed, **wrong)
    pay(owed)
    with pytest.raises(Refused, match="不能再登记缴库"):
        pay(owed)


def test_only_what_nobody_paid_is_taken_off_and_says_why(owed: Income) -> None:
    with scope.everything("test") as by:
        with pytest.raises(Refused):
            income.void(owed, by=by, note=" ")
        income.void(owed, by=by, note="合同提前终止")
    assert owed.open == 0 and found("income_overdue", DUE + dt.timedelta(days=9)) == []


def test_one_receipt_is_entered_once(owed: Income) -> None:
    """A request that is sent again after its answer was lost pays nothing again."""
    pay(owed, amount=Decimal(300))
    with pytest.raises(Refused, match=r"No\.1 已经登记"):
        pay(owed, amount=Decimal(300))
    assert Income._base_manager.get(pk=owed.pk).paid == 300


def test_every_receipt_is_kept_and_none_counts_twice(owed: Income) -> None:
    receipts = [f"31011726000000000{n}" for n in range(6)]
    for receipt in receipts:
        pay(owed, amount=Decimal(100), receipt=receipt)
    assert owed.receipt.split("、") == receipts
    for receipt in receipts:
        with pytest.raises(Refused, match="已经登记"):
            pay(owed, amount=Decimal(100), receipt=receipt)


def test_each_payment_has_its_voucher_through_what_is_owed_to_the_treasury(owed: Income) -> None:
    pay(owed, amount=Decimal(400), receipt="No.1")
    pay(owed, receipt="No.2")
    made = list(Voucher._base_manager.filter(source_kind=owed.label, source_id=owed.pk).order_by("pk"))
    assert [(one.kind, one.day, one.debit, one.credit) for one in made] == [
        ("income", DUE, 800, 800),
        ("income", DUE, 1000, 1000),
    ]
    assert "No.1" in made[0].words and "No.2" in made[1].words
    lines = VoucherLine._base_manager.filter(voucher=made[0]).order_by("place")
    assert list(lines.values_list("account", "debit", "credit")) == [
        ("1002", 400, 0),
        ("2103", 0, 400),
        ("2103", 400, 0),
        ("1002", 0, 400),
    ]
    assert {line.card_id for line in lines} == {owed.card_id}


def test_finance_is_led_from_its_workbench_to_what_is_overdue(
    owed: Income, agency: Organization, as_user: Callable[..., Any]
) -> None:
    factories.person(
        "云财政", "finance_officer", factories.organ("云间区财政局", agency.jurisdiction, competence="finance")
    )
    for day, said in ((DUE, False), (DUE + dt.timedelta(days=1), True)):
        with clock.on(day):
            finance = as_user("云财政")
            address = f"/assets/incomes/?state=due&amp;due_on_to={day - dt.timedelta(days=1)}"
            assert (address in finance.get("/").content.decode()) is said
            listed = finance.get(address.replace("&amp;", "&")).content.decode()
            assert (owed.number in listed) is said


def undone(voucher: Voucher, note: str = "退票") -> Voucher:
    with scope.everything("test") as by:
        return put_right(voucher, day=DUE, by=by, note=note, right="assets.voucher:reverse")


def test_a_payment_whose_voucher_is_reversed_is_owed_again(owed: Income) -> None:
    pay(owed, amount=Decimal(400))
    pay(owed, receipt="No.2")
    first, second = Voucher._base_manager.filter(source_kind="assets.income").order_by("pk")
    undone(second)
    owed.refresh_from_db()
    assert (owed.state, owed.paid, owed.paid_on, owed.receipt) == (IncomeState.DUE, 400, None, "No.1")
    (late,) = found("income_overdue", DUE + dt.timedelta(days=1))
    assert late.verdict.amount == 500
    undone(first)
    owed.refresh_from_db()
    assert (owed.paid, owed.receipt, owed.open) == (0, "", 900)
    with pytest.raises(Refused):
        undone(first)
    pay(owed, receipt="No.2")  # the bank sent it again
    assert owed.state == IncomeState.PAID


def test_the_voucher_of_a_month_is_reversed_with_its_month(agency: Organization, card: MakeCard) -> None:
    card(value=Decimal(3600), life_months=36, acquired=dt.date(2026, 1, 5))
    with scope.everything("test") as by:
        charging.charge(dt.date(2026, 1, 1), organs=[agency.pk], by=by)
    run = DepreciationRun._base_manager.get()
    assert run.voucher is not None
    undone(run.voucher)
    run.refresh_from_db()
    assert run.state == "reversed" and run.reversal.reverses_id == run.voucher_id
