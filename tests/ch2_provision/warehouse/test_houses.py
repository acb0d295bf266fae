"""Houses of all whom an authority serves: idle, offered, used again, let; those on one site together (article 16)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from baozhang.ch2_provision.assets.models import Income
from baozhang.ch2_provision.warehouse.choices import Standing
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.ch2_provision.warehouse.queries.houses import houses, sums
from tests import factories
from tests.conftest import TODAY

from .conftest import House


def _house(house: House, organ: str = "school", **values: Any) -> Any:
    given = {
        "name": "旧办公楼",
        "category": "house",
        "floor_area": Decimal(1000),
        "address": "文诚路1号",
        "use_state": "idle",
    }
    return house.card(organ, **given | values)


def test_each_house_says_what_becomes_of_it(house: House, as_user: Any, django_assert_num_queries: Any) -> None:
    _house(house)
    _house(house, "health", name="门诊楼", use_state="let", floor_area=Decimal(500))
    used, offered = _house(house, address="中山路2号"), _house(house, address="中山路3号", floor_area=None)
    for card, state in ((used, "out"), (offered, "stock")):
        factories.kept(Item, where=house.organs["school"], authority=house.organs["authority"], card=card, state=state, reason="idle",
                       name=card.name, value=card.value, category="house", entered_on=TODAY - dt.timedelta(days=9))  # fmt: skip
    _house(house, use_state="in_use")
    _house(house, acquisition="leased")
    _house(house, "far")
    with django_assert_num_queries(3):  # the authority's level, the houses, their items
        found = houses(house.organs["authority"], TODAY)
    assert [(one.card.name, one.standing, one.beside) for one in found] == [
        ("旧办公楼", Standing.USED, 0), ("旧办公楼", Standing.OFFERED, 0), ("旧办公楼", Standing.IDLE, 1), ("门诊楼", Standing.LET, 1),
    ]  # fmt: skip
    total = sums(found)
    assert {one: (total[one].count, total[one].area, total[one].open) for one in Standing} == {
        Standing.IDLE: (1, 1000, 0), Standing.OFFERED: (1, 0, 1), Standing.USED: (1, 1000, 0), Standing.LET: (1, 500, 0),
    }  # fmt: skip
    page = as_user("officer").get("/warehouse/items/houses/").content.decode()
    assert "&lt;span" not in page and "已盘活 60.0%" in page and "中山路2号" in page
    some = as_user("officer").get("/warehouse/items/houses/?standing=idle").content.decode()
    assert "文诚路1号" in some and "中山路2号" not in some
    assert as_user("clerk").get("/warehouse/items/houses/").status_code == 403


def test_rent_that_never_reached_the_treasury_stands_beside_its_house(house: House, as_user: Any) -> None:
    let, lent = _house(house, use_state="let"), _house(house, use_state="lent", address="中山路2号")
    for day, paid, state in (
        (TODAY - dt.timedelta(days=1), 40, "due"),
        (TODAY, 0, "due"),
        (TODAY - dt.timedelta(days=9), 0, "void"),
    ):
        factories.kept(
            Income,
            where=house.organs["school"],
            card=let,
            amount=Decimal(100),
            paid=Decimal(paid),
            due_on=day,
            state=state,
        )
    assert [(one.card.pk, one.owing) for one in houses(house.organs["authority"], TODAY)] == [
        (lent.pk, 0),
        (let.pk, 60),
    ]
    page = as_user("officer").get("/warehouse/items/houses/").content.decode()
    assert "60.00" in page and f"?card={let.pk}&amp;state=due" in page
    factories.kept(Income, where=house.organs["school"], card=lent, number="收-别处", due_on=TODAY)
    opened = as_user("officer").get(f"/assets/incomes/?card={let.pk}&state=due").content.decode()
    assert "60.00" in opened and "收-别处" not in opened
