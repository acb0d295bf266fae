"""What all screens share: the row or 404, the right or 403, the heading with its article, the crumbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from baozhang.kernel.access import Actor
from baozhang.kernel.opening import Opening
from baozhang.kernel.record import Record
from baozhang.kernel.resource import Resource
from baozhang.kernel.rows import list_url, row_of, url_of

__all__ = ["actor", "cited", "crumbs", "law", "list_url", "must_view", "page", "row_of", "url_of"]

cited: Opening[Callable[[str], dict[str, str]]] = Opening(
    "views.cited", "an article in the reader's words, and the address at which its text opens"
)


def actor(request: HttpRequest) -> Actor:
    """Who asks."""
    return request.actor  # type: ignore[attr-defined, no-any-return]


def law(article: str) -> dict[str, str]:
    """An article as the templates show it: its words and where it opens."""
    return cited.ask(article) if article and cited.answers else {"words": article, "url": ""}


def must_view(request: HttpRequest, resource: Resource) -> Actor:
    """The actor, who may look at this class of record somewhere; Forbidden otherwise."""
    who = actor(request)
    who.must(resource.right("view"))
    return who


def page(
    resource: Resource, title: Any, *, purpose: Any = "", actions: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The heading of a page."""
    return {"title": str(title), "purpose": purpose, "article": law(resource.article), "actions": actions or []}


def crumbs(request: HttpRequest, resource: Resource, record: Record | None = None) -> None:
    """This will lay the way back: list, then record."""
    trail: list[dict[str, Any]] = [{"words": resource.title, "url": list_url(resource)}]
    if record is not None:
        trail.append({"words": str(record), "url": url_of(resource, record)})
    request.crumbs = trail  # type: ignore[attr-defined]
