"""The public pages of vehicles, without signing in: how many, what for, how far, at what cost; nobody is named."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import VehicleUse
from baozhang.ch2_provision.running.flows.wording import told
from baozhang.ch2_provision.running.models import Correction
from baozhang.ch2_provision.running.models.correction import said
from baozhang.ch2_provision.running.queries import open_to_all
from baozhang.kernel import cells, clock, shell
from baozhang.kernel.documents import numbering
from baozhang.kernel.numbers import whole
from baozhang.kernel.views import frame

ARTICLE = "第二十三条第一款"
FRESH = 60  # seconds for which an answer to everybody is kept
shell.public(gettext_lazy("公务用车公示"), "public-vehicles")


def _year(request: HttpRequest) -> int:
    said, today = whole(request.GET.get("year")), clock.today()
    return said if said is not None and 2000 <= said <= today.year else today.year


def _kept(name: str, organ: int | None, make: Any) -> Any:
    """An answer that many ask for, made once a minute and language, and anew as soon as what it tells of has changed."""
    key = f"open:{name}:{get_language()}:{clock.today()}:{open_to_all.edition(organ)}"
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, FRESH)
    return found


def _heads(*heads: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"words": words, "kind": kind, "unit": unit} for words, kind, unit in heads]


def _sheet(name: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """The table as machines read it (article 43): plain numbers, headings in the reader's language."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    made = csv.writer(answer)
    made.writerow(heads)
    made.writerows(rows)
    return answer


@require_GET
def units_sheet(request: HttpRequest) -> HttpResponse:
    """All units of a year."""
    year = _year(request)
    rows = [
        (one.organ.code, one.organ.name, one.vehicles, one.km if one.months else "", f"{one.total:.2f}" if one.months else "", " ".join(map(str, one.months)))
        for one in open_to_all.units(year, clock.today())
    ]  # fmt: skip
    heads = (Organization._meta.get_field("code").verbose_name, _("单位"), _("公务用车"), f"{_('行驶里程')} ({pgettext('unit', '公里')})", f"{_('运行费用')} ({_('元')})", _("已公示月份"))  # fmt: skip
    return _sheet(f"vehicles-{year}", heads, rows)


@require_GET
def unit_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """One unit's published vehicles of a year."""
    organ, year = _organ(code), _year(request)
    uses = dict(VehicleUse.choices)
    rows = [
        (one.plate, uses.get(one.use, ""), one.vehicles, one.km, f"{one.energy:.2f}", f"{one.upkeep:.2f}", f"{one.total:.2f}") for one in open_to_all.lines(organ.pk, year)
    ]  # fmt: skip
    yuan, km = _("元"), pgettext("unit", "公里")
    heads = [_("号牌"), _("用途"), _("公务用车"), f"{_('行驶里程')} ({km})"]
    heads += [f"{words} ({yuan})" for words in (_("加油充电"), _("维修保养检验"), _("运行费用"))]
    return _sheet(f"vehicles-{code}-{year}", heads, rows)


def _organ(code: str) -> Organization:
    organ = Organization._base_manager.filter(code=code).first()
    if organ is None:
        raise Http404
    return organ


@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """All units of the house, and all classes."""
    year = _year(request)
    context = _kept(f"units:{year}", None, lambda: _of_all(year))
    years = [{"words": one, "url": f"?year={one}", "active": one == year} for one in open_to_all.years(clock.today())]
    page = {
        "title": _("公务用车公示"),
        "purpose": _("各单位公务用车的编制、数量、里程和运行费用，按月审核后公布"),
        "article": frame.law(ARTICLE),
    }
    sheet = f"{reverse('public-vehicles-sheet')}?year={year}"
    return render(
        request, "running/public.html", {**context, "years": years, "page": page, "year": year, "sheet": sheet}
    )


def _of_all(year: int) -> dict[str, Any]:
    found = open_to_all.units(year, clock.today())
    total = sum(one.total for one in found)
    rows = [
        {"url": f"{reverse('public-vehicles-unit', args=[one.organ.code])}?year={year}",
         "cells": [one.organ.name, one.vehicles, cells.number(one.km), cells.money(one.total), _said(one.months)]}
        for one in found if one.months
    ]  # fmt: skip
    waiting = [{"url": f"{reverse('public-vehicles-unit', args=[one.organ.code])}?year={year}", "cells": [one.organ.name, one.vehicles]} for one in found if not one.months]  # fmt: skip
    return {
        "waiting": {"rows": waiting, "columns": _heads((_("单位"), "text", ""), (_("车辆"), "number", _("辆")))},
        "tiles": [
            {"words": _("单位"), "value": len(found), "unit": _("家")}, {"words": _("公务用车"), "value": sum(one.vehicles for one in found), "unit": _("辆")},
            {"words": _("行驶里程"), "value": cells.number(sum(one.km for one in found)), "unit": pgettext("unit", "公里")},
            {"words": _("运行费用"), "value": cells.money(total), "unit": _("元")},
        ],
        "table": {"rows": rows, "columns": _heads((_("单位"), "text", ""), (_("车辆"), "number", ""), (_("行驶里程"), "number", pgettext("unit", "公里")),
                                                   (_("运行费用"), "money", _("元")), (_("已公示月份"), "text", ""))},
        "classes": _classes(open_to_all.classes(None, clock.today())), "table_title": _("各单位"),
    }  # fmt: skip


def _said(months: list[int]) -> str:
    if months == list(range(months[0], months[-1] + 1)) and len(months) > 1:
        return _("%(first)s 至 %(last)s 月") % {"first": months[0], "last": months[-1]}
    return _("、").join(_("%(n)s 月") % {"n": n} for n in months)


def _remark(one: open_to_all.Class) -> str:
    """Why the two numbers of a class may not be held against each other."""
    if one.silent:
        return _("依法不予公开")
    said = []
    if one.unset and one.allowed is not None:
        said.append(_("其中 %(n)s 辆所在单位尚未核定编制") % {"n": one.unset})
    if one.leaving:
        said.append(_("其中 %(n)s 辆已批准更新、待处置") % {"n": one.leaving})
    if one.withheld:
        said.append(_("另有依法不予公开的"))
    return _("；").join(said)


def _classes(found: list[open_to_all.Class]) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                one.klass.label,
                "—" if one.silent else _("未核定") if one.allowed is None else one.allowed,
                "—" if one.silent else one.held,
                _remark(one),
            ]
        }
        for one in found
    ]
    return {
        "rows": rows,
        "columns": _heads(
            (_("编制类别"), "text", ""),
            (_("核定数"), "number", _("辆")),
            (_("现有"), "number", _("辆")),
            (_("备注"), "text", ""),
        ),
    }


@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit, vehicle by vehicle."""
    organ, year = _organ(code), _year(request)
    context = _kept(f"unit:{organ.pk}:{year}", organ.pk, lambda: _of_unit(organ, year))
    years = [{"words": one, "url": f"?year={one}", "active": one == year} for one in open_to_all.years(clock.today())]
    page = {
        "title": _("%(organ)s公务用车公示") % {"organ": organ.name},
        "purpose": _("逐车的里程和运行费用，取自已公示的各月"),
        "article": frame.law(ARTICLE),
    }
    return render(
        request,
        "running/public.html",
        {
            **context,
            "years": years,
            "page": page,
            "year": year,
            "back": reverse("public-vehicles"),
            "sheet": f"{reverse('public-vehicles-unit-sheet', args=[code])}?year={year}",
        },
    )


def _of_unit(organ: Organization, year: int) -> dict[str, Any]:
    found = open_to_all.lines(organ.pk, year)
    papers = open_to_all.notices(organ.pk, year)
    uses = dict(VehicleUse.choices)
    rows = [
        {"cells": [one.plate or _("（%(n)s 辆合计）") % {"n": one.vehicles}, uses.get(one.use, "—"), cells.number(one.km), cells.money(one.energy), cells.money(one.upkeep),
                   cells.money(one.total), cells.money(one.total / one.km) if one.km and one.total else "—"]}
        for one in found
    ]  # fmt: skip
    return {
        "tiles": [
            {"words": _("行驶里程"), "value": cells.number(sum(one.km for one in found)), "unit": pgettext("unit", "公里")},
            {"words": _("运行费用"), "value": cells.money(sum(one.total for one in found)), "unit": _("元")},
        ] if papers else [],  # nothing published is not zero
        "table": {"rows": rows, "columns": _heads((_("车辆"), "text", ""), (_("用途"), "text", ""), (_("行驶里程"), "number", pgettext("unit", "公里")), (_("加油充电"), "money", _("元")),
                                                   (_("维修保养检验"), "money", _("元")), (_("运行费用"), "money", _("元")), (_("每公里费用"), "money", _("元")))},
        "classes": _classes(open_to_all.classes(organ.pk, clock.today())), "table_title": _("逐车"),
        "papers": [{"words": _("%(n)s 月") % {"n": one.month}, "number": one.document.number, "url": f"/public/verify/{numbering.shown(one.document.code)}/", "day": one.document.day}
                   for one in papers if one.document is not None],
        "corrections": _corrections(open_to_all.corrections(organ.pk, year)),
    }  # fmt: skip


def _corrections(found: list[Correction]) -> dict[str, Any]:
    """Both figures of all that was put right: what was published first, and what is so."""
    rows = [
        {"url": f"/public/verify/{numbering.shown(one.document.code)}/",
         "cells": [_("%(n)s 月") % {"n": one.review.month}, who, figure.label, said(figure, was), said(figure, now), one.published_on, one.reason]}
        for one in found if one.document is not None for who, figure, was, now in told(list(one.lines.all()))
    ]  # fmt: skip
    heads = _heads(
        (_("月份"), "text", ""), (_("车辆"), "text", ""), (_("项目"), "text", ""), (_("原公示"), "number", ""), (_("更正为"), "number", ""),
        (_("更正日期"), "text", ""), (_("更正原因"), "text", ""),
    )  # fmt: skip
    return {"rows": rows, "columns": heads}
