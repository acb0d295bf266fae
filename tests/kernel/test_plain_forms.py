"""A form says in short words what is wrong, cuts nothing that was pasted, and no day of what has happened is yet to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.funding.models import Budget, Plan
from baozhang.ch3_mechanisms.procurement.models import Purchase
from baozhang.kernel import cells, clock
from baozhang.kernel.field_checks import reason_against

NEW = "/allocation/needs/add/"
NEED = {"item": "desktop", "quantity": "1", "replaced": "0", "purpose": "考务", "needed_by": "2099-01-01"}


@pytest.fixture
def clerk(as_user: Callable[..., Any], db: None) -> Any:
    """The browser of somebody who may state needs."""
    factories.organ("管理局", competence="authority")
    return as_user(factories.person("资", "asset_clerk", factories.organ("教育局")))


def test_a_text_too_long_comes_back_whole_with_both_numbers(clerk: Any) -> None:
    assert 'maxlength="200"' not in clerk.get(NEW).content.decode()
    page = clerk.post(NEW, {**NEED, "purpose": "考" * 201})
    assert page.status_code == 422
    said = page.content.decode()
    assert "最多 200 个字，现在有 201 个" in said and "考" * 201 in said


def test_what_is_missing_or_below_zero_is_said_in_short_words(clerk: Any) -> None:
    said = clerk.post(NEW, {**NEED, "purpose": " ", "quantity": "-1"}).content.decode()
    assert "请填写这一项" in said and "不能小于 0" in said
    assert "---------" not in said


@pytest.mark.parametrize(
    ("model", "name"), [(Plan, "decided_on"), (Budget, "decided_on"), (Purchase, "paid_on"), (Card, "idle_since")]
)
def test_what_has_happened_is_not_yet_to_come(model: Any, name: str) -> None:
    today = clock.today()
    assert reason_against(model, name, today) is None
    assert "晚于今天" in (reason_against(model, name, today + dt.timedelta(days=1)) or "")


def test_the_way_to_a_record_has_words_where_its_first_field_is_empty() -> None:
    assert cells.named([cells.DASH, "1"], "未填用途 <甲>") == ["未填用途 &lt;甲&gt;", "1"]
    assert cells.named(["会务", "1"], "别的") == ["会务", "1"]
