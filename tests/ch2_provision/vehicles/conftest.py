"""A district with its bodies, one agency with quota and vehicles, and its people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.vehicles.flows import AdditionFlow
from baozhang.ch2_provision.vehicles.models import Addition, Quota, Terminal, Vehicle
from baozhang.kernel import access, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from tests import factories
from tests.conftest import TODAY

PEOPLE = (
    ("clerk", roles.ASSET_CLERK, "mine"), ("boss", roles.HEAD, "mine"), ("clerk2", roles.ASSET_CLERK, "theirs"),
    ("officer", roles.ASSET_OFFICER, "authority"), ("city", roles.ASSET_OFFICER, "city"), ("money", roles.FINANCE_HEAD, "finance"),
)  # fmt: skip


@dataclass
class Fleet:
    """Who and what there is."""

    city: Organization
    authority: Organization
    finance: Organization
    mine: Organization
    theirs: Organization
    users: dict[str, User] = field(default_factory=dict)

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return access.actor_of(self.users[name], TODAY)

    def quota(
        self, number: int, klass: str = "general", since: dt.date = dt.date(2023, 1, 1), organ: Any = None
    ) -> Quota:
        """An approved quota."""
        values = {
            "klass": klass,
            "asked": number,
            "number": number,
            "document": "沪机管〔2023〕1号",
            "since": since,
            "state": "approved",
        }
        return factories.kept(Quota, where=organ or self.mine, **values)  # type: ignore[no-any-return]

    def card(self, plate: str = "沪A12345", **values: Any) -> Card:
        """The card of a car bought long ago."""
        given = {
            "name": "小型轿车", "category": "vehicle", "plate": plate, "vehicle_use": "emergency", "value": Decimal(150_000),
            "acquired": dt.date(2016, 3, 4), "registered": dt.date(2016, 3, 4), "displacement": "1.6", "acquisition": "bought", **values,
        }  # fmt: skip
        return factories.kept(Card, where=given.pop("organ", self.mine), **given)  # type: ignore[no-any-return]

    def vehicle(self, plate: str = "沪A12345", card: dict[str, Any] | None = None, **values: Any) -> Vehicle:
        """A car with its file."""
        return factories.kept(
            Vehicle, card=self.card(plate, **(card or {})), **{"body": "car", "energy": "petrol", **values}
        )  # type: ignore[no-any-return]

    def fit(self, plate: str) -> Terminal:
        """A terminal that reports for a plate."""
        return factories.kept(Terminal, where=self.mine, plate=plate)  # type: ignore[no-any-return]

    def addition(self, **values: Any) -> Addition:
        """A draft of one more car."""
        given = {
            "kind": "new", "use": "emergency", "body": "car", "energy": "electric", "displacement": None, "price": Decimal(170_000), "reason": "应急值守",
            **values,
        }  # fmt: skip
        made = Addition(organ=self.mine, **given)
        actor = self("clerk")
        with scope.within(actor):
            AdditionFlow.start(made, by=actor)
        return made

    def take(self, step: str, record: Any, who: str, flow: Any = AdditionFlow, note: str = "", **values: Any) -> Any:
        """Takes a step as somebody."""
        actor = self(who)
        with scope.within(actor):
            return flow.take(step, record, by=actor, note=note, values=values)

    def approved(self, **values: Any) -> Addition:
        """One more car, approved."""
        made = self.addition(**values)
        self.take("submit", made, "clerk")
        self.take("agree", made, "boss")
        body = "money" if made.use == "enforcement" else "officer"
        self.take("approve", made, body, document="云机管〔2026〕9号", approved_on=TODAY)
        return made


def build() -> Fleet:
    """The city, the district, its bodies, agencies and people."""
    district = factories.district("云间区")
    made = Fleet(
        factories.organ("江海市机关事务管理局", factories.city(), competence="authority"),
        factories.organ("云间区机关事务管理局", district, competence="authority"),
        factories.organ("云间区财政局", district, competence="finance"),
        factories.organ("云间区教育局", district), factories.organ("云间区卫生局", district),
    )  # fmt: skip
    for name, role, where in PEOPLE:
        user = made.users[name] = factories.save(User(username=f"{name}-v", name=f"{name}-v", password="!"))
        factories.save(Appointment(user=user, organ=getattr(made, where), role=role, since=dt.date(2022, 1, 1)))
    return made


@pytest.fixture
def fleet(db: None) -> Fleet:
    """The place of a test that is undone afterwards."""
    return build()
