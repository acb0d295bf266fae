"""From entry to return: one thing through the warehouse, at the desk and with the phone, by the six people who have a part in it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, take
from tests.journeys.watching import shot

OWNER, OWNER_HEAD = "weijian", "weijian2"  # of the agency that brings a thing in
TAKER, TAKER_HEAD = "jiaoyu", "jiaoyu2"  # of the agency that takes it
OFFICER, KEEPER = "zichan", "cangku"  # of the authority of their level
TITLE, PURPOSE = "卫健委闲置设备入仓（演示）", "中考考点用（演示）"


def follow(page: Page, link: Any, address: str) -> None:
    """Opens a link and waits until the page behind it is there with its scripts."""
    link.first.click()
    page.wait_for_url(address)


def act(page: Page, words: str, **fields: str) -> None:
    """Does an act on a record: its button, the page that asks for what it needs."""
    page.get_by_role("link", name=words, exact=True).click()
    for name, value in fields.items():
        page.locator(f"[name={name}]").select_option(label=value)
    page.get_by_role("button", name=words, exact=True).click()


def test_from_entry_to_return(person: Any):
    owner = person(OWNER)
    owner.goto("/warehouse/entries/new/")
    shot(owner, "warehouse-1-choose")
    row = owner.locator("table tbody tr", has_text=re.compile("打印机|投影仪|扫描仪|碎纸机|办公桌|文件柜|空调")).first
    number = row.locator("label").inner_text()
    row.locator("input[type=checkbox]").check()
    owner.get_by_role("button", name="起草入仓申请").click()
    expect(owner.locator(".messages")).to_contain_text("已起草入仓申请")
    entry = owner.url
    take(owner, "提交本单位审核", title=TITLE, decision="委主任办公会")

    head = person(OWNER_HEAD, PHONE)
    head.goto(entry)
    shot(head, "warehouse-2-unit-head")
    take(head, "同意报送")
    officer = person(OFFICER)
    officer.goto(entry)
    take(officer, "初审通过")
    owner.goto(entry)
    take(owner, "移交实物")

    keeper = person(KEEPER, PHONE)
    keeper.goto(entry)
    follow(keeper, keeper.get_by_role("link", name=number, exact=True), "**/warehouse/items/*/")
    act(keeper, "登记复验", outcome="合格入仓", grade="完好")
    expect(keeper.locator(".messages")).to_contain_text("已登记 1 件物品的复验结论")
    shot(keeper, "warehouse-3-rechecked")
    keeper.goto(entry)
    take(keeper, "复验接收")
    expect(keeper.locator("#main")).to_contain_text("机管〔")
    shot(keeper, "warehouse-4-entered")

    taker = person(TAKER, PHONE)
    taker.goto(f"/warehouse/catalogue/?q={number}")
    shot(taker, "warehouse-5-catalogue")
    follow(taker, taker.locator("table.rows tbody tr a"), "**/warehouse/catalogue/*/")
    taker.get_by_role("link", name="预留", exact=True).click()
    taker.get_by_role("button", name="预留", exact=True).click()
    expect(taker.locator(".messages")).to_contain_text("预留 1 件")
    taker.goto("/warehouse/exits/?state=reserved")
    follow(taker, taker.locator("table.rows tbody tr a"), "**/warehouse/exits/*/")
    exit_ = taker.url
    until = taker.evaluate("new Date(Date.now() + 20 * 864e5).toISOString().slice(0, 10)")
    take(taker, "提交申领", mode="限期借用", purpose=PURPOSE, until=until)

    second = person(TAKER_HEAD)
    second.goto(exit_)
    take(second, "同意申领")
    officer.goto(exit_)
    take(officer, "批准出仓")
    shot(officer, "warehouse-6-approved")
    owner.goto(exit_)  # what stayed on site is handed out by its owner
    take(owner, "备货清点", counted="1")
    take(owner, "交付")
    taker.goto(exit_)
    shot(taker, "warehouse-7-to-sign")
    take(taker, "签收")
    shot(taker, "warehouse-8-signed")

    taker.goto(f"/warehouse/loans/?q={PURPOSE[:5]}")
    follow(taker, taker.locator("table.rows tbody tr a"), "**/warehouse/loans/*/")
    loan = taker.url
    take(taker, "全部交还")
    owner.goto(loan)
    follow(owner, owner.locator("#main").get_by_role("link", name=re.compile(number)), "**/warehouse/things/*/")
    take(owner, "验收合格", grade_back="完好")
    owner.goto(loan)
    expect(owner.locator("#main")).to_contain_text("已全部归还")
    shot(owner, "warehouse-9-returned")
    officer.goto("/warehouse/items/performance/")
    shot(officer, "warehouse-10-performance")
    officer.locator(".tile", has_text="节约购置资金").click()
    expect(officer.locator("body")).to_contain_text("重置单价 × 匹配数量")
