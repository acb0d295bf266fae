"""The page of houses: what stands idle, what is offered, what was put to use, site by site (article 16, paragraph 2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.warehouse.choices import STANDING_COLOURS, Standing
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.ch2_provision.warehouse.queries import houses as pool
from baozhang.kernel import addresses, cells, clock, shell
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import frame

from .performance import RIGHT, authority_of_reader

ARTICLE = "第十六条第二款"
MOST = 300  # rows of the table; the sums count all


@require_GET
def page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Sums above, the houses below, those on one site side by side."""
    who = frame.actor(request)
    who.must(RIGHT)
    authority = authority_of_reader(who)
    found = pool.houses(authority, clock.today())
    totals = pool.sums(found)
    wanted = request.GET.get("standing", "")
    rows = [one for one in found if not wanted or one.standing == wanted]
    whole = sum(total.area for total in totals.values())
    used = totals[Standing.USED].area + totals[Standing.LET].area
    frame.crumbs(request, resource)
    context = {
        "page": {
            "title": _("房屋盘活：%(organ)s") % {"organ": authority}, "article": frame.law(ARTICLE),
            "purpose": _("先满足办公用房调配，再整合盘活；同一坐落的排在一起"),
        },
        "tiles": [
            {"words": standing.label, "count": total.count, "area": cells.number(total.area), "open": total.open,
             "url": f"?standing={standing}", "active": standing == wanted}
            for standing, total in totals.items()
        ],
        "share": f"{used * 100 / whole:.1f}" if whole else "", "used": cells.number(used), "whole": cells.number(whole),
        "table": _table(rows[:MOST]), "more": max(len(rows) - MOST, 0),
    }  # fmt: skip
    return render(request, "warehouse/houses.html", context)


def _table(rows: list[pool.House]) -> dict[str, Any]:
    heads = [
        (_("坐落位置"), "text", ""), (_("资产名称"), "text", ""), (_("权属单位"), "text", ""), (_("建筑面积"), "number", "㎡"),
        (_("去向"), "text", ""), (_("闲置起始日期"), "date", ""), (_("逾期未缴收入"), "money", _("元")), (_("同一坐落还有"), "number", ""),
    ]  # fmt: skip
    cards, items = BY_LABEL["assets.card"], BY_LABEL["warehouse.item"]
    made = []
    for one in rows:
        card, state = one.card, one.standing
        words = card.get_use_state_display() if state == Standing.LET else state.label
        shown = format_html('<span class="state {}">{}</span>', STANDING_COLOURS[state], words)
        area = cells.number(card.floor_area) if card.floor_area is not None else _("未登记")
        url = frame.url_of(items, one.item) if one.item is not None else frame.url_of(cards, card)
        owing = _owing(card, one.owing) if one.owing else "—"
        made.append({"url": url, "cells": [card.address or _("未登记"), card.name, str(card.organ), area, shown,
                                           card.idle_since or "—", owing, one.beside or "—"]})  # fmt: skip
    return {
        "columns": [{"words": words, "kind": kind, "unit": unit} for words, kind, unit in heads],
        "rows": made,
        "empty": {"why": _("没有闲置、在仓或者出租出借的房屋。")},
    }


def _owing(card: Any, sum_: Decimal) -> str:
    url = f"{frame.list_url(BY_LABEL['assets.income'])}?card={card.pk}&state=due"
    return format_html('<a class="state red" href="{}">{}</a>', url, cells.money(sum_))


addresses.give(Item, ("houses/", page, "houses"))
shell.entry("warehouse", gettext_lazy("房屋盘活"), "warehouse/items:houses", RIGHT, order=27)
