"""The path of a round: drafted, opened for the agencies, closed (article 9)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.choices import Competence
from baozhang.ch2_provision.funding.choices import RoundState
from baozhang.ch2_provision.funding.models import Ceiling, Plan, PlanRound
from baozhang.kernel import access
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .plan import PlanFlow

R = RoundState
OPEN = access.permission("funding.planround:open", gettext_lazy("布置和截止年度计划编报"))


class RoundFlow(Flow):
    """Opening a round lays an empty plan, with its deadline, on the desk of each agency in it."""

    model = PlanRound
    words = gettext_lazy("计划编报")
    article = "第九条"
    initial = (R.DRAFT,)

    open = Step(
        gettext_lazy("布置编报"), R.DRAFT, R.OPEN, kind="primary", icon="paper-airplane",
        says=gettext_lazy("布置后，列入本轮次的单位各收到一份待编计划和截止日期。"),
    )  # fmt: skip
    close = Step(
        gettext_lazy("截止编报"), R.OPEN, R.CLOSED, ":open", todo=False, says=gettext_lazy("截止后仍可补报，但会列为逾期。")
    )  # fmt: skip
    reopen = Step(gettext_lazy("恢复编报"), R.CLOSED, R.OPEN, ":open", todo=False, side=True, needs_note=True)


@RoundFlow.open.guard
def _ready(round_: PlanRound) -> None:
    """Only an authority lays out a round, and it says for whom."""
    if round_.organ.competence != Competence.AUTHORITY:
        raise Refused(
            _("只有机关事务管理部门布置年度计划"), article="第九条", instead=_("请由同级机关事务管理部门布置。"),
        )  # fmt: skip
    if not Ceiling._base_manager.filter(round=round_).exists():
        raise Refused(
            _("本轮次还没有列入单位"), article="第八条第一款", instead=_("请先“列入本级单位”，并填写各单位的控制限额。")
        )


def closing(plan: Plan, _day: dt.date) -> dt.date:
    """The day by which a plan is to be handed in."""
    return plan.round.closes


@RoundFlow.open.effect
def _laid_out(round_: PlanRound, *, by: Actor) -> None:
    """A plan for each agency that has none for the year; its accountants find it among their to-dos."""
    have = set(Plan._base_manager.filter(year=round_.year).values_list("organ_id", flat=True))
    ceilings = Ceiling._base_manager.filter(round=round_).exclude(organ_id__in=have).select_related("organ")
    plans = [Plan(round=round_, organ=one.organ) for one in ceilings.order_by("organ__code")]
    keep(plans, by=by, right=OPEN, where=round_.organ_id)
    PlanFlow.start(plans, by=by, within=closing)
