"""What stands idle and was not offered: both sides of each line, and where nobody keeps a warehouse (articles 14, 15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from baozhang.ch2_provision.warehouse.actions.proposing import detect
from baozhang.ch2_provision.warehouse.choices import ProposalState
from baozhang.ch2_provision.warehouse.models import Proposal, SharedClass, Store
from baozhang.kernel import clock, scope
from baozhang.law.figures import IssuedValue
from tests import factories
from tests.ch2_provision.assets.conftest import found

from .conftest import House
from .figures import issue

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


def _store(house: House, **values: Any) -> None:
    factories.kept(Store, where=house.organs["authority"], code="S1", name="东库", **values)


def _listing(house: House, **values: Any) -> None:
    factories.kept(SharedClass, where=house.organs["authority"], class_code="A0202", since=DAY, **values)


@pytest.mark.parametrize(
    ("sets_up", "kept"),
    [
        (lambda house: None, False),
        (_store, True),
        (lambda house: _store(house, state="closed"), False),
        (_listing, True),
        (lambda house: house.entered([house.card(number="IN")]), True),
        (lambda house: issue(house, "warehouse.loan_days", 60), False),  # the city's, for its own level
    ],
)
def test_article_fifteen_speaks_where_a_warehouse_is_kept(
    house: House, sets_up: Callable[[House], Any], kept: bool
) -> None:
    """The city has to keep one, a district may: what the city issues puts no duty on a district that has none."""
    with clock.on(DAY):
        issue(house, "warehouse.idle_days", 90)
        house.card(number="HERE", use_state="idle", idle_since=LONG_AGO)
        house.card("court", number="CITY", use_state="idle", idle_since=LONG_AGO)
        sets_up(house)
        with scope.everything("test") as by:
            detect(day=DAY, by=by)
    wanted = {"HERE", "CITY"} if kept else {"CITY"}
    assert {one.subject.number for one in judged()} == wanted
    assert set(Proposal._base_manager.values_list("card__number", flat=True)) == wanted


def test_a_proposal_is_taken_back_where_the_warehouse_is_given_up(house: House, store: Store) -> None:
    with clock.on(DAY), scope.everything("test") as by:
        issue(house, "warehouse.idle_days", 90)
        house.card(use_state="idle", idle_since=LONG_AGO)
        detect(day=DAY, by=by)
        store.state = "closed"
        factories.save(store)
        assert detect(day=DAY, by=by).gone == 1
    assert Proposal._base_manager.get().state == ProposalState.GONE


def test_where_the_register_names_no_authority_the_strict_way_is_kept(db: None) -> None:
    from baozhang.ch2_provision.assets.models import Card

    organ = factories.organ("远区教育局", factories.district("远区"))
    factories.kept(Card, where=organ, name="会议桌", use_state="idle", idle_since=LONG_AGO)
    assert len(judged(*idle(90))) == 1


def test_an_idle_card_says_what_to_do_where_no_warehouse_is_kept(house: House, client: Any) -> None:
    card = house.card(use_state="idle", idle_since=LONG_AGO)
    client.force_login(house.users["clerk"])
    assert "还没有公物仓" in client.get(f"/assets/cards/{card.pk}/").content.decode()
    _store(house)
    assert "还没有公物仓" not in client.get(f"/assets/cards/{card.pk}/").content.decode()


def test_the_detecting_page_says_what_to_set_up_first(house: House, client: Any) -> None:
    client.force_login(house.users["officer"])
    assert "还没有建立公物仓" in client.get("/warehouse/proposals/look/").content.decode()
    _store(house)
    assert "还没有建立公物仓" not in client.get("/warehouse/proposals/look/").content.decode()
