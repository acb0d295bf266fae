"""The third thread of the story: two rounds of plans, budgets replied and partly spent, an amendment, some who are late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import BudgetFlow, PlanFlow, PlanLineFlow, RoundFlow
from baozhang.ch2_provision.funding.models import (
    Budget,
    BudgetLine,
    Ceiling,
    Plan,
    PlanLine,
    PlanRound,
    Site,
    SiteMember,
)
from baozhang.ch3_mechanisms.standards import pricing
from baozhang.ch3_mechanisms.standards.actions import new_version
from baozhang.ch3_mechanisms.standards.flows import StandardFlow
from baozhang.ch3_mechanisms.standards.jobs import look_at_prices
from baozhang.ch3_mechanisms.standards.models import Component, ReferencePrice, Standard, StandardLine
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep, remove

from . import names
from .acting import as_user

D = names.DISTRICTS[0][1]
AUTHORITY, FINANCE = f"{D}{names.AUTHORITY}", f"{D}{names.FINANCE}"
FIRST = (
    "教育局", "卫生健康委", "民政局", "司法局", "水务局", "商务委", "档案馆", "统计局",
)  # fmt: skip
MORE = ("体育局", "信访办", "医疗保障局", "科学技术局", "应急管理局", "总工会", "人民法院", "史志办")
# Quota: what it is made of, physical quota a head, area or vehicle and year × reference price.
QUOTAS: dict[tuple[str, str], tuple[tuple[str, int, str], ...]] = {
    ("funding.quota.office", "rank=bureau"): (
        ("每人每年办公用品", 12, "办公用品月均套装"),
        ("每人每年书报资料", 1, "书报资料（全年）"),
    ),
    ("funding.quota.office", "rank=division"): (("每人每年办公用品", 9, "办公用品月均套装"),),
    ("funding.quota.post", ""): (("每人每月固定电话和网络", 12, "电话网络（每线每月）"),),
    ("funding.quota.printing", ""): (("每人每年复印纸", 20, "A4 复印纸"),),
    ("funding.quota.travel", "rank=bureau"): (("每人每年出差天数", 12, "市外出差（人天）"),),
    ("funding.quota.travel", "rank=division"): (("每人每年出差天数", 6, "市外出差（人天）"),),
    ("funding.quota.training", ""): (("每人每年培训天数", 4, "培训（人天）"),),
    ("funding.quota.vehicle", ""): (
        ("每车每年行驶百公里数", 120, "百公里油耗和维修"),
        ("每车每年保险", 1, "车辆保险（全年）"),
    ),
}
PRICES = {
    "办公用品月均套装": (320, "套"), "书报资料（全年）": (360, "份"), "电话网络（每线每月）": (75, "线"), "A4 复印纸": (29, "包"),
    "市外出差（人天）": (690, "人天"), "培训（人天）": (300, "人天"), "百公里油耗和维修": (165, "百公里"), "车辆保险（全年）": (6200, "辆"),
}  # fmt: skip
NEWER = {"A4 复印纸": 26, "培训（人天）": 345}
SOURCE = "江海市政府采购网上商城成交均价"
NEEDS = (
    ("assets", "", "更新台式计算机", "desktop", 12, 5000, "台", "达到最低使用年限且主板损坏，无法修复", "存量核对：闲置 0 台；公物仓无匹配。附维修鉴定 12 份。"),
    ("service", "", "办公区物业服务", "", 1, 186_000, "项", "保洁、秩序维护、绿化养护", "现合同年底到期；按面积和人员测算，附服务清单。"),
    ("repair", "medium", "屋面防水和外墙渗漏中修", "", 1, 320_000, "项", "顶层三间办公室渗漏，已影响使用", "房屋安全检查报告；上次中修距今 11 年。"),
    ("retrofit", "", "照明和空调末端节能改造", "", 1, 145_000, "项", "公共区域照明更换为感应式 LED", "能源审计报告建议第 2 项，预计年节电 4.1 万千瓦时。"),
)  # fmt: skip


def act(username: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Somebody does something in his own scope."""
    by = as_user(username)
    with scope.within(by):
        return work(*args, by=by, **kwargs)


def organ(name: str, district: str = D) -> Organization:
    """An agency of a district, the one in which the story is told where no other is named."""
    return Organization._base_manager.select_related("jurisdiction").get(name=f"{district}{name}")


def seat(where: Organization, body: str, role: str) -> str:
    """The account that holds a role in an office of the district of an agency."""
    return person(organ(body, where.jurisdiction.name), role)


def person(where: Organization, role: str) -> str:
    """The account that holds a role in an agency."""
    rows = Appointment._base_manager.filter(organ=where, role=role).order_by("pk")
    return str(rows.values_list("user__username", flat=True)[0])


def issue_quotas(day: dt.date) -> None:
    """The district's finance department issues what a head and a vehicle cost a year; area stays unverified."""
    with clock.on(day):
        where = organ(names.FINANCE)
        standard = Standard(
            organ=where, title="机关运行经费支出定额标准（试行）", valid_from=day + dt.timedelta(days=2), note="演示数据", source="实物定额和市场价格调查",
        )  # fmt: skip
        act("caizheng", StandardFlow.start, standard)
        prices = {
            name: ReferencePrice(organ=where, name=name, unit=unit, price=Decimal(price), day=day, source=SOURCE)
            for name, (price, unit) in PRICES.items()
        }
        act("caizheng", keep, list(prices.values()))
        lines = {place: StandardLine(standard=standard, key=place[0], row=place[1]) for place in QUOTAS}
        act("caizheng", keep, list(lines.values()))
        parts = [
            Component(
                line=lines[place],
                physical=physical,
                quantity=Decimal(count),
                basis="市机关运行实物定额（试行）",
                price=prices[name],
            )
            for place, made_of in QUOTAS.items()
            for physical, count, name in made_of
        ]
        act("caizheng", keep, parts)
        act("caizheng", pricing.work_out, standard)
        act("caizheng", StandardFlow.take, "submit", standard)
        act("caizheng2", StandardFlow.take, "approve", standard, note="同意发布")


def central_site(day: dt.date) -> None:
    """Two agencies are housed where the authority runs the building."""
    with clock.on(day):
        site = Site(organ=organ(names.AUTHORITY), name="云间区行政中心", address="听潮路 1 号", area=Decimal(18_600))
        act("jihua", keep, site)
        act("jihua", keep, [SiteMember(site=site, organ=organ(name), since=day) for name in ("统计局", "信访办")])


def open_round(year: int, day: dt.date, closes: dt.date, agencies: tuple[str, ...], district: str = D) -> PlanRound:
    """The authority of a district lays out a round with ceilings."""
    with clock.on(day):
        where = organ(names.AUTHORITY, district)
        planner = person(where, roles.PLAN_OFFICER)
        made = PlanRound(
            organ=where, year=year, opens=day, closes=closes, note="过紧日子：能调剂的不新购，能维修的不更新；每项写明存量核对和依据。",
        )  # fmt: skip
        act(planner, RoundFlow.start, made)
        rows = [
            Ceiling(round=made, organ=organ(name, district), amount=Decimal(2_400_000 + 50_000 * place))
            for place, name in enumerate(agencies)
        ]
        act(planner, keep, rows)
        act(planner, RoundFlow.take, "open", made)
        return made


def draft(plan: Plan, place: int, *, twice: bool = False) -> None:
    """An accountant writes two or three lines."""
    clerk = person(plan.organ, roles.ACCOUNTANT)
    chosen = [NEEDS[0], NEEDS[1], NEEDS[2 + place % 2]][: 2 + place % 2]
    rows = [
        PlanLine(
            plan=plan, number=n, kind=kind, grade=grade, title=title, item=item, quantity=Decimal(count + (place % 5 if item else 0)),
            unit_price=Decimal(price + 1000 * (place if not item else 0)), unit=unit, purpose=purpose, evidence=evidence,
            stock=Decimal(40 + place) if item else None, allowed=Decimal(44 + place) if item else None,
        )
        for n, (kind, grade, title, item, count, price, unit, purpose, evidence) in enumerate(chosen, 1)
    ]  # fmt: skip
    act(clerk, keep, rows)


def hand_in(plan: Plan, day: dt.date) -> None:
    """Submitted by the accountant, decided by the head."""
    act(person(plan.organ, roles.ACCOUNTANT), PlanFlow.take, "submit", plan)
    meeting = {"decision": f"{plan.organ.short}办公会议纪要〔{day.year}〕{day.month}号", "decided_on": day}
    act(person(plan.organ, roles.HEAD), PlanFlow.take, "decide", plan, values=meeting)


def review(plan: Plan, *, reduce: bool = False, refuse: bool = False) -> None:
    """The authority's officer answers line by line."""
    planner = seat(plan.organ, names.AUTHORITY, roles.PLAN_OFFICER)
    for line in PlanLine._base_manager.filter(plan=plan, state="pending").order_by("number"):
        if reduce and line.item:
            values = {
                "agreed_quantity": 8,
                "agreed_amount": line.unit_price * 8,
                "reason": "4 台经鉴定更换部件后可继续使用，核减 4 台",
            }
            act(planner, PlanLineFlow.take, "reduce", line, values=values)
        elif refuse and line.kind == "retrofit":
            reason = "该楼已列入集中办公点整体改造，不再单独安排"
            act(planner, PlanLineFlow.take, "refuse", line, values={"reason": reason})
        else:
            act(planner, PlanLineFlow.take, "agree", line)


def agree(plan: Plan) -> None:
    """The review is done and the authority's head agrees."""
    act(seat(plan.organ, names.AUTHORITY, roles.PLAN_OFFICER), PlanFlow.take, "review", plan)
    act(seat(plan.organ, names.AUTHORITY, roles.SUPPORT_HEAD), PlanFlow.take, "agree", plan, note="同意")


def apply(plan: Plan, day: dt.date) -> Budget:
    """The agency works its budget out and applies."""
    clerk = person(plan.organ, roles.ACCOUNTANT)
    budget: Budget = act(clerk, actions.start_budget, plan.round, plan.organ)
    act(clerk, actions.compute, budget)
    act(clerk, actions.take_needs, budget)
    unknown = list(
        BudgetLine._base_manager.filter(budget=budget, quota_key__gt="", computed_amount=None).select_related("budget")
    )
    for line in unknown:
        line.reason = "定额待核实，本年度不单独申报，由部门统筹"
    act(clerk, keep, unknown)
    act(clerk, BudgetFlow.take, "submit", budget)
    meeting = {"decision": f"{plan.organ.short}党组会议纪要〔{day.year}〕{day.month}号", "decided_on": day}
    act(person(plan.organ, roles.HEAD), BudgetFlow.take, "decide", budget, values=meeting)
    return budget


def reply(budget: Budget, number: int) -> None:
    """Finance replies line by line: training is cut by a tenth, the rest stands."""
    lines = list(BudgetLine._base_manager.filter(budget=budget).select_related("budget", "plan_line__plan"))
    for line in lines:
        cut = line.item == "30216"
        line.granted = (line.amount * Decimal("0.9")).quantize(Decimal("0.01")) if cut else line.amount
        line.reply_note = "按过紧日子要求压减 10%" if cut else ""
    officer, head = (seat(budget.organ, names.FINANCE, role) for role in (roles.FINANCE_OFFICER, roles.FINANCE_HEAD))
    act(officer, keep, lines)
    act(officer, BudgetFlow.take, "review", budget)
    word = organ(names.FINANCE, budget.organ.jurisdiction.name).document_word
    act(head, BudgetFlow.take, "reply", budget, values={"reply_number": f"{word}预〔{budget.year}〕{number}号"})


def last_year(day: dt.date) -> None:
    """A year ago: the first round; eight agencies plan, are reviewed, and four have their budgets replied."""
    year = year_of(clock.today()) - 1
    central_site(day)
    issue_quotas(day)
    made = open_round(year, day + dt.timedelta(days=3), day + dt.timedelta(days=40), FIRST)
    handed, agreed = day + dt.timedelta(days=30), day + dt.timedelta(days=48)
    plans = list(Plan._base_manager.filter(round=made).select_related("organ", "round").order_by("organ__code"))
    for place, plan in enumerate(plans):
        with clock.on(handed):
            draft(plan, place)
            hand_in(plan, handed)
        with clock.on(agreed):
            review(plan, reduce=place == 3)
            agree(plan)
    with clock.on(day + dt.timedelta(days=41)):
        act("jihua", RoundFlow.take, "close", made)
    with clock.on(day + dt.timedelta(days=60)):
        for number, plan in enumerate([plan for plan in plans if plan.organ.short in FIRST[:4]], 11):
            reply(apply(plan, clock.today()), number)


def prices_move(day: dt.date) -> None:
    """The market moves: two prices are gathered anew, and one of them has the quota that rests on it looked at."""
    with clock.on(day):
        where = organ(names.FINANCE)
        rows = [
            ReferencePrice(organ=where, name=name, unit=PRICES[name][1], price=Decimal(price), day=day, source=SOURCE)
            for name, price in NEWER.items()
        ]
        act("caizheng", keep, rows)
        look_at_prices()  # training is dearer by more than the share that was set, paper cheaper by less


def next_quotas(day: dt.date) -> None:
    """Finance begins a new version of its quotas, at the newest prices; it waits to be tried and handed in."""
    with clock.on(day):
        standing = Standard._base_manager.get(organ=organ(names.FINANCE), state="published")
        act("caizheng", new_version, standing)


def spend_some(day: dt.date) -> None:
    """Half a year later bills have been paid out of last year's lines, and contracts hold a part of them."""
    granted = BudgetLine._base_manager.filter(budget__state="replied", granted__gt=0)
    with clock.on(day):
        for line in granted.select_related("budget", "organ", "plan_line").order_by("pk"):
            if line.pk % 3 == 0:
                continue
            clerk, total = person(line.organ, roles.ACCOUNTANT), Decimal(line.granted or 0)
            share = Decimal("0.55") if line.plan_line else Decimal("0.38")
            words = f"记-{day.month:02d}-{line.number:03d} {line.words}"
            act(clerk, actions.spend, line, (total * share).quantize(Decimal("0.01")), words=words)
            if line.plan_line is not None and line.plan_line.kind == "service":
                held = (total * Decimal("0.4")).quantize(Decimal("0.01"))
                act(clerk, actions.commit, line, held, case=line.plan_line, words="物业服务合同第三、四季度款")


def amend(day: dt.date) -> None:
    """In the year an agency's plan is amended: one line grows, one goes, one is new."""
    with clock.on(day):
        where = organ("民政局")
        clerk, plan = person(where, roles.ACCOUNTANT), Plan._base_manager.get(organ=where, state="agreed")
        fresh: Plan = act(
            clerk, actions.amend, plan, cause="机构改革新增婚姻登记窗口，增加设备；外墙中修改由区统一实施"
        )
        lines = list(PlanLine._base_manager.filter(plan=fresh).select_related("plan").order_by("number"))
        gone = [line for line in lines if line.kind in ("repair", "retrofit") and not used(line)]
        if gone:
            act(clerk, remove, gone, note="改由区统一实施")
        lines[0].quantity += 6
        lines[0].change_note = "新增 6 个窗口工位"
        act(clerk, keep, lines[0])
        kiosk = PlanLine(
            plan=fresh, kind="assets", title="自助取号终端", quantity=Decimal(2), unit_price=Decimal(12_800), unit="台", purpose="窗口叫号取号",
            evidence="公物仓无匹配；附窗口设置批复。", change_note="新增窗口配套",
        )  # fmt: skip
        act(clerk, keep, kiosk)
        hand_in(fresh, day)
        review(fresh)
        agree(fresh)


def used(line: PlanLine) -> bool:
    """True where something has been spent for a need, so that it cannot go."""
    rows = BudgetLine._base_manager.filter(plan_line_id=line.root_key)
    return any(one.spent or one.committed for one in rows)


def this_year(day: dt.date) -> None:
    """The second round is open: some have handed in, one line is reduced, one refused, some are late."""
    agencies = (*FIRST, *MORE)
    made = open_round(year_of(clock.today()), day, clock.today() - dt.timedelta(days=9), agencies)
    plans = list(Plan._base_manager.filter(round=made).select_related("organ", "round").order_by("organ__code"))
    with clock.on(day + dt.timedelta(days=20)):
        for place, plan in enumerate(plans[:10]):
            clerk = person(plan.organ, roles.ACCOUNTANT)
            if plan.organ.short not in FIRST or not act(clerk, actions.take_in, plan, keys=[]):
                draft(plan, place)
            if plan.organ.short not in ("教育局",) and place < 9:
                hand_in(plan, clock.today())
    with clock.on(day + dt.timedelta(days=30)):
        waiting = list(
            Plan._base_manager.filter(round=made, state="submitted").select_related("organ", "round").order_by("pk")
        )
        for place, plan in enumerate(waiting[:5]):
            review(plan, reduce=place == 0, refuse=True)
            if place < 4:
                agree(plan)
    with clock.on(day + dt.timedelta(days=40)):
        first, second = waiting[:2]
        apply(first, clock.today())
        begun: Budget = act(person(second.organ, roles.ACCOUNTANT), actions.start_budget, made, second.organ)
        act(person(second.organ, roles.ACCOUNTANT), actions.compute, begun)


def year_of(today: dt.date) -> int:
    """The year for which the present round plans: next year from July on, else this one."""
    return today.year + (today.month >= 7)


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when, beside the months of the agencies."""
    return [
        (today - dt.timedelta(days=430), last_year),
        (today - dt.timedelta(days=200), spend_some),
        (today - dt.timedelta(days=150), amend),
        (today - dt.timedelta(days=90), prices_move),
        (today - dt.timedelta(days=52), this_year),
        (today - dt.timedelta(days=3), next_quotas),
    ]
