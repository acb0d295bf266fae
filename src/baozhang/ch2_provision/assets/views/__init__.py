"""Pages of a card beyond its resource: depreciation as of any day, and QR labels to print."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.assets.actions import label
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.depreciation import Depreciation, depreciation, figure_of
from baozhang.kernel import addresses, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.documents.model import LABEL_SHEETS, Label
from baozhang.kernel.documents.typeset import labels_pdf
from baozhang.kernel.listing import Listing
from baozhang.kernel.refusal import Invalid
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame, papers

MOST_LABELS = 1_200  # fifty sheets of A4; more at once is a mistake more often than a wish
LABEL_RIGHT = "assets.card:label"


def shown(found: Depreciation) -> dict[str, Any]:
    """This is one line of the schedule as the page shows it."""
    sums = (found.accumulated, found.net)
    return {
        "day": found.day,
        "months": found.months,
        "sums": [f"{amount:,.2f}" if amount is not None else "" for amount in sums],
    }


def schedule(card: Card, day: dt.date) -> list[Depreciation]:
    """This is a card's depreciation at each year's end of its life, and on the day asked for; empty where it has none."""
    read = figure_of(day, card.organ.jurisdiction.path.rstrip("/"))
    asked = depreciation(card, day, read)
    if card.begun is None or asked.life is None or asked.accumulated is None:
        return [asked]
    last = card.begun.year + (card.begun.month - 1 + asked.life) // 12
    days = {dt.date(year, 12, 31) for year in range(card.begun.year, last + 1)} | {day}
    return [depreciation(card, one, read) for one in sorted(days)]


@require_GET
def depreciation_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Depreciation and net value as of the day in the address, today where there is none, with the whole schedule."""
    frame.must_view(request, resource)
    card: Any = frame.row_of(resource, pk, "organ__jurisdiction")
    day = _day(request.GET.get("day", ""))
    lines = schedule(card, day)
    found = next(line for line in lines if line.day == day)
    frame.crumbs(request, resource, card)
    context = {
        "card": card, "day": day, "found": found, "sums": shown(found)["sums"], "lines": [shown(line) for line in lines],
        "page": {"title": _("折旧与净值：%(card)s") % {"card": card}, "article": frame.law(resource.article)},
    }  # fmt: skip
    return render(request, "assets/depreciation.html", context)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else clock.today()
    except ValueError:
        raise Invalid(_("日期“%(text)s”读不懂") % {"text": text}, instead=_("日期写作 2026-03-05。")) from None


@require_GET
def label_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The label of one card as a PDF."""
    who = frame.must_view(request, resource)
    card: Any = frame.row_of(resource, pk, "organ")
    who.must(LABEL_RIGHT, card.organ_id)
    return _pdf([label(card)], request.GET.get("paper", "") or "thermal-60x40")


@require_GET
def labels_page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The labels of the cards ticked (`id`), or of all that the list's address asks for, as a PDF."""
    who = frame.must_view(request, resource)
    listing, ids = Listing(resource, request.GET), request.GET.getlist("id")
    return labels_of(listing.chosen(ids, not ids), by=who, paper=request.GET.get("paper", ""))


def labels_of(rows: QuerySet[Any], *, by: Actor, paper: str = "") -> HttpResponse:
    """The labels of cards on sheets of A4, in the order of agency and number; those that one may not print are left out."""
    by.must(LABEL_RIGHT)
    allowed = by.where(LABEL_RIGHT)
    if allowed is not None:
        rows = rows.filter(organ_id__in=sorted(allowed))
    cards = list(rows.select_related("organ").order_by("organ_id", "number")[: MOST_LABELS + 1])
    if not cards:
        raise Invalid(_("没有可打印标签的卡片"), instead=_("请先筛选或勾选本单位的卡片。"))
    if len(cards) > MOST_LABELS:
        raise Invalid(
            _("符合条件的卡片有 %(count)s 张，一次最多打印 %(most)s 张标签") % {"count": f"{rows.count():,}", "most": f"{MOST_LABELS:,}"},
            why=_("%(most)s 张标签是五十页 A4 纸；更多的多半是忘了筛选。") % {"most": f"{MOST_LABELS:,}"},
            instead=_("请按使用部门、资产大类或取得日期筛选，分批打印。"),
        )  # fmt: skip
    return _pdf([label(card) for card in cards], paper or "a4-3x8")


def _pdf(labels: list[Label], paper: str) -> HttpResponse:
    sheet = LABEL_SHEETS.get(paper, LABEL_SHEETS["a4-3x8"])
    return papers.answer(labels_pdf(labels, sheet, day=clock.today()), _("资产标签"))


addresses.give(Card, ("labels.pdf", labels_page, "labels"))
