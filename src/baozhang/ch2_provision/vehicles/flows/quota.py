"""An approval of a quota: asked for by the unit, decided by the city's authority, or finance for law enforcement."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.vehicles.choices import QuotaState as S
from baozhang.ch2_provision.vehicles.models import Quota
from baozhang.ch2_provision.vehicles.queries.competence import quota_body
from baozhang.kernel import access
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.refusal import Refused

SUBMIT = access.permission("vehicles.quota:submit", gettext_lazy("申请核定车辆编制"))
DECIDE = access.permission("vehicles.quota:decide", gettext_lazy("核定车辆编制"))


def body(quota: Quota) -> Organization | None:
    """Who decides, looked up."""
    return quota_body(quota.organ, quota.klass)


class QuotaFlow(Flow):
    """申请 → 核定（执法执勤用车由财政部门，其他由市机关事务管理部门）."""

    model = Quota
    words = gettext_lazy("车辆编制")
    article = "第二十二条"
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("申请核定"),
        S.DRAFT,
        S.SUBMITTED,
        ":submit",
        kind="primary",
        icon="paper-airplane",
        withdrawable=True,
    )
    decide = Step(
        gettext_lazy("核定编制"), S.SUBMITTED, S.APPROVED, ":decide", where=body, four_eyes=("submit",), kind="primary", icon="check",
        fields=("number", "document", "since"), required=("number", "document", "since"), returnable=(S.DRAFT,),
        says=gettext_lazy("执法执勤用车由财政部门核定，其他用车由市机关事务管理部门核定。"),
    )  # fmt: skip
    reject = Step(
        gettext_lazy("不予核定"), S.SUBMITTED, S.REJECTED, ":decide", where=body, needs_note=True, side=True, todo=False, kind="danger",
    )  # fmt: skip


@QuotaFlow.decide.guard
def _not_behind(quota: Quota, *, values: dict[str, Any]) -> None:
    """One approval of a class from one day on."""
    since = values.get("since")
    same = (
        Quota._base_manager.filter(organ_id=quota.organ_id, klass=quota.klass, state=S.APPROVED, since=since).first()
        if since
        else None
    )
    if same is not None:
        raise Refused(
            _("这一类别已有 %(day)s 起的核定") % {"day": since}, why=f"{same.document}：{same.number}", article="第二十二条",
            instead=_("请核对起始日期；更正的，以新的日期核定。"),
        )  # fmt: skip
