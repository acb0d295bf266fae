"""What surrounds every page: the search over everything, the language, the keys, the notices."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from baozhang.demo.district import PASSWORD
from tests.journeys.watching import shot

LINES = """button => Math.max(...[...button.childNodes].filter(node => node.nodeType === 3 && node.data.trim()).map(node => {
  const range = document.createRange(); range.selectNodeContents(node); return range.getClientRects().length; }))"""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAGES = ("/", "/assets/cards/", "/assets/cards/import/", "/assets/cards/add/", "/warnings/findings/", "/warnings/orders/",
         "/documents/", "/standards/standards/", "/standards/figures/", "/law/", "/notices/", "/me/keys/", "/password/")  # fmt: skip
# What is said on a page rather than recorded in the data: headings, buttons, labels, menus, notes.
SAID = """() => [...document.querySelectorAll(
  "#menu, h1, .purpose, .btn, th, label, legend, summary, .views, .foot, .empty, .note, .stages, .help")].map((one) => {
    const bare = one.cloneNode(true);
    bare.querySelectorAll("select, .avatar").forEach((part) => part.remove());
    return one.lang === "zh" ? "" : bare.textContent.trim();
})"""


def test_control_k_finds_anything_by_letters_numbers_and_articles(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto("/")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    for asked, found in (("dyj", "打印机"), ("ZC034", "ZC034"), ("第十二条", "第十二条"), ("jyj", "教育局")):
        palette.locator("input[name=q]").fill(asked)
        expect(palette.locator("#palette-got")).to_contain_text(found)
    palette.locator("input[name=q]").fill("dyj")
    expect(palette.locator("#palette-got [data-q=dyj]")).to_have_count(
        1
    )  # until then nothing of the last answer is taken
    shot(page, "palette")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/\w+/\d+/$"))


def test_the_keyboard_walks_through_a_list(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto("/assets/cards/")
    page.keyboard.press("/")
    expect(page.locator("#filters input[name=q]")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr.picked")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/cards/\d+/$"))


@pytest.mark.parametrize("username", ["weijian", "juzhang"])
def test_one_click_and_everything_is_said_in_english(page: Page, sign_in, username: str):
    page.watch.allow("status of 403")  # who may not import is told so in English
    sign_in(page, username)
    page.goto("/")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("h1")).to_have_text("Workbench")
    organ, left = page.locator(".who b").inner_text(), []
    for address in PAGES:
        page.goto(address)
        left += [f"{address}: {text}" for text in page.evaluate(SAID) if CHINESE.search(text.replace(organ, ""))]
    shot(page, "english")
    assert not left, "\n".join(left)


def test_the_menu_and_the_search_are_in_thumbs_reach(phone: Page, sign_in):
    sign_in(phone, "jiguan")
    phone.goto("/")
    shot(phone, "workbench-of-a-supervisor")
    phone.get_by_role("link", name="菜单", exact=True).click()
    phone.locator("#menu summary", has_text="监督").click()
    phone.locator("#menu").get_by_role("link", name="风险线索").click()
    expect(phone.locator("h1")).to_have_text("风险线索")
    shot(phone, "findings")
    phone.locator("table.rows tbody a").first.click()
    shot(phone, "finding")
    phone.locator(".thumbs a", has_text="搜索").click()
    phone.locator("#palette input[name=q]").fill("gwyc")
    expect(phone.locator("#palette")).to_be_visible()


def test_what_programs_can_do_is_read_by_everybody(either: Page):
    either.goto("/api/docs")
    expect(either.locator("h1")).to_have_text("接口说明")
    shot(either, "api")
    either.locator('a[href="/help/api/assets/cards/"]').click()
    either.locator("main details summary").nth(1).click()
    expect(either.locator("main details[open] code", has_text="acquired").first).to_be_visible()
    shot(either, "api-of-cards")


def test_what_was_typed_outlives_a_session(page: Page, sign_in):
    """The session ends while somebody writes: after the door the same form offers what was typed, and saving it ends the draft."""
    sign_in(page, "keyuan")
    page.goto("/allocation/needs/add/")
    page.locator("[name=item]").select_option("laptop")
    page.locator("[name=purpose]").fill("写到一半")
    page.locator("[name=needed_by]").fill("2099-01-01")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator("[name=username]").fill("keyuan")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.get_by_role("button", name="恢复草稿").click()
    expect(page.locator("[name=purpose]")).to_have_value("写到一半")
    expect(page.locator("[name=item]")).to_have_value("laptop")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("已保存")
    page.goto("/allocation/needs/add/")
    expect(page.locator("[name=purpose]")).to_have_value("")
    expect(page.get_by_role("button", name="恢复草稿")).to_have_count(0)


def test_the_steps_on_a_phone_keep_their_words_whole(page: Page, sign_in):
    """Many of them are pushed aside, not broken into lines."""
    page.set_viewport_size({"width": 375, "height": 812})
    sign_in(page, "jiaoyu")
    page.goto("/stocktaking/counts/?state=counting")
    page.locator("table.rows tbody a").first.click()
    steps = page.locator(".steps .btn:visible")
    expect(steps.first).to_be_visible()
    assert len(steps.all()) >= 3
    assert [one.evaluate(LINES) for one in steps.all()] == [1] * len(steps.all())
    assert page.evaluate("document.documentElement.scrollWidth") == 375
