"""What plans and budgets come to at each level: a district holds its towns, the city its districts (articles 8 and 9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from baozhang.ch1_general.organs.models import Jurisdiction
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Plan, PlanLine, PlanRound
from baozhang.kernel import scope
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from tests import factories
from tests.ch2_provision.funding.conftest import MEETING, YEAR, Office


def test_a_city_adds_up_its_districts_and_a_district_its_towns(office: Office, as_user: Callable[..., Any]) -> None:
    """Plan and budget, at each level what stands there and below; a row opens the same page of that place alone."""

    def door(who: str) -> Any:
        return as_user(User._base_manager.get(username=who), HTTP_ACCEPT_LANGUAGE="zh-hans")

    town = Jurisdiction(code="990901101", name="柳汀镇", level="town", parent=office.authority.jurisdiction)
    factories.save(town)
    city = factories.organ("江海市机关事务管理局", factories.city(), competence="authority")
    beside = factories.district("月泾区")
    factories.organ("月泾区机关事务管理局", beside, competence="authority")
    factories.people([("市计", "plan_officer", city)])
    parts = (
        (office.agency, 5000),
        (factories.organ("柳汀镇人民政府", town), 300),
        (factories.organ("月泾区教育局", beside), 20),
    )
    made = factories.kept(PlanRound, where=office.authority, year=YEAR)
    for organ, price in parts:
        _handed_in(organ, made, Decimal(price))
    slow = factories.organ("月泾区民政局", beside)
    draft = factories.kept(Plan, where=slow, round=made, year=YEAR)
    factories.kept(
        PlanLine, where=slow, plan=draft, unit_price=Decimal(7000), quantity=Decimal(1)
    )  # asked of nobody yet
    rows = _rows(door("市计").get("/funding/plans/overview/").content.decode())
    assert {name: (cells[2], cells[5]) for name, *cells in rows} == {
        "江海市合计": ("5,320.00", "5,320.00"), "云间区": ("5,300.00", "5,300.00"), "柳汀镇": ("300.00", "300.00"), "月泾区": ("20.00", "20.00"),
    }  # fmt: skip
    alone = door("市计").get(f"/funding/plans/overview/?place={beside.path}").content.decode()
    assert "月泾区 2026 年度计划和预算汇总" in alone and "0.00" in alone and "云间区教育局" not in alone
    own = _rows(door("赵计").get("/funding/plans/overview/").content.decode())
    assert [name for name, *_cells in own] == ["云间区合计", "柳汀镇"]
    forced = door("赵计").get(f"/funding/plans/overview/?place={beside.path}").content.decode()
    assert "月泾区" not in forced, "another district is out of sight whatever the address says"


def _handed_in(organ: Any, made: PlanRound, price: Decimal) -> None:
    """A plan that waits for its review and a budget that was granted, of one line each."""
    plan = factories.kept(Plan, where=organ, round=made, year=YEAR)
    factories.kept(PlanLine, where=organ, plan=plan, unit_price=price, quantity=Decimal(1))
    with scope.everything("test") as by:
        plan.state, plan.decision, plan.decided_on = "submitted", MEETING["decision"], MEETING["decided_on"]
        keep(plan, by=by, moves=frozenset({"state"}))
    budget = factories.kept(Budget, where=organ, round=made)
    line = factories.kept(BudgetLine, where=organ, budget=budget, year=YEAR, item="30201", amount=price)
    with scope.everything("test") as by:
        budget.state, budget.decision, budget.decided_on = "applied", MEETING["decision"], MEETING["decided_on"]
        keep(budget, by=by, moves=frozenset({"state"}))
        line = BudgetLine._base_manager.select_related("budget").get(pk=line.pk)
        line.granted = price
        keep(line, by=by)


def _rows(page: str) -> list[list[str]]:
    """The cells of the table of places, without their marks."""
    body = page.split("各级合计", 1)[1].split("</table>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)[1:]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)] for row in rows
    ]
