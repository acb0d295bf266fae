"""The life of things: a hall let with its rent overdue, a screen lent and late, a new class, depreciation, somebody who left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.actions import charging, custody, income, repairs
from baozhang.ch2_provision.assets.choices import Category, UseState
from baozhang.ch2_provision.assets.choices.books import IncomeKind
from baozhang.ch2_provision.assets.flows import ChangeFlow, HandoverFlow, LettingFlow
from baozhang.ch2_provision.assets.models import Card, Change, Handover, HandoverItem, Income, Letting, Repair
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.flow import Flow
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .acting import act
from .resting import resting

SCHOOL, HEALTH = "云间区教育局", "云间区卫生健康委"
LEFT_OPEN = 3  # things on the handover that nobody has signed for yet


def _begin(flow: type[Flow], case: Any) -> Callable[[Actor], None]:
    return lambda who: flow.start(case, by=who)


def _take(flow: type[Flow], step: str, case: Any, **options: Any) -> Callable[[Actor], Any]:
    return lambda who: flow.take(step, case, by=who, **options)


def _thing(organ: str, *categories: str, name: str = "") -> Card | None:
    rows = Card._base_manager.filter(
        resting(), organ__name=organ, disposed=None, use_state=UseState.IN_USE, category__in=categories
    )
    return rows.filter(name__contains=name).select_related("organ").order_by("id").first()


def _staff(organ: Organization) -> tuple[str, str]:
    rows = Appointment._base_manager.filter(organ=organ, role__in=("asset_clerk", "head")).select_related("user")
    people = {row.role: row.user.username for row in rows}
    return people["asset_clerk"], people["head"]


def let(card: Card, day: dt.date, **values: Any) -> Letting:
    """A thing goes out, all signatures on one day."""
    clerk, head = _staff(card.organ)
    case = Letting(organ=card.organ, card=card, **values)
    with clock.on(day):
        act(clerk, _begin(LettingFlow, case))
        act(clerk, _take(LettingFlow, "submit", case))
        act(head, _take(LettingFlow, "decide", case, values={"decision": f"{day.year} 年第 5 次局长办公会纪要"}))
        act("zichan", _take(LettingFlow, "approve", case, note="同意"))
        act(
            clerk,
            _take(LettingFlow, "sign", case, values={"contract": f"租借{day:%Y}-{case.pk:02d}", "contract_on": day}),
        )
    return case


def hall(day: dt.date) -> None:
    """A hall is let for two years; the first rent is paid, the later ones are not."""
    rows = Card._base_manager.filter(
        resting(), category=Category.HOUSE, disposed=None, organ__jurisdiction__name="云间区"
    ).select_related("organ")
    house = rows.exclude(organ__competence="authority").order_by("id").first()
    if house is None:
        return
    let(house, day, kind="let", party="云间便民服务有限公司", purpose="底层临街房屋作便民服务点", since=day, until=day + dt.timedelta(days=730),
         rent=Decimal(18600), period="quarter", due_days=10, method="公开招租")  # fmt: skip
    first = Income._base_manager.filter(organ=house.organ, kind=IncomeKind.RENT).order_by("due_on").first()
    if first is not None:
        with clock.on(first.due_on):
            books = (
                Appointment._base_manager.filter(organ=house.organ, role="accountant").select_related("user").first()
            )
            if books is not None:
                act(
                    books.user.username,
                    lambda who: income.pay(
                        first, day=first.due_on, receipt="沪财缴 0012874", treasury="区财政非税专户", by=who
                    ),
                )


def lent(day: dt.date) -> None:
    """A screen is lent for two months and comes back three weeks late; another one is still out."""
    for place, name in enumerate(("投影", "打印")):
        card = _thing(SCHOOL, Category.EQUIPMENT, name=name)
        if card is None:
            continue
        case = let(
            card,
            day,
            kind="lend",
            party="澄溪镇人民政府",
            purpose="人口抽样调查集中办公",
            since=day,
            until=day + dt.timedelta(days=60),
        )
        if not place:
            back = day + dt.timedelta(days=81)
            with clock.on(back):
                act(
                    "jiaoyu",
                    _take(LettingFlow, "take_back", case, values={"returned_on": back, "condition": "外壳划伤，可用"}),
                )


def new_class(day: dt.date) -> None:
    """A desktop computer gets its code of the new edition; a chair's price was typed wrong."""
    card = _thing(SCHOOL, Category.EQUIPMENT, name="台式计算机")
    rows: list[tuple[Card | None, dict[str, Any]]] = [
        (
            card,
            {
                "kind": "class",
                "reason": "edition",
                "class_code": "A02010105",
                "edition": "2022",
                "grounds": "分类标准换版对照",
            },
        ),
        (
            _thing(SCHOOL, Category.FURNITURE),
            {"kind": "value", "reason": "corrected", "value": Decimal(1480), "grounds": "发票复核说明"},
        ),
    ]
    for thing, values in rows:
        if thing is None or values.get("edition") == thing.edition or values.get("value") == thing.value:
            continue
        case = Change(organ=thing.organ, card=thing, effective=day, **values)
        with clock.on(day):
            act("jiaoyu", _begin(ChangeFlow, case))
            act("jiaoyu", _take(ChangeFlow, "submit", case))
            if values["kind"] == "class":
                act("jiaoyu2", _take(ChangeFlow, "approve", case, note="同意"))


def mend(day: dt.date) -> None:
    """A copier was mended twice, an air conditioner is away."""
    copier, cooler = (_thing(HEALTH, Category.EQUIPMENT, name=name) for name in ("复印", "空调"))
    for since in (day, day + dt.timedelta(days=60)):
        if copier is not None:
            work = _sent(copier, since, "卡纸、定影组件磨损")
            with clock.on(since + dt.timedelta(days=2)):
                act("weijian", partial(_mended, work))
    if cooler is not None:
        _sent(cooler, day + dt.timedelta(days=75), "不制冷")


def _sent(card: Card, day: dt.date, fault: str) -> Repair:
    work = Repair(organ=card.organ, card=card, reported_on=day, fault=fault, vendor="云间办公设备维修部")
    with clock.on(day):
        act("weijian", lambda who: repairs.send(work, by=who))
    return work


def _mended(work: Repair, who: Actor) -> None:
    repairs.finish(work, day=clock.today(), cost=Decimal(680), result="更换定影组件", by=who)


def charge_months(day: dt.date) -> None:
    """The last three months' depreciation, each on the first of the month that follows."""
    first = day.replace(day=1)
    for back in (3, 2, 1):
        number = first.year * 12 + first.month - 1 - back
        month = dt.date(number // 12, number % 12 + 1, 1)
        with clock.on((month + dt.timedelta(days=32)).replace(day=1)), scope.everything("每月计提折旧") as by:
            charging.charge(month, by=by)


def leaves(day: dt.date) -> None:
    """Somebody moves elsewhere: what he has is listed, and half of it signed for."""
    giver, taker = (User._base_manager.get(username=name) for name in ("keyuan", "keyuan2"))
    rows = Card._base_manager.filter(
        resting(),
        organ__name=SCHOOL,
        disposed=None,
        use_state=UseState.IN_USE,
        category__in=(Category.EQUIPMENT, Category.FURNITURE),
    )
    cards = list(rows.select_related("organ").order_by("id")[8:14])
    if not cards:
        return

    def give(who: Actor) -> None:
        for card in cards:
            card.custodian, card.keeper, card.user, card.user_account = giver.name, giver, giver.name, giver
        keep(cards, by=who, note="人员变动交接")

    with clock.on(day - dt.timedelta(days=30)):
        act("jiaoyu", give)
    case = Handover(
        organ=cards[0].organ, leaver=giver.name, taker=taker.name, reason="moves", leaves_on=day + dt.timedelta(days=7)
    )
    with clock.on(day):
        act("jiaoyu", _begin(HandoverFlow, case))
        try:
            act("jiaoyu", _take(HandoverFlow, "give", case))
        except Refused:
            return  # something of his stands in another case, which ends first
        items = list(HandoverItem._base_manager.filter(handover=case).select_related("handover", "card").order_by("id"))
        act("keyuan2", lambda who: custody.sign(items[: max(len(items) - LEFT_OPEN, 0)], received=True, by=who))


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    return [
        (today - dt.timedelta(days=200), hall),
        (today - dt.timedelta(days=150), lent),
        (today - dt.timedelta(days=110), mend),
        (today, charge_months),
        (today, new_class),
        (today, leaves),
    ]
