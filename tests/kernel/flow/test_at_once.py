"""Two people at the same moment: exactly one wins, the other is told clearly. On both databases, with real threads."""

from __future__ import annotations

import pytest
from tests.committed import at_once, committed

from baozhang.kernel import ledger
from baozhang.kernel.flow import Task
from baozhang.kernel.notices import Notice
from baozhang.kernel.refusal import Refused


@pytest.fixture
def db(django_db_setup, django_db_blocker):
    """What is written here is committed, so that other connections see it."""
    yield from committed(django_db_blocker)


def copy_of(thing):
    return type(thing)._base_manager.get(pk=thing.pk)


def sorted_out(results):
    won = [result for result in results if not isinstance(result, Exception)]
    lost = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, Refused) for error in lost), lost
    return won, lost


def test_the_same_step_is_taken_by_one(world, flows):
    thing = world.thing()
    flows.order.take("issue", thing, by=world("赵科"))
    actors = [world(name) for name in ("张某", "李某")] * 2
    things = [copy_of(thing) for _actor in actors]
    works = [
        lambda actor=actor, mine=mine: flows.order.take("reply", mine, by=actor, note="已改")
        for actor, mine in zip(actors, things, strict=True)
    ]
    won, lost = sorted_out(at_once(*works))
    assert len(won) == 1 and len(lost) == 3
    assert all("待复查" in str(error.why) and won[0].by_name in str(error.why) for error in lost)
    assert ledger.history("specimen.thing", thing.pk).filter(act="step:ThingOrder.reply").count() == 1
    assert Task.objects.open().filter(record_id=thing.pk).count() == 1
    assert Notice.objects.filter(kind="specimen.thing", title__contains="待复查").count() == 3  # three may re-check


def test_the_same_request_twice_at_once_is_done_once(world, flows):
    thing = world.thing()
    flows.order.take("issue", thing, by=world("赵科"))
    works = [
        lambda mine=mine, actor=actor: flows.order.take("reply", mine, by=actor, note="已改", key="one")
        for mine, actor in [(copy_of(thing), world("张某")) for _n in range(3)]
    ]
    results = at_once(*works)
    assert [type(result).__name__ for result in results] == ["Outcome"] * 3, results
    assert sorted(result.repeated for result in results) == [False, True, True]
    assert ledger.history("specimen.thing", thing.pk).filter(act="step:ThingOrder.reply").count() == 1


def test_withdrawing_against_deciding(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    clerk, head, one, two = world("张某"), world("王局"), copy_of(thing), copy_of(thing)
    won, lost = sorted_out(
        at_once(
            lambda: flows.review.withdraw(one, by=clerk),
            lambda: flows.review.take("audit", two, by=head),
        )
    )
    assert len(won) == 1 and len(lost) == 1
    assert copy_of(thing).state in ("draft", "audited")
    assert len(flows.review.tasks(copy_of(thing))) in (1, 3)


def test_two_reminders_of_one_person_at_once(world, flows):
    thing = world.thing()
    flows.order.take("issue", thing, by=world("赵科"))
    one, two, me = copy_of(thing), copy_of(thing), world("赵科")
    won, lost = sorted_out(at_once(lambda: flows.order.remind(one, by=me), lambda: flows.order.remind(two, by=me)))
    assert len(won) == 1 and "今天已经催办过" in str(lost[0])
