"""Pooled events with what was bought for them, and emergencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.warehouse.actions.reserving import SUPPLY
from baozhang.ch2_provision.warehouse.choices import EVENT_COLOURS, LIVE, AlarmState, EventState, Reason
from baozhang.ch2_provision.warehouse.flows import EventFlow, entering
from baozhang.ch2_provision.warehouse.flows.events import CHANGE, move_end
from baozhang.ch2_provision.warehouse.models import Activation, Event, Exit, Item, Purchase
from baozhang.kernel import access, clock, ledger, notices
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Computed, Group, Related, Resource, register

END = access.permission("warehouse.activation:end", gettext_lazy("解除公物仓应急状态"))
ENDED = ledger.act("warehouse.alarm_off", gettext_lazy("解除应急状态"))


def _end(rows: Sequence[Activation], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    for one in rows:
        if one.state != AlarmState.ON:
            raise Refused(_("应急状态已经解除"), article="第十六条第一款", instead=_("请刷新页面。"))
        one.state, one.ended_on = AlarmState.OFF, clock.today()
    keep(list(rows), by=by, act=ENDED, note=note, right=END)
    return _("已解除应急状态，未补齐的手续仍须按期补齐")


def _start(activation: Activation, *, by: Actor) -> None:
    """An emergency begins: whoever may hand out first is told at once."""
    with transaction.atomic():
        keep(activation, by=by)
        words = _("公物仓应急状态已启动：%(reason)s。在“在仓物品”中可以先行出仓") % {"reason": activation.reason}
        notices.notify_holders(SUPPLY, activation.organ_id, title=words, about=(activation.label, activation.pk))


def _enter(rows: Sequence[Event], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """What was bought for an event goes into one application to enter."""
    said = []
    for event in rows:
        inside = Item._base_manager.filter(state__in=LIVE).values("card")
        bought = Purchase._base_manager.filter(event=event, card__disposed__isnull=True).exclude(card__in=inside)
        cards = [one.card for one in bought.select_related("card__organ").order_by("pk")]
        reasons = {card.pk: Reason.EVENT for card in cards}
        title = _("%(event)s购置资产入仓") % {"event": event}
        said.append(str(entering.begin(cards, by=by, day=clock.today(), reasons=reasons, title=title)))
    return _("已起草入仓申请：%(entries)s") % {"entries": "、".join(said)}


def _moved(rows: Sequence[Event], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    opens, closes = values.get("opens"), values.get("closes")
    count = sum(move_end(event, closes, by=by, note=note, opens=opens) for event in rows)
    return _("活动改到 %(closes)s 结束，%(count)s 笔借用的应还日期随之变更") % {"closes": closes, "count": count}


def _counts(one: Any) -> str:
    """How many went out first, how many have their papers, how many of these in time."""
    rows = Exit._base_manager.filter(activation=one)
    done = rows.filter(completed_on__isnull=False)
    words = {"all": rows.count(), "done": done.count(), "late": done.filter(completed_on__gt=F("papers_due")).count()}
    return _("先行出仓 %(all)s 次，已补手续 %(done)s 次，其中逾期 %(late)s 次") % words


@register
class Events(Resource):
    """Meetings, events and temporary bodies."""

    model = Event
    slug = "warehouse/events"
    place = 24
    article = "第十五条第一款第五项"
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": (
            "会议活动名称",
            "会议名称",
            "名称",
        ),
        "kind": (
            "类别",
            "类型",
        ),
        "opens": (
            "开始日期",
            "起始日期",
        ),
        "closes": (
            "结束日期",
            "截止日期",
        ),
        "basis": (
            "批准文号",
            "批文",
        ),
    }
    chapter = "warehouse"
    icon = "calendar-days"
    purpose = gettext_lazy("重大会议、大型活动、临时机构的物品清单：借用的到期一并归还，购置的结束后入仓")
    columns = ("name", "kind", "organ", "state", "opens", "closes", "closed_on")
    more_columns = ("basis",)
    groups = (Group(gettext_lazy("活动"), ("organ", "kind", "name", "opens", "closes", "basis", "closed_on")),)
    readonly = frozenset({"closed_on"})
    filters = ("state", "kind", "organ", "closes")
    search = ("name", "organ.name")
    key_facts = ("organ", "opens", "closes")
    state = "state"
    colours = EVENT_COLOURS
    flow = EventFlow
    related = (
        Related("warehouse/loans", "event", gettext_lazy("借用")), Related("warehouse/purchases", "event", gettext_lazy("购置的资产"), adds=lambda event: event.state == EventState.OPEN),
        Related("warehouse/exits", "event", gettext_lazy("申领")),
    )  # fmt: skip
    acts = {
        "enter": Act(gettext_lazy("购置资产申请入仓"), entering.ADD, _enter, article="第十五条第一款第五项", icon="inbox-stack",
                     shown=lambda event: event.state == EventState.OPEN),
        "move": Act(gettext_lazy("活动改期"), CHANGE, _moved, ("opens", "closes"), many=False, needs_note=True, article="第十五条第一款第五项", icon="calendar-days",
                    shown=lambda event: event.state == EventState.OPEN),
    }  # fmt: skip


@register
class Purchases(Resource):
    """Cards bought for an event."""

    model = Purchase
    slug = "warehouse/purchases"
    article = "第十五条第一款第五项"
    chapter = "warehouse"
    icon = "shopping-cart"
    menu = False
    purpose = gettext_lazy("为会议、活动、临时机构购置的资产；活动结束后系统建议入仓")
    columns = ("event", "card", "organ")
    groups = (Group(gettext_lazy("购置"), ("organ", "event", "card")),)
    filters = ("event",)
    search = ("event.name", "card.number", "card.name")
    importable = False
    follows = ("event",)
    leads = ("card",)


@register
class Activations(Resource):
    """Emergencies."""

    model = Activation
    slug = "warehouse/emergencies"
    place = 56
    article = "第十六条第一款"
    chapter = "warehouse"
    icon = "bolt"
    words = gettext_lazy("公物仓应急")
    purpose = gettext_lazy("由机关事务管理部门负责人启动；期间管理员可先出仓、后补手续，逐件计数")
    columns = ("reason", "organ", "state", "since", "days", "ended_on")
    more_columns = ("plan",)
    groups = (
        Group(gettext_lazy("启动"), ("organ", "reason", "plan", "since", "days")),
        Group(gettext_lazy("结果"), ("counts", "ended_on")),
    )
    computed = {"counts": Computed(gettext_lazy("先行出仓和补办"), _counts)}
    readonly = frozenset({"ended_on"})
    filters = ("state", "organ")
    search = ("reason", "organ.name")
    units = {"days": gettext_lazy("日")}
    state = "state"
    colours = {AlarmState.ON: "red", AlarmState.OFF: "plain"}
    importable = False
    acts = {
        "end": Act(gettext_lazy("解除应急"), END, _end, article="第十六条第一款", icon="check", shown=lambda one: one.state == AlarmState.ON),
    }  # fmt: skip
    enter = _start
    related = (Related("warehouse/exits", "activation", gettext_lazy("先行出仓")),)
