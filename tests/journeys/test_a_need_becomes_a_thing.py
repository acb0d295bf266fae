"""A need is answered from stock on a phone; another is declined, planned, bought, and becomes cards; the chain shows it all."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from playwright.sync_api import Page, expect

from baozhang.kernel import clock
from tests.journeys.conftest import PHONE, take
from tests.journeys.watching import shot

NEEDS, PURCHASES = "/allocation/needs/", "/procurement/purchases/"
SOON = min(
    clock.today() + dt.timedelta(days=40), clock.today().replace(month=12, day=31)
).isoformat()  # this year's money


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


def act(page: Page, words: str, **fields: str) -> None:
    """Does something that is more than a step: its button, its page with what is asked, its button again."""
    page.get_by_role("link", name=words, exact=True).click()
    asked = page.locator("#main form").filter(has=page.get_by_role("button", name=words, exact=True))
    for name, value in fields.items():
        asked.locator(f"[name={name}]").fill(value)
    asked.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, part: str) -> str:
    """The address of the first link on a page that leads to a kind of record."""
    return str(page.locator(f"#main a[href*='{part}']").first.get_attribute("href"))


def budgeted(page: Page) -> str:
    """Drafts the budget of a plan, the first or an addition, and says why where a quota is not known; its address."""
    more = page.get_by_role("link", name="编制追加预算", exact=True).count()
    act(page, "编制追加预算", note="年中新增考务设备") if more else act(page, "编制预算")
    expect(page.locator(".messages")).to_contain_text("已起草")
    budget = str(page.locator("#main table a[href*='/funding/budgets/']").last.get_attribute("href"))
    page.goto(f"{budget}workbook/")
    reasons = page.locator("tr.on input[name^=reason-]:visible")
    for place in range(reasons.count()):
        reasons.nth(place).fill("按上年实际支出测算")
    page.get_by_role("button", name="保存申请数").click()
    return budget


def test_what_stock_cannot_answer_is_reviewed_planned_funded_bought_and_becomes_a_card(person: Any):
    """Ten people at their own desks: nobody types twice what another has said, and nobody signs his own paper."""
    today = clock.today().isoformat()
    clerk, officer, books, head = person("jiaoyu"), person("zichan"), person("kuaiji"), person("jiaoyu2")
    need = state(clerk, "laptop", "考务专用")
    take(clerk, "候选不适用", declared="须未接入过互联网的全新设备")
    officer.goto(need)
    take(officer, "同意不适用", note="属实")
    shot(officer, "need-4-reviewed")
    clerk.goto(need)
    take(clerk, "列入年度计划", unit_price="6500")

    books.goto(follow(clerk, "/funding/lines/"))
    plan = follow(books, "/funding/plans/")
    books.goto(f"{plan}lines/")
    expect(books.locator("section.fund-line").last).to_contain_text(
        "须未接入过互联网的全新设备"
    )  # the evidence came along
    books.goto(plan)
    take(books, "提交内部决策")
    head.goto(plan)
    take(head, "内部决策通过并报送", decision="党组会议纪要〔2026〕5号", decided_on=today)
    planner = person("jihua")
    planner.goto(f"{plan}lines/")
    for line in planner.locator("section.fund-line").all():
        if not line.locator("input:checked").count():
            line.locator("input[value=agree]").check()
    planner.get_by_role("button", name="保存审核结果").click()
    planner.goto(plan)
    take(planner, "逐项审核完毕")
    chief = person("juzhang")
    chief.goto(plan)
    take(chief, "审核同意")

    books.goto(plan)
    budget = budgeted(books)
    books.goto(budget)
    take(books, "提交内部决策")
    head.goto(budget)
    take(head, "内部决策通过并申报", decision="党组会议纪要〔2026〕6号", decided_on=today)
    finance = person("caizheng")
    finance.goto(f"{budget}workbook/")
    for row in finance.locator("table.fund-book tbody tr").all():
        asked = row.locator("td[data-label=申请数]").inner_text().replace(",", "").strip()
        row.locator("input[name^=granted-]").fill(asked)
    finance.get_by_role("button", name="保存批复数").click()
    finance.goto(budget)
    take(finance, "逐行审核完毕")
    granter = person("caizheng2")
    granter.goto(budget)
    take(granter, "批复预算", reply_number="云财预〔2026〕88号")

    clerk.goto(need)
    act(clerk, "发起采购")
    expect(clerk.locator(".messages")).to_contain_text("已起草采购")
    purchase = follow(clerk, "/procurement/purchases/")
    clerk.goto(purchase)
    take(clerk, "提交审定")
    for page, words in ((head, "审定采购"), (officer, "核对通过")):
        page.goto(purchase)
        take(page, words)
    clerk.goto(purchase)
    take(clerk, "签订合同", supplier="江海办公设备有限公司", contract="HT-88", signed_on=today)
    clerk.goto(f"{purchase}accept/")
    expect(clerk.locator("#main")).to_contain_text("您是这项采购的经办人")
    staff = person("keyuan", PHONE)
    staff.goto(f"{purchase}accept/")
    staff.locator("[name=custodian]").fill("何静姝")
    shot(staff, "need-5-accept")
    staff.get_by_role("button", name="验收并建卡").click()
    expect(staff.locator(".messages")).to_contain_text("已验收 1 件")
    books.goto(purchase)
    take(books, "登记结算", paid="6500", paid_on=today, payment="付-1201")

    clerk.goto(need)
    expect(clerk.locator("h1 + .state, .line .state").first).to_have_text("已满足")
    clerk.goto(f"{need}chain/")
    for words in ("存量查找记录", "计划事项", "预算明细", "采购", "验收", "资产卡片"):
        expect(clerk.locator(".chain h2", has_text=words).first).to_be_visible()
    shot(clerk, "need-6-chain")


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
