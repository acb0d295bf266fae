"""A need that stands in the plan is withdrawn: with it goes what the plan and the budgets have of it (articles 9 and 12)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from baozhang.ch2_provision.funding.actions import withdraw_line
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .flows import PLAN, PLANNED, NeedFlow
from .models import Need


@NeedFlow.retract.guard
def _nothing_came(need: Need) -> None:
    """What has come is there; only a need of which nothing was bought is withdrawn as a whole."""
    if need.received:
        raise Refused(
            _("%(need)s 不能整项撤销") % {"need": need}, why=_("采购已到位 %(n)s 件。") % {"n": need.received}, article="第九条",
            instead=_("余下的不再需要，先办理计划年度调整，减到已到位的数量；同意后办理“重新查找存量”，再撤销需求。"),
        )  # fmt: skip


@NeedFlow.retract.effect
def _out_of_the_plan(need: Need, *, by: Actor, note: str) -> None:
    """The line goes, or stays to be read as withdrawn; nothing is planned for the need any more."""
    line = need.plan_line
    need.planned = 0
    if line is not None and line.plan.editable:
        need.plan_line = None
    keep(need, by=by, act=PLANNED, note=note, right=PLAN)
    if line is not None:
        withdraw_line(line, by=by, note=note)
