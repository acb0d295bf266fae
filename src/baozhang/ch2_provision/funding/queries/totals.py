"""What plans and budgets of a year come to, by kind, by agency and up the jurisdictions; summed in the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from os.path import commonpath
from typing import Any

from django.db.models import Count, F, Q, Sum

from baozhang.ch1_general.organs.models import Jurisdiction
from baozhang.ch2_provision.funding.choices import BudgetState, LineKind, LineState
from baozhang.ch2_provision.funding.models import BudgetLine, Plan, PlanLine

from .budgets import MONEY, NONE
from .plans import CURRENT, LINE_REPORTED


def years() -> list[int]:
    """The years of which there are plans in sight, the latest first."""
    return list(Plan.objects.order_by("-year").values_list("year", flat=True).distinct())


def _sums() -> dict[str, Any]:
    return {
        "lines": Count("pk"), "asked": Sum("amount", default=NONE, output_field=MONEY),
        "agreed": Sum("agreed_amount", default=NONE, output_field=MONEY),
        "reduced": Count("pk", filter=Q(state=LineState.REDUCED)), "refused": Count("pk", filter=Q(state=LineState.REFUSED)),
    }  # fmt: skip


def _at(place: str) -> Q:
    """What stands in a jurisdiction or below it, by its path; everything for none."""
    return Q(organ__jurisdiction__path__startswith=place) if place else Q()


def by_kind(year: int, place: str = "") -> list[dict[str, Any]]:
    """Asked and agreed by kind of need, in the order of the law."""
    rows = (
        PlanLine.objects.filter(LINE_REPORTED, _at(place), plan__year=year)
        .order_by()
        .values("kind")
        .annotate(**_sums())
    )
    found = {row["kind"]: row for row in rows}
    return [found[kind] for kind in LineKind.values if kind in found]


def by_organ(year: int, most: int, place: str = "") -> list[dict[str, Any]]:
    """The agencies that ask for most, each with its sums by kind."""
    kinds = {kind: Sum("amount", filter=Q(kind=kind), default=NONE, output_field=MONEY) for kind in LineKind.values}
    rows = PlanLine.objects.filter(LINE_REPORTED, _at(place), plan__year=year).order_by()
    rows = rows.values("organ_id", name=F("organ__name"))
    return list(rows.annotate(**kinds, **_sums()).order_by("-asked", "organ_id")[:most])


@dataclass
class Place:
    """What a jurisdiction comes to with all that stands below it."""

    path: str
    name: str
    depth: int = 0
    sums: Counter[str] = field(default_factory=Counter)


def by_place(year: int) -> list[Place]:
    """Plans and budgets rolled up from below to above: a city's row holds its districts', a district's its towns'.

    From the lowest place that has all of it in sight; two queries of sums and one of names, whatever there is.
    """
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    path = F("organ__jurisdiction__path")
    lines = PlanLine.objects.filter(LINE_REPORTED, plan__year=year).order_by().values(path=path)
    money = BudgetLine.objects.filter(year=year).order_by().values(path=path)
    for row in (*lines.annotate(**_sums(), organs=Count("organ_id", distinct=True)), *money.annotate(**_spending())):
        parts[row.pop("path")].update({name: value or 0 for name, value in row.items()})
    top = _shared(list(parts))
    above = {one[: end + 1] for one in parts for end, sign in enumerate(one) if sign == "/" and one.startswith(top)}
    rows = Jurisdiction._base_manager.filter(path__in=[one for one in above if len(one) >= len(top)])
    found = [
        Place(path, name, path.count("/") - top.count("/"))
        for path, name in rows.order_by("path").values_list("path", "name")
    ]
    for place in found:
        for one, sums in parts.items():
            if one.startswith(place.path):
                place.sums.update(sums)
    return found


def _shared(paths: list[str]) -> str:
    """The path of the lowest jurisdiction above (or at) all of some."""
    return f"{commonpath(paths)}/" if paths else ""


def plans_by_state(year: int, place: str = "") -> dict[str, int]:
    """How many first or agreed plans stand where."""
    rows = Plan.objects.filter(CURRENT, _at(place), year=year).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def waiting(year: int, place: str = "") -> list[Plan]:
    """The plans that their agencies have not handed in, the earliest deadline first."""
    rows = Plan.objects.filter(_at(place), year=year, edition=1, state__in=("draft", "deciding"))
    return list(rows.select_related("organ", "round").order_by("round__closes", "organ__code")[:200])


def budget_sums(year: int, place: str = "") -> dict[str, Decimal]:
    """Asked, granted, committed and spent of all budgets in sight of a year."""
    found = BudgetLine.objects.filter(_at(place), year=year).aggregate(**_spending())
    return {name: value or NONE for name, value in found.items()}


def _spending() -> dict[str, Any]:
    out = Q(budget__state__in=(BudgetState.APPLIED, BudgetState.REVIEWED, BudgetState.REPLIED, BudgetState.CLOSED))
    return {
        "applied": Sum("amount", filter=out, default=NONE, output_field=MONEY),
        **{name: Sum(name, default=NONE, output_field=MONEY) for name in ("granted", "committed", "spent")},
    }
