"""Two registers drawn from the cards: who holds which title (article 13, paragraph 1), and who keeps what (article 11)."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.assets.choices import TITLED, Acquisition, Category, TitleForm
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.assets.queries.people import keepers
from baozhang.ch2_provision.assets.queries.titles import Rightful, rightful
from baozhang.kernel import addresses, cells, clock, shell
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

from .reconciling import DASH, chosen, organs_of

RIGHT = Card.right("view")
PAGE = 50
MOST_KEEPERS = 200
HELD, ELSEWHERE, OPEN, UNSAID = "held", "elsewhere", "open", "unsaid"


def standing(holder: str, form: str, owner: Rightful | None) -> str:
    """This is how a title stands: in the authority's name, in another's, without a title yet, or not said."""
    if form in (TitleForm.NONE, TitleForm.OPEN):
        return OPEN
    if not holder or owner is None:
        return UNSAID
    return HELD if owner.holds(holder) else ELSEWHERE


def _words(state: str) -> tuple[str, str]:
    return {
        HELD: (_("在机关事务管理部门名下"), "green"), ELSEWHERE: (_("在他人名下"), "red"), OPEN: (_("无产权或待界定"), "amber"),
        UNSAID: (_("未登记权属人"), "amber"),
    }[state]  # fmt: skip


@require_GET
def titles(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Houses, land and vehicles with holder and certificate; how many stand in the right name."""
    who = frame.must_view(request, resource)
    organs, owners = organs_of(who, RIGHT), rightful()
    one, category = chosen(request, organs), request.GET.get("category", "")
    rows = Card.objects.filter(held_on(clock.today()), category__in=[category] if category in TITLED else TITLED)
    rows = rows.exclude(acquisition=Acquisition.LEASED)  # what is rented is in no name of ours
    rows = rows.filter(organ=one) if one is not None else rows
    counts: Counter[str] = Counter()
    kinds: dict[str, list[tuple[int, str, str]]] = {}
    grouped = rows.order_by().values_list("organ__jurisdiction_id", "holder", "title_form").annotate(n=Count("id"))
    for place, holder, form, count in grouped:
        state = standing(holder, form, owners.get(place))
        counts[state] += count
        kinds.setdefault(state, []).append((place, holder, form))
    wanted = request.GET.get("state", "")
    if wanted in kinds or wanted in (HELD, ELSEWHERE, OPEN, UNSAID):
        meant = set(kinds.get(wanted, ()))
        titled = rows.values_list("pk", "organ__jurisdiction_id", "holder", "title_form")
        pks = [pk for pk, *key in titled if tuple(key) in meant]
        rows = rows.filter(pk__oneof=pks)
    page = Paginator(rows.select_related("organ").order_by("category", "organ_id", "id"), PAGE).get_page(
        request.GET.get("page")
    )
    base = {name: request.GET[name] for name in ("organ", "category") if request.GET.get(name)}
    frame.crumbs(request, resource)
    context = {
        "organs": organs if len(organs) > 1 else {}, "organ": one, "category": category, "categories": [(c.value, c.label) for c in TITLED],
        "counts": [{"words": _words(state)[0], "tone": _words(state)[1], "count": counts[state], "active": state == wanted,
                    "url": f"?{urlencode({**base, 'state': state})}"} for state in (HELD, ELSEWHERE, OPEN, UNSAID)],
        "table": _titles(resource, page, owners), "paging": page, "query": urlencode({**base, **({"state": wanted} if wanted else {})}),
        "page": {"title": _("权属登记"), "purpose": _("房屋、土地使用权和公务用车登记在谁名下，凭证齐不齐"), "article": frame.law("第十三条第一款")},
    }  # fmt: skip
    return render(request, "assets/titles.html", context)


def _titles(resource: Resource, cards: Any, owners: dict[int, Rightful]) -> dict[str, Any]:
    heads = (_("资产名称"), _("资产大类"), _("权属人"), _("权属证号或者车牌"), _("权属状况"), _("坐落位置"), _("单位"))
    rows = []
    for card in cards:
        words, tone = _words(standing(card.holder, card.title_form, owners.get(card.organ.jurisdiction_id)))
        state = format_html('<span class="state {}">{}</span>', tone, words)
        rows.append({"url": frame.url_of(resource, card), "cells": [
            card.name, Category(card.category).label, card.holder or DASH, card.certificate or card.plate or DASH, state, card.address or DASH,
            str(card.organ)]})  # fmt: skip
    return {"columns": [{"words": words} for words in heads], "rows": rows}


@require_GET
def keeping(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Who has what: the custodians of an agency, with the number and value of what each has."""
    who = frame.must_view(request, resource)
    organs = organs_of(who, RIGHT)
    one = chosen(request, organs) or (who.organ_id if who.organ_id in organs else None)
    rows = keepers(Card.objects.filter(organ=one) if one is not None else Card.objects.none(), clock.today())
    found = list(rows[: MOST_KEEPERS + 1])
    may = who.can("assets.handover:add", one) if one is not None else False
    columns = [
        {"words": _("保管人")},
        {"words": _("资产"), "kind": "number", "unit": _("张")},
        {"words": _("原值"), "kind": "money", "unit": _("元")},
    ]
    listed = [
        {"url": f"{frame.list_url(resource)}?{urlencode({'organ': one, 'q': name})}" if name else "",
         "cells": [name or _("未登记保管人"), f"{count:,}", cells.money(value)]}
        for name, count, value in found[:MOST_KEEPERS]
    ]  # fmt: skip
    frame.crumbs(request, resource)
    acts = (
        [
            {
                "words": _("办理保管交接"),
                "url": reverse("assets/handovers:add"),
                "icon": "arrows-right-left",
                "kind": "primary",
            }
        ]
        if may
        else []
    )
    context = {
        "organs": organs if len(organs) > 1 else {}, "organ": one, "table": {"columns": columns, "rows": listed}, "more": len(found) > MOST_KEEPERS,
        "page": {"title": _("保管一览"), "purpose": _("谁保管着哪些资产；人员离岗时先办交接"), "article": frame.law("第十一条第二款"), "actions": acts},
    }  # fmt: skip
    return render(request, "assets/keeping.html", context)


addresses.give(Card, ("titles/", titles, "titles"), ("keeping/", keeping, "keeping"))
shell.entry("assets", gettext_lazy("权属登记"), "assets/cards:titles", RIGHT, order=56)
shell.entry("assets", gettext_lazy("保管一览"), "assets/cards:keeping", "assets.handover:view", order=55)
