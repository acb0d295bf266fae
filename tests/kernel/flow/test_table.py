"""The table of steps: wrong names stop the start; the four shapes go their ways; a flow costs little."""

from __future__ import annotations

import inspect

import pytest
from tests.kernel.flow import paths
from tests.specimen.models import Thing

from baozhang.kernel import ledger
from baozhang.kernel.flow import Chosen, Flow, Party, Rectification, Review, Step, limit_keys, settle
from baozhang.kernel.refusal import Refused


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step("甲", "draft", "submitted", ":nothing"), "unknown permission specimen.thing:nothing"),
        (Step("甲", "draft", "nowhere", ":submit"), "unknown state 'nowhere'"),
        (Step("甲", ("draft", "nowhere"), "submitted", ":submit"), "unknown state 'nowhere'"),
        (Step("甲", "draft", "submitted", ":submit", fields=("colour",)), "no field colour"),
        (Step("甲", "draft", "submitted", ":submit", required=("colour",)), "no field colour"),
        (Step("甲", "draft", "submitted", ":submit", fields=("state",)), "does not ask for the state"),
        (Step("甲", "draft", "submitted", ":submit", four_eyes=("b",)), "four_eyes names no step b"),
        (
            Step("甲", "draft", "submitted", ":submit", countersign=(Party(":none"),)),
            "unknown permission specimen.thing:none",
        ),
        (
            Step("甲", "draft", "submitted", ":submit", countersign=Chosen(":none")),
            "unknown permission specimen.thing:none",
        ),
        (
            Step("甲", "draft", "submitted", ":submit", notify=(Party(":none"),)),
            "unknown permission specimen.thing:none",
        ),
        (Step("甲", "draft", "submitted", ":submit", returnable=("nowhere",)), "returnable to unknown state"),
    ],
)
def test_a_wrong_name_stops_the_start(flows, step, said):
    type("Wrong", (Flow,), {"model": Thing, "a": step})
    with pytest.raises(LookupError, match=said):
        settle()


def test_a_step_does_not_bear_the_name_of_an_office_verb(flows):
    type("Wrong", (Flow,), {"model": Thing, "hand": Step("交付", "draft", "submitted", ":submit")})
    with pytest.raises(LookupError, match="hand: its name is that of an office verb"):
        settle()


def test_other_faults_stop_the_start(flows):
    type("W" * 41, (Flow,), {"model": Thing, "a": Step("甲", "draft", "submitted", ":submit")})
    type("Empty", (Flow,), {"model": Thing})
    kept = Step("甲", "draft", "submitted", ":submit", withdrawable=True)
    kept.effect(lambda record, *, by: None)
    type("Kept", (Flow,), {"model": Thing, "a": kept})
    type(
        "Above", (Flow,), {"model": Thing, "a": Step("甲", "draft", "submitted", ":submit"), "escalate": Party(":none")}
    )
    with pytest.raises(LookupError) as error:
        settle()
    for said in (
        "its name is longer",
        "Empty: it has no steps",
        "Kept: a: it can be withdrawn",
        "Above: unknown permission",
    ):
        assert said in str(error.value)


def test_a_flow_is_declared_once(flows):
    class Other(Thing):
        class Meta:
            app_label = "specimen"
            proxy = True

    with pytest.raises(ValueError, match="twice"):
        type("ThingOrder", (Flow,), {"model": Other, "a": Step("甲", "draft", "submitted", ":submit")})


def test_hooks_ask_for_known_things_only(flows):
    with pytest.raises(TypeError, match="weather"):

        @flows.review.submit.guard
        def wrong(thing, *, weather):
            raise AssertionError


def test_names_given_as_text_are_refused():
    with pytest.raises(TypeError):
        Step("甲", "draft", "submitted", fields="amount")


def test_settling_hands_the_state_to_the_flow(flows):
    Thing.stepped = {}
    settle()
    assert "state" in Thing.stepped


def test_each_step_and_verb_is_an_act_of_the_ledger(flows):
    assert str(ledger.ACTS["step:ThingOrder.close"].words) == "复查销号"
    assert {str(ledger.ACTS[f"{verb}:ThingOrder"].words) for verb in ("back", "withdraw", "hand", "remind")} == {
        "驳回", "撤回", "转办", "催办",
    }  # fmt: skip


def test_the_figures_behind_the_limits_are_listed(flows):
    assert {"review.days", "nobody.knows"} <= limit_keys()


def test_a_concrete_flow_does_not_change_its_shape(flows):
    assert not Review.audit.guards and flows.review.audit.guards
    assert Rectification.issue.permission == "" and flows.order.issue.permission == "specimen.thing:issue"


def test_a_concrete_flow_may_drop_a_step(flows):
    class Short(Rectification):
        model = Thing
        revoke = None

    assert "revoke" not in Short.plan.steps and "close" in Short.plan.steps


def test_a_flow_costs_few_lines():
    for declaration in (paths.review, paths.order, paths.filing, paths.report):
        assert len(inspect.getsource(declaration).splitlines()) < 60


def test_review_all_the_way(world, flows, audited):
    thing = audited()
    for name in ("财务", "市局"):
        flows.review.opine(thing, by=world(name), agree=True)
    flows.review.take("approve", thing, by=world("孙局"))
    assert thing.state == "approved" and not flows.review.tasks(thing)
    other = world.thing()
    flows.review.take("submit", other, by=world("李某"), values={"amount": 1})
    flows.review.take("give_back", other, by=world("王局"), note="缺附件")
    flows.review.take("submit", other, by=world("李某"), values={"amount": 2})
    assert other.state == "submitted"


def test_filing_all_the_way(world, flows):
    thing = world.thing()
    flows.filing.take("file", thing, by=world("张某"))
    flows.filing.take("ask_more", thing, by=world("赵科"), note="缺页")
    flows.filing.take("file", thing, by=world("张某"))
    flows.filing.take("receive", thing, by=world("赵科"))
    assert thing.state == "received"


def test_rectification_all_the_way(world, flows, ordered):
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
    flows.order.take("again", ordered, by=world("钱科"), note="未改好")
    assert [task.organ_id for task in flows.order.tasks(ordered)] == [world.agency.pk]
    flows.order.take("reply", ordered, by=world("张某"), note="又改")
    with pytest.raises(Refused):  # he ordered it
        flows.order.take("close", ordered, by=world("赵科"), note="合格")
    flows.order.take("close", ordered, by=world("钱科"), note="合格")
    assert ordered.state == "closed"


def test_report_handling_all_the_way(world, flows):
    thing = world.thing(state="received")
    flows.report.take("accept", thing, by=world("赵科"))
    flows.report.take("investigate", thing, by=world("赵科"), note="属实")
    flows.report.seek("answer", thing, by=world("孙局"), parties=[world.finance.pk, world.city.pk])
    for name in ("财务", "市局"):
        flows.report.opine(thing, by=world(name), agree=True)
    with pytest.raises(Refused, match="不能办理"):  # who investigated does not answer
        flows.report.take("answer", thing, by=world("赵科"), note="答复")
    flows.report.take("answer", thing, by=world("孙局"), note="答复")
    assert thing.state == "answered"


def test_the_system_may_take_steps(world, flows):
    from baozhang.kernel import scope

    thing = world.thing()
    with scope.everything("demo") as by:
        flows.order.take("issue", thing, by=by)
    assert thing.state == "ordered" and ledger.history("specimen.thing", thing.pk).last().by_id is None
