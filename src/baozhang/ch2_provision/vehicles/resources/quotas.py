"""Quotas and the table in which offices keep them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.vehicles.choices import QUOTA_COLOURS
from baozhang.ch2_provision.vehicles.flows import QuotaFlow
from baozhang.ch2_provision.vehicles.flows.issuing import ISSUE, issue
from baozhang.ch2_provision.vehicles.flows.quota import DECIDE, SUBMIT
from baozhang.ch2_provision.vehicles.models import Quota, QuotaSheet
from baozhang.kernel import access
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Group, Resource, register

PIECES = pgettext_lazy("vehicle", "辆")


@register
class Quotas(Resource):
    """Approvals of quotas."""

    model = Quota
    slug = "vehicles/quotas"
    article = "第二十二条"
    chapter = "vehicles"
    icon = "scale"
    words = gettext_lazy("车辆编制")
    purpose = gettext_lazy("按单位和类别核定的车辆编制：每次核定有文号和起始日期，以最近一次为准")
    columns = ("organ", "klass", "number", "since", "document", "decided_by", "state", "asked")
    groups = (
        Group(gettext_lazy("申请"), ("organ", "klass", "asked", "reason", "remarks")),
        Group(gettext_lazy("核定"), ("state", "number", "document", "since", "decided_by")),
    )
    readonly = frozenset({"state", "number", "document", "since", "decided_by"})
    filters = ("organ", "klass", "state", "since")
    search = ("document", "organ.name")
    state = "state"
    colours = QUOTA_COLOURS
    units = {"number": PIECES, "asked": PIECES}
    key_facts = ("organ", "klass", "number", "since")
    goes_round = True  # many vehicles are counted in one
    importable = False  # a table of quotas comes in as such, below
    flow = QuotaFlow


def _issue(sheets: Sequence[QuotaSheet], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    decided, handed = issue(sheets, document=values.get("document") or "", since=values.get("since"), by=by, note=note)
    said = _("已核定 %(n)s 项编制") % {"n": decided}
    return said + (_("，%(n)s 项已送另一核定机关") % {"n": handed} if handed else "")


@register
class QuotaSheets(Resource):
    """The table as offices keep it: one row a unit."""

    model = QuotaSheet
    slug = "vehicles/quota-sheets"
    article = "第二十二条"
    recognised_by = ("since",)
    chapter = "vehicles"
    icon = "table-cells"
    words = gettext_lazy("车辆编制核定表")
    purpose = gettext_lazy("一个单位一行的编制表：导入后据此核定，执法执勤用车一栏送财政部门核定")
    columns = ("organ", "document", "since", "general", "leader", "enforcement", "special", "other", "issued")
    groups = (
        Group(gettext_lazy("核定文件"), ("organ", "document", "since")),
        Group(gettext_lazy("编制数"), ("general", "leader", "enforcement", "special", "other")),
        Group(gettext_lazy("办理"), ("issued",)),
    )
    readonly = frozenset({"issued"})
    filters = ("organ", "issued", "since")
    units = dict.fromkeys(("general", "leader", "enforcement", "special", "other"), PIECES)
    headings = {
        "general": ("一般公务用车编制", "一般公务用车"),
        "leader": ("省级领导干部用车编制数", "领导干部用车"),
        "enforcement": ("一般执法执勤用车编制数", "执法执勤用车编制", "执法执勤用车"),
        "special": ("特种专业用车编制数", "特种专业技术用车"),
        "other": ("其他用车",),
    }
    acts = {
        "issue": Act(
            gettext_lazy("据此核定"), ISSUE, _issue, ("document", "since"), article="第二十二条", icon="check", shown=lambda sheet: not sheet.issued,
        )
    }  # fmt: skip


_SEE = [model.right(verb) for model in (Quota, QuotaSheet) for verb in ("view", "export")]
_ASK = [Quota.right(verb) for verb in ("add", "change", "import", "remove")]
_TABLE = [QuotaSheet.right(verb) for verb in ("add", "change", "import", "remove")]
access.grant(roles.AGENCY, [Quota.right("view"), Quota.right("export")], Reach.OWN)
access.grant(roles.READERS, _SEE, Reach.BELOW)
access.grant(roles.ASSET_CLERK, [*_ASK, SUBMIT], Reach.OWN)
access.grant((roles.ASSET_OFFICER, roles.SUPPORT_HEAD), _TABLE, Reach.BELOW)
access.grant((roles.ASSET_OFFICER, roles.SUPPORT_HEAD), ISSUE, Reach.BELOW)
# In one's own body alone: the step asks in the body that decides of the class.
access.grant((roles.ASSET_OFFICER, roles.SUPPORT_HEAD, roles.FINANCE_HEAD), DECIDE, Reach.OWN)
