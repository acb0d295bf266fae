"""Pages cut from many rows: whatever way is taken to a page, the pages together are the whole list, each row once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from tests import factories

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.resources import Cards
from baozhang.kernel import listing, paging, resource, scope
from baozhang.kernel.listing import Listing
from baozhang.kernel.record import keep

pytestmark = pytest.mark.django_db
COUNT = 60


@pytest.fixture
def cards() -> list[Card]:
    """Cards of two kinds: the dear ones are vehicles, and some nobody knows the day of."""
    where = factories.organ("甲局")
    made = [
        Card(
            organ=where, number=f"{i:03d}", name="椅" if i % 3 else "轿车", category="furniture" if i % 3 else "vehicle",
            value=Decimal(i % 7 * 100 + (0 if i % 3 else 90_000)), acquired=None if i % 11 == 0 else dt.date(2020, 1, 1 + i % 9),
            use_state="idle" if i % 2 else "in_use", department="财务科" if i % 4 else "办公室",
        )
        for i in range(COUNT)
    ]  # fmt: skip
    with scope.everything("test") as by:
        keep(made, by=by)
    return made


def walk(query: str, forward: bool) -> list[int]:
    """All rows of a list, page by page, from either end."""
    found: list[int] = []
    cursor = "" if forward else "&at=end"
    for _ in range(COUNT):
        page = Listing(resource.get(Cards.slug), QueryDict(f"{query}&size=7{cursor}")).page()
        keys = [row.pk for row in page.rows]
        found = found + keys if forward else keys + found
        if page.at_end if forward else page.at_start:
            return found
        cursor = f"&after={page.after}" if forward else f"&before={page.before}"
    raise AssertionError("the list has no end")


@pytest.mark.parametrize("sort", ["value", "-value", "acquired", "-acquired", "id", "-id"])
@pytest.mark.parametrize(
    "query", ["x=1", "category=furniture", "use_state=idle&category=vehicle", "q=轿车", "department=财务"]
)
@pytest.mark.parametrize(("cap", "stretch", "few"), [(10_000, 10_000, 0), (2, 10_000, 0), (2, 5, 0), (2, 5, 10_000)])
def test_pages_are_the_whole_list(
    cards: Any, sort: str, query: str, cap: int, stretch: int, few: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(listing, "CAP", cap)
    monkeypatch.setattr(listing, "CAP_OF_WORDS", cap)
    monkeypatch.setattr(paging, "STRETCH", stretch)
    monkeypatch.setattr(paging, "FEW", few)
    with scope.everything("test"):
        whole = list(
            Listing(resource.get(Cards.slug), QueryDict(f"{query}&sort={sort}")).ordered().values_list("pk", flat=True)
        )
        assert whole
        assert walk(f"{query}&sort={sort}", forward=True) == whole
        assert walk(f"{query}&sort={sort}", forward=False) == whole


def test_few_rows_cost_two_queries_wherever_the_page_lies(cards: Any) -> None:
    with scope.everything("test"):
        for where in ("", "&at=end"):
            query = Listing(resource.get(Cards.slug), QueryDict(f"category=furniture&sort=-value&size=20{where}"))
            with CaptureQueriesContext(connection) as asked:
                assert len(query.page().rows) == 20
            assert len(asked) == 2


@pytest.mark.parametrize(("query", "walked"), [("department=财务", True), ("value_from=90500&value_to=90500", False)])
def test_what_is_seldom_is_collected_and_what_is_frequent_is_walked_to(
    cards: Any, query: str, walked: bool, monkeypatch: Any
) -> None:
    monkeypatch.setattr(listing, "CAP", 1)
    monkeypatch.setattr(listing, "CAP_OF_WORDS", 1)
    # As many of all keys as lie between two cards of that value, which are one in twenty-one.
    monkeypatch.setattr(paging, "FEW", 2 * Card._base_manager.latest("pk").pk // 21 + 1)
    with scope.everything("test"), CaptureQueriesContext(connection) as asked:
        page = Listing(resource.get(Cards.slug), QueryDict(f"{query}&sort=-value")).page()
    assert page.capped and page.rows
    assert any("OFFSET" in one["sql"] for one in asked.captured_queries) == (walked or connection.vendor == "sqlite")


def test_a_count_beyond_the_cap_is_said_as_such(cards: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(listing, "CAP", 10)
    with scope.everything("test"):
        page = Listing(resource.get(Cards.slug), QueryDict("category=furniture")).page()
    assert (page.count, page.capped, len(page.rows)) == (10, True, 40)
    assert Card._base_manager.count() == COUNT
