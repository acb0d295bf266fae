"""Accounts a vehicle on one page: a year of a unit, each vehicle beside last year and beside vehicles like it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.running.choices import Kind
from baozhang.ch2_provision.running.flows.matching import MATCH
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.running.queries import budget, sums
from baozhang.ch2_provision.running.queries.sums import Running
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import cells, clock, scope, shell
from baozhang.kernel.numbers import whole
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import frame

ARTICLE = "第二十三条第一款"
VIEW = Cost.right("view")
YEARS = 3
shell.entry("vehicles", gettext_lazy("单车核算"), "running-accounts", VIEW, order=30)


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """One unit's vehicles; where the reader sees several units, first these."""
    who = frame.actor(request)
    who.must(VIEW)
    today = clock.today()
    year = _year(request, today)
    organs = who.where(VIEW)
    held = Vehicle.objects.filter() if organs is None else Vehicle.objects.filter(organ_id__in=organs)
    units = sorted(set(held.order_by().values_list("organ_id", flat=True).distinct()))
    chosen = said if (said := whole(request.GET.get("organ"))) in units else None
    if chosen is None and len(units) == 1:
        chosen = units[0]
    span = dt.date(year, 1, 1), min(dt.date(year, 12, 31), today)
    title = _("%(year)s 年单车核算") % {"year": year}
    context: dict[str, Any] = {
        "years": [{"words": one, "url": f"?year={one}" + (f"&organ={chosen}" if chosen and len(units) > 1 else ""), "active": one == year}
                  for one in range(today.year, today.year - YEARS, -1)],
        "page": {"title": title, "purpose": _("每辆车的里程、用量和费用，与去年同期和同类车比较"), "article": frame.law(ARTICLE)},
    }  # fmt: skip
    if chosen is None:
        context |= _of_units(units, held, span)
    else:
        organ = Organization._base_manager.get(pk=chosen)
        context["page"]["title"] = f"{organ} {title}"
        context |= _of_unit(organ, list(held.filter(organ=organ).select_related("card").order_by("plate")), span)
        context["back"] = f"?year={year}" if len(units) > 1 else ""
    return render(request, "running/accounts.html", context)


def _year(request: HttpRequest, today: dt.date) -> int:
    said = whole(request.GET.get("year"))
    return said if said is not None and today.year - 20 < said <= today.year else today.year


def _before(span: tuple[dt.date, dt.date]) -> tuple[dt.date, dt.date]:
    """The same days of the year before."""
    first, last = span
    leap = last.month == 2 and last.day == 29
    return first.replace(year=first.year - 1), last.replace(year=last.year - 1, day=28 if leap else last.day)


def _of_units(units: list[int], held: Any, span: tuple[dt.date, dt.date]) -> dict[str, Any]:
    found = sums.running(*span, held.values("pk"))
    names = dict(Organization._base_manager.filter(pk__in=units).values_list("pk", "name"))
    given = budget.granted(units, span[0].year)
    mine: dict[int, list[Running]] = {key: [] for key in units}
    counts = dict.fromkeys(units, 0)
    for pk, organ, state in held.order_by().values_list("pk", "organ_id", "state"):
        counts[organ] += state != VehicleState.GONE
        if pk in found:
            mine[organ].append(found[pk])
    rows = []
    for key in sorted(units, key=lambda one: -sum((r.total for r in mine[one]), Decimal(0))):
        total, km = sum((r.total for r in mine[key]), Decimal(0)), sum(r.distance for r in mine[key])
        rate = cells.money(total / km) if km and total else "—"
        rows.append({"url": f"?year={span[0].year}&organ={key}", "cells": [
            names.get(key, ""), counts[key], cells.number(km), cells.money(total), rate, cells.money(given[key]) if key in given else "—"]})  # fmt: skip
    heads = ((_("单位"), "text", ""), (_("车辆"), "number", ""), (_("行驶里程"), "number", pgettext("unit", "公里")), (_("运行费用"), "money", _("元")),
             (_("每公里费用"), "money", _("元")), (_("批复的运行维护费"), "money", _("元")))  # fmt: skip
    return {
        "table": {"columns": _heads(heads), "rows": rows},
        "table_title": _("各单位"),
        "tiles": _tiles(found.values(), sum(counts.values()), None, sums.waiting(units), sums.hired(units, *span)),
    }


def _heads(heads: Any) -> list[dict[str, Any]]:
    return [{"words": words, "kind": kind, "unit": unit} for words, kind, unit in heads]


def _tiles(
    found: Any, vehicles: int, given: Decimal | None, waiting: tuple[int, int], hired: Decimal
) -> list[dict[str, Any]]:
    found = list(found)
    total, km = sum((one.total for one in found), Decimal(0)), sum(one.distance for one in found)
    rows = [
        (_("运行费用"), cells.money(total), _("元"), ""), (_("行驶里程"), cells.number(km), pgettext("unit", "公里"), ""),
        (_("每公里费用"), cells.money(total / km) if km else "—", _("元") if km else "", ""), (_("车辆"), vehicles, _("辆"), ""),
        (_("待对应费用"), sum(waiting), pgettext("bill", "笔"), reverse("running-waiting") if scope.current().can(MATCH) else ""),
    ]  # fmt: skip
    if hired:
        rows.append((_("租用车辆费用"), cells.money(hired), _("元"), "/running/costs/?kind=hire"))
    if given is not None:
        rows.insert(1, (_("预算剩余"), cells.money(given - total), _("元"), ""))
    return [{"words": words, "value": value, "unit": unit, "url": url} for words, value, unit, url in rows]


def _of_unit(organ: Organization, vehicles: list[Vehicle], span: tuple[dt.date, dt.date]) -> dict[str, Any]:
    keys = [one.pk for one in vehicles]
    found, before = sums.running(*span, keys), sums.running(*_before(span), keys)
    like = sums.alike(*span, {(one.body, one.energy) for one in vehicles})
    lost = sums.depreciations(vehicles, *span)
    shown = [one for one in vehicles if one.state != VehicleState.GONE or one.pk in found]
    rows = [
        _row(
            one,
            found.get(one.pk) or Running(),
            before.get(one.pk) or Running(),
            like[one.body, one.energy],
            lost[one.pk],
        )
        for one in shown
    ]
    given = budget.granted([organ.pk], span[0].year).get(organ.pk)
    heads = (
        (_("车辆"), "text", ""), (_("用途"), "text", ""), (_("行驶里程"), "number", pgettext("unit", "公里")), (_("百公里油耗"), "number", _("升")),
        (_("同类车油耗"), "number", _("升")), (_("每公里费用"), "money", _("元")), (_("同类车每公里"), "money", _("元")), (_("运行费用"), "money", _("元")),
        (_("去年同期"), "money", _("元")), (_("折旧"), "money", _("元")),
    )  # fmt: skip
    return {
        "table": {"columns": _heads(heads), "rows": rows}, "table_title": _("逐车"),
        "tiles": _tiles(found.values(), len([one for one in shown if one.state != VehicleState.GONE]), given, sums.waiting([organ.pk]),
                        sums.hired([organ.pk], *span)),
        "charts": [chart for chart in (_months(keys, span[0].year), _kinds(found.values())) if chart is not None],
        "says": _("运行费用不含折旧；里程以派车单为准，没有派车单的以轨迹为准；同类车指车型类别和能源种类相同的公务用车。租用车辆费用属其他交通费用，不计入本单位车辆。"),
    }  # fmt: skip


def _row(one: Vehicle, now: Running, then: Running, like: sums.Like, lost: Decimal | None) -> dict[str, Any]:
    def said(value: Any, show: Any = cells.number) -> str:
        return "—" if value in (None, 0) else show(value)

    return {
        "url": frame.url_of(BY_LABEL["vehicles.vehicle"], one),
        "cells": [
            str(one), one.get_use_display() or "—", said(now.distance), said(now.litres_a_hundred), said(like.litres_a_hundred if like.vehicles > 1 else None),
            said(now.a_kilometre, cells.money), said(like.a_kilometre if like.vehicles > 1 else None, cells.money), said(now.total, cells.money),
            said(then.total, cells.money), said(lost, cells.money),
        ],
    }  # fmt: skip


def _months(keys: list[int], year: int) -> dict[str, Any] | None:
    now, then = sums.by_month(keys, year), sums.by_month(keys, year - 1)
    if not now:
        return None
    top = max(now, key=lambda month: now[month])
    names = [_("%(n)s 月") % {"n": n} for n in range(1, 13)]
    rows = [
        {"cells": [name, cells.money(now.get(n, Decimal(0))), cells.money(then.get(n, Decimal(0)))]}
        for n, name in enumerate(names, 1)
    ]
    return {
        "id": "months", "title": _("%(month)s费用最多，%(sum)s 元") % {"month": names[top - 1], "sum": cells.money(now[top])}, "says": _("逐月，与去年比较"),
        "data": {"kind": "bar", "categories": names, "unit": _("元"), "series": [
            {"name": str(one), "values": [float(held.get(n, 0)) for n in range(1, 13)]} for one, held in ((year - 1, then), (year, now)) if held]},
        "table": {"columns": _heads(((_("月份"), "text", ""), (str(year), "money", _("元")), (str(year - 1), "money", _("元")))), "rows": rows},
    }  # fmt: skip


def _kinds(found: Any) -> dict[str, Any] | None:
    totals: dict[str, Decimal] = {}
    for one in found:
        for kind, sum_ in one.by_kind.items():
            totals[kind] = totals.get(kind, Decimal(0)) + sum_
    if not totals:
        return None
    order = sorted(totals, key=lambda kind: -totals[kind])
    share = int(totals[order[0]] * 100 / sum(totals.values()))
    names = [str(Kind(kind).label) for kind in order]
    return {
        "id": "kinds", "title": _("%(kind)s占 %(share)d%%") % {"kind": names[0], "share": share}, "says": _("按费用种类"),
        "data": {"kind": "row", "categories": names, "unit": _("元"), "series": [{"name": _("运行费用"), "values": [float(totals[kind]) for kind in order]}]},
        "table": {"columns": _heads(((_("费用种类"), "text", ""), (_("运行费用"), "money", _("元")))),
                  "rows": [{"cells": [name, cells.money(totals[kind])]} for name, kind in zip(names, order, strict=True)]},
    }  # fmt: skip
