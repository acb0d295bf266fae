"""Handover, repair and upkeep: what is for whom, and who may do what (article 11)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs import roles
from baozhang.ch2_provision.assets.actions import custody, repairs
from baozhang.ch2_provision.assets.choices.cases import HandoverState, RepairState, Signature
from baozhang.ch2_provision.assets.flows.handover import CONFIRM, OPEN, HandoverFlow
from baozhang.ch2_provision.assets.models import Card, Handover, HandoverItem, Repair
from baozhang.kernel import access, clock
from baozhang.kernel.access import Actor, Reach
from baozhang.kernel.acts import Act
from baozhang.kernel.resource import Computed, Group, Related, Resource, register
from baozhang.kernel.statement import Statement

SIGN = access.permission(custody.SIGN, gettext_lazy("签收交接的资产"))


def progress(case: Handover) -> str:
    """This is how many things have been signed for, of how many."""
    rows = HandoverItem._base_manager.filter(handover=case)
    whole = rows.count()
    return (
        _("%(done)s / %(whole)s 项") % {"done": rows.exclude(signature=Signature.OPEN).count(), "whole": whole}
        if whole
        else ""
    )


def _sign(items: Sequence[HandoverItem], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    return _("已签收 %(count)s 项") % {"count": custody.sign(items, received=True, by=by, note=note)}


def _miss(items: Sequence[HandoverItem], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    return _("已记录 %(count)s 项未见实物") % {"count": custody.sign(items, received=False, by=by, note=note)}


def _waits(item: HandoverItem) -> bool:
    return bool(item.signature == Signature.OPEN and item.handover.state == HandoverState.GIVEN)


def _taken_by(item: HandoverItem, by: Actor) -> bool:
    """Nobody signs for another."""
    return item.taker_account_id is not None and item.taker_account_id == by.user_id


def _name(items: Sequence[HandoverItem], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    count = custody.name_taker(items, taker=(values.get("taker") or "").strip(), by=by, right=OPEN)
    return _("已指定 %(count)s 项的接收人") % {"count": count}


@register
class Handovers(Resource):
    """Handovers."""

    model = Handover
    slug = "assets/handovers"
    place = 22
    article = "第十一条第二款"
    chapter = "assets"
    icon = "arrows-right-left"
    words = gettext_lazy("保管交接")
    purpose = gettext_lazy("人员离岗时，名下资产逐项签收、负责人确认以后，卡片才换保管人")
    columns = ("leaver", "reason", "leaves_on", "taker", "state", "organ")
    more_columns = ("confirmed_on", "remarks")
    groups = (
        Group(gettext_lazy("交接"), ("organ", "leaver", "reason", "leaves_on", "taker", "remarks")),
        Group(gettext_lazy("办理"), ("state", "signed", "confirmed_on")),
    )
    readonly = frozenset({"state", "confirmed_on"})
    computed = {"signed": Computed(gettext_lazy("签收进度"), progress)}
    filters = ("organ", "state", "reason", "leaves_on")
    search = ("leaver", "taker")
    key_facts = ("leaver", "leaves_on", "signed")
    state = "state"
    colours = {HandoverState.GIVEN: "amber", HandoverState.SIGNED: "blue", HandoverState.CONFIRMED: "green"}
    flow = HandoverFlow
    related = (Related("assets/handover-items", "handover", gettext_lazy("清单")),)
    importable = False


@register
class HandoverItems(Resource):
    """The things on handovers."""

    model = HandoverItem
    slug = "assets/handover-items"
    place = 54
    article = "第十一条第二款"
    chapter = "assets"
    icon = "clipboard-document-check"
    words = gettext_lazy("交接清单")
    purpose = gettext_lazy("逐项签收：接收人见到实物后本人签收，找不到的写明情况")
    columns = ("card", "signature", "taker", "signed_on", "handover", "remarks")
    more_columns = ("organ", "place")
    groups = (
        Group(
            gettext_lazy("交接"), ("organ", "handover", "card", "taker", "place", "signature", "signed_on", "remarks")
        ),
    )
    readonly = frozenset({"organ", "handover", "card", "taker", "place", "signature", "signed_on", "remarks"})
    filters = ("organ", "handover", "signature")
    search = ("taker",)
    key_facts = ("card", "signature", "taker")
    state = "signature"
    colours = {Signature.OPEN: "amber", Signature.RECEIVED: "green", Signature.MISSING: "red"}
    importable = False
    addable = False
    acts = {
        "sign": Act(gettext_lazy("签收"), SIGN, _sign, article="第十一条第二款", icon="check", shown=_waits, whose=_taken_by),
        "missing": Act(gettext_lazy("未见实物"), SIGN, _miss, needs_note=True, article="第十一条第二款", icon="question-mark-circle",
                       shown=_waits, whose=_taken_by),
        "taker": Act(gettext_lazy("指定接收人"), OPEN, _name, ("taker",), required=("taker",), article="第十一条第二款", icon="user-plus",
                     shown=_waits),
    }  # fmt: skip


def _finish(rows: Sequence[Repair], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for row in rows:
        repairs.finish(
            row, day=values.get("done_on") or clock.today(), cost=values.get("cost"), result=values.get("result") or note, by=by,
            invoice=values.get("invoice") or "",
        )  # fmt: skip
    return _("已登记完成，卡片恢复在用")


def _give_up(rows: Sequence[Repair], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for row in rows:
        repairs.finish(row, day=clock.today(), cost=row.cost, result=note, by=by, hopeless=True)
    return _("已登记无法修复，卡片转为待处置")


@register
class Repairs(Resource):
    """Repair and upkeep."""

    model = Repair
    slug = "assets/repairs"
    place = 26
    article = "第十一条第二款"
    chapter = "assets"
    icon = "wrench-screwdriver"
    words = gettext_lazy("维修保养")
    purpose = gettext_lazy("每次维修保养的原因、承修单位和费用，都记在卡片上")
    columns = ("card", "kind", "reported_on", "fault", "vendor", "done_on", "cost", "state", "organ")
    more_columns = ("reporter", "invoice", "result")
    groups = (
        Group(gettext_lazy("报修"), ("organ", "card", "kind", "reported_on", "fault", "reporter", "vendor")),
        Group(gettext_lazy("完成"), ("state", "done_on", "cost", "invoice", "result")),
    )
    readonly = frozenset({"state"})  # it moves with the acts, and the card with it
    enter = repairs.enter
    begins = lambda who: {"reported_on": clock.today()}  # noqa: E731 -- mostly it is reported on the day
    filters = ("organ", "kind", "state", "reported_on")
    search = ("fault", "vendor", "reporter")
    order = "-reported_on"
    units = {"cost": gettext_lazy("元")}
    key_facts = ("card", "state", "cost")
    state = "state"
    colours = {RepairState.OPEN: "amber", RepairState.DONE: "green", RepairState.HOPELESS: "red"}
    importable = False
    acts = {
        "finish": Act(gettext_lazy("登记完成"), repairs.WORK, _finish, ("done_on", "cost", "invoice", "result"), many=False,
                      article="第十一条第二款", icon="check", shown=lambda row: row.state == RepairState.OPEN),
        "give_up": Act(gettext_lazy("无法修复"), repairs.WORK, _give_up, needs_note=True, article="第十一条第二款", icon="x-mark", many=False,
                       shown=lambda row: row.state == RepairState.OPEN),
    }  # fmt: skip


def upkeep(card: Card) -> Decimal:
    """This is what a card's repair and upkeep have cost so far."""
    return Decimal(_SPENT.first(card.pk) or 0)


_SPENT = Statement(
    lambda card: (
        Repair._base_manager.filter(card_id=card)
        .order_by()
        .values("card_id")
        .annotate(total=Sum("cost"))
        .values_list("total", flat=True)
    )
)


_KEPT = ("assets.handover", "assets.handoveritem", "assets.repair")
_LOOK = [f"{name}:{verb}" for name in _KEPT for verb in ("view", "export")]
access.grant((roles.ASSET_CLERK, roles.HEAD, roles.ACCOUNTANT), _LOOK, Reach.OWN)
access.grant(roles.READERS, _LOOK, Reach.BELOW)
access.grant(roles.ASSET_CLERK, [OPEN, SIGN, "assets.handover:add", "assets.handoveritem:add",
                                 "assets.repair:add", "assets.repair:change"], Reach.OWN)  # fmt: skip
access.grant((roles.HEAD, roles.ACCOUNTANT), [SIGN], Reach.OWN)
access.grant(roles.HEAD, [CONFIRM], Reach.OWN)
access.grant((roles.STAFF, roles.HEAD, roles.ACCOUNTANT), [repairs.REPORT], Reach.OWN)
access.grant(
    roles.STAFF,
    ["assets.card:view", "assets.handover:view", "assets.handoveritem:view", "assets.repair:view", SIGN],
    Reach.OWN,
)
