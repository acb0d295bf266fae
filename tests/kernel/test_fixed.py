"""What stands still of a record is said once by its class, and holds at every door: form, program, sheet and act."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories
from tests.conftest import TODAY

from baozhang.ch2_provision.allocation.models import Need, Round
from baozhang.ch2_provision.funding.models import Budget, Plan, PlanLine, PlanRound
from baozhang.ch2_provision.stocktaking.models import Count, Scan
from baozhang.kernel import border, resource, scope
from baozhang.kernel.access import system_actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid

pytestmark = pytest.mark.django_db
BY = system_actor("test")


def told(record: Any, **values: Any) -> list[str]:
    """The fields that are refused when a record is kept with other values, from a fresh reading of it."""
    fresh = type(record)._base_manager.get(pk=record.pk)
    for name, value in values.items():
        setattr(fresh, name, value)
    with scope.everything("test"), pytest.raises(Invalid) as refused:
        keep(fresh, by=BY)
    assert type(record)._base_manager.get(pk=record.pk).version == record.version
    return [fault.field for fault in refused.value.faults]


def test_a_stated_need_keeps_its_number_at_every_door(as_user: Callable[..., Any]) -> None:
    agency = factories.organ("民政局", code="MZJ")
    factories.person("clerk", "asset_clerk", agency)
    need = factories.kept(Need, where=agency, state="open")
    client, page = as_user("clerk", HTTP_ACCEPT_LANGUAGE="zh-hans"), f"/allocation/needs/{need.pk}/"
    form = client.get(f"{page}edit/").content.decode()
    assert 'name="number"' not in form and 'name="quantity"' not in form and 'name="purpose"' in form
    said = client.patch(
        f"/api/allocation/needs/{need.pk}",
        json.dumps({"number": "别的", "purpose": "改过"}),
        content_type="application/json",
    )
    assert said.status_code == 422 and [one["field"] for one in said.json()["faults"]] == ["number"]
    fault = said.json()["faults"][0]
    assert fault["reason"].startswith("已提出的需求不能改编号") and "撤回" in fault["remedy"]
    with scope.everything("test"), pytest.raises(Invalid) as by_sheet:
        row = border.Row({"number": need.number, "quantity": need.quantity + 1})
        border.commit(resource.get("allocation/needs"), [row], by=BY)
    assert [fault.field for fault in by_sheet.value.faults] == ["quantity"]
    assert Need._base_manager.get().version == need.version


def test_only_what_stands_still_is_held() -> None:
    need = factories.kept(Need, state="open")
    need.purpose = "换了一种说法"
    with scope.everything("test"):
        keep(need, by=BY)
    assert Need._base_manager.get().purpose == "换了一种说法"
    assert told(need, quantity=need.quantity + 1, purpose="又一种", number="别的") == ["number", "quantity"]


def test_nothing_is_added_to_a_whole_that_was_handed_in_nor_moved_into_it() -> None:
    authority = factories.organ("管理局", competence="authority")
    held, open_ = (
        factories.kept(Plan, where=factories.organ(name), round=factories.kept(PlanRound, where=authority, year=year))
        for name, year in (("民政局", 2031), ("财务处", 2032))
    )
    gone, here = (factories.kept(PlanLine, plan=plan) for plan in (held, open_))
    held.state = "deciding"
    with scope.everything("test"):
        keep(held, by=BY, moves=frozenset({"state"}))
    assert told(gone, title="别的") == ["title"]
    assert "plan" in told(here, plan=held, number=77)
    more = factories.sample(PlanLine, plan=held)
    with scope.everything("test"), pytest.raises(Invalid) as added:
        keep(more, by=BY)
    assert [fault.field for fault in added.value.faults] == ["plan"]


def test_why_a_budget_was_added_to_stands_once_it_is_decided_about() -> None:
    authority = factories.organ("管理局", competence="authority")
    factories.organ("财政局", competence="finance")
    budget = factories.kept(Budget, where=factories.organ("民政局"), round=factories.kept(PlanRound, where=authority))
    budget.state = "deciding"
    with scope.everything("test"):
        keep(budget, by=BY, moves=frozenset({"state"}))
    assert told(budget, cause="另一个理由") == ["cause"]


def test_a_batch_asks_no_question_a_row(django_assert_max_num_queries: Any) -> None:
    scans = [factories.kept(Scan) for _ in range(6)]
    for scan in scans:
        scan.note = f"{scan.note}改"
    with scope.everything("test"), django_assert_max_num_queries(8), pytest.raises(Invalid) as refused:
        keep(scans, by=BY)
    assert {fault.row for fault in refused.value.faults} == set(range(1, 7))


def test_what_a_form_leaves_out_is_what_keep_holds() -> None:
    need = factories.kept(Need, state="open", quantity=3)
    needs = resource.get("allocation/needs")
    assert needs.closed(need) == {"organ", "number", "item", "class_code", "quantity", "replaced", "needed_by"}
    assert needs.closed(factories.sample(Need)) == set()


def test_what_was_agreed_to_be_counted_is_counted() -> None:
    count = factories.kept(Count, scope="part", places="1号楼", begins=TODAY, ends=TODAY)
    count.state = "submitted"
    with scope.everything("test"):
        keep(count, by=BY, moves=frozenset({"state"}))
    assert told(count, places="2号楼") == ["places"]
    count.led_by = "另一位"
    with scope.everything("test"):
        keep(count, by=BY)


def test_rounds_that_are_under_way_stay_those_of_their_year_and_day() -> None:
    authority = factories.organ("管理局", competence="authority")
    planned = factories.kept(PlanRound, where=authority, state="open")
    assert told(planned, year=planned.year + 1) == ["year"]
    worked_out = factories.kept(Round, where=authority, state="proposed", carried_on=None)
    assert told(worked_out, day=TODAY - dt.timedelta(days=1)) == ["day"]
