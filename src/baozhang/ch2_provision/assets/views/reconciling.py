"""The page of differences: books, cards and things by agency and category, each difference opening down to cards."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.models import Card, LedgerTotal
from baozhang.ch2_provision.assets.queries.reconciling import Line, miscounted, suspects, three_ways
from baozhang.kernel import addresses, cells, clock, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Invalid, NotFound
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import frame

RIGHT = LedgerTotal.right("view")
MOST = 300  # lines on one page; a district has more, and is narrowed by agency
DASH = SafeString(cells.DASH)
SHOWN = 50  # cards of one kind of suspicion


def the_day(request: HttpRequest) -> dt.date:
    """This is the day asked for, today where none is."""
    text = request.GET.get("day", "")
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Invalid(_("日期“%(text)s”读不懂") % {"text": text}, instead=_("日期写作 2026-03-05。")) from None


def organs_of(who: Actor, right: str) -> dict[int, str]:
    """These are the agencies whose rows an actor may see, by name."""
    rows = Organization._base_manager.order_by("jurisdiction__path", "id")
    allowed = who.where(right)
    if allowed is not None:
        rows = rows.filter(pk__in=sorted(allowed))
    return dict(rows.values_list("pk", "name"))


def chosen(request: HttpRequest, organs: dict[int, str]) -> int | None:
    """This is the agency asked for, the only one where there is one, None for all; NotFound where it is out of sight."""
    asked = whole(request.GET.get("organ"))
    if asked is not None:
        if asked not in organs:
            raise NotFound(_("单位不存在或不在您的范围内"))
        return asked
    return next(iter(organs)) if len(organs) == 1 else None


@require_GET
def differences(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Three ways side by side; those that agree are left out unless asked for."""
    who = frame.must_view(request, resource)
    organs, day = organs_of(who, RIGHT), the_day(request)
    one, everything = chosen(request, organs), request.GET.get("all") == "1"
    lines = three_ways(day, [one] if one is not None else list(organs), things=one is not None)
    different = [line for line in lines if line.differs]
    shown = lines if everything else different
    frame.crumbs(request, resource)
    context = {
        "day": day, "organs": organs if len(organs) > 1 else {}, "organ": one, "everything": everything,
        "table": _table(shown[:MOST], organs, day, one), "lines": len(lines), "different": len(different), "left": max(len(shown) - MOST, 0),
        "page": frame.page(resource, _("账卡物核对"), purpose=_("账面、卡片、实物三方按单位和大类核对，每个差额都能打开到卡片")),
    }  # fmt: skip
    return render(request, "assets/differences.html", context)


def _table(lines: list[Line], organs: dict[int, str], day: dt.date, one: int | None) -> dict[str, Any]:
    heads = [(_("资产大类"), "text", ""), (_("截止日期"), "date", ""), (_("账面原值"), "money", _("元")), (_("卡片原值"), "money", _("元")),
             (_("账减卡"), "money", _("元")), (_("数量账减卡"), "number", ""), (_("折旧账减卡"), "money", _("元")), (_("盘点减卡"), "number", "")]  # fmt: skip
    if one is None:
        heads = [(_("单位"), "text", ""), *heads[:-1]]
    rows = []
    for line in lines:
        gaps = line.gaps
        book = (
            cells.money(line.book.value)
            if line.book is not None
            else format_html('<span class="state amber">{}</span>', _("无账面数"))
        )
        found = [str(Category(line.category).label), f"{line.day:%Y-%m-%d}", book, cells.money(line.cards.value),
                 *(_gap(gaps[name], money=name != "quantity") for name in ("value", "quantity", "depreciated"))]  # fmt: skip
        found = [organs[line.organ], *found] if one is None else [*found, _gap(gaps["found"], money=False)]
        rows.append({"url": f"{line.organ}/{line.category}/?{urlencode({'day': day})}", "cells": found})
    return {"columns": [{"words": words, "kind": kind, "unit": unit} for words, kind, unit in heads], "rows": rows}


def _gap(amount: Any, *, money: bool) -> Any:
    if amount is None:
        return DASH
    words = cells.money(amount) if money else f"{amount:,f}".rstrip("0").rstrip(".") or "0"
    return format_html('<span class="state {}">{}</span>', "red" if amount else "green", words if amount else _("相符"))


@require_GET
def opened(request: HttpRequest, resource: Resource, organ: int, category: str) -> HttpResponse:
    """One line opened: the cards that may explain it."""
    who = frame.must_view(request, resource)
    organs, day = organs_of(who, RIGHT), the_day(request)
    if organ not in organs or category not in Category.values or not who.can(Card.right("view"), organ):
        raise NotFound(_("没有找到这一页"))
    line = next((one for one in three_ways(day, [organ], things=True) if one.category == category), None)
    cards = BY_LABEL["assets.card"]
    blocks = [
        {"title": title, "count": rows.count(), "table": _cards(cards, rows[:SHOWN])}
        for title, rows in zip((_("在册而未入账的卡片"), _("上次结账以后取得的"), _("上次结账以后处置的")),
                               suspects(organ, category, line.day if line else day).values(), strict=True)
    ]  # fmt: skip
    wrong = miscounted(organ, category, day)
    context = {
        "line": line, "words": Category(category).label, "organ": organs[organ], "blocks": blocks, "gaps": _gaps(line),
        "counts": _counts(cards, wrong[:SHOWN]), "wrong": len(wrong), "counted": line.cards_counted if line else 0,
        "all_url": f"{frame.list_url(cards)}?{urlencode({'organ': organ, 'category': category})}",
        "page": frame.page(resource, f"{organs[organ]}：{Category(category).label}", purpose=_("差额打开到卡片")),
    }  # fmt: skip
    request.crumbs = [{"words": _("账卡物核对"), "url": reverse("assets/totals:differences")}]  # type: ignore[attr-defined]
    return render(request, "assets/difference.html", context)


def _gaps(line: Line | None) -> list[dict[str, Any]]:
    if line is None:
        return []
    words = {
        "value": _("原值账减卡"),
        "quantity": _("数量账减卡"),
        "depreciated": _("折旧账减卡"),
        "found": _("盘点减卡"),
    }
    return [
        {"words": text, "value": _gap(line.gaps[name], money=name in ("value", "depreciated"))}
        for name, text in words.items()
    ]


def _cards(resource: Resource, rows: Any) -> dict[str, Any]:
    columns = [
        {"words": _("资产编号")},
        {"words": _("资产名称")},
        {"words": _("原值"), "kind": "money", "unit": _("元")},
        {"words": _("取得日期")},
        {"words": _("会计凭证号")},
    ]
    return {
        "columns": columns,
        "rows": [{"url": frame.url_of(resource, card), "cells": [card.number, card.name, cells.money(card.value), card.acquired or DASH, card.voucher or DASH]} for card in rows],
    }  # fmt: skip


def _counts(resource: Resource, pairs: Any) -> dict[str, Any]:
    columns = [
        {"words": _("资产编号")},
        {"words": _("资产名称")},
        {"words": _("卡片数量"), "kind": "number"},
        {"words": _("盘点数量"), "kind": "number"},
        {"words": _("盘点日期")},
    ]
    return {
        "columns": columns,
        "rows": [{"url": frame.url_of(resource, card), "cells": [card.number, card.name, cells.number(card.quantity), cells.number(one.quantity), one.day]} for card, one in pairs],
    }  # fmt: skip


addresses.give(
    LedgerTotal,
    ("differences/", differences, "differences"),
    ("differences/<int:organ>/<str:category>/", opened, "difference"),
)
shell.entry("assets", gettext_lazy("账卡物核对"), "assets/totals:differences", RIGHT, order=28)
