"""The way of a new vehicle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.choices import Category, VehicleUse
from baozhang.ch2_provision.vehicles.choices import ADDITION_COLOURS, AdditionState, VehicleState
from baozhang.ch2_provision.vehicles.flows import AdditionFlow
from baozhang.ch2_provision.vehicles.flows.addition import AGREE, APPROVE, HANDLE
from baozhang.ch2_provision.vehicles.models import Addition, limits
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.resource import Group, Resource, register
from baozhang.kernel.serials import numbers_rows

BOUGHT = (AdditionState.PURCHASED, AdditionState.PLATED, AdditionState.FITTED, AdditionState.ENROLLED)


def _hints(addition: Addition, by: Actor) -> list[dict[str, Any]]:
    """What the law would refuse of what is being typed."""
    if not (addition.organ_id and addition.use and addition.body and addition.energy and addition.price):
        return []
    found = limits.of_batch([(0, addition)], clock.today())
    advice = []
    if addition.use == VehicleUse.CONFIDENTIAL and not addition.is_new_energy:
        words = _("机要通信等行驶路线固定的用车，原则上全部配备新能源汽车")
        advice = [{"words": words, "article": limits.ARTICLE, "tone": "amber"}]
    if addition.old_id is not None:
        words = _("更新须先处置旧车：旧车处置获批后才能登记采购，处置办结后才能入编")
        advice.append({"words": words, "article": limits.ARTICLE, "tone": "blue"})
    return advice + [
        {"words": f"{wrong.what}。{wrong.why}{wrong.instead}", "article": limits.ARTICLE, "tone": "red"}
        for _i, wrong in found
    ]


@register
class Additions(Resource):
    """Applications for one more vehicle, or one in the place of an old one."""

    model = Addition
    slug = "vehicles/additions"
    article = "第二十二条"
    recognised_by = ("kind", "old", "use", "body", "energy", "reason")
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "body": (
            "车型",
            "车辆类型",
        ),
        "energy": (
            "能源",
            "燃料种类",
            "能源类型",
            "动力类型",
        ),
        "reason": (
            "理由",
            "申请理由",
            "更新理由",
        ),
        "use": ("车辆用途",),
        "old": (
            "拟更新车辆",
            "原车牌号",
            "原车号牌",
            "被更新车辆号牌",
        ),
        "price": (
            "预算价格",
            "计划单价",
            "预算金额",
        ),
    }
    chapter = "vehicles"
    icon = "plus-circle"
    words = gettext_lazy("车辆配备更新")
    purpose = gettext_lazy("一辆新车从申请到入编：编制、标准和更新年限在每一步核对，超出的写明依据后拒绝")
    columns = ("number", "kind", "use", "body", "energy", "price", "state", "plate", "organ")
    more_columns = ("old", "displacement", "grade", "document", "approved_on", "card", "plan_line", "need", "reason")
    groups = (
        Group(gettext_lazy("申请"), ("organ", "number", "kind", "old", "reason")),
        Group(gettext_lazy("车型和价格"), ("use", "body", "energy", "displacement", "price")),
        Group(gettext_lazy("档次和批准"), ("grade", "grade_document", "early_document")),
        Group(gettext_lazy("来源"), ("need", "plan_line")),
        Group(
            gettext_lazy("办理"),
            (
                "state",
                "document",
                "approved_on",
                "decided_by",
                "quota",
                "card",
                "tax",
                "fees",
                "plate",
                "vin",
                "registered",
            ),
        ),
    )
    readonly = frozenset(
        {"state", "document", "approved_on", "decided_by", "quota", "card", "tax", "fees", "plate", "vin", "registered"}
    )
    filters = ("organ", "kind", "use", "state", "energy")
    search = ("number", "reason", "plate", "document")
    state = "state"
    colours = ADDITION_COLOURS
    key_facts = ("kind", "use", "price", "old", "card")
    units = {"displacement": gettext_lazy("升")}
    before_import = numbers_rows(Addition)
    flow = AdditionFlow
    follows = ("need", "plan_line", "quota", "old")
    leads = ("card", "old__card__disposal_lines")
    hints = _hints
    narrowed: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "card": lambda rows: rows.filter(category=Category.VEHICLE, disposed=None).exclude(addition__state__in=BOUGHT),
        "old": lambda rows: rows.exclude(state=VehicleState.GONE),
    }


_SEE = [Addition.right("view"), Addition.right("export")]
_WORK = [Addition.right(verb) for verb in ("add", "change", "import", "remove")]
access.grant(roles.AGENCY, _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant(roles.ASSET_CLERK, [*_WORK, HANDLE], Reach.OWN)
access.grant(roles.HEAD, AGREE, Reach.OWN)
access.grant((roles.ASSET_OFFICER, roles.FINANCE_HEAD), APPROVE, Reach.OWN)  # asked in the body that decides
