"""Who decides of quotas and vehicles: looked up, never chosen (article 22)."""

from __future__ import annotations

from baozhang.ch1_general.organs.choices import Competence, State
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_of, finance_of
from baozhang.ch2_provision.vehicles.choices import QuotaClass


def city_authority(organ: Organization) -> Organization | None:
    """The support authority of the city: of the first place on the way down to the organ."""
    root = organ.jurisdiction.path.partition("/")[0]
    rows = Organization._base_manager.filter(
        competence=Competence.AUTHORITY, state=State.ACTIVE, jurisdiction__code=root
    )
    return rows.first()


def quota_body(organ: Organization, klass: str) -> Organization | None:
    """Who approves a quota: the finance department for law enforcement, the city's authority for all others."""
    return finance_of(organ) if klass == QuotaClass.ENFORCEMENT else city_authority(organ)


def addition_body(organ: Organization, use: str) -> Organization | None:
    """Who approves a vehicle: the finance department for law enforcement, the same-level authority for all others."""
    return finance_of(organ) if use == QuotaClass.ENFORCEMENT else authority_of(organ)
