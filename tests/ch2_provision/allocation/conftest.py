"""A district with its authority, two agencies, their people, and needs and idle things made in one line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment, Headcount, Organization
from baozhang.ch2_provision.allocation.flows import NeedFlow
from baozhang.ch2_provision.allocation.models import Need
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import access, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from tests import factories
from tests.conftest import TODAY

PEOPLE = (
    ("clerk", roles.ASSET_CLERK, "mine"), ("staff", roles.STAFF, "mine"), ("books", roles.ACCOUNTANT, "mine"), ("boss", roles.HEAD, "mine"),
    ("clerk2", roles.ASSET_CLERK, "theirs"), ("officer", roles.ASSET_OFFICER, "authority"), ("officer2", roles.ASSET_OFFICER, "authority"),
    ("chief", roles.SUPPORT_HEAD, "authority"),
)  # fmt: skip


@dataclass
class Place:
    """Who and what there is."""

    authority: Organization
    mine: Organization
    theirs: Organization
    users: dict[str, User] = field(default_factory=dict)

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return access.actor_of(self.users[name], TODAY)

    def idle(self, where: Organization | None = None, **values: Any) -> Card:
        """An idle desktop computer of the other agency, three years old."""
        given = {"acquired": dt.date(2023, 3, 4), "use_state": "idle", "idle_since": dt.date(2025, 6, 1), **values}
        return factories.kept(Card, where=where or self.theirs, **given)

    def used(self, count: int, **values: Any) -> list[Card]:
        """Computers of the first agency in use."""
        given = {"acquired": dt.date(2023, 3, 4), "use_state": "in_use", **values}
        return [factories.kept(Card, where=self.mine, **given) for _ in range(count)]

    def draft(self, quantity: int = 1, **values: Any) -> Need:
        """A need of the first agency that nobody has submitted."""
        given = {
            "item": "desktop",
            "quantity": quantity,
            "needed_by": TODAY + dt.timedelta(days=30),
            "purpose": "新进人员办公",
            **values,
        }
        return factories.kept(Need, where=values.pop("organ", self.mine), **given)  # type: ignore[no-any-return]

    def need(self, quantity: int = 1, **values: Any) -> Need:
        """A need that waits for its answer."""
        made = self.draft(quantity, **values)
        self.take("submit", made, "staff" if made.organ_id == self.mine.pk else "clerk2")
        return made

    def take(self, step: str, record: Any, who: str, flow: Any = NeedFlow, note: str = "", **values: Any) -> Any:
        """Takes a step as somebody."""
        actor = self(who)
        with scope.within(actor):
            return flow.take(step, record, by=actor, note=note, values=values)


def build() -> Place:
    """The district, its agencies with ten heads each, and their people."""
    district = factories.district("云间区")
    authority = factories.organ("云间区机关事务管理局", district, competence="authority", document_word="云机管")
    made = Place(authority, factories.organ("云间区教育局", district), factories.organ("云间区卫生局", district))
    for organ in (made.mine, made.theirs):
        factories.save(Headcount(organ=organ, band="division", quota=10, actual=10, since=dt.date(2020, 1, 1)))
    for name, role, where in PEOPLE:
        user = made.users[name] = factories.save(User(username=f"{name}-a", name=f"{name}-a", password="!"))
        factories.save(Appointment(user=user, organ=getattr(made, where), role=role, since=dt.date(2022, 1, 1)))
    return made


@pytest.fixture
def place(db: None) -> Place:
    """The place of a test that is undone afterwards."""
    return build()


ONE = Decimal(1)
