"""The seventh step: accounts, rights and the ledger lie in three hands, and none of them sees business."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from baozhang.kernel import clock
from tests.journeys.watching import shot

BUSINESS = ("/assets/cards/", "/assets/totals/", "/warnings/findings/", "/warnings/orders/", "/standards/standards/")


@pytest.mark.parametrize("username", ["xitong", "anquan", "shenjiyuan"])
def test_an_administrator_sees_no_business(page: Page, sign_in, username: str):
    page.watch.allow("status of 40[34]")
    sign_in(page, username)
    page.goto("/")
    shot(page, f"administrator-{username}")
    for chapter in ("资产", "监督"):
        expect(page.locator("#menu summary", has_text=re.compile(f"^{chapter}"))).to_have_count(0)
    for address in BUSINESS:
        assert page.goto(address).status in (403, 404), address
    shot(page, f"administrator-{username}-refused")


def test_the_system_administrator_opens_an_account_and_appoints_its_holder(page: Page, visit: Any, sign_in):
    sign_in(page, "xitong")
    page.goto("/admin/accounts/add/")
    page.get_by_label("登录名").fill("xinren")
    page.get_by_label("姓名").fill("陆知微")
    page.get_by_role("button", name="开设账号并生成初始密码").click()
    expect(page.locator("#main")).to_contain_text("陆知微")
    password = page.locator("#main code, #main .answer, #main td:nth-child(3)").first.inner_text().strip()
    shot(page, "account-opened")

    page.goto("/organs/appointments/add/")
    for place, words, wanted in ((0, "陆知微", "陆知微"), (1, "区教育局", "云间区教育局")):
        page.get_by_role("combobox").nth(place).fill(words)
        page.get_by_role("option", name=re.compile(wanted)).first.click()
    page.locator("input[name=role][value=head]").check()
    page.get_by_label("起始日期").fill(str(clock.today()))
    page.get_by_role("button", name="办理任职").click()
    expect(page.locator("body")).to_contain_text("现任")
    shot(page, "appointment")

    # The first password has to be changed at the door.
    newcomer = visit()
    sign_in(newcomer, "xinren", password)
    newcomer.goto("/")
    expect(newcomer.locator("body")).to_contain_text("新密码")
    shot(newcomer, "first-password")


def test_the_security_administrator_suspends_a_right_and_restores_it(page: Page, visit: Any, sign_in):
    clerk = visit()
    clerk.watch.allow("status of 403")
    sign_in(clerk, "c990101010")
    clerk.goto("/assets/cards/")
    clerk.locator("table.rows tbody a").first.click()
    label = f"{clerk.url}label/"
    assert clerk.context.request.get(label).status == 200

    sign_in(page, "anquan")
    page.goto("/admin/rights/?role=asset_clerk")
    page.locator("tr", has_text="打印资产标签").get_by_role("link").click()
    page.locator("textarea[name=note]").fill("标签纸换版，暂停打印")
    page.get_by_role("button", name="停用这项授权").click()
    shot(page, "right-suspended")
    assert clerk.context.request.get(label).status == 403
    page.locator("tr", has_text="打印资产标签").locator("a.off").click()
    page.get_by_role("link", name="恢复授权").click()
    page.locator("textarea[name=note]").fill("已换版")
    page.get_by_role("button", name="恢复授权").click()
    assert clerk.context.request.get(label).status == 200
    page.goto("/admin/rights/")
    shot(page, "rights")


def test_the_audit_administrator_reads_and_verifies_the_ledger(page: Page, sign_in):
    sign_in(page, "shenjiyuan")
    page.goto("/admin/ledger/")
    expect(page.locator(".log li").first).to_be_visible()
    shot(page, "ledger")
    page.locator(".log a").first.click()
    page.goto("/admin/verify/")
    page.get_by_role("button", name="开始验证").click()
    expect(page.locator("#main")).to_contain_text("完好", timeout=90_000)
    shot(page, "ledger-verified")
    page.goto("/admin/seals/")
    expect(page.locator("table tbody tr").first).to_be_visible()
    shot(page, "seals")
