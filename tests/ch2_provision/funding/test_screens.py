"""The pages that are more than a resource, as the people see them whose turn it is, and as others do not."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import PlanFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Ceiling, PlanLine
from baozhang.ch2_provision.funding.views.budgets import page_for_finance
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.kernel.sheets import writing
from tests.ch2_provision.funding.conftest import Office

Open = Callable[[str], Any]


@pytest.fixture
def door(as_user: Callable[..., Any], office: Office) -> Open:
    """Signs somebody in, who reads Chinese."""
    return lambda who: as_user(User._base_manager.get(username=who), HTTP_ACCEPT_LANGUAGE="zh-hans")


def test_a_whole_plan_is_answered_on_one_page_and_a_missing_reason_stands_by_its_line(
    office: Office, door: Open
) -> None:
    office.round()
    first, second = office.line(office.plan(), "台式计算机"), office.line(office.plan(), "复印机")
    plan = office.hand_in(first.plan)
    address = f"/funding/plans/{plan.pk}/lines/"
    client = door("赵计")
    answer = {f"step-{first.pk}": "agree", f"step-{second.pk}": "reduce", f"amount-{second.pk}": "30,000"}
    wrong = client.post(address, answer)
    assert wrong.status_code == 422 and "必填" in wrong.content.decode()
    assert set(PlanLine._base_manager.values_list("state", flat=True)) == {"pending"}
    assert client.post(address, {**answer, f"reason-{second.pk}": "按标准价格"}).status_code == 302
    assert list(PlanLine._base_manager.order_by("number").values_list("agreed_amount", flat=True)) == [50_000, 30_000]
    assert (
        client.post(address, {**answer, f"reason-{second.pk}": "按标准价格"}).status_code == 302
    )  # the same again changes nothing
    assert "保存审核结果" not in door("张会").get(address).content.decode()
    assert door("外会").get(address).status_code == 404


def test_a_draft_is_filled_by_ticking_and_versions_stand_side_by_side(office: Office, door: Open) -> None:
    office.round(2025)
    plan = office.agreed(office.line(office.plan(year=2025), "物业服务", 80_000, 1, kind="service"))
    office.round(2026)
    draft = office.plan(year=2026)
    client = door("张会")
    page = client.get(f"/funding/plans/{draft.pk}/prefill/").content.decode()
    assert "物业服务" in page and "80,000.00" in page
    client.post(f"/funding/plans/{draft.pk}/prefill/", {"line": PlanLine._base_manager.get(plan=plan).pk})
    assert PlanLine._base_manager.filter(plan=draft).count() == 1
    new = office.act("张会", actions.amend, plan, cause="扩大服务面积")
    line = PlanLine._base_manager.get(plan=new)
    line.unit_price, line.change_note = Decimal(90_000), "新增一层"
    office.act("张会", keep, line)
    page = client.get(f"/funding/plans/{new.pk}/changes/").content.decode()
    assert all(words in page for words in ("<del>80,000.00</del>", "<ins>90,000.00</ins>", "新增一层", "+10,000.00"))


def test_the_workbook_is_typed_into_by_whose_turn_it_is(office: Office, door: Open) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"))
    budget = office.budget(plan)
    line = BudgetLine._base_manager.get(budget=budget)
    address = f"/funding/budgets/{budget.pk}/workbook/"
    clerk, finance = door("张会"), door("周财")
    assert finance.post(address, {f"amount-{line.pk}": "1"}).status_code == 403
    typed = f'name="amount-{line.pk}"'
    assert [typed in who.get(address).content.decode() for who in (clerk, finance)] == [True, False]
    assert clerk.post(address, {f"amount-{line.pk}": "许多", f"reason-{line.pk}": ""}).status_code == 422
    assert clerk.post(address, {f"amount-{line.pk}": "49,000", f"reason-{line.pk}": ""}).status_code == 302
    office.apply(budget)
    assert clerk.post(address, {f"amount-{line.pk}": "1"}).status_code == 403
    over = finance.post(address, {f"granted-{line.pk}": "49000.01", f"reply_note-{line.pk}": ""})
    assert over.status_code == 422
    assert finance.post(address, {f"granted-{line.pk}": "", "rest": "1"}).status_code == 302
    assert BudgetLine._base_manager.get(pk=line.pk).granted == 49_000, "what is not cut is granted as asked"
    assert finance.post(address, {f"granted-{line.pk}": "48000", f"reply_note-{line.pk}": "压减"}).status_code == 302
    assert BudgetLine._base_manager.get(pk=line.pk).granted == 48_000


def test_the_sheet_for_finance_comes_back_with_the_replies(office: Office, door: Open) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"), office.line(office.plan(), "复印机"))
    budget = office.apply(office.budget(plan))
    client = door("周财")
    assert b"".join(client.get(f"/funding/budgets/{budget.pk}/sheet/")).startswith(b"PK")
    page = page_for_finance(budget)
    first, second, foot = page.rows

    def brought_back(granted: Decimal) -> Any:
        replied = [(*first[:14], granted, ""), (*second[:14], Decimal(0), "暂缓"), foot]
        file = io.BytesIO(b"".join(writing.xlsx_chunks([replace(page, rows=replied)])))
        file.name = "批复.xlsx"
        return client.post("/api/funding/budgetlines/import", {"file": file})

    wrong = brought_back(Decimal(10_000_000)).json()[
        "faults"
    ]  # more than was asked: told with its row, before anything is kept
    assert [(one["column"], "多于申请数" in one["reason"]) for one in wrong] == [("批复数", True)]
    answer = brought_back(Decimal(50_000))
    assert answer.status_code == 200, answer.content.decode()
    found = answer.json()
    assert (found["faults"], found["new"], found["changed"]) == ([], 0, 2)


def test_a_bill_is_registered_and_one_too_many_refused_with_figures(office: Office, door: Open) -> None:
    line = office.granted_line(1000)
    client = door("张会")
    address = f"/funding/budgetlines/{line.pk}/spend/"
    form = {"amount": "400", "words": "记-03-012 电费", "day": "2026-03-04"}
    assert [client.post(address, {**form, "key": "tap"}).status_code for _tap in range(2)] == [302, 302]
    assert "没有重复办理" in client.get(address).content.decode()
    refused = client.post(address, {"amount": "600.01", "words": "再一笔", "day": "2026-03-04"})
    assert refused.status_code == 409 and "还差 0.01 元" in refused.content.decode()
    assert client.post(address, {"amount": "1", "words": ""}).status_code == 422
    assert "记-03-012 电费" in client.get(address).content.decode()
    again = client.post(address, {"amount": "400.00", "words": "记-03-012 电费", "day": "2026-03-04"})
    assert again.status_code == 409 and "已经登记" in again.content.decode(), "on another day it is the same bill"
    assert BudgetLine._base_manager.get(pk=line.pk).spent == 400


def test_ceilings_are_filled_in_as_a_table(office: Office, door: Open) -> None:
    office.round()
    client, page = door("赵计"), "/funding/ceilings/fill/"
    first, second = Ceiling._base_manager.order_by("pk")
    form = {f"version-{one.pk}": one.version for one in (first, second)} | {f"amount-{first.pk}": "1,200,000"}
    wrong = client.post(page, {**form, f"amount-{second.pk}": "-5"})
    assert wrong.status_code == 422 and set(Ceiling._base_manager.values_list("amount", flat=True)) == {None}
    before = wrong.content.decode().partition('class="error"')[0].rpartition("<tr")[2]
    assert f'name="version-{second.pk}"' in before, "the reason stands in the row that is wrong"
    assert client.post(page, {**form, f"amount-{second.pk}": "700000"}).status_code == 302
    assert list(Ceiling._base_manager.order_by("pk").values_list("amount", flat=True)) == [1_200_000, 700_000]
    assert door("张会").get(page).status_code == 403


def test_totals_count_what_is_in_sight_and_say_who_is_late(office: Office, door: Open) -> None:
    office.round()
    office.line(office.plan(), "台式计算机")
    office.hand_in(office.plan())
    page = door("赵计").get("/funding/plans/overview/").content.decode()
    assert "云间区卫健委" in page and "1 / 2" in page and "5.00" in page
    own = door("张会").get("/funding/plans/overview/").content.decode()
    assert "云间区卫健委" not in own


def test_each_page_asks_as_much_for_ten_lines_as_for_one(
    office: Office, door: Open, django_assert_max_num_queries: Any
) -> None:
    office.round()
    for n in range(10):
        office.line(office.plan(), f"设备{n}")
    client = door("张会")
    address = f"/funding/plans/{office.plan().pk}/lines/"
    client.get(address)
    with django_assert_max_num_queries(24):
        assert client.get(address).status_code == 200


def test_what_was_exported_comes_in_again_without_a_change(office: Office, door: Open) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"), office.line(office.plan(), "复印机"))
    budget, clerk, finance = office.budget(plan), door("张会"), door("周财")
    columns = "budget,number,item,words,plan_line,amount,reason"
    listed = io.BytesIO(b"".join(clerk.get(f"/funding/budgetlines/export.xlsx?cols={columns}")))
    office.apply(budget)
    sheet = io.BytesIO(b"".join(finance.get(f"/funding/budgets/{budget.pk}/sheet/")))
    for client, file in ((clerk, listed), (finance, sheet)):
        file.name = "预算.xlsx"
        found = client.post("/api/funding/budgetlines/import", {"file": file}).json()
        assert (found["faults"], found["new"], found["changed"], found["unchanged"]) == ([], 0, 0, 2)


def test_a_page_that_is_old_overwrites_nobodys_answer(office: Office, door: Open) -> None:
    office.round()
    line = office.line(office.plan(), "台式计算机")
    plan = office.hand_in(line.plan)
    line.refresh_from_db()
    address, seen = f"/funding/plans/{plan.pk}/lines/", {f"version-{line.pk}": str(line.version)}
    reduced = {f"step-{line.pk}": "reduce", f"amount-{line.pk}": "1", f"reason-{line.pk}": "压减", **seen}
    assert door("赵计").post(address, reduced).status_code == 302
    late = door("钱资").post(address, {f"step-{line.pk}": "agree", **seen})
    assert late.status_code == 422 and "已有新的变化" in late.content.decode()
    line.refresh_from_db()
    assert (line.state, line.agreed_amount) == ("reduced", 1)
    office.take("赵计", PlanFlow, "review", plan)
    budget = office.budget(office.take("孙局", PlanFlow, "agree", plan))
    mine = BudgetLine._base_manager.get(budget=budget)
    book = f"/funding/budgets/{budget.pk}/workbook/"
    first = door("张会").post(book, {f"amount-{mine.pk}": "0.5", f"version-{mine.pk}": str(mine.version)})
    second = door("张会").post(book, {f"amount-{mine.pk}": "0.7", f"version-{mine.pk}": str(mine.version)})
    assert (first.status_code, second.status_code) == (302, 422) and "刚由他人修改" in second.content.decode()


def test_a_supplement_takes_in_what_the_plan_agreed_to_since_and_no_quota_twice(office: Office, door: Open) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "台式计算机"))
    clerk, page = door("张会"), f"/funding/plans/{plan.pk}/"
    assert "编制预算" in clerk.get(page).content.decode() and "编制追加预算" not in clerk.get(page).content.decode()
    first = office.grant(office.apply(office.budget(plan)))
    assert str(first) in clerk.get(page).content.decode()
    said = clerk.post(f"{page}acts/supplement/", {"note": "年中追加"})
    assert (
        said.status_code == 409 and "没有可以追加的" in said.content.decode() and "新增第 2 批" in said.content.decode()
    )
    assert not Budget._base_manager.filter(edition=2).exists()
    second = office.act("张会", actions.start_budget, plan.round, office.agency, cause="人员增加")
    with pytest.raises(Refused, match="追加预算不再按定额测算"):
        office.act("张会", actions.compute, second)


@pytest.mark.parametrize("text", ["NaN", "1e30", "Infinity"])
def test_what_is_no_sum_is_refused_on_every_page(office: Office, door: Open, text: str) -> None:
    line = office.granted_line(1000)
    bill = {"amount": text, "words": "电费", "day": "2026-03-04"}
    assert door("张会").post(f"/funding/budgetlines/{line.pk}/spend/", bill).status_code == 422
    draft = office.act("张会", actions.start_budget, line.budget.round, office.agency, cause="追加")
    asked = BudgetLine(budget=draft, item="30201", words="办公费", amount=Decimal(5))
    office.act("张会", keep, asked)
    page = f"/funding/budgets/{draft.pk}/workbook/"
    assert door("张会").post(page, {f"amount-{asked.pk}": text}).status_code == 422
    Budget._base_manager.filter(pk=draft.pk).update(state="applied", decided_on="2026-03-01", decision="纪要")
    assert door("周财").post(page, {f"granted-{asked.pk}": text}).status_code == 422
    office.round(2027)
    need = office.line(office.plan(year=2027), "复印机")
    plan = office.hand_in(need.plan)
    answer = {f"step-{need.pk}": "reduce", f"amount-{need.pk}": text, f"reason-{need.pk}": "压减"}
    assert door("赵计").post(f"/funding/plans/{plan.pk}/lines/", answer).status_code == 422
