"""Letting and lending: decision of the agency, consent of the authority, contract, income, return (article 13, paragraph 3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import authority_for
from baozhang.ch2_provision.assets.actions import letting as acts
from baozhang.ch2_provision.assets.actions.standing import still_there
from baozhang.ch2_provision.assets.choices.cases import LettingState as S
from baozhang.ch2_provision.assets.models import Letting
from baozhang.kernel import access, holds
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import ByOrgan, Flow, Step, trail
from baozhang.kernel.guarding import of_the_living
from baozhang.kernel.refusal import Refused

ARTICLE = "第十三条第三款"
APPLY = access.permission("assets.letting:apply", gettext_lazy("申请出租出借"))
DECIDE = access.permission("assets.letting:decide", gettext_lazy("决策出租出借"))
APPROVE = access.permission("assets.letting:approve", gettext_lazy("审核出租出借"))


authority = ByOrgan(authority_for)


class LettingFlow(Flow):
    """出租出借: nothing leaves the agency before both have agreed and a contract is there."""

    model = Letting
    words = gettext_lazy("出租出借")
    article = ARTICLE
    initial = (S.DRAFT,)

    submit = Step(
        gettext_lazy("提请单位决策"), S.DRAFT, S.SUBMITTED, ":apply", kind="primary", icon="paper-airplane", withdrawable=True,
        says=gettext_lazy("提交后这项资产为本件保留，不能另作他用。"),
    )  # fmt: skip
    edit = Step(
        gettext_lazy("修改"), S.DRAFT, S.DRAFT, ":apply", todo=False, side=True, icon="pencil", required=("party", "since", "until"),
        fields=("party", "purpose", "since", "until", "rent", "period", "due_days", "method"),
    )  # fmt: skip
    decide = Step(
        gettext_lazy("同意并报审核"), S.SUBMITTED, S.DECIDED, ":decide", four_eyes=("submit",), kind="primary", icon="check",
        required=("decision",), returnable=(S.DRAFT,), says=gettext_lazy("写明集体决策的会议和纪要编号，报同级机关事务管理部门审核。"),
    )  # fmt: skip
    approve = Step(
        gettext_lazy("审核同意"), S.DECIDED, S.APPROVED, ":approve", where=authority, four_eyes=("submit", "decide"), kind="primary",
        icon="check", returnable=(S.DRAFT,),
    )  # fmt: skip
    refuse = Step(
        gettext_lazy("不予同意"), (S.DECIDED,), S.REFUSED, ":approve", where=authority, needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip
    sign = Step(
        gettext_lazy("登记合同，交付使用"), S.APPROVED, S.LIVE, ":apply", kind="primary", icon="document-text", required=("contract", "contract_on"),
        within=lambda case, day: case.until, says=gettext_lazy("登记后卡片改为出租或者出借，各期应缴收入列入资产收入。"),
    )  # fmt: skip
    take_back = Step(
        gettext_lazy("收回"), S.LIVE, S.ENDED, ":apply", kind="primary", icon="arrow-uturn-left", required=("returned_on", "condition"),
        says=gettext_lazy("收回后各期尚未开始的租金不再应缴；已开始的照常缴库。"),
    )  # fmt: skip
    cancel = Step(
        gettext_lazy("撤销申请"), (S.DRAFT, S.SUBMITTED, S.APPROVED), S.CANCELLED, ":apply", needs_note=True, todo=False, side=True, kind="danger",
    )  # fmt: skip

    @classmethod
    def moved_back(cls, record: Any, *, was: str, to: str, by: Actor) -> None:
        """Back in the draft nothing is kept from others any longer."""
        if to == S.DRAFT:
            holds.release(record)


@LettingFlow.submit.guard
def _may_go(case: Letting) -> None:
    still_there([case.card], strict=True)


@LettingFlow.submit.effect
def _kept(case: Letting, *, by: Actor) -> None:
    holds.take(
        case.card,
        case=case,
        words=str(_("%(kind)s给%(party)s") % {"kind": case.get_kind_display(), "party": case.party}),
        by=by,
    )


@LettingFlow.sign.guard
def _in_time(case: Letting, *, day: dt.date, values: dict[str, Any]) -> None:
    of_the_living(Letting, [case])
    if case.until < day:
        raise Refused(
            _("期限 %(until)s 已过") % {"until": case.until},
            article=ARTICLE,
            instead=_("请撤销本件，按新的期限重新申请。"),
        )
    signed = values.get("contract_on")
    consent = trail.read(LettingFlow.plan, case).last_in(S.DECIDED)
    if signed is not None and consent is not None and signed < consent.day:
        raise Refused(
            _("合同签订日期早于审核同意之日 %(day)s") % {"day": consent.day}, article=ARTICLE, why=_("没有审核同意的不得出租、出借。"),
            instead=_("请核对合同上的日期；已经先签了合同的，如实报主管部门处理。"),
        )  # fmt: skip


@LettingFlow.sign.effect
def _given(case: Letting, *, by: Actor) -> None:
    acts.give(case, by=by, right=APPLY)


@LettingFlow.take_back.guard
def _back_in_order(case: Letting, *, day: dt.date, values: dict[str, Any]) -> None:
    back = values.get("returned_on")
    if back is not None and not case.since <= back <= day:
        raise Refused(
            _("收回日期 %(back)s 应在 %(since)s 与今天之间") % {"back": back, "since": case.since},
            article=ARTICLE,
            instead=_("请核对日期。"),
        )


@LettingFlow.take_back.effect
def _returned(case: Letting, *, by: Actor) -> None:
    acts.take_back(case, by=by, right=APPLY)


@LettingFlow.refuse.effect
@LettingFlow.cancel.effect
def _let_go(case: Letting) -> None:
    holds.release(case)


__all__ = ["APPLY", "APPROVE", "DECIDE", "LettingFlow"]
