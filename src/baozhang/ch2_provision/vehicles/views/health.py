"""The board of terminals that need somebody: four kinds of trouble, each with its list, and an order with one tap."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.vehicles.choices import Trouble
from baozhang.ch2_provision.vehicles.flows import mending
from baozhang.ch2_provision.vehicles.models import Terminal, TerminalOrder
from baozhang.ch2_provision.vehicles.queries import health
from baozhang.ch2_provision.vehicles.queries.terminals import moment
from baozhang.kernel import cells, clock, sent, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole, wholes
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import BY_LABEL
from baozhang.kernel.views import frame

VIEW, OPEN = Terminal.right("view"), TerminalOrder.right("add")
TONES = {Trouble.SILENT: "soon", Trouble.BLIND: "forbidden", Trouble.DOUBTFUL: "soon", Trouble.OUTSIDE: "soon"}


def _number(request: HttpRequest, name: str, usual: int, most: int) -> int:
    given = request.GET.get(name) or str(usual)
    number = whole(given)
    if number is None or not 1 <= number <= most:
        raise Invalid(
            _("天数或者比例写得不对"), why=given, instead=_("请写 1 到 %(most)s 之间的整数。") % {"most": most}
        )
    return number


def _facts(trouble: Trouble, terminal: Any) -> str:
    """What was found, in one sentence; it goes into the order as it is."""
    heard = moment(getattr(getattr(terminal, "health", None), "heard", None))
    if trouble is Trouble.SILENT:
        return _("最近联系 %(when)s") % {"when": cells.moment(heard)} if heard else ""
    if trouble is Trouble.BLIND:
        return _("近 %(days)s 天行驶中未定位 %(count)s 次") % {"days": health.LOOK_BACK, "count": terminal.blind}
    if trouble is Trouble.DOUBTFUL:
        share = round(100 * terminal.wrong / terminal.total)
        return _("近 %(days)s 天 %(total)s 次定位中异常 %(wrong)s 次，占 %(share)s%%") % {
            "days": health.LOOK_BACK, "total": terminal.total, "wrong": terminal.wrong, "share": share,
        }  # fmt: skip
    return _("安装日期 %(day)s，没有接入过，或者来访未获接入") % {"day": terminal.fitted or _("未填")}


@require_http_methods(["GET", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """The board; sent back with ticks, it opens orders for those terminals."""
    who = frame.actor(request)
    who.must(VIEW)
    days, share = _number(request, "days", health.DAYS, 365), _number(request, "share", health.SHARE, 99)
    found = health.board(who.where(VIEW), clock.today(), days=days, share=share)
    if request.method == "POST":
        return sent.do(request, lambda: _opened(request, who, found))
    keys = {terminal.pk for kind in found for terminal in kind.rows}
    orders = health.under_way(keys)
    context = {
        "page": {
            "title": _("终端健康"),
            "purpose": _("哪些车载终端失联、无定位或者未接入；勾选后开检修单，修复后由终端自己的上报核验"),
            "article": frame.law(mending.ARTICLE),
        },
        "days": days,
        "share": share,
        "kinds": [_kind(kind, orders, may_open=who.can(OPEN)) for kind in found],
        "may_open": who.can(OPEN),
        "any": bool(keys),
        "empty": {"why": _("没有需要检修的终端。")},
    }
    return render(request, "vehicles/health.html", context)


def _kind(kind: health.Found, orders: dict[tuple[int, str], TerminalOrder], *, may_open: bool) -> dict[str, Any]:
    resource, bills = BY_LABEL["vehicles.terminal"], BY_LABEL["vehicles.terminalorder"]
    rows = []
    for terminal in kind.rows:
        order, doing = orders.get((terminal.pk, kind.trouble)), ""
        if order is not None:
            doing = format_html('<a href="{}">{}</a>', frame.url_of(bills, order), order.get_state_display())
        elif may_open:
            doing = format_html(
                '<label class="tick"><input type="checkbox" name="{}" value="{}"> {}</label>',
                kind.trouble,
                terminal.pk,
                _("开检修单"),
            )
        rows.append(
            {
                "url": frame.url_of(resource, terminal),
                "cells": [terminal.plate, terminal.organ, _facts(kind.trouble, terminal), doing],
            }
        )
    columns = [{"words": words, "kind": ""} for words in (_("号牌"), _("单位"), _("情况"), _("检修"))]
    return {
        "key": kind.trouble.value, "title": kind.trouble.label, "count": kind.count, "tone": TONES[kind.trouble] if kind.count else "done",
        "more": kind.count - len(rows), "table": {"columns": columns, "rows": rows},
    }  # fmt: skip


def _opened(request: HttpRequest, who: Actor, found: list[health.Found]) -> str:
    """Orders for what was ticked; what is no longer in trouble, or has its order by now, is passed over."""
    wanted = {(kind.trouble, key) for kind in found for key in wholes(request.POST.getlist(kind.trouble))}
    there = health.under_way({key for _trouble, key in wanted})
    orders = [
        TerminalOrder(terminal=terminal, trouble=kind.trouble, found=_facts(kind.trouble, terminal)[:300])
        for kind in found
        for terminal in kind.rows
        if (kind.trouble, terminal.pk) in wanted and (terminal.pk, kind.trouble) not in there
    ]
    if not orders:
        raise Invalid(_("没有选中需要检修的终端"), instead=_("请先勾选终端。"))
    mending.begin(orders, by=who)
    messages.success(
        request,
        ngettext("已开 %(n)s 份检修单，请派修", "已开 %(n)s 份检修单，请派修", len(orders)) % {"n": len(orders)},
    )
    return frame.list_url(BY_LABEL["vehicles.terminalorder"])


shell.entry("vehicles", gettext_lazy("终端健康"), "vehicles-health", VIEW, order=45)
