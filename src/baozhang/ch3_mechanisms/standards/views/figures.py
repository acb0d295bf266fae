"""Which figure held where on a day, with its origin and what it falls back on; and the story of one figure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.ch1_general.organs.models import Jurisdiction, Organization
from baozhang.ch3_mechanisms.standards import queries
from baozhang.ch3_mechanisms.standards.choices import family
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.views import frame
from baozhang.law.catalogue import catalogue
from baozhang.law.figurespec import NATION

from . import shown

VIEW = "standards.standard:view"
LONGEST = 14  # steps of a story that the chart shows


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """All figures of a family as they stand in a place on a day."""
    who = frame.actor(request)
    who.must(VIEW)
    day, place = _day(request), _place(request, who)
    families, wanted = shown.families(), request.GET.get("family", "assets.quantity")
    wanted = wanted if wanted in families else next(iter(families))
    keys = [key for key in catalogue() if family(key) == wanted]
    known = shown.places()
    standings = list(queries.in_force(day, "" if place == NATION else place, keys))
    unknown = sum(1 for one in standings if one.reading.value is None and one.reading.state != "ended")
    query = {"day": day.isoformat(), "place": place.rsplit("/", 1)[-1]}
    context = {
        "page": {
            "title": _("现行标准"),
            "purpose": _("任何一天、任何区划有效的标准，及其来源和上级参照"),
            "article": frame.law("第十二条第一款"),
            "actions": [],
        },
        "day": day.isoformat(),
        "place": query["place"],
        "places": list(known.items()),
        "family": wanted,
        "tabs": [
            {"words": words, "url": f"?{urlencode({**query, 'family': name})}", "active": name == wanted}
            for name, words in families.items()
        ],
        "rows": [_row(one, known, query) for one in standings],
        "unknown": unknown,
    }
    return render(request, "standards/figures.html", context)


def _day(request: HttpRequest) -> dt.date:
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def _place(request: HttpRequest, who: Actor) -> str:
    """The path of the place asked for; that of the actor's own organ where none is."""
    code = request.GET.get("place", "")
    if code == NATION:
        return NATION
    found = Jurisdiction._base_manager.filter(code=code).values_list("path", flat=True).first() if code else None
    if found is None:
        own = (
            Organization._base_manager.filter(pk=who.organ_id or 0).values_list("jurisdiction__path", flat=True).first()
        )
        found = own or NATION
    return str(found).rstrip("/")


def _row(one: queries.Standing, known: dict[str, str], query: dict[str, str]) -> dict[str, Any]:
    figure = shown.figure(one.figure.key)
    rest = [reading for reading in one.chain if reading is not one.reading]
    return {
        **figure,
        "url": f"{figure['url']}?{urlencode(query)}",
        "row": shown.row(one.row),
        "now": shown.reading(one.reading),
        "place": shown.named(one.reading.jurisdiction, known) if one.reading.value is not None else "",
        "chain": [
            f"{shown.named(reading.jurisdiction, known)} {shown.reading(reading)['value'] or shown.reading(reading)['why']}"
            for reading in rest
        ],
    }


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    """The story of a figure: every value that it had or will have, by day, place and document."""
    who = frame.actor(request)
    who.must(VIEW)
    if key not in catalogue():
        raise NotFound(_("参数目录中没有这一项"), why=key, instead=_("请从现行标准中选择。"))
    figure, known, day = catalogue()[key], shown.places(), _day(request)
    place = _place(request, who)
    standings = list(queries.in_force(day, "" if place == NATION else place, [key]))
    steps = queries.story(key)
    request.crumbs = [{"words": _("现行标准"), "url": f"/standards/figures/?family={family(key)}"}]  # type: ignore[attr-defined]
    context = {
        "page": {
            "title": figure.name,
            "purpose": _("%(day)s 在%(place)s有效的数值，以及它的全部变化")
            % {"day": day, "place": shown.named(place, known)},
            "article": shown.figure(key)["article"],
            "actions": [],
        },
        "figure": figure,
        "key": key,
        "note": figure.main.note,
        "confidence": figure.main.confidence,
        "reviewed": figure.main.reviewed.isoformat(),
        "rows": [
            {"row": shown.row(held.row), "now": shown.reading(held.reading), "chain": _chain(held, known)}
            for held in standings
        ],
        "steps": [_step(step, known, day) for step in steps],
        "chart": _chart(figure, steps, known),
    }
    return render(request, "standards/figure.html", context)


def _chain(held: queries.Standing, known: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"place": shown.named(reading.jurisdiction, known), "chosen": reading is held.reading, **shown.reading(reading)}
        for reading in held.chain or [held.reading]
    ]


def _step(step: queries.Step, known: dict[str, str], day: dt.date) -> dict[str, Any]:
    ahead, over = step.day > day, step.until is not None and step.until < day
    tone = "next" if ahead else "over" if over else "now"
    words = {"next": _("将施行"), "over": _("已失效"), "now": _("有效")}[tone]
    return {
        "day": step.day.isoformat(),
        "until": step.until.isoformat() if step.until else "",
        "place": shown.named(step.place, known),
        "row": shown.row(step.row),
        "value": shown.number(step.value) or _("终止"),
        "source": step.source,
        "state": {"words": words, "colour": {"next": "blue", "over": "plain", "now": "green"}[tone]},
        "url": f"/standards/standards/{step.standard_id}/" if step.standard_id else "",
    }


def _chart(figure: Any, steps: list[queries.Step], known: dict[str, str]) -> dict[str, Any] | None:
    """A line a place and row, where the figure has ever changed: level from one change to the next, and up to today."""
    series: dict[str, dict[dt.date, float]] = {}
    for step in steps:
        name = " ".join(part for part in (shown.named(step.place, known), shown.row(step.row)) if part)
        if step.value is not None:
            series.setdefault(name, {})[step.day] = float(step.value)
    days = sorted({day for points in series.values() for day in points})
    if len(days) < 2 or len(days) > LONGEST or len(series) > 6:
        return None
    rows = [{"name": name, "values": _along(points, days)} for name, points in series.items()]
    drawn = [*days, today] if days[-1] < (today := clock.today()) else days
    return {
        "id": "story-chart",
        "title": _("%(name)s的变化") % {"name": figure.name},
        "data": {
            "kind": "steps",
            "categories": [day.isoformat() for day in drawn],
            "series": [{"name": name, "values": _along(points, drawn)} for name, points in series.items()],
            "unit": figure.unit_name,
        },
        "table": {
            "columns": [{"words": _("施行日期")}, *({"words": row["name"], "kind": "number"} for row in rows)],
            "rows": [
                {
                    "cells": [
                        day.isoformat(),
                        *("" if row["values"][n] is None else f"{row['values'][n]:g}" for row in rows),
                    ]
                }
                for n, day in enumerate(days)
            ],
        },
    }


def _along(points: dict[dt.date, float], days: list[dt.date]) -> list[float | None]:
    """The value of each day: that of the last change until then."""
    found: list[float | None] = []
    for day in days:
        found.append(points.get(day, found[-1] if found else None))
    return found


def urlpatterns() -> list[URLPattern]:
    """The addresses of these pages."""
    return [
        path("standards/figures/", everything, name="standards-figures"),
        path("standards/figures/<str:key>/", one, name="standards-figure"),
    ]
