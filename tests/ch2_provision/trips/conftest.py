"""One agency with two vehicles, two drivers, a dispatcher, and requests in one line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from baozhang.ch1_general.organs import roles
from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.trips.flows import DispatchFlow, RequestFlow
from baozhang.ch2_provision.trips.flows.dispatch import send
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import access, clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from tests import factories
from tests.conftest import TODAY

PEOPLE = (
    ("staff", roles.STAFF), ("boss", roles.HEAD), ("desk", roles.DISPATCHER), ("driver", roles.DRIVER), ("driver2", roles.DRIVER),
    ("clerk", roles.ASSET_CLERK), ("staff2", roles.STAFF),
)  # fmt: skip
WORKDAY = dt.date(2026, 3, 5)


@dataclass
class Garage:
    """Who and what there is."""

    mine: Organization
    users: dict[str, User] = field(default_factory=dict)
    vehicles: list[Vehicle] = field(default_factory=list)
    drivers: list[Driver] = field(default_factory=list)

    def __call__(self, name: str) -> Actor:
        """Somebody as an actor."""
        return access.actor_of(self.users[name], TODAY)

    def take(self, step: str, record: Any, who: str, flow: Any = RequestFlow, note: str = "", **values: Any) -> Any:
        """Takes a step as somebody."""
        actor = self(who)
        with scope.within(actor):
            return flow.take(step, record, by=actor, note=note, values=values)

    def draft(
        self, leave: str = "08:30", back: str = "11:30", day: dt.date = WORKDAY, who: str = "staff", **values: Any
    ) -> Request:
        """A request that nobody handed in."""
        given = {
            "purpose": "meeting",
            "reason": "开会",
            "origin": "机关",
            "destination": "市教委",
            "applicant": "科员",
            "seats": 1,
            **values,
        }
        made = Request(organ=self.mine, day=day, leave=leave, back=back, **given)
        actor = self(who)
        with scope.within(actor):
            RequestFlow.start(made, by=actor)
        return made

    def ask(self, leave: str = "08:30", back: str = "11:30", who: str = "staff", **values: Any) -> Request:
        """A request that the unit approved."""
        made = self.draft(leave, back, who=who, **values)
        self.take("submit", made, who)
        self.take("approve", made, "boss")
        return made

    def send(self, *requests: Request, car: int = 0, driver: int = 0, **values: Any) -> Dispatch:
        """The dispatcher sends a vehicle."""
        actor = self("desk")
        with scope.within(actor):
            return send(
                requests,
                organ=self.mine,
                means="own",
                vehicle=self.vehicles[car],
                driver=self.drivers[driver],
                by=actor,
                **values,
            )

    def drive(self, made: Dispatch, out: int, back: int, *, left: str = "08:30", came: str = "11:30", day: dt.date = WORKDAY, who: str = "driver",
              **values: Any) -> None:  # fmt: skip
        """The driver leaves and comes back."""
        for step, at, given in (("begin", left, {"odometer_out": out}), ("end", came, {"odometer_in": back, **values})):
            hour, minute = map(int, at.split(":"))
            with clock.on(dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.ZONE)):
                self.take(step, made, who, DispatchFlow, **given)


def build() -> Garage:
    """The agency and all in it."""
    made = Garage(factories.organ("云间区教育局", factories.district("云间区")))
    for name, role in PEOPLE:
        user = made.users[name] = factories.save(User(username=f"{name}-t", name=f"{name}-t", password="!"))
        factories.save(Appointment(user=user, organ=made.mine, role=role, since=dt.date(2022, 1, 1)))
    made.vehicles = [factories.kept(Vehicle, where=made.mine, seats=5, body="car") for _ in range(2)]
    made.drivers = [factories.kept(Driver, where=made.mine, account=made.users[name]) for name in ("driver", "driver2")]
    return made


@pytest.fixture
def garage(db: None) -> Garage:
    """The place of a test that is undone afterwards."""
    return build()
