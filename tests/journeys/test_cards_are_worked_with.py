"""The clerk works with her cards: lists, one card, many at once; the second of the seven steps."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.watching import shot, swapped

CARDS = "/assets/cards/"
ROWS = "table.rows tbody tr"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf50000000040001"
    "5c0f8a9d0000000049454e44ae426082"
)  # fmt: skip


def total(page: Page) -> int:
    """How many records the list says it has."""
    return int(re.sub(r"\D", "", page.locator(".below span").first.inner_text()))


def find(page: Page, words: str) -> None:
    """Types into the list's own search, and waits for the answer."""
    with swapped(page):
        page.locator("#filters input[name=q]").fill(words)


def test_a_clerk_filters_sorts_and_keeps_a_view_of_her_cards(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto(CARDS)
    everything = total(page)

    # Chips filter, and the address holds the whole state.
    page.locator("details[data-filter=use_state] summary").click()
    with swapped(page):
        page.get_by_label("闲置", exact=True).check()
    expect(page.locator(".chip.on")).to_contain_text("闲置")
    idle = total(page)
    assert 0 < idle < everything
    page.keyboard.press("Escape")
    shot(page, "cards-1-idle")
    page.reload()
    assert total(page) == idle

    # Sorted by value, with a column chosen, kept as a view.
    page.get_by_role("link", name=re.compile("原值")).first.click()
    page.get_by_role("link", name=re.compile("原值")).first.click()
    page.wait_for_url(re.compile("sort=-value"))
    values = [float(text.replace(",", "")) for text in page.locator(f"{ROWS} td:nth-child(6)").all_inner_texts()]
    assert values == sorted(values, reverse=True) and len(values) == idle
    page.locator("summary[aria-label=选择列]").click()
    with swapped(page):
        page.get_by_label("存放地点", exact=True).check()
    page.keyboard.press("Escape")
    page.get_by_text("存为视图", exact=True).click()
    page.get_by_label("视图名称").fill("闲置的，贵的在前")
    shot(page, "cards-2-save-view")
    page.get_by_role("button", name="保存视图").click()
    page.goto(CARDS)
    page.get_by_role("link", name="闲置的，贵的在前").click()
    expect(page.locator("table.rows thead")).to_contain_text("存放地点")
    assert total(page) == idle


def test_what_a_list_shows_goes_out_as_it_is_shown(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto(f"{CARDS}?use_state=idle&cols=number,name,place")
    idle = total(page)
    page.get_by_text("导出", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(rows) == idle + 1
    assert [heading.rstrip("*") for heading in rows[0]] == ["资产编号", "资产名称", "存放地点"]
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Excel")).click()
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(download.value.path()).namelist()


def test_cards_are_found_by_chinese_by_number_and_by_first_letters(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto(CARDS)
    find(page, "打印机")
    expect(page.locator(f"{ROWS} td:nth-child(3)").first).to_contain_text("打印机")
    printers = total(page)
    number = page.locator(f"{ROWS} td:nth-child(2)").first.inner_text()
    find(page, "dyj")
    assert total(page) == printers
    find(page, number)
    expect(page.locator(ROWS)).to_have_count(1)
    find(page, "没有这样东西")
    expect(page.locator("#list")).to_contain_text("没有符合条件的记录")
    shot(page, "cards-3-nothing-found")
    page.get_by_role("link", name="清除条件").click()
    page.wait_for_url(lambda url: "q=" not in url)
    page.locator("[data-size]").select_option("20")
    expect(page.locator(ROWS)).to_have_count(20)
    first = page.locator(f"{ROWS} td:nth-child(2)").first.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(ROWS)).not_to_have_count(0)
    assert page.locator(f"{ROWS} td:nth-child(2)").first.inner_text() != first
    page.get_by_role("link", name="上一页").click()
    assert page.locator(f"{ROWS} td:nth-child(2)").first.inner_text() == first


def test_many_cards_are_changed_at_once_by_what_the_list_shows(page: Page, sign_in):
    sign_in(page, "jiaoyu")
    page.goto(f"{CARDS}?use_state=in_use&category=furniture&size=5")
    count = total(page)
    page.locator("[data-all]").check()
    expect(page.locator(".bulk")).to_be_visible()
    page.get_by_role("button", name=re.compile("选中全部符合条件的")).click()
    expect(page.locator("b[data-picked]")).to_contain_text(str(count))
    shot(page, "cards-4-bulk")
    page.get_by_role("button", name="变更使用状况").click()
    expect(page.locator("h1")).to_contain_text(str(count))
    page.get_by_label(re.compile("使用状况")).select_option(label="闲置")
    shot(page, "cards-5-bulk-step")
    page.get_by_role("button", name="变更使用状况").click()
    expect(page.locator("h1")).to_contain_text("已有安排")  # its value is being changed; the others can go on
    shot(page, "cards-6-bulk-rest")
    page.watch.allow("status of 409")
    page.get_by_role("button", name=f"略过这 1 项，办理其余 {count - 1} 项").click()
    expect(page.locator("body")).to_contain_text(f"已变更 {count - 1} 张卡片的使用状况")
    assert total(page) == 1
    page.goto(f"{CARDS}?use_state=idle&category=furniture")
    assert total(page) >= count - 1

    # Picked one by one they stay picked while one turns back, and are let go once the act is done.
    page.locator(f"{ROWS} input[name=id]").first.check()
    page.get_by_role("button", name="变更使用状况").click()
    page.get_by_role("link", name="取消").click()
    expect(page.locator("b[data-picked]")).to_contain_text("1")
    page.get_by_role("button", name="变更使用状况").click()
    page.get_by_label(re.compile("使用状况")).select_option(label="在用")
    page.get_by_role("button", name="变更使用状况").click()
    expect(page.locator("body")).to_contain_text("已变更 1 张卡片的使用状况")
    expect(page.locator(f"{ROWS} input[name=id]:checked")).to_have_count(0)
    expect(page.locator(".bulk")).not_to_be_visible()


def test_a_card_tells_its_story_and_takes_an_attachment(page: Page, sign_in, tmp_path: Path):
    sign_in(page, "jiaoyu")
    page.goto(f"{CARDS}?category=equipment&use_state=in_use")
    for card in [one.get_attribute("href") for one in page.locator(f"{ROWS} td a").all()]:
        page.goto(str(card))
        if not page.get_by_role("heading", name="占用", exact=True).count():  # what a case holds keeps its custodian
            break
    name = page.locator("h1").inner_text()

    # Changed on a form with the law beside it; the history says so in a sentence.
    page.get_by_role("link", name="修改").click()
    shot(page, "card-1-form")
    page.locator("summary", has_text="使用").first.click()
    page.get_by_label("保管人").fill("卫长歌")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile(r"/assets/cards/\d+/$"))
    card = page.url
    expect(page.locator(".log")).to_contain_text("改为 卫长歌")

    # The net value explains itself.
    page.locator("a.why").last.click()
    expect(page.locator("#peek")).to_be_visible()
    expect(page.locator("#peek")).to_contain_text("净值 = 原值 − 累计折旧")
    shot(page, "card-2-why")
    page.keyboard.press("Escape")

    # A photo is attached, opened and stays in the history.
    photo = tmp_path / "铭牌.png"
    photo.write_bytes(PICTURE)
    page.locator("#attachments input[type=file]").set_input_files(photo)
    expect(page.locator("#attachments li")).to_contain_text("铭牌.png")
    shot(page, "card-3-detail")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 铭牌.png").click()
    assert Path(download.value.path()).read_bytes() == PICTURE

    # Depreciation as of any day, and a label with a code that leads back to the card.
    page.goto(f"{card}depreciation/?day=2026-12-31")
    expect(page.locator("table tr.on")).to_contain_text("2026")
    shot(page, "card-4-depreciation")
    label = page.context.request.get(f"{card}label/")
    assert label.status == 200 and label.body().startswith(b"%PDF")
    assert name


def test_a_card_is_read_on_a_phone(phone: Page, sign_in):
    sign_in(phone, "jiaoyu")
    phone.goto(f"{CARDS}?size=20")
    shot(phone, "cards-1-list")
    phone.locator("table.rows tbody a").first.click()
    expect(phone.locator("h1")).to_be_visible()
    shot(phone, "card-3-detail")
    phone.get_by_role("link", name="菜单", exact=True).click()
    expect(phone.locator("#menu")).to_be_visible()
