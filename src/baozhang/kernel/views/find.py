"""The search over everything: each resource asked once, a few rows each, in scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel import search
from baozhang.kernel.resource import RESOURCES, Resource

from . import frame

Finder = Callable[[str, Any], dict[str, Any] | None]
FINDERS: list[Finder] = []  # other things to be found: articles, pages


def _hits(resource: Resource, q: str, most: int) -> dict[str, Any] | None:
    condition = search.condition(q)
    if condition is None or not resource.model.searched:
        return None
    rows = list(resource.model.objects.filter(condition).order_by("-id")[:most])
    if not rows:
        return None
    key = next((name for name in reversed(resource.model.natural) if not name.endswith("_id")), "pk")
    items = [{"words": str(row), "hint": str(getattr(row, key)), "url": frame.url_of(resource, row)} for row in rows]
    return {
        "words": resource.title,
        "items": items,
        "more_url": f"{frame.list_url(resource)}?q={q}" if len(rows) == most else "",
    }


def _groups(request: HttpRequest, q: str, most: int) -> list[dict[str, Any]]:
    who = frame.actor(request)
    if not q:
        return []
    found = [_hits(one, q, most) for one in RESOURCES.values() if one.menu and who.can(one.right("view"))]
    found += [finder(q, who) for finder in FINDERS]
    return [group for group in found if group]


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """What the palette shows while one types."""
    q = request.GET.get("q", "").strip()
    return render(
        request, "kernel/_suggest.html", {"q": q, "groups": _groups(request, q, 4), "all_url": f"/search/?q={q}"}
    )


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """The page of all results."""
    q = request.GET.get("q", "").strip()
    return render(
        request, "kernel/search.html", {"q": q, "groups": _groups(request, q, 12), "page": {"title": _("搜索")}}
    )
