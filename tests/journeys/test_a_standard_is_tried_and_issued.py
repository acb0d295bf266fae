"""The fifth step: an officer of the city authority drafts a standard, tries it on live data, and it is issued."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from baozhang.kernel import clock
from tests.journeys.watching import shot

STANDARDS = "/standards/standards/"
FIGURE = "/standards/figures/assets.quantity.printer/?place=990101"
TITLE = "打印机配置标准（试点版）"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What one chapter of the story tells the next: the standard's address, and the day on which it begins."""
    return {"from": clock.today() + dt.timedelta(days=1)}


def figure(page: Page, day: dt.date) -> str:
    """The figure in force in the district on a day, as its page shows it."""
    page.goto(f"{FIGURE}&day={day}")
    return page.locator("#main").inner_text()


def test_an_officer_drafts_a_standard_and_tries_it_on_live_data(page: Page, sign_in, told: dict[str, Any]):
    sign_in(page, "shibiao")
    page.goto(STANDARDS)
    page.get_by_role("link", name="新增").click()
    page.get_by_label("标准名称").fill(TITLE)
    page.get_by_label("施行日期").fill(str(told["from"]))
    page.get_by_label("制定依据").fill("演示用的市场价格调查")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile(rf"{STANDARDS}\d+/$"))
    told["standard"] = page.url

    # The line comes filled with what holds now; the draft asks for less.
    page.get_by_role("link", name="条目与对照").click()
    page.get_by_text("数量", exact=False).first.click()
    page.get_by_label("打印机数量上限（A3、A4合计）").check()
    page.get_by_role("button", name="加入草案").click()
    page.get_by_label(re.compile("^打印机数量上限")).first.fill("0.02")
    page.get_by_role("button", name="保存条目").click()
    expect(page.locator("#main")).to_contain_text("降低")
    shot(page, "standard-1-lines")

    # Tried, it says which agencies would be over, and each number opens down to its facts.
    page.get_by_role("link", name="试算").click()
    page.get_by_role("button", name="开始试算").click()
    expect(page.locator(".answer")).to_contain_text(
        re.compile(r"\d+ 家单位将超出，涉及金额 [\d,.]+ 元"), timeout=60_000
    )
    shot(page, "standard-2-trial")
    page.get_by_role("link", name="打开", exact=True).first.click()
    expect(page.locator("#main")).to_contain_text("草案")
    expect(page.locator("#main")).to_contain_text("打印机")
    shot(page, "standard-3-one-agency")


def test_the_head_issues_it_and_the_day_decides_which_figure_holds(page: Page, visit, sign_in, told: dict[str, Any]):
    sign_in(page, "shibiao")
    page.goto(told["standard"])
    page.get_by_role("link", name="提交批准").click()
    page.locator("dialog[open]").get_by_role("button", name="提交批准").click()
    expect(page.locator(".line .state")).to_have_text("待批准发布")

    head = visit()
    sign_in(head, "shiju")
    head.goto("/")
    head.locator(".todo li a", has_text=TITLE).click()
    head.get_by_role("link", name="批准发布").click()
    head.locator("dialog[open]").get_by_role("button", name="批准发布").click()
    expect(head.locator(".line .state")).to_have_text("已发布")
    expect(head.locator(".facts")).to_contain_text(re.compile(r"江海机管〔\d{4}〕\d+号"))
    shot(head, "standard-4-issued")
    notice = head.context.request.get(f"{told['standard']}notice/")
    assert notice.status == 200 and notice.body().startswith(b"%PDF")

    # Yesterday's facts keep yesterday's figure.
    assert "0.8" in figure(head, clock.today())
    assert "0.02" in figure(head, told["from"])
    shot(head, "standard-5-figure")
