"""From what the patrol found to the closed order: steps three and four, by the five people who have a part in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, take
from tests.journeys.watching import shot, swapped

FINDINGS = "/warnings/findings/"
CLERK, HEAD = "weijian", "weijian2"  # of one agency
DRAFTER, SIGNER, CHECKER = "jiguan", "juzhang", "jiguan2"  # of the authority of its level
AGENCY = "云间区卫生健康委"
ROWS = "table.rows tbody tr"


def of_the_agency(page: Page, rule: str) -> None:
    """The list of open findings of the agency by one rule, chosen with the chips."""
    page.goto(f"{FINDINGS}?rule={rule}&state=open")
    page.locator("details[data-filter=organ] summary").click()
    page.locator("details[data-filter=organ]").get_by_role("combobox").fill("wsjkw")
    with swapped(page):
        page.get_by_role("option", name=re.compile(AGENCY)).click()
    page.keyboard.press("Escape")
    expect(page.locator(".chip.on").first).to_contain_text(AGENCY)


def todo(page: Page) -> None:
    """Opens the agency's order from the workbench."""
    page.goto("/")
    page.locator(".todo li a", has_text=AGENCY).first.click()
    expect(page.locator("h1")).to_contain_text("整改")


def test_a_supervisor_sees_why_replays_it_and_marks_a_false_alarm(person: Any):
    page = person(DRAFTER)
    page.goto(FINDINGS)
    shot(page, "findings-1-list")
    page.goto(f"{FINDINGS}?rule=over_price&state=open")
    page.locator(f"{ROWS} td.title a").first.click()
    main = page.locator("#main")
    for said in ("第十二条第一款", "单价", "价格上限", "财资〔2016〕27号", "处理建议"):
        expect(main).to_contain_text(said)
    shot(page, "findings-2-one")
    finding = page.url
    page.get_by_role("link", name="重现判断").click()
    expect(main).to_contain_text("结论一致")
    shot(page, "findings-3-replayed")
    page.goto(finding)
    page.get_by_role("link", name="误报", exact=True).click()
    page.locator("textarea[name=note]").fill("原值含三年维保，已核对发票")
    page.get_by_role("button", name="误报", exact=True).click()
    expect(page.locator(".line .state")).to_have_text("误报")
    expect(main).to_contain_text("原值含三年维保")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What one chapter of the story tells the next: the order's address and number."""
    return {}


def test_a_supervisor_drafts_an_order_and_a_second_person_signs_it(person: Any, told: dict[str, Any]):
    page = person(DRAFTER)
    of_the_agency(page, "idle_not_offered")
    told["findings"] = page.locator(ROWS).count()
    page.locator("[data-all]").check()
    page.get_by_role("button", name="起草整改通知").click()
    expect(page.locator(".messages")).to_contain_text(f"已起草 1 份整改通知，列入线索 {told['findings']} 条")
    todo(page)
    told["order"] = page.url
    draft = page.context.request.get(f"{page.url}paper/")
    assert draft.status == 200 and draft.body().startswith(b"%PDF")
    take(page, "修改文稿", set_due="", set_due_reason="")
    take(page, "送签")
    shot(page, "order-1-submitted")

    head = person(SIGNER)
    todo(head)
    shot(head, "order-2-to-sign")
    take(head, "签发", note="同意印发")
    said = head.locator("h1").inner_text()
    number = re.search(r"云机管〔\d{4}〕\d+号", said)
    assert number, said
    told["number"] = number.group()
    expect(head.locator(".facts")).to_contain_text("还剩")
    paper = head.context.request.get(f"{told['order']}paper/")
    assert paper.status == 200 and paper.body().startswith(b"%PDF")
    (shot(head, "order-3-issued").parent / "order.pdf").write_bytes(paper.body())


def test_anybody_verifies_the_paper_by_its_code(person: Any, visit: Any, told: dict[str, Any]):
    page = person(DRAFTER)
    page.goto(f"/documents/?q={told['number']}")
    page.locator(f"{ROWS} a").first.click()
    shot(page, "document")
    code = page.locator("dt:text-is('核验码') + dd").inner_text()

    stranger = visit(PHONE)
    stranger.goto("/public/verify/")
    stranger.locator("#verify-code").fill(code)
    stranger.get_by_role("button", name="查询").click()
    expect(stranger.locator("main")).to_contain_text("登记在册，现行有效")
    expect(stranger.locator("main")).to_contain_text(told["number"])
    shot(stranger, "verify")
    stranger.locator("#verify-file").set_input_files(
        {"name": "通知.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 not the same"}
    )
    stranger.get_by_role("button", name="比对").click()
    expect(stranger.locator("main")).to_contain_text("不一致")


def test_the_agency_receives_it_on_a_phone_puts_it_right_and_replies(person: Any, told: dict[str, Any], tmp_path: Path):
    phone = person(CLERK, PHONE)
    phone.goto("/")
    expect(phone.locator(".todo")).to_contain_text("还剩")
    shot(phone, "agency-1-workbench")
    todo(phone)
    take(phone, "签收")
    shot(phone, "agency-2-order")

    # What the order asks for: the idle things are offered to the warehouse, all at once.
    desk = person(CLERK)
    desk.watch.allow("status of 409")
    desk.goto("/assets/cards/?use_state=idle&size=100")
    desk.locator("[data-all]").check()
    desk.get_by_role("button", name="提请入仓").click()
    desk.get_by_role(
        "button", name=re.compile("略过这 .* 项")
    ).click()  # two are on their way into the warehouse already
    expect(desk.locator(".messages")).to_contain_text("提请")
    desk.goto(f"{told['order']}recheck/")
    expect(desk.locator("#main")).to_contain_text(f"{told['findings']} 项全部消除")
    desk.goto(told["order"])
    proof = tmp_path / "移交清单.csv"
    proof.write_text("资产编号,资产名称\nZC1,打印机\n", encoding="utf-8")
    desk.locator("#attachments input[type=file]").set_input_files(proof)
    expect(desk.locator("#attachments li")).to_contain_text("移交清单.csv")
    take(desk, "起草反馈", reply="闲置资产已逐件核对并提请入仓，移交清单见附件。")

    boss = person(HEAD)
    todo(boss)
    shot(boss, "agency-3-to-approve")
    take(boss, "审定反馈", note="情况属实")


def test_the_authority_looks_again_and_closes(person: Any, told: dict[str, Any]):
    page = person(CHECKER)
    todo(page)
    page.get_by_role("link", name="逐项核查").click()
    expect(page.locator("#main")).to_contain_text("全部消除，可以销号")
    shot(page, "order-4-recheck")
    page.goto(told["order"])
    take(page, "复查销号", note="现场复查，已整改到位")
    expect(page.locator(".line .state")).to_have_text("已销号")
    expect(page.locator(".path")).to_contain_text("现场复查")
    shot(page, "order-5-closed")


def test_what_is_overdue_is_seen_by_the_authority_above(person: Any):
    page = person("shiju")
    page.goto("/")
    expect(page.locator("#main")).to_contain_text("超期")
    shot(page, "above-workbench")
