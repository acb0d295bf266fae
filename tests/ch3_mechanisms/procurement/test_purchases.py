"""Nothing is bought past need, plan, price and money; what is delivered becomes cards at once; the whole chain is one page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.matching import MatchFlow, accept
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.allocation.queries import cover
from baozhang.ch2_provision.assets.models import Card, Voucher
from baozhang.ch2_provision.funding.flows import PlanFlow, PlanLineFlow
from baozhang.ch2_provision.funding.models import BudgetLine, Commitment, PlanLine
from baozhang.ch3_mechanisms.procurement.actions import begin
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import DeliveredCard, Delivery, Purchase, PurchaseLine
from baozhang.kernel import chain, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from tests import factories
from tests.ch3_mechanisms.procurement.conftest import Shop
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
TOTAL = Decimal(13500)


def test_from_the_need_to_the_card_and_the_chain_shows_all_of_it(shop: Shop) -> None:
    need = shop.funded()
    purchase = shop.contracted(need)
    line = BudgetLine._base_manager.get(organ=shop.agency)
    assert (line.committed, line.remaining) == (TOTAL, Decimal(0))

    shop.count(purchase, 1)
    assert Purchase._base_manager.get(pk=purchase.pk).state == "contracted"
    shop.count(purchase, 2)
    cards = list(Card._base_manager.filter(organ=shop.agency).order_by("number"))
    first = cards[0]
    assert len(cards) == 3 and (first.item, first.value, first.custodian, first.place) == (
        "desktop",
        Decimal(4500),
        "李某",
        "2号楼",
    )
    assert (first.contract, first.invoice, first.seller, first.acquisition) == (
        "HT-2026-01",
        "F-1",
        "江海办公设备公司",
        "bought",
    )
    assert first.voucher == Voucher._base_manager.order_by("pk")[0].number
    need.refresh_from_db()
    assert (need.state, need.received) == ("met", 3)

    paid = {"paid": "13400", "paid_on": TODAY, "payment": "付-9"}
    assert shop.take("张会", PurchaseFlow, "settle", purchase, **paid).state == "settled"
    line.refresh_from_db()
    assert (line.spent, line.committed, line.remaining) == (Decimal(13400), Decimal(0), Decimal(100))
    assert sum(voucher.debit for voucher in Voucher._base_manager.all()) == TOTAL + 13400
    shown_whole(need, purchase, first, line)


def shown_whole(*starts: Any) -> None:
    """From any of its records the chain is the same, in the order of its making."""
    with scope.everything("test"):
        for start in starts:
            found = chain.chain_of(start)
            kinds = [node.key[0] for node in found.nodes]
            assert {
                "allocation.need",
                "funding.planline",
                "funding.budgetline",
                "procurement.purchase",
                "procurement.delivery",
                "assets.card",
            } <= set(kinds)
            assert kinds.count("assets.card") == 3 and not {
                "procurement.purchaseline",
                "procurement.deliveredcard",
            } & set(kinds)
        depth = {node.key[0]: node.depth for node in found.nodes}
        order = (
            "allocation.need",
            "funding.planline",
            "funding.budgetline",
            "procurement.purchase",
            "procurement.delivery",
            "assets.card",
        )
        assert [depth[kind] for kind in order] == sorted(depth[kind] for kind in order)
        drawn = chain.chain_of(PurchaseLine._base_manager.get())
        assert "procurement.purchaseline" in [node.key[0] for node in drawn.nodes]  # whoever stands on a joint sees it


def test_without_the_no_match_or_the_agreed_plan_nothing_is_bought(shop: Shop) -> None:
    shop.round()
    need = shop.need()
    with pytest.raises(Refused, match="计划事项尚未同意") as refused:
        shop.take("产管", PurchaseFlow, "submit", shop.draft(need))
    assert refused.value.article == "第九条"
    other = Need(organ=shop.agency, item="printer", quantity=1, purpose="办公", needed_by=TODAY)
    shop.act("产管", keep, other)
    with pytest.raises(Refused, match="没有“确实无法调剂”的记录") as refused:
        shop.take("产管", PurchaseFlow, "submit", shop.draft(other, 1))
    assert refused.value.article == "第十二条第二款"
    with pytest.raises(Refused, match="没有明细"):
        empty = Purchase(organ=shop.agency, title="空", way="framework")
        shop.act("产管", PurchaseFlow.start, empty)
        shop.take("产管", PurchaseFlow, "submit", empty)


def test_quantity_price_and_money_each_have_their_limit(shop: Shop) -> None:
    need = shop.funded()
    with pytest.raises(Refused, match="采购 4 件，超出可采购的 3 件"):
        shop.take("产管", PurchaseFlow, "submit", shop.draft(need, 4, 3000))
    with pytest.raises(Refused, match=r"价格上限 5,000\.00 元，每件超出 0\.01 元") as refused:
        shop.take("产管", PurchaseFlow, "submit", shop.draft(need, 1, Decimal("5000.01")))  # type: ignore[arg-type]
    assert "财资〔2016〕27号" in refused.value.why
    with pytest.raises(Refused, match=r"超出预算余额 0\.03 元") as refused:
        shop.take("产管", PurchaseFlow, "submit", shop.draft(need, 3, Decimal("4500.01")))  # type: ignore[arg-type]
    assert refused.value.article == "第八条第一款" and refused.value.facts["余额"] == TOTAL
    shop.take("产管", PurchaseFlow, "submit", shop.draft(need, 3, 4500))


def test_one_need_is_not_bought_twice_and_a_cancelled_purchase_frees_it(shop: Shop) -> None:
    need = shop.funded()
    first, second = shop.draft(need), shop.draft(need)
    shop.take("产管", PurchaseFlow, "submit", first)
    with pytest.raises(Refused, match="超出可采购的 0 件") as refused:
        shop.take("产管", PurchaseFlow, "submit", second)
    assert first.number in refused.value.why
    shop.take("王局", PurchaseFlow, "agree", first)
    shop.take("钱资", PurchaseFlow, "check", first)
    assert Commitment._base_manager.get().state == "open"
    shop.take("产管", PurchaseFlow, "cancel", first, note="供应商退出")
    assert BudgetLine._base_manager.get().remaining == TOTAL
    shop.take("产管", PurchaseFlow, "submit", second)


def test_who_buys_does_not_count_and_what_did_not_come_is_not_counted(shop: Shop) -> None:
    purchase = shop.contracted(shop.funded())
    with pytest.raises(Forbidden, match="经办人"):
        shop.count(purchase, 1, who="产管")
    with pytest.raises(Refused, match="只剩 3 件"):
        shop.count(purchase, 4)
    with pytest.raises(Invalid):
        shop.count(purchase, 0)
    shop.count(purchase, 1)
    assert Delivery._base_manager.count() == 1 and DeliveredCard._base_manager.count() == 1
    with pytest.raises(Refused, match="还有 2 件没有验收"):
        shop.take("点收", PurchaseFlow, "complete", purchase)
    shop.take("产管", PurchaseFlow, "close_short", purchase, note="余货停产")
    with pytest.raises(Refused, match=r"已验收 4,500\.00 元"):
        shop.take("张会", PurchaseFlow, "settle", purchase, paid="4500.01", paid_on=TODAY, payment="付-1")
    shop.take("张会", PurchaseFlow, "settle", purchase, paid="4500", paid_on=TODAY, payment="付-1")
    assert BudgetLine._base_manager.get().remaining == Decimal(9000)


def test_a_lease_has_its_end_and_its_cards_no_value(shop: Shop) -> None:
    need = shop.funded(means="rent")
    assert BudgetLine._base_manager.get().item == "30214"  # 租赁费
    with pytest.raises(Refused, match="计划同意的是租用，不能购置"):
        shop.take("产管", PurchaseFlow, "submit", shop.draft(need))
    purchase = shop.contracted(need, means="rent")
    shop.count(purchase, 3)
    card = Card._base_manager.filter(organ=shop.agency)[0]
    assert (card.acquisition, card.value, card.value_type) == (
        "leased",
        Decimal(0),
        "nominal",
    ) and "租期至" in card.remarks
    assert not Voucher._base_manager.exists()


def test_what_was_reserved_beside_the_plan_and_fell_away_is_looked_for_anew(shop: Shop) -> None:
    shop.round()
    idle = factories.kept(Card, where=shop.agency, acquired=dt.date(2023, 3, 4), use_state="idle", idle_since=TODAY)
    need = factories.kept(
        Need, where=shop.agency, item="desktop", quantity=3, purpose="新设科室", needed_by=TODAY + dt.timedelta(days=60)
    )
    shop.take("产管", NeedFlow, "submit", need)
    (match,) = shop.act("产管", accept, need, [idle.pk])
    shop.take("产管", NeedFlow, "record_none", need)
    need = shop.take("产管", NeedFlow, "plan_it", need, means="buy", unit_price="4500")
    assert need.planned == 2
    shop.take("产管", MatchFlow, "let_go", match, note="开不了机")
    with pytest.raises(Refused, match="所在计划还在办理"):
        shop.take("产管", NeedFlow, "look_again", need)
    plan = shop.agreed(PlanLine._base_manager.get(pk=need.plan_line_id))
    shop.grant(shop.apply(shop.budget(plan)))
    with pytest.raises(Refused, match="计划同意 2 件，已到位 0 件"):
        shop.take("产管", NeedFlow, "look_again", need)
    shop.count(shop.contracted(need, 2), 2)
    need.refresh_from_db()
    assert (need.state, need.received, cover.left(need)) == ("open", 2, 1)


def test_a_need_whose_line_the_authority_refused_is_not_stuck(shop: Shop) -> None:
    shop.round()
    need = shop.need()
    line = PlanLine._base_manager.get(pk=need.plan_line_id)
    plan = shop.hand_in(line.plan)
    shop.take("赵计", PlanLineFlow, "refuse", line, reason="本年压减")
    shop.take("赵计", PlanFlow, "review", plan)
    shop.take("孙局", PlanFlow, "agree", plan)
    need = shop.take("产管", NeedFlow, "look_again", need)
    assert (need.state, need.planned, cover.left(need)) == ("open", 0, 3)
    assert shop.take("产管", NeedFlow, "cancel", need, note="下一年再提").state == "withdrawn"


def test_a_purchase_begins_with_what_the_authority_has_left_of_the_line(shop: Shop) -> None:
    shop.round()
    need = shop.need(3, 4500)
    line = PlanLine._base_manager.get(pk=need.plan_line_id)
    plan = shop.hand_in(line.plan)
    shop.take("赵计", PlanLineFlow, "reduce", line, agreed_quantity="2", agreed_amount="8000", reason="本年压减")
    shop.take("赵计", PlanFlow, "review", plan)
    shop.take("孙局", PlanFlow, "agree", plan)
    made = shop.act("产管", begin, Need._base_manager.get(pk=need.pk))
    row = PurchaseLine._base_manager.get(purchase=made)
    assert (row.quantity, row.unit_price) == (2, 4000)
    assert made.amount == 8000, "a draft shows what it comes to before it is handed in"
    assert line.unit == "件"


def test_what_a_supplier_no_longer_brings_may_be_bought_from_another(shop: Shop) -> None:
    need = shop.funded()
    purchase = shop.contracted(need)
    shop.count(purchase, 2)
    shop.take("产管", PurchaseFlow, "close_short", purchase, note="供应商停产")
    shop.take("张会", PurchaseFlow, "settle", purchase, paid="9000", paid_on=TODAY, payment="付-9")
    need.refresh_from_db()
    assert (need.state, need.received) == ("planned", 2)
    rest = shop.act("产管", begin, need)
    assert [line.quantity for line in PurchaseLine._base_manager.filter(purchase=rest)] == [1]
    for who, step in (("产管", "submit"), ("王局", "agree"), ("钱资", "check")):
        shop.take(who, PurchaseFlow, step, rest)
    shop.take("产管", PurchaseFlow, "sign", rest, supplier="另一家", contract="HT-2", signed_on=TODAY)
    shop.count(rest, 1)
    need.refresh_from_db()
    assert (need.state, need.received) == ("met", 3)
    with pytest.raises(Refused, match="没有可以采购的数量"):
        shop.act("产管", begin, need)


def test_what_is_no_number_is_no_payment(shop: Shop) -> None:
    purchase = shop.contracted(shop.funded())
    shop.count(purchase, 3)
    with pytest.raises(Invalid):
        shop.take("张会", PurchaseFlow, "settle", purchase, paid="NaN", paid_on=TODAY, payment="付-9")
