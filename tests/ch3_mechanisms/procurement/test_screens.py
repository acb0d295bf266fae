"""The pages of need and purchase, by the people whose turn it is; what is posted with others' keys touches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from baozhang.ch2_provision.allocation.models import Match
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.ch3_mechanisms.procurement.models import Delivery, Purchase, PurchaseLine
from baozhang.kernel.accounts import User
from tests import factories
from tests.ch3_mechanisms.procurement.conftest import Shop

pytestmark = pytest.mark.django_db
Open = Callable[[str], Any]


@pytest.fixture
def door(as_user: Callable[..., Any], shop: Shop) -> Open:
    """Signs somebody in, who reads Chinese."""
    return lambda who: as_user(User._base_manager.get(username=who), HTTP_ACCEPT_LANGUAGE="zh-hans")


def test_a_purchase_is_begun_from_its_need_and_counted_on_its_page(shop: Shop, door: Open) -> None:
    need = shop.funded()
    clerk, page = door("产管"), f"/allocation/needs/{need.pk}/"
    assert clerk.post(f"{page}acts/purchase/", {}).status_code == 302
    purchase = Purchase._base_manager.get()
    line = PurchaseLine._base_manager.get()
    assert (line.quantity, line.unit_price, purchase.means) == (3, 4500, "buy")
    shown = clerk.get(page).content.decode()
    assert purchase.number in shown and "发起采购" not in shown  # nothing is left to buy
    assert clerk.post(f"{page}acts/purchase/", {}).status_code == 409 and Purchase._base_manager.count() == 1
    assert door("外会").post(f"{page}acts/purchase/", {}).status_code == 404


def test_what_was_counted_and_is_sent_twice_is_counted_once(shop: Shop, door: Open) -> None:
    purchase = shop.contracted(shop.funded())
    client, page = door("点收"), f"/procurement/purchases/{purchase.pk}/accept/"
    (key,) = re.findall(r'name="key" value="(\w{32})"', client.get(page).content.decode())
    line = PurchaseLine._base_manager.get(purchase=purchase)
    for _tap in range(2):
        assert client.post(page, {f"line-{line.pk}": "1", "custodian": "甲", "key": key}).status_code == 302
    assert Delivery._base_manager.get().quantity == 1


def test_keys_of_others_in_what_is_posted_touch_nothing(shop: Shop, door: Open) -> None:
    need = shop.funded()
    purchase, other = shop.contracted(need, 1), shop.draft(need, 1)
    strange = PurchaseLine._base_manager.get(purchase=other)
    counted = door("点收").post(
        f"/procurement/purchases/{purchase.pk}/accept/", {f"line-{strange.pk}": "1", "custodian": "甲"}
    )
    assert counted.status_code == 409 and not Delivery._base_manager.exists()
    assert door("外长").post(f"/procurement/purchases/{purchase.pk}/accept/", {}).status_code == 404

    idle = factories.kept(Card, where=shop.authority, use_state="in_use")  # in use: no candidate of anybody
    answer = f"/allocation/needs/{need.pk}/answer/"
    assert door("产管").post(answer, {"card": str(idle.pk)}).status_code == 409 and not Match._base_manager.exists()
    assert door("外会").post(answer, {"card": str(idle.pk)}).status_code == 404

    line = PlanLine._base_manager.get(pk=need.plan_line_id)
    theirs = f"/funding/plans/{shop.plan(shop.other).pk}/lines/"
    posted = {f"step-{line.pk}": "refuse", f"reason-{line.pk}": "x"}
    assert door("赵计").post(theirs, posted).status_code == 302  # no line of that plan: nothing is answered
    line.refresh_from_db()
    assert line.state == "agreed"
