"""Drivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.trips.choices import DRIVER_COLOURS
from baozhang.ch2_provision.trips.models import Driver
from baozhang.kernel import access
from baozhang.kernel.access import Reach
from baozhang.kernel.resource import Group, Related, Resource, register


@register
class Drivers(Resource):
    """Those who drive official vehicles."""

    model = Driver
    slug = "trips/drivers"
    article = "第二十三条第一款"
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": (
            "驾驶员姓名",
            "驾驶人姓名",
            "司机姓名",
            "驾驶员",
            "驾驶人",
            "司机",
        ),
        "phone": (
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "联系方式",
            "电话号码",
        ),
        "licence": (
            "驾驶证类型",
            "准驾车型代号",
        ),
        "licence_until": (
            "驾驶证有效期",
            "驾驶证有效期限",
            "有效期至",
            "有效期",
        ),
    }
    chapter = "vehicles"
    icon = "user-circle"
    words = gettext_lazy("驾驶人")
    purpose = gettext_lazy("本单位驾驶公务用车的人员：在岗的可以派车，有账号的用手机接单")
    columns = ("name", "licence", "licence_until", "state", "phone", "organ")
    more_columns = ("remarks",)
    groups = (
        Group(
            gettext_lazy("驾驶人"),
            ("organ", "name", "account", "phone", "licence", "licence_until", "state", "remarks"),
        ),
    )
    filters = ("organ", "state", "licence_until")
    search = ("name", "phone")
    state = "state"
    colours = DRIVER_COLOURS
    key_facts = ("organ", "licence", "licence_until")
    related = (Related("trips/dispatches", "driver"),)


_SEE = [Driver.right("view"), Driver.right("export")]
_WORK = [Driver.right(verb) for verb in ("add", "change", "import", "remove")]
access.grant((*roles.AGENCY, roles.DISPATCHER), _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.DISPATCHER), _WORK, Reach.OWN)
access.grant((roles.DISPATCHER, roles.DRIVER), "organs.organization:view", Reach.OWN)
access.grant(roles.POOL_DISPATCHER, "organs.organization:view", Reach.JURISDICTION)
