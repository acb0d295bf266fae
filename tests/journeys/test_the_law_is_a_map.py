"""The sixth step: what serves each article of the regulation, and what does not yet."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.watching import shot


def test_each_article_says_what_serves_it_and_what_is_lacking(either: Page, sign_in):
    sign_in(either, "jiguan")
    either.goto("/law/")
    main = either.locator("#main")
    for said in ("第一章 总则", "第四章", "第四十五条", "已支撑", "尚未支撑"):
        expect(main).to_contain_text(said)
    shot(either, "law-map")
    either.get_by_role("link", name="只看未支撑的").click()
    expect(main).not_to_contain_text("第三十七条")
    either.goto("/law/12/")
    for said in ("记录", "规则", "资产数量超过配置标准", "标准"):
        expect(main).to_contain_text(said)
    shot(either, "law-article")


def test_an_article_cited_on_a_page_opens_beside_it(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto("/assets/cards/")
    page.locator(".purpose .law").click()
    expect(page.locator("#peek")).to_be_visible()
    expect(page.locator("#peek-title")).to_contain_text("第十三条")
    expect(page.locator("#peek .lm-sum").first).to_have_css(
        "padding-left", "16px"
    )  # in its own dress, from another page
