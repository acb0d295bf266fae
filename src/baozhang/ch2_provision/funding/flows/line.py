"""What the authority says of each line of a plan: agree, reduce with reason, refuse with reason (article 9)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import authority_for
from baozhang.ch2_provision.funding.choices import LineState, PlanState
from baozhang.ch2_provision.funding.models import PlanLine
from baozhang.kernel import access
from baozhang.kernel.flow import ByOrgan, Flow, Step
from baozhang.kernel.flow.step import Party
from baozhang.kernel.refusal import Refused

L = LineState
STATE = frozenset({"state"})
REVIEW_LINE = access.permission("funding.planline:review", gettext_lazy("逐项审核计划事项"))


def _is_reviewed(line: PlanLine) -> bool:
    return bool(line.plan.state == PlanState.SUBMITTED)


class PlanLineFlow(Flow):
    """A line waits for its answer; the answer may be changed until the review is done."""

    model = PlanLine
    words = gettext_lazy("计划事项审核")
    article = "第九条"
    initial = (L.PENDING,)
    reviewer = ByOrgan(authority_for)

    agree = Step(
        gettext_lazy("同意这一项"), (L.PENDING, L.REDUCED, L.REFUSED), L.AGREED, ":review", where="reviewer", todo=False, kind="primary",
        fields=("reason",), says=gettext_lazy("按申报数量和金额同意。"), shown=_is_reviewed,
    )  # fmt: skip
    reduce = Step(
        gettext_lazy("核减"), (L.PENDING, L.AGREED, L.REFUSED, L.REDUCED), L.REDUCED, ":review", where="reviewer", todo=False, side=True,
        fields=("agreed_quantity", "agreed_amount", "reason"), required=("agreed_amount", "reason"),
        says=gettext_lazy("写明核定的数量、金额和理由；核定金额应少于申报金额。"), shown=_is_reviewed,
    )  # fmt: skip
    refuse = Step(
        gettext_lazy("不同意这一项"), (L.PENDING, L.AGREED, L.REDUCED), L.REFUSED, ":review", where="reviewer", todo=False, side=True,
        kind="danger", fields=("reason",), required=("reason",), says=gettext_lazy("写明不同意的理由。"), shown=_is_reviewed,
    )  # fmt: skip
    give_up = Step(
        gettext_lazy("单位撤销"), (L.PENDING, L.AGREED, L.REDUCED), L.WITHDRAWN, "funding.plan:draft", todo=False, side=True, fields=("reason",),
        required=("reason",), along=gettext_lazy("请在配置需求中办理“撤销已列计划的需求”，计划事项随之撤销。"),
        notify=(Party(REVIEW_LINE, reviewer), Party("funding.plan:decide")),
    )  # fmt: skip

    @classmethod
    def title(cls, record: PlanLine) -> str:
        """What a task or notice about it is called."""
        return _("计划事项：%(line)s（%(organ)s）") % {"line": record.title, "organ": record.organ}


@PlanLineFlow.agree.guard
@PlanLineFlow.reduce.guard
@PlanLineFlow.refuse.guard
def _under_review(line: PlanLine) -> None:
    """A line is answered while its plan is under review, neither before nor after."""
    if not _is_reviewed(line):
        raise Refused(
            _("现在不能审核这一项"),
            why=_("所在计划的状态为“%(state)s”。") % {"state": line.plan.get_state_display()},
            article="第九条", instead=_("计划报送后、审核完毕前逐项审核；已审核完毕的，先驳回至逐项审核。"),
        )  # fmt: skip
