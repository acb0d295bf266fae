"""A need is answered from stock on a phone; another is declined, planned, bought, and becomes cards; the chain shows it all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from baozhang.kernel import clock
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.watching import shot

NEEDS, PURCHASES = "/allocation/needs/", "/procurement/purchases/"
SOON = (clock.today() + dt.timedelta(days=40)).isoformat()


@pytest.fixture
def person(visit: Callable[..., Page], sign_in: Callable[..., None]) -> Callable[..., Page]:
    """Somebody at a desk or with a phone, signed in."""

    def came(username: str, size: dict[str, int] = DESK) -> Page:
        page = visit(size)
        sign_in(page, username)
        return page

    return came


def take(page: Page, words: str, **fields: str) -> None:
    """Takes a step from the record's page."""
    page.locator(".steps").get_by_role("link", name=words, exact=True).click()
    dialog = page.locator("dialog[open]")
    for name, value in fields.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.get_by_role("button", name=words, exact=True).click()
    expect(page.locator(".messages")).to_contain_text(words)


def state(page: Page, item: str, purpose: str) -> str:
    """States a need of one piece; its address."""
    page.goto(f"{NEEDS}add/")
    page.locator("[name=item]").select_option(item)
    page.locator("[name=quantity]").fill("1")
    page.locator("[name=purpose]").fill(purpose)
    page.locator("[name=needed_by]").fill(SOON)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile(r"/needs/\d+/$"))
    take(page, "提出需求")
    return page.url


def test_a_need_is_answered_from_stock_on_a_phone(person: Any):
    phone = person("keyuan", PHONE)
    address = state(phone, "laptop", "外出招生")
    shot(phone, "need-1-stated")
    clerk = person("jiaoyu", PHONE)
    clerk.goto(address)
    clerk.get_by_role("link", name="存量答复", exact=True).click()
    expect(clerk.locator(".tiles")).to_contain_text("标准上限")
    shot(clerk, "need-2-answer")
    clerk.locator("input[name=card]").first.check()
    clerk.get_by_role("button", name="选用勾选的资产").click()
    expect(clerk.locator(".messages")).to_contain_text("已预留 1 件")
    expect(clerk.locator("h1 + .state, .line .state").first).to_have_text("已落实存量")
    shot(clerk, "need-3-matched")


def test_what_is_declined_is_reviewed_before_it_is_planned(person: Any):
    clerk = person("jiaoyu")
    address = state(clerk, "laptop", "考务专用")
    take(clerk, "候选不适用", declared="须未接入过互联网的全新设备")
    officer = person("zichan")
    officer.goto(address)
    take(officer, "同意不适用", note="属实")
    expect(officer.locator(".line .state").first).to_have_text("无可调剂")
    officer.goto(f"{address}chain/")
    expect(officer.locator(".chain")).to_contain_text("存量查找记录")
    shot(officer, "need-4-reviewed")


def test_the_chain_of_a_purchase_is_one_page_from_need_to_card(person: Any):
    page = person("jiaoyu")
    page.goto(f"{PURCHASES}?state=settled")
    page.locator("table.rows tbody tr a").first.click()
    page.get_by_role("link", name="全链", exact=True).click()
    for words in ("配置需求", "计划事项", "预算明细", "采购", "验收", "资产卡片"):
        expect(page.locator(".chain h2", has_text=words).first).to_be_visible()
    shot(page, "chain-desk")
    page.set_viewport_size(PHONE)
    expect(page.locator(".chain .knot").first).to_be_visible()
    shot(page, "chain-phone")
