"""A count from the plan to the report: frozen books, moves replayed, differences explained, cards put right, debts carried."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from baozhang.ch2_provision.assets.models import Card, Voucher
from baozhang.ch2_provision.stocktaking import wording
from baozhang.ch2_provision.stocktaking.choices import Outcome, State
from baozhang.ch2_provision.stocktaking.models import Count, Difference, Line, Room
from baozhang.ch2_provision.stocktaking.queries import books, standing
from baozhang.kernel import clock, scope
from baozhang.kernel.documents.register import Document
from baozhang.kernel.holds import Hold
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from baozhang.law.issued import IssuedValue, also_issued
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
NINE = dt.datetime.combine(TODAY, dt.time(9), clock.ZONE)


def at(minutes):
    """The clock some minutes after nine."""
    return clock.on(NINE + dt.timedelta(minutes=minutes))


def said(refused):
    """The faults of a refusal in one line."""
    return "；".join(str(fault.reason) for fault in refused.value.faults)


def outcomes(count):
    return {one.line.number: one.outcome for one in standing.standings(count)}


@pytest.fixture
def counted(office):
    """Two rooms counted: one thing elsewhere with somebody else, one gone, one to be mended, one on no card."""
    for number, place in (("A1", "301室"), ("A2", "301室"), ("B1", "302室"), ("B2", "302室")):
        office.card(number, place)
    count = office.begun()
    office.scan(count, "A1")
    office.scan(count, "A2", place="302室", user="乙")
    office.scan(count, "B1", result="missing", place="")
    office.scan(count, "B2", condition="repair")
    office.scan(count, "无标签", result="unknown", name="碎纸机", place="302室")
    return count


def explained(office, count):
    """Each of the five differences has its cause and what is to be done."""
    for kind in ("condition", "place", "user"):
        office.explain(count, kind)
    office.explain(count, "shortage", cause="lost", handling="lost")
    office.explain(
        count, "surplus", cause="unbooked", handling="new_card", value_type="replacement", new_value=Decimal(600)
    )


def test_frozen_books_are_those_of_the_moment(office, counted):
    assert (counted.state, counted.frozen_lines, counted.frozen_value) == (State.COUNTING, 4, Decimal(16000))
    assert counted.number == f"{office.agency.code}-PD2026-01" and books.is_sound(counted)
    assert [str(room) for room in Room._base_manager.order_by("place")] == ["301室", "302室"]


def test_counting_ends_when_all_is_told(office):
    office.card("A1", "301室")
    office.card("A2", "302室")
    count = office.begun()
    office.scan(count, "A1")
    with pytest.raises(Refused, match="还有 1 件没有盘到") as refused:
        office.take("clerk", "finish", count)
    assert "302室" in refused.value.why and "301室" not in refused.value.why


def test_nothing_is_reported_unexplained(office, counted):
    count = office.take("clerk", "finish", counted)
    assert office.gaps(count) == [
        ("condition", "B2", "open"), ("place", "A2", "open"), ("shortage", "B1", "open"), ("surplus", "碎纸机", "open"), ("user", "A2", "open"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="还有 5 项差异没有说明"):
        office.take("clerk", "report", count)
    with pytest.raises(Invalid) as invalid:
        office.explain(count, "surplus", cause="unbooked", handling="new_card")
    assert "入账价值" in said(invalid)
    with pytest.raises(Invalid) as invalid:
        office.explain(count, "place", cause="lost", handling="lost")
    assert "不能这样处理" in said(invalid)


def test_from_the_report_to_the_books(office, counted):
    count = office.take("clerk", "finish", counted)
    explained(office, count)
    count = office.take("clerk", "report", count)
    kept = set(Card._base_manager.filter(number__in=("B1", "B2")).values_list("pk", flat=True))
    assert {hold.record_id for hold in Hold.objects.all()} == kept, "what is to be written off, or to change its state"
    with pytest.raises(Refused, match="应报机关事务管理部门审批"):
        office.take("head", "settle", count)
    office.take("head", "agree", count)
    with pytest.raises((Forbidden, Refused)):
        office.take("head", "approve", count)
    office.take("officer", "approve", count)
    office.take("clerk", "adjust", count)
    found = {card.number: card for card in Card._base_manager.filter(organ=office.agency)}
    seen = (found["A2"].place, found["A2"].user, found["B1"].use_state, found["B2"].use_state)
    assert seen == ("302室", "乙", "lost", "repair")
    fresh = Difference._base_manager.get(kind="surplus").made
    assert (fresh.name, fresh.acquisition, fresh.value, fresh.value_type, fresh.place) == (
        "碎纸机",
        "found",
        600,
        "replacement",
        "302室",
    )
    assert not Hold.objects.exists()
    told = {one.kind: (one.debit, one.source_id) for one in Voucher._base_manager.all()}
    assert told == {"shortage": (4000, count.pk), "surplus": (1200, count.pk)}, (
        "both sides of the pending account are shown"
    )
    with at(600):
        count = office.take("head", "close", count)
    assert (count.state, count.closed_on) == (State.CLOSED, TODAY)
    assert Document._base_manager.get(pk=count.document_id).number == "云教〔2026〕1号"
    assert books.is_sound(count), "the frozen books are what they were"
    assert outcomes(count)["B1"] == Outcome.MISSING, "what the count itself put right is no move"


def test_a_frozen_line_is_never_changed(office):
    office.card("A1")
    count = office.begun()
    for sql in ("UPDATE stocktaking_line SET place = 'x'", "DELETE FROM stocktaking_line"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Line.objects.get(count=count).place == "301室"


def test_who_plans_does_not_freeze_and_strangers_see_nothing(office):
    office.card("A1")
    count = office.plan()
    office.take("clerk", "submit", count)
    with pytest.raises(Forbidden):
        office.take("clerk", "freeze", count)
    with scope.within(office("stranger")):
        assert not Count.objects.exists()


def test_a_part_takes_in_its_places_and_not_what_another_count_has(office):
    office.card("A1", "301室")
    office.card("B1", "三楼机房")
    count = office.begun(scope="part", places="三楼、四楼")
    assert [line.number for line in Line.objects.all()] == ["B1"]
    other = office.plan(title="又一次")
    office.take("clerk", "submit", other)
    with pytest.raises(Refused, match="另一次盘点中"):
        office.take("head", "freeze", other)
    office.take("clerk", "cancel", count, note="范围有误")
    assert office.take("head", "freeze", other).state == State.COUNTING


def test_a_scope_that_cannot_be_is_refused(office):
    for words, values in (("全面盘点不限", {"places": "三楼"}), ("没有大类", {"scope": "part", "categories": "电脑"})):
        with pytest.raises(Invalid) as invalid:
            office.plan(**values)
        assert words in said(invalid)
    assert office.plan(scope="part", categories="设备，家具和用具").category_codes == ["equipment", "furniture"]


def test_a_batch_that_lost_pieces_is_split(office):
    office.card("C1", quantity=Decimal(30), value=Decimal(1000), name="会议椅", unit="把")
    count = office.begun()
    office.scan(count, "C1", quantity=Decimal(28))
    count = office.take("clerk", "finish", count)
    gap = Difference._base_manager.get()
    assert (gap.kind, gap.quantity, gap.value, gap.books, gap.seen) == ("shortage", 2, Decimal("66.67"), "30把", "28把")
    office.explain(count, cause="lost", handling="lost")
    office.take("clerk", "report", count)
    office.take("head", "agree", count)
    office.take("officer", "approve", count)
    office.take("clerk", "adjust", count)
    rest, lost = Card._base_manager.order_by("pk")
    assert (rest.quantity, rest.value, rest.use_state) == (28, Decimal("933.33"), "in_use")
    assert (lost.quantity, lost.value, lost.use_state) == (2, Decimal("66.67"), "lost")


def test_corrections_alone_are_the_heads_own(office):
    office.card("A1")
    count = office.begun()
    office.scan(count, "A1", place="303室")
    count = office.take("clerk", "finish", count)
    office.explain(count)
    office.take("clerk", "report", count)
    assert office.take("head", "settle", count).state == State.APPROVED


def limits(**values):
    return [
        IssuedValue(f"assets.stocktaking.{key}", "990000", value, dt.date(2022, 11, 1), document="江机管〔2022〕9号")
        for key, value in values.items()
    ]


def reported(office):
    """A count with one loss of 4,000, on the head's desk."""
    office.card("A1")
    count = office.begun()
    office.scan(count, "A1", result="missing", place="")
    office.take("clerk", "finish", count)
    office.explain(count, cause="lost", handling="lost")
    return office.take("clerk", "report", count)


@pytest.mark.parametrize(("limit", "alone"), [(4000, False), (4001, True)])
def test_the_sum_decides_who_approves(office, limit, alone):
    count = reported(office)
    with also_issued(limits(authority_from=limit)):
        if alone:
            assert office.take("head", "settle", count).state == State.APPROVED
        else:
            with pytest.raises(Refused, match="机关事务管理部门审批"):
                office.take("head", "settle", count)


@pytest.mark.parametrize(("limit", "both"), [(4000, True), (4001, False)])
def test_finance_approves_from_its_sum_on(office, limit, both):
    count = reported(office)
    office.take("head", "agree", count)
    with also_issued(limits(finance_from=limit)):
        if both:
            with pytest.raises(Refused, match="应转财政部门"):
                office.take("officer", "approve", count)
            office.take("officer", "pass_on", count)
            assert office.take("treasurer", "endorse", count).state == State.APPROVED
        else:
            with pytest.raises(Refused, match="不需要财政部门"):
                office.take("officer", "pass_on", count)
            assert office.take("officer", "approve", count).state == State.APPROVED


def test_found_again_before_the_report(office):
    """A recount after the list was made: what is found again is off the list, what was explained stays explained."""
    office.card("A1")
    office.card("A2")
    count = office.begun()
    office.scan(count, "A1", result="missing", place="")
    office.scan(count, "A2", place="303室")
    count = office.take("clerk", "finish", count)
    office.explain(count, "place")
    with at(300):
        office.scan(count, "A1")
        office.explain(count, "shortage", cause="lost", handling="lost")
        with pytest.raises(Refused, match="又有新的盘点记录"):
            office.take("clerk", "report", count)
        count = office.take("clerk", "recheck", count)
        assert office.gaps(count) == [("place", "A2", "explained"), ("shortage", "A1", "dropped")]
        assert office.take("clerk", "report", count).state == State.REPORTED


def test_a_debt_keeps_its_name_into_the_next_count(office):
    card = office.card("A1")
    count = office.begun()
    office.scan(count, "A1", result="missing", place="")
    count = office.take("clerk", "finish", count)
    with pytest.raises(Invalid) as invalid:
        office.explain(count, cause="unknown", handling="debt", responsible="李四")
    assert "何日前查清" in said(invalid)
    office.explain(
        count,
        cause="unknown",
        handling="debt",
        responsible="李四",
        due=TODAY + dt.timedelta(days=60),
        explanation="正在查找",
    )
    office.take("clerk", "report", count)
    office.take("head", "settle", count)
    office.take("clerk", "adjust", count)
    office.take("head", "close", count)
    debt = Difference._base_manager.get()
    assert (debt.state, debt.responsible, Card._base_manager.get(pk=card.pk).use_state) == ("debt", "李四", "in_use")
    following = office.begun(title="第二次盘点")
    assert following.previous_id == count.pk
    carried = Difference._base_manager.get(count=following)
    assert (carried.origin_id, carried.state, carried.kind) == (
        debt.pk,
        "open",
        "shortage",
    ) and "正在查找" in carried.explanation
    office.scan(following, "A1")
    following = office.take("clerk", "finish", following)
    assert office.gaps(following) == [("shortage", "A1", "dropped")], "it turned up"


def test_a_cancelled_count_gives_debts_back(office):
    card = office.card("A1")
    count = office.begun()
    office.scan(count, "A1", result="missing", place="")
    office.take("clerk", "finish", count)
    office.explain(count, cause="unknown", handling="debt", due=TODAY + dt.timedelta(days=60))
    for who, step in (("clerk", "report"), ("head", "settle"), ("clerk", "adjust"), ("head", "close")):
        office.take(who, step, count)
    debt = Difference._base_manager.get(card=card)
    following = office.begun(title="第二次盘点")
    assert Difference._base_manager.get(pk=debt.pk).state == "carried"
    office.take("clerk", "cancel", following, note="改期")
    assert Difference._base_manager.get(pk=debt.pk).state == "debt"


def test_sent_back_lets_go_of_what_was_held(office):
    from baozhang.ch2_provision.stocktaking.flows import CountFlow

    count = reported(office)
    assert Hold.objects.count() == 1
    by = office("head")
    with scope.within(by):
        CountFlow.send_back(count, to="judging", by=by, note="再找一找")
    assert not Hold.objects.exists()
    assert office.explain(count, cause="stolen", handling="lost") == 1


def test_what_is_promised_to_another_case_is_not_written_off(office):
    from baozhang.kernel import holds

    card = office.card("A1")
    count = office.begun()
    office.scan(count, "A1", result="missing", place="")
    office.take("clerk", "finish", count)
    office.explain(count, cause="lost", handling="lost")
    loan = office.plan(title="替一次借用")
    with scope.everything("test") as by:
        holds.take(card, case=loan, words="借给卫健委", by=by)
    with pytest.raises(Refused, match="已有安排") as refused:
        office.take("clerk", "report", count)
    assert "借给卫健委" in refused.value.why


def test_the_report_names_the_day_in_china(office):
    """Before eight in the morning it is still yesterday in Greenwich."""
    office.card("A1")
    with clock.on(dt.datetime.combine(TODAY, dt.time(7, 30), clock.ZONE)):
        office.begun()
    opening = wording.report(Count._base_manager.get(), day=TODAY).blocks[0]
    assert "2026年3月4日冻结账面" in opening.text
