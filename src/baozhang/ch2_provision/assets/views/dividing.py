"""Dividing a batch and putting cards of one batch together: what it comes to is shown to the cent before anything is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.assets.actions import splitting, unpromised
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import addresses, cells, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Act, also
from baozhang.kernel.numbers import wholes
from baozhang.kernel.refusal import Invalid, NotFound, Refused, Stale
from baozhang.kernel.resource import RESOURCES, Resource
from baozhang.kernel.views import frame

CHANGE, SLUG = "assets.card:change", "assets/cards"
MOST = 200  # parts or cards at once
SUMS = ("value", "fiscal", "non_fiscal", "depreciated", "floor_area", "use_area", "own_area", "shared_area")


def parts_of(text: str, whole: Decimal) -> list[Decimal]:
    """The quantities that somebody typed, as in "3, 3, 4"; of a single one, the rest is the other part."""
    words = [word for word in re.split(r"[\s,，、;；+]+", text.strip()) if word]
    try:
        found = [Decimal(word) for word in words]
    except InvalidOperation:
        found = [Decimal("NaN")]
    if not all(one.is_finite() for one in found):
        raise Invalid(
            _("“%(text)s”读不懂") % {"text": text}, instead=_("请填写各份数量，用空格或者逗号隔开，例如 3, 3, 4。")
        )
    if len(found) == 1 and 0 < found[0] < whole:
        found.append(whole - found[0])
    if len(found) > MOST:
        raise Invalid(_("一次最多分成 %(most)s 份") % {"most": MOST}, instead=_("请分几次拆分。"))
    return found


@require_http_methods(["GET", "POST"])
def split_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The quantities of the parts, what each part comes to, and the act itself."""
    who = frame.must_view(request, resource)
    card: Any = frame.row_of(resource, pk, "organ")
    who.must(CHANGE, card.organ_id)
    text, note, refusal, rows = (
        request.POST.get("parts") or request.GET.get("parts", ""),
        request.POST.get("note", ""),
        None,
        [],
    )
    try:
        unpromised([card])
        splitting.still_there([card], strict=True)
        if text.strip():
            parts = splitting.checked_parts(card, parts_of(text, card.quantity))
            rows = _parts(card, parts)
            if request.method == "POST" and "do" in request.POST:
                return sent.do(request, lambda: _divided(request, resource, card, parts, who))
    except Refused as error:
        refusal = error
    frame.crumbs(request, resource, card)
    context = {
        "card": card, "quantity": _plain(card.quantity), "version": card.version, "text": text, "note": note, "rows": rows, "sums": _columns([card]), "refusal": refusal,
        "whole": _cells(card, _columns([card])), "back_url": frame.url_of(resource, card),
        "page": {"title": _("拆分：%(card)s") % {"card": card}, "article": frame.law(resource.article),
                 "purpose": _("整批登记的卡片按数量分开；价值、面积和折旧按数量分摊到分，合计不变")},
    }  # fmt: skip
    return render(request, "assets/split.html", context, status=409 if refusal and request.method == "POST" else 200)


def _divided(request: HttpRequest, resource: Resource, card: Any, parts: Any, who: Actor) -> str:
    note = request.POST.get("note", "")
    _same(card, request.POST.get("version", ""))
    _said(note)
    made = splitting.split(card, parts, by=who, note=note)
    numbers = "、".join(piece.number for piece in made[1:6])
    messages.success(request, _("已拆分为 %(n)d 张卡片，新卡片：%(numbers)s") % {"n": len(made), "numbers": numbers})
    return frame.url_of(resource, card)


def _merged(request: HttpRequest, resource: Resource, cards: list[Any], who: Actor) -> str:
    note = request.POST.get("note", "")
    for card in cards:
        _same(card, request.POST.get(f"version-{card.pk}", ""))
    _said(note)
    whole = splitting.merge(cards, by=who, note=note)
    messages.success(request, _("已把 %(n)d 张卡片合并为 %(card)s") % {"n": len(cards), "card": whole})
    return frame.url_of(resource, whole)


@require_http_methods(["GET", "POST"])
def merge_page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The cards that were ticked, what they come to on the first of them, and the act itself."""
    who = frame.must_view(request, resource)
    ids = wholes(request.GET.getlist("id"))[:MOST]
    cards: list[Any] = list(Card.objects.filter(pk__in=ids).select_related("organ").order_by("pk"))
    if len(cards) != len(set(ids)):
        raise NotFound(_("有的记录不存在，或不在您的范围内"))
    for organ in {card.organ_id for card in cards}:
        who.must(CHANGE, organ)
    note, refusal, total = request.POST.get("note", ""), None, None
    try:
        splitting.one_batch(cards)
        unpromised(cards)
        splitting.without_story(cards)
        total = splitting.together(cards)
        if request.method == "POST":
            return sent.do(request, lambda: _merged(request, resource, cards, who))
    except Refused as error:
        refusal = error
    frame.crumbs(request, resource)
    names = _columns(cards)
    context = {
        "rows": [{"pk": card.pk, "version": card.version, "number": card.number, "name": card.name, "url": frame.url_of(resource, card),
                  "cells": _cells(card, names)} for card in cards],
        "sums": names, "note": note, "refusal": refusal, "kept": cards[0] if cards else None, "back_url": frame.list_url(resource),
        "total": [_plain(total[name]) if name == "quantity" else _sum(total[name]) for name, _w in names] if total else [],
        "page": {"title": _("合并卡片"), "article": frame.law(resource.article),
                 "purpose": _("同一批次的卡片合成一张；其他卡片撤回，经过留在账本里")},
    }  # fmt: skip
    return render(request, "assets/merge.html", context, status=409 if refusal and request.method == "POST" else 200)


def _columns(cards: Sequence[Card]) -> list[tuple[str, Any]]:
    """Quantity and the sums that any of some cards has, with their words."""
    names = ["quantity", *(name for name in SUMS if any(getattr(card, name) is not None for card in cards))]
    return [(name, Card._meta.get_field(name).verbose_name) for name in names]  # type: ignore[union-attr]


def _cells(card: Card, names: Sequence[tuple[str, Any]]) -> list[str]:
    return [_plain(card.quantity) if name == "quantity" else _sum(getattr(card, name)) for name, _words in names]


def _parts(card: Card, parts: Sequence[Decimal]) -> list[dict[str, Any]]:
    sums = splitting.divided(card, parts)
    names = [name for name, _words in _columns([card]) if name != "quantity"]
    return [
        {
            "number": card.number if place == 0 else _("新编号"),
            "cells": [_plain(part), *(_sum(sums[name][place]) for name in names)],
        }
        for place, part in enumerate(parts)
    ]


def _sum(amount: Decimal | None) -> str:
    return "" if amount is None else str(cells.money(amount))


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _same(card: Card, seen: str) -> None:
    if seen != str(card.version):
        raise Stale(_("%(record)s 已被他人修改") % {"record": card}, why=_("您打开之后，记录已有新的版本。"),
                    instead=_("请刷新页面，核对新内容后再提交。"))  # fmt: skip


def _said(note: str) -> None:
    if not note.strip():
        raise Invalid(_("请写明理由"), why=_("这项操作的理由要记入账本。"), instead=_("填写理由后再提交。"))


def _to_split(rows: Any, *, by: Actor) -> HttpResponse:
    card = rows.first()
    if card is None or len(rows[:2]) > 1:
        raise Invalid(_("一次只能拆分一张卡片"), instead=_("请逐张办理。"))
    return HttpResponseRedirect(f"{frame.url_of(RESOURCES[SLUG], card)}split/")


def _to_merge(rows: Any, *, by: Actor) -> HttpResponse:
    ids = list(rows.values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        raise Invalid(_("一次最多合并 %(most)s 张卡片") % {"most": MOST}, instead=_("请分几次合并。"))
    return HttpResponseRedirect(f"{frame.list_url(RESOURCES[SLUG])}merge/?{urlencode({'id': ids}, doseq=True)}")


def _split(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    """Programs name the parts; people see them on the page first."""
    _said(note)
    parts = parts_of(str(values.get("parts") or ""), cards[0].quantity)
    made = splitting.split(cards[0], parts, by=by, note=note)
    return _("已拆分为 %(n)d 张卡片，新卡片：%(numbers)s") % {
        "n": len(made), "numbers": "、".join(piece.number for piece in made[1:]),
    }  # fmt: skip


def _merge(cards: Sequence[Card], *, by: Actor, note: str, values: dict[str, Any]) -> str:
    _said(note)
    return _("已把 %(n)d 张卡片合并为 %(card)s") % {"n": len(cards), "card": splitting.merge(cards, by=by, note=note)}


def offer(cards: type[Resource]) -> None:
    """This will offer both on the cards."""
    also(cards, "split", Act(gettext_lazy("拆分"), CHANGE, _split, icon="squares-2x2", many=False, article=splitting.ARTICLE, answer=_to_split,
                             shown=lambda card: card.quantity > 1 and card.disposed is None))  # fmt: skip
    also(cards, "merge", Act(gettext_lazy("合并"), CHANGE, _merge, icon="rectangle-stack", article=splitting.ARTICLE, answer=_to_merge,
                             new_tab=False, on_page=False))  # fmt: skip


addresses.give(Card, ("<int:pk>/split/", split_page, "split"), ("merge/", merge_page, "merge"))
