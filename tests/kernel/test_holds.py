"""One thing is promised once: to whoever comes first, until it is let go or runs out."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from tests import factories
from tests.committed import committed
from tests.conftest import TODAY

from baozhang.ch1_general.organs.models import Headcount
from baozhang.ch2_provision.assets.models import Card, Income
from baozhang.kernel import clock, holds, scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.record import remove
from baozhang.kernel.refusal import Refused

MANY = 50


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits, so that threads see each other."""
    yield from committed(django_db_blocker)


def cards(count: int) -> list[Card]:
    where = factories.organ("管理局")
    return [factories.kept(Card, where=where) for _ in range(count)]


def case() -> Headcount:
    """Any record may be a case."""
    return factories.kept(Headcount, where=factories.organ("教育局"))


@pytest.mark.slow
def test_fifty_at_the_same_moment_and_one_gets_it(db: None) -> None:
    thing, cases = cards(1)[0], [case() for _ in range(MANY)]
    gate, found = threading.Barrier(MANY), []

    def ask(mine: Headcount) -> None:
        gate.wait()
        try:
            with clock.on(TODAY), scope.everything("test") as by:
                holds.take(thing, case=mine, words="会议用", by=by)
            found.append(mine.pk)
        except Refused as refusal:
            found.append(str(refusal.why))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(one,)) for one in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [one for one in found if isinstance(one, int)]
    assert len(found) == MANY and len(got) == 1, found
    assert Hold.objects.get().case_id == got[0]


def test_two_who_take_crossed_sets_never_lock_each_other_out(db: None) -> None:
    things, first, second = cards(6), case(), case()
    found: list[str] = []

    def ask(mine: Headcount, wanted: list[Card]) -> None:
        try:
            with clock.on(TODAY), scope.everything("test") as by:
                holds.take(wanted, case=mine, words="会议用", by=by)
            found.append("got")
        except Refused:
            found.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=pair) for pair in ((first, things), (second, things[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["got", "refused"]
    assert Hold.objects.count() == 6 and len({hold.case_id for hold in Hold.objects.all()}) == 1


def _loan_begins(thing: Card, one: Headcount, other: Headcount) -> Callable[[], Any]:
    """A promise passes to another case, and a row comes that refers to the thing, as a loan does of what was reserved."""

    def pass_on() -> None:
        with scope.everything("test") as by:
            holds.hand_over([thing], case=one, to=other, words="借用", by=by)
        factories.kept(Income, where=other.organ, card=thing)

    return pass_on


def test_who_refers_to_a_thing_and_who_asks_for_it_do_not_wait_crosswise(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one has changed the hold and will be checked against the thing when it commits; the other has asked for the thing first."""
    thing, first, second, third = cards(1)[0], case(), case(), case()
    with scope.everything("test") as by:
        holds.take(thing, case=first, words="预留", by=by)
    changed, found = threading.Event(), []

    def run(work: Callable[[], Any]) -> None:
        try:
            with clock.on(TODAY), transaction.atomic():
                work()
            found.append("")
        except Exception as error:  # noqa: BLE001 -- what went wrong is what the test is about
            found.append(type(error).__name__)
        finally:
            connection.close()

    def lend() -> None:
        _loan_begins(thing, first, second)()
        changed.set()
        threading.Event().wait(0.6)  # in which the other one comes as far as the hold

    def ask() -> None:
        changed.wait(10)
        with scope.everything("test") as by:
            holds.take(thing, case=third, words="再要", by=by)

    threads = [threading.Thread(target=run, args=(work,)) for work in (lend, ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(found) == ["", "Refused"], found
    assert Hold.objects.get().case_id == second.pk


def test_a_take_that_is_undone_holds_nothing(db: None) -> None:
    thing, mine = cards(1)[0], case()
    with pytest.raises(RuntimeError), scope.everything("test") as by, transaction.atomic():
        holds.take(thing, case=mine, words="会议用", by=by)
        raise RuntimeError("killed")
    assert not Hold.objects.exists()


@pytest.mark.django_db
class TestInOneTransaction:
    """What needs no second connection."""

    @pytest.fixture
    def db(self, django_db_setup: None) -> None:
        """The usual database, undone after the test."""

    def test_all_or_none(self) -> None:
        things, first, second = cards(3), case(), case()
        with scope.everything("test") as by:
            holds.take(things[1], case=first, words="会议用", by=by)
            with pytest.raises(Refused, match="已有安排") as refused:
                holds.take(things, case=second, words="搬迁", by=by)
        assert "会议用" in refused.value.why
        assert [hold.record_id for hold in Hold.objects.all()] == [things[1].pk]

    def test_the_same_case_may_ask_again_and_has_a_new_term(self) -> None:
        thing, mine = cards(1)[0], case()
        late = clock.now() + dt.timedelta(days=3)
        with scope.everything("test") as by:
            holds.take(thing, case=mine, words="会议用", by=by)
            holds.take(thing, case=mine, words="会议用", by=by, until=late)
        assert Hold.objects.get().until == late

    def test_what_ran_out_is_free_and_its_case_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        thing, first, second = cards(1)[0], case(), case()
        told: list[list[int]] = []
        monkeypatch.setitem(holds.RUN_OUT, first.label, lambda keys: told.append(list(keys)))
        with scope.everything("test") as by:
            holds.take(thing, case=first, words="会议用", by=by, until=clock.now() + dt.timedelta(hours=1))
            assert not Card.objects.filter(holds.free(Card)).exists()
            with clock.on(clock.now() + dt.timedelta(hours=2)):
                assert Card.objects.filter(holds.free(Card)).count() == 1
                assert holds.held(thing.label, [thing.pk]) == {}
                holds.take(thing, case=second, words="搬迁", by=by)
        assert told == [[first.pk]] and Hold.objects.get().case_id == second.pk

    def test_a_reservation_becomes_a_loan_without_a_gap(self) -> None:
        things, first, second, third = cards(2), case(), case(), case()
        with scope.everything("test") as by:
            holds.take(things, case=first, words="预留", by=by)
            holds.hand_over(things, case=first, to=second, words="借用", by=by)
            assert holds.of_case(first) == [] and len(holds.of_case(second)) == 2
            with pytest.raises(Refused, match="不再为此保留"):
                holds.hand_over(things, case=first, to=third, words="借用", by=by)
            assert holds.release(second, things[:1]) == 1 and holds.release(second) == 1

    def test_a_case_that_is_taken_back_lets_go(self) -> None:
        thing, mine = cards(1)[0], case()
        with scope.everything("test") as by:
            holds.take(thing, case=mine, words="会议用", by=by)
            remove(mine, by=by, note="误登")
        assert not Hold.objects.exists()
