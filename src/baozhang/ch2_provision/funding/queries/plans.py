"""Plans: which one stands, what it agreed to, what differs between two versions, what was there last year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from baozhang.ch1_general.organs.choices import Competence, State
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.funding.choices import PASSED, PLAN_AT_WORK, LineState, PlanState, RoundState
from baozhang.ch2_provision.funding.models import Plan, PlanLine

CURRENT = Q(state=PlanState.AGREED) | Q(edition=1, state__in=PLAN_AT_WORK)  # the version that counts in totals
LINE_REPORTED = (  # what is still a draft has been asked of nobody
    Q(plan__state=PlanState.AGREED) | Q(plan__edition=1, plan__state__in=(PlanState.SUBMITTED, PlanState.REVIEWED))
) & ~Q(state=LineState.WITHDRAWN)
CENT = Decimal("0.01")
COMPARED = ("kind", "grade", "means", "title", "quantity", "unit_price", "amount", "purpose")


def participants(authority: Organization) -> QuerySet[Organization]:
    """The agencies whose plans an authority reviews: of its own level, and of levels below that have no authority."""
    own = Organization._base_manager.filter(
        jurisdiction=OuterRef("jurisdiction"), competence=Competence.AUTHORITY, state=State.ACTIVE
    )
    here = Q(jurisdiction_id=authority.jurisdiction_id)
    below = Q(jurisdiction__parent_id=authority.jurisdiction_id) & ~Exists(own)
    return Organization._base_manager.filter(here | below, state=State.ACTIVE).order_by("code")


def standing_plan(organ: Organization | int, year: int) -> Plan | None:
    """The agreed version of an agency's plan; None where nothing is agreed yet."""
    key = organ if isinstance(organ, int) else organ.pk
    rows = Plan._base_manager.filter(organ_id=key, year=year, state=PlanState.AGREED)
    return rows.order_by("-edition").first()


def agreed_lines(organ: Organization | int, year: int) -> QuerySet[PlanLine]:
    """The lines to which the authority agreed, whole or reduced, in the version that stands; with their plan."""
    plan = standing_plan(organ, year)
    rows = PlanLine._base_manager.filter(plan=plan, state__in=PASSED) if plan else PlanLine._base_manager.none()
    return rows.select_related("plan", "organ").order_by("number")


def standing_line(line: PlanLine) -> PlanLine | None:
    """A line as it stands in the agreed version; None where that version does not have it or refused it."""
    root = line.root_key
    return agreed_lines(line.organ_id, line.plan.year).filter(Q(pk=root) | Q(root_id=root)).first()


def draft_plan(organ: Organization | int, *, year: int | None = None) -> Plan | None:
    """The plan that an agency is drafting, of a round that is open; the earliest year where there are several."""
    key = organ if isinstance(organ, int) else organ.pk
    rows = Plan._base_manager.filter(
        organ_id=key, state=PlanState.DRAFT, round__state__in=(RoundState.OPEN, RoundState.CLOSED)
    )
    if year is not None:
        rows = rows.filter(year=year)
    return rows.select_related("round", "organ").order_by("year", "edition").first()


def versions(line: PlanLine) -> QuerySet[PlanLine]:
    """A line in all versions of its plan, the earliest first."""
    root = line.root_key
    return PlanLine._base_manager.filter(Q(pk=root) | Q(root_id=root)).select_related("plan").order_by("pk")


def last_years(plan: Plan) -> list[PlanLine]:
    """The lines that the authority agreed to last year and that are not in this plan yet."""
    taken = set(PlanLine._base_manager.filter(plan=plan).values_list("title", flat=True))
    return [line for line in agreed_lines(plan.organ_id, plan.year - 1) if line.title not in taken]


@dataclass(frozen=True)
class Difference:
    """One line that two versions do not have alike; `before` or `after` is None where one has no such line."""

    before: PlanLine | None
    after: PlanLine | None
    changed: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Added, dropped or changed."""
        return "added" if self.before is None else "dropped" if self.after is None else "changed"

    @property
    def delta(self) -> Decimal:
        """By how much the sum asked for differs."""
        after = self.after.amount if self.after is not None else Decimal(0)
        return after - (carried(self.before) if self.before is not None else Decimal(0))


def carried(line: PlanLine) -> Decimal:
    """What a line of an agreed version is worth to the next: what was agreed."""
    return line.agreed_amount if line.agreed_amount is not None else line.amount


def terms(line: PlanLine) -> tuple[Decimal, Decimal]:
    """Quantity and price with which a line of an agreed version begins the next; a sum that they do not make stands alone."""
    agreed, quantity, price = carried(line), line.agreed_quantity or line.quantity, line.unit_price
    return (quantity, price) if (quantity * price).quantize(CENT) == agreed else (Decimal(1), agreed)


def differences(plan: Plan) -> list[Difference]:
    """What an amended version changes against the one it amends: added, changed, dropped; two queries."""
    if plan.amends_id is None:
        return []
    before = {line.root_key: line for line in _lines(plan.amends_id) if line.state in PASSED}
    found: list[Difference] = []
    for line in _lines(plan.pk):
        old = before.pop(line.root_key, None)
        if old is None:
            found.append(Difference(None, line))
        elif changed := differing_fields(old, line):
            found.append(Difference(old, line, changed))
    return found + [Difference(old, None) for old in before.values()]


def differing_fields(old: PlanLine, new: PlanLine) -> tuple[str, ...]:
    """In which of the compared fields a line differs from what had been agreed of it."""
    agreed: dict[str, Any] = {name: getattr(old, name) for name in COMPARED}
    if old.state == LineState.REDUCED:
        quantity, price = terms(old)
        agreed |= {"amount": old.agreed_amount, "quantity": quantity, "unit_price": price}
    return tuple(name for name in COMPARED if getattr(new, name) != agreed[name])


def _lines(plan_id: int) -> list[PlanLine]:
    return list(PlanLine._base_manager.filter(plan_id=plan_id).exclude(state=LineState.WITHDRAWN).order_by("number"))


def undecided(plan: Plan) -> list[PlanLine]:
    """The lines of a plan of which nothing has been said yet."""
    return list(PlanLine._base_manager.filter(plan=plan, state=LineState.PENDING).order_by("number"))
