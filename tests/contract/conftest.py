"""The world of the contract tests: two agencies of one district, their authority, and one clerk who may do everything in the first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from django.db import connection

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import access, flow
from baozhang.kernel.access import Reach
from baozhang.kernel.accounts import User
from baozhang.kernel.resource import RESOURCES, Resource
from tests import factories
from tests.photograph import Photograph

EVERY = "contract_every"  # a role with every business right in its own organ
EVERY_ADMIN = "contract_admin"
NOTHING = "contract_nothing"


def looked_at(slugs: Iterable[str], *, all_of_them: bool = True) -> list[str]:
    """The resources that a contract test goes through: all of them; on PostgreSQL one a room, the one with most doors.

    The doors are the kernel's and the scope stands in the query, which the suite on SQLite shows for each of them. A test
    that says so goes through one a room on SQLite, too: it tries doors that the kernel makes from a declaration.
    """
    found = sorted(slugs)
    if connection.vendor != "postgresql" and all_of_them:
        return found
    rooms: dict[str, list[str]] = {}
    for slug in found:
        rooms.setdefault(slug.partition("/")[0], []).append(slug)
    return [
        max(several, key=lambda slug: len(RESOURCES[slug].acts) + len(steps_of(RESOURCES[slug])))
        for several in rooms.values()
    ]


def steps_of(resource: Resource) -> list[str]:
    """The names of the steps that its records take."""
    plan = flow.flow_of(resource.model)
    return list(plan.steps) if plan else []


@dataclass
class World:
    """Who there is."""

    mine: Organization
    theirs: Organization
    clerk: User
    admin: User
    outsider: User
    nobody: User


@pytest.fixture(autouse=True, scope="session")
def roles() -> Iterator[None]:
    """Roles of the tests alone: all rights in one's own organ, and none at all."""
    for code, admin in ((EVERY, False), (EVERY_ADMIN, True), (NOTHING, False)):
        access.role(code, code, "", admin=admin)
    for name, permission in access.PERMISSIONS.items():
        if permission.admin in (None, False):
            access.ROLES[EVERY].grants[name] = Reach.OWN
        if permission.admin in (None, True):
            access.ROLES[EVERY_ADMIN].grants[name] = Reach.OWN
    yield
    for code in (EVERY, EVERY_ADMIN, NOTHING):
        del access.ROLES[code]


@pytest.fixture(scope="session")
def photograph() -> Photograph[World]:
    """The world as it was made first: every later test finds it again."""
    return Photograph(_world)


@pytest.fixture
def world(db: None, photograph: Photograph[World]) -> World:
    """The two agencies and their people."""
    return photograph.again()


def _world() -> World:
    mine, theirs = factories.organ("云间区教育局"), factories.organ("云间区卫生局")
    return World(
        mine=mine,
        theirs=theirs,
        clerk=factories.person("clerk", EVERY, mine),
        admin=factories.person("admin", EVERY_ADMIN, mine),
        outsider=factories.person("outsider", EVERY, theirs),
        nobody=factories.person("nobody", NOTHING, mine),
    )
