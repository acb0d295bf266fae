"""Matching a bill by hand, explaining one that has no trip, and looking again for all that wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.running.choices import UNMATCHED, CostState
from baozhang.ch2_provision.running.models import Cost
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.kernel import access, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid

MATCH = access.permission("running.cost:match", gettext_lazy("对应费用的车辆和行程"))
MATCHED = ledger.act("running.matched", gettext_lazy("对应车辆和行程"))
EXPLAINED = ledger.act("running.explained", gettext_lazy("说明没有行程的费用"))
ARTICLE = "第二十三条第一款"
LOOK_BACK = 400  # days; what nobody matched within a year is for people


def assign(cost: Cost, *, vehicle: Vehicle | None, dispatch: Dispatch | None, by: Actor, note: str = "") -> None:
    """This will give a bill its vehicle, its trip, or both; a trip brings its vehicle along."""
    if vehicle is None and dispatch is None:
        raise Invalid(
            _("没有选择车辆或派车单"), article=ARTICLE, instead=_("请选择这笔费用的车辆，途中发生的再选派车单。")
        )
    cost.vehicle = vehicle or (dispatch.vehicle if dispatch else None) or cost.vehicle
    cost.dispatch = dispatch
    keep(cost, by=by, act=MATCHED, right=MATCH, note=note)


def explain(costs: Sequence[Cost], *, by: Actor, note: str) -> None:
    """This will put down why bills have no trip; the explanation stands on what the law finds of them."""
    for cost in costs:
        if cost.state not in (*UNMATCHED, CostState.EXPLAINED):
            raise Invalid(_("%(cost)s 已对应，不需要说明") % {"cost": cost}, article=ARTICLE)
        cost.explanation = note.strip()[:200]
    keep(costs, by=by, act=EXPLAINED, right=MATCH, note=note)


def again(rows: Any = None, *, by: Actor) -> int:
    """This will look once more for vehicle and trip of bills that wait; those that found one are kept."""
    since = clock.today() - dt.timedelta(days=LOOK_BACK)
    waiting = list(
        Cost._base_manager.filter(state__in=UNMATCHED, day__gt=since).select_related("vehicle")
        if rows is None
        else rows
    )
    before = {one.pk: (one.vehicle_id, one.dispatch_id) for one in waiting}
    Cost.accord(waiting, {})
    found = [one for one in waiting if (one.vehicle_id, one.dispatch_id) != before[one.pk]]
    if found:
        keep(found, by=by, act=MATCHED, right=MATCH)
    return len(found)
