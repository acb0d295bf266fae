"""A city with its authority, two districts with agencies that hold computers, and the people who set standards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch3_mechanisms.standards.flows import StandardFlow
from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from baozhang.kernel import scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.kernel.record import keep
from tests import factories

DAY = dt.date(2026, 3, 4)
SINCE = dt.date(2026, 4, 1)
DESKTOP = "assets.quantity.desktop"
PRICE = "assets.price.desktop"


@dataclass
class City:
    """Who there is."""

    authority: Organization
    education: Organization
    health: Organization
    officer: Actor
    head: Actor
    clerk: Actor


@pytest.fixture
def city(db: None) -> City:
    """Ten heads in each agency; one holds ten desktops, the other twelve; each cost 4,000 yuan in 2023."""
    top = factories.city()
    authority = factories.organ("江海市机关事务管理局", top, competence="authority", document_word="江机管")
    education = factories.organ("云间区教育局", factories.district("云间区"))
    health = factories.organ("海间区卫生局", factories.district("海间区"))
    for organ, count in ((education, 10), (health, 12)):
        factories.save(Headcount(organ=organ, band="division", quota=10, actual=10, since=dt.date(2023, 1, 1)))
        desktops(organ, count)
    return City(
        authority, education, health, *(
            actor_of(factories.person(name, role, where), DAY)
            for name, role, where in (
                ("officer", "standards_officer", authority), ("head", "support_head", authority), ("clerk", "asset_clerk", education)
            )
        ),
    )  # fmt: skip


def desktops(organ: Organization, count: int, *, value: int = 4000, acquired: dt.date = dt.date(2023, 1, 10)) -> None:
    """This will keep one card of so many desktops."""
    total = Decimal(value) * count
    factories.save(
        Card(
            organ=organ,
            name="台式计算机",
            value=total,
            quantity=Decimal(count),
            acquired=acquired,
            custodian="张三",
            number=f"{organ.code}-{value}",
        )
    )


def draft(
    city: City,
    values: dict[tuple[str, str], str | None],
    *,
    title: str = "配置标准（2026年版）",
    since: dt.date = SINCE,
    **more: object,
) -> Standard:
    """A draft of the city with some lines: {(key, row): value, None where it ends}."""
    with scope.within(city.officer):
        standard = Standard(organ=city.authority, title=title, valid_from=since, **more)
        StandardFlow.start(standard, by=city.officer)
        lines = [
            StandardLine(
                standard=standard, key=key, row=row, value=None if value is None else Decimal(value), ends=value is None
            )
            for (key, row), value in values.items()
        ]
        keep(lines, by=city.officer)
    return standard


def publish(city: City, standard: Standard) -> Standard:
    """This will submit a draft as the officer and publish it as the head."""
    with scope.within(city.officer):
        StandardFlow.take("submit", standard, by=city.officer)
    with scope.within(city.head):
        StandardFlow.take("approve", standard, by=city.head)
    return standard
