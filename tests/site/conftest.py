"""Three administrators and a clerk in one organ."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from tests import factories


@dataclass
class Office:
    """Who there is."""

    organ: Organization
    system: User
    security: User
    audit: User
    clerk: User

    def actor(self, who: User) -> Actor:
        """Somebody as he acts today."""
        return access.actor_of(who, clock.today())


@pytest.fixture
def office(db: None) -> Office:
    """The authority of the city, in which all of them stand."""
    organ = factories.organ("市管理局", factories.city(), competence="authority", code="SGLJ")
    return Office(
        organ,
        factories.person("sysadmin", "system_admin", organ),
        factories.person("secadmin", "security_admin", organ),
        factories.person("audadmin", "audit_admin", organ),
        factories.person("clerk", "asset_clerk", organ),
    )
