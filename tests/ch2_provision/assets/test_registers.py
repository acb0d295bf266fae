"""The pages that put cards side by side: with the books, with what was counted, by holder, by keeper; and the month's charge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import DepreciationRun, LedgerTotal
from baozhang.ch2_provision.assets.queries.reconciling import Counted, counted, miscounted, three_ways
from tests import factories
from tests.conftest import TODAY

from .conftest import MakeCard

Door = Callable[..., Client]
DIFFERENCES = "/assets/totals/differences/"


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_books_cards_and_things_side_by_side(
    agency: Organization, card: MakeCard, as_user: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = TODAY - dt.timedelta(days=4)
    chairs = card(name="办公椅", quantity="10", value="5000", category="furniture", voucher="记1")
    factories.save(LedgerTotal(organ=agency, day=day, category="furniture", value=Decimal(5800), quantity=Decimal(10)))
    monkeypatch.setattr(counted, "answers", [lambda organs, day: {chairs.pk: Counted(TODAY, Decimal(9))}])
    (line,) = three_ways(TODAY, [agency.pk], things=True)
    assert line.gaps == {"quantity": 0, "value": 800, "depreciated": None, "found": -1}
    assert [(one.pk, found.quantity) for one, found in miscounted(agency.pk, "furniture", TODAY)] == [(chairs.pk, 9)]
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    assert "1 项中有 1 项不符" in page(client, DIFFERENCES)
    opened = page(client, f"{DIFFERENCES}{agency.pk}/furniture/")
    assert chairs.number in opened and "盘点与卡片数量不同的" in opened


def test_what_agrees_is_left_out_until_asked_for(agency: Organization, card: MakeCard, as_user: Door) -> None:
    card(name="办公椅", value="5000", category="furniture")
    factories.save(LedgerTotal(organ=agency, day=TODAY, category="furniture", value=Decimal(5000)))
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    assert "家具和用具" not in page(client, DIFFERENCES) and "家具和用具" in page(client, f"{DIFFERENCES}?all=1")


def test_another_agencys_differences_do_not_exist(agency: Organization, neighbour: Organization, as_user: Door) -> None:
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    for url in (
        f"{DIFFERENCES}?organ={neighbour.pk}",
        f"{DIFFERENCES}{neighbour.pk}/furniture/",
        f"{DIFFERENCES}{agency.pk}/nothing/",
    ):
        assert client.get(url).status_code == 404


def test_titles_by_whose_name_they_stand_in(agency: Organization, card: MakeCard, as_user: Door) -> None:
    for name, holder in (("甲楼", "云间区机关事务管理局"), ("乙楼", "云间区教育局"), ("丙楼", "")):
        card(name=name, category="house", holder=holder)
    client = as_user(factories.person("clerk", "asset_clerk", agency))
    whole = page(client, "/assets/cards/titles/")
    assert all(name in whole for name in ("甲楼", "乙楼", "丙楼"))
    other = page(client, "/assets/cards/titles/?state=elsewhere")
    assert "乙楼" in other and "甲楼" not in other and "丙楼" not in other


def test_who_keeps_what(agency: Organization, card: MakeCard, as_user: Door) -> None:
    card(custodian="甲"), card(custodian="甲"), card(custodian="")
    shown = page(as_user(factories.person("clerk", "asset_clerk", agency)), "/assets/cards/keeping/")
    assert "甲" in shown and "10,000.00" in shown and "未登记保管人" in shown


def test_the_accountant_charges_a_month_from_the_page(agency: Organization, card: MakeCard, as_user: Door) -> None:
    card(value="7200", life_months=72)
    client = as_user(factories.person("books", "accountant", agency))
    assert "2026-02" in page(client, "/assets/depreciation/run/")
    for _time in range(2):
        assert client.post("/assets/depreciation/run/", {"month": "2026-02"}).status_code == 302
    assert DepreciationRun._base_manager.get().charge == 100
    clerk = as_user(factories.person("clerk", "asset_clerk", agency))
    assert clerk.get("/assets/depreciation/run/").status_code == 403
    assert client.post("/assets/depreciation/run/", {"month": "x"}).status_code == 422


def test_the_menu_marks_one_place(agency: Organization, as_user: Door) -> None:
    client: Any = as_user(factories.person("clerk", "asset_clerk", agency))
    shown = page(client, DIFFERENCES)
    assert shown.count('aria-current="page"') <= 2  # the menu at the side, once; the bar of the phone, at most once
