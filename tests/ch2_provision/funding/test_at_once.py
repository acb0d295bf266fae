"""Two accountants begin the same at the same moment: one begins it, the other is told by whom it is in hand. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import BudgetFlow, PlanFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Plan, PlanLine
from baozhang.kernel.record import keep, remove
from tests.ch2_provision.funding.conftest import Office
from tests.committed import committed
from tests.crossing import at_once


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


@pytest.fixture
def office(db: None) -> Office:
    """The place, committed."""
    return Office()


def test_one_plan_is_amended_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.round()
    plan = office.agreed(office.line(office.plan(), "复印机"))

    def amend() -> None:
        office.act("张会", actions.amend, Plan._base_manager.get(pk=plan.pk), cause="机构改革")

    refused = sorted(at_once(monkeypatch, amend, amend))
    assert refused[0] == "" and refused[1].startswith("Refused: ") and "正在办理" in refused[1]
    assert Plan._base_manager.filter(amends=plan).count() == 1


def test_one_addition_to_a_budget_is_begun_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    line = office.granted_line(50_000)
    round_, organ = line.budget.round, line.budget.organ

    def begin() -> None:
        office.act("张会", actions.start_budget, round_, organ, cause="追加")

    refused = at_once(monkeypatch, begin, begin)
    assert refused.count("") >= 1 and not any("冲突" in one for one in refused)
    assert len(set(Budget._base_manager.values_list("edition", flat=True))) == Budget._base_manager.count()


def test_no_line_slips_into_a_plan_while_it_is_submitted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without evidence may stand in a draft; it is not submitted."""
    office.round()
    plan = office.plan()
    office.line(plan, "复印机")

    def add() -> None:
        office.line(Plan._base_manager.get(pk=plan.pk), "来历不明", evidence="")

    def submit() -> None:
        office.take("张会", PlanFlow, "submit", Plan._base_manager.get(pk=plan.pk))

    refused = at_once(monkeypatch, submit, add)
    assert refused.count("") == 1, refused
    assert not (office.plan().state == "deciding" and PlanLine._base_manager.filter(plan=plan, evidence="").exists())


def test_no_line_slips_into_a_budget_while_it_is_submitted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that needs a line of the plan and has none is not applied for."""
    office.round()
    budget = office.budget(office.agreed(office.line(office.plan(), "复印机")))

    def add() -> None:
        line = BudgetLine(
            budget=Budget._base_manager.get(pk=budget.pk), item="31002", words="无计划设备", amount=Decimal(100)
        )
        office.act("张会", keep, line)

    def submit() -> None:
        office.take("张会", BudgetFlow, "submit", Budget._base_manager.get(pk=budget.pk))

    refused = at_once(monkeypatch, submit, add)
    assert refused.count("") == 1, refused
    state = Budget._base_manager.get(pk=budget.pk).state
    assert not (state == "deciding" and BudgetLine._base_manager.filter(budget=budget, plan_line=None).exists())


def test_a_line_is_written_before_its_plan_is_handed_in_or_not_at_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the head decides on is what was handed in: by changing a line, by adding one, and by taking one back."""
    office.round()
    plan = office.plan()
    row, gone = office.line(plan, "台式计算机"), office.line(plan, "打印机")
    row = PlanLine._base_manager.select_related("plan").get(pk=row.pk)
    row.unit_price = Decimal(9000)
    late = PlanLine(
        plan=office.plan(), kind="assets", title="扫描仪", unit_price=Decimal(1), purpose="更新", evidence="核对"
    )
    refused = at_once(
        monkeypatch,
        lambda: office.take("张会", PlanFlow, "submit", plan),
        lambda: later(office.act, "张会", keep, row),
        lambda: later(office.act, "张会", keep, late),
        lambda: later(office.act, "张会", remove, gone, note="不买了"),
    )
    assert refused[0] == "" and all(refused[1:]), refused
    lines = PlanLine._base_manager.filter(plan=plan).order_by("number").values_list("title", "unit_price")
    assert list(lines) == [("台式计算机", 5000), ("打印机", 5000)]


def later(work: Any, *words: Any, **more: Any) -> None:
    """What comes second by a little: the other one has the plan already."""
    threading.Event().wait(0.1)
    work(*words, **more)
