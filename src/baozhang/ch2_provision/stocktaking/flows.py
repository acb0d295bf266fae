"""The path of a count: plan, freeze, count, judge, report, approve by value, adjust, close with a report (13, 2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch1_general.organs.queries import authority_above, authority_of, finance_of
from baozhang.kernel import access, notices
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import issuing
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .actions import adjusting, freezing, judging
from .choices import Handling, Settled, State
from .models import Count, Difference, rights
from .queries import standing
from .queries.figures import SETTLE_DAYS, authority_decides, finance_decides
from .wording import report

ARTICLE = freezing.ARTICLE
S = State
for _name, _words in (
    ("submit", gettext_lazy("报批盘点方案")), ("freeze", gettext_lazy("批准盘点方案")), ("finish", gettext_lazy("结束清点")),
    ("report", gettext_lazy("报审盘点差异")), ("agree", gettext_lazy("审定盘点差异")), ("approve", gettext_lazy("审批盘点处理")),
    ("endorse", gettext_lazy("财政审批盘点处理")), ("adjust", gettext_lazy("调整账卡")), ("close", gettext_lazy("办结盘点")),
    ("cancel", gettext_lazy("撤销盘点")),
):  # fmt: skip
    access.permission(Count.right(_name), _words)


def approver(count: Count) -> Organization | None:
    """This is the same-level authority; for the authority's own count, the one above it."""
    found = authority_of(count.organ)
    return (authority_above(count.organ) or found) if found is not None and found.pk == count.organ_id else found


def finance(count: Count) -> Organization | None:
    """This is the same-level finance department."""
    return finance_of(count.organ)


def losses(count: Count) -> Decimal:
    """This is the book value of what is to be written off, and of what is to be booked anew."""
    rows = Difference._base_manager.filter(count_id=count.pk, state=Settled.EXPLAINED)
    found = rows.filter(handling__in=(Handling.LOST, Handling.NEW_CARD)).aggregate(
        lost=Sum("value"), new=Sum("new_value")
    )
    return (found["lost"] or Decimal(0)) + (found["new"] or Decimal(0))


def weighty(count: Count) -> bool:
    """This is true where anything is written off or booked anew; mere corrections of a card are the agency's own."""
    rows = Difference._base_manager.filter(count_id=count.pk, state=Settled.EXPLAINED)
    return rows.filter(handling__in=(Handling.LOST, Handling.NEW_CARD)).exists()


class CountFlow(Flow):
    """清查盘点."""

    model = Count
    words = gettext_lazy("清查盘点")
    article = ARTICLE
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("报批方案"), S.DRAFT, S.SUBMITTED, withdrawable=True, kind="primary", icon="paper-airplane"
    )
    freeze = Step(
        gettext_lazy("批准并冻结账面"), S.SUBMITTED, S.COUNTING, four_eyes=("submit",), returnable=(S.DRAFT,), kind="primary",
        icon="lock-closed", says=gettext_lazy("批准后冻结范围内的账面，按房间下发任务；资产照常使用和流转，期间的变动自动并入核对。"),
    )  # fmt: skip
    finish = Step(
        gettext_lazy("结束清点"), S.COUNTING, S.JUDGING, kind="primary", icon="check-circle", within=SETTLE_DAYS,
        says=gettext_lazy("每一张卡片都有盘点结果或者期间变动后，方可结束；随即形成差异清单。"),
    )  # fmt: skip
    recheck = Step(
        gettext_lazy("重新核对"), S.JUDGING, S.JUDGING, ":finish", todo=False, side=True, icon="arrow-path", within=SETTLE_DAYS,
        says=gettext_lazy("补盘之后，按最新的盘点记录和账本重新比对；已作的说明保留。"),
    )  # fmt: skip
    report = Step(
        gettext_lazy("差异报审"), S.JUDGING, S.REPORTED, kind="primary", icon="paper-airplane", within=SETTLE_DAYS,
        says=gettext_lazy("每项差异都要有原因、责任人和处理意见；拟核销的资产随即锁定。"),
    )  # fmt: skip
    agree = Step(
        gettext_lazy("审定并报批"), S.REPORTED, S.AGREED, four_eyes=("report",), returnable=(S.JUDGING,), kind="primary",
        within=SETTLE_DAYS, says=gettext_lazy("有盘亏核销或者盘盈入账，按金额报机关事务管理部门审批；金额起点未确定的一律报批。"),
    )  # fmt: skip
    settle = Step(
        gettext_lazy("审定"), S.REPORTED, S.APPROVED, ":agree", four_eyes=("report",), todo=False, kind="primary",
        within=SETTLE_DAYS, says=gettext_lazy("只更正卡片，或者金额在起点以下的，单位负责人审定即可。"),
    )  # fmt: skip
    approve = Step(
        gettext_lazy("批准"), S.AGREED, S.APPROVED, where=approver, four_eyes=("agree",), returnable=(S.JUDGING,), kind="primary",
        within=SETTLE_DAYS,
    )  # fmt: skip
    pass_on = Step(
        gettext_lazy("同意并转财政审批"), S.AGREED, S.FINANCE, ":approve", where=approver, todo=False, side=True, within=SETTLE_DAYS,
    )  # fmt: skip
    endorse = Step(
        gettext_lazy("财政批准"), S.FINANCE, S.APPROVED, where=finance, returnable=(S.JUDGING,), kind="primary", side=True,
        within=SETTLE_DAYS,
    )  # fmt: skip
    adjust = Step(
        gettext_lazy("调整账卡"), S.APPROVED, S.ADJUSTED, kind="primary", icon="adjustments-horizontal", within=SETTLE_DAYS,
        says=gettext_lazy("按批准的意见更正卡片、补建卡片、转丢失待处置，查不清的挂账。"),
    )  # fmt: skip
    close = Step(
        gettext_lazy("办结并出具报告"), S.ADJUSTED, S.CLOSED, four_eyes=("adjust",), kind="primary", icon="document-check",
        says=gettext_lazy("生成盘点报告公文；挂账事项带名转入下次盘点。"),
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("撤销盘点"), (S.DRAFT, S.SUBMITTED, S.COUNTING), S.CANCELLED, needs_note=True, todo=False, side=True,
        kind="danger",
    )  # fmt: skip

    @classmethod
    def title(cls, record: Count) -> str:
        """What a task about it is called."""
        return f"{record.title}（{record.organ}）"

    @classmethod
    def moved_back(cls, record: Count, *, was: str, to: str, by: Actor) -> None:
        """What was held for being written off is free again."""
        if to == S.JUDGING:
            adjusting.let_go(record)


@CountFlow.freeze.guard
def _something_to_count(count: Count, *, day: dt.date) -> None:
    """Cards in scope, none of them in another count's hands."""
    freezing.can_freeze(count, day)


@CountFlow.freeze.effect
def _frozen(count: Count, *, by: Actor, day: dt.date) -> None:
    """The books stand still on paper; people and things do not."""
    freezing.freeze(count, by=by, day=day)
    notices.notify_holders(
        rights.MINE, count.organ_id, title=_("%(count)s 已开始，请在手机上自查名下资产") % {"count": count},
        body=_("菜单“资产”中打开“手机盘点”，逐件确认；不联网也能盘，联网后自动上传。"), about=(count.label, count.pk),
    )  # fmt: skip


@CountFlow.finish.guard
def _all_told(count: Count) -> None:
    """A line of which nobody said anything is not missing, it is not counted."""
    left = standing.left_open(count)
    if left:
        rooms = list(dict.fromkeys(one.line.place or _("未登记地点") for one in left))
        split = "、".join(one.line.number for one in left[:6] if not one.line.kept)
        raise Refused(
            _("还有 %(n)d 件没有盘到，不能结束清点") % {"n": len(left)}, article=ARTICLE,
            why=_("涉及 %(n)d 处：%(rooms)s。") % {"n": len(rooms), "rooms": "、".join(rooms[:6]) + ("……" if len(rooms) > 6 else "")}
            + (_("其中期间拆分出来的：%(numbers)s。") % {"numbers": split} if split else ""),
            instead=_("请逐处盘完；确实未见的，在手机上点“确认未见”。"), facts={_("未盘件数"): len(left)},
        )  # fmt: skip


@CountFlow.finish.effect
def _judged(count: Count, *, by: Actor, day: dt.date) -> None:
    """The differences come out of scans and moves."""
    count.counted_on = day
    keep(count, by=by, act=rights.COUNTED, right=Count.right("finish"))
    judging.judge(count, by=by, right=Count.right("finish"))


@CountFlow.recheck.effect
def _judged_again(count: Count, *, by: Actor) -> None:
    """The same once more."""
    judging.judge(count, by=by, right=Count.right("finish"))


@CountFlow.report.guard
def _all_explained(count: Count) -> None:
    """No difference without cause, responsible person and handling; none that scans have changed since."""
    rows = Difference._base_manager.filter(count_id=count.pk, state=Settled.OPEN).order_by("pk")
    left = rows.count()
    if left:
        raise Refused(
            _("还有 %(n)d 项差异没有说明") % {"n": left}, why="；".join(str(row) for row in rows[:5]), article=ARTICLE,
            instead=_("请逐项写明原因、责任人和处理意见；查不清的选“挂账续查”。"), facts={_("未说明的差异"): left},
        )  # fmt: skip
    known = set(
        Difference._base_manager.filter(count_id=count.pk).exclude(state=Settled.DROPPED).values_list("mark", flat=True)
    )
    fresh = {row.mark for row in judging.differences(count)}
    carried = {mark for mark in known if mark.startswith("debt:")}
    if fresh != known - carried:
        raise Refused(
            _("清点完成后又有新的盘点记录或者变动"), why=_("差异清单已不是最新。"), article=ARTICLE,
            instead=_("请先办理“重新核对”，再说明新的差异。"),
        )  # fmt: skip


@CountFlow.report.effect
def _held(count: Count, *, by: Actor) -> None:
    """What is to be written off may not be lent or moved meanwhile."""
    adjusting.hold(count, by=by)


@CountFlow.settle.guard
def _own_matter(count: Count, *, day: dt.date) -> None:
    """The agency's head settles alone what is below the sum set; while none is set, nothing that moves value is."""
    total = losses(count)
    if weighty(count) and authority_decides(total, count.organ_id, day):
        raise Refused(
            _("应报机关事务管理部门审批"), article=ARTICLE, instead=_("请办理“审定并报批”。"),
            why=_("盘亏核销和盘盈入账合计 %(sum)s 元，未低于单位自行审定的金额；该金额未经发布的，一律报批。") % {"sum": f"{total:,.2f}"},
            facts={_("涉及金额"): f"{total:,.2f}"},
        )  # fmt: skip


@CountFlow.approve.guard
def _not_finances(count: Count, *, day: dt.date) -> None:
    """Where a sum for the finance department is set and reached, it approves as well."""
    total = losses(count)
    if finance_decides(total, count.organ_id, day):
        raise Refused(
            _("应转财政部门审批"), why=_("涉及金额 %(sum)s 元达到财政审批的金额。") % {"sum": f"{total:,.2f}"}, article="第十三条第四款",
            instead=_("请办理“同意并转财政审批”。"),
        )  # fmt: skip


@CountFlow.pass_on.guard
def _is_finances(count: Count, *, day: dt.date) -> None:
    """Nothing is sent to the finance department that is not its own to decide."""
    if not finance_decides(losses(count), count.organ_id, day):
        raise Refused(_("不需要财政部门审批"), article="第十三条第四款", instead=_("请直接批准。"))


@CountFlow.adjust.effect
def _adjusted(count: Count, *, by: Actor, day: dt.date) -> None:
    """Cards follow things."""
    adjusting.adjust(count, by=by, day=day)


@CountFlow.close.guard
def _settled(count: Count) -> None:
    """Nothing unexplained, books and cards as decided, and a document word for the report."""
    adjusting.check_settled(count)
    if not count.organ.document_word.strip():
        raise Refused(
            _("%(organ)s尚未登记机关代字，不能编号") % {"organ": count.organ}, article=ARTICLE,
            instead=_("请同级机关事务管理部门负责人先在单位登记中填写机关代字。"),
        )  # fmt: skip


@CountFlow.close.effect
def _closed(count: Count, *, by: Actor, day: dt.date) -> None:
    """The report with its number goes to the authority; the count is over."""
    right, above = Count.right("close"), approver(count)
    paper = report(count, day=day, addressee=above.name if above is not None else "")
    count.document = issuing.issue(
        paper, organ=count.organ_id, word=count.organ.document_word.strip(), about=count, by=by, right=right,
        addressees=[above.pk] if above is not None else [],
    )  # fmt: skip
    count.closed_on = day
    keep(count, by=by, act=rights.CLOSED, right=right)


@CountFlow.cancel.effect
def _cancelled(count: Count, *, by: Actor, note: str) -> None:
    """Debts that had come along are debts again; the scans stay as they are."""
    carried: list[Any] = [
        row.origin for row in Difference._base_manager.filter(count_id=count.pk).select_related("origin") if row.origin
    ]
    for debt in carried:
        debt.state = Settled.DEBT
    keep(carried, by=by, act=rights.CARRIED, note=note, right=Count.right("cancel"))
