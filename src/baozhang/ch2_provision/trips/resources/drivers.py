"""Drivers."""

from __future__ import annotations

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
