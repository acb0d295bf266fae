"""What stands idle and was not offered: both sides of each line (article 15)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from baozhang.ch2_provision.warehouse.models import Store
from baozhang.law.figures import IssuedValue
from tests import factories
from tests.ch2_provision.assets.conftest import found

from .conftest import House

DAY = dt.date(2026, 3, 4)
LONG_AGO = DAY - dt.timedelta(days=91)


def idle(days: int, place: str = "CN") -> list[IssuedValue]:
    return [IssuedValue("warehouse.idle_days", place, days, dt.date(2024, 8, 1), document="试行")]


def judged(*values: IssuedValue) -> list[Any]:
    return found("idle_not_offered", DAY, overlay=values)


def test_without_a_figure_nothing_is_idle_too_long(house: House, store: Store) -> None:
    house.card(use_state="idle", idle_since=dt.date(2020, 1, 1))
    assert judged() == []


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"idle_since": DAY - dt.timedelta(days=90)}, False),
        ({"idle_since": LONG_AGO}, True),
        ({"idle_since": LONG_AGO, "use_state": "surplus"}, True),
        ({"idle_since": LONG_AGO, "offered": DAY}, False),
        ({"idle_since": LONG_AGO, "offered": DAY - dt.timedelta(days=1)}, False),
        ({"idle_since": None}, False),  # counted from the day on which it was entered as idle
        ({"idle_since": LONG_AGO, "use_state": "in_use"}, False),
    ],
)
def test_idle_beyond_the_days_and_not_offered(house: House, store: Store, values: dict[str, Any], wrong: bool) -> None:
    house.card(**{"use_state": "idle", **values})
    assert bool(judged(*idle(90))) == wrong


def test_the_districts_own_days_outrank(house: House) -> None:
    house.card(use_state="idle", idle_since=LONG_AGO)
    place = house.organs["school"].jurisdiction.path.rstrip("/")
    assert judged(*idle(90), *idle(180, place)) == []
    assert len(judged(*idle(180), *idle(90, place))) == 1


@pytest.mark.parametrize(("days", "wrong"), [(90, False), (91, True)])
def test_the_shortest_time_anywhere_does_not_judge_everywhere(house: House, days: int, wrong: bool) -> None:
    house.card(use_state="idle", idle_since=DAY - dt.timedelta(days=days))
    own = idle(90, house.organs["school"].jurisdiction.path.rstrip("/"))
    assert bool(judged(*idle(30), *own)) == wrong


def test_it_speaks_also_where_the_register_names_neither_authority_nor_store(db: None) -> None:
    from baozhang.ch2_provision.assets.models import Card

    organ = factories.organ("远区教育局", factories.district("远区"))
    factories.kept(Card, where=organ, name="会议桌", use_state="idle", idle_since=LONG_AGO)
    assert len(judged(*idle(90))) == 1
