"""Budgets: the ceiling of an agency, what counts against it, the line that pays for a need, what keeps one back."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from baozhang.ch2_provision.funding.choices import (
    CENTRAL,
    GRANTED,
    ITEM_BY_MEANS,
    ITEM_OF,
    BudgetState,
    CommitState,
)
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Ceiling, Commitment, Payment, PlanLine, SiteMember
from baozhang.kernel.record import Record

from .plans import agreed_lines, carried

MONEY: DecimalField[Any, Any] = DecimalField(max_digits=18, decimal_places=2)
NONE = Decimal(0)
# What a line weighs: what was granted once finance has replied, what is asked for until then.
WEIGHT = Case(
    When(budget__state__in=GRANTED, then=Coalesce(F("granted"), NONE)), default=F("amount"), output_field=MONEY
)


def ceiling_of(budget: Budget) -> Ceiling | None:
    """The ceiling of an agency in the round of a budget; None where it is not in the round."""
    return Ceiling._base_manager.filter(round_id=budget.round_id, organ_id=budget.organ_id).first()


def total_of_year(budget: Budget) -> Decimal:
    """What all budgets of the agency for the year weigh together."""
    rows = BudgetLine._base_manager.filter(budget__organ_id=budget.organ_id, budget__year=budget.year)
    return rows.aggregate(total=Sum(WEIGHT, default=NONE, output_field=MONEY))["total"] or NONE


def over_ceiling(budgets: QuerySet[Budget]) -> QuerySet[Budget]:
    """Budgets with their agency's ceiling (`ceiling`) and the year's total (`total`), where the total is above it."""
    ceiling = Ceiling._base_manager.filter(round_id=OuterRef("round_id"), organ_id=OuterRef("organ_id")).values(
        "amount"
    )[:1]
    lines = BudgetLine._base_manager.filter(
        budget__organ_id=OuterRef("organ_id"), budget__year=OuterRef("year")
    ).order_by()
    total = lines.values("budget__organ_id").annotate(total=Sum(WEIGHT, output_field=MONEY)).values("total")
    rows = budgets.annotate(ceiling=Subquery(ceiling, MONEY), total=Subquery(total, MONEY))
    return rows.filter(total__gt=F("ceiling"))


def open_budget_line(plan_line: PlanLine) -> BudgetLine | None:
    """The granted line that pays first for a need of the plan; None where finance has granted none."""
    return next(iter(open_budget_lines(plan_line)), None)


def open_budget_lines(plan_line: PlanLine) -> list[BudgetLine]:
    """The granted lines that pay for a need of the plan together: those of the first budget, then of each supplement."""
    root = plan_line.root_key
    rows = BudgetLine._base_manager.filter(
        Q(plan_line_id=root) | Q(plan_line__root_id=root), budget__state=BudgetState.REPLIED, granted__gt=0
    )
    return list(rows.select_related("budget", "plan_line", "organ").order_by("budget__edition", "pk"))


def promised(case: Record) -> list[Commitment]:
    """What a case has promised and not paid or let go in full, with its lines, in the order of their keys."""
    rows = Commitment._base_manager.filter(case_kind=case.label, case_id=case.pk, state=CommitState.OPEN)
    return list(rows.select_related("line__plan_line", "line__budget").order_by("line_id"))


def of_case(case: Record) -> list[Commitment]:
    """All that a case has ever promised, paid or let go, with the lines and their budgets, in the order of the budgets."""
    rows = Commitment._base_manager.filter(case_kind=case.label, case_id=case.pk).select_related(
        "line__budget", "line__plan_line"
    )
    return list(rows.order_by("line__budget__edition", "pk"))


def asked_by_need(organ_id: int, year: int) -> dict[int, Decimal]:
    """What the budgets of an agency's year weigh together for each need, by the need's first version."""
    rows = BudgetLine._base_manager.filter(organ_id=organ_id, year=year, plan_line__isnull=False)
    found: dict[int, Decimal] = defaultdict(Decimal)
    root = Coalesce(F("plan_line__root_id"), F("plan_line_id"))
    for key, total in (
        rows.order_by().values(key=root).annotate(total=Sum(WEIGHT, output_field=MONEY)).values_list("key", "total")
    ):
        found[key] = total
    return found


def unasked(organ_id: int, year: int) -> list[tuple[PlanLine, Decimal]]:
    """The agreed lines of the plan that stands, each with what no budget has asked for yet.

    What finance has cut was asked for: it is answered, and not asked for again by itself.
    """
    rows = BudgetLine._base_manager.filter(organ_id=organ_id, year=year, plan_line__isnull=False).order_by()
    root = Coalesce(F("plan_line__root_id"), F("plan_line_id"))
    asked = dict(rows.values(key=root).annotate(total=Sum("amount")).values_list("key", "total"))
    found = [(line, carried(line) - asked.get(line.root_key, NONE)) for line in agreed_lines(organ_id, year)]
    return [(line, rest) for line, rest in found if rest > 0]


def to_be_asked(organ_id: int, year: int) -> list[tuple[PlanLine, Decimal]]:
    """Those of the unasked lines that the agency itself applies for: not what the body that runs its site budgets (article 8)."""
    found = unasked(organ_id, year)
    if any(item_of(line) in CENTRAL for line, _rest in found) and housed_at(organ_id, year):
        return [(line, rest) for line, rest in found if item_of(line) not in CENTRAL]
    return found


def item_of(line: PlanLine) -> str:
    """The item of cost under which a line of the plan is budgeted."""
    return ITEM_BY_MEANS.get(line.means) or ITEM_OF[line.kind]


def asked_by_item(organ_id: int, year: int) -> dict[str, Decimal]:
    """What the budgets of an agency's year weigh together for each item, without the needs of the plan and central sites."""
    rows = BudgetLine._base_manager.filter(organ_id=organ_id, year=year, plan_line__isnull=True, site__isnull=True)
    found: dict[str, Decimal] = defaultdict(Decimal)
    found.update(
        rows.order_by().values("item").annotate(total=Sum(WEIGHT, output_field=MONEY)).values_list("item", "total")
    )
    return found


def used_by_need(organ_id: int, year: int) -> dict[int, Decimal]:
    """What is committed and spent for each need, by the need's first version."""
    rows = BudgetLine._base_manager.filter(organ_id=organ_id, year=year, plan_line__isnull=False).order_by()
    root = Coalesce(F("plan_line__root_id"), F("plan_line_id"))
    grouped = rows.values(key=root).annotate(used=Sum(F("committed") + F("spent"), output_field=MONEY))
    return {key: used for key, used in grouped.values_list("key", "used") if used}


def budgets_of(organ_id: int, year: int) -> list[Budget]:
    """The budgets of an agency for a year, the first before the additions."""
    return list(Budget._base_manager.filter(organ_id=organ_id, year=year).order_by("edition"))


def lines_of(budget: Budget) -> list[BudgetLine]:
    """The lines of a budget in their order, with their need and site."""
    rows = BudgetLine._base_manager.filter(budget=budget).select_related("plan_line__plan", "site__organ", "budget")
    return list(rows.order_by("number"))


def sums_of(budget: Budget) -> dict[str, Decimal]:
    """The sums of a budget's lines: amount, granted, committed, spent."""
    names = ("amount", "granted", "committed", "spent")
    rows = BudgetLine._base_manager.filter(budget=budget)
    found = rows.aggregate(**{name: Sum(name, default=NONE, output_field=MONEY) for name in names})
    return {name: found[name] or NONE for name in names}


def moved_in(year: Any) -> Q:
    """The condition that an agency has moved in before the end of a year (a number or an expression); no day is always."""
    return Q(since=None) | Q(since__year__lte=year)


def housed_at(organ_id: int, year: int) -> list[SiteMember]:
    """The sites at which an agency is housed in a year and which another body runs."""
    rows = SiteMember._base_manager.filter(moved_in(year), organ_id=organ_id).exclude(site__organ_id=organ_id)
    return list(rows.select_related("site__organ").order_by("pk"))


def payments_of(line: BudgetLine) -> list[Payment]:
    """The payments of a line, the latest first."""
    return list(Payment._base_manager.filter(line=line).select_related("commitment").order_by("-day", "-pk"))
