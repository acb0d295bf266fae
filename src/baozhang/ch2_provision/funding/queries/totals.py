"""What plans and budgets of a year come to, by kind, by agency and by jurisdiction; summed in the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from baozhang.ch2_provision.funding.choices import BudgetState, LineKind, LineState
from baozhang.ch2_provision.funding.models import BudgetLine, Plan, PlanLine

from .budgets import MONEY, NONE
from .plans import CURRENT, LINE_CURRENT


def years() -> list[int]:
    """The years of which there are plans in sight, the latest first."""
    return list(Plan.objects.order_by("-year").values_list("year", flat=True).distinct())


def _sums() -> dict[str, Any]:
    return {
        "lines": Count("pk"), "asked": Sum("amount", default=NONE, output_field=MONEY),
        "agreed": Sum("agreed_amount", default=NONE, output_field=MONEY),
        "reduced": Count("pk", filter=Q(state=LineState.REDUCED)), "refused": Count("pk", filter=Q(state=LineState.REFUSED)),
    }  # fmt: skip


def by_kind(year: int) -> list[dict[str, Any]]:
    """Asked and agreed by kind of need, in the order of the law."""
    rows = PlanLine.objects.filter(LINE_CURRENT, plan__year=year).order_by().values("kind").annotate(**_sums())
    found = {row["kind"]: row for row in rows}
    return [found[kind] for kind in LineKind.values if kind in found]


def by_organ(year: int, most: int) -> list[dict[str, Any]]:
    """The agencies that ask for most, each with its sums by kind."""
    kinds = {kind: Sum("amount", filter=Q(kind=kind), default=NONE, output_field=MONEY) for kind in LineKind.values}
    rows = PlanLine.objects.filter(LINE_CURRENT, plan__year=year).order_by().values("organ_id", name=F("organ__name"))
    return list(rows.annotate(**kinds, **_sums()).order_by("-asked", "organ_id")[:most])


def by_place(year: int) -> list[dict[str, Any]]:
    """Asked and agreed by jurisdiction, from above to below."""
    place = {"path": F("organ__jurisdiction__path"), "place": F("organ__jurisdiction__name")}
    rows = PlanLine.objects.filter(LINE_CURRENT, plan__year=year).order_by().values(**place)
    return list(rows.annotate(**_sums(), organs=Count("organ_id", distinct=True)).order_by("path"))


def plans_by_state(year: int) -> dict[str, int]:
    """How many first or agreed plans stand where."""
    rows = Plan.objects.filter(CURRENT, year=year).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def waiting(year: int) -> list[Plan]:
    """The plans that their agencies have not handed in, the earliest deadline first."""
    rows = Plan.objects.filter(year=year, edition=1, state__in=("draft", "deciding")).select_related("organ", "round")
    return list(rows.order_by("round__closes", "organ__code")[:200])


def budget_sums(year: int) -> dict[str, Decimal]:
    """Asked, granted, committed and spent of all budgets in sight of a year."""
    rows = BudgetLine.objects.filter(year=year)
    out = Q(budget__state__in=(BudgetState.APPLIED, BudgetState.REVIEWED, BudgetState.REPLIED, BudgetState.CLOSED))
    found = rows.aggregate(
        amount=Sum("amount", filter=out, default=NONE, output_field=MONEY),
        **{name: Sum(name, default=NONE, output_field=MONEY) for name in ("granted", "committed", "spent")},
    )
    return {name: value or NONE for name, value in found.items()}
