"""The areas beyond which a trip has to be approved as such."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.vehicles.models import Area
from baozhang.kernel import access
from baozhang.kernel.access import Reach
from baozhang.kernel.resource import Group, Resource, register


@register
class Areas(Resource):
    """Areas of units and of authorities."""

    model = Area
    slug = "vehicles/areas"
    article = "第二十三条第一款"
    chapter = "vehicles"
    icon = "map-pin"
    place = 79
    words = pgettext_lazy("list", "用车辖区")
    purpose = gettext_lazy(
        "驶出界线而没有经批准驶出辖区的用车申请的，列为问题；机关事务管理部门登记的适用于本级各单位，单位自己登记的从其登记；都没有登记的不判断"
    )
    columns = ("name", "organ", "since", "datum")
    more_columns = ("remarks",)
    groups = (Group(gettext_lazy("辖区"), ("organ", "name", "since", "datum", "border", "remarks")),)
    filters = ("organ",)
    search = ("name",)
    importable = False
    key_facts = ("organ", "since", "datum")


_SEE = [Area.right(verb) for verb in ("view", "export")]
_WORK = [Area.right(verb) for verb in ("add", "change", "remove")]
access.grant(roles.AGENCY, _SEE, Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant((roles.ASSET_CLERK, roles.ASSET_OFFICER), _WORK, Reach.OWN)
