"""The sum of a purchase is what its lines say, at every moment and on every way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch3_mechanisms.procurement.actions import begin
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import Purchase, PurchaseLine
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Invalid
from tests.ch3_mechanisms.procurement.conftest import Shop

pytestmark = pytest.mark.django_db


def sums(purchase: Purchase) -> tuple[Decimal, Decimal]:
    """What the purchase says, and what its lines come to."""
    lines = PurchaseLine._base_manager.filter(purchase=purchase)
    return Purchase._base_manager.get(pk=purchase.pk).amount, sum((line.amount for line in lines), Decimal(0))


def test_a_line_added_changed_moved_or_taken_out_is_in_the_sum_at_once(shop: Shop, as_user: Callable[..., Any]) -> None:
    need = shop.funded()
    purchase = shop.act("产管", begin, need)
    assert sums(purchase) == (13_500, 13_500)
    line = PurchaseLine._base_manager.get(purchase=purchase)
    clerk = as_user("产管")
    form = {
        "purchase": purchase.pk,
        "need": need.pk,
        "quantity": "2",
        "unit_price": "4000",
        "place": "1",
        "version": line.version,
    }
    assert clerk.post(f"/procurement/lines/{line.pk}/edit/", form).status_code == 302
    assert sums(purchase) == (8_000, 8_000)
    body = json.dumps({"quantity": 1})
    assert clerk.patch(f"/api/procurement/lines/{line.pk}", body, content_type="application/json").status_code == 200
    assert sums(purchase) == (4_000, 4_000)
    other = shop.draft(need, 1, 4_400)
    assert sums(other) == (4_400, 4_400)
    moved = PurchaseLine._base_manager.get(purchase=other)
    moved.purchase, moved.place = Purchase._base_manager.get(pk=purchase.pk), 2
    shop.act("产管", keep, moved)
    assert sums(purchase) == (8_400, 8_400) and sums(other) == (0, 0)
    shop.act("产管", remove, moved, note="重复")
    assert sums(purchase) == (4_000, 4_000)
    assert "4,000.00" in clerk.get(f"/procurement/purchases/{purchase.pk}/").content.decode()


def test_who_adds_to_a_purchase_that_was_handed_in_meanwhile_is_refused(shop: Shop) -> None:
    need = shop.funded()
    purchase = shop.draft(need, 2)
    seen = PurchaseLine._base_manager.select_related("purchase").get(purchase=purchase)
    shop.take("产管", PurchaseFlow, "submit", purchase)
    seen.quantity = 3
    with pytest.raises(Invalid) as refusal:
        shop.act("产管", keep, seen)
    assert "已提交的采购不能增改明细" in [str(fault.reason) for fault in refusal.value.faults]
    assert sums(purchase) == (9_000, 9_000)
