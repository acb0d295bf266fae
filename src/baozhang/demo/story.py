"""Two years of life: ledgers come in, things are bought, handed over, left idle, scrapped; books are closed; the patrol runs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch1_general.organs.queries import authority_of
from baozhang.ch2_provision.assets import actions
from baozhang.ch2_provision.assets.choices import Category, UseState
from baozhang.ch2_provision.assets.models import Card, LedgerTotal
from baozhang.ch2_provision.assets.queries.holding import totals
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch4_supervision.warnings.models import Finding
from baozhang.ch4_supervision.warnings.orders import Order
from baozhang.kernel import access, clock, ledger, scope, seals
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

from . import (
    allocation,
    costs,
    disposal,
    district,
    fleet,
    funding,
    houses,
    life,
    names,
    neighbour,
    stocktaking,
    supervision,
    vehicles,
    warehouse,
)
from .district import District
from .goods import EQUIPMENT
from .ledgers import OPENED, Ledger
from .resting import resting, telling

Say = Callable[[str], None]
# Each tells the life of its room: (day, what happens), in the order of the law where days are the same.
CHAPTERS = (life, supervision, stocktaking, funding, neighbour, houses, warehouse, disposal, allocation, fleet, costs)
SEED = 20221101  # the day on which the regulation came into force


def tell(say: Say, *, scale: float = 1.0) -> District:
    """This will build the whole demonstration, the same for the same day and scale."""
    chance = Random(SEED)  # noqa: S311 -- the same story every time is the point
    today = clock.today()
    with clock.on(OPENED - dt.timedelta(days=7)), scope.everything("演示数据") as by, transaction.atomic():
        made = district.build(by, chance)
        actions.seed_classes(by)
    say(f"{len(made.agencies)} 个机关，{len(made.accounts)} 个演示账号")
    supervision.issue_limits(OPENED - dt.timedelta(days=5))
    ledgers = _open(made, chance, scale)
    say(f"{Card._base_manager.count():,} 张资产卡片")
    coming = sorted((event for chapter in CHAPTERS for event in chapter.events(today)), key=lambda one: one[0])
    for month in _months(OPENED, today):
        while coming and coming[0][0] < month:
            _tell(*coming.pop(0))
        _month(made, ledgers, month, chance)
    for day, event in coming:
        _tell(day, event)
    say("两年的购置、交接、闲置和报废")
    say(f"{Finding._base_manager.count():,} 条风险线索，{Order._base_manager.count()} 份预警和整改通知")
    with transaction.atomic():
        terminals = vehicles.fit(made, chance)
        say(f"{len(terminals)} 个车载终端，{vehicles.live(made, terminals, today, chance):,} 次定位")
    with transaction.atomic():
        costs.seen(today)
    say(f"{Cost._base_manager.count():,} 笔车辆费用")
    with scope.everything("演示数据"):
        say(f"账本封存 {len(seals.seal())} 天")
    return made


def _tell(day: dt.date, event: Callable[[dt.date], Any]) -> None:
    with telling(day):
        event(day)


def _clerk(made: District, organ: Organization) -> Actor:
    return access.actor_of(made.clerks[organ.pk], clock.today(), organ.pk)


def _open(made: District, chance: Random, scale: float) -> dict[int, Ledger]:
    """The old ledgers come in on the opening day, each by its own clerk."""
    staff: dict[int, int] = defaultdict(int)
    for organ_id, actual in Headcount._base_manager.filter(until=None).values_list("organ_id", "actual"):
        staff[organ_id] += actual
    ledgers: dict[int, Ledger] = {}
    with clock.on(OPENED):
        for organ in [*made.agencies, *made.others]:
            above = authority_of(organ)
            book = Ledger(organ, staff[organ.pk], above.name if above else organ.name, chance, scale)
            ledgers[organ.pk] = book
            with transaction.atomic():
                keep(
                    book.cards(),
                    by=_clerk(made, organ),
                    act=ledger.IMPORT,
                    note="导入原固定资产台账",
                    batch=f"demo-{organ.code}",
                )
    return ledgers


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    found, day = [], first.replace(day=28)
    while day <= last:
        found.append(day)
        day = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=28)
    return found


def _month(made: District, ledgers: dict[int, Ledger], day: dt.date, chance: Random) -> None:
    """A month: some agencies buy, hand over, scrap; at the quarter's end the books are closed."""
    with clock.on(day):
        for organ in chance.sample(made.agencies, k=6):
            with transaction.atomic(), scope.within(_clerk(made, organ)) as by:
                _buy(ledgers[organ.pk], by, day, chance)
                _hand_over(organ, by, chance)
                _end(organ, by, day, chance)
        if day.month in (3, 6, 9, 12):
            with transaction.atomic():
                _close_books(made, day, chance)


def _buy(book: Ledger, by: Actor, day: dt.date, chance: Random) -> None:
    goods = chance.sample(EQUIPMENT, k=2)
    cards = [
        book.thing(good, day - dt.timedelta(days=chance.randint(1, 20)))
        for good in goods
        for _ in range(chance.randint(1, 3))
    ]
    for card in cards:
        if chance.random() < 0.06:
            card.value = (card.value * Decimal("1.4")).quantize(Decimal("0.01"))
    keep(cards, by=by, note="验收入账")


def _cards(organ: Organization, chance: Random, count: int, before: dt.date | None = None) -> list[Card]:
    rows = Card._base_manager.filter(resting(), organ=organ, disposed=None, use_state=UseState.IN_USE).order_by("id")
    if before is not None:
        rows = rows.filter(acquired__lt=before, category=Category.EQUIPMENT)
    keys = list(rows.values_list("pk", flat=True))
    return list(Card._base_manager.filter(pk__in=chance.sample(keys, k=min(count, len(keys)))).order_by("id"))


def _hand_over(organ: Organization, by: Actor, chance: Random) -> None:
    cards = _cards(organ, chance, 6)
    for card in cards:
        card.custodian = card.user = names.person(chance.randrange(900))
        card.department = chance.choice(names.DEPARTMENTS)
    keep(cards, by=by, note="人员变动交接")


def _end(organ: Organization, by: Actor, day: dt.date, chance: Random) -> None:
    idle = _cards(organ, chance, 2)
    for card in idle:
        card.use_state, card.idle_since = UseState.IDLE, day
    keep(idle, by=by, act=actions.USE, note="使用部门退回")
    old = None if chance.random() < 0.1 else day - dt.timedelta(days=2400)  # most are past their years, a few are not
    for card in _cards(organ, chance, 1, before=old):
        card.use_state = UseState.DISPOSING
        keep(card, by=by, act=actions.USE, note="损坏停用，列为待处置")


def _close_books(made: District, day: dt.date, chance: Random) -> None:
    """The finance books at the quarter's end; one in twenty differs from the cards."""
    cards = totals(day, [organ.pk for organ in made.agencies])
    rows: list[LedgerTotal] = []
    for (organ_id, category), total in sorted(cards.items()):
        value, quantity = total.value, total.quantity
        if chance.random() < 0.05:
            value, quantity = value + Decimal(chance.randint(3, 60) * 1000), quantity + chance.randint(1, 4)
        rows.append(LedgerTotal(organ_id=organ_id, day=day, category=category, quantity=quantity, value=value))
    with scope.everything("演示数据") as by:
        keep(rows, by=by, note="季末结账")
