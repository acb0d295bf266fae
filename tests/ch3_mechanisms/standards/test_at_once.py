"""Two who publish, or write, at the same moment: one figure holds for one row on one day, and nothing slips in. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch3_mechanisms.standards.flows import StandardFlow
from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from baozhang.kernel import scope
from baozhang.kernel.record import keep
from tests.committed import committed
from tests.crossing import at_once

from . import conftest
from .conftest import DESKTOP, City, draft

COPIER = "assets.quantity.copier"


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


city = conftest.city


def submitted(city: City, title: str, values: dict[tuple[str, str], str | None]) -> Standard:
    made = draft(city, values, title=title)
    with scope.within(city.officer):
        StandardFlow.take("submit", made, by=city.officer)
    return made


def approve(city: City, standard: Standard) -> None:
    with scope.within(city.head):
        StandardFlow.take("approve", Standard._base_manager.get(pk=standard.pk), by=city.head)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({(DESKTOP, ""): "0.9"}, {(DESKTOP, ""): "0.8"}),
        (
            {(COPIER, "headcount=0~100"): "20", (COPIER, "headcount=100~"): "30"},
            {(COPIER, "headcount=0~50"): "10", (COPIER, "headcount=50~"): "40"},
        ),
    ],
)
def test_one_figure_is_published_once(city: City, monkeypatch: pytest.MonkeyPatch, one: Any, other: Any) -> None:
    first, second = submitted(city, "甲（2026年版）", one), submitted(city, "乙（2026年版）", other)
    refused = sorted(at_once(monkeypatch, lambda: approve(city, first), lambda: approve(city, second)))
    assert (
        refused[0] == "" and refused[1].startswith("Refused: ") and ("已有标准" in refused[1] or "档次" in refused[1])
    ), refused
    assert Standard._base_manager.filter(state="published").count() == 1


def test_no_line_slips_in_while_the_whole_is_submitted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line without a value may stand in a draft; it is not submitted."""
    made = draft(city, {(DESKTOP, ""): "0.9"})

    def submit() -> None:
        with scope.within(city.officer):
            StandardFlow.take("submit", Standard._base_manager.get(pk=made.pk), by=city.officer)

    def add() -> None:
        standard = Standard._base_manager.get(pk=made.pk)
        with scope.within(city.officer):
            keep(StandardLine(standard=standard, key=COPIER, row="headcount=0~100", value=None), by=city.officer)

    refused = at_once(monkeypatch, submit, add)
    assert refused.count("") == 1, refused
    made.refresh_from_db()
    bare = StandardLine._base_manager.filter(standard=made, value__isnull=True).exists()
    assert not (made.state == "submitted" and bare)
    assert not StandardLine._base_manager.filter(standard=made, value=Decimal("0.8")).exists()
