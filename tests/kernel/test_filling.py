"""Rows of a list are filled in as in a table: what differs is kept at once, all of it or nothing, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories
from tests.conftest import TODAY

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import ledger, scope
from baozhang.kernel.access import system_actor
from baozhang.kernel.record import keep

pytestmark = pytest.mark.django_db
FILL = "/organs/headcounts/fill/"


@pytest.fixture
def place() -> Any:
    """An agency with headcounts in both bands."""
    organ = factories.organ("管理局", competence="authority", code="GLJ")
    _heads(organ, "division", "bureau")
    return organ


def _heads(organ: Any, *bands: str) -> None:
    with scope.everything("test"):
        rows = [Headcount(organ=organ, band=band, quota=10, actual=9, since=TODAY) for band in bands]
        keep(rows, by=system_actor("test"))


@pytest.fixture
def client(place: Any, as_user: Callable[..., Any]) -> Any:
    """Somebody who may change them."""
    return as_user(factories.person("zhao", "support_head", place), HTTP_ACCEPT_LANGUAGE="zh-hans")


def form(**typed: str) -> dict[str, Any]:
    """What the page sends: all its rows, with what was typed into some, by band."""
    said: dict[str, Any] = {}
    for row in Headcount._base_manager.order_by("pk"):
        said |= {f"version-{row.pk}": row.version, f"quota-{row.pk}": row.quota, f"actual-{row.pk}": row.actual}
        if row.band in typed:
            said[f"quota-{row.pk}"] = typed[row.band]
    return said


def quotas() -> dict[str, int]:
    """The quotas as they stand, by band."""
    return dict(Headcount._base_manager.values_list("band", "quota"))


def test_what_differs_is_kept_at_once(client: Any) -> None:
    assert f'href="{FILL}?"' in client.get("/organs/headcounts/").content.decode()
    page = client.get(FILL).content.decode()
    assert page.count('inputmode="decimal"') == 4 and "逐行填写" in page
    assert client.post(FILL, form(division="1,200")).status_code == 302
    assert quotas() == {"division": 1200, "bureau": 10}
    still = Headcount._base_manager.get(band="bureau")
    assert len(ledger.history("organs.headcount", still.pk)) == 1, "a row that nobody touched has no new entry"
    assert "已保存 1 行" in client.get(FILL).content.decode()


@pytest.mark.parametrize(("typed", "said"), [("many", "整数"), ("-4", ""), ("", "")])
def test_one_wrong_row_keeps_all_as_they_are_and_nothing_is_lost(client: Any, typed: str, said: str) -> None:
    answer = client.post(FILL, form(division="12", bureau=typed))
    page = answer.content.decode()
    assert answer.status_code == 422 and quotas() == {"division": 10, "bureau": 10}
    assert 'value="12"' in page and f'value="{typed}"' in page if typed else 'value="12"' in page
    assert page.count('class="error"') == 1 and said in page
    wrong = Headcount._base_manager.get(band="bureau")
    assert f'name="quota-{wrong.pk}"' in page.partition('class="error"')[0].rpartition("<input")[2], (
        "beside the field that is wrong"
    )


def test_a_row_that_somebody_else_changed_is_not_overwritten(client: Any) -> None:
    old = form(division="12")
    client.post(FILL, form(division="11"))
    answer = client.post(FILL, old)
    assert answer.status_code == 409 and quotas()["division"] == 11 and 'value="12"' in answer.content.decode()


def test_a_row_out_of_sight_is_none(client: Any) -> None:
    _heads(factories.organ("别的局", factories.district("月泾区"), code="BDJ"), "bureau")
    theirs = Headcount._base_manager.latest("pk")
    said = {f"version-{theirs.pk}": theirs.version, f"quota-{theirs.pk}": "99", f"actual-{theirs.pk}": "9"}
    assert client.post(FILL, said).status_code == 404
    assert Headcount._base_manager.get(pk=theirs.pk).quota == 10 and "别的局" not in client.get(FILL).content.decode()


def test_who_may_only_look_does_not_type(place: Any, as_user: Callable[..., Any]) -> None:
    reader = as_user(factories.person("li", "auditor", place))
    assert reader.get(FILL).status_code == 403 and reader.post(FILL, form(division="12")).status_code == 403
    assert FILL not in reader.get("/organs/headcounts/").content.decode()


def test_a_long_page_asks_no_more_than_a_short_one(client: Any, place: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(40) as asked:
        client.get(FILL)
        few = len(asked)
    with scope.everything("test"):
        rows = [
            Headcount(organ=place, band="division", quota=1, actual=1, since=TODAY - dt.timedelta(days=9 * n), until=TODAY - dt.timedelta(days=9 * n - 5))
            for n in range(2, 30)
        ]  # fmt: skip
        keep(rows, by=system_actor("test"))
    with django_assert_max_num_queries(few):
        client.get(FILL)
