"""The dispatcher's desk: what waits, what is proposed, and the day of each vehicle and driver on a time line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.trips import solving
from baozhang.ch2_provision.trips.choices import DISPATCH_COLOURS, OWN_FLEET, DispatchState, Means, RequestState
from baozhang.ch2_provision.trips.flows.dispatch import MEANS_OF_ORGAN, send
from baozhang.ch2_provision.trips.flows.fitting import passengers
from baozhang.ch2_provision.trips.flows.request import SEND
from baozhang.ch2_provision.trips.models import Dispatch, Driver, Request
from baozhang.ch2_provision.trips.models.clocks import shown
from baozhang.ch2_provision.trips.queries.desk import Desk, bounds, desk, next_waiting, promised
from baozhang.ch2_provision.trips.queries.holidays import holiday_of, open_on, sealed_days
from baozhang.ch2_provision.trips.queries.urgent import First, went_first
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import access, clock, sent, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import day_said, whole, wholes
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

BOARD = access.permission("trips.request:board", gettext_lazy("使用调度台"))
FIRST_HOUR, LAST_HOUR = 6, 22  # of the time line; what lies outside is drawn at its edge
HALVES = 2 * (LAST_HOUR - FIRST_HOUR)
shell.entry("vehicles", gettext_lazy("调度台"), "trips-board", BOARD, order=5)


@require_http_methods(["GET", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """One day; a proposal is taken or something else chosen, each with one button."""
    who = frame.actor(request)
    who.must(BOARD)
    day = day_said(request.GET.get("day")) or clock.today()

    def work() -> str:
        made = _send(request, who)
        messages.success(request, _("已派车：%(dispatch)s，%(span)s") % {"dispatch": made, "span": made.span})
        return f"{request.path}?day={day}"

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    return render(
        request, "trips/board.html", {**_context(who, day), "refusal": refusal}, status=409 if refusal else 200
    )


def _send(request: HttpRequest, who: Actor) -> Dispatch:
    chosen = wholes(request.POST.getlist("request"))
    rows = list(Request.objects.filter(pk__in=chosen).select_related("organ"))
    vehicle = Vehicle.objects.select_related("card").filter(pk=_key(request, "vehicle")).first()
    driver = Driver.objects.filter(pk=_key(request, "driver")).first()
    hired = request.POST.get("hired", "").strip()
    own = Organization.objects.get(pk=who.organ_id)
    means = request.POST.get("means", "")
    if means not in (Means.RENTED, Means.SOCIAL):
        means = MEANS_OF_ORGAN[all(one.organ_id == own.pk for one in rows)]
    ours = means in OWN_FLEET
    return send(
        rows, organ=own, means=means, vehicle=vehicle if ours else None, driver=driver if ours else None, hired="" if ours else hired, by=who,
        rest=whole(request.POST.get("rest")) or 0,
    )  # fmt: skip


def _key(request: HttpRequest, name: str) -> int:
    return whole(request.POST.get(name)) or 0


def _context(who: Actor, day: dt.date) -> dict[str, Any]:
    organs = who.where(SEND)
    every = list(Organization.objects.values_list("pk", flat=True)) if organs is None else sorted(organs)
    held = desk(day, every, who.organ_id or 0)
    proposals = _proposals(held)
    holiday = holiday_of(day)
    shut = _shut(held, day, day)
    return {
        "next_day": None if held.waiting else next_waiting(every, day),
        "first": _first(went_first(every, day.year)),
        "day": day, "before": day - dt.timedelta(days=1), "after": day + dt.timedelta(days=1), "hours": range(FIRST_HOUR, LAST_HOUR, 2),
        "groups": _groups(held, proposals), "waiting": len(held.waiting), "lanes": _lanes(held), "holiday": holiday,
        "vehicles": [
            {"key": one.pk, "words": f"{one.plate} · {_('可乘 %(n)s 人') % {'n': passengers(one)}}{' · ' + _('封存') if one.pk in shut else ''}"}
            for one in held.vehicles
        ],
        "drivers": [{"key": one.pk, "words": one.name} for one in held.drivers],
        "counts": ngettext("%(n)s 项申请待派车", "%(n)s 项申请待派车", len(held.waiting)) % {"n": len(held.waiting)},
        "page": {"title": _("调度台"), "purpose": _("系统建议合乘和车辆、驾驶人，由调度员决定"), "article": frame.law("第二十三条第一款")},
    }  # fmt: skip


def _shut(held: Desk, since: dt.date, until: dt.date) -> set[int]:
    """The vehicles that are sealed on one of some days: they are shown, and never proposed."""
    days = sealed_days(since, until)
    keys = [one.pk for one in held.vehicles]
    opened = open_on(keys, days)
    return {key for key in keys for one in days if (key, one) not in opened}


def _proposals(held: Desk) -> list[solving.Proposal]:
    """What the solver proposes for what waits; nothing is asked where nothing waits."""
    if not held.waiting:
        return []
    asks = [
        solving.Ask(one.pk, one.organ_id, one.origin, one.destination, one.starts, one.ends, one.seats, one.share)
        for one in held.waiting if one.starts and one.ends
    ]  # fmt: skip
    since, until = min(one.starts for one in asks), max(one.ends for one in asks)
    taken = promised([one.pk for one in held.vehicles], [one.pk for one in held.drivers], since, until)
    shut = _shut(held, since.astimezone(clock.ZONE).date(), until.astimezone(clock.ZONE).date())
    cars = [
        solving.Thing(one.pk, passengers(one), tuple((d.starts, d.ends) for d in taken if d.vehicle_id == one.pk), _used(held, "vehicle_id", one.pk))
        for one in held.vehicles if one.pk not in shut
    ]  # fmt: skip
    hands = [
        solving.Thing(
            one.pk,
            0,
            tuple((d.starts, d.ends) for d in taken if d.driver_id == one.pk),
            _used(held, "driver_id", one.pk),
        )
        for one in held.drivers
    ]
    return solving.propose(asks, cars, hands)


def _used(held: Desk, name: str, key: int) -> int:
    return sum(1 for one in held.dispatches if getattr(one, name) == key)


def _first(found: First) -> str:
    """How often vehicles went first; what was approved too late is counted, since nothing else shows it afterwards."""
    if not found.all:
        return ""
    words = {"n": found.all, "owed": found.owed, "late": found.late}
    if found.late:
        return _("本年先用后补 %(n)s 次，其中 %(owed)s 次尚未补办，%(late)s 次逾期补办") % words
    return _("本年先用后补 %(n)s 次，其中 %(owed)s 次尚未补办") % words


def _groups(held: Desk, proposals: list[solving.Proposal]) -> list[dict[str, Any]]:
    by_key = {one.pk: one for one in held.waiting}
    resource = BY_LABEL["trips.request"]
    found = []
    for proposal in proposals:
        rows = [by_key[key] for key in proposal.group.asks]
        found.append({
            "rows": [
                {"key": one.pk, "url": frame.url_of(resource, one), "who": one.applicant, "organ": one.organ.name, "reason": one.reason,
                 "way": f"{one.origin} → {one.destination}", "span": f"{shown(one.starts)} — {shown(one.ends)}", "seats": one.seats, "urgent": one.urgent}
                for one in rows
            ],
            "seats": proposal.group.seats, "together": len(rows) > 1, "vehicle": proposal.vehicle, "driver": proposal.driver,
            "lacks": _lacking(proposal),
        })  # fmt: skip
    return found


def _lacking(proposal: solving.Proposal) -> str:
    """What of a proposal nobody is free for, in words; empty where it is whole."""
    if proposal.vehicle is None and proposal.driver is None:
        return _("没有空闲的车辆和驾驶人")
    if proposal.vehicle is None:
        return _("没有空闲的车辆")
    return _("没有空闲的驾驶人") if proposal.driver is None else ""


def _lanes(held: Desk) -> list[dict[str, Any]]:
    """One lane a vehicle and a driver, each with its dispatches of the day as bars."""
    lanes = []
    for words, rows, name in ((_("车辆"), held.vehicles, "vehicle_id"), (_("驾驶人"), held.drivers, "driver_id")):
        for one in rows:
            bars = [_bar(d, held.day) for d in held.dispatches if getattr(d, name) == one.pk]
            lanes.append({
                "kind": words, "words": str(one), "bars": bars, "first": one is rows[0], "key": one.pk, "name": name.removesuffix("_id"),
            })  # fmt: skip
    return lanes


def _bar(dispatch: Dispatch, day: dt.date) -> dict[str, Any]:
    edge = bounds(day)[0] + dt.timedelta(hours=FIRST_HOUR)
    first, last = (
        int((at - edge).total_seconds() // 1800) for at in (dispatch.starts, dispatch.ends - dt.timedelta(seconds=1))
    )
    first = min(max(first, 0), HALVES - 1)
    colour = DISPATCH_COLOURS[DispatchState(dispatch.state)]
    riders = "、".join(one.applicant for one in dispatch.requests.all())
    return {
        "first": first, "last": min(max(last + 1, first + 1), HALVES), "colour": colour, "words": dispatch.route, "state": dispatch.get_state_display(),
        "title": f"{dispatch.number} {dispatch.span} {dispatch.get_state_display()} {riders}", "url": frame.url_of(BY_LABEL["trips.dispatch"], dispatch),
    }  # fmt: skip


def _on_request(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The way to the desk of its day, where a vehicle is sent."""
    waits = resource.label == "trips.request" and record.state == RequestState.APPROVED
    if not waits or not who.can(SEND, record.organ_id) or not who.can(BOARD):
        return {}
    url = f"{reverse('trips-board')}?day={record.day}"
    return {"actions": [{"words": _("到调度台派车"), "url": url, "icon": "truck", "kind": "primary"}]}


details.EXTRAS.append(_on_request)
urlpatterns = [path("trips/board/", board, name="trips-board")]
