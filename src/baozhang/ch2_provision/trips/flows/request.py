"""The path of a trip request: asked, approved in the unit, sent, under way, back, confirmed, rated."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.trips.choices import OPEN_REQUEST
from baozhang.ch2_provision.trips.choices import RequestState as S
from baozhang.ch2_provision.trips.models import Request
from baozhang.ch2_provision.trips.models.dispatch import cost_of
from baozhang.kernel import access, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.flow import Flow, Own, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Refused

ASK = access.permission("trips.request:ask", gettext_lazy("申请用车"))
APPROVE = access.permission("trips.request:approve", gettext_lazy("审批用车"))
SEND = access.permission("trips.request:send", gettext_lazy("调度派车"))
WENT_FIRST = ledger.act("trips.went_first", gettext_lazy("先行用车"))
COMPLETED = ledger.act("trips.completed", gettext_lazy("补办审批"))
ENTRUSTED = ledger.act("trips.entrusted", gettext_lazy("改由他人承办"))
SYSTEM = access.system_actor("随派车单")  # moves requests along with their dispatch
ARTICLE = "第二十三条第一款"
ON_SLIP = gettext_lazy("由驾驶人在派车单上登记，申请随之办理。")


def askers(organ: int) -> QuerySet[User]:
    """Those who may ask for a vehicle in a unit."""
    return User.objects.filter(pk__in=list(access.holders_of.ask(ASK, organ, clock.today()))).order_by("name")


def _settled(request: Request) -> str:
    """What is confirmed: how far it went and what it cost on the way."""
    slip = request.dispatch
    if slip is None:
        return ""
    went = _("行驶 %(km)s 公里，") % {"km": slip.kilometres} if slip.kilometres is not None else ""
    return _("%(went)s途中费用 %(cost)s 元。有出入的，先请调度员更正派车单。") % {
        "went": went,
        "cost": f"{cost_of(slip):,.2f}",
    }


class RequestFlow(Flow):
    """申请 → 单位审批 → 派车 → 出车 → 还车 → 确认结算 → 评价；紧急的先用后补."""

    model = Request
    words = gettext_lazy("用车申请")
    article = ARTICLE
    initial = (S.DRAFT,)
    own = Own("account", rights=(":ask",))  # what the applicant does is before him alone, the rest before its offices

    submit = Step(
        gettext_lazy("提交用车申请"),
        S.DRAFT,
        S.SUBMITTED,
        ":ask",
        kind="primary",
        icon="paper-airplane",
        withdrawable=True,
    )
    approve = Step(
        gettext_lazy("同意用车"), S.SUBMITTED, S.APPROVED, ":approve", four_eyes=("submit",), kind="primary", icon="check", returnable=(S.DRAFT,),
        withdrawable=True,
    )  # fmt: skip
    reject = Step(
        gettext_lazy("不同意用车"),
        S.SUBMITTED,
        S.REJECTED,
        ":approve",
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )
    go_first = Step(
        gettext_lazy("紧急先用车"), S.DRAFT, S.APPROVED, ":ask", needs_note=True, side=True, todo=False, icon="bolt",
        says=gettext_lazy("来不及审批的，写明紧急情况后直接派车；事后须补办审批，次数单独统计。"),
    )  # fmt: skip
    send = Step(
        gettext_lazy("派车"),
        S.APPROVED,
        S.DISPATCHED,
        ":send",
        icon="truck",
        along=gettext_lazy("请打开“调度台”派车：同时确定车辆和驾驶人。"),
    )
    recall = Step(
        gettext_lazy("撤回派车"),
        S.DISPATCHED,
        S.APPROVED,
        ":send",
        todo=False,
        side=True,
        along=gettext_lazy("请取消派车单，申请随之回到待派车。"),
    )
    depart = Step(gettext_lazy("出车"), S.DISPATCHED, S.RUNNING, ":send", todo=False, along=ON_SLIP)
    come_back = Step(gettext_lazy("还车"), S.RUNNING, S.RETURNED, ":send", todo=False, along=ON_SLIP)
    confirm = Step(
        gettext_lazy("确认结算"), S.RETURNED, S.SETTLED, ":ask", kind="primary", icon="banknotes", fields=("rating", "comment"), required=("rating",),
        says=_settled,
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("取消用车"),
        OPEN_REQUEST,
        S.CANCELLED,
        ":ask",
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )

    @classmethod
    def moved_back(cls, record: Any, *, was: str, to: str, by: Actor) -> None:
        """Nothing: whose it became it stays."""


@RequestFlow.submit.guard
@RequestFlow.go_first.guard
@RequestFlow.confirm.guard
@RequestFlow.cancel.guard
def _is_his(request: Request, *, by: Actor) -> None:
    """A request is its applicant's; the desk may do for him what he cannot. What came in as nobody's is for whoever takes it."""
    if by.system or request.account_id is None or by.can(SEND, request.organ_id) or RequestFlow.is_of(request, by):
        return
    raise Forbidden(
        _("这不是您的用车申请"),
        why=str(request.account or request.applicant),
        instead=_("请由申请人本人办理，或由调度员代为办理。"),
    )


@RequestFlow.submit.effect
@RequestFlow.go_first.effect
def _taken(request: Request, *, by: Actor, note: str) -> None:
    """Whoever hands in what was nobody's has it."""
    if request.account_id is None and by.user_id is not None:
        request.account_id = by.user_id
        keep(request, by=by, act=ENTRUSTED, right=ASK, note=note)


@RequestFlow.go_first.effect
def _went_first(request: Request, *, by: Actor, note: str) -> None:
    """It is marked and counted."""
    request.urgent = True
    keep(request, by=by, act=WENT_FIRST, right=ASK, note=note)


def entrust(request: Request, account: User, *, by: Actor, note: str) -> None:
    """This will make a request somebody else's: he confirms what it came to."""
    if account not in askers(request.organ_id):
        raise Refused(
            _("%(name)s不能承办这项申请") % {"name": account}, article=ARTICLE, why=_("在用车单位没有申请用车的权限。"),
            instead=_("请选择用车单位的人员。"),
        )  # fmt: skip
    request.account = account
    keep(request, by=by, act=ENTRUSTED, right=SEND, note=note)


def complete(request: Request, *, by: Actor, note: str) -> None:
    """This will approve afterwards what had to go first."""
    if not request.urgent or request.completed_at is not None or request.state == S.CANCELLED:
        raise Refused(
            _("%(request)s 不需要补办") % {"request": request},
            article=ARTICLE,
            instead=_("只有先用后补、尚未补办的才需要。"),
        )
    went = ledger.history(request.label, request.pk).filter(act=RequestFlow.plan.act("step", "go_first"))
    if by.user_id is not None and went.filter(by_id=by.user_id).exists():
        raise Forbidden(
            _("您是先行用车的提出人，不能补办审批"), why=_("申请和审批须由不同的人办理。"), article=ARTICLE, instead=_("请由本单位其他负责人补办。"),
        )  # fmt: skip
    request.completed_at = clock.now()
    keep(request, by=by, act=COMPLETED, right=APPROVE, note=note)
