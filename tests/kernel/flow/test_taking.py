"""Taking a step: what it does, and each way in which it refuses."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from tests.specimen.models import Thing

from baozhang.kernel import clock, ledger
from baozhang.kernel.flow import Task
from baozhang.kernel.flow.step import Hook
from baozhang.kernel.past import as_of
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused, Stale


def state_of(thing):
    return Thing._base_manager.values_list("state", flat=True).get(pk=thing.pk)


def entries(thing):
    return list(ledger.history("specimen.thing", thing.pk).values_list("act", "by_name", "note"))


def test_a_step_sets_state_and_values_and_enters_the_ledger(world, flows):
    thing = world.thing()
    outcome = flows.review.take(
        "submit", thing, by=world("张某"), note="请审", values={"amount": "12.50", "keeper": world.user("李某").pk}
    )
    assert (outcome.state, outcome.act, outcome.repeated) == ("submitted", "step:ThingReview.submit", False)
    assert (thing.state, thing.amount, thing.keeper.name) == ("submitted", Decimal("12.50"), "李某")
    assert entries(thing)[-1] == ("step:ThingReview.submit", "张某", "请审")
    assert state_of(thing) == "submitted" and thing.version == outcome.version == 2
    assert as_of(Thing, thing.pk, 2).state == "submitted"
    task = Task.objects.open().get(record_id=thing.pk)
    assert (task.permission, task.organ_id, task.part) == ("specimen.thing:audit", world.agency.pk, "main")


def test_the_right_is_asked_in_the_organ_that_acts(world, flows, audited):
    thing = audited()
    approve = Task.objects.open().get(record_id=thing.pk, part="main")
    assert (approve.permission, approve.organ_id) == ("specimen.thing:approve", world.authority.pk)
    with pytest.raises(Forbidden):  # the head of the agency sees it and may not approve
        flows.review.take("approve", thing, by=world("王局"))
    with pytest.raises(NotFound):  # for another agency it does not exist
        flows.review.take("approve", thing, by=world("外人"))
    assert state_of(thing) == "audited" and len(entries(thing)) == 3


def test_a_foreign_organ_cannot_submit(world, flows):
    thing = world.thing()
    with pytest.raises(NotFound):
        flows.review.take("submit", thing, by=world("外人"), values={"amount": 1})
    assert state_of(thing) == "draft"


def test_the_wrong_state_says_who_was_first(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    with pytest.raises(Refused) as refusal:
        flows.review.take("submit", thing, by=world("李某"), values={"amount": 2})
    assert "张某" in refusal.value.why and "待审核" in refusal.value.why and refusal.value.instead
    assert refusal.value.article == "第十条"


def test_four_eyes_are_read_from_the_ledger(world, flows, ordered):
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
    with pytest.raises(Refused, match="复查销号") as refusal:
        flows.order.take("close", ordered, by=world("赵科"), note="合格")
    assert "签发整改通知" in refusal.value.why and "赵科" in refusal.value.why
    flows.order.take("close", ordered, by=world("钱科"), note="合格")
    assert ordered.state == "closed"


def test_four_eyes_see_through_a_deputy(world, flows, ordered):
    world.deputy("赵科", "财务", world.authority)
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
    with pytest.raises(Refused, match="复查销号"):  # in the name of him who issued it
        flows.order.take("close", ordered, by=world("财务", world.authority), note="合格")


def test_a_note_is_a_must_where_the_step_says_so(world, flows, ordered):
    with pytest.raises(Invalid) as refusal:
        flows.order.take("reply", ordered, by=world("张某"), note="  ")
    assert refusal.value.faults[0].field == "note"


def test_a_guard_sees_values_as_their_fields_have_them(world, flows, monkeypatch):
    seen = []
    hook = Hook.of(lambda thing, *, values: seen.append(values))
    monkeypatch.setattr(flows.review.submit, "guards", [*flows.review.submit.guards, hook])
    keeper = world.user("李某")
    flows.review.take("submit", world.thing(), by=world("张某"), values={"amount": "12.50", "keeper": str(keeper.pk)})
    assert seen == [{"amount": Decimal("12.50"), "keeper": keeper.pk}]


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({}, "amount", "必填"),
        ({"amount": "many"}, "amount", ""),
        ({"amount": 1, "name": "x"}, "name", "不填写"),
        ({"amount": 1, "keeper": 987654}, "keeper", "不存在"),
        ({"amount": 1, "keeper": "x"}, "keeper", "无法识别"),
        ({"amount": "-1"}, "amount", "负"),
        ({"amount": "1e20"}, "amount", ""),
    ],
)
def test_values_are_validated(world, flows, values, field, said):
    thing = world.thing()
    with pytest.raises(Invalid) as refusal:
        flows.review.take("submit", thing, by=world("张某"), values=values)
    assert [fault.field for fault in refusal.value.faults] == [field] and said in refusal.value.faults[0].reason
    assert thing.state == "draft" == state_of(thing) and len(entries(thing)) == 1


def test_guards_refuse_and_effects_run(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 2000})
    with pytest.raises(Refused, match="超过限额") as refusal:
        flows.review.take("audit", thing, by=world("王局"))
    assert refusal.value.article == "第十二条"
    cheap = world.thing()
    flows.review.take("submit", cheap, by=world("张某"), values={"amount": 20})
    flows.review.take("audit", cheap, by=world("王局"))
    flows.review.take("reject", cheap, by=world("孙局"), note="重复")
    assert cheap.name.endswith("（重复）") and state_of(cheap) == "rejected"


def test_an_effect_that_fails_undoes_the_step(world, flows, audited):
    @flows.review.reject.effect
    def break_down(thing, *, by):
        raise Refused("文书没有生成")

    thing = audited()
    with pytest.raises(Refused, match="文书"):
        flows.review.take("reject", thing, by=world("孙局"), note="重复")
    assert state_of(thing) == "audited" == thing.state and "重复" not in Thing._base_manager.get(pk=thing.pk).name
    assert Task.objects.open().filter(record_id=thing.pk, part="main").count() == 1
    assert len(entries(thing)) == 3


def test_an_effect_may_take_the_next_step(world, flows):
    @flows.order.issue.effect
    def at_once(thing, *, by):
        flows.order.take("revoke", thing, by=by, note="发错")

    thing = world.thing()
    flows.order.take("issue", thing, by=world("赵科"))
    assert thing.state == "revoked" == state_of(thing) and not Task.objects.open().exists()
    assert [act for act, _who, _note in entries(thing)][1:] == ["step:ThingOrder.issue", "step:ThingOrder.revoke"]


def test_the_history_says_to_whom_and_which_opinion(world, flows, ordered):
    flows.order.hand_on(ordered, to=world.user("李某").pk, by=world("张某"))
    flows.order.consult(ordered, by=world("李某"), users=[world.user("读者").pk])
    flows.order.opine(ordered, by=world("读者"), agree=False, opinion="还差一台")
    beside = [json.loads(entry.changes).get("@flow") for entry in ledger.history("specimen.thing", ordered.pk)]
    assert [ledger.aside_words("@flow", pair[1]) for pair in beside if pair] == ["转给李某", "", "不同意"]


def test_the_same_key_does_it_once(world, flows):
    thing = world.thing()
    first = flows.review.take("submit", thing, by=world("张某"), values={"amount": 1}, key="r-1")
    again = flows.review.take("submit", thing, by=world("张某"), values={"amount": 1}, key="r-1")
    assert (again.state, again.version, again.act) == (first.state, first.version, first.act) and again.repeated
    assert len(entries(thing)) == 2
    flows.review.take("audit", thing, by=world("王局"))
    assert flows.review.take("submit", thing, by=world("张某"), key="r-1").state == "submitted"
    with pytest.raises(Refused, match="编号"):
        flows.review.take("audit", thing, by=world("王局"), key="r-1")
    with pytest.raises(Invalid):
        flows.review.take("audit", thing, by=world("王局"), key="x" * 40)


def test_an_old_version_is_stale_but_a_reminder_is_not(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    seen = thing.version
    flows.review.remind(thing, by=world("张某"))
    flows.review.take("audit", thing, by=world("王局"), version=seen)
    with pytest.raises(Stale) as refusal:
        flows.review.take("reject", thing, by=world("孙局"), note="否", version=seen)
    assert "王局" in refusal.value.why
    with pytest.raises(Stale):
        flows.review.take("reject", thing, by=world("孙局"), note="否", version=99)


def test_the_state_moves_by_steps_alone(world, flows):
    thing = world.thing()
    thing.state = "approved"
    with pytest.raises(Refused, match="不能直接填写"):
        keep(thing, by=world("张某"))
    Thing.stepped = {"state": frozenset({"draft"})}
    with pytest.raises(Refused, match="不能直接填写"):
        keep(Thing(organ=world.agency, number="N1", name="新", state="approved"), by=world("张某"))
    keep(Thing(organ=world.agency, number="N2", name="新"), by=world("张某"))


def test_start_keeps_and_opens_in_bulk(world, flows, django_assert_max_num_queries):
    rows = [Thing(organ=world.agency, number=f"B{n}", name="批") for n in range(30)]
    with django_assert_max_num_queries(25):
        flows.order.start(rows, by=world("张某"))
    tasks = Task.objects.open().filter(flow="ThingOrder")
    assert tasks.count() == 30 and {task.organ_id for task in tasks} == {world.authority.pk}
    assert {task.above_id for task in tasks} == {world.city.pk}
    with pytest.raises(Refused, match="不能从"):
        flows.order.start(Thing(organ=world.agency, number="B99", name="批", state="closed"), by=world("张某"))


def test_a_place_that_is_not_found_is_said(world, flows, monkeypatch):
    thing = world.thing()
    world.authority.competence, world.city.competence = "", ""
    from tests import factories

    factories.save(world.authority)
    factories.save(world.city)
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    with pytest.raises(Refused, match="哪个单位"):
        flows.review.take("audit", thing, by=world("王局"))
    assert state_of(thing) == "submitted"


def test_deadlines_count_working_days(world, flows):
    thing = world.thing()
    with clock.on(dt.date(2026, 3, 4)):
        flows.order.take("issue", thing, by=world("赵科"))
    task = Task.objects.open().get(record_id=thing.pk)
    assert task.due == dt.date(2026, 3, 12) and task.above_id == world.city.pk  # the 9th is off here
    assert task.provisional is False


def test_deadlines_in_days_end_on_a_working_day_and_a_step_can_extend_them(world, flows):
    thing = world.thing()
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    assert Task.objects.open().get(record_id=thing.pk).due == dt.date(2026, 3, 11)
    flows.review.take("extend", thing, by=world("王局"))
    task = Task.objects.open().get(record_id=thing.pk)
    assert task.due == dt.date(2026, 3, 16)  # the 14th is a Saturday
    assert task.permission == "specimen.thing:audit"


def test_an_unverified_figure_sets_no_deadline(world, flows):
    thing = world.thing()
    flows.filing.take("file", thing, by=world("张某"))
    task = Task.objects.open().get(record_id=thing.pk)
    assert task.due is None and task.unverified and task.organ_id == world.authority.pk


def test_many_at_once_each_for_itself(world, flows):
    things = [world.thing(), world.thing(state="closed"), world.thing()]
    results = flows.order.take_all("issue", things, by=world("赵科"))
    assert [isinstance(result, Refused) for _thing, result in results] == [False, True, False]
    assert [state_of(thing) for thing in things] == ["ordered", "closed", "ordered"]


def test_taking_back_a_record_closes_its_tasks(world, flows, ordered):
    from baozhang.kernel import scope
    from baozhang.kernel.record import remove

    with scope.everything("test") as by:
        remove(ordered, by=by, note="误登")
    assert not Task.objects.open().filter(record_id=ordered.pk).exists()
    assert Task.objects.filter(record_id=ordered.pk, outcome="+removed").count() == 1


def test_a_step_of_another_way_names_those_of_its_own(world, flows, monkeypatch):
    thing = world.thing()
    monkeypatch.setattr(flows.review.plan.steps["submit"], "when", lambda record: False)
    with pytest.raises(Refused) as told:
        flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    ways = [str(step.words) for step in flows.review.plan.leaving("draft", thing) if not step.side]
    assert str(told.value.instead) == (f"请办理：{'、'.join(ways)}。" if ways else "请刷新页面，按列出的步骤办理。")
