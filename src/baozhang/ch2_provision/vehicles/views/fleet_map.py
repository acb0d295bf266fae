"""Where the vehicles are, on a map that is drawn here and needs nobody else's; and the replay of a vehicle's day."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from baozhang.ch2_provision.vehicles.actions.reading import LOCATE, put_down
from baozhang.ch2_provision.vehicles.models import Area, Terminal
from baozhang.ch2_provision.vehicles.queries import map as places
from baozhang.ch2_provision.vehicles.queries.areas import areas, rings_of
from baozhang.ch2_provision.vehicles.telemetry.store import day_of
from baozhang.kernel import access, clock, shell
from baozhang.kernel.numbers import day_said
from baozhang.kernel.refusal import Invalid, NotFound
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

ARTICLE = "第二十三条第一款"
POLL = 5  # seconds between two questions for what has changed
SILENT = 600  # seconds without a word after which the map marks a vehicle as silent


def _page(title: Any, purpose: Any, actions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"title": title, "purpose": purpose, "article": frame.law(ARTICLE), "actions": actions or []}


@require_GET
def fleet_map(request: HttpRequest) -> HttpResponse:
    """The map; what stands on it comes by itself."""
    who = frame.actor(request)
    who.must(LOCATE)
    context = {
        "page": _page(_("车辆地图"), _("本人有权查看的公务用车现在在哪里；位置随终端上报自动更新")),
        "poll": POLL,
        "silent": SILENT,
        "tiles": settings.MAP_TILES,
    }
    return render(request, "vehicles/map.html", context)


@require_GET
def positions(request: HttpRequest) -> JsonResponse:
    """Where the vehicles of the reader's units are: all of a box, or what has changed since a moment."""
    who = frame.actor(request)
    who.must(LOCATE)
    now = int(clock.now().timestamp())
    try:
        since, box = int(request.GET.get("since") or 0), places.Box.read(request.GET.get("box", ""))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            _("地图范围或者时间写得不对"), why=str(error), instead=_("box=西,南,东,北（度）；since=秒。")
        ) from error
    rows = places.positions(who.where(LOCATE), since=since, box=box)
    said: dict[str, Any] = {"now": now, "vehicles": rows, "cut": len(rows) == places.MOST}
    if not since:
        said["organs"] = places.names({row[2] for row in rows})
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@require_GET
def ground(request: HttpRequest) -> HttpResponse:
    """What is drawn under the vehicles: a GeoJSON file of the operator, in WGS-84, and the areas of the reader's units."""
    who = frame.actor(request)
    who.must(LOCATE)
    file = settings.MAP_GROUND
    drawn: dict[str, Any] = (
        json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"type": "FeatureCollection", "features": []}
    )
    held = {area.pk: area for area in areas(clock.today(), who.where(LOCATE)).values()}
    drawn["features"] += [_outline(area) for area in held.values()]
    answer = JsonResponse(drawn, content_type="application/geo+json")
    answer["Cache-Control"] = "private, max-age=60"
    return answer


def _outline(area: Area) -> dict[str, Any]:
    rings = [[[lon / 1e6, lat / 1e6] for lat, lon in [*ring, ring[0]]] for ring in rings_of(area)]
    return {
        "type": "Feature",
        "properties": {"kind": "area", "name": area.name},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
    }


def _terminal(request: HttpRequest, pk: int) -> Terminal:
    who = frame.actor(request)
    who.must(LOCATE)
    found = places.terminal_at(pk, who.where(LOCATE))
    if found is None:
        raise NotFound(_("没有找到这辆车"))
    return found


@require_GET
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """The way from the map to all that is known of a vehicle: its file, or its terminal where it has none."""
    terminal = _terminal(request, pk)
    held = places.file_of(terminal)
    who = frame.actor(request)
    if held is not None and who.can(held.right("view"), held.organ_id):
        return redirect(frame.url_of(BY_LABEL["vehicles.vehicle"], held))
    return redirect(frame.url_of(BY_LABEL["vehicles.terminal"], terminal))


def _day(request: HttpRequest) -> dt.date:
    said = request.GET.get("day") or clock.today()
    day = day_said(said)
    if day is None:
        raise Invalid(_("日期写得不对"), why=str(said)[:40], instead=_("日期写成 2026-03-05。"))
    return day


@require_GET
def track(request: HttpRequest, pk: int) -> HttpResponse:
    """A vehicle's day on the map, with a slider over its hours."""
    terminal, day = _terminal(request, pk), _day(request)
    request.crumbs = [  # type: ignore[attr-defined]
        {"words": _("车辆地图"), "url": "/vehicles/map/"}, {"words": terminal.plate, "url": f"/vehicles/map/{pk}/story/"},
    ]  # fmt: skip
    step = dt.timedelta(days=1)
    context = {
        "page": _page(
            _("%(plate)s 轨迹回放") % {"plate": terminal.plate},
            _("%(organ)s　拖动时间轴，或者从停留和行程里选") % {"organ": terminal.organ},
        ),
        "terminal": terminal,
        "day": day,
        "before": day - step,
        "after": day + step if day < clock.today() else None,
        "tiles": settings.MAP_TILES,
    }
    return render(request, "vehicles/track.html", context)


@require_POST
def track_data(request: HttpRequest, pk: int) -> JsonResponse:
    """The same day as numbers; that they were read is put down first."""
    terminal, day = _terminal(request, pk), _day(request)
    put_down(terminal, day, by=frame.actor(request))
    since, until = day_of(day)
    area = areas(day, [terminal.organ_id]).get(terminal.organ_id)
    drawn = {"name": area.name, "rings": rings_of(area)} if area is not None else None
    return JsonResponse({"since": since, "until": until, "area": drawn, **places.day_of(terminal, since, until)})


def _doors(resource: Resource, record: Any, who: access.Actor) -> dict[str, Any]:
    """On the page of a vehicle, of a terminal and of an area: the way to the map."""
    words = {"kind": "", "icon": "map"}
    if resource.label == "vehicles.area" and who.can(LOCATE, record.organ_id):
        return {"actions": [{"words": _("在地图上查看"), "url": "/vehicles/map/#area", **words}]}
    if resource.label not in ("vehicles.vehicle", "vehicles.terminal") or not who.can(LOCATE, record.organ_id):
        return {}
    held = [record] if resource.label == "vehicles.terminal" else places.terminals_of(record)
    if not held:
        return {}
    return {"actions": [{"words": _("轨迹回放"), "url": f"/vehicles/map/{held[0].pk}/track/", **words}]}


details.EXTRAS.append(_doors)
shell.entry("vehicles", gettext_lazy("车辆地图"), "vehicles-map", LOCATE, order=15)
