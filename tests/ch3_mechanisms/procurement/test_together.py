"""What finance has granted for one need in several budgets pays together, each budget for its own part and never above the sum."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.assets.models import Voucher
from baozhang.ch2_provision.funding import actions as funding
from baozhang.ch2_provision.funding.models import BudgetLine, Commitment, PlanLine
from baozhang.ch3_mechanisms.procurement.actions import begin
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import Purchase, PurchaseLine
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from tests.ch3_mechanisms.procurement.conftest import SIGNED, Shop
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(shop: Shop) -> Need:
    """Three at 4,500 granted, then 900 more because each costs 4,800."""
    made = shop.funded(3, 4500)
    shop.dearer(made, 4800)
    return Need._base_manager.select_related("plan_line__plan").get(pk=made.pk)


def of_lines() -> list[tuple[Decimal, Decimal, Decimal]]:
    """What was granted, is committed and was spent, budget by budget."""
    rows = BudgetLine._base_manager.order_by("budget__edition", "pk")
    return list(rows.values_list("granted", "committed", "spent"))


def test_one_line_draws_on_the_first_budget_and_then_on_the_supplement(shop: Shop, need: Need) -> None:
    purchase = shop.contracted(need, 3, 4800)
    assert of_lines() == [(13_500, 13_500, 0), (900, 900, 0)]
    assert PurchaseLine._base_manager.get(purchase=purchase).budget_line.budget.edition == 1
    shop.count(purchase, 3)
    purchase = shop.take("张会", PurchaseFlow, "settle", purchase, paid=Decimal(14_000), paid_on=TODAY, payment="ZF-1")
    assert of_lines() == [(13_500, 0, 13_500), (900, 0, 500)]  # the 400 that it cost less are free again
    assert Voucher._base_manager.filter(source_kind=purchase.label, source_id=purchase.pk, debit=14_000).count() == 1


def test_the_page_of_the_purchase_says_which_budgets_pay(shop: Shop, need: Need, client: Client) -> None:
    purchase = shop.contracted(need, 3, 4800)
    client.force_login(User._base_manager.get(username="张会"))
    page = client.get(f"/procurement/purchases/{purchase.pk}/").content.decode()
    assert "经费来源" in page and "13,500.00" in page and "900.00" in page and "第2批" in page


def test_the_purchase_begins_at_the_price_that_the_plan_has_now(shop: Shop, need: Need) -> None:
    made = shop.act("产管", begin, need)
    assert PurchaseLine._base_manager.get(purchase=made).unit_price == 4800, (
        "the plan was amended since the need was planned"
    )


def test_a_cent_above_the_sum_is_refused_with_every_budget(shop: Shop, need: Need) -> None:
    purchase = shop.draft(need, 3, 4800)
    line = PurchaseLine._base_manager.get(purchase=purchase)
    line.unit_price = Decimal("4800.01")
    shop.act("产管", keep, line)
    with pytest.raises(Refused, match=r"超出预算余额 0\.03") as refusal:
        shop.take("产管", PurchaseFlow, "submit", purchase)
    assert (
        "13,500.00" in refusal.value.why and "900.00" in refusal.value.why and refusal.value.article == "第八条第一款"
    )
    assert of_lines() == [(13_500, 0, 0), (900, 0, 0)]


def test_what_is_called_off_goes_back_to_each_budget(shop: Shop, need: Need) -> None:
    purchase = shop.contracted(need, 3, 4800)
    shop.take("王局", PurchaseFlow, "dissolve", purchase, note="供应商停产")
    assert of_lines() == [(13_500, 0, 0), (900, 0, 0)]
    assert {row.state for row in Commitment._base_manager.all()} == {"released"}


def test_money_that_left_after_the_check_of_the_papers_is_missed_under_the_lock(shop: Shop, need: Need) -> None:
    purchase = shop.draft(need, 3, 4800)
    lines = list(BudgetLine._base_manager.order_by("budget__edition"))
    shop.act("张会", funding.spend, lines[0], 600, words="安装费 1 号")
    left = [(lines, Decimal(14_400))]
    with pytest.raises(Refused, match="还差 600") as refusal:
        shop.act("张会", funding.commit_together, left, case=purchase)
    assert "12,900" in refusal.value.why and "900" in refusal.value.why
    shop.act("张会", funding.commit_together, [(lines, Decimal(13_800))], case=purchase)
    assert of_lines() == [(13_500, 12_900, 600), (900, 900, 0)]


def test_asked_again_the_sum_is_the_new_one_and_what_is_not_drawn_on_is_let_go(shop: Shop, need: Need) -> None:
    purchase = shop.draft(need, 3, 4800)
    lines = list(BudgetLine._base_manager.order_by("budget__edition"))
    for asked, both in ((14_000, (13_500, 500)), (14_400, (13_500, 900)), (9_000, (9_000, 0))):
        shop.act("张会", funding.commit_together, [(lines, Decimal(asked))], case=purchase)
        assert tuple(row[1] for row in of_lines()) == both


def test_the_money_of_a_need_that_did_not_come_pays_for_no_other(shop: Shop) -> None:
    shop.round()
    first, second = shop.need(1, 4500), shop.need(2, 3000)
    plan = shop.agreed(
        *PlanLine._base_manager.filter(pk__in=(first.plan_line_id, second.plan_line_id)).select_related("plan")
    )
    shop.grant(shop.apply(shop.budget(plan)))
    purchase = shop.draft(first, 1, 4500)
    shop.act("产管", keep, PurchaseLine(purchase=purchase, need=second, quantity=2, unit_price=Decimal(3000)))
    for who, step in (("产管", "submit"), ("王局", "agree"), ("钱资", "check")):
        shop.take(who, PurchaseFlow, step, purchase)
    purchase = shop.take("产管", PurchaseFlow, "sign", purchase, **SIGNED)
    shop.count(purchase, 1)
    shop.take("产管", PurchaseFlow, "close_short", purchase, note="供应商断货")
    purchase = Purchase._base_manager.get(pk=purchase.pk)
    shop.take("张会", PurchaseFlow, "settle", purchase, paid=Decimal(4_500), paid_on=TODAY, payment="ZF-2")
    assert sorted(of_lines()) == [(4_500, 0, 4_500), (6_000, 0, 0)]
