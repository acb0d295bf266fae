"""Dispatches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.trips.choices import DISPATCH_COLOURS, DispatchState
from baozhang.ch2_provision.trips.flows import DispatchFlow
from baozhang.ch2_provision.trips.flows.dispatch import DRIVE, PLAN, change, correct, is_hired, is_ours
from baozhang.ch2_provision.trips.models import Dispatch
from baozhang.ch2_provision.trips.models.dispatch import READINGS, cost_of
from baozhang.ch2_provision.vehicles.resources.files import Vehicles
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.kernel.serials import numbers_rows

KM = pgettext_lazy("unit", "公里")
CORRECTED = (*READINGS, "rest", "tolls", "parking", "fuel")
OF_HIRED = ("out_at", "in_at", "tolls", "parking", "fare")


def _change(dispatches: Sequence[Dispatch], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for dispatch in dispatches:
        change(dispatch, vehicle=values.get("vehicle"), driver=values.get("driver"), by=by, note=note)
    return _("已改派 %(n)s 张派车单") % {"n": len(dispatches)}


def _correct(dispatches: Sequence[Dispatch], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for dispatch in dispatches:
        correct(dispatch, values, by=by, note=note)
    return _("已更正 %(n)s 张派车单") % {"n": len(dispatches)}


@register
class Dispatches(Resource):
    """Vehicles sent."""

    model = Dispatch
    slug = "trips/dispatches"
    article = "第二十三条第一款"
    recognised_by = ("vehicle", "hired", "starts")
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "vehicle": (
            "车牌号",
            "车牌号码",
            "号牌",
            "车号",
        ),
        "driver": (
            "驾驶员",
            "司机",
            "驾驶人姓名",
        ),
        "starts": (
            "出发时间",
            "计划出车时间",
            "用车时间",
        ),
        "ends": (
            "返回时间",
            "计划还车时间",
        ),
        "route": (
            "行驶路线",
            "路线",
            "用车事由",
            "事由",
        ),
        "odometer_out": (
            "出车里程数",
            "起始里程",
            "出车公里数",
        ),
        "odometer_in": (
            "还车里程数",
            "终止里程",
            "收车里程",
            "还车公里数",
        ),
        "tolls": (
            "过路费",
            "过路过桥费",
            "高速费",
        ),
        "in_at": (
            "收车时间",
            "实际还车时间",
        ),
        "out_at": ("实际出车时间",),
    }
    chapter = "vehicles"
    icon = "clipboard-document-list"
    words = gettext_lazy("派车单")
    purpose = gettext_lazy("每次出车的车辆、驾驶人、时间和两端里程；同一辆车、同一名驾驶人同一时间只派一次")
    columns = ("number", "vehicle", "driver", "starts", "ends", "state", "km", "cost", "means", "organ")
    more_columns = (
        "route",
        "odometer_out",
        "out_at",
        "odometer_in",
        "in_at",
        "rest",
        "tolls",
        "parking",
        "fuel",
        "fare",
        "hired",
        "remarks",
    )
    groups = (
        Group(
            gettext_lazy("派车"),
            ("organ", "number", "means", "vehicle", "driver", "hired", "route", "starts", "ends", "state"),
        ),
        Group(gettext_lazy("出车和还车"), ("odometer_out", "out_at", "odometer_in", "in_at", "km", "rest")),
        Group(gettext_lazy("费用"), ("tolls", "parking", "fuel", "fare", "cost", "remarks")),
    )
    readonly = frozenset({"state"})
    computed = {
        "km": Computed(gettext_lazy("行驶里程"), lambda one: one.kilometres, "number", KM),
        "cost": Computed(gettext_lazy("途中费用"), lambda one: cost_of(one) or None, "money", gettext_lazy("元")),
    }
    filters = ("organ", "state", "means", "vehicle", "driver")
    search = ("number", "route", "hired", "vehicle.plate", "driver.name")
    state = "state"
    colours = DISPATCH_COLOURS
    key_facts = ("vehicle", "driver", "starts", "ends", "km")
    units = {"odometer_out": KM, "odometer_in": KM, "rest": pgettext_lazy("unit", "分钟")}
    flow = DispatchFlow
    before_import = numbers_rows(Dispatch)
    follows = ("vehicle",)
    related: ClassVar[tuple[Related, ...]] = (Related("trips/requests", "dispatch"),)
    acts = {
        "change": Act(
            gettext_lazy("改派"), PLAN, _change, ("vehicle", "driver"), many=False, needs_note=True, article="第二十三条第一款", icon="arrows-right-left",
            shown=lambda one: one.state == DispatchState.PLANNED and is_ours(one),
        ),
        "correct": Act(
            gettext_lazy("更正里程和费用"), PLAN, _correct, CORRECTED, many=False, needs_note=True, note_words=gettext_lazy("更正理由"), article="第二十三条第一款", icon="pencil-square",
            shown=lambda one: one.state == DispatchState.ENDED and is_ours(one), begins=lambda one: {name: getattr(one, name) for name in CORRECTED},
        ),
        "correct_hired": Act(
            gettext_lazy("更正时间和租车费"), PLAN, _correct, OF_HIRED, many=False, needs_note=True, note_words=gettext_lazy("更正理由"), article="第二十三条第一款", icon="pencil-square",
            shown=lambda one: one.state == DispatchState.ENDED and is_hired(one), begins=lambda one: {name: getattr(one, name) for name in OF_HIRED},
        ),
    }  # fmt: skip


more = (Related("trips/dispatches", "vehicle"), Related("trips/sealings", "vehicle"))
Vehicles.related = (*Vehicles.related, *more)
_SEE = [Dispatch.right("view"), Dispatch.right("export")]
access.grant((*roles.AGENCY, roles.STAFF, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.DRIVER, [Dispatch.right("view"), DRIVE], Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant(
    (roles.DISPATCHER, roles.POOL_DISPATCHER),
    [*_SEE, PLAN, DRIVE, Dispatch.right("add"), Dispatch.right("import")],
    Reach.OWN,
)
access.grant((roles.DISPATCHER, roles.POOL_DISPATCHER), ["vehicles.vehicle:view", "trips.driver:view"], Reach.OWN)
