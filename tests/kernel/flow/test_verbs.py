"""驳回, 撤回, 转办, 催办 and 委托, both ways."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories
from tests.specimen.models import Thing

from baozhang.ch1_general.organs.models import Appointment
from baozhang.kernel import clock, ledger
from baozhang.kernel.flow import Task, opened, todo
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused


def last(thing):
    return ledger.history("specimen.thing", thing.pk).last()


def waiting(thing):
    return Task.objects.open().get(record_id=thing.pk, part__in=("main", "handed"))


# ---- 驳回


def test_sending_back_goes_to_who_acted_there(world, flows, audited):
    thing = audited()
    flows.review.send_back(thing, to="draft", by=world("孙局"), note="金额不清")
    assert thing.state == "draft"
    task = waiting(thing)
    assert (task.assignee.name, task.organ_id, task.permission) == ("张某", world.agency.pk, "specimen.thing:submit")
    assert (last(thing).act, last(thing).note, last(thing).by_name) == ("back:ThingReview", "金额不清", "孙局")
    assert not Task.objects.open().filter(record_id=thing.pk, part="countersign").exists()
    with pytest.raises(Refused, match="张某"):  # a colleague with the same right
        flows.review.take("submit", thing, by=world("李某"), values={"amount": 1})
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})


def test_sending_back_one_step(world, flows, audited):
    thing = audited()
    flows.review.send_back(thing, to="submitted", by=world("孙局"), note="请再核")
    assert waiting(thing).assignee.name == "王局"
    flows.review.send_back(thing, to="draft", by=world("王局"), note="请改")
    assert thing.state == "draft" and waiting(thing).assignee.name == "张某"


def test_what_is_sent_back_goes_to_anybody_where_the_person_has_left(world, flows, audited):
    thing = audited()
    post = Appointment._base_manager.get(user__username="张某")
    post.until = dt.date(2026, 3, 1)
    factories.save(post)
    flows.review.send_back(thing, to="draft", by=world("孙局"), note="请改")
    assert waiting(thing).assignee is None
    flows.review.take("submit", thing, by=world("李某"), values={"amount": 1})


@pytest.mark.parametrize("to", ["audited", "approved", "nowhere", ""])
def test_sending_back_only_to_where_it_has_been(world, flows, audited, to):
    thing = audited()
    with pytest.raises(Refused, match="不能驳回至") as refusal:
        flows.review.send_back(thing, to=to, by=world("孙局"), note="x")
    assert "草稿" in refusal.value.why and "待审核" in refusal.value.why
    assert thing.state == "audited"


def test_after_a_return_the_way_is_shorter(world, flows, audited):
    thing = audited()
    flows.review.send_back(thing, to="draft", by=world("孙局"), note="x")
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    with pytest.raises(Refused, match="不能驳回至"):
        flows.review.send_back(thing, to="audited", by=world("王局"), note="x")
    flows.review.send_back(thing, to="draft", by=world("王局"), note="x")


def test_who_may_not_send_back(world, flows, audited, ordered):
    thing = audited()
    with pytest.raises(Forbidden):
        flows.review.send_back(thing, to="draft", by=world("王局"), note="x")
    with pytest.raises(NotFound):
        flows.review.send_back(thing, to="draft", by=world("外人"), note="x")
    with pytest.raises(Invalid):
        flows.review.send_back(thing, to="draft", by=world("孙局"), note=" ")
    with pytest.raises(Refused, match="不能驳回"):  # an order is not sent back by whom it binds
        flows.order.send_back(ordered, to="draft", by=world("张某"), note="x")


def test_the_flow_may_say_no_to_going_back(world, flows, audited, monkeypatch):
    def never(record, *, to, by):
        raise Refused("已经付款")

    monkeypatch.setattr(flows.review.plan, "may_move_back", never)
    thing = audited()
    with pytest.raises(Refused, match="付款"):
        flows.review.send_back(thing, to="draft", by=world("孙局"), note="x")
    assert Thing._base_manager.get(pk=thing.pk).state == "audited"


# ---- 撤回


def test_withdrawing_restores_state_and_values(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 5})
    flows.review.withdraw(thing, by=world("张某"), note="写错了")
    assert (thing.state, thing.amount) == ("draft", None)
    assert last(thing).act == "withdraw:ThingReview"
    assert waiting(thing).assignee.name == "张某"
    assert not todo(world("王局")).exists()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 6})


def test_only_ones_own_last_step_and_only_while_nobody_has_opened_it(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 5})
    with pytest.raises(Refused, match="不能撤回"):
        flows.review.withdraw(thing, by=world("李某"))
    with pytest.raises(NotFound):
        flows.review.withdraw(thing, by=world("外人"))
    assert opened(thing, by=world("李某")) == 0  # he is not asked to do anything
    assert opened(thing, by=world("王局")) == 1
    with pytest.raises(Refused, match="已不能撤回"):
        flows.review.withdraw(thing, by=world("张某"))
    assert thing.state == "submitted"


def test_what_was_acted_on_cannot_be_withdrawn(world, flows, audited, ordered):
    thing = audited()
    with pytest.raises(Refused, match="不能撤回"):
        flows.review.withdraw(thing, by=world("张某"))
    with pytest.raises(Refused, match="不能撤回"):  # issue is not declared withdrawable
        flows.order.withdraw(ordered, by=world("赵科"))
    flows.review.opine(thing, by=world("财务"), agree=True)
    with pytest.raises(Refused, match="已不能撤回"):
        flows.review.withdraw(thing, by=world("王局"))
    fresh = world.thing()
    with pytest.raises(Refused, match="没有可以撤回"):
        flows.review.withdraw(fresh, by=world("张某"))


# ---- 转办


def test_handing_on(world, flows, ordered):
    due = waiting(ordered).due
    flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("张某"), note="出差")
    task = waiting(ordered)
    assert (task.part, task.assignee.name, task.due) == ("handed", "李某", due)
    assert '"to":"李某"' in last(ordered).changes and last(ordered).note == "出差"
    assert Task.objects.get(record_id=ordered.pk, outcome="+handed").closed_by.name == "张某"
    with pytest.raises(Refused, match="李某"):
        flows.order.take("reply", ordered, by=world("张某"), note="已改")
    flows.order.take("reply", ordered, by=world("李某"), note="已改")
    assert ordered.state == "replied"


def test_whom_one_cannot_hand_on_to(world, flows, ordered):
    for name in ("王局", "外人", "赵科"):
        with pytest.raises(Refused, match="不能转给"):
            flows.order.hand_on(ordered, to=world.user(name).pk, by=world("张某"))
    with pytest.raises(Refused, match="名下"):
        flows.order.hand_on(ordered, to=world.user("张某").pk, by=world("张某"))
    with pytest.raises(Refused, match="没有待办"):
        flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("赵科"))
    with pytest.raises(NotFound):
        flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("外人"))


def test_who_handed_it_on_may_take_it_back_and_anybody_where_the_holder_has_left(world, flows, ordered):
    flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("张某"))
    flows.order.hand_on(ordered, to=world.user("张某").pk, by=world("张某"))
    assert waiting(ordered).assignee.name == "张某"
    post = Appointment._base_manager.get(user__username="张某")
    post.until = dt.date(2026, 3, 1)
    factories.save(post)
    flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("李某"))
    assert waiting(ordered).assignee.name == "李某"


# ---- 催办


def test_reminding_once_a_day(world, flows, ordered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        flows.order.remind(ordered, by=world("赵科"), note="请尽快")
    assert (
        [title.partition("：")[0] for title in world.told("张某")]
        == ["催办"]
        == [t.partition("：")[0] for t in world.told("李某")]
    )
    with pytest.raises(Refused, match="今天已经催办"):
        flows.order.remind(ordered, by=world("赵科"))
    flows.order.remind(ordered, by=world("钱科"))
    with clock.on(dt.date(2026, 3, 5)):
        flows.order.remind(ordered, by=world("赵科"))
    with pytest.raises(Refused, match="不必催办"):
        flows.order.remind(ordered, by=world("张某"))
    with pytest.raises(NotFound):
        flows.order.remind(ordered, by=world("外人"))


def test_nothing_to_remind_of(world, flows):
    with pytest.raises(Refused, match="没有待办"):
        flows.order.remind(world.thing(), by=world("张某"))


# ---- 委托


def test_a_deputy_acts_in_the_others_name(world, flows, audited):
    world.deputy("孙局", "钱科", world.authority)
    thing = audited()
    Task.objects.open().filter(record_id=thing.pk, part="countersign").update(closed_at=clock.now(), outcome="+agreed")
    assert [task.record_id for task in todo(world("钱科")).filter(permission="specimen.thing:approve")] == [thing.pk]
    flows.review.take("approve", thing, by=world("钱科"))
    assert last(thing).by_name == "钱科（代孙局）" and last(thing).by_id == world.user("钱科").pk
    assert Task.objects.get(record_id=thing.pk, outcome="approve").closed_name == "钱科（代孙局）"


def test_a_deputy_sees_what_was_handed_to_the_other(world, flows, ordered):
    flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("张某"))
    assert not todo(world("读者")).exists()
    world.deputy("李某", "读者", world.agency)
    assert [task.record_id for task in todo(world("读者"))] == [ordered.pk]
    flows.order.take("reply", ordered, by=world("读者"), note="已改")
    assert last(ordered).by_name == "读者（代李某）"


def test_in_ones_own_right_one_acts_in_ones_own_name(world, flows, ordered):
    world.deputy("张某", "李某", world.agency)
    flows.order.take("reply", ordered, by=world("李某"), note="已改")
    assert last(ordered).by_name == "李某"
