"""Houses that their agencies do not need: idle side by side, offered, used again, let and paid, lent; and an agency that ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from baozhang.ch1_general.organs.choices import State
from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets import actions
from baozhang.ch2_provision.assets.actions import income
from baozhang.ch2_provision.assets.choices import Category, UseState
from baozhang.ch2_provision.assets.models import Card, Income
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep

from .acting import act
from .life import let
from .resting import resting
from .warehouse import bring, people, take

ENDED = "云间区青年联合会"
# Who gives up its house, and what becomes of it.
IDLE, OFFERED, USED, LET, LENT = (
    "云间区人力资源局",
    "云间区供销社",
    "云间区国有资产办",
    "云间区司法局",
    "云间区残疾人联合会",
)


def _house(organ: str) -> Card | None:
    rows = Card._base_manager.filter(resting(), organ__name=organ, category=Category.HOUSE, disposed=None)
    return rows.select_related("organ__jurisdiction").order_by("pk").first()


def stand_idle(day: dt.date) -> None:
    """An office moved into the civic centre: its old building stands idle, and the annex on the same site."""
    house = _house(IDLE)
    if house is None:
        return
    clerk, _head = people(house.organ)
    annex = Card(
        organ=house.organ, number=f"{house.number}-2", name="附属用房", class_code=house.class_code, edition=house.edition,
        category=Category.HOUSE, quantity=Decimal(640), unit="平方米", value=Decimal(1_152_000), structure="砖混", floor_area=Decimal(640),
        use_area=Decimal(420), address=house.address, acquisition=house.acquisition, acquired=house.acquired, in_use_from=house.in_use_from,
        booked=house.booked, use_state=UseState.IN_USE, custodian=house.custodian, title_form=house.title_form, holder=house.holder,
        certificate=house.certificate,
    )  # fmt: skip
    with clock.on(day):
        act(clerk, lambda who: keep(annex, by=who, note="清查补登"))
        act(
            clerk,
            lambda who: actions.change_use_state([house, annex], state=UseState.IDLE, by=who, note="迁入区行政中心"),
        )


def let_and_lend(day: dt.date) -> None:
    """One is let, every rent paid to the treasury on its day; one is lent to a town."""
    paid, lent = _house(LET), _house(LENT)
    if paid is not None:
        let(paid, day, kind="let", party="云间邮政服务网点", purpose="一层沿街房屋作邮政网点", since=day, until=day + dt.timedelta(days=365),
            rent=Decimal(9_600), period="quarter", due_days=15, method="公开招租")  # fmt: skip
    if lent is not None:
        let(
            lent,
            day,
            kind="lend",
            party="柳汀镇人民政府",
            purpose="社区康复站临时用房",
            since=day,
            until=day + dt.timedelta(days=300),
        )


def pay(day: dt.date) -> None:
    """What fell due of the let house by now has been paid, each sum on its day."""
    rows = Income._base_manager.filter(organ__name=LET, kind="rent", state="due", due_on__lt=day).order_by("due_on")
    accountant = Appointment._base_manager.filter(organ__name=LET, role="accountant").select_related("user").first()
    if accountant is None:
        return
    for place, row in enumerate(rows, 1):
        with clock.on(row.due_on):
            act(
                accountant.user.username,
                lambda who, row=row, place=place: income.pay(  # type: ignore[misc]
                    row, day=row.due_on, receipt=f"沪财缴 00139{place:02d}", treasury="区财政非税专户", by=who
                ),
            )


def pool(day: dt.date) -> None:
    """Two buildings come into the warehouse and stay where they stand; one of them is used again by another agency."""
    for name in (OFFERED, USED):
        house = _house(name)
        if house is not None:
            clerk, _head = people(house.organ)
            with clock.on(day):
                act(clerk, lambda who, house=house: actions.change_use_state([house], state=UseState.IDLE, by=who))  # type: ignore[misc]
                bring([Card._base_manager.select_related("organ").get(pk=house.pk)], house.organ, None, listing="level")
    used = (
        Card._base_manager.filter(organ__name=USED, category=Category.HOUSE)
        .select_related("organ")
        .order_by("pk")
        .first()
    )
    if used is not None:
        with clock.on(day + dt.timedelta(days=9)):
            take(Organization._base_manager.get(name="云间区退役军人局"), [used], "use", "服务中心办公用房")


def agency_ends(day: dt.date) -> None:
    """An agency is merged into another: what it held is to enter the warehouse (article 15, item 4)."""
    with clock.on(day), scope.everything("演示数据") as by:
        organ = Organization._base_manager.get(name=ENDED)
        organ.state, organ.ended = State.MERGED, day
        keep(organ, by=by, note="机构改革，并入区总工会")


def events(today: dt.date) -> list[tuple[dt.date, Callable[[dt.date], None]]]:
    """What happens when."""
    return [
        (today - dt.timedelta(days=240), stand_idle),
        (today - dt.timedelta(days=220), pool),
        (today - dt.timedelta(days=205), let_and_lend),
        (today - dt.timedelta(days=2), pay),
        (today - dt.timedelta(days=1), agency_ends),
    ]
