"""One page of totals: what was asked and agreed by kind, by agency, by jurisdiction; what was granted and spent; who is late."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.funding.choices import LineKind, PlanState
from baozhang.ch2_provision.funding.models import Plan
from baozhang.ch2_provision.funding.queries import totals
from baozhang.kernel import addresses, cells, clock, shell
from baozhang.kernel.numbers import whole
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import frame

MOST = 12
TEN_THOUSAND = Decimal(10_000)


def _wan(value: Decimal) -> float:
    return float((value / TEN_THOUSAND).quantize(Decimal("0.01")))


def _asked_year(request: HttpRequest, known: list[int]) -> int:
    text = request.GET.get("year", "")
    year = whole(text) or 0
    return year if year in known else (known[0] if known else clock.today().year)


@require_GET
def page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The totals of a year within the reader's sight."""
    frame.must_view(request, resource)
    known = totals.years()
    year = _asked_year(request, known)
    places = totals.by_place(year)
    here = next((one for one in places[1:] if one.path == request.GET.get("place", "")), None)
    path = here.path if here else ""
    kinds, organs = totals.by_kind(year, path), totals.by_organ(year, MOST, path)
    states, sums, late = totals.plans_by_state(year, path), totals.budget_sums(year, path), totals.waiting(year, path)
    frame.crumbs(request, resource)
    context = {
        "page": frame.page(resource, _title(year, here or (places[0] if len(places) > 1 else None)), purpose=_("您可见范围内各单位的申报、核定、批复和执行")),
        "years": [{"words": one, "url": f"?year={one}", "active": one == year} for one in known], "tiles": _tiles(kinds, states, sums, year, path),
        "charts": [chart for chart in (_kinds(kinds), _organs(organs)) if chart is not None],
        "places": _places(places, year, path) if len(places) > 1 else None, "whole": f"?year={year}" if here else "", "late": [_late(plan) for plan in late], "empty": not known,
    }  # fmt: skip
    return render(request, "funding/overview.html", context)


def _title(year: int, place: totals.Place | None) -> str:
    if place is None:
        return _("%(year)s 年度计划和预算汇总") % {"year": year}
    return _("%(place)s %(year)s 年度计划和预算汇总") % {"place": place.name, "year": year}


def _tiles(
    kinds: list[dict[str, Any]], states: dict[str, int], sums: dict[str, Decimal], year: int, place: str
) -> list[dict[str, Any]]:
    asked = sum((row["asked"] for row in kinds), Decimal(0))
    agreed = sum((row["agreed"] for row in kinds), Decimal(0))
    handed = sum(n for state, n in states.items() if state not in (PlanState.DRAFT, PlanState.DECIDING))
    unit, plans, budgets = (
        _("万元"),
        f"/funding/plans/?year_from={year}&year_to={year}",
        f"/funding/budgets/?year_from={year}&year_to={year}",
    )
    rows = [
        (_("已报送计划"), f"{handed} / {sum(states.values())}", _("家"), plans), (_("计划申报"), _short(asked), unit, plans),
        (_("计划核定"), _short(agreed), unit, plans), (_("预算申请"), _short(sums["applied"]), unit, budgets),
        (_("预算批复"), _short(sums["granted"]), unit, budgets), (_("占用数"), _short(sums["committed"]), unit, budgets),
        (_("实际支出"), _short(sums["spent"]), unit, budgets),
    ]  # fmt: skip
    # The lists know no jurisdiction: what is of a part of one's sight opens by its agencies below.
    return [
        {"words": words, "value": value, "unit": unit_, "url": "" if place else url}
        for words, value, unit_, url in rows
    ]


def _short(value: Decimal) -> str:
    return f"{_wan(value):,.2f}"


def _kinds(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not rows:
        return None
    names = [str(LineKind(row["kind"]).label) for row in rows]
    cut = sum(row["reduced"] for row in rows), sum(row["refused"] for row in rows)
    top = max(rows, key=lambda row: row["asked"])
    total = sum((row["asked"] for row in rows), Decimal(0))
    share = int(top["asked"] * 100 / total) if total else 0
    return {
        "id": "kinds", "title": _("%(kind)s占申报的 %(share)d%%") % {"kind": LineKind(top["kind"]).label, "share": share},
        "says": _("核减 %(reduced)d 项，不同意 %(refused)d 项") % {"reduced": cut[0], "refused": cut[1]},
        "data": {"kind": "bar", "categories": names, "unit": _("万元"),
                 "series": [{"name": _("申报"), "values": [_wan(row["asked"]) for row in rows]},
                            {"name": _("核定"), "values": [_wan(row["agreed"]) for row in rows]}]},
        "table": {"columns": [{"words": _("事项类别")}, {"words": _("事项"), "kind": "number"}, {"words": _("申报金额"), "kind": "money", "unit": _("元")},
                              {"words": _("核定金额"), "kind": "money", "unit": _("元")}],
                  "rows": [{"cells": [name, row["lines"], cells.money(row["asked"]), cells.money(row["agreed"])]} for name, row in zip(names, rows, strict=True)]},
    }  # fmt: skip


def _organs(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    if not rows:
        return None
    kinds = [kind for kind in LineKind if any(row[kind.value] for row in rows)]
    return {
        "id": "organs", "title": _("%(organ)s申报最多") % {"organ": rows[0]["name"]}, "says": _("申报金额前 %(n)d 家，按事项类别") % {"n": len(rows)},
        "data": {"kind": "row", "stacked": True, "categories": [row["name"] for row in rows], "unit": _("万元"),
                 "series": [{"name": str(kind.label), "values": [_wan(row[kind.value]) for row in rows]} for kind in kinds]},
        "table": {"columns": [{"words": _("单位")}, {"words": _("申报金额"), "kind": "money", "unit": _("元")},
                              {"words": _("核定金额"), "kind": "money", "unit": _("元")}],
                  "rows": [{"cells": [row["name"], cells.money(row["asked"]), cells.money(row["agreed"])], "url": f"/funding/lines/?organ={row['organ_id']}"}
                           for row in rows]},
    }  # fmt: skip


def _places(rows: list[totals.Place], year: int, path: str) -> dict[str, Any]:
    money = [(_("申报金额"), "asked"), (_("核定金额"), "agreed"), (_("预算申请"), "applied"), (_("预算批复"), "granted"),
             (_("占用数"), "committed"), (_("实际支出"), "spent")]  # fmt: skip
    columns = [
        {"words": _("行政区划")}, {"words": _("单位数"), "kind": "number"}, {"words": _("事项"), "kind": "number"},
        *({"words": words, "kind": "money", "unit": _("元")} for words, _name in money),
    ]  # fmt: skip
    lines = [
        {
            "cells": [_place(one, path), one.sums["organs"], one.sums["lines"],
                      *(cells.money(Decimal(one.sums[name])) for _words, name in money)],
            "url": f"?year={year}&place={one.path}" if one.depth else f"?year={year}",
        }
        for one in rows
    ]  # fmt: skip
    return {"columns": columns, "rows": lines}


def _place(one: totals.Place, path: str) -> str:
    name = _("%(place)s合计") % {"place": one.name} if not one.depth else one.name
    shown = format_html("<b>{}</b>", name) if one.path == path or not one.depth else name
    return format_html('<span class="fund-deep-{}">{}</span>', min(one.depth, 2), shown)


def _late(plan: Any) -> dict[str, Any]:
    days = (plan.round.closes - clock.today()).days
    words = _("已超期 %(n)d 天") % {"n": -days} if days < 0 else _("还剩 %(n)d 天") % {"n": days}
    return {
        "organ": plan.organ.name, "url": frame.url_of(BY_LABEL[plan.label], plan), "state": plan.get_state_display(), "due": words,
        "colour": "red" if days < 0 else "amber" if days <= 7 else "plain",
    }  # fmt: skip


def join() -> None:
    """This will give the page its address and its place in the menu."""
    addresses.give(Plan, ("overview/", page, "overview"))
    shell.entry("funding", gettext_lazy("计划和预算汇总"), "funding/plans:overview", "funding.plan:view", order=10)
