"""A chain follows declared foreign keys both ways, tells what is out of sight by its class, and ends at a limit."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories

from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import chain, clock, scope
from baozhang.kernel.resource import BY_LABEL

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards lead back to the card they are a part of."""
    monkeypatch.setattr(type(BY_LABEL["assets.card"]), "follows", ("parent",))


def family(count: int, where: str = "管理局") -> list[Card]:
    organ = factories.organ(where)
    made = [factories.kept(Card, where=organ)]
    for _ in range(count):
        made.append(factories.kept(Card, where=organ, parent=made[-1]))
    return made


def test_from_any_link_the_whole_chain_is_seen(by_parent: None) -> None:
    made = family(3)
    with scope.everything("test"):
        for one in made:
            found = chain.chain_of(one)
            assert [node.key[1] for node in found.nodes] == [card.pk for card in made]
            assert [node.depth for node in found.nodes] == [0, 1, 2, 3]
            assert not found.cut and len(found.edges) == 3


def test_what_else_came_of_a_thing_that_goes_round_is_another_chain(by_parent: None) -> None:
    root, mine, below = family(2)
    sibling = factories.kept(Card, where=root.organ, parent=root)
    with scope.everything("test"):
        assert {node.key[1] for node in chain.chain_of(below).nodes} == {root.pk, mine.pk, below.pk}
        assert {node.key[1] for node in chain.chain_of(root).nodes} == {root.pk, mine.pk, below.pk, sibling.pk}


def test_a_broad_chain_asks_no_more_than_a_narrow_one(by_parent: None) -> None:
    root = family(1)[0]
    counts = []
    for _ in range(2):
        with scope.everything("test"), CaptureQueriesContext(connection) as asked:
            chain.chain_of(root)
        counts.append(len(asked))
        for _more in range(9):
            factories.kept(Card, where=root.organ, parent=root)
    assert counts[0] == counts[1]


def test_what_is_out_of_sight_is_named_by_its_class_alone(by_parent: None, as_user: object) -> None:
    here, there = factories.organ("教育局"), factories.organ("水务局")
    with clock.on(dt.date(2026, 3, 9)):
        theirs = factories.kept(Card, where=there, name="别家的")
    mine = factories.kept(Card, where=here, parent=theirs)
    clerk = factories.person("clerk-of-chain", "asset_clerk", here)
    page = as_user(clerk).get(f"/assets/cards/{mine.pk}/chain/").content.decode()  # type: ignore[operator]
    assert "1 条记录不在您的查看范围内" in page and "别家的" not in page and there.name not in page
    assert "2026-03-09" not in page, "not even the day"
    assert as_user(clerk).get(f"/assets/cards/{theirs.pk}/chain/").status_code == 404  # type: ignore[operator]


def test_a_chain_too_long_says_so(by_parent: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST", 3)
    with scope.everything("test"):
        found = chain.chain_of(family(6)[0])
    assert found.cut and len(found.nodes) == 3
