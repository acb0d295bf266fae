"""The mending of a terminal: opened, assigned, done, checked by what the terminal says since (article 23, paragraph 1)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.vehicles.choices import OrderState as S
from baozhang.ch2_provision.vehicles.choices import Trouble
from baozhang.ch2_provision.vehicles.models import TerminalHealth, TerminalOrder
from baozhang.kernel import access, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.flow import Flow, Step
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

ARTICLE = "第二十三条第一款"
ASSIGN = access.permission("vehicles.terminalorder:assign", gettext_lazy("派修车载终端"))
FINISH = access.permission("vehicles.terminalorder:finish", gettext_lazy("报终端修复"))
CHECK = access.permission("vehicles.terminalorder:check", gettext_lazy("核验终端修复"))
REPORTED = ledger.act("vehicles.mended", gettext_lazy("登记报修复时间"))


def _due(order: TerminalOrder, _day: dt.date) -> dt.date | None:
    return order.due


class MendingFlow(Flow):
    """待派修 → 检修中 → 待核验 → 已核验."""

    model = TerminalOrder
    words = gettext_lazy("终端检修单")
    article = ARTICLE
    initial = (S.OPENED,)

    assign = Step(
        gettext_lazy("派修"), S.OPENED, S.ASSIGNED, ":assign", kind="primary", icon="wrench-screwdriver", fields=("mender", "due"), required=("mender", "due"),
        within=_due,
    )  # fmt: skip
    finish = Step(
        gettext_lazy("报修复"), S.ASSIGNED, S.DONE, ":finish", kind="primary", icon="check", fields=("done_on", "cause"), required=("done_on", "cause"),
    )  # fmt: skip
    check = Step(
        gettext_lazy("核验"), S.DONE, S.CHECKED, ":check", four_eyes=("finish",), kind="primary", icon="shield-check",
        says=gettext_lazy("报修复的时刻之后终端须有新的联系（补报以前日子修复的，自修复次日起）；行驶中无定位、异常定位过多的，须有新的有效定位。"),
    )  # fmt: skip
    again = Step(
        gettext_lazy("退回重修"),
        S.DONE,
        S.ASSIGNED,
        ":check",
        needs_note=True,
        side=True,
        todo=False,
        icon="arrow-uturn-left",
    )
    spoil = Step(
        gettext_lazy("检修单作废"),
        (S.OPENED, S.ASSIGNED),
        S.DROPPED,
        ":assign",
        needs_note=True,
        side=True,
        todo=False,
        kind="danger",
    )


@MendingFlow.check.guard
def _speaks_again(order: TerminalOrder) -> None:
    """The terminal itself is the witness."""
    health = TerminalHealth.objects.filter(vehicle_id=order.terminal_id).first()
    fixed = order.trouble in (Trouble.BLIND, Trouble.DOUBTFUL)
    said = None if health is None else (health.at if fixed else health.heard)
    if order.done_on is None:
        return
    if said is None or said <= _mended(order).timestamp():
        raise Refused(
            _("%(order)s 还不能核验") % {"order": order},
            why=_("%(day)s 报修复以来，终端没有新的有效定位。") % {"day": order.done_on}
            if fixed
            else _("%(day)s 报修复以来，终端没有联系过。") % {"day": order.done_on},
            article=ARTICLE,
            instead=_("请待终端上报后再核验；没有修好的，退回重修。"),
        )


def _mended(order: TerminalOrder) -> dt.datetime:
    """The moment from which a word of the terminal is one of after the mending: its report, or the end of its day where that came first."""
    over = dt.datetime.combine(order.done_on or clock.today(), dt.time(), clock.ZONE) + dt.timedelta(days=1)
    return over if order.done_at is None else min(order.done_at, over)


@MendingFlow.finish.effect
def _reported(order: TerminalOrder, *, by: Actor) -> None:
    """When it was said to be done: what the terminal said earlier on that day says nothing of it."""
    order.done_at = clock.now()
    keep(order, by=by, act=REPORTED, right=FINISH)


@MendingFlow.finish.guard
def _not_ahead(order: TerminalOrder, *, values: dict[str, object], day: dt.date) -> None:
    """Nobody has mended it tomorrow, or before the order."""
    done = values.get("done_on")
    if isinstance(done, dt.date) and (done > day or (order.opened_on is not None and done < order.opened_on)):
        raise Refused(
            _("修复日期 %(day)s 不在开单日和今天之间") % {"day": done},
            article=ARTICLE,
            instead=_("请按实际修复的日期填写。"),
        )


def begin(orders: list[TerminalOrder], *, by: Actor, note: str = "") -> None:
    """This will open orders; whoever enters terminals may."""
    MendingFlow.start(orders, by=by, note=note)
