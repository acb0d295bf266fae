"""On the page of a vehicle: its ways without a slip, and the one form by which such a trip is asked for late."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.trips.choices import Purpose
from baozhang.ch2_provision.trips.flows.dispatch import PLAN
from baozhang.ch2_provision.trips.flows.late import Told, ask_late
from baozhang.ch2_provision.trips.flows.request import ASK, SEND, askers
from baozhang.ch2_provision.trips.models import Driver, Movement, Request
from baozhang.ch2_provision.trips.models.clocks import shown
from baozhang.ch2_provision.trips.models.dispatch import last_odometer
from baozhang.ch2_provision.trips.models.movement import WAY
from baozhang.ch2_provision.trips.queries.astray import left_area, whole
from baozhang.ch2_provision.trips.queries.desk import drivers_of
from baozhang.ch2_provision.trips.queries.tracks import loose_ways
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import clock, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.refusal import Forbidden, NotFound
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

SHOWN = 8
FAR = 4_000_000_000  # seconds: an address may name any number, a moment may not
ARTICLE = "第二十三条第一款"


class Late(forms.Form):
    """What the track does not say."""

    applicant = forms.CharField(label=gettext_lazy("用车人"), max_length=40)
    account = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("承办人"), required=False, empty_label=gettext_lazy("由我承办"),
        help_text=gettext_lazy("由其确认结算和评分"),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=gettext_lazy("事由类别"), choices=[("", "---------"), *Purpose.choices])
    reason = forms.CharField(label=gettext_lazy("用车事由"), max_length=200)
    origin = forms.CharField(label=gettext_lazy("出发地点"), max_length=80)
    destination = forms.CharField(label=gettext_lazy("到达地点"), max_length=80)
    outside = forms.BooleanField(
        label=gettext_lazy("驶出辖区"), required=False, help_text=Request._meta.get_field("outside").help_text
    )
    seats = forms.IntegerField(label=gettext_lazy("乘车人数"), min_value=1, initial=1)
    driver = forms.ModelChoiceField(Driver._base_manager.none(), label=gettext_lazy("驾驶人"))
    odometer_out = forms.IntegerField(label=gettext_lazy("出车里程"), min_value=0)
    odometer_in = forms.IntegerField(label=gettext_lazy("还车里程"), min_value=0)

    def __init__(self, organ: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("odometer_out", "odometer_in"):
            field: Any = self.fields[name]
            field.unit = pgettext("unit", "公里")
        driver, account = cast("Any", self.fields["driver"]), cast("Any", self.fields["account"])
        account.queryset = askers(organ)
        driver.queryset = Driver.objects.filter(pk__in=[one.pk for one in drivers_of(organ)])


def _may(who: Actor, organ: int) -> bool:
    return all(who.can(right, organ) for right in (ASK, SEND, PLAN))


@require_http_methods(["GET", "POST"])
def late(request: HttpRequest, pk: int, since: int) -> HttpResponse:
    """One way: when and how far by the track, why by whoever drove it."""
    who, resource = frame.actor(request), BY_LABEL["vehicles.vehicle"]
    vehicle: Any = Vehicle.objects.select_related("organ").filter(pk=pk).first()
    begun = dt.datetime.fromtimestamp(min(since, FAR), clock.ZONE)
    way: Movement | None = loose_ways(pk, clock.today()).filter(since=begun).first() if vehicle is not None else None
    if vehicle is None or way is None:
        raise NotFound(_("没有这段待补办的行程"))
    if not _may(who, vehicle.organ_id):
        raise Forbidden(_("没有补办用车的权限"), article=ARTICLE, instead=_("请由本单位调度员补办。"))
    begun_with = {"odometer_out": last_odometer(pk, begun), "outside": left_area(way)}
    form = Late(vehicle.organ_id, request.POST or None, initial=begun_with)
    done = refusal = None
    if form.is_valid():
        done, refusal = sent.attempt(request, lambda: _asked(request, vehicle, way, form, who))
    if done:
        return done
    for fault in refusal.faults if refusal else ():
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.reason))
    frame.crumbs(request, resource, vehicle)
    page = {"title": _("补办用车申请"), "purpose": _("时间和里程按轨迹，事由由用车人说明；计入先用后补，须经单位负责人补办审批"), "article": frame.law(ARTICLE)}  # fmt: skip
    context = {"form": form, "refusal": refusal, "vehicle": vehicle, "way": _span(way), "page": page}
    return render(request, "trips/late.html", context, status=409 if refusal else 422 if form.errors else 200)


def _asked(request: HttpRequest, vehicle: Vehicle, way: Movement, form: Late, who: Actor) -> str:
    said = dict(form.cleaned_data)
    rest = {name: said.pop(name) for name in ("driver", "odometer_out", "odometer_in")}
    made = ask_late(vehicle, way, Told(said, **rest), by=who)
    messages.success(request, _("已补开派车单并提出申请，待单位负责人补办审批"))
    return frame.url_of(BY_LABEL["trips.request"], made)


def _said(way: Movement) -> dict[str, str]:
    return {"since": shown(way.since), "until": shown(way.until), "km": f"{way.metres / 1_000:.1f}"}


def _span(way: Movement) -> dict[str, str]:
    """From when to when the slip will be, and how far by the track: of a trip over nights beyond the area, from leaving to coming back."""
    since, until = whole(way)
    ways = Movement.objects.filter(vehicle=way.vehicle, kind=WAY, since__gte=since, until__lte=until)
    metres = ways.aggregate(all=Sum("metres"))["all"] or way.metres
    return {"since": shown(since), "until": shown(until), "km": f"{metres / 1_000:.1f}"}


def _on_vehicle(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The ways without a slip, each with the way to its late request."""
    if resource.label != "vehicles.vehicle":
        return {}
    ways = list(loose_ways(record.pk, clock.today())[:SHOWN])
    if not ways:
        return {}
    may = _may(who, record.organ_id)
    columns = [
        {"words": _("出车时间"), "kind": "text"},
        {"words": _("还车时间"), "kind": "text"},
        {"words": pgettext("unit", "公里"), "kind": "number"},
    ]
    rows = [
        {"url": f"/trips/late/{record.pk}/{int(way.since.timestamp())}/" if may else "", "cells": [*_said(way).values()]} for way in ways
    ]  # fmt: skip
    return {
        "related": [
            {
                "title": _("没有派车单的行程（打开可补办）") if may else _("没有派车单的行程"),
                "columns": columns,
                "rows": rows,
            }
        ]
    }


details.EXTRAS.append(_on_vehicle)
urlpatterns = [path("trips/late/<int:pk>/<int:since>/", late, name="trips-late")]
