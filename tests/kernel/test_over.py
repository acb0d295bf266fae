"""What is done with is not filled in anew: no button offers it, and form, program and sheet refuse it alike."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories

from baozhang.ch2_provision.funding.models import PlanRound
from baozhang.kernel import border, resource, scope
from baozhang.kernel.access import system_actor
from baozhang.kernel.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def over() -> Any:
    """A round of planning that has been closed, in an authority with a planner."""
    authority = factories.organ("管理局", competence="authority", code="GLJ")
    factories.person("planner", "plan_officer", authority)
    return factories.kept(PlanRound, where=authority, state="closed")


def test_no_door_changes_it(over: Any, as_user: Callable[..., Any]) -> None:
    client, page = as_user("planner", HTTP_ACCEPT_LANGUAGE="zh-hans"), f"/funding/rounds/{over.pk}/"
    assert f'href="{page}edit/"' not in client.get(page).content.decode()
    form = {
        "organ": over.organ_id,
        "year": over.year,
        "title": "改过",
        "opens": over.opens,
        "closes": over.closes,
        "version": over.version,
    }
    client.post(f"{page}edit/", form)
    assert (
        PlanRound._base_manager.get().title == over.title and "不再修改" in client.get(f"{page}edit/").content.decode()
    )
    by_program = client.patch(
        f"/api/funding/rounds/{over.pk}", json.dumps({"title": "改过"}), content_type="application/json"
    )
    assert by_program.status_code == 409 and "已经办结" in by_program.json()["what"]
    rounds = resource.get("funding/rounds")
    with scope.everything("test"), pytest.raises(Refused, match="已经办结"):
        row = border.Row(
            {"year": over.year, "organ": over.organ, "opens": over.opens, "closes": over.closes - dt.timedelta(days=1)}
        )
        border.commit(rounds, [row], by=system_actor("test"))
    assert PlanRound._base_manager.get().version == over.version


def test_what_is_under_way_is_filled_in_as_before(over: Any) -> None:
    rounds = resource.get("funding/rounds")
    draft = factories.kept(PlanRound, where=over.organ, state="draft", year=over.year + 1)
    assert rounds.closed(over) == set(rounds.fields) and rounds.closed(draft) == set()
    draft.title = "改过"
    with scope.everything("test"):
        rounds.take_in(draft, by=system_actor("test"))
    assert PlanRound._base_manager.get(pk=draft.pk).title == "改过"
