"""The four paths that a regulation knows. A concrete flow sets `model` and who acts, and may add, change or drop steps.

Permissions are the model's own unless said otherwise (":audit" is `app.model:audit`); `superior`, where a shape has it,
is a function record → organ that orders, receives or re-checks: looked up, never chosen.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .choices import FilingState, RectificationState, ReportState, ReviewState
from .flow import Flow
from .step import Step, Where

R, F, O, P = ReviewState, FilingState, RectificationState, ReportState  # noqa: E741


class Review(Flow):
    """报审批退: submit, audit, approve, or give back. Rights: submit, audit, approve."""

    initial = (R.DRAFT,)
    auditor: Where = None
    approver: Where = None

    submit = Step(_("提交审核"), (R.DRAFT, R.RETURNED), R.SUBMITTED, withdrawable=True, kind="primary")
    audit = Step(
        _("审核通过"),
        R.SUBMITTED,
        R.AUDITED,
        where="auditor",
        four_eyes=("submit",),
        returnable=True,
        withdrawable=True,
        kind="primary",
    )
    approve = Step(
        _("批准"),
        R.AUDITED,
        R.APPROVED,
        where="approver",
        four_eyes=("submit", "audit"),
        returnable=True,
        kind="primary",
    )
    give_back = Step(
        _("退回修改"), R.SUBMITTED, R.RETURNED, ":audit", where="auditor", needs_note=True, side=True, todo=False
    )
    reject = Step(
        _("不予批准"),
        R.AUDITED,
        R.REJECTED,
        ":approve",
        where="approver",
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )


class Filing(Flow):
    """备案: send in, receive with a receipt, or ask to complete. Rights: file, receive. `within` of file is the day limit."""

    initial = (F.DRAFT,)
    superior: Where = None

    file = Step(_("报送备案"), (F.DRAFT, F.RETURNED), F.FILED, withdrawable=True, kind="primary")
    receive = Step(_("接收备案"), F.FILED, F.RECEIVED, where="superior", four_eyes=("file",), kind="primary")
    ask_more = Step(
        _("退回补正"), F.FILED, F.RETURNED, ":receive", where="superior", needs_note=True, side=True, todo=False
    )


class Rectification(Flow):
    """责令整改—反馈—复查—销号（—再整改）. Rights: issue, reply, recheck. `within` of issue is the time to put it right."""

    initial = (O.DRAFT,)
    superior: Where = None

    issue = Step(_("签发整改通知"), O.DRAFT, O.ORDERED, where="superior", kind="primary")
    reply = Step(_("反馈整改情况"), (O.ORDERED, O.AGAIN), O.REPLIED, needs_note=True, withdrawable=True, kind="primary")
    close = Step(
        _("复查销号"),
        O.REPLIED,
        O.CLOSED,
        ":recheck",
        where="superior",
        four_eyes=("issue", "reply"),
        needs_note=True,
        kind="primary",
    )
    again = Step(
        _("责令再次整改"),
        O.REPLIED,
        O.AGAIN,
        ":recheck",
        where="superior",
        four_eyes=("reply",),
        needs_note=True,
        side=True,
        todo=False,
    )
    revoke = Step(
        _("撤销通知"),
        (O.DRAFT, O.ORDERED, O.AGAIN),
        O.REVOKED,
        ":issue",
        where="superior",
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )


class ReportHandling(Flow):
    """举报受理—调查—答复. Rights: accept, investigate, answer. `within` of each step is the time for the next."""

    initial = (P.RECEIVED,)
    superior: Where = None

    accept = Step(_("受理"), P.RECEIVED, P.ACCEPTED, where="superior", kind="primary")
    investigate = Step(
        _("调查办结"), P.ACCEPTED, P.INVESTIGATED, where="superior", needs_note=True, withdrawable=True, kind="primary"
    )
    answer = Step(
        _("答复"),
        P.INVESTIGATED,
        P.ANSWERED,
        where="superior",
        four_eyes=("investigate",),
        needs_note=True,
        returnable=True,
        kind="primary",
    )
    decline = Step(
        _("不予受理"),
        P.RECEIVED,
        P.DECLINED,
        ":accept",
        where="superior",
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )
    transfer = Step(
        _("移送"),
        (P.RECEIVED, P.ACCEPTED),
        P.TRANSFERRED,
        ":accept",
        where="superior",
        needs_note=True,
        side=True,
        todo=False,
    )
