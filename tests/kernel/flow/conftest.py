"""A city and a district with their authorities, a finance department and an agency, and the people who act there."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from tests import factories
from tests.conftest import TODAY
from tests.kernel.flow import paths
from tests.specimen.models import Thing

from baozhang.ch1_general.organs.models import Delegation, Organization
from baozhang.kernel import access, ledger
from baozhang.kernel.access import Actor, Reach, actor_of
from baozhang.kernel.accounts import User
from baozhang.kernel.calendar import Announced, Calendar
from baozhang.kernel.flow import limits, plan, settle
from baozhang.kernel.notices import Notice

OWN, JURISDICTION, BELOW = Reach.OWN, Reach.JURISDICTION, Reach.BELOW
ROLES = {
    "f_clerk": {"view": OWN, "add": OWN, "change": OWN, "submit": OWN, "reply": OWN, "file": OWN},
    "f_head": {"view": OWN, "audit": OWN},
    "f_officer": {"view": JURISDICTION, "issue": OWN, "recheck": OWN, "receive": OWN, "accept": OWN, "investigate": OWN, "answer": OWN},
    "f_leader": {"view": JURISDICTION, "approve": OWN, "issue": OWN, "recheck": OWN, "answer": OWN},
    "f_finance": {"view": JURISDICTION, "opine": OWN},
    "f_city": {"view": BELOW, "opine": OWN, "oversee": OWN},
    "f_reader": {"view": OWN},
}  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture
def flows(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The flows of these tests, settled; all registers are as before afterwards."""
    kept = [(register, dict(register)) for register in (access.PERMISSIONS, access.ROLES, ledger.ACTS, plan.FLOWS)]
    stepped = Thing.stepped
    for verb in paths.VERBS:
        access.permission(f"specimen.thing:{verb}", f"样例{verb}")
    for code, grants in ROLES.items():
        access.role(code, code, "").grants.update({f"specimen.thing:{verb}": reach for verb, reach in grants.items()})
    calendar = Calendar([Announced(dt.date(2026, 3, 9), "off", "试验日", "")])
    monkeypatch.setattr(limits.limit_of, "answers", [paths.limit_of])
    monkeypatch.setattr(limits.calendar, "answers", [lambda: calendar])
    declared = paths.declare()
    settle()
    Thing.stepped = {"state": frozenset()}  # several flows share the field here, each with its own beginning
    yield declared
    Thing.stepped = stepped
    for register, before in kept:
        register.clear()
        register.update(before)


@pytest.fixture
def world(db: None, flows: SimpleNamespace) -> World:
    """The organs and people."""
    return World()


class World:
    """Organs by short names, people by the names they bear."""

    def __init__(self) -> None:
        city, place = factories.city(), factories.district("云间区")
        self.city = factories.organ("江海市机关事务局", city, competence="authority")
        self.authority = factories.organ("云间区机关事务局", place, competence="authority")
        self.finance = factories.organ("云间区财政局", place, competence="finance")
        self.agency = factories.organ("云间区教育局", place)
        self.other = factories.organ("云间区卫健委", place)
        factories.people((
            ("张某", "f_clerk", self.agency), ("李某", "f_clerk", self.agency), ("王局", "f_head", self.agency),
            ("读者", "f_reader", self.agency), ("外人", "f_clerk", self.other), ("赵科", "f_officer", self.authority),
            ("钱科", "f_officer", self.authority), ("孙局", "f_leader", self.authority), ("财务", "f_finance", self.finance),
            ("市局", "f_city", self.city),
        ))  # fmt: skip

    def user(self, name: str) -> User:
        """The account of somebody."""
        return User._base_manager.get(username=name)

    def __call__(self, name: str, organ: Organization | None = None) -> Actor:
        """Somebody as an actor, in the organ where he stands first, or in another."""
        return actor_of(self.user(name), TODAY, organ.pk if organ else None)

    def thing(self, organ: Organization | None = None, **values: Any) -> Thing:
        """A thing, kept, in draft where nothing else is said."""
        n = next(_numbers)
        made = Thing(organ=organ or self.agency, number=f"W{n:04d}", name=f"样例{n}", **values)
        factories.save(made)
        return made

    def deputy(self, giver: str, taker: str, organ: Organization) -> None:
        """Somebody stands in for somebody for these days."""
        days = {"since": TODAY - dt.timedelta(days=1), "until": TODAY + dt.timedelta(days=30)}
        factories.save(Delegation(organ=organ, giver=self.user(giver), taker=self.user(taker), **days))

    def told(self, name: str) -> list[str]:
        """The titles of somebody's notices."""
        return list(Notice.objects.filter(user=self.user(name)).order_by("pk").values_list("title", flat=True))


@pytest.fixture
def audited(world: World, flows: SimpleNamespace) -> Callable[..., Thing]:
    """A thing that has been submitted by 张某 and audited by 王局."""

    def make(**values: Any) -> Thing:
        thing = world.thing(**values)
        flows.review.take("submit", thing, by=world("张某"), values={"amount": "100"})
        flows.review.take("audit", thing, by=world("王局"))
        return thing

    return make


@pytest.fixture
def ordered(world: World, flows: SimpleNamespace) -> Thing:
    """A thing that 赵科 has ordered to be put right."""
    thing = world.thing()
    flows.order.start(thing, by=world("赵科"))
    flows.order.take("issue", thing, by=world("赵科"))
    return thing
