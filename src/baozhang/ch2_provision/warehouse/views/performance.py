"""The page of a warehouse's performance, the why behind each figure, and the report to file."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.warehouse import wording
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.ch2_provision.warehouse.queries import performance as sums
from baozhang.ch2_provision.warehouse.queries.competence import authority_for
from baozhang.kernel import addresses, cells, clock, sent, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.documents import files, issuing, typeset
from baozhang.kernel.documents.register import Document, DocumentState
from baozhang.kernel.refusal import Invalid, NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame, papers

RIGHT, REPORT = "warehouse.item:performance", "warehouse.item:report"
TILES = ("stock", "worth", "entered", "given", "saved", "reuse", "entry", "joined", "timely", "stay")
ARTICLE = "第十四条第二款"


def authority_of_reader(who: Actor) -> Organization:
    """The authority of the level at which the reader stands."""
    organ = Organization._base_manager.select_related("jurisdiction__parent").filter(pk=who.organ_id or 0).first()
    if organ is None:
        raise NotFound(_("没有找到这一页"))
    return authority_for(organ)


def _period(request: HttpRequest) -> tuple[dt.date, dt.date]:
    today = clock.today()
    found = []
    for name, default in (("from", today.replace(month=1, day=1)), ("to", today)):
        text = request.GET.get(name, "").strip()
        try:
            found.append(dt.date.fromisoformat(text) if text else default)
        except ValueError:
            raise Invalid(_("日期“%(text)s”读不懂") % {"text": text}, instead=_("日期写作 2026-03-05。")) from None
    if found[1] < found[0]:
        raise Invalid(_("期间的结束早于开始"), instead=_("请改填起止日期。"))
    return found[0], found[1]


def _asked(request: HttpRequest) -> tuple[Organization, dt.date, dt.date]:
    who = frame.actor(request)
    who.must(RIGHT)
    return authority_of_reader(who), *_period(request)


@require_GET
def page(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Stock, use, participation and savings of a period on one page."""
    authority, first, last = _asked(request)
    found = sums.figures(authority, first, last)
    base, query = reverse("warehouse/items:performance"), f"?from={first}&to={last}"
    rows = sums.shares(authority, first, last)
    frame.crumbs(request, resource)
    actions = [{"words": _("报告草稿"), "url": f"{base}report.pdf{query}", "icon": "arrow-down-tray", "kind": ""}]
    papers_there = [{"number": one.number, "url": reverse("warehouse/items:performance-issued", args=[one.pk]), "state": one.get_state_display(), "day": one.day}
                    for one in _issued(authority, first, last)[:5]]  # fmt: skip
    context = {
        "page": frame.page(resource, _("公物仓绩效：%(organ)s") % {"organ": authority}, actions=actions,
                           purpose=_("存量、使用、参与和节约，每个数字都能点开看算法")),
        "tiles": [{"figure": found[name], "url": f"{base}why/{name}/{query}"} for name in TILES],
        "first": first.isoformat(), "last": last.isoformat(), "table": _table(rows), "chart": _chart(rows),
        "papers": papers_there, "issue_url": f"{base}issue/{query}" if frame.actor(request).can(REPORT, authority.pk) else "",
    }  # fmt: skip
    return render(request, "warehouse/performance.html", context)


def _table(rows: list[sums.Share]) -> dict[str, Any]:
    heads = [
        (_("单位"), "text", ""), (_("本期入仓"), "number", _("件")), (_("现在仓"), "number", _("件")), (_("本期领用"), "number", _("件")),
        (_("节约购置资金"), "money", _("元")), (_("入仓建议"), "number", _("条")), (_("已答复"), "number", _("条")),
    ]  # fmt: skip
    return {
        "columns": [{"words": words, "kind": kind, "unit": unit} for words, kind, unit in heads],
        "rows": [
            {
                "cells": [
                    str(one.organ),
                    one.entered,
                    one.standing,
                    one.taken,
                    cells.money(one.saved),
                    one.proposed,
                    one.answered,
                ]
            }
            for one in rows
        ],
        "empty": {"why": _("这一期间还没有单位参与。")},
    }


def _chart(rows: list[sums.Share]) -> dict[str, Any] | None:
    best = [one for one in sorted(rows, key=lambda one: -one.saved) if one.saved][:8]
    if not best:
        return None
    title = _("节约最多的是%(organ)s，%(sum)s 元") % {"organ": best[0].organ, "sum": cells.money(best[0].saved)}
    data = {"kind": "row", "categories": [str(one.organ) for one in best], "unit": _("元"),
            "series": [{"name": _("节约购置资金"), "values": [float(one.saved) for one in best]}]}  # fmt: skip
    columns = [{"words": _("单位"), "kind": "text"}, {"words": _("节约购置资金"), "kind": "money", "unit": _("元")}]
    table = {"columns": columns, "rows": [{"cells": [str(one.organ), cells.money(one.saved)]} for one in best]}
    return {"id": "saved", "title": title, "data": data, "table": table}


@require_GET
def why(request: HttpRequest, resource: Resource, name: str) -> HttpResponse:
    """How one figure came about."""
    authority, first, last = _asked(request)
    found = sums.figures(authority, first, last).get(name)
    if found is None:
        raise NotFound(_("这个数字没有算法说明"))
    frame.crumbs(request, resource)
    made = {
        "words": found.words, "value": found.shown, "unit": found.unit, "formula": found.formula, "formula_filled": found.filled,
        "says": _("期间 %(first)s 至 %(last)s，%(organ)s") % {"first": first, "last": last, "organ": authority},
        "facts": [{"words": words, "value": value} for words, value in found.facts.items()], "article": frame.law(ARTICLE),
    }  # fmt: skip
    return render(
        request, "kernel/why.html", {"why": made, "page": {"title": _("为什么：%(words)s") % {"words": found.words}}}
    )


@require_GET
def report(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The report of a period as it would be today: without a number, and marked as a draft."""
    authority, first, last = _asked(request)
    draft = replace(wording.report(authority, first, last, day=clock.today()), security="草稿", seal_text="")
    return papers.answer(typeset.pdf(draft), f"草稿 公物仓绩效报告 {first} {last}")


@require_POST
def issue(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The report is numbered, sealed and registered; a later one of the same period takes the place of the earlier."""
    authority, first, last = _asked(request)
    who = frame.actor(request)
    who.must(REPORT, authority.pk)
    if last > clock.today():
        raise Refused(
            _("期间还没有结束，不能印发"),
            article=ARTICLE,
            why=_("期间至 %(day)s。") % {"day": last},
            instead=_("请改填已经结束的期间。"),
        )

    def work() -> str:
        before = list(_issued(authority, first, last).filter(state=DocumentState.VALID).select_for_update(no_key=True))
        draft = wording.report(authority, first, last, day=clock.today())
        made = issuing.issue(draft, organ=authority.pk, word=authority.document_word, by=who, right=REPORT)
        for old in before:
            issuing.supersede(old, made, reason=_("由 %(number)s 取代") % {"number": made.number}, by=who, right=REPORT)
        messages.success(request, _("已印发 %(number)s") % {"number": made.number})
        return f"{reverse('warehouse/items:performance')}?from={first}&to={last}"

    return sent.do(request, work)


@require_GET
def issued(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """A report as it was issued, for whoever may see the figures."""
    frame.actor(request).must(RIGHT)
    authority = authority_of_reader(frame.actor(request))
    document = Document._base_manager.filter(pk=pk, organ_id=authority.pk, title__endswith=wording.ABOUT).first()
    if document is None:
        raise NotFound(_("没有找到这一页"))
    return papers.answer(files.read(document), str(document))


def _issued(authority: Organization, first: dt.date, last: dt.date) -> Any:
    return Document._base_manager.filter(organ_id=authority.pk, title=wording.title(first, last)).order_by("-pk")


addresses.give(
    Item,
    ("performance/", page, "performance"),
    ("performance/report.pdf", report, "performance-report"),
    ("performance/issue/", issue, "performance-issue"),
    ("performance/issued/<int:pk>.pdf", issued, "performance-issued"),
    ("performance/why/<slug:name>/", why, "performance-why"),
)
shell.entry("warehouse", gettext_lazy("公物仓绩效"), "warehouse/items:performance", RIGHT, order=26)
