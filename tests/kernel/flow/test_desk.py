"""The workbench: to-dos, counts, done, overdue, escalation and notices."""

from __future__ import annotations

import datetime as dt

from tests import factories
from tests.conftest import TODAY

from baozhang.ch1_general.organs import queries
from baozhang.ch1_general.organs.models import Suspension
from baozhang.kernel import access, clock, notices
from baozhang.kernel.flow import Task, counts, done, following, limits, mark_overdue, overdue, todo
from baozhang.kernel.flow.news import holders_once
from baozhang.kernel.flow.overdue import date_the_undated
from baozhang.kernel.flow.todo import Waiting
from baozhang.kernel.notices import Notice


def issue(world, flows, day, by="赵科"):
    thing = world.thing()
    with clock.on(day):
        flows.order.take("issue", thing, by=world(by))
    return thing


def test_todo_is_ordered_by_due_and_scoped(world, flows):
    late = issue(world, flows, dt.date(2026, 3, 4))
    early = issue(world, flows, dt.date(2026, 3, 2))
    undated = world.thing()
    flows.review.start(undated, by=world("张某"))
    assert [task.record_id for task in todo(world("张某"))] == [early.pk, late.pk, undated.pk]
    assert [task.record_id for task in todo(world("李某"))] == [early.pk, late.pk, undated.pk]
    assert not todo(world("外人")).exists() and not todo(world("王局")).exists() and not todo(world("赵科")).exists()
    first = todo(world("张某")).first()
    assert following(world("张某"), first).record_id == late.pk
    flows.order.hand_on(early, to=world.user("李某").pk, by=world("张某"))
    assert [task.record_id for task in todo(world("张某"))] == [late.pk, undated.pk]


def test_counts_take_one_query(world, flows, django_assert_num_queries):
    issue(world, flows, dt.date(2026, 2, 2))
    issue(world, flows, dt.date(2026, 2, 27))
    flows.review.start(world.thing(), by=world("张某"))
    me = world("张某")
    counts(me)  # what the actor may is looked up once
    with django_assert_num_queries(1):
        found = counts(me, TODAY)
    assert found == {"ThingOrder": Waiting(2, 1, 1), "ThingReview": Waiting(1, 0, 0)}


def test_todo_takes_one_query_for_one_and_for_nine(world, flows, django_assert_num_queries):
    me = world("张某")
    list(todo(me))
    for _n in range(9):
        issue(world, flows, TODAY)
    with django_assert_num_queries(1):
        assert {task.words for task in todo(me)} == {"整改中"}


def test_done_is_what_i_did_myself(world, flows, ordered):
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
    assert [(task.outcome_words, task.opinion) for task in done(world("张某"))] == [("反馈整改情况", "已改")]
    assert not done(world("李某")).exists()
    thing = world.thing()
    flows.review.take("submit", thing, by=world("李某"), values={"amount": 1})  # nobody had asked for it
    assert [task.outcome for task in done(world("李某"))] == ["submit"]


def test_overdue_is_seen_by_the_holder_and_by_the_authority_above(world, flows, ordered):
    day = dt.date(2026, 4, 1)
    assert not overdue(TODAY).exists()
    for name in ("张某", "市局"):
        assert [task.record_id for task in overdue(day, world(name))] == [ordered.pk]
    for name in ("外人", "财务"):
        assert not overdue(day, world(name)).exists()


def test_notice_of_being_overdue_is_given_once(world, flows, ordered):
    day = dt.date(2026, 3, 20)
    assert mark_overdue(dt.date(2026, 3, 11)) == 0
    assert mark_overdue(day) == 1 and mark_overdue(day) == 0 and mark_overdue(dt.date(2026, 3, 21)) == 0
    assert len(world.told("张某")) == 1 and "已超期 8 天" in world.told("张某")[0]
    assert ["下级超期" in title for title in world.told("市局")] == [True]
    assert world.told("外人") == []


def test_a_limit_that_is_issued_later_for_the_day_dates_the_tasks_that_wait(world, flows, monkeypatch):
    thing = world.thing()
    flows.filing.start(thing, by=world("李某"))
    flows.filing.take("file", thing, by=world("李某"))
    task = Task.objects.open().get(record_id=thing.pk)
    assert task.unverified and date_the_undated() == 0
    later = task.day + dt.timedelta(days=1)
    for since, dated in ((later, 0), (task.day, 1)):
        monkeypatch.setattr(
            limits.limit_of,
            "answers",
            [lambda key, day, _organ, since=since: (3, "days") if key == "nobody.knows" and day >= since else None],
        )
        assert date_the_undated() == dated
    task.refresh_from_db()
    assert task.due >= task.day + dt.timedelta(days=3) and not task.unverified


def test_many_overdue_are_told_in_batches(world, flows):
    rows = [world.thing() for _n in range(3)]
    flows.order.take_all("issue", rows, by=world("赵科"))
    assert mark_overdue(dt.date(2026, 5, 1)) == 3
    assert Task.objects.open().filter(told_on=dt.date(2026, 5, 1)).count() == 3


def test_the_next_holders_are_told_after_the_commit(world, flows, django_capture_on_commit_callbacks):
    thing = world.thing()
    flows.order.start(thing, by=world("张某"))
    with django_capture_on_commit_callbacks(execute=False) as calls:
        flows.order.take("issue", thing, by=world("赵科"))
    assert calls and not Notice.objects.exists()
    for call in calls:
        call()
    assert len(world.told("张某")) == len(world.told("李某")) == 1 and "2026-03-12" in Notice.objects.first().body
    assert not world.told("王局") and not world.told("赵科")
    with django_capture_on_commit_callbacks(execute=True):
        flows.order.take("reply", thing, by=world("张某"), note="已改")
        flows.order.take("close", thing, by=world("孙局"), note="合格")
    assert any("复查销号" in title for title in world.told("张某"))  # the end is told to those who brought it there
    assert any("复查销号" in title for title in world.told("赵科"))


def test_a_step_tells_whom_it_names(world, flows, audited, django_capture_on_commit_callbacks):
    thing = audited()
    for name in ("财务", "市局"):
        flows.review.opine(thing, by=world(name), agree=True)
    with django_capture_on_commit_callbacks(execute=True):
        flows.review.take("approve", thing, by=world("孙局"))
    assert any("批准" in title for title in world.told("市局"))


def test_notices_are_read_by_their_owner_alone(world):
    me, other = world.user("张某").pk, world.user("李某").pk
    assert notices.notify([me, me, other], title="通知", about=("specimen.thing", 1)) == 2
    assert (notices.unread(me), notices.unread(other)) == (1, 1)
    theirs = notices.of(other).first()
    assert notices.mark_read(me, [theirs.pk]) == 0 and notices.unread(other) == 1
    assert notices.mark_read(me) == 1 and notices.unread(me) == 0
    assert notices.notify_holders("specimen.thing:reply", world.agency.pk, title="请办") == 2


def test_who_holds_a_right_in_an_organ(world):
    def names(permission, organ, day=TODAY):
        people = access.holders_of.ask(f"specimen.thing:{permission}", organ.pk, day)
        return {
            world.user(n).pk: n
            for n in ("张某", "李某", "王局", "读者", "外人", "赵科", "钱科", "孙局", "财务", "市局")
        }, people

    def found(permission, organ, day=TODAY):
        by_id, people = names(permission, organ, day)
        return [by_id[person] for person in people]

    assert found("reply", world.agency) == ["张某", "李某"]
    assert set(found("view", world.agency)) == {"张某", "李某", "王局", "读者", "赵科", "钱科", "孙局", "财务", "市局"}
    assert found("view", world.agency)[:4] == ["张某", "李某", "王局", "读者"]  # one's own people first
    assert found("view", world.city) == ["市局"]
    assert found("reply", world.agency, dt.date(2021, 1, 1)) == []
    world.deputy("张某", "外人", world.agency)
    assert found("reply", world.agency) == ["张某", "李某", "外人"]
    user = world.user("李某")
    user.is_active = False
    factories.save(user)
    assert found("reply", world.agency) == ["张某", "外人"]
    factories.save(Suspension(role="f_clerk", permission="specimen.thing:reply", reason="试验"))
    assert found("reply", world.agency) == []
    assert queries.appointed("f_head", world.agency.pk, TODAY) == {world.user("王局").pk: frozenset()}
    assert queries.names([world.agency.pk, 0]) == {world.agency.pk: "云间区教育局"}


def test_holders_agree_with_what_an_actor_can(world):
    """Whoever is listed can, and nobody else."""
    for organ in (world.agency, world.other, world.authority, world.city):
        for verb in ("view", "reply", "issue", "oversee"):
            permission = f"specimen.thing:{verb}"
            listed = set(access.holders_of.ask(permission, organ.pk, TODAY))
            everybody = ("张某", "李某", "王局", "读者", "外人", "赵科", "钱科", "孙局", "财务", "市局")
            able = {world.user(name).pk for name in everybody if world(name).can(permission, organ.pk)}
            assert listed == able, (organ, verb)


def test_the_deputy_of_whom_a_task_was_handed_to_is_told(world, flows):
    thing = world.thing()
    flows.order.start(thing, by=world("张某"))
    flows.order.take("issue", thing, by=world("赵科"))
    (task,) = Task.objects.open().filter(record_id=thing.pk)
    Task.objects.filter(pk=task.pk).update(assignee=world.user("李某"))
    task.refresh_from_db()
    assert holders_once([task])(task) == [world.user("李某").pk]
    world.deputy("李某", "王局", world.agency)
    assert holders_once([task])(task) == [world.user("李某").pk, world.user("王局").pk]
