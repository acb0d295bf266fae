"""The warehouse's thread of the story: stores, forty items, a contested one, an overdue loan, an event, a declined proposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.choices import Acquisition, Booking, Category, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.actions import keeping, reserve
from baozhang.ch2_provision.warehouse.actions.proposing import accept_all, detect
from baozhang.ch2_provision.warehouse.choices import STANDING, ItemState, ProposalState
from baozhang.ch2_provision.warehouse.flows import EntryFlow, ExitFlow, LoanFlow, ProposalFlow, ThingFlow, entering
from baozhang.ch2_provision.warehouse.models import (
    Entry,
    Event,
    Exit,
    Item,
    Loan,
    Place,
    Proposal,
    Purchase,
    SharedClass,
    Store,
    Thing,
)
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from . import pictures
from .acting import act
from .names import DISTRICTS
from .resting import resting
from .supervision import AUTHORITY

DISTRICT = DISTRICTS[0][1]
BRINGERS, A_HEAD = 4, 10  # four agencies bring ten things each
MOVABLE = (Category.EQUIPMENT, Category.FURNITURE)


def people(organ: Organization) -> tuple[str, str]:
    """The clerk and the head of an agency."""
    rows = (
        Appointment._base_manager.filter(organ=organ, role__in=("asset_clerk", "head"))
        .select_related("user")
        .order_by("pk")
    )
    found = {row.role: row.user.username for row in rows}
    return found["asset_clerk"], found["head"]


def _step(flow: Any, step: str, record: Any, username: str, **values: Any) -> Any:
    note = values.pop("note", "")
    fresh = type(record)._base_manager.get(pk=record.pk)
    act(username, lambda who: flow.take(step, fresh, by=who, note=note, values=values or None))
    return fresh


def _agencies() -> list[Organization]:
    """The agencies of the district that nobody plays, in the order of their codes."""
    rows = Organization._base_manager.filter(jurisdiction__name=DISTRICT, competence="").order_by("code")
    return list(rows.exclude(name__in=("云间区教育局", "云间区卫生健康委")))


def open_stores(day: dt.date) -> None:
    """Two stores with their places, and a catalogue of what is to be shared."""
    organ = Organization._base_manager.get(name=AUTHORITY)
    with clock.on(day):
        stores = [
            Store(
                organ=organ,
                code="GWC-01",
                name="区公物仓一号库",
                address="云间路 18 号后院",
                keeper="李仓",
                hours="工作日 9:00—17:00",
            ),
            Store(
                organ=organ,
                code="GWC-02",
                name="区公物仓家具库",
                address="北环路 6 号",
                keeper="王库",
                hours="周二、周四 9:00—16:00",
            ),
        ]
        act("cangku", lambda who: keep(stores, by=who))
        places = [
            Place(organ=organ, store=store, code=f"{row}-{n:02d}")
            for store in stores
            for row in "AB"
            for n in range(1, 4)
        ]
        act("cangku", lambda who: keep(places, by=who))
        shared = SharedClass(
            organ=organ, class_code="A020202", words="投影仪", since=day, basis="区公物仓共享共用资产目录（第一批）"
        )
        act("zichan", lambda who: keep(shared, by=who))


def fill_stock(day: dt.date, place: int) -> None:
    """Ten things of one agency come in; half of the agencies bring them to a store, with the others they stay where they are."""
    stores = list(Store._base_manager.order_by("code"))
    organ = _agencies()[place]
    store = stores[place % 2] if place < BRINGERS // 2 else None
    rows = Card._base_manager.filter(
        resting(), organ=organ, disposed=None, category__in=MOVABLE, quantity=1, value__gte=Decimal(300)
    )
    rows = rows.filter(use_state__in=(UseState.IDLE, UseState.SURPLUS, UseState.IN_USE), items=None)
    cards = list(rows.select_related("organ").order_by("use_state", "-value", "pk")[:A_HEAD])
    with clock.on(day):
        bring(cards, organ, store, listing="city" if place == 1 else "level")


def take_pictures(day: dt.date) -> None:
    """The keeper takes a picture of everything that came in."""
    with clock.on(day):
        here = Item._base_manager.filter(state__in=STANDING, authority__name=AUTHORITY).select_related("organ")
        act("cangku", lambda who: pictures.photograph(here.order_by("pk"), by=who))


def bring(cards: Sequence[Card], organ: Organization, store: Store | None, *, listing: str) -> None:
    """Cards through the whole way in."""
    if not cards:
        return
    clerk, head = people(organ)
    entry = act(clerk, lambda who: entering.begin(list(cards), by=who, day=clock.today(), reasons={}))
    values: dict[str, Any] = {"title": f"{organ.short}闲置资产入仓", "decision": "局长办公会纪要", "listing": listing}
    values |= {"keeping": "physical", "store": store} if store else {"keeping": "virtual"}
    _step(EntryFlow, "submit", entry, clerk, **values)
    _step(EntryFlow, "agree", entry, head)
    _step(EntryFlow, "check", entry, "zichan")
    _step(EntryFlow, "deliver", entry, clerk)
    items = list(Item._base_manager.filter(entry=entry).select_related("card", "entry", "authority").order_by("pk"))
    place = Place._base_manager.filter(store=store).order_by("code").first() if store else None
    whole, broken = items[: max(len(items) - 1, 1)], items[1:][-1:]
    act("cangku", lambda who: keeping.recheck(whole, outcome="fit", grade="good", wiped=True, by=who, place=place))
    if broken:
        act(
            "cangku",
            lambda who: keeping.recheck(broken, outcome="repair", grade="repair", wiped=True, by=who, place=place),
        )
    _step(EntryFlow, "receive", entry, "cangku")


def _free(count: int, *, physical: bool = True) -> list[Card]:
    rows = Item._base_manager.filter(
        state=ItemState.STOCK, keeping="physical" if physical else "virtual", authority__name=AUTHORITY
    )
    return [item.card for item in rows.select_related("card__organ").order_by("pk")[:count]]


def take(organ: Organization, cards: Sequence[Card], mode: str, purpose: str, *, days: int = 0, event: Event | None = None,
         upto: str = "sign") -> Exit:  # fmt: skip
    """A reservation as far as a step."""
    clerk, head = people(organ)
    until = clock.today() + dt.timedelta(days=days) if days else None
    lines = act(
        clerk, lambda who: reserve(cards, organ=organ, purpose=purpose, mode=mode, until=until, by=who, event=event)
    )
    made: Exit = lines[0].exit
    hands = "cangku" if made.giver.name == AUTHORITY else people(made.giver)[0]
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("submit", clerk, {"mode": mode, "purpose": purpose}),
        ("agree", head, {}),
    ]
    steps += (
        [("forward", "zichan", {}), ("grant", "caizheng2", {})] if mode == "transfer" else [("approve", "zichan", {})]
    )
    steps += [("pick", hands, {"counted": len(lines)}), ("deliver", hands, {}), ("sign", clerk, {})]
    if event is not None:
        steps[0][2]["event"] = event
    for step, who, values in steps:
        _step(ExitFlow, step, made, who, **values)
        if step == upto:
            break
    return Exit._base_manager.get(pk=made.pk)


def circulate(day: dt.date) -> None:
    """A loan that came back whole but for one thing to be mended, a lasting use, and a title that moved."""
    agencies = _agencies()
    with clock.on(day):
        take(agencies[10], _free(3), "loan", "培训班使用", days=60)
        take(agencies[11], _free(2, physical=False), "use", "新增窗口使用")
        take(agencies[12], _free(1), "transfer", "长期需要，划转产权")
    loan = Loan._base_manager.get(purpose="培训班使用")
    clerk, _head = people(loan.organ)
    with clock.on(day + dt.timedelta(days=50)):
        _step(LoanFlow, "hand_in", loan, clerk)
        things = list(Thing._base_manager.filter(loan=loan).order_by("pk"))
        for thing in things[:-1]:
            _step(ThingFlow, "fine", thing, "cangku", grade_back="good")
        _step(ThingFlow, "mend", things[-1], "cangku", note="接口松动")


def lend_too_long(day: dt.date) -> None:
    """A loan that nobody brought back in time, one thing of it reported lost."""
    with clock.on(day):
        made = take(_agencies()[13], _free(3), "loan", "档案整理", days=30)
    thing = Thing._base_manager.filter(loan__exit=made).order_by("pk").first()
    if thing is not None:
        with clock.on(day + dt.timedelta(days=20)):
            clerk, _head = people(thing.organ)
            _step(ThingFlow, "report", thing, clerk, harm="lost", harm_words="搬运途中遗失，已报案")


def buy_for(event: Event, clerk: str, goods: Sequence[tuple[str, int]]) -> None:
    """Things bought for an event: their cards, and their places on its bill."""
    day = event.opens - dt.timedelta(days=3)
    cards = [
        Card(
            organ=event.organ, number=f"HD{event.opens:%y%m%d}-{place}", name=name, category=Category.EQUIPMENT, quantity=Decimal(1), unit="台",
            value=Decimal(value), acquisition=Acquisition.BOUGHT, acquired=day, in_use_from=day, booked=day, booking=Booking.BOOKED,
            use_state=UseState.IN_USE, department="办公室", custodian="会务组", place="会务仓间",
        )
        for place, (name, value) in enumerate(goods, 1)
    ]  # fmt: skip
    act(clerk, lambda who: keep(cards, by=who, note="活动购置验收入账"))
    rows = [Purchase(organ=event.organ, event=event, card=card) for card in cards]
    act(clerk, lambda who: keep(rows, by=who))


def hold_an_event(day: dt.date) -> None:
    """An event with its bill: borrowed and bought things, to be back on its last day."""
    organ = _agencies()[14]
    clerk, _head = people(organ)
    event = Event(
        organ=organ, kind="event", name="区职工运动会", opens=day, closes=day + dt.timedelta(days=20), basis="区府办函"
    )
    with clock.on(day):
        act(clerk, lambda who: keep(event, by=who))
        buy_for(event, clerk, (("便携式扩音机", 2_600), ("折叠帐篷", 980)))
        take(organ, _free(2), "loan", "运动会器材", event=event)


def propose(day: dt.date) -> None:
    """The detectors look; one agency agrees, one declines and is heard, one declines and waits."""
    with clock.on(day):
        _look(day)
        waiting = Proposal._base_manager.filter(state=ProposalState.OPEN, organ__in=_agencies()[20:26]).select_related(
            "card__organ", "organ"
        )
        first: dict[int, list[Proposal]] = {}
        for one in waiting.order_by("organ__code", "pk"):
            first.setdefault(one.organ_id, []).append(one)
        groups = list(first.values())
        if len(groups) > 2:
            act(people(groups[0][0].organ)[0], lambda who: accept_all(groups[0][:3], by=who))
            for number, answer in ((1, "已列入下月新办公点使用计划，调令附后"), (2, "属专用设备的配件，不能单独使用")):
                one = groups[number][0]
                _step(ProposalFlow, "decline", one, people(one.organ)[0], answer=answer)
            _step(ProposalFlow, "excuse", groups[1][0], "zichan")


def this_week(day: dt.date) -> None:
    """On the desks today: two agencies want the same thing, one waits for its handover, one entry for its check."""
    agencies = _agencies()
    with clock.on(day):
        contested = _free(1)
        take(agencies[15], contested, "loan", "值班室使用", days=30, upto="agree")
        try:
            take(agencies[16], contested, "loan", "接待使用", days=10)
        except Refused:
            pass  # the second is told for whom it is kept, and looks for another
        take(agencies[17], _free(2), "loan", "普查办公", days=90, upto="pick")
        jiaoyu = Organization._base_manager.get(name="云间区教育局")
        take(jiaoyu, _free(1), "loan", "考务使用", days=20, upto="deliver")
        cards = Card._base_manager.filter(
            resting(), organ=jiaoyu, disposed=None, category__in=MOVABLE, use_state=UseState.IDLE, items=None
        )
        own = list(cards.select_related("organ").order_by("pk")[:2])
        if own:
            entry: Entry = act("jiaoyu", lambda who: entering.begin(own, by=who, day=day, reasons={}))
            _step(EntryFlow, "submit", entry, "jiaoyu", title="教育局闲置资产入仓", decision="局党组会")
            _step(EntryFlow, "agree", entry, "jiaoyu2")
        _look(day)


def event_is_over(day: dt.date) -> None:
    """A conference that ended a month ago, with what was bought for it still at its agency."""
    organ = _agencies()[22]
    clerk, _head = people(organ)
    event = Event(
        organ=organ,
        kind="event",
        name="区营商环境大会",
        opens=day,
        closes=day + dt.timedelta(days=3),
        basis="区府办会议通知",
    )
    with clock.on(day):
        act(clerk, lambda who: keep(event, by=who))
        buy_for(event, clerk, (("签到终端", 4_300), ("同声传译主机", 18_600), ("会议话筒", 1_250)))


def _look(day: dt.date) -> None:
    """The round of the day, in the agencies whose proposals the story tells of."""
    organs = [organ.pk for organ in _agencies()[20:26]]
    told = ("云间区教育局", "云间区卫生健康委", "云间区体育局", "云间区青年联合会")
    organs += Organization._base_manager.filter(name__in=told).values_list("pk", flat=True)
    with scope.everything("入仓检测") as by:
        detect(day=day, by=by, organs=organs)


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    return [
        (today - dt.timedelta(days=500), open_stores),
        # A day each: what is told before a month's end may not reach past it.
        *((today - dt.timedelta(days=400 - place), partial(fill_stock, place=place)) for place in range(BRINGERS)),
        (today - dt.timedelta(days=400 - BRINGERS), take_pictures),
        (today - dt.timedelta(days=300), circulate), (today - dt.timedelta(days=90), lend_too_long),
        (today - dt.timedelta(days=33), event_is_over),
        (today - dt.timedelta(days=12), hold_an_event), (today - dt.timedelta(days=8), propose), (today, this_week),
    ]  # fmt: skip
