"""Two purchases of one need are handed in at the same moment: one goes its way, the other is told. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.funding import actions as funding
from baozhang.ch2_provision.funding.models import BudgetLine, PlanLine
from baozhang.ch2_provision.funding.queries.plans import standing_plan
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import Purchase, PurchaseLine
from baozhang.kernel import clock
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from tests import crossing
from tests.ch3_mechanisms.procurement.conftest import Shop
from tests.committed import committed
from tests.conftest import TODAY


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


def at_once(keys: list[int], work: Callable[[Purchase], Any]) -> list[str]:
    """Everybody does the same at the same moment; what each was refused with, empty where he was not."""
    gate, found = threading.Barrier(len(keys)), []

    def one(pk: int) -> None:
        try:
            with clock.on(TODAY):
                mine = Purchase._base_manager.get(pk=pk)
                gate.wait(timeout=20)
                work(mine)
            found.append("")
        except Refused as refusal:
            found.append(str(refusal.what))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(pk,)) for pk in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def test_one_need_is_handed_in_twice_at_once(shop: Shop) -> None:
    need = shop.funded()
    drafts = [shop.draft(need) for _ in range(3)]
    found = at_once([draft.pk for draft in drafts], lambda mine: shop.take("产管", PurchaseFlow, "submit", mine))
    assert found.count("") == 1 and sum("超出可采购的 0 件" in said for said in found) == 2, found
    assert Purchase._base_manager.filter(state="submitted").count() == 1


def test_two_purchases_ask_for_the_same_line_of_the_budget_at_once(shop: Shop) -> None:
    need = shop.funded()  # 13,500 for three
    drafts = [shop.draft(need, 2, 4900), shop.draft(need, 1, 4900)]
    for draft in drafts:
        shop.take("产管", PurchaseFlow, "submit", draft)
        shop.take("王局", PurchaseFlow, "agree", draft)
    found = at_once([draft.pk for draft in drafts], lambda mine: shop.take("钱资", PurchaseFlow, "check", mine))
    assert sorted(map(bool, found)) == [False, True], found
    line = BudgetLine._base_manager.get()
    assert line.committed in (9800, 4900) and line.remaining == 13_500 - line.committed
    assert Purchase._base_manager.filter(state="approved").count() == 1


def test_what_two_budgets_have_together_is_never_promised_twice(shop: Shop) -> None:
    need = shop.funded()
    shop.dearer(need, 4800)  # 13,500 and 900 for three
    need = Need._base_manager.select_related("plan_line__plan").get(pk=need.pk)
    drafts = [shop.draft(need, 1, 4800) for _ in range(3)]
    for draft in drafts:
        shop.take("产管", PurchaseFlow, "submit", draft)
        shop.take("王局", PurchaseFlow, "agree", draft)
    shop.act("张会", funding.spend, BudgetLine._base_manager.get(budget__edition=1), 100, words="安装费 1 号")
    found = at_once([draft.pk for draft in drafts], lambda mine: shop.take("钱资", PurchaseFlow, "check", mine))
    assert sorted(map(bool, found)) == [False, False, True], found
    rows = BudgetLine._base_manager.order_by("budget__edition").values_list("committed", "spent")
    assert sum(committed for committed, _spent in rows) == 9600 and all(
        committed + spent <= most for (committed, spent), most in zip(rows, (13_500, 900), strict=True)
    )


def test_lines_that_are_added_at_once_are_all_in_the_sum(shop: Shop) -> None:
    need = shop.funded()
    draft = shop.draft(need, 1, 1000)

    def add(mine: Purchase) -> None:
        shop.act("产管", keep, PurchaseLine(purchase=mine, need=need, quantity=1, unit_price=Decimal(1000)))

    assert at_once([draft.pk] * 8, add) == [""] * 8
    lines = PurchaseLine._base_manager.filter(purchase=draft)
    assert sorted(lines.values_list("place", flat=True)) == list(range(1, 10))
    assert Purchase._base_manager.get(pk=draft.pk).amount == 9000


def test_a_need_is_withdrawn_while_its_plan_is_amended_and_its_line_bought(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second finds what became of it: no line of a withdrawn need is left in a version at work."""
    need = shop.funded()
    purchase = shop.draft(need)
    PurchaseLine._base_manager.filter(purchase=purchase).update(quantity=3)
    plan = standing_plan(shop.agency, need.plan_line.plan.year)
    assert plan is not None

    def retract() -> None:
        shop.take("产管", PurchaseFlow, "cancel", purchase, "不再需要")
        shop.take("产管", NeedFlow, "retract", Need._base_manager.get(pk=need.pk), "不再需要")

    def amend() -> None:
        shop.act("张会", funding.amend, plan, cause="机构改革")

    refused = crossing.at_once(monkeypatch, retract, amend)
    assert not any("Crossed" in one for one in refused), refused
    assert Need._base_manager.get(pk=need.pk).state == "withdrawn"
    left = PlanLine._base_manager.exclude(state="withdrawn").filter(plan__state__in=("draft", "agreed"))
    assert not left.exists(), [(line.plan, line.state) for line in left]
