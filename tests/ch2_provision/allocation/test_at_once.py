"""Two needs ask for the same item at the same moment: one gets it, the other is told. On both databases, with real threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.matching import MatchFlow, accept
from baozhang.ch2_provision.allocation.models import Match, Need
from baozhang.kernel import clock, scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.refusal import Refused
from tests import crossing
from tests.ch2_provision.allocation.conftest import Place, build
from tests.committed import at_once as together
from tests.committed import committed
from tests.conftest import TODAY


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


@pytest.fixture
def place(db: None) -> Place:
    """The place, committed."""
    return build()


def at_once(place: Place, who: str, needs: list[Need], act: Callable[[Need, Any], object]) -> list[str]:
    """What each hears who does the same with his need at the same moment: "got", or the refusal."""
    gate, found = threading.Barrier(len(needs)), list[str]()

    def one(pk: int) -> None:
        try:
            with clock.on(TODAY), scope.within(place(who)) as actor:
                need = Need.objects.get(pk=pk)
                gate.wait(timeout=20)
                act(need, actor)
            found.append("got")
        except Refused as refusal:
            found.append(f"{refusal.what} {refusal.why}")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(need.pk,)) for need in needs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found.count("got") == 1 and len(found) == len(needs), found
    return found


def test_two_needs_ask_for_the_same_item_at_once(place: Place) -> None:
    card = place.idle()
    needs = [place.need(1) for _ in range(4)]
    found = at_once(place, "clerk", needs, lambda need, by: accept(need, [card.pk], by=by))
    assert all("配置需求" in said for said in found if said != "got"), found
    assert Hold.objects.get().case_id == Match._base_manager.get().pk
    assert sorted(need.state for need in Need._base_manager.all()) == ["matched", "open", "open", "open"]


def test_two_tabs_do_not_pass_the_standard_together(place: Place) -> None:
    place.used(9)  # of ten that the standard allows
    needs = [place.draft(1) for _ in range(4)]
    found = at_once(place, "staff", needs, lambda need, by: NeedFlow.take("submit", need, by=by))
    assert all("超出配置标准" in said for said in found if said != "got"), found
    assert sorted(need.state for need in Need._base_manager.all()) == ["draft", "draft", "draft", "open"]


def test_a_reserved_item_is_given_up_while_its_need_is_withdrawn(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    need = place.need(2)
    one, two = place.idle(place.mine), place.idle(place.mine)
    with scope.within(place("clerk")) as by:
        match, _other = accept(Need.objects.get(pk=need.pk), [one.pk, two.pk], by=by)
    given, withdrawn = crossing.at_once(
        monkeypatch,
        lambda: place.take("let_go", match, "clerk", MatchFlow, note="另有一台"),
        lambda: place.take("cancel", need, "staff", note="不再需要"),
    )
    assert withdrawn == "" and given in ("", "Refused: 现在不能办理“放弃”"), (
        "whoever comes second finds what became of it"
    )
    assert Hold.objects.count() == 0 and Need._base_manager.get().state == "withdrawn"


def test_needs_that_are_entered_at_once_get_a_number_each(place: Place) -> None:
    said = together(*[lambda: place.draft(number="").number] * 4)
    assert sorted(str(one)[-5:] for one in said) == ["-0001", "-0002", "-0003", "-0004"], said
