"""What waits to be matched: each bill with what it might belong to; chosen, or explained, with one button."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.running.choices import COST_COLOURS, UNMATCHED, CostState, Kind
from baozhang.ch2_provision.running.flows.matching import MATCH, assign, explain
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.trips.choices import HIRED, MADE
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import cells, clock, sent, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import NotFound, Refused
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import frame

ARTICLE = "第二十三条第一款"
SHOWN = 30
NEAR = dt.timedelta(days=1)
shell.entry("vehicles", gettext_lazy("待对应费用"), "running-waiting", MATCH, order=31)


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The oldest first; what is done is gone from the page."""
    who = frame.actor(request)
    who.must(MATCH)

    def work() -> str:
        messages.success(request, _done(request, who))
        return request.path

    done, refusal = sent.attempt(request, work)
    return done or render(
        request, "running/waiting.html", {**_context(who), "refusal": refusal}, status=409 if refusal else 200
    )


def _done(request: HttpRequest, who: Actor) -> str:
    cost = Cost.objects.filter(pk=_key(request, "cost")).first()
    if cost is None:
        raise NotFound(_("这笔费用不存在，或不在您的范围内"))
    note = request.POST.get("note", "")
    if request.POST.get("do") == "explain":
        if not note.strip():
            raise Refused(_("请写明理由"), article=ARTICLE, instead=_("写明这笔费用为什么没有行程。"))
        explain([cost], by=who, note=note)
        return _("已说明：%(cost)s") % {"cost": cost}
    vehicle = Vehicle.objects.filter(pk=_key(request, "vehicle")).first()
    dispatch = Dispatch.objects.filter(pk=_key(request, "dispatch")).first()
    assign(cost, vehicle=vehicle, dispatch=dispatch, by=who)
    return _("已对应：%(cost)s") % {"cost": cost}


def _key(request: HttpRequest, name: str) -> int:
    return whole(request.POST.get(name)) or 0


def _context(who: Actor) -> dict[str, Any]:
    organs = who.where(MATCH)
    held = Cost.objects.filter(state__in=UNMATCHED)
    held = held if organs is None else held.filter(organ_id__in=organs)
    counts = dict(held.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n"))
    rows = list(held.select_related("vehicle").order_by("day", "pk")[:SHOWN])
    total = sum(counts.values())
    return {
        "rows": _rows(rows), "total": ngettext("%(n)s 笔费用待对应", "%(n)s 笔费用待对应", total) % {"n": total},
        "more": _("先列最早的 %(n)s 笔") % {"n": SHOWN} if total > SHOWN else "",
        "open": counts.get(CostState.OPEN, 0), "loose": counts.get(CostState.LOOSE, 0),
        "page": {"title": _("待对应费用"), "purpose": _("账单上的每一笔都要落到一辆车；途中的费用还要落到一次行程，没有行程的写明说明"), "article": frame.law(ARTICLE)},
    }  # fmt: skip


def _rows(costs: list[Cost]) -> list[dict[str, Any]]:
    loose = [one for one in costs if one.vehicle_id or one.kind == Kind.HIRE]
    lost = [one for one in costs if one not in loose]
    fleet: dict[int, list[Vehicle]] = {}
    there = ~Q(state=VehicleState.GONE) | Q(card__disposed__gte=min((one.day for one in lost), default=clock.today()))
    cars = Vehicle.objects.filter(there, organ_id__in={one.organ_id for one in lost}).exclude(plate="")
    for car in cars.select_related("card").order_by("plate"):
        fleet.setdefault(car.organ_id, []).append(car)
    trips = _trips(loose)
    resource = BY_LABEL["running.cost"]
    return [
        {
            "key": one.pk, "url": frame.url_of(resource, one), "plate": one.plate or one.card, "at": one.at, "kind": Kind(one.kind).label,
            "amount": cells.money(one.amount) if one.kind != Kind.VIOLATION else "", "place": one.place, "item": one.item,
            "state": {"words": one.get_state_display(), "colour": COST_COLOURS[CostState(one.state)]},
            "vehicles": _near(one, fleet.get(one.organ_id, [])), "trips": trips.get(one.pk, []), "lost": one in lost,
        }
        for one in costs
    ]  # fmt: skip


def _near(cost: Cost, fleet: list[Vehicle]) -> list[dict[str, Any]]:
    """The vehicles that the unit had on the day of the bill, those whose plate is most like the one on it first."""
    had = [car for car in fleet if car.card.disposed is None or car.card.disposed >= cost.day]
    alike = {car.pk: difflib.SequenceMatcher(None, cost.plate, car.plate).ratio() for car in had}
    return [{"key": car.pk, "words": car.plate} for car in sorted(had, key=lambda car: (-alike[car.pk], car.plate))]


def _trips(costs: list[Cost]) -> dict[int, list[dict[str, Any]]]:
    """The trips of each bill's vehicle about its day."""
    if not costs:
        return {}
    first, last = min(one.day for one in costs) - NEAR, max(one.day for one in costs) + NEAR
    cars = Q(vehicle_id__in={one.vehicle_id for one in costs if one.vehicle_id})
    hired = Q(means__in=HIRED, organ_id__in={one.organ_id for one in costs if one.vehicle_id is None})
    held = Dispatch.objects.filter(
        cars | hired,
        state__in=MADE,
        starts__date__gte=first,
        starts__date__lte=last,
    )
    rows = list(held.order_by("starts"))
    return {
        one.pk: [
            {"key": trip.pk, "words": " ".join(part for part in (trip.span, trip.hired, trip.route or trip.number) if part)}
            for trip in rows if trip.vehicle_id == one.vehicle_id and (one.vehicle_id or trip.organ_id == one.organ_id) and abs(trip.starts.astimezone(clock.ZONE).date() - one.day) <= NEAR
        ]
        for one in costs
    }  # fmt: skip
