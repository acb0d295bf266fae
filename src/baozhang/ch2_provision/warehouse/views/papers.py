"""Papers to look at: the slip of a handover, and the bill of an event."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.warehouse.choices import LIVE, THING_OPEN, LineState
from baozhang.ch2_provision.warehouse.flows.exits import lines_of
from baozhang.ch2_provision.warehouse.flows.papers import slip
from baozhang.ch2_provision.warehouse.models import Event, Exit, Item, Purchase, Thing
from baozhang.kernel import addresses, cells, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import typeset
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame, papers

PRINTED = (LineState.HELD, LineState.GIVEN)


@require_GET
def slip_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The slip of a handover as a PDF, for both sides to sign on paper where they want to."""
    frame.must_view(request, resource)
    exit_: Any = frame.row_of(resource, pk, "organ", "giver")
    lines = lines_of(exit_, *PRINTED)
    if not lines:
        raise Refused(_("没有可以打印的物品"), why=_("预留已经释放。"), instead=_("请重新预留。"))
    return papers.answer(typeset.pdf(slip(exit_, lines, day=clock.today())), f"公物仓资产交接单 {exit_}")


@require_GET
def bill(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Everything that an event borrowed or bought: what is back, what is in the warehouse, and what is owed by the last day."""
    frame.must_view(request, resource)
    event: Any = frame.row_of(resource, pk, "organ")
    rows, owed = _borrowed(event)
    more, kept = _bought(event)
    frame.crumbs(request, resource, event)
    left = (event.closes - clock.today()).days
    heads = [
        (_("物品"), "text", ""),
        (_("来源"), "text", ""),
        (_("状态"), "text", ""),
        (_("日期"), "date", ""),
        (_("原值"), "money", _("元")),
    ]
    context = {
        "event": event, "owed": owed, "kept": kept, "left": left, "late": -left,
        "table": {"columns": [{"words": words, "kind": kind, "unit": unit} for words, kind, unit in heads], "rows": [*rows, *more],
                  "empty": {"why": _("还没有借用或者购置物品；在公物仓目录中预留，提交时选择这项活动。")}},
        "page": frame.page(resource, _("物品清单：%(event)s") % {"event": event},
                           purpose=_("%(opens)s 至 %(closes)s，到结束日一并归还") % {"opens": event.opens, "closes": event.closes}),
    }  # fmt: skip
    return render(request, "warehouse/bill.html", context)


def _borrowed(event: Event) -> tuple[list[dict[str, Any]], int]:
    things = list(Thing._base_manager.filter(loan__event=event).select_related("item", "loan").order_by("pk"))
    resource = BY_LABEL["warehouse.thing"]
    rows = [
        {"url": frame.url_of(resource, thing), "cells": [str(thing.item), _("借用"), thing.get_state_display(),
                                                         thing.ended_on or thing.loan.due or "", cells.money(thing.item.value)]}
        for thing in things
    ]  # fmt: skip
    return rows, sum(thing.state in THING_OPEN for thing in things)


def _bought(event: Event) -> tuple[list[dict[str, Any]], int]:
    purchases = list(Purchase._base_manager.filter(event=event).select_related("card").order_by("pk"))
    inside = set(
        Item._base_manager.filter(Q(state__in=LIVE), card__in=[one.card_id for one in purchases]).values_list(
            "card_id", flat=True
        )
    )
    rows = [
        {"url": "", "cells": [str(one.card), _("购置"), _("已入仓或者正在入仓") if one.card_id in inside else _("在承办单位"),
                              one.card.acquired or "", cells.money(one.card.value or Decimal(0))]}
        for one in purchases
    ]  # fmt: skip
    return rows, sum(one.card_id not in inside and one.card.disposed is None for one in purchases)


def _buttons(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    base = frame.url_of(resource, record) if resource.model in (Exit, Event) else ""
    if resource.model is Exit and lines_of(record, *PRINTED):
        return {"actions": [{"words": _("交接单"), "url": f"{base}slip/", "icon": "printer", "kind": ""}]}
    if resource.model is Event:
        return {"actions": [{"words": _("物品清单"), "url": f"{base}bill/", "icon": "list-bullet", "kind": ""}]}
    return {}


addresses.give(Exit, ("<int:pk>/slip/", slip_page, "slip"))
addresses.give(Event, ("<int:pk>/bill/", bill, "bill"))
details.EXTRAS.append(_buttons)
