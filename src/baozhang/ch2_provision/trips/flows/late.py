"""A trip asked for after it was driven: the track says when, people say why; it counts among those that went first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch2_provision.trips.models import Dispatch, Movement, Request
from baozhang.ch2_provision.trips.queries.astray import whole
from baozhang.ch2_provision.trips.queries.tracks import loose_ways
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .dispatch import ARTICLE, PLAN, attach
from .request import RequestFlow


@dataclass(frozen=True)
class Told:
    """What people say of a way that went without a slip."""

    request: dict[str, Any]  # applicant, purpose, reason, origin, destination, seats
    driver: Any
    odometer_out: int | None
    odometer_in: int | None


def ask_late(vehicle: Vehicle, way: Movement, told: Told, *, by: Actor) -> Request:
    """This will make the slip of a way and the request behind it, all or nothing; the head still has to approve it."""
    since, until = whole(way)
    with transaction.atomic():
        Vehicle._base_manager.select_for_update(of=("self",), no_key=True).get(pk=vehicle.pk)
        if not loose_ways(vehicle.pk, clock.today()).filter(since=way.since).exists():
            raise Refused(
                _("%(plate)s 的这段行程已有派车单") % {"plate": vehicle}, article=ARTICLE, instead=_("请刷新车辆页面，选择其他行程。"),
            )  # fmt: skip
        slip = Dispatch(
            organ_id=vehicle.organ_id, vehicle=vehicle, driver=told.driver, starts=since, ends=until, out_at=since, in_at=until,
            odometer_out=told.odometer_out, odometer_in=told.odometer_in, route=f"{told.request['origin']}—{told.request['destination']}"[:200],
        )  # fmt: skip
        keep(slip, by=by, right=PLAN, note=_("按轨迹补开"))
        leave, back = since.replace(second=0, microsecond=0), until + dt.timedelta(minutes=1)
        request = Request(
            organ_id=vehicle.organ_id, day=leave.date(), leave=f"{leave:%H:%M}", back=f"{back:%H:%M}",
            back_day=back.date() if back.date() != leave.date() else None, **told.request,
        )  # fmt: skip
        RequestFlow.start(request, by=by)
        RequestFlow.take("go_first", request, by=by, note=_("按轨迹补办：%(reason)s") % {"reason": request.reason})
        request.refresh_from_db()
        attach(request, slip, by=by)
    return request
