"""The thread of needs: matched, contested, declined and bought with the whole chain, refused, and a round over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.allocation.choices import Decision, MatchState, Source
from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.matching import MatchFlow, accept
from baozhang.ch2_provision.allocation.models import Match, Need, Round, RoundLine
from baozhang.ch2_provision.allocation.queries.candidates import candidates_of
from baozhang.ch2_provision.allocation.queries.standing import standing_of
from baozhang.ch2_provision.allocation.rounds import AllocationRoundFlow, decide
from baozhang.ch2_provision.funding.actions import enlist, start_budget, take_needs
from baozhang.ch2_provision.funding.choices import LineState, PlanState
from baozhang.ch2_provision.funding.flows import BudgetFlow, PlanFlow, PlanLineFlow, RoundFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, PlanLine, PlanRound
from baozhang.ch2_provision.funding.queries.plans import draft_plan, standing_plan
from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import Purchase, PurchaseLine
from baozhang.ch3_mechanisms.procurement.receiving import Papers, receive
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import names
from .acting import act

AGENCY = "云间区教育局"
AUTHORITY = f"{names.DISTRICTS[0][1]}{names.AUTHORITY}"
PREFERRED = ("laptop", "scanner", "printer_a4_mono", "desktop", "file_cabinet", "chair")
MEETING = "党组会议纪要"


def step(username: str, flow: Any, name: str, record: Any, note: str = "", **values: Any) -> Any:
    """Somebody takes a step; the record as it stands afterwards."""
    act(username, lambda who: flow.take(name, record, by=who, note=note, values=values))
    return type(record)._base_manager.get(pk=record.pk)


def clerk_of(organ_id: int) -> str:
    """The login of an agency's asset clerk."""
    rows = Appointment._base_manager.filter(organ_id=organ_id, role="asset_clerk").order_by("pk")
    return str(rows.values_list("user__username", flat=True)[0])


def need(organ: Organization, item: str, quantity: int, purpose: str, *, by: str, days: int = 45) -> Need | None:
    """A need that is stated; None where the standard has no room for it."""
    made = Need(
        organ=organ,
        item=item,
        quantity=quantity,
        purpose=purpose,
        needed_by=clock.today() + dt.timedelta(days=days),
        place="2号楼3层",
    )
    gap = standing_of(made).gap
    if gap is None or gap < quantity:
        return None
    act(by, lambda who: NeedFlow.start(made, by=who))
    step(by, NeedFlow, "submit", made)
    return Need._base_manager.select_related("organ__jurisdiction").get(pk=made.pk)


def first_need(organ: Organization, quantity: int, purpose: str, *, by: str, but: tuple[str, ...] = ()) -> Need | None:
    """A need for the first item of which the agency may have more."""
    for item in PREFERRED:
        if item not in but and (made := need(organ, item, quantity, purpose, by=by)) is not None:
            return made
    return None


def matched(day: dt.date) -> None:
    """A need is answered from the warehouse, or else from another agency, and goes its way to the end."""
    with clock.on(day):
        organ = Organization._base_manager.get(name=AGENCY)
        made = first_need(organ, 1, "学籍系统值守", by="keyuan")
        found = candidates_of(made).best if made is not None else []
        if made is None or not found:
            return
        best = next((one for one in found if one.source == Source.WAREHOUSE), found[0])
        match = act("jiaoyu", lambda who: accept(made, [best.card.pk], by=who))[0]
    if match.state == MatchState.ASKED:
        with clock.on(day + dt.timedelta(days=2)):
            match = step(clerk_of(match.owner_id), MatchFlow, "agree_out", match)
        with clock.on(day + dt.timedelta(days=4)):
            step("zichan", MatchFlow, "transfer", match, note="同意调剂")
    elif match.source == Source.OWN:
        with clock.on(day + dt.timedelta(days=1)):
            step("jiaoyu", MatchFlow, "receive", match)


def contested(day: dt.date) -> None:
    """Two agencies want the same idle thing; the second is told, and the owner objects to the first."""
    with clock.on(day):
        one = Organization._base_manager.get(name="云间区卫生健康委")
        two = Organization._base_manager.get(name=AGENCY)
        first = first_need(one, 1, "窗口服务", by="weijian")
        second = need(two, first.item, 1, "招生咨询", by="jiaoyu") if first is not None else None
        found = [c for c in candidates_of(first).of(Source.OTHERS) if c.owner.pk != two.pk] if first is not None else []
        if first is None or second is None or not found:
            return
        card = found[0].card
        match = act("weijian", lambda who: accept(first, [card.pk], by=who))[0]
        try:
            act("jiaoyu", lambda who: accept(second, [card.pk], by=who))
        except Refused:
            step("jiaoyu", NeedFlow, "cancel", second, note="资产已由卫生健康委预留，改用现有设备")
    with clock.on(day + dt.timedelta(days=3)):
        match = step(clerk_of(card.organ_id), MatchFlow, "objects", match, said="下月换届会议需要使用")
    with clock.on(day + dt.timedelta(days=6)):
        match = step("zichan2", MatchFlow, "overrule", match, note="会议可使用公用设备，同意调出")
    with clock.on(day + dt.timedelta(days=8)):
        step("zichan2", MatchFlow, "transfer", match, note="已办理划转")


def bought(day: dt.date) -> None:
    """A need is declined with a reason, reviewed, planned, funded, bought and becomes cards."""
    with clock.on(day):
        organ = Organization._base_manager.get(name=AGENCY)
        made = first_need(organ, 2, "考务保密室专用", by="keyuan", but=("chair", "file_cabinet"))
        if made is None:
            return
        if candidates_of(made, most=1).total:
            step(
                "jiaoyu",
                NeedFlow,
                "decline",
                made,
                declared="考务设备须全新封装、未接入过互联网，现有闲置设备不能满足保密要求",
            )
        else:
            step("jiaoyu", NeedFlow, "record_none", made)
    with clock.on(day + dt.timedelta(days=3)):
        made.refresh_from_db()
        if made.state == "declined":
            step("zichan", NeedFlow, "agree", made, note="保密要求属实，同意不适用")
        _round(organ, clock.today())
        made = step("jiaoyu", NeedFlow, "plan_it", made, means="buy", unit_price="5200")
    _funded(made, day + dt.timedelta(days=6))
    _buy(made, day)


def _buy(made: Need, day: dt.date) -> None:
    """The purchase: agreed, checked, contracted, delivered in two parts, paid."""
    with clock.on(day + dt.timedelta(days=25)):
        purchase = purchase_of(made, 2, Decimal(5_080))
        for who, name in (("jiaoyu", "submit"), ("jiaoyu2", "agree"), ("zichan2", "check")):
            purchase = step(who, PurchaseFlow, name, purchase)
        signed: dict[str, Any] = {
            "supplier": "江海办公设备有限公司",
            "contract": f"HT-{day.year}-017",
            "signed_on": clock.today(),
            "deliver_by": clock.today() + dt.timedelta(days=15),
        }
        purchase = step("jiaoyu", PurchaseFlow, "sign", purchase, **signed)
    for place, days in enumerate((34, 37)):
        with clock.on(day + dt.timedelta(days=days)):
            line = PurchaseLine._base_manager.get(purchase=purchase)
            papers = Papers(
                invoice=f"2025{place:04d}", custodian=names.person(3), department="办公室", note="外观完好，开机正常"
            )
            act("keyuan", partial(_receive, purchase, line, papers))
    with clock.on(day + dt.timedelta(days=44)):
        purchase = Purchase._base_manager.get(pk=purchase.pk)
        step("kuaiji", PurchaseFlow, "settle", purchase, paid=purchase.amount, paid_on=clock.today(), payment="付-0231")


def _receive(purchase: Purchase, line: PurchaseLine, papers: Papers, who: Actor) -> None:
    receive(purchase, {line.pk: 1}, papers, by=who)


def purchase_of(made: Need, quantity: int, price: Decimal) -> Purchase:
    """A purchase of one line, in draft."""
    purchase = Purchase(organ=made.organ, title=f"{made.name}采购", way="framework")
    act("jiaoyu", lambda who: PurchaseFlow.start(purchase, by=who))
    line = PurchaseLine(purchase=purchase, need=made, quantity=quantity, unit_price=price, brand=names.BRANDS[0])
    act("jiaoyu", lambda who: keep(line, by=who))
    return purchase


def _round(organ: Organization, day: dt.date) -> None:
    """The authority lays out a round of planning, where there is none that the need could go into."""
    if draft_plan(organ) is not None or standing_plan(organ, day.year) is not None:
        return
    authority = Organization._base_manager.get(name=AUTHORITY)
    made = PlanRound(organ=authority, year=day.year, opens=day, closes=day + dt.timedelta(days=30))
    act("jihua", lambda who: RoundFlow.start(made, by=who))
    act("jihua", lambda who: enlist(made, by=who))
    step("jihua", RoundFlow, "open", made)


def _funded(made: Need, day: dt.date) -> None:
    """The plan with the need is agreed, the money is asked for and granted."""
    line = PlanLine._base_manager.select_related("plan__round", "plan__organ").get(pk=made.plan_line_id or 0)
    plan = line.plan
    with clock.on(day):
        step("kuaiji", PlanFlow, "submit", plan)
        plan = step("jiaoyu2", PlanFlow, "decide", plan, decision=f"{MEETING}〔{day.year}〕12号", decided_on=day)
        for one in PlanLine._base_manager.filter(plan=plan, state=LineState.PENDING).order_by("pk"):
            step("jihua", PlanLineFlow, "agree", one)
        plan = step("jihua", PlanFlow, "review", plan)
        plan = step("juzhang", PlanFlow, "agree", plan, note="同意")
    if plan.state != PlanState.AGREED:
        return
    with clock.on(day + dt.timedelta(days=4)):
        budget = act("kuaiji", lambda who: start_budget(plan.round, plan.organ, by=who, cause="配置需求追加"))
        act("kuaiji", lambda who: take_needs(budget, by=who))
        budget = Budget._base_manager.get(pk=budget.pk)
        step("kuaiji", BudgetFlow, "submit", budget)
        budget = step(
            "jiaoyu2", BudgetFlow, "decide", budget, decision=f"{MEETING}〔{day.year}〕13号", decided_on=clock.today()
        )
    with clock.on(day + dt.timedelta(days=11)):
        rows = list(BudgetLine._base_manager.filter(budget=budget).select_related("budget"))
        for row in rows:
            row.granted = row.amount
        act("caizheng", lambda who: keep(rows, by=who))
        step("caizheng", BudgetFlow, "review", budget)
        step(
            "caizheng2",
            BudgetFlow,
            "reply",
            Budget._base_manager.get(pk=budget.pk),
            reply_number=f"云财预〔{day.year}〕31号",
        )


def refused(day: dt.date) -> None:
    """A purchase that would buy what was met already is refused and stays a draft."""
    with clock.on(day):
        made = Need._base_manager.filter(plan_line__isnull=False, organ__name=AGENCY).order_by("pk").first()
        if made is None:
            return
        purchase = purchase_of(made, 1, Decimal(12800))
        try:
            step("jiaoyu", PurchaseFlow, "submit", purchase)
        except Refused:
            return  # as the law wants it


def balanced(day: dt.date) -> None:
    """Last month's round: many needs at once, proposed, decided line by line, carried out."""
    with clock.on(day):
        organs = Organization._base_manager.filter(jurisdiction__name=names.DISTRICTS[0][1], competence="").order_by(
            "code"
        )
        for place, organ in enumerate(organs.exclude(name__in=(AGENCY, "云间区卫生健康委"))[:14]):
            first_need(organ, 1 + place % 2, "人员调整", by=clerk_of(organ.pk), but=PREFERRED[: place % 3])
        made = Round(organ=Organization._base_manager.get(name=AUTHORITY), day=day)
        act("zichan", lambda who: AllocationRoundFlow.start(made, by=who))
        step("zichan", AllocationRoundFlow, "work_out", made)
    with clock.on(day + dt.timedelta(days=2)):
        lines = list(RoundLine._base_manager.filter(round=made).order_by("cost", "pk"))
        if len(lines) < 2:
            return
        act("zichan", lambda who: decide(lines[:-1], Decision.ACCEPTED, by=who))
        act("zichan", lambda who: decide(lines[-1:], Decision.REJECTED, by=who, note="单位反映接口不兼容"))
        done = step("zichan", AllocationRoundFlow, "submit", Round._base_manager.get(pk=made.pk))
        step("zichan2", AllocationRoundFlow, "carry_out", done, note="同意执行")
    with clock.on(day + dt.timedelta(days=5)):
        for match in Match._base_manager.filter(state=MatchState.ASKED, until__gte=day).order_by("pk")[:4]:
            step("zichan", MatchFlow, "transfer", step(clerk_of(match.owner_id), MatchFlow, "agree_out", match))


def this_week(day: dt.date) -> None:
    """What lies on the desks today: needs that wait for their answer."""
    with clock.on(day):
        organ = Organization._base_manager.get(name=AGENCY)
        first_need(organ, 2, "新录用人员入职", by="keyuan")
        first_need(organ, 1, "档案数字化", by="keyuan2", but=PREFERRED[:2])


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    return [
        (today - dt.timedelta(days=260), matched), (today - dt.timedelta(days=190), bought), (today - dt.timedelta(days=120), contested),
        (today - dt.timedelta(days=60), refused), (today - dt.timedelta(days=32), balanced), (today, this_week),
    ]  # fmt: skip
