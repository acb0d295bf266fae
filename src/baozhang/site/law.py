"""The pages of the law, open to everybody: the map by chapter, and each article with its words and what serves it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch3_mechanisms.standards.views import shown
from baozhang.kernel import clock, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import NotFound
from baozhang.law import articles as index
from baozhang.law import official
from baozhang.law.articles import CitationError
from baozhang.law.explain import article_words
from baozhang.law.models import LawClause
from baozhang.law.words import spoken

from .lawmap import KINDS, Duty, Mapped, Server, law_map, progress

STATES = {
    "served": "green", "part": "amber", "figures": "amber", "missing": "plain", "none": "plain",
}  # fmt: skip
OPEN = ("part", "figures", "missing")  # something is still to be done
MOST_FOUND = 8


def _words(state: str) -> str:
    words = {
        "served": _("已支撑"), "part": _("部分支撑"), "figures": _("只有标准或场景"), "missing": _("尚未支撑"), "none": _("无须系统支撑"),
    }  # fmt: skip
    return words[state]


def _base(request: HttpRequest) -> dict[str, Any]:
    """The frame: with the menu for whoever is signed in, bare for everybody else."""
    return {"base": "kernel/shell.html" if _actor(request) else "kernel/public_base.html"}


def _actor(request: HttpRequest) -> Actor | None:
    return getattr(request, "actor", None)


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """The map: each chapter with its progress, each article with its gist, how it is served, or that it is not."""
    found, only = law_map(), request.GET.get("show") == "missing"
    text = official.edition(clock.today())
    chapters = [_chapter(number, found, only) for number in index.chapters()]
    whole = progress(found.values())
    context = {
        **_base(request), "chapters": [chapter for chapter in chapters if chapter["parts"]], "only": only, "whole": whole,
        "text": text, "kinds": KINDS.items(),
        "page": {"title": _("法条地图"), "purpose": _("%(law)s：每一条由什么支撑，还缺什么") % {"law": index.title()}},
    }  # fmt: skip
    return render(request, "site/law.html", context)


def _chapter(number: int, found: dict[int, Mapped], only: bool) -> dict[str, Any]:
    chapter = index.chapters()[number]
    own = [one for one in found.values() if one.article.chapter == number]
    parts = []
    for section in sorted({one.article.section or 0 for one in own}):
        rows = [one for one in own if (one.article.section or 0) == section and (not only or one.state in OPEN)]
        if rows:
            title = chapter.sections[section].name if section else ""
            parts.append(
                {
                    "title": title,
                    "progress": progress(one for one in own if one.article.section == section),
                    "rows": [_row(one) for one in rows],
                }
            )
    return {"label": chapter.label, "name": chapter.name, "progress": progress(own), "parts": parts}


def _row(one: Mapped) -> dict[str, Any]:
    article = one.article
    gaps = [duty.words for duty in one.duties if duty.state != "served"] if one.state == "part" else []
    return {
        "label": article.label, "name": article.name, "gist": article.summary, "url": f"/law/{article.number}/",
        "counts": [{"words": KINDS[kind], "n": n} for kind, n in one.counts.items()], "state": _state(one.state),
        "gaps": spoken("、", ", ").join(gaps), "obliges": spoken("、", ", ").join(party.name for party in article.obliges),
    }  # fmt: skip


def _state(state: str) -> dict[str, str]:
    return {"words": _words(state), "colour": STATES[state]}


@require_GET
def one(request: HttpRequest, number: int) -> HttpResponse:
    """An article: in our own words always, in the official ones where they are loaded, and what serves it."""
    try:
        article = index.article(number)
    except CitationError as error:
        raise NotFound(str(error.what), instead=str(error.instead)) from None
    mapped, text = law_map()[number], official.edition(clock.today())
    who = _actor(request)
    last = max(index.articles())
    chapter = index.chapters()[article.chapter]
    section = f" {chapter.sections[article.section].name}" if article.section else ""
    trail = [{"words": _("法条地图"), "url": "/law/"}, {"words": f"{chapter.label} {chapter.name}{section}", "url": ""}]
    request.crumbs = trail  # type: ignore[attr-defined]
    context = {
        **_base(request), "article": article, "state": _state(mapped.state), "text": text,
        "clauses": official.clauses(text, number).get(number, ()) if text else (),
        "groups": [group for kind in KINDS if (group := _group(kind, mapped.servers, who))], "duties": [_duty(duty) for duty in mapped.duties],
        "gaps": [duty.words for duty in mapped.duties if duty.state != "served"],
        "obliges": spoken("、", ", ").join(party.name for party in article.obliges),
        "limits": spoken("、", ", ").join(limit.name for limit in article.limits),
        "previous": number - 1 if number > 1 else None, "following": number + 1 if number < last else None,
        "page": {"title": f"{article.label} {article.name}"},
    }  # fmt: skip
    return render(request, "site/article.html", context)


def _duty(duty: Duty) -> dict[str, Any]:
    return {"words": duty.words, "state": _state(duty.state)}


def _group(kind: str, servers: list[Server], who: Actor | None) -> dict[str, Any] | None:
    rows = [_server(server, who) for server in servers if server.kind == kind]
    return {"title": KINDS[kind], "rows": rows, "many": len(rows) > 8} if rows else None


def _server(server: Server, who: Actor | None) -> dict[str, Any]:
    """A server as a line; it opens for those alone who may look at it."""
    words = shown.figure(server.words)["name"] if server.kind == "figure" else str(server.words)
    may = bool(server.url) and who is not None and (not server.permission or who.can(server.permission))
    place = server.place.within
    return {"words": words, "more": str(server.more), "url": server.url if may else "", "place": place}


def cited(text: str) -> dict[str, str]:
    """A citation in the reader's words, with the address at which it opens."""
    return {"words": article_words(text), "url": article_url(text)}


def article_url(text: str) -> str:
    """The address at which an article opens, by its citation; empty for what cites none."""
    try:
        places = index.cites(text)
    except CitationError:
        places = index.citations_in(text)
    return f"/law/{places[0].article}/" if places else ""


def find(q: str, who: Any) -> dict[str, Any] | None:
    """Articles for the search: by number (23, 第二十三条), by words of title and gist, by words of the official text."""
    del who
    numbers = dict.fromkeys([*_by_number(q), *_by_words(q)])
    if not numbers:
        return None
    items = [
        {"words": f"{article.label} {article.name}", "url": f"/law/{article.number}/", "hint": article.summary[:60]}
        for article in (index.article(number) for number in list(numbers)[:MOST_FOUND])
    ]
    return {"words": _("条文"), "icon": "book-open", "items": items, "more_url": ""}


def _by_number(q: str) -> list[int]:
    text = q.strip()
    if (number := whole(text)) is not None:
        return [number] if number in index.articles() else []
    return [
        place.article for place in index.citations_in(text if text.startswith("第") else f"第{text.rstrip('条')}条")
    ]


def _by_words(q: str) -> list[int]:
    text = q.strip().lower()
    if len(text) < 2 or text.isdigit():
        return []
    found = [
        a.number for a in index.articles().values() if text in f"{a.title}{a.gist} {a.title_en} {a.gist_en}".lower()
    ]
    edition = official.edition(clock.today())
    if edition is not None:
        rows = LawClause._base_manager.filter(article__text=edition, words__contains=q.strip()).order_by(
            "article__number"
        )
        found += rows.values_list("article__number", flat=True)[:20]
    return found


shell.entry("general", gettext_lazy("法条地图"), "law", order=5)


def urlpatterns() -> list[URLPattern]:
    """The addresses of the law."""
    return [path("law/", everything, name="law"), path("law/<int:number>/", one, name="law-article")]
