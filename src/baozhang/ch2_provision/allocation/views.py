"""Screens that are more than a resource: the answer to a need on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.assets.rules.words import count
from baozhang.kernel import addresses, clock, flow, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.acts import Done
from baozhang.kernel.numbers import wholes
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.views import details, frame

from .choices import WAITING, NeedState, Source
from .flows import ANSWER
from .matching import accept
from .models import Match, Need
from .queries import cover
from .queries.candidates import SOURCES, Candidate, Found, candidates_of, in_order
from .queries.standing import Standing, standing_of

LOOKED_FOR = (
    NeedState.DRAFT,
    NeedState.EXCEPTION,
    NeedState.OPEN,
    NeedState.INSISTED,
    NeedState.DECLINED,
)  # of the others the record says it
FIRST = 8  # candidates of a source in sight; the rest is folded
EMPTY = {
    Source.OWN: lambda: _("本单位没有闲置的同类资产。"),
    Source.WAREHOUSE: lambda: _("公物仓没有可用的同类资产。"),
    Source.OTHERS: lambda: _("本级其他单位没有闲置的同类资产。"),
}


@require_http_methods(["GET", "POST"])
def answer_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What the standard allows, what there is, the gap, and every candidate with its place in the order; items are taken here."""
    who = frame.must_view(request, resource)
    need: Any = frame.row_of(resource, pk, "organ__jurisdiction")

    def work() -> str:
        who.must(ANSWER, need.organ_id)
        made = accept(need, wholes(request.POST.getlist("card")), by=who)
        messages.success(request, frame.leading(_said(need, made), who))
        return request.path if need.state in WAITING else frame.url_of(resource, need)

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource, need)
    context = _context(resource, need, who, clock.today())
    return render(request, "allocation/answer.html", {**context, "refusal": refusal}, status=409 if refusal else 200)


def _said(need: Need, made: list[Match]) -> str:
    words = ngettext("已预留 %(n)s 件，保留至 %(day)s", "已预留 %(n)s 件，保留至 %(day)s", len(made))
    said = words % {"n": len(made), "day": made[0].until}
    rest = cover.left(need)
    said = f"{said}。{_('还缺 %(n)s 件') % {'n': rest} if rest else _('需要的数量已经从存量落实')}"
    return Done(said, next((one.reservation.exit for one in made if one.reservation is not None), made[0]))


def _context(resource: Resource, need: Need, who: Actor, day: Any) -> dict[str, Any]:
    looked = need.state in LOOKED_FOR
    standing, found = standing_of(need, day), candidates_of(need, day=day) if looked else Found(day)
    left = cover.left(need)
    open_now = need.state in WAITING and who.can(ANSWER, need.organ_id)
    base = frame.url_of(resource, need)
    return {
        "need": need, "state": _state(resource, need), "tiles": _tiles(resource, need, standing, left), "standing": standing,
        "groups": [_group(found, source, own=need.organ_id) for source in SOURCES] if looked else [], "total": found.total, "left": left, "may": open_now and left > 0,
        "matches": _matches(need), "steps": [_step(base, one) for one in flow.buttons_of(need, who) if one.name in ("decline", "record_none")],
        "why_url": f"{base}why/entitled/", "url": base,
        "page": {**frame.page(resource, _("存量答复：%(need)s") % {"need": need},
                              purpose=_("先看标准和已有的，再从候选中选用；排在前面的更合适")), "article": frame.law("第十二条第二款")},
    }  # fmt: skip


def _state(resource: Resource, need: Need) -> dict[str, Any]:
    return {"words": need.get_state_display(), "colour": resource.colours.get(need.state, "plain")}


def _step(base: str, button: Any) -> dict[str, Any]:
    return {"words": button.words, "url": f"{base}steps/{button.name}/", "refused": button.refused, "icon": button.icon}


def _tiles(resource: Resource, need: Need, standing: Standing, left: int) -> list[dict[str, Any]]:
    counts = standing.count
    gap = standing.gap
    return [
        {"words": _("标准上限"), "value": standing.entitled if standing.entitled is not None else _("待核实"),
         "tone": "amber" if standing.entitled is None else "", "unit": standing.entitled is not None, "why": True},
        {"words": _("在用"), "value": count(counts.used), "unit": True, "says": _("其中 %(n)s 件已达最低使用年限") % {"n": count(counts.old)} if counts.old else ""},
        {"words": _("闲置"), "value": count(counts.idle), "unit": True, "says": _("其中 %(n)s 件已有安排") % {"n": count(counts.held)} if counts.held else ""},
        {"words": _("标准内还可增加"), "value": _("待核实") if gap is None else count(max(gap, type(gap)(0))), "unit": gap is not None, "tone": "amber" if gap is None else ""},
        {"words": _("本次尚缺"), "value": left, "unit": True, "tone": "blue" if left else "green", "says": _("需要 %(n)s 件") % {"n": need.quantity}},
    ]  # fmt: skip


def _group(found: Found, source: Source, *, own: int) -> dict[str, Any]:
    rows = [_candidate(one, place) for place, one in enumerate(found.of(source), 1)]
    return {
        "source": source.value, "words": source.label, "rows": rows[:FIRST], "folded": rows[FIRST:], "count": found.counts[source], "more": found.counts[source] - len(rows),
        "empty": EMPTY[source](),
    }  # fmt: skip


def _candidate(one: Candidate, place: int) -> dict[str, Any]:
    card = one.card
    own = one.source == Source.OWN
    return {
        "pk": card.pk, "place": place, "name": card.name, "model": " ".join(filter(None, (card.brand, card.model))),
        "number": "" if one.source == Source.WAREHOUSE else card.number,  # the catalogue shows no card
        "owner": "" if own else one.owner.name, "at": card.place if own else "", "url": frame.url_of(BY_LABEL["assets.card"], card) if own else "",
        "quantity": count(one.quantity), "several": one.quantity != 1, "grounds": [g.words for g in one.grounds if g.words and g.name != "source"],
    }  # fmt: skip


def _matches(need: Need) -> list[dict[str, Any]]:
    resource = BY_LABEL["allocation.match"]
    rows = Match.objects.filter(need=need).select_related("card", "owner").order_by("-id")[:20]
    return [
        {"url": frame.url_of(resource, one), "words": one.card.name, "owner": one.owner.name, "source": one.get_source_display(), "until": one.until,
         "state": {"words": one.get_state_display(), "colour": resource.colours.get(one.state, "plain")}}
        for one in rows
    ]  # fmt: skip


def _on_need(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The way to the answer: the first thing to do while the need waits for one."""
    if resource.label != "allocation.need":
        return {}
    waits = record.state in WAITING and who.can(ANSWER, record.organ_id)
    url = f"{frame.url_of(resource, record)}answer/"
    return {"actions": [{"words": _("存量答复"), "url": url, "icon": "light-bulb", "kind": "primary" if waits else ""}]}


def _on_answer(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The candidates that were looked at, as they stood."""
    if resource.label != "allocation.answer":
        return {}
    columns = [{"words": words, "kind": "text"} for words in (_("资产名称"), _("来源"), _("所属单位"), _("排序依据"))]
    rows = [
        {"cells": [one["name"], Source(one["source"]).label, one["owner"], "，".join(in_order({**one["grounds"], "source": ""}))]}
        for one in record.candidates
    ]  # fmt: skip
    block = {
        "title": _("查到的候选"),
        "count": record.looked,
        "columns": columns,
        "rows": rows,
        "empty": {"why": _("三个来源都没有查到可用的资产。")},
    }
    return {"related": [block]}


details.EXTRAS.extend((_on_need, _on_answer))
addresses.give(Need, ("<int:pk>/answer/", answer_page, "answer"))
