"""An agency brings its ledger as it is: the first of the seven steps, by the clerk, in Chinese."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys import ledgers
from tests.journeys.watching import shot

CARDS = "/assets/cards/"


def drop(page: Page, file: Path) -> None:
    """Chooses a file on the import page and sends it."""
    page.goto(f"{CARDS}import/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并识别").click()


def counts(page: Page) -> list[int]:
    """What the preview counts: new, changed, unchanged, wrong."""
    page.wait_for_selector(".tiles .tile")
    return [int(re.sub(r"\D", "", words)) for words in page.locator(".tiles .tile b").all_inner_texts()]


def checked(page: Page) -> list[int]:
    """Waits until the rows are checked; a layout that is not known for sure is confirmed on the way."""
    page.wait_for_url(re.compile(r"/import/\d+/(map|check)/"))
    if "/map/" in page.url:
        shot(page, "import-2-columns")
        page.get_by_role("button", name="核对全部行").click()
        page.wait_for_url(re.compile(r"/import/\d+/check/"))
    return counts(page)


def write(page: Page) -> None:
    """Commits the preview."""
    page.get_by_role("button", name=re.compile("确认写入")).click()
    page.wait_for_url(re.compile("/done/"))


def faults_of(page: Page) -> list[list[str]]:
    """The list of errors as the sheet that is offered for download, without its heading."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载问题清单").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert lines[0] == ["工作表", "行", "列", "填的是", "问题", "怎样改"]
    return lines[1:]


def test_a_clerk_comes_in_by_an_account_that_the_door_offers(page: Page):
    page.goto("/login/")
    page.get_by_text("演示账号").click()
    page.get_by_role("button", name="jiaoyu", exact=True).click()
    expect(page.locator("input[name=username]")).to_have_value("jiaoyu")
    shot(page, "door-with-accounts")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")
    page.get_by_role("link", name="资产卡片", exact=True).click()
    page.get_by_role("link", name="导入", exact=True).click()
    expect(page.locator("#main")).to_contain_text("把台账文件拖到这里")
    shot(page, "import-1-drop")


def test_a_ledger_with_wrong_rows_is_put_right_previewed_written_undone_and_written_again(
    page: Page, sign_in, tmp_path: Path
):
    sign_in(page, "jiaoyu")

    # The ledger as it is has four wrong rows: all are named at once, and nothing can be written yet.
    drop(page, ledgers.sum_list(tmp_path / "固定资产清单.xlsx", spoiled=True))
    assert checked(page) == [6, 0, 0, 4]
    for said in ("2024-2-30", "一千二", "必须填写", "飞走了"):
        expect(page.locator("#main")).to_contain_text(said)
    expect(page.get_by_role("button", name=re.compile("确认写入"))).to_have_count(0)
    shot(page, "import-3-errors")
    assert [line[:3] for line in faults_of(page)] == [
        ["固定资产清单", "12", "购置日期"], ["固定资产清单", "13", "原值"],
        ["固定资产清单", "14", "资产名称"], ["固定资产清单", "15", "状态"],
    ]  # fmt: skip

    # Put right, it is previewed, written as a whole, and undone.
    good = ledgers.sum_list(tmp_path / "固定资产清单（改正）.xlsx")
    drop(page, good)
    assert checked(page) == [6, 0, 0, 0]
    expect(page.locator("#main")).to_contain_text("将要新增")
    shot(page, "import-4-preview")
    write(page)
    expect(page.locator("#main")).to_contain_text("新增 6 行")
    shot(page, "import-5-done")
    page.get_by_role("button", name="撤销这次导入").click()
    page.locator("#ask-yes").click()
    expect(page.locator("#main")).to_contain_text("已撤销")
    page.goto(f"{CARDS}?q=JY-2024-001")
    expect(page.locator("#list")).to_contain_text("没有符合条件的记录")

    # Written again, the same file once more changes nothing.
    drop(page, good)
    assert checked(page) == [6, 0, 0, 0]
    write(page)
    drop(page, good)
    assert checked(page) == [0, 0, 6, 0]
    expect(page.locator("#main")).to_contain_text("没有需要写入的")
    shot(page, "import-6-twice")


def test_the_vehicle_form_with_a_column_too_many_is_understood(page: Page, sign_in, tmp_path: Path):
    sign_in(page, "weijian")
    drop(page, ledgers.vehicles(tmp_path / "ZC04_车辆.xlsx"))
    assert checked(page) == [2, 0, 0, 0]
    page.get_by_role("button", name="确认写入 2 行").click()
    page.wait_for_url(re.compile("/done/"))
    page.goto(f"{CARDS}?q=沪A77Q01")
    page.locator("table.rows tbody a").first.click()
    main = page.locator("#main")
    for said in ("沪A77Q01", "158,000.00", "2010 版", "2021-06-18", "应急保障用车"):
        expect(main).to_contain_text(said)
    shot(page, "card-of-a-vehicle")


def test_what_is_no_ledger_is_refused_with_a_reason(page: Page, sign_in, tmp_path: Path):
    page.watch.allow("status of 422")
    sign_in(page, "jiaoyu")
    fake = tmp_path / "台账.xlsx"
    fake.write_bytes(b"PK\x03\x04 this is no workbook")
    drop(page, fake)
    expect(page.get_by_role("alert")).to_be_visible()
    shot(page, "import-refused")
