"""What each field of the register is for, said once, and who may do what with it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from baozhang.kernel import access, clock
from baozhang.kernel.access import Reach
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

from . import roles
from .models import Appointment, Delegation, Headcount, Jurisdiction, Organization


@register
class Jurisdictions(Resource):
    """The city, its districts and towns."""

    model = Jurisdiction
    slug = "organs/jurisdictions"
    article = "第四条"
    chapter = "administration"
    words = pgettext_lazy("list", "行政区划")
    admin = True
    purpose = _("市、区、乡镇各级，每级一个机关事务管理部门")
    columns = ("code", "name", "level", "parent")
    groups = (Group(_("区划"), ("code", "name", "short", "level", "parent")),)
    filters = ("level",)
    search = ("code", "name")
    sorts = ("code",)
    order = "code"


@register
class Organizations(Resource):
    """The bodies of the register."""

    model = Organization
    slug = "organs/organizations"
    article = "第二条"
    chapter = "general"
    words = pgettext_lazy("list", "单位")
    admin = None
    purpose = _("适用条例的各类机关，及其在运行保障中的职能")
    columns = ("code", "name", "kind", "competence", "jurisdiction", "state")
    more_columns = ("uscc", "short", "parent", "founded", "ended", "address")
    groups = (
        Group(_("基本情况"), ("code", "name", "short", "uscc", "kind", "jurisdiction", "parent")),
        Group(_("职能"), ("competence", "field", "document_word", "address")),
        Group(_("存续"), ("state", "founded", "ended", "successor")),
    )
    filters = ("kind", "competence", "jurisdiction", "state")
    search = ("code", "name", "short", "uscc")
    sorts = ("code", "name")
    order = "code"
    state = "state"
    colours = {"active": "green", "merged": "amber", "restructured": "amber", "abolished": "red"}
    key_facts = ("code", "kind", "jurisdiction")
    headings = {"name": ("机关名称", "机构名称"), "uscc": ("信用代码",)}
    related = (Related("organs/headcounts", "organ"),)


@register
class Headcounts(Resource):
    """Established and actual heads in time."""

    model = Headcount
    slug = "organs/headcounts"
    article = "第十二条第一款"
    chapter = "general"
    purpose = _("配置标准和定额的测算基数，按期间记载")
    columns = ("organ", "band", "quota", "actual", "since", "until", "document")
    typed = ("quota", "actual")
    groups = (Group(_("人数"), ("organ", "band", "quota", "actual", "since", "until", "document")),)
    filters = ("organ", "band")
    search = ("document",)
    sorts = ("since",)
    units = {"quota": _("人"), "actual": _("人")}


def standing(appointment: Appointment) -> str:
    """Whether an appointment holds today."""
    today = clock.today()
    if appointment.until is not None and appointment.until < today:
        return str(_("已结束"))
    return str(_("未开始") if appointment.since > today else _("现任"))


@register
class Appointments(Resource):
    """Who holds which role where."""

    model = Appointment
    slug = "organs/appointments"
    article = "第五条"
    chapter = "administration"
    words = pgettext_lazy("list", "任职")
    admin = True
    purpose = _("权限来自任职；谁在哪个单位担任什么角色，从何时到何时")
    columns = ("user", "organ", "role", "since", "until", "standing")
    groups = (Group(_("任职"), ("user", "organ", "role", "since", "until")),)
    filters = ("user", "organ", "role", "since")
    search = ("user.name", "user.username", "organ.name")
    sorts = ("since",)
    computed = {"standing": Computed(_("状况"), standing)}
    key_facts = ("standing",)


@register
class Delegations(Resource):
    """Who stands in for whom."""

    model = Delegation
    slug = "organs/delegations"
    article = "第五条"
    chapter = "general"
    words = pgettext_lazy("list", "委托")
    purpose = _("外出或请假期间，由他人代为办理；办理记录注明代办")
    columns = ("organ", "giver", "taker", "since", "until", "reason")
    groups = (Group(_("委托"), ("organ", "giver", "taker", "since", "until", "reason")),)
    importable = False
    filters = ("organ",)
    sorts = ("since",)


BUSINESS = (*roles.AGENCY, *roles.READERS)
access.grant(roles.SYSTEM_ADMIN, ["organs.organization:view", "organs.jurisdiction:view"], Reach.BELOW)
access.grant(
    roles.SYSTEM_ADMIN,
    [
        *(f"organs.appointment:{verb}" for verb in ("view", "add", "change", "import", "export")),
        "organs.jurisdiction:import",
    ],
    Reach.BELOW,
)
access.grant(roles.SECURITY_ADMIN, "organs.appointment:view", Reach.BELOW)
access.grant(roles.AGENCY, "organs.organization:view", Reach.OWN)
access.grant(roles.AGENCY, "organs.headcount:view", Reach.OWN)
access.grant(roles.READERS, ["organs.organization:view", "organs.headcount:view"], Reach.BELOW)
access.grant(
    roles.SUPPORT_HEAD,
    [
        "organs.organization:add",
        "organs.organization:change",
        "organs.organization:export",
        "organs.organization:import",
    ],
    Reach.BELOW,
)
access.grant(
    roles.SUPPORT_HEAD,
    ["organs.headcount:add", "organs.headcount:change", "organs.headcount:export", "organs.headcount:import"],
    Reach.BELOW,
)
_STAND_IN = ["organs.delegation:view", "organs.delegation:add", "organs.delegation:change"]
access.grant((*BUSINESS, *roles.ON_THE_SPOT), _STAND_IN, Reach.OWN)  # whoever has work of his own may be away
