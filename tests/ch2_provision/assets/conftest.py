"""A small place to test in: a city, a district with its authority, a town, and cards made in one line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Headcount, Jurisdiction, Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import scope
from baozhang.kernel.record import keep
from baozhang.law.judge import Judged, Tally, judge
from baozhang.law.rules import rules
from tests import factories

MakeCard = Callable[..., Card]


@pytest.fixture
def agency(db: None) -> Organization:
    """An agency of a district that has its support authority."""
    place = factories.district("云间区")
    factories.organ("云间区机关事务管理局", place, competence="authority")
    return factories.organ("云间区教育局", place)


@pytest.fixture
def neighbour(agency: Organization) -> Organization:
    """Another agency of the same district."""
    return factories.organ("云间区卫生局", agency.jurisdiction)


@pytest.fixture
def town(agency: Organization) -> Organization:
    """An agency of a town of the district."""
    place = Jurisdiction(code="990199001", name="澄溪镇", level="town", parent=agency.jurisdiction)
    factories.save(place)
    return factories.organ("澄溪镇人民政府", place)


@pytest.fixture
def card(agency: Organization) -> MakeCard:
    """Makes and keeps a card of the agency: `card(name="…", value="5000")`."""

    def make(**values: Any) -> Card:
        return factories.save(new_card(**{"organ": agency, **values}))  # type: ignore[return-value]

    return make


def new_card(**values: Any) -> Card:
    """A card, not kept, with the fields that every card needs."""
    given: dict[str, Any] = {"name": "台式计算机", "value": Decimal("5000"), "acquired": dt.date(2023, 1, 10), **values}
    for name in ("value", "quantity", "depreciated", "residual_rate"):
        if given.get(name) is not None:
            given[name] = Decimal(str(given[name]))
    return Card(**given)


def keep_all(records: list[Any]) -> None:
    """This will keep many records at once, as the system."""
    with scope.everything("test") as by:
        keep(records, by=by)


def staff(organ: Organization, quota: int, actual: int, band: str = "division") -> None:
    """This will give an agency its heads from 2020 on."""
    factories.save(Headcount(organ=organ, band=band, quota=quota, actual=actual, since=dt.date(2020, 1, 1)))


def found(name: str, day: dt.date, **options: Any) -> list[Judged]:
    """These are the findings of one rule on a day; an error in the rule fails the test."""
    tallies: dict[str, Tally] = {}
    judged = list(judge(rules(day, [name]), day, tallies=tallies, **options))
    assert not any(tally.error_count for tally in tallies.values()), tallies
    return judged
