"""The second thread of the story: time limits are issued, the patrol runs, orders go out, are answered, closed, or overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch3_mechanisms.standards.flows import StandardFlow
from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from baozhang.ch4_supervision.warnings import ordering
from baozhang.ch4_supervision.warnings.actions import review
from baozhang.ch4_supervision.warnings.choices import OrderKind, Review, State
from baozhang.ch4_supervision.warnings.flows import OrderFlow
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.orders import Order
from baozhang.ch4_supervision.warnings.patrol import patrol
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

from . import names
from .acting import act
from .resting import resting

CITY = f"{names.CITY[1]}{names.AUTHORITY}"
AUTHORITY = f"{names.DISTRICTS[0][1]}{names.AUTHORITY}"
LIMITS: dict[str, int | str] = {
    "warehouse.idle_days": 180, "supervision.rectify_days": 15, "supervision.warning_days": 10, "warehouse.answer_days": 10,
    "warehouse.entry_days": 30, "warehouse.loan_days": 180, "warehouse.loan_extensions": 2, "warehouse.reserve_days": 15,
    "warehouse.papers_days": 5, "standards.price_drift": "0.12",
}  # fmt: skip


def issue_limits(day: dt.date) -> None:
    """The city's authority sets the times and the share that the regulation leaves open."""

    def draft(who: Actor) -> Standard:
        city = Organization._base_manager.get(name=CITY)
        standard = Standard(
            organ=city,
            title="机关运行保障若干办理期限和比例（试行）",
            valid_from=day + dt.timedelta(days=3),
            note="演示数据",
        )
        StandardFlow.start(standard, by=who)
        keep(
            [StandardLine(standard=standard, key=key, row="", value=Decimal(value)) for key, value in LIMITS.items()],
            by=who,
        )
        StandardFlow.take("submit", standard, by=who)
        return standard

    with clock.on(day):
        standard = act("shibiao", draft)
        act(
            "shiju",
            lambda who: StandardFlow.take(
                "approve", Standard._base_manager.get(pk=standard.pk), by=who, note="同意发布"
            ),
        )


def draft_standard() -> None:
    """A draft lies on the desk of the city's officer, to be tried on live data."""

    def draft(who: Actor) -> None:
        city = Organization._base_manager.get(name=CITY)
        since = clock.today() + dt.timedelta(days=40)
        standard = Standard(
            organ=city,
            title="通用办公设备配置标准（征求意见稿）",
            valid_from=since,
            note="演示：收紧台式机和打印机的数量上限",
        )
        StandardFlow.start(standard, by=who)
        lines = {"assets.quantity.desktop": Decimal("0.9"), "assets.price.desktop": Decimal(4500)}
        keep([StandardLine(standard=standard, key=key, row="", value=value) for key, value in lines.items()], by=who)

    act("shibiao", draft)


def inspect(day: dt.date) -> None:
    """The patrol of a day."""
    with clock.on(day), scope.everything("巡查"):
        patrol()


def _findings(rule: str, count: int, *organs: str) -> list[Finding]:
    rows = Finding._base_manager.filter(
        rule=rule, state=State.OPEN, organ__jurisdiction__name=names.DISTRICTS[0][1]
    ).order_by("id")
    rows = rows.filter(organ__name__in=organs) if organs else rows.exclude(organ__name__in=(AUTHORITY, "云间区教育局"))
    return list(rows[:count])


def order(findings: Sequence[Finding], kind: OrderKind, day: dt.date) -> list[Order]:
    """The supervisor drafts, the head signs; nothing where there is nothing to order."""
    if not findings:
        return []
    with clock.on(day):
        drafted, _aside = act("jiguan", lambda who: ordering.draft(findings, kind, by=who))
        for one in drafted:
            _step("jiguan", "submit", one)
            _step("juzhang", "issue", one, note="同意印发")
    return list(drafted)


def _step(username: str, step: str, one: Order, *, note: str = "", values: dict[str, Any] | None = None) -> None:
    act(username, lambda who: OrderFlow.take(step, _fresh(one), by=who, note=note, values=values))


def _fresh(one: Order) -> Order:
    return Order._base_manager.get(pk=one.pk)


def _people(one: Order) -> tuple[str, str]:
    rows = Appointment._base_manager.filter(organ=one.organ, role__in=("asset_clerk", "head")).select_related("user")
    by_role = {row.role: row.user.username for row in rows}
    return by_role["asset_clerk"], by_role["head"]


def answer(one: Order, day: dt.date, reply: str) -> None:
    """The agency receives and answers."""
    clerk, head = _people(one)
    with clock.on(day):
        _step(clerk, "receive", one)
        _step(clerk, "answer", one, values={"reply": reply})
        _step(head, "reply", one, note="情况属实")


def mend(one: Order, day: dt.date) -> None:
    """The agency names a keeper for every card without one."""
    clerk, _head = _people(one)
    with clock.on(day):

        def name_keepers(who: Actor) -> None:
            cards = list(Card.objects.filter(resting(), organ=one.organ, custodian="", user="", disposed=None))
            for card in cards:
                card.custodian = card.user = who.name
            keep(cards, by=who, note="落实保管人")

        act(clerk, name_keepers)


def close(one: Order, day: dt.date) -> None:
    """Another supervisor re-checks and closes."""
    with clock.on(day):
        _step("jiguan2", "close", one, note="现场复查，已整改到位")


def busiest(rule: str, count: int) -> list[str]:
    """The agencies of the district with the most open findings of a rule, apart from those that the visitor plays."""
    rows = Finding._base_manager.filter(rule=rule, state=State.OPEN, organ__jurisdiction__name=names.DISTRICTS[0][1])
    rows = rows.exclude(organ__name__in=(AUTHORITY, "云间区教育局", "云间区卫生健康委"))
    ranked = rows.order_by().values_list("organ__name").annotate(n=Count("pk")).order_by("-n", "organ__name")
    return [name for name, _n in ranked[:count]]


def first_year(day: dt.date) -> None:
    """The first patrol: false alarms are marked, two agencies are warned, mend it, and are closed."""
    inspect(day)
    false = _findings("possible_duplicate", 4)
    if false:
        with clock.on(day):
            note = "经核对为同批次设备，序列号填写不规范"
            act("jiguan", lambda who: review(false, verdict=Review.FALSE, note=note, by=who))
    found = _findings("no_custodian", 400, *busiest("no_custodian", 2))
    for one in order(found, OrderKind.WARNING, day + dt.timedelta(days=2)):
        mend(one, day + dt.timedelta(days=9))
        answer(one, day + dt.timedelta(days=10), "已对无保管人的资产逐件落实保管责任，附人员名单。")
        close(one, day + dt.timedelta(days=16))


def last_quarter(day: dt.date) -> None:
    """Orders that are still open today: one nobody answered, one that waits for its re-check."""
    inspect(day)
    found = [finding for name in busiest("over_price", 2) for finding in _findings("over_price", 1, name)]
    for place, one in enumerate(order(found, OrderKind.ORDER, day + dt.timedelta(days=1))):
        if place:
            answer(one, day + dt.timedelta(days=12), "超标准采购系应急需要，已补办审批，附批准文件。")


def this_week(day: dt.date) -> None:
    """What lies on the desks today: orders just received, a warning in draft, a standard to be tried."""
    inspect(day)
    order(_findings("over_quantity", 3, "云间区教育局"), OrderKind.ORDER, day)
    order(_findings("title_holder", 1), OrderKind.ORDER, day)
    drafts = _findings("ledger_difference", 2) or _findings("no_custodian", 3)
    if drafts:
        with clock.on(day):
            act("jiguan", lambda who: ordering.draft(drafts, OrderKind.WARNING, by=who))
    with clock.on(day):
        draft_standard()


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when, beside the months of the agencies."""
    return [
        (today - dt.timedelta(days=420), first_year),
        (today - dt.timedelta(days=75), last_quarter),
        (today, this_week),
    ]
