"""The slip on the driver's phone: where to, with whom, when; the odometer at both ends; a code to show it by."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from baozhang.ch2_provision.trips.choices import OWN_FLEET, PROMISED, DispatchState
from baozhang.ch2_provision.trips.flows.dispatch import DRIVE, DispatchFlow, drives
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.trips.models.clocks import shown
from baozhang.ch2_provision.trips.models.dispatch import last_odometer
from baozhang.ch2_provision.trips.queries.desk import riders, slip_of
from baozhang.kernel import addresses, cells, clock, sent, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.documents.codes import qr_svg
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

shell.entry("vehicles", gettext_lazy("我的派车单"), "trips-mine", DRIVE, order=10)
Asked = dict[DispatchState, tuple[str, tuple[str, ...]]]
ASKED: Asked = {
    DispatchState.PLANNED: ("begin", ("odometer_out",)),
    DispatchState.RUNNING: ("end", ("odometer_in", "rest", "tolls", "parking", "fuel")),
}
ASKED_OF_HIRED: Asked = {  # nobody reads the odometer of somebody else's vehicle; what is paid is the fare, and what it does not hold
    DispatchState.PLANNED: ("set_out", ()),
    DispatchState.RUNNING: ("finish", ("fare", "tolls", "parking")),
}


def _asked(dispatch: Dispatch) -> tuple[str, tuple[str, ...]]:
    """The step that a slip waits for, and what is written down with it; nothing where it waits for none."""
    asked = ASKED if dispatch.means in OWN_FLEET else ASKED_OF_HIRED
    return asked.get(DispatchState(dispatch.state), ("", ()))


def _done(step: str, dispatch: Dispatch) -> str:
    """What has been done, in a sentence."""
    if step in ("begin", "set_out"):
        return _("已登记出车")
    km = dispatch.kilometres
    return _("已登记还车") if km is None else _("已登记还车，行驶 %(km)s 公里") % {"km": cells.number(km)}


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What a driver has before him."""
    who = frame.actor(request)
    who.must(DRIVE)
    resource = BY_LABEL["trips.dispatch"]
    rows = [
        {"url": f"{frame.url_of(resource, one)}slip/", "plate": str(one.vehicle), "span": one.span, "route": one.route,
         "state": {"words": one.get_state_display(), "colour": resource.colours.get(one.state, "plain")}}
        for one in slip_of(who.user_id or 0, clock.today())
    ]  # fmt: skip
    page = {
        "title": _("我的派车单"),
        "purpose": _("今天起派给我的车；出车、还车时各记一次里程"),
        "article": frame.law("第二十三条第一款"),
    }
    return render(
        request, "trips/mine.html", {"rows": rows, "page": page, "empty": {"why": _("今天起没有派给您的车。")}}
    )


@require_http_methods(["GET", "POST"])
def slip(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """One slip; the driver writes the odometer here."""
    who = frame.must_view(request, resource)
    dispatch: Any = frame.row_of(resource, pk, "organ", "vehicle__card", "driver")
    done, refusal = sent.attempt(request, lambda: _taken(request, dispatch, who))
    if done:
        return done
    frame.crumbs(request, resource, dispatch)
    return render(
        request,
        "trips/slip.html",
        {**_context(request, resource, dispatch, who), "refusal": refusal},
        status=409 if refusal else 200,
    )


def _taken(request: HttpRequest, dispatch: Dispatch, who: Actor) -> str:
    """This will write down that the vehicle left, or is back; a page that stayed open only shows how it stands."""
    step, fields = _asked(dispatch)
    if step and request.POST.get("step", step) == step:
        values = {name: request.POST[name] for name in fields if request.POST.get(name, "").strip()}
        DispatchFlow.take(step, dispatch, by=who, values=values)
        messages.success(request, _done(step, dispatch))
    return request.path


def _context(request: HttpRequest, resource: Resource, dispatch: Dispatch, who: Actor) -> dict[str, Any]:
    step, fields = _asked(dispatch)
    last = (
        last_odometer(dispatch.vehicle_id, clock.now(), but=dispatch.pk)
        if dispatch.vehicle_id and step == "begin"
        else None
    )
    code = qr_svg(request.build_absolute_uri(frame.url_of(resource, dispatch)))
    return {
        "dispatch": dispatch, "state": {"words": dispatch.get_state_display(), "colour": resource.colours.get(dispatch.state, "plain")},
        "riders": list(riders(dispatch).exclude(state="cancelled").order_by("starts")), "leaves": shown(dispatch.starts), "returns": shown(dispatch.ends),
        "step": step, "button": getattr(DispatchFlow, step).words if step else "", "may": bool(step) and who.can(DRIVE, dispatch.organ_id) and drives(dispatch, who), "last": _read(last),
        "fields": [{"name": name, "words": resource.words_of(name), "unit": resource.unit_of(name) or _("元"), "must": name.startswith("odometer"),
                    "value": request.POST.get(name, "")} for name in fields],
        "went": _went(resource, dispatch),
        "qr": mark_safe(code),  # noqa: S308 -- drawn by ourselves
        "page": frame.page(resource, _("派车单 %(number)s") % {"number": dispatch.number}, purpose=_("出车、还车时各记一次里程表")),
    }  # fmt: skip


def _read(odometer: int | None) -> str | None:
    """What stands on an odometer, as all pages write it."""
    return None if odometer is None else cells.number(odometer)


def _went(resource: Resource, dispatch: Dispatch) -> list[dict[str, Any]]:
    """When it left and came back, with what on the odometer, what it cost; what is not known yet is left out."""
    km = pgettext("unit", "公里")
    rows = [
        (resource.words_of("out_at"), shown(dispatch.out_at), ""), (resource.words_of("odometer_out"), _read(dispatch.odometer_out), km),
        (resource.words_of("in_at"), shown(dispatch.in_at), ""), (resource.words_of("odometer_in"), _read(dispatch.odometer_in), km),
        (_("行驶里程"), _read(dispatch.kilometres), km), (resource.words_of("rest"), dispatch.rest or "", resource.unit_of("rest")),
        *((resource.words_of(name), getattr(dispatch, name) or "", _("元")) for name in ("tolls", "parking", "fuel", "fare")),
    ]  # fmt: skip
    return [{"words": words, "value": value, "unit": unit} for words, value, unit in rows if value not in (None, "")]


def _on_dispatch(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The way to the slip."""
    if resource.label != "trips.dispatch" or record.state not in PROMISED:
        return {}
    return {
        "actions": [
            {"words": _("手机派车单"), "url": f"{frame.url_of(resource, record)}slip/", "icon": "qr-code", "kind": ""}
        ]
    }


details.EXTRAS.append(_on_dispatch)
addresses.give(Dispatch, ("<int:pk>/slip/", slip, "slip"))
urlpatterns = [path("trips/mine/", mine, name="trips-mine")]
