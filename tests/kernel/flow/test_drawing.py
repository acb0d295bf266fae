"""The drawn line, the diagram, the buttons, and the one entrance by name."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.conftest import TODAY

from baozhang.kernel import clock
from baozhang.kernel.flow import FLOWS, Task, buttons_of, path_of, perform
from baozhang.kernel.flow.offering import GuardWrites
from baozhang.kernel.refusal import Invalid, NotFound, Refused


def shown(items):
    return [(item["status"], item["words"], item["who"]) for item in items]


def test_the_line_of_a_new_record(world, flows):
    assert shown(flows.review.path(world.thing(), world("张某"))) == [
        ("now", "草稿", ""), ("next", "审核通过", ""), ("next", "批准", ""),
    ]  # fmt: skip


def test_the_line_says_who_when_and_how_long(world, flows):
    thing = world.thing()
    with clock.on(dt.date(2026, 3, 2)):
        flows.order.take("issue", thing, by=world("赵科"))
    with clock.on(dt.date(2026, 3, 6)):
        flows.order.take("reply", thing, by=world("张某"), note="已改")
    line = flows.order.path(thing, world("张某"))
    assert shown(line) == [
        ("done", "签发整改通知", "赵科"), ("done", "反馈整改情况", "张某"), ("now", "复查销号", "云间区机关事务局"),
    ]  # fmt: skip
    assert (line[1]["when"], line[1]["days"], line[1]["note"]) == (dt.date(2026, 3, 6), 4, "已改")
    assert (line[2]["due"], line[2]["days"], line[2]["organ"]) == (dt.date(2026, 3, 12), 8, "云间区机关事务局")


def test_the_line_shows_loops_opinions_and_the_end(world, flows, audited):
    thing = audited()
    flows.review.opine(thing, by=world("财务"), agree=False, opinion="超标")
    now = flows.review.path(thing, world("孙局"))[-1]
    assert now["words"] == "批准" and [waiting["who"] for waiting in now["opinions"]] == ["江海市机关事务局"]
    flows.review.send_back(thing, to="draft", by=world("孙局"), note="请改")
    line = flows.review.path(thing, world("张某"))
    assert shown(line)[:4] == [
        ("done", "提交审核", "张某"), ("done", "审核通过", "王局"), ("returned", "驳回至“草稿”", "孙局"), ("now", "提交审核", "张某"),
    ]  # fmt: skip
    assert line[2]["opinions"][0] | {"when": None} == {
        "who": "财务", "organ": "云间区财政局", "part": "会签", "said": "不同意", "note": "超标", "when": None,
    }  # fmt: skip
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
    flows.review.take("audit", thing, by=world("王局"))
    flows.review.take("reject", thing, by=world("孙局"), note="不批")
    line = flows.review.path(thing, world("张某"))
    assert line[-1]["status"] == "done" and line[-1]["words"] == "不予批准" and "now" not in {i["status"] for i in line}


def test_a_side_step_back_is_a_return(world, flows, ordered):
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
    flows.order.take("again", ordered, by=world("钱科"), note="未改好")
    assert [item["status"] for item in flows.order.path(ordered, world("张某"))] == [
        "done",
        "done",
        "returned",
        "now",
        "next",
    ]


def test_steps_that_were_jumped_over_are_skipped(world, flows):
    from tests.specimen.models import Thing

    from baozhang.kernel.flow import Flow, Step

    class Long(Flow):
        model = Thing
        a = Step("甲", "draft", "submitted", ":submit")
        b = Step("乙", "submitted", "audited", ":submit")
        c = Step("丙", "audited", "approved", ":submit")
        leap = Step("越", "draft", "audited", ":submit", side=True, todo=False)

    thing = world.thing()
    Long.take("leap", thing, by=world("张某"))
    assert shown(Long.path(thing, world("张某"))) == [
        ("skipped", "甲", ""), ("done", "越", "张某"), ("now", "丙", "云间区教育局"),
    ]  # fmt: skip
    Long.take("c", thing, by=world("张某"))
    assert shown(Long.path(thing, world("张某"))) == [
        ("skipped", "甲", ""), ("done", "越", "张某"), ("done", "丙", "张某"),
    ], "what was skipped keeps its place, also when all is done"  # fmt: skip


def test_steps_that_come_after_a_jump_are_not_drawn_before_it(world, flows):
    from tests.specimen.models import Thing

    from baozhang.kernel.flow import Flow, Step

    class Late(Flow):
        model = Thing
        a = Step("甲", "draft", "submitted", ":submit")
        b = Step("乙", "submitted", "audited", ":submit")
        c = Step("丙", "audited", "approved", ":submit")
        leap = Step("越", "submitted", "approved", ":submit", side=True, todo=False)
        drop = Step("弃", ("draft", "submitted", "approved"), "rejected", ":submit", side=True, todo=False)

    thing = world.thing()
    Late.take("a", thing, by=world("张某"))
    Late.take("leap", thing, by=world("张某"))
    assert [(status, words) for status, words, _who in shown(Late.path(thing, world("张某")))] == [
        ("done", "甲"), ("skipped", "乙"), ("done", "越"), ("now", "已批准"),
    ]  # fmt: skip
    Late.take("drop", thing, by=world("张某"))
    assert [words for _status, words, _who in shown(Late.path(thing, world("张某")))] == ["甲", "乙", "越", "弃"]


def test_the_line_costs_the_same_however_long_the_history(world, flows, audited, django_assert_num_queries):
    thing = audited()
    me = world("孙局")
    flows.review.path(thing, me)
    with django_assert_num_queries(3):
        flows.review.path(thing, me)
    for _n in range(4):
        flows.review.send_back(thing, to="draft", by=world("孙局"), note="请改")
        flows.review.take("submit", thing, by=world("张某"), values={"amount": 1})
        flows.review.take("audit", thing, by=world("王局"))
    with django_assert_num_queries(3):
        assert len(flows.review.path(thing, me)) == 15


def test_the_diagram(world, flows):
    drawn = flows.order.diagram()
    nodes = {node["state"]: node for node in drawn["nodes"]}
    assert (
        nodes["draft"]["initial"]
        and nodes["closed"]["final"]
        and nodes["closed"]["main"]
        and not nodes["again"]["main"]
    )
    issue = next(edge for edge in drawn["edges"] if edge["step"] == "issue")
    assert (issue["source"], issue["target"], issue["within"], issue["article"]) == (
        "draft",
        "ordered",
        "5 个工作日",
        "第四十条",
    )
    assert {edge["source"] for edge in drawn["edges"] if edge["step"] == "reply"} == {"ordered", "again"}
    assert next(e for e in flows.filing.diagram()["edges"] if e["step"] == "file")["within"] == "期限待核实"


def offered(flow, thing, by):
    return {button.name: button for button in flow.buttons(thing, by)}


def test_buttons_are_what_one_may(world, flows):
    thing = world.thing()
    submit = offered(flows.review, thing, world("张某"))["submit"]
    assert (submit.fields, submit.required, submit.kind, submit.refused) == (
        ("amount", "keeper"),
        ("amount",),
        "primary",
        None,
    )
    assert offered(flows.review, thing, world("王局")) == {} == offered(flows.review, thing, world("外人"))
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 2000})
    assert set(offered(flows.review, thing, world("张某"))) == {"withdraw", "remind"}
    mine = offered(flows.review, thing, world("王局"))
    assert set(mine) == {"audit", "give_back", "extend", "back", "consult", "hand"}
    assert mine["audit"].refused["article"] == "第十二条" and "1000" in mine["audit"].refused["why"]
    assert mine["give_back"].needs_note and mine["back"].asks[0].options == (("draft", "草稿（张某）"),)


def test_buttons_say_why_not(world, flows, ordered, audited):
    flows.order.take("reply", ordered, by=world("张某"), note="已改")
    assert "签发整改通知" in offered(flows.order, ordered, world("赵科"))["close"].refused["why"]
    assert offered(flows.order, ordered, world("钱科"))["close"].refused is None
    thing = audited()
    assert "会签" in offered(flows.review, thing, world("孙局"))["approve"].refused["what"]
    assert offered(flows.review, thing, world("财务"))["opine"].asks[0].name == "agree"
    flows.order.hand_on(ordered, to=world.user("钱科").pk, by=world("赵科"))
    assert "钱科" in offered(flows.order, ordered, world("孙局"))["close"].refused["what"]


def test_buttons_cost_the_same_however_long_the_history(world, flows, audited, django_assert_max_num_queries):
    thing = audited()
    me = world("孙局")
    me.suspended  # noqa: B018 -- looked up once a request
    with django_assert_max_num_queries(8) as first:
        flows.review.buttons(thing, me)
    for _n in range(3):
        flows.review.send_back(thing, to="submitted", by=world("孙局"), note="请改")
        flows.review.take("audit", thing, by=world("王局"))
    with django_assert_max_num_queries(len(first.captured_queries)):
        flows.review.buttons(thing, me)


def test_a_guard_that_writes_is_caught(world, flows):
    @flows.review.submit.guard
    def writes(thing, *, by):
        Task.objects.update(title="x")

    with pytest.raises(GuardWrites):
        flows.review.buttons(world.thing(), world("张某"))


def test_candidates(world, flows, ordered):
    assert flows.order.candidates(ordered, "hand", world("张某")) == [(world.user("李某").pk, "李某")]
    assert {name for _key, name in flows.order.candidates(ordered, "consult", world("张某"))} >= {
        "李某",
        "王局",
        "读者",
    }


def test_everything_by_its_name(world, flows):
    review = FLOWS["ThingReview"]
    thing = world.thing()

    def do(name, by, **data):
        return perform(review, name, thing, by=world(by), data=data, version=None)

    do("submit", "张某", amount="5", note="请审")
    do("withdraw", "张某")
    do("submit", "张某", amount="5")
    do("remind", "张某")
    do("consult", "王局", users=[str(world.user("读者").pk)])
    task = Task.objects.open().get(record_id=thing.pk, part="added")
    do("drop", "王局", task=str(task.pk))
    do("consult", "王局", roles=["f_reader"])
    do("opine", "读者", agree="false", note="不清楚")
    do("audit", "王局")
    do("opine", "财务", agree="true")
    do("back", "孙局", to="draft", note="请改")
    assert thing.state == "draft"
    for name, data in (("nothing", {}), ("hand", {"to": "x"}), ("opine", {}), ("seek", {"step": "none"})):
        with pytest.raises(Invalid):
            do(name, "张某", **data)
    with pytest.raises(NotFound):
        do("submit", "外人", amount=1)
    assert perform(FLOWS["ThingOrder"], "issue", world.thing(), by=world("赵科"), data={}).state == "ordered"


def test_seek_by_its_name(world, flows):
    thing = world.thing(state="investigated")
    data = {"parties": [str(world.finance.pk), f"{world.city.pk}/{world.user('市局').pk}"], "step": "answer"}
    perform(FLOWS["ThingReport"], "seek", thing, by=world("孙局"), data=data)
    assert Task.objects.open().filter(record_id=thing.pk, part="countersign").count() == 2


def test_a_record_with_several_flows_shows_them_all(world, flows):
    thing = world.thing()
    names = {button.name for button in buttons_of(thing, world("张某"))}
    assert {"submit", "file"} <= names and path_of(thing, world("张某"))
    assert clock.today() == TODAY


def test_a_step_of_another_way_is_neither_drawn_nor_asked_nor_taken(world, flows, monkeypatch):
    approve = flows.review.plan.steps["approve"]
    monkeypatch.setattr(approve, "when", lambda thing: (thing.amount or 0) > 100)
    thing = world.thing()
    assert "批准" not in [item["words"] for item in flows.review.path(thing, world("张某"))]
    flows.review.take("submit", thing, by=world("张某"), values={"amount": 100})
    flows.review.take("audit", thing, by=world("王局"))
    assert not [
        task for task in flows.review.tasks(thing) if task.permission == approve.permission and task.part == "main"
    ]
    assert "approve" not in [button.name for button in buttons_of(thing, world("孙局"))]
    with pytest.raises(Refused, match="不经过"):
        flows.review.take("approve", thing, by=world("孙局"))
    dear = world.thing()
    assert "批准" not in [item["words"] for item in flows.review.path(dear, world("张某"))]
    dear.amount = 101
    assert "批准" in [item["words"] for item in flows.review.path(dear, world("张某"))]
