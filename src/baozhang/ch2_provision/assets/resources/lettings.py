"""Letting, change of value or class, and the table of both editions: what is for whom, and who may do what."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.choices.cases import ChangeState, LettingState
from baozhang.ch2_provision.assets.flows import change, letting
from baozhang.ch2_provision.assets.models import Change, ClassPair, Letting
from baozhang.kernel import access
from baozhang.kernel.access import Reach
from baozhang.kernel.resource import Group, Resource, register


@register
class Lettings(Resource):
    """Letting and lending."""

    model = Letting
    slug = "assets/lettings"
    place = 24
    article = "第十三条第三款"
    chapter = "assets"
    icon = "key"
    words = gettext_lazy("出租出借")
    purpose = gettext_lazy("出租、出借须先经单位集体决策和同级机关事务管理部门审核；租金按期列为应缴收入")
    columns = ("card", "kind", "party", "since", "until", "rent", "period", "state", "organ")
    more_columns = ("purpose", "method", "decision", "contract", "contract_on", "returned_on", "condition", "due_days")
    groups = (
        Group(gettext_lazy("申请"), ("organ", "kind", "card", "party", "purpose", "since", "until")),
        Group(gettext_lazy("租金"), ("rent", "period", "due_days", "method")),
        Group(gettext_lazy("办理"), ("state", "decision", "contract", "contract_on", "returned_on", "condition")),
    )
    readonly = frozenset({"state", "decision", "contract", "contract_on", "returned_on", "condition"})
    filters = ("organ", "kind", "state", "until")
    search = ("party", "contract")
    units = {"rent": gettext_lazy("元"), "due_days": gettext_lazy("天")}
    key_facts = ("party", "until", "rent")
    state = "state"
    colours = {LettingState.LIVE: "blue", LettingState.ENDED: "green", LettingState.REFUSED: "red",
               LettingState.SUBMITTED: "amber", LettingState.DECIDED: "amber", LettingState.APPROVED: "amber"}  # fmt: skip
    flow = letting.LettingFlow
    follows = ("card",)
    importable = False


@register
class Changes(Resource):
    """Changes of value and class."""

    model = Change
    slug = "assets/changes"
    place = 53
    article = "第十三条第二款"
    chapter = "assets"
    icon = "pencil-square"
    words = gettext_lazy("资产变动")
    purpose = gettext_lazy("原值和分类的变动，经负责人批准、自生效日期起计算；以前各月的折旧不变")
    columns = ("card", "kind", "reason", "effective", "value_before", "value", "class_code", "state", "organ")
    more_columns = ("class_before", "edition", "life_months", "grounds", "voucher")
    groups = (
        Group(gettext_lazy("变动"), ("organ", "card", "kind", "reason", "effective", "grounds")),
        Group(gettext_lazy("变动后"), ("value", "life_months", "class_code", "edition")),
        Group(gettext_lazy("办理"), ("state", "value_before", "class_before", "voucher")),
    )
    readonly = frozenset({"state", "value_before", "class_before", "voucher"})
    filters = ("organ", "kind", "reason", "state", "effective")
    search = ("grounds", "class_code")
    units = {"value": gettext_lazy("元"), "value_before": gettext_lazy("元"), "life_months": gettext_lazy("月")}
    key_facts = ("kind", "effective", "value")
    state = "state"
    colours = {
        ChangeState.DONE: "green",
        ChangeState.SUBMITTED: "amber",
        ChangeState.APPROVED: "blue",
        ChangeState.REFUSED: "red",
    }
    flow = change.ChangeFlow
    follows = ("card",)
    importable = False


@register
class ClassPairs(Resource):
    """The table of both editions."""

    model = ClassPair
    slug = "assets/class-pairs"
    place = 63
    article = "第十三条第二款"
    chapter = "assets"
    icon = "arrows-right-left"
    words = gettext_lazy("分类对照")
    purpose = gettext_lazy("GB/T 14885 的 2010 版代码与 2022 版代码对照；随附已核实的几项，全本可导入")
    columns = ("old_code", "new_code", "name", "verified")
    groups = (Group(gettext_lazy("对照"), ("old_code", "new_code", "name", "verified")),)
    filters = ("verified",)
    search = ("old_code", "new_code", "name")
    sorts = ("old_code",)
    order = "old_code"


_KEPT = ("assets.letting", "assets.change")
_LOOK = [f"{name}:{verb}" for name in _KEPT for verb in ("view", "export")]
access.grant((roles.ASSET_CLERK, roles.HEAD, roles.ACCOUNTANT), _LOOK, Reach.OWN)
access.grant(roles.READERS, _LOOK, Reach.BELOW)
access.grant(
    roles.ASSET_CLERK, [letting.APPLY, change.SUBMIT, *(f"{name}:add" for name in _KEPT)], Reach.OWN
)  # fmt: skip
access.grant(roles.HEAD, [letting.DECIDE, change.APPROVE], Reach.OWN)
access.grant(roles.ASSET_OFFICER, [letting.APPROVE], Reach.OWN)
access.grant((*roles.AGENCY, *roles.READERS), ["assets.classpair:view", "assets.classpair:export"], Reach.OWN)
access.grant(
    roles.STANDARDS_OFFICER, [f"assets.classpair:{verb}" for verb in ("add", "change", "import", "remove")], Reach.OWN
)
