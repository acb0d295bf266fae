"""The catalogue rests on the cards, and what lies in the warehouse is not let past it (articles 13 and 14)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.actions.splitting import split
from baozhang.ch2_provision.assets.flows import LettingFlow
from baozhang.ch2_provision.assets.models import Card, Letting
from baozhang.ch2_provision.warehouse.jobs import follow
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.ch2_provision.warehouse.conftest import House
from tests.conftest import TODAY


def test_what_is_put_right_on_a_card_is_put_right_in_the_catalogue(house: House) -> None:
    card, other = house.card(name="会义桌", quantity=Decimal(10)), house.card()
    house.entered([card, other])
    before = Item._base_manager.get(card=other).version
    kept = Card._base_manager.get(pk=card.pk)
    kept.name = "会议桌"
    house.do("clerk", lambda who: split(kept, [Decimal(6), Decimal(4)], by=who, note="一部分另用"))
    assert (follow(), follow()) == (1, 0)
    item = Item._base_manager.get(card=card)
    assert (item.name, item.quantity, item.value) == ("会议桌", 6, Card._base_manager.get(pk=card.pk).value)
    assert Item._base_manager.get(card=other).version == before


def test_what_is_in_the_warehouse_is_not_let_past_it(house: House) -> None:
    card = house.card()
    house.entered([card])
    case = factories.kept(
        Letting, where=house.organs["school"], kind="lend", card=card, party="澄溪镇人民政府", purpose="普查", since=TODAY, until=TODAY
    )  # fmt: skip
    with pytest.raises(Refused, match="已在公物仓") as refused:
        house.take(LettingFlow, "submit", case, "clerk")
    assert "退仓" in str(refused.value.instead)
