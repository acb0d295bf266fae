"""Rounds that are carried out while others answer needs, and while connections die: nothing promised twice, nothing lost."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.utils import InterfaceError

from baozhang.ch2_provision.allocation import matching
from baozhang.ch2_provision.allocation.choices import STANDING, Decision, NeedState, RoundState
from baozhang.ch2_provision.allocation.matching import accept
from baozhang.ch2_provision.allocation.models import Match, Need, Round, RoundLine
from baozhang.ch2_provision.allocation.queries import cover
from baozhang.ch2_provision.allocation.rounds import AllocationRoundFlow, decide
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.ledger import Entry
from baozhang.kernel.refusal import Refused
from baozhang.kernel.troubles import is_crossed
from tests import factories
from tests.ch2_provision.allocation.conftest import Place, build
from tests.committed import at_once, committed

DEAD = (OperationalError, InterfaceError)


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


@pytest.fixture
def place(db: None) -> Place:
    """The place, committed."""
    return build()


def ready(place: Place) -> Round:
    """A round that is decided and waits to be carried out."""
    made: Round = factories.kept(Round, where=place.authority, state="draft")
    place.take("work_out", made, "officer", AllocationRoundFlow)
    actor = place("officer")
    with scope.within(actor):
        decide(list(RoundLine._base_manager.filter(round=made).order_by("pk")), Decision.ACCEPTED, by=actor)
    place.take("submit", made, "officer", AllocationRoundFlow)
    return made


def carry(place: Place, made: Round) -> None:
    place.take("carry_out", Round._base_manager.get(pk=made.pk), "officer2", AllocationRoundFlow)


def answer(place: Place, who: str, need: int, cards: list[int]) -> None:
    with scope.within(place(who)) as by:
        accept(Need.objects.get(pk=need), cards, by=by)


def sound() -> None:
    """What must hold whatever happened: one promise a thing, each with its case, and every need says what it has."""
    standing = list(Match._base_manager.filter(state__in=STANDING))
    cards = Counter(match.card_id for match in standing)
    assert all(n == 1 for n in cards.values()), cards
    assert {hold.record_id: hold.case_id for hold in Hold.objects.all()} == {
        match.card_id: match.pk for match in standing
    }
    for need in Need._base_manager.all():
        assert cover.covered(need) <= need.quantity
        assert (need.state == NeedState.MATCHED) == (cover.left(need) == 0), need.state
    for made in Round._base_manager.all():
        pairs = set(
            RoundLine._base_manager.filter(round=made, decision=Decision.ACCEPTED).values_list("need_id", "card_id")
        )
        if made.state == RoundState.CARRIED:
            assert pairs <= {(match.need_id, match.card_id) for match in standing}, "all of a round, or none"
    seqs = Entry.objects.filter(kind="allocation.match").values_list("record_id", flat=True).distinct()
    assert set(seqs) == set(Match._base_manager.values_list("pk", flat=True)), (
        "no match without its ledger, none of one that is gone"
    )


def test_a_round_and_an_answer_do_not_wait_crosswise(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The round takes its second card first; whoever answers takes them by their keys."""
    first, second, other = place.need(1), place.need(1), place.need(2, organ=place.theirs)
    low, high = place.idle(), place.idle()
    made = ready(place)
    spare = place.idle(place.authority)
    one, two = RoundLine._base_manager.filter(round=made).order_by("pk")
    for line, need, card in ((one, first, spare), (two, second, low), (one, first, high)):
        RoundLine._base_manager.filter(pk=line.pk).update(need=need, card=card)
    begun, real = threading.Event(), matching.candidates_of

    def slow(*args: Any, **kwargs: Any) -> Any:
        if not begun.is_set():
            begun.set()
            threading.Event().wait(0.5)
        return real(*args, **kwargs)

    monkeypatch.setattr(matching, "candidates_of", slow)

    def later() -> None:
        begun.wait(timeout=20)
        answer(place, "clerk2", other.pk, [low.pk, high.pk])

    for error in at_once(lambda: carry(place, made), later):
        assert error is None or not is_crossed(error), error
    sound()


def test_many_begin_carry_and_scrap_rounds_and_answer_needs_at_once(place: Place) -> None:
    needs = [place.need(1) for _ in range(4)] + [place.need(2, organ=place.theirs)]
    cards = [place.idle().pk for _ in range(3)] + [place.idle(place.mine).pk for _ in range(2)]
    made = ready(place)
    works: list[Callable[[], Any]] = [lambda: carry(place, made)] * 3 + [lambda: ready(place)] * 2
    works.append(
        lambda: place.take(
            "scrap", Round._base_manager.get(pk=made.pk), "officer", AllocationRoundFlow, note="重新测算"
        )
    )
    works += [lambda n=n: answer(place, "clerk", n.pk, cards[::-1][:1]) for n in needs[:2]]  # type: ignore[misc]
    works.append(lambda: answer(place, "clerk2", needs[4].pk, cards[3:]))
    for error in at_once(*works):
        assert not isinstance(error, BaseException) or isinstance(error, Refused) and not is_crossed(error), error
    sound()


def mortals(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any], int], Callable[[], Any]]:
    """Lets works die: after so many promises the connection of a work is ended, as by a crash."""
    real, doomed = matching._hold, threading.local()

    def dying(*args: Any, **kwargs: Any) -> Any:
        made = real(*args, **kwargs)
        doomed.left = getattr(doomed, "left", 99) - 1
        if doomed.left == 0:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return made

    monkeypatch.setattr(matching, "_hold", dying)

    def mortal(work: Callable[[], Any], after: int) -> Callable[[], Any]:
        def run() -> Any:
            doomed.left = after
            return work()

        return run

    return mortal


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the embedded database has no connections to end")
@pytest.mark.parametrize("seed", range(4))
def test_connections_die_in_the_middle(place: Place, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    needs = [place.need(1) for _ in range(4)]
    cards = [place.idle().pk for _ in range(5)]
    made, mortal = ready(place), mortals(monkeypatch)
    works = [mortal(lambda: carry(place, made), chance.choice((1, 2, 3, 99))) for _ in range(3)]
    for need in needs:
        mine = chance.choice(cards)
        works.append(mortal(lambda key=need.pk, card=mine: answer(place, "clerk", key, [card]), chance.choice((1, 99))))  # type: ignore[misc]
    for error in at_once(*works):
        assert not isinstance(error, BaseException) or isinstance(error, (Refused, *DEAD)), error
    sound()
    made.refresh_from_db()
    if made.state == RoundState.DECIDED:  # and it goes on from there
        place.take("scrap", made, "officer", AllocationRoundFlow, note="重新测算")
    left = Card._base_manager.exclude(pk__in=Match._base_manager.values("card"))
    if Need._base_manager.filter(state="open").exists() and left.exists():
        carry(place, ready(place))
    sound()
