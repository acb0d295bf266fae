"""Houses of all whom an authority serves: idle, offered, used again, let; those on one site together (article 16)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

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
