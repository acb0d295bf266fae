"""Sealing over holidays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.trips.choices import SEAL_COLOURS, SealState
from baozhang.ch2_provision.trips.flows import SealingFlow
from baozhang.ch2_provision.trips.flows.sealing import EXCEPT, SEAL, correct, enlist
from baozhang.ch2_provision.trips.models import Sealing
from baozhang.ch2_provision.trips.queries.holidays import next_holiday
from baozhang.ch2_provision.vehicles.choices import VehicleState
from baozhang.ch2_provision.vehicles.models import Vehicle
from baozhang.ch2_provision.vehicles.resources.files import Vehicles
from baozhang.kernel import access, acts, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Group, Resource, register

KM = pgettext_lazy("unit", "公里")
AHEAD = 60  # days within which somebody may list vehicles for the next holiday by hand


def _correct(sealings: Sequence[Sealing], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for sealing in sealings:
        correct(sealing, values, by=by, note=note)
    return _("已更正 %(n)s 辆的封存里程") % {"n": len(sealings)}


def _again(state: SealState, fields: tuple[str, ...]) -> Act:
    """The readings of a state, to be written again."""
    return Act(
        gettext_lazy("更正封存里程"), SEAL, _correct, fields, many=False, needs_note=True, note_words=gettext_lazy("更正理由"), article="第二十三条第一款",
        icon="pencil-square", required=fields, shown=lambda one: one.state == state, begins=lambda one: {name: getattr(one, name) for name in fields},
    )  # fmt: skip


@register
class Sealings(Resource):
    """Vehicles over holidays."""

    model = Sealing
    slug = "trips/sealings"
    article = "第二十三条第一款"
    chapter = "vehicles"
    icon = "lock-closed"
    words = gettext_lazy("节假日封存")
    purpose = gettext_lazy("按放假安排逐车封存：里程和经办人两端都记，值班车辆写明理由")
    columns = (
        "vehicle",
        "holiday",
        "since",
        "until",
        "state",
        "odometer_sealed",
        "odometer_opened",
        "exception",
        "organ",
    )
    more_columns = ("place", "sealed_by", "opened_by", "opened_on", "keeper")
    groups = (
        Group(gettext_lazy("封存安排"), ("vehicle", "holiday", "since", "until", "place", "state")),
        Group(
            gettext_lazy("封存和启封"), ("odometer_sealed", "sealed_by", "odometer_opened", "opened_by", "opened_on")
        ),
        Group(gettext_lazy("值班"), ("exception", "keeper")),
    )
    readonly = frozenset(
        {"state", "odometer_sealed", "sealed_by", "odometer_opened", "opened_by", "opened_on", "exception", "keeper"}
    )
    filters = ("organ", "state", "holiday", "since")
    search = ("vehicle.plate", "holiday")
    state = "state"
    colours = SEAL_COLOURS
    key_facts = ("vehicle", "holiday", "since", "until")
    units = {"odometer_sealed": KM, "odometer_opened": KM}
    importable = False
    narrowed: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "vehicle": lambda rows: rows.exclude(state=VehicleState.GONE)
    }
    flow = SealingFlow
    acts = {
        "correct": _again(SealState.SEALED, ("odometer_sealed",)),
        "correct_both": _again(SealState.UNSEALED, ("odometer_sealed", "odometer_opened")),
    }


def _enlist(vehicles: Sequence[Vehicle], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    day = clock.today()
    holiday = next_holiday(day, AHEAD)
    if holiday is None:
        raise Refused(
            _("%(n)s 天内没有已公布的节假日") % {"n": AHEAD},
            article="第二十三条第一款",
            instead=_("放假安排公布后，系统提前三天列出清单。"),
        )
    count = enlist(vehicles, day, by=by, within=AHEAD, right=Sealing.right("add"))
    return _("%(name)s %(since)s 至 %(until)s：已列入 %(n)s 辆") % {
        "name": holiday.name,
        "since": holiday.since,
        "until": holiday.until,
        "n": count,
    }


acts.also(Vehicles, "seal", Act(
    gettext_lazy("列入节假日封存"), Sealing.right("add"), _enlist, article="第二十三条第一款", icon="lock-closed", shown=lambda vehicle: vehicle.state == "in_use",
))  # fmt: skip

_SEE = [Sealing.right("view"), Sealing.right("export")]
_WORK = [Sealing.right(verb) for verb in ("add", "change", "remove")]
access.grant((*roles.AGENCY, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.DISPATCHER), [*_WORK, SEAL], Reach.OWN)
access.grant(roles.HEAD, EXCEPT, Reach.OWN)
