"""The whole way of a disposal, who must agree, and what each step wants first."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch1_general.organs.models import Appointment
from baozhang.ch2_provision.assets.actions import income
from baozhang.ch2_provision.assets.models import Card, Income, Voucher
from baozhang.ch2_provision.disposal.actions import carrying, screening
from baozhang.ch2_provision.disposal.choices import Lane, State
from baozhang.ch2_provision.disposal.flows import CaseFlow
from baozhang.ch2_provision.disposal.queries.assessing import assess
from baozhang.ch2_provision.disposal.resources import Cases
from baozhang.kernel import clock, scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from baozhang.law.issued import also_issued
from tests import factories
from tests.conftest import TODAY

from .conftest import limits

pytestmark = pytest.mark.django_db


def earn(office, case, amount, note=""):
    values = {"income": Decimal(amount), "income_due": TODAY, "income_note": note}
    office.act("会计", carrying.earn, office.again(case), values)


def pay(office, case):
    for one in Income._base_manager.filter(source_id=case.pk, state="due"):
        office.act("会计", income.pay, one, day=TODAY, receipt="NO.1")


def test_the_whole_story_of_a_scrapping(office):
    card = office.card()
    case = office.approved(card)
    assert (case.state, case.lane, case.document.number) == (State.EXECUTING, Lane.JOINT, "云财〔2026〕1号")
    assert "待核实" in case.lane_says, "no limit is verified, so the strict way is taken and said plainly"
    assert Card._base_manager.get().use_state == "disposing" and Hold.objects.get().case_id == case.pk
    case = office.take("hand_over", case)
    with pytest.raises(Refused, match="双方签字的移交单"):
        office.take("slip", case)
    office.paper(case, "slip")
    case = office.take("slip", case)
    with pytest.raises(Refused, match="没有登记应缴收入") as refused:
        office.take("write_off", case)
    assert refused.value.article == "第十三条第五款"
    for lacking in ({"income": Decimal(0)}, {"income": Decimal(5), "income_due": None}):
        with pytest.raises(Invalid):
            office.act("会计", carrying.earn, office.again(case), lacking)
    earn(office, case, "0", "回收企业确认无残值")
    assert not Income._base_manager.exists() and office.again(case).income == 0
    earn(office, case, "120.50")  # the recycler paid after all
    with pytest.raises(Refused, match=r"120\.50 元没有缴库"):
        office.take("write_off", case)
    pay(office, case)
    case = office.take("write_off", case)
    ended = Card._base_manager.get()
    assert (case.state, case.closed_on) == (State.CLOSED, TODAY)
    assert (ended.use_state, ended.disposal, ended.disposed) == ("scrapped", "scrapping", TODAY)
    assert not Hold.objects.exists() and office.lines(case)[0].outcome == "disposed"
    voucher = Voucher._base_manager.get(kind="write_off")
    assert (voucher.kind, voucher.source_id, voucher.debit) == ("write_off", case.pk, Decimal(8000))


@pytest.mark.parametrize(
    ("value", "lane"),
    [(50_000, Lane.FILING), (50_001, Lane.AUTHORITY), (500_000, Lane.AUTHORITY), (500_001, Lane.JOINT)],
)
def test_the_limits_decide_who_agrees(office, value, lane):
    with also_issued(limits()):
        case = office.decided(office.card(value=Decimal(value)))
        assert case.lane == lane and "待核实" not in case.lane_says
        case = office.take("screened", case)
        names = {
            "filing": ["register"],
            "authority": ["review", "approve"],
            "joint": ["review", "pass_on", "audit", "consent"],
        }[lane]
        for step in names:
            case = office.take(step, case)
        assert case.state == State.EXECUTING
        assert case.document.kind == ("certificate" if lane == Lane.FILING else "letter")
        assert case.document.organ_id == (office.finance if lane == Lane.JOINT else office.authority).pk


def test_a_step_of_another_way_is_refused(office):
    with also_issued(limits()):
        case = office.take("screened", office.decided(office.card()))
        with pytest.raises(Refused, match="不经过"):
            office.take("review", case)
        words = [item["words"] for item in CaseFlow.path(case, office("赵科"))]
        assert "接收备案" in words and "财政审核通过" not in words


@pytest.mark.parametrize("category", ["vehicle", "house", "land"])
def test_houses_land_and_vehicles_are_never_only_filed(office, category):
    with also_issued(limits()):
        case = office.draft(office.card(category=category, name="旧物", class_code="", value=Decimal(10)))
        with pytest.raises(Refused, match="权属证明") as refused:
            office.take("submit", case)
        assert refused.value.article == "第十三条第一款"
        office.paper(case, "title")
        assert office.take("submit", case).lane == Lane.AUTHORITY


def test_the_finance_limit_alone_unknown_asks_finance(office):
    with also_issued(limits()[:1]):
        case = office.decided(office.card(value=Decimal(50_001)))
    assert case.lane == Lane.JOINT and "财政审批限额待核实" in case.lane_says


def test_no_decision_without_its_minutes_and_never_by_who_asked(office):
    case = office.take("submit", office.draft(office.card()))
    with pytest.raises(Refused, match="会议纪要"):
        office.take("decide", case)
    office.paper(case, "minutes")
    with pytest.raises(Forbidden):
        office.take("decide", case, "张管")
    with pytest.raises(Invalid) as refused:
        office.take("decide", case, decided_on=TODAY + dt.timedelta(days=1))
    assert "晚于今天" in refused.value.why and office.take("decide", case).state == State.SCREENING


def test_before_its_years_only_with_reason_and_opinion(office):
    young = office.computer(acquired=dt.date(2020, 3, 5))
    case = office.draft(young)
    with pytest.raises(Refused, match="1 张卡片未达到最低使用年限") as refused:
        office.take("submit", case)
    assert "第十二条第一款" in str(refused.value.why) and "鉴定意见" in str(refused.value.why)
    case = office.take("edit", case, "张管", form="scrapping", reason="损坏", early_reason="火灾损毁不能修复")
    office.paper(case, "opinion")
    case = office.take("submit", case)
    assert case.early == 1 and office.lines(case)[0].usable_until == dt.date(2026, 3, 5)
    with clock.on(dt.date(2026, 3, 5)):
        assert office.draft(office.computer(acquired=dt.date(2020, 3, 5))).early == 0
    assert office.draft(office.computer(acquired=dt.date(2024, 1, 1)), form="transfer").early == 0, (
        "a transfer is no renewal"
    )


def test_a_loss_needs_cause_and_responsibility_and_no_hand_over(office):
    case = office.draft(office.computer(), form="loss")
    with pytest.raises(Refused, match="损失原因") as refused:
        office.take("submit", case)
    assert "责任认定" in str(refused.value.why)
    case = office.take(
        "edit", case, "张管", form="loss", reason="被盗", cause="3 月 1 日夜间被盗，已报案", liable="值班人员赔偿"
    )
    office.paper(case, "cause")
    case = office.take("submit", case)
    office.paper(case, "minutes")
    for step in ("decide", "screened", "review", "pass_on", "audit", "consent"):
        case = office.take(step, case)
    assert "移交实物" not in [item["words"] for item in CaseFlow.path(case, office("张管"))]
    earn(office, case, "300")
    pay(office, case)
    case = office.take("book_loss", case)
    assert Card._base_manager.get().use_state == "lost" and Income._base_manager.get().kind == "compensation"


def test_computers_are_wiped_with_proof(office):
    case = office.approved(office.computer())
    with pytest.raises(Refused, match="存储介质清除"):
        office.take("hand_over", case)
    office.act(
        "张管",
        carrying.note,
        office.again(case),
        carrying.WIPED,
        {"wiped_on": TODAY, "wiped_how": "消磁，甲操作乙监督"},
    )
    with pytest.raises(Refused, match="清除证明"):
        office.take("hand_over", case)
    office.paper(case, "wiping")
    assert office.take("hand_over", case).state == State.HANDED


def test_a_sale_is_appraised_and_announced(office):
    case = office.approved(office.card(), form="sale")
    with pytest.raises(Refused, match="没有公告"):
        office.take("hand_over", case)
    with pytest.raises(Refused, match="评估"):
        office.take("publish", case)
    values = {"appraiser": "江海资产评估所", "appraised_value": Decimal(900), "appraised_on": TODAY}
    office.act("张管", carrying.note, office.again(case), carrying.APPRAISED, values)
    office.paper(case, "appraisal")
    with pytest.raises(Invalid, match="公告期太短"):
        office.take("publish", case, notice_until=TODAY)
    case = office.take("publish", case)
    assert (case.state, case.notice_from) == (State.NOTICE, TODAY)
    with clock.on(dt.date(2026, 3, 18)), pytest.raises(Refused, match="公告期未满"):
        office.take("hand_over", case)
    with clock.on(dt.date(2026, 3, 19)):
        assert office.take("hand_over", case).state == State.HANDED


def test_a_transfer_gives_the_receiver_a_new_card(office):
    old = office.card()
    case = office.draft(old, form="transfer")
    with pytest.raises(Refused, match="接收方名称"):
        office.take("submit", case)
    case = office.take("edit", case, "张管", form="transfer", reason="调剂", receiver_name="云间区卫健委")
    case = office.take("submit", case)
    office.paper(case, "minutes")
    for step in ("decide", "screened", "review", "pass_on", "audit", "consent"):
        case = office.take(step, case)
    with pytest.raises(Refused, match="与批复不一致"):
        office.take("hand_over", case)
    case = office.take("hand_over", case, receiver_name="云间区卫健委")
    with pytest.raises(Refused, match="不经过"):
        office.take("slip", case)
    case = office.take("receive", case)
    case = office.take("write_off", case)
    new = Card._base_manager.get(organ=office.other)
    assert new.former_id == old.pk and Card._base_manager.get(pk=old.pk).disposal == "transfer"
    assert {voucher.kind for voucher in Voucher._base_manager.all()} == {"transfer_in", "transfer_out"}


def test_the_warehouse_comes_first(office):
    idle, broken = office.card(use_state="idle", value=Decimal(100)), office.card()
    case = office.decided(idle, broken)
    assert [line.screen for line in office.lines(case)] == ["asked", "clear"] and case.flagged == 1
    with pytest.raises(Refused, match="仍有使用价值") as refused:
        office.take("screened", case)
    assert refused.value.article == "第十五条第一款第三项"
    first = office.lines(case)[:1]
    with pytest.raises(Refused, match="还没有说明"):
        office.act("仓管", screening.accept, first)
    office.act("张管", screening.explain, first, reason="主板损坏，修理费高于重置价格")
    with pytest.raises(Refused, match="1 张卡片"):
        office.take("screened", case)
    office.act("仓管", screening.accept, office.lines(case)[:1])
    assert office.take("screened", case).state == State.REVIEWING


@pytest.mark.parametrize(
    ("form", "category", "screen"),
    [("sale", "house", "asked"), ("donation", "house", "asked"), ("swap", "house", "asked"), ("scrapping", "house", "clear"),
     ("transfer", "house", "clear"), ("sale", "land", "clear")],
)  # fmt: skip
def test_a_house_that_others_would_use_is_offered_to_offices_first(office, form, category, screen):
    house = office.card(category=category, name="旧办公楼", class_code="", value=Decimal(10))
    case = office.draft(house, form=form)
    found = assess(case, TODAY)
    assert found.lines[0].screen == screen
    assert ("第十六条第二款" in found.lines[0].screen_says) == (screen == "asked")


def test_what_goes_to_the_warehouse_leaves_the_case(office):
    idle, broken = office.card(use_state="idle", value=Decimal(100)), office.card()
    case = office.decided(idle, broken)
    office.act("仓管", screening.store, office.lines(case)[:1])
    case = office.again(case)
    assert (case.count, case.value, case.flagged, case.title[-3:]) == (1, Decimal(8000), 0, "1 项")
    assert [hold.record_id for hold in Hold.objects.all()] == [broken.pk]
    assert Card._base_manager.get(pk=idle.pk).offered == TODAY
    office.act("仓管", screening.store, office.lines(case)[1:])
    with pytest.raises(Refused, match="全部"):
        office.take("screened", case)
    assert office.take("stored", case, "仓管").state == State.WAREHOUSED and not Hold.objects.exists()


@pytest.mark.parametrize("way", ["back", "withdraw", "cancel", "refuse", "revoke"])
def test_a_case_that_ends_otherwise_lets_go(office, way):
    card = office.card()
    case = office.approved(card) if way == "revoke" else office.draft(card)
    if way != "revoke":
        case = office.take("submit", case)
    assert Hold.objects.count() == 1
    if way == "back":
        with scope.within(office("王局")):
            CaseFlow.send_back(office.again(case), to="draft", by=office("王局"), note="材料不全")
    elif way == "withdraw":
        with scope.within(office("张管")):
            CaseFlow.withdraw(office.again(case), by=office("张管"))
    elif way == "cancel":
        office.take("cancel", case, "王局", note="不再处置")
    elif way == "revoke":
        case = office.take("recall", case, "李财", note="材料不实")
        assert Card._base_manager.get().use_state == "in_use" and case.document.state == "revoked"
    else:
        office.paper(case, "minutes")
        for step in ("decide", "screened", "review"):
            case = office.take(step, case)
        office.take("refuse", case, note="不符合报废条件")
    assert not Hold.objects.exists()
    assert office.take("submit", office.draft(card)).state == State.DECIDING, "the card is free for another case"


def test_what_is_promised_elsewhere_is_refused_with_who_holds_it(office):
    card = office.card()
    office.take("submit", office.draft(card))
    with pytest.raises(Refused, match="已有安排") as refused:
        office.draft(card)
    assert "资产处置" in str(refused.value.why)


def test_kinds_have_cases_of_their_own(office):
    by = office("张管")
    with scope.within(by):
        from baozhang.ch2_provision.disposal import proposing

        made = proposing.draft(
            [office.card(), office.card(category="vehicle", name="轿车", class_code="")],
            form="scrapping",
            reason="",
            by=by,
        )
    assert sorted(case.kind for case in made) == ["general", "vehicle"]


def test_who_sees_a_case(office):
    case = office.draft(office.card())

    def sees(name):
        with scope.within(office(name)):
            return type(case).objects.filter(pk=case.pk).exists()

    assert sees("张管") and sees("王局") and sees("会计")
    assert not sees("赵科") and not sees("外管") and not sees("审计"), "a draft is the agency's own affair"
    case = office.take("submit", case)
    office.paper(case, "minutes")
    office.take("decide", case)
    assert sees("赵科") and sees("李财") and sees("审计") and not sees("外管")
    with pytest.raises(NotFound):
        office.take("screened", case, "外管")


def test_a_card_does_not_end_past_a_case(office):
    card = office.card()
    by = office("张管")
    from baozhang.kernel.record import keep

    for values in ({"disposal": "scrapping", "disposed": TODAY}, {"use_state": "scrapped"}):
        fresh = Card._base_manager.get(pk=card.pk)
        for name, value in values.items():
            setattr(fresh, name, value)
        with scope.within(by), pytest.raises(Refused, match="不能直接") as refused:
            keep(fresh, by=by)
        assert (refused.value.article, "内部决策" in refused.value.why, "拟处置" in refused.value.instead) == (
            "第十三条第四款",
            True,
            True,
        )
    assert factories.kept(
        Card, where=office.agency, disposal="scrapping", acquired=dt.date(2012, 1, 1), disposed=dt.date(2021, 3, 1)
    ).disposed, "the past comes in"


def test_who_decided_for_the_authority_itself_does_not_also_approve(office):
    """Its head decides within and approves for all: of its own things somebody else approves."""
    factories.person("局管", "asset_clerk", office.authority)
    factories.save(
        Appointment(user=office.user("孙局"), organ=office.authority, role="head", since=dt.date(2022, 1, 1))
    )
    factories.person("钱副", "support_head", office.authority)
    case = office.draft(office.card(office.authority), who="局管")
    case = office.take("submit", case, "局管")
    office.paper(case, "minutes", who="局管")
    case = office.take("decide", case, "孙局")
    for step in ("screened", "review"):
        case = office.take(step, case)
    with pytest.raises(Refused, match="您不能办理"):
        office.take("pass_on", case, "孙局")
    assert office.take("pass_on", case, "钱副").state == "finance"


def test_what_is_announced_is_not_handed_over_on_a_day_of_the_notice(office):
    case = office.approved(office.card(), form="sale")
    told = {"appraiser": "江海评估事务所", "appraised_value": Decimal(900), "appraised_on": TODAY}
    by = office("张管")
    with scope.within(by):
        carrying.note(office.again(case), carrying.APPRAISED, told, by=by)
    office.paper(case, "appraisal")
    case = office.take("publish", case)
    last = case.notice_until
    with clock.on(last + dt.timedelta(days=5)):
        with pytest.raises(Invalid, match="移交日期在公告期内"):
            office.take("hand_over", case, handed_on=last)
        assert office.take("hand_over", case, handed_on=last + dt.timedelta(days=1)).state == State.HANDED


def test_income_that_was_called_off_is_entered_anew(office):
    case = office.approved(office.card())
    shown = Cases.acts["earn"].shown
    assert shown(case)
    earn(office, case, "120.50")
    assert not shown(office.again(case))
    office.act("会计", income.void, Income._base_manager.get(), note="金额登记有误")
    assert shown(office.again(case))
    earn(office, case, "0", "回收企业确认无残值")
    assert not shown(office.again(case))
