"""会签 and 加签, both ways."""

from __future__ import annotations

import pytest

from baozhang.kernel import ledger
from baozhang.kernel.flow import Task, todo
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused


def reported(world, flows):
    thing = world.thing(state="received")
    flows.report.take("accept", thing, by=world("赵科"))
    flows.report.take("investigate", thing, by=world("赵科"), note="属实")
    return thing


# ---- 会签, fixed by the flow


def test_all_countersigners_must_agree(world, flows, audited):
    thing = audited()
    asked = Task.objects.open().filter(record_id=thing.pk, part="countersign")
    assert {task.organ_id for task in asked} == {world.finance.pk, world.city.pk}
    with pytest.raises(Refused, match="会签尚未完成"):
        flows.review.take("approve", thing, by=world("孙局"))
    flows.review.opine(thing, by=world("财务"), agree=True, opinion="经费已列")
    with pytest.raises(Refused, match="会签尚未完成") as refusal:
        flows.review.take("approve", thing, by=world("孙局"))
    assert "1 家，共 2 家" in refusal.value.why
    flows.review.opine(thing, by=world("市局"), agree=True)
    flows.review.take("approve", thing, by=world("孙局"))
    assert thing.state == "approved"
    entry = ledger.history("specimen.thing", thing.pk).filter(act="opine:ThingReview").first()
    assert (entry.by_name, entry.note) == ("财务", "经费已列") and '"agree":true' in entry.changes


def test_one_against_stops_it_until_it_went_round_again(world, flows, audited):
    thing = audited()
    flows.review.opine(thing, by=world("财务"), agree=True)
    flows.review.opine(thing, by=world("市局"), agree=False, opinion="超标")
    with pytest.raises(Refused, match="会签未通过") as refusal:
        flows.review.take("approve", thing, by=world("孙局"))
    assert "市局（超标）" in refusal.value.why
    flows.review.send_back(thing, to="submitted", by=world("孙局"), note="按意见改")
    flows.review.take("audit", thing, by=world("王局"))
    assert Task.objects.open().filter(record_id=thing.pk, part="countersign").count() == 2  # asked anew
    flows.review.opine(thing, by=world("财务"), agree=True)
    flows.review.opine(thing, by=world("市局"), agree=True)
    flows.review.take("approve", thing, by=world("孙局"))


def test_who_may_not_give_an_opinion(world, flows, audited):
    thing = audited()
    with pytest.raises(Refused, match="没有请您"):
        flows.review.opine(thing, by=world("王局"), agree=True)
    with pytest.raises(NotFound):
        flows.review.opine(thing, by=world("外人"), agree=True)
    with pytest.raises(Invalid):
        flows.review.opine(thing, by=world("财务"), agree=False, opinion=" ")
    flows.review.opine(thing, by=world("财务"), agree=True)
    with pytest.raises(Refused, match="没有请您") as refusal:
        flows.review.opine(thing, by=world("财务"), agree=False, opinion="反悔")
    assert "已经提过" in refusal.value.why


def test_what_the_flow_demands_cannot_be_dropped(world, flows, audited):
    thing = audited()
    task = Task.objects.open().get(record_id=thing.pk, organ_id=world.finance.pk)
    sender = Task.objects.open().get(pk=task.pk).sender_name
    for name in ("孙局", sender):
        assert not any(button.verb == "drop" for button in flows.review.buttons(thing, by=world(name)))
    with pytest.raises(Refused, match="不能撤销"):
        flows.review.drop(thing, task=task.pk, by=world("孙局"))


def test_a_countersigner_may_hand_on_and_the_opinion_still_counts(world, flows, audited):
    from tests import factories

    factories.person("财务二", "f_finance", world.finance)
    thing = audited()
    flows.review.hand_on(thing, to=world.user("财务二").pk, by=world("财务"))
    task = Task.objects.open().get(record_id=thing.pk, organ_id=world.finance.pk)
    assert (task.part, task.assignee.name) == ("countersign", "财务二")
    with pytest.raises(Refused):
        flows.review.opine(thing, by=world("财务"), agree=True)
    flows.review.opine(thing, by=world("财务二"), agree=True)
    flows.review.opine(thing, by=world("市局"), agree=True)
    flows.review.take("approve", thing, by=world("孙局"))


# ---- 会签, chosen by the holder


def test_the_holder_chooses_and_all_must_agree(world, flows):
    thing = reported(world, flows)
    with pytest.raises(Refused, match="须先会签"):
        flows.report.take("answer", thing, by=world("孙局"), note="答复")
    with pytest.raises(Refused, match=r"送.*会签"):
        flows.report.seek("answer", thing, by=world("孙局"), parties=[world.other.pk])
    with pytest.raises(Refused, match=r"送.*会签"):
        flows.report.seek("answer", thing, by=world("孙局"), parties=[(world.finance.pk, world.user("张某").pk)])
    flows.report.seek("answer", thing, by=world("孙局"), parties=[world.finance.pk], note="请核")
    with pytest.raises(Refused, match="须先会签") as refusal:
        flows.report.take("answer", thing, by=world("孙局"), note="答复")
    assert "已送 1 家" in refusal.value.why
    flows.report.seek(
        "answer", thing, by=world("孙局"), parties=[(world.city.pk, world.user("市局").pk), world.finance.pk]
    )
    assert Task.objects.open().filter(record_id=thing.pk, part="countersign").count() == 2
    flows.report.opine(thing, by=world("财务"), agree=True)
    with pytest.raises(Refused, match="尚未完成"):  # one of two has not spoken yet
        flows.report.take("answer", thing, by=world("孙局"), note="答复")
    flows.report.opine(thing, by=world("市局"), agree=False, opinion="证据不足")
    with pytest.raises(Refused, match="未通过"):
        flows.report.take("answer", thing, by=world("孙局"), note="答复")


def test_who_chose_may_stop_waiting(world, flows):
    thing = reported(world, flows)
    flows.report.seek("answer", thing, by=world("孙局"), parties=[world.finance.pk, world.city.pk])
    task = Task.objects.open().get(record_id=thing.pk, organ_id=world.finance.pk, part="countersign")
    assert any(button.verb == "drop" for button in flows.report.buttons(thing, by=world("孙局")))
    with pytest.raises(Forbidden):
        flows.report.drop(thing, task=task.pk, by=world("财务"))
    flows.report.drop(thing, task=task.pk, by=world("孙局"), note="不必")
    with pytest.raises(Refused, match="没有这项"):
        flows.report.drop(thing, task=task.pk, by=world("孙局"))
    assert not todo(world("财务")).exists()


def test_who_may_not_ask_for_countersigning(world, flows):
    thing = reported(world, flows)
    with pytest.raises(Forbidden):
        flows.report.seek("answer", thing, by=world("财务"), parties=[world.finance.pk])
    with pytest.raises(Refused, match="没有选择"):
        flows.report.seek("answer", thing, by=world("孙局"))
    with pytest.raises(Refused, match="不能送会签"):
        flows.report.seek("investigate", thing, by=world("赵科"), parties=[world.finance.pk])


def test_nobody_answers_what_he_has_asked_himself(world, flows, django_capture_on_commit_callbacks):
    from tests import factories

    factories.person("孙局", "f_finance", world.authority)
    thing, sun = reported(world, flows), world("孙局")
    with pytest.raises(Refused, match=r"送.*会签") as refusal:
        flows.report.seek("answer", thing, by=sun, parties=[world.authority.pk])  # nobody else there could answer
    assert "不能自己会签" in refusal.value.why
    factories.person("局二", "f_finance", world.authority)
    with django_capture_on_commit_callbacks(execute=True):
        flows.report.seek("answer", thing, by=sun, parties=[world.authority.pk])
    with pytest.raises(Refused, match="没有请您"):
        flows.report.opine(thing, by=sun, agree=True)
    asked = Task.objects.open().get(record_id=thing.pk, part="countersign")
    assert asked not in todo(sun) and asked in todo(world("局二"))
    assert not any(button.verb == "opine" for button in flows.report.buttons(thing, by=sun))
    with pytest.raises(Refused, match="不能转给"):
        flows.report.hand_on(thing, to=sun.user_id, by=world("局二"), task=asked.pk)
    assert not any("会签" in title for title in world.told("孙局"))
    flows.report.opine(thing, by=world("局二"), agree=True)


# ---- 加签


def test_a_colleagues_opinion_is_waited_for(world, flows, ordered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        flows.order.consult(ordered, by=world("张某"), users=[world.user("读者").pk], note="请看")
    assert [task.part for task in todo(world("读者"))] == ["added"] and len(world.told("读者")) == 1
    with pytest.raises(Refused, match="加签意见尚未提出") as refusal:
        flows.order.take("reply", ordered, by=world("张某"), note="已改")
    assert "读者" in refusal.value.why
    with django_capture_on_commit_callbacks(execute=True):
        flows.order.opine(ordered, by=world("读者"), agree=False, opinion="还差一台")
    assert any("加签意见" in title for title in world.told("张某"))
    flows.order.take("reply", ordered, by=world("张某"), note="已改")  # advice does not bind


def test_a_role_is_asked(world, flows, ordered):
    flows.order.consult(ordered, by=world("张某"), roles=["f_head"])
    assert todo(world("王局")).count() == 1 and not todo(world("读者")).exists()
    with pytest.raises(Refused, match="没有请您"):
        flows.order.opine(ordered, by=world("读者"), agree=True)
    flows.order.opine(ordered, by=world("王局"), agree=True)
    flows.order.take("reply", ordered, by=world("张某"), note="已改")


def test_whoever_asks_a_role_that_he_holds_too_does_not_answer(world, flows, ordered):
    from tests import factories

    factories.person("张某", "f_reader", world.agency)
    flows.order.consult(ordered, by=world("张某"), roles=["f_reader"])
    assert [task.part for task in todo(world("张某"))] == ["main"]
    with pytest.raises(Refused, match="没有请您"):
        flows.order.opine(ordered, by=world("张某"), agree=True)
    flows.order.opine(ordered, by=world("读者"), agree=True)


def test_only_people_of_ones_own_organ_can_be_asked(world, flows, ordered):
    for users, roles in (
        ([world.user("外人").pk], []),
        ([world.user("张某").pk], []),
        ([], ["f_city"]),
        ([], ["none"]),
        ([], []),
    ):
        with pytest.raises(Refused, match="不能请"):
            flows.order.consult(ordered, by=world("张某"), users=users, roles=roles)
    with pytest.raises(Refused, match="没有待办"):
        flows.order.consult(ordered, by=world("赵科"), users=[world.user("钱科").pk])
    flows.order.consult(ordered, by=world("张某"), users=[world.user("读者").pk])
    with pytest.raises(Refused, match="已请其加签"):
        flows.order.consult(ordered, by=world("张某"), users=[world.user("读者").pk])


def test_asking_a_colleague_can_be_taken_back(world, flows, ordered):
    flows.order.consult(ordered, by=world("张某"), users=[world.user("读者").pk])
    task = Task.objects.open().get(record_id=ordered.pk, part="added")
    with pytest.raises(Forbidden):
        flows.order.drop(ordered, task=task.pk, by=world("读者"))
    flows.order.drop(ordered, task=task.pk, by=world("张某"))
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
