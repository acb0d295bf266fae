"""Warnings and orders: from the finding to the number, the reply, the re-check and the close; and who may see what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from baozhang.ch4_supervision.warnings.actions import review
from baozhang.ch4_supervision.warnings.choices import OrderKind, OrderState, Result, Review, State
from baozhang.ch4_supervision.warnings.flows import OrderFlow
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.ordering import draft, tidy
from baozhang.ch4_supervision.warnings.orders import Order, OrderFinding
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.ch4_supervision.warnings.recheck import items_of
from baozhang.ch4_supervision.warnings.referring import package
from baozhang.kernel import clock, scope
from baozhang.kernel.documents import files
from baozhang.kernel.documents.register import Document, NumberSeries
from baozhang.kernel.flow import counts, mark_overdue, overdue, todo
from baozhang.kernel.flow.overdue import Task
from baozhang.kernel.notices import Notice
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from baozhang.law.issued import IssuedValue, also_issued
from tests import factories
from tests.conftest import TODAY
from tests.kernel.documents.pages import squeezed, texts

pytestmark = pytest.mark.django_db
TEN_DAYS = IssuedValue("supervision.rectify_days", "990000", 10, dt.date(2022, 11, 1), document="江机管〔2022〕1号")


def again(order):
    return Order._base_manager.get(pk=order.pk)


def seen_by(office, who, order):
    with scope.within(office(who)):
        return Order.objects.filter(pk=order.pk).exists()


def test_the_whole_story(office):
    row = office.crowd()
    finding = office.finding(row)
    with also_issued([TEN_DAYS]):
        order = office.draft(row)
        assert (order.state, order.issuer, order.organ) == (OrderState.DRAFT, office.authority, office.agency)
        assert order.demand == "实有人数超过编制（第十二条第一款，1项）：核减超编人员。"
        office.take("赵科", "submit", order)
        order = office.take("孙局", "issue", order)
    assert (order.state, order.number, order.issued_on) == (OrderState.ISSUED, "云机管〔2026〕1号", TODAY)
    assert order.due == dt.date(2026, 3, 18), "ten working days from Wednesday 4 March"
    assert again_finding(finding).state == State.HANDLED
    (task,) = todo(office("张管"))
    assert (task.due, task.record_id, task.days_left(TODAY)) == (order.due, order.pk, 14)
    order = office.take("张管", "receive", order)
    order = office.take("张管", "answer", order, reply="已核减两人")
    assert [task.permission for task in todo(office("王局"))] == ["warnings.order:reply"]
    order = office.take("王局", "reply", order)
    assert order.state == OrderState.REPLIED
    with pytest.raises(Refused, match="还有 1 项") as refused:
        office.take("钱科", "close", order, note="已复查")
    assert "超编2人" in refused.value.why and again_finding(finding).state == State.HANDLED
    office.cure(row)
    order = office.take("钱科", "close", order, note="已复查")
    assert (order.state, order.closed_on) == (OrderState.CLOSED, TODAY)
    found = again_finding(finding)
    assert (found.state, found.resolved_on, found.evidence["order"]) == (State.RESOLVED, TODAY, order.number)
    assert found.evidence["entries"][0]["changes"] == {"actual": [12, 10]}
    item = OrderFinding._base_manager.get(order=order)
    assert (item.result, item.live, item.sentence) == (Result.GONE, False, "云间区教育局实有12人，超编2人")
    report = patrol()
    assert (report.total("new"), report.total("resolved")) == (0, 0)


def again_finding(finding):
    return Finding._base_manager.get(pk=finding.pk)


def test_the_paper_says_it(office, django_capture_on_commit_callbacks):
    with also_issued([TEN_DAYS]), django_capture_on_commit_callbacks(execute=True):
        order = office.issued(office.crowd(), office.crowd(quota=5, actual=9))
    document = order.document
    data = files.path_of(document.digest).read_bytes()
    page = "".join(texts(data))
    for part in (
        "云间区机关事务管理局", "云机管〔2026〕1号", "关于责令限期整改机关运行保障有关问题的通知", "云间区教育局：",
        "云间区教育局实有12人，超编2人", "超编4人", "请于2026年3月18日前完成整改", "第四十四条", "2026年3月4日", f"/public/verify/{document.code}/",
    ):  # fmt: skip
        assert squeezed(part) in page, part
    assert (document.organ_id, document.addressees, document.about) == (
        office.authority.pk,
        [office.agency.pk],
        ("warnings.order", order.pk),
    )
    files.path_of(document.digest).unlink()
    assert files.read(document) == data, "typeset again, it comes out to the byte"
    files.path_of(document.digest).write_bytes(b"%PDF-1.7 something else")
    assert files.read(document) == data, "a file that was tampered with does not serve"


def test_many_findings_go_into_an_annex(office):
    rows = [office.crowd(actual=12 + n) for n in range(5)]
    order = office.issued(*rows, kind=OrderKind.WARNING)
    page = "".join(texts(files.read(order.document)))
    assert "共5项" in page and "附件：问题清单" in page and "超编6人" in page and "现予以风险预警" in page


def test_two_persons_sign(office):
    row = office.crowd()
    order = office.draft(row, who="孙局")
    office.take("孙局", "submit", order)
    with pytest.raises(Refused, match="您不能办理") as refused:
        office.take("孙局", "issue", order)
    assert "不同的人" in refused.value.why
    with pytest.raises(Forbidden):
        office.take("赵科", "issue", order)
    office.take("李局", "issue", order)
    office.take("王局", "receive", order)
    office.take("张管", "answer", order, reply="已核减")
    with pytest.raises(Forbidden):
        office.take("张管", "reply", order)
    office.take("王局", "reply", order)
    office.cure(row)
    with pytest.raises(Refused, match="您不能办理"):
        office.take("李局", "close", order, note="复查")
    office.take("孙局", "close", order, note="复查")


def test_a_draft_is_seen_by_its_authority_alone(office):
    order = office.draft(office.crowd())
    assert [
        who for who in ("张管", "王局", "外人", "市局", "市科", "局管", "审计") if seen_by(office, who, order)
    ] == []
    assert all(seen_by(office, who, order) for who in ("赵科", "钱科", "孙局"))
    office.take("赵科", "submit", order)
    assert not seen_by(office, "张管", order)
    office.take("孙局", "issue", order)
    assert [who for who in ("张管", "王局", "市局", "审计", "外人", "外长", "局管") if seen_by(office, who, order)] == [
        "张管",
        "王局",
        "市局",
        "审计",
    ]


def test_a_draft_thrown_away_is_never_seen_by_the_agency(office):
    row = office.crowd()
    order = office.draft(row)
    order = office.take("赵科", "discard", order, note="重复")
    assert order.state == OrderState.REVOKED and not seen_by(office, "张管", order)
    assert office.finding(row).state == State.OPEN
    assert office.draft(row).pk != order.pk, "its findings may be taken up again"


def test_one_finding_stands_in_one_live_order(office):
    row, second = office.crowd(), office.crowd(quota=3, actual=4)
    order = office.draft(row)
    by = office("钱科")
    with scope.within(by):
        (other,), aside = draft([office.finding(row), office.finding(second)], OrderKind.WARNING, by=by)
        assert aside == 1 and [item.finding_id for item in items_of(other)] == [office.finding(second).pk]
        with pytest.raises(Refused, match="都不能起草"):
            draft([office.finding(row)], OrderKind.WARNING, by=by)
    with pytest.raises((IntegrityError, Invalid)), transaction.atomic():
        factories.save(OrderFinding(order=other, finding=office.finding(row), organ=office.agency))
    assert len(items_of(order)) == 1


def test_each_agency_gets_its_own(office):
    rows = [office.crowd(), office.crowd(office.other), office.crowd(office.other, 3, 9)]
    by = office("赵科")
    with scope.within(by):
        orders, aside = draft([office.finding(row) for row in rows], OrderKind.ORDER, by=by)
    assert {order.organ_id: len(items_of(order)) for order in orders} == {office.agency.pk: 1, office.other.pk: 2}
    assert aside == 0
    assert counts(by)["OrderFlow"].all == 2


def test_only_the_same_level_authority_orders(office):
    row = office.crowd()
    by = office("市局")
    with scope.within(by), pytest.raises(Forbidden, match="由云间区机关事务管理局发出"):
        draft([office.finding(row)], OrderKind.ORDER, by=by)
    own = office.crowd(office.authority)
    with scope.within(by):
        (order,), _aside = draft([office.finding(own)], OrderKind.ORDER, by=by)
    assert order.issuer == office.city, "nobody orders himself"
    by = office("赵科")
    with scope.within(by), pytest.raises((Forbidden, Refused)):
        draft([office.finding(own)], OrderKind.ORDER, by=by)


def test_what_is_gone_before_it_goes_out_is_taken_out(office):
    row, second = office.crowd(), office.crowd(quota=3, actual=4)
    order = office.draft(row, second)
    office.cure(row)
    patrol()
    with pytest.raises(Refused, match="1 条线索已不能列入"):
        office.take("赵科", "submit", order)
    by = office("赵科")
    with scope.within(by):
        assert tidy(again(order), by=by) == 1
    order = again(order)
    assert "1项" in order.demand and len(items_of(order)) == 1
    office.take("赵科", "submit", order)
    with scope.within(by), pytest.raises(Refused, match="拟稿中"):
        tidy(again(order), by=by)


def test_a_false_alarm_is_not_ordered(office):
    row = office.crowd()
    by = office("赵科")
    with scope.within(by):
        review(office.finding(row), verdict=Review.FALSE, note="借调", by=by)
        with pytest.raises(Refused, match="都不能起草"):
            draft([office.finding(row)], OrderKind.ORDER, by=by)


def test_once_more(office):
    row = office.crowd()
    with also_issued([TEN_DAYS]):
        order = office.replied(row)
        with clock.on(dt.date(2026, 3, 20)):
            order = office.take("钱科", "again", order, note="只核减了一人")
    assert (order.state, order.round, order.due) == (OrderState.AGAIN, 2, dt.date(2026, 4, 3))
    item = OrderFinding._base_manager.get(order=order)
    assert (item.result, item.live, item.said) == (Result.STANDS, True, "云间区教育局实有12人，超编2人")
    (task,) = todo(office("张管"))
    assert task.due == order.due
    office.take("张管", "answer", order, reply="全部核减")
    office.take("王局", "reply", order)
    office.cure(row)
    assert office.take("钱科", "close", order, note="到位").state == OrderState.CLOSED


def test_closing_in_spite_of_it_wants_a_reason(office):
    row = office.crowd()
    order = office.replied(row)
    order = office.take("钱科", "close", order, note="复查", overrule="编制调整文件已下发，下月生效")
    assert (order.state, order.overrule) == (OrderState.CLOSED, "编制调整文件已下发，下月生效")
    item = OrderFinding._base_manager.get(order=order)
    assert (item.result, item.live) == (Result.STANDS, False)
    assert office.finding(row).state == State.HANDLED
    assert office.draft(row).pk, "it may be ordered anew"


def test_a_rule_that_cannot_decide_does_not_close(office, monkeypatch):
    from baozhang.law import rules

    order = office.replied(office.crowd())
    (one,) = rules.rules()

    def broken(day, ground):
        raise RuntimeError("no query")

    monkeypatch.setattr(rules, "_rules", [rules.Rule(**{**vars(one), "candidates": broken})])
    with pytest.raises(Refused, match="还有 1 项") as refused:
        office.take("钱科", "close", order, note="复查")
    assert "无法判断" in refused.value.why


def test_taking_it_back(office):
    row = office.crowd()
    order = office.issued(row)
    office.take("张管", "receive", order)
    order = office.take("孙局", "revoke", order, note="事实有误")
    assert order.state == OrderState.REVOKED
    document = Document._base_manager.get(pk=order.document_id)
    assert (document.state, document.reason, document.ended_on) == ("revoked", "事实有误", TODAY)
    assert office.finding(row).state == State.OPEN
    assert Task.objects.of("OrderFlow", order).open().count() == 0
    assert seen_by(office, "张管", order), "the agency sees that it was taken back"
    assert office.issued(row).number == "云机管〔2026〕2号", "its number is not used again"


@pytest.mark.parametrize(
    ("issued_on", "due"),
    [
        (
            dt.date(2026, 2, 11),
            dt.date(2026, 3, 3),
        ),  # over the spring festival, with Saturday 14 and 28 February worked
        (
            dt.date(2026, 9, 18),
            dt.date(2026, 10, 9),
        ),  # over mid-autumn and the national day, with Sunday 20 September worked
    ],
)
def test_the_deadline_counts_working_days(office, issued_on, due):
    with clock.on(issued_on), also_issued([TEN_DAYS]):
        order = office.issued(office.crowd())
    days = [issued_on + dt.timedelta(days=n) for n in range(1, (order.due - issued_on).days + 1)]
    off = set(_days("2026-02-15", "2026-02-23") + _days("2026-10-01", "2026-10-07") + _days("2026-09-25", "2026-09-27"))
    made_up = {dt.date(2026, 2, 14), dt.date(2026, 2, 28), dt.date(2026, 9, 20), dt.date(2026, 10, 10)}
    working = [day for day in days if (day.weekday() < 5 and day not in off) or day in made_up]
    assert len(working) == 10 and order.due == working[-1]
    assert order.due == due


def _days(first, last):
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]


def test_without_a_figure_the_deadline_is_to_be_verified_or_set_by_hand(office):
    order = office.issued(office.crowd())
    assert order.due is None
    (task,) = todo(office("张管"))
    assert task.unverified and "请及时" in "".join(texts(files.read(order.document)))
    order = office.draft(office.crowd(quota=1, actual=3))
    with pytest.raises(Invalid, match="内容有误"):
        office.take("赵科", "edit", order, set_due="2026-03-20")
    office.take("赵科", "edit", order, set_due="2026-03-21", set_due_reason="会议纪要")
    with pytest.raises(Refused, match="不是工作日") as refused:
        office.take("赵科", "submit", order)
    assert "2026-03-23" in refused.value.instead
    office.take("赵科", "edit", order, set_due="2026-03-20", set_due_reason="会议纪要")
    office.take("赵科", "submit", order)
    assert office.take("孙局", "issue", order).due == dt.date(2026, 3, 20)


def test_what_is_late_is_seen_above(office):
    with also_issued([TEN_DAYS]):
        order = office.issued(office.crowd())
    late = dt.date(2026, 3, 19)
    assert mark_overdue(dt.date(2026, 3, 18)) == 0
    with clock.on(late):
        assert mark_overdue(late) == 1
        titles = dict(Notice.objects.filter(at__date=late).values_list("user__username", "title"))
        assert "已超期 1 天" in titles["张管"] and "下级超期 1 天" in titles["市局"] and "市科" not in titles
        assert [task.record_id for task in overdue(late, office("市局"))] == [order.pk]
        assert list(overdue(late, office("外人"))) == []


def test_the_head_sends_the_draft_back(office):
    order = office.draft(office.crowd())
    office.take("赵科", "submit", order)
    by = office("孙局")
    with scope.within(by):
        OrderFlow.send_back(order, to=OrderState.DRAFT, by=by, note="补充要求")
    assert again(order).state == OrderState.DRAFT
    assert NumberSeries.objects.count() == 0
    office.take("赵科", "edit", order, title="关于超编问题的整改通知", demand="请核减。")
    office.take("赵科", "submit", order)
    assert office.take("孙局", "issue", order).document.title == "关于超编问题的整改通知"


def test_a_failed_issue_leaves_no_gap(office):
    order = office.draft(office.crowd())
    office.take("赵科", "submit", order)
    factories.save(_changed(office.authority, document_word=""))
    with pytest.raises(Refused, match="机关代字"):
        office.take("孙局", "issue", order)
    factories.save(_changed(office.authority, document_word="云〔机管"))
    with pytest.raises(Refused, match="不合格式"):
        office.take("孙局", "issue", order)
    factories.save(_changed(office.authority, document_word="云机管"))
    assert again(order).state == OrderState.SUBMITTED and not Document._base_manager.exists()
    assert office.take("孙局", "issue", order).number == "云机管〔2026〕1号"


def _changed(organ, **values):
    organ.refresh_from_db()
    for name, value in values.items():
        setattr(organ, name, value)
    return organ


def test_a_case_is_referred_with_its_evidence(office):
    board = factories.organ(
        "云间区监察委员会", office.authority.jurisdiction, kind="supervision", competence="oversight"
    )
    order = office.replied(office.crowd())
    with pytest.raises(Invalid, match="内容有误"):
        office.take("孙局", "refer", order, note="拒不整改")
    with pytest.raises(Forbidden):
        office.take("钱科", "refer", order, note="拒不整改", violation="other")
    order = office.take("孙局", "refer", order, note="拒不整改", violation="other")
    assert order.state == OrderState.REFERRED
    letter = order.referral
    assert (letter.kind, letter.number, letter.addressees) == ("letter", "云机管〔2026〕2号", [board.pk])
    page = "".join(texts(files.read(letter)))
    assert "云间区监察委员会" in page and "拒不整改" in page and "办理过程" in page and order.number in page
    data = package(order, items_of(order))
    assert data["findings"][0]["facts"] == {"编制": 10, "实有": 12}
    assert {entry["act"] for entry in data["ledger"]} >= {"step:OrderFlow.issue", "step:OrderFlow.refer"}
