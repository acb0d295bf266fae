"""A district with its authority, its finance department, two agencies, a city above, and a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.flows.stock import item_of
from baozhang.ch2_provision.warehouse.models import Entry, Item, Place, Store
from baozhang.kernel import access, clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from tests import factories

PEOPLE = (
    ("clerk", roles.ASSET_CLERK, "school"), ("head", roles.HEAD, "school"), ("clerk2", roles.ASSET_CLERK, "health"),
    ("head2", roles.HEAD, "health"), ("staff2", roles.STAFF, "health"), ("officer", roles.ASSET_OFFICER, "authority"),
    ("keeper", roles.KEEPER, "authority"), ("chief", roles.SUPPORT_HEAD, "authority"), ("purse", roles.FINANCE_HEAD, "finance"),
    ("cityofficer", roles.ASSET_OFFICER, "city"), ("cityclerk", roles.ASSET_CLERK, "court"), ("cityhead", roles.HEAD, "court"),
    ("farclerk", roles.ASSET_CLERK, "far"),
)  # fmt: skip


@dataclass
class House:
    """Who there is."""

    organs: dict[str, Organization] = field(default_factory=dict)
    users: dict[str, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody as an actor of today."""
        return access.actor_of(self.users[name], clock.today())

    def do(self, name: str, act: Callable[[Actor], Any]) -> Any:
        """Somebody does something in his own scope."""
        who = self.actor(name)
        with scope.within(who):
            return act(who)

    def take(self, flow: Any, step: str, record: Any, name: str, **values: Any) -> Any:
        """Somebody takes a step on a record as it stands now."""
        note = values.pop("note", "")
        fresh = type(record)._base_manager.get(pk=record.pk)
        self.do(name, lambda who: flow.take(step, fresh, by=who, note=note, values=values or None))
        return type(record)._base_manager.get(pk=record.pk)

    def card(self, organ: str = "school", **values: Any) -> Card:
        """A card of an organ."""
        return factories.kept(Card, where=self.organs[organ], **{"name": "会议桌", "custodian": "甲", **values})

    def entered(self, cards: list[Card], *, store: Store | None = None, listing: str = "level") -> list[Item]:
        """Cards that have come the whole way in, laid as it leaves them; the way itself is walked in `test_entry`."""
        authority, keeping = self.organs["authority"], "physical" if store else "virtual"
        common = {"authority": authority, "keeping": keeping, "store": store, "listing": listing}
        entry = factories.kept(
            Entry, where=cards[0].organ, title="入仓", decision="办公会", state="stored", checked_on=clock.today(), stored_on=clock.today(), **common
        )  # fmt: skip
        made = []
        for card in cards:
            item = item_of(card, authority=authority, reason="idle", entry=entry, keeping=keeping, listing=listing)
            item.state, item.grade, item.outcome, item.wiped, item.store = "stock", "good", "fit", True, store
            item.holder, item.entered_on = authority if store else card.organ, clock.today()
            made.append(item)
            card.offered = clock.today()
        with scope.everything("test") as by:
            keep(made, by=by)
            keep(cards, by=by)
        return list(Item._base_manager.filter(entry=entry).select_related("card").order_by("pk"))


def build() -> House:
    """The house, kept."""
    house, place, city = House(), factories.district("云间区"), factories.city()
    made = {
        "authority": ("区机关事务管理局", place, {"competence": "authority", "document_word": "云机管"}),
        "finance": ("区财政局", place, {"competence": "finance"}), "school": ("区教育局", place, {}), "health": ("区卫生局", place, {}),
        "city": ("市机关事务管理局", city, {"competence": "authority", "document_word": "江机管"}), "court": ("市法院", city, {}),
        "farauthority": ("月泾区机关事务管理局", factories.district("月泾区"), {"competence": "authority"}),
        "far": ("月泾区教育局", factories.district("月泾区"), {}),
    }  # fmt: skip
    for key, (name, where, values) in made.items():
        house.organs[key] = factories.organ(name, where, **values)
    house.users = factories.people((name, role, house.organs[organ]) for name, role, organ in PEOPLE)
    return house


@pytest.fixture
def house(db: None) -> House:
    """The house."""
    return build()


@pytest.fixture
def store(house: House) -> Store:
    """A store with one place."""
    found = Store(organ=house.organs["authority"], code="S1", name="东库")
    with scope.everything("test") as by:
        keep(found, by=by)
        keep(Place(organ=house.organs["authority"], store=found, code="A-01"), by=by)
    return found
