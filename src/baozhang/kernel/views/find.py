"""The search over everything: all resources asked at once, a few rows each, in scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel import scope, search
from baozhang.kernel.record import Record
from baozhang.kernel.resource import RESOURCES, Resource
from baozhang.kernel.rows import in_scope
from baozhang.kernel.statement import Statement, scoped

from . import frame

Finder = Callable[[str, Any], dict[str, Any] | None]
FINDERS: list[Finder] = []  # other things to be found: articles, pages


def _found(resources: Sequence[Resource], q: str, most: int) -> dict[int, list[int]]:
    """The newest keys that match, by the resource's place; one query for all of them, since asking each costs more than its answer."""
    texts = search.needles(q)
    if not texts:
        return {}
    parts, values = list[str](), list[Any]()
    for place, resource in enumerate(resources):
        try:
            sql, given = _newest(resource.model, scope.condition_of(resource.model), most).text(*texts)
        except EmptyResultSet:  # nothing of this class is in sight
            continue
        parts.append(f"SELECT {place}, part.* FROM ({sql}) AS part")
        values += given
    keys: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) or "SELECT 0, 0 WHERE 1 = 0", values)
        for place, key in cursor.fetchall():
            keys[place].append(key)
    return keys


@scoped
def _newest(model: type[Record], within: Q | None, most: int) -> Statement[int]:
    def make(*texts: str) -> QuerySet[Record, int]:
        rows = model._base_manager.filter(search.matching(texts))
        return (rows if within is None else rows.filter(within)).order_by("-id").values_list("pk", flat=True)[:most]

    return Statement(make)


def _hits(resource: Resource, keys: list[int], q: str, most: int) -> dict[str, Any]:
    rows = in_scope(resource.model, keys)
    key = next((name for name in reversed(resource.model.natural) if not name.endswith("_id")), "pk")
    items = [
        {"words": str(row), "hint": str(getattr(row, key)), "url": frame.url_of(resource, row)}
        for row in (rows[one] for one in sorted(keys, reverse=True) if one in rows)
    ]
    return {
        "words": resource.title,
        "items": items,
        "more_url": f"{frame.list_url(resource)}?{urlencode({'q': q})}" if len(keys) == most else "",
    }


def _groups(request: HttpRequest, q: str, most: int) -> list[dict[str, Any]]:
    who = frame.actor(request)
    if not q:
        return []
    asked = [one for one in RESOURCES.values() if one.menu and one.model.searched and who.can(one.right("view"))]
    keys = _found(asked, q, most)
    found = [_hits(one, keys[place], q, most) for place, one in enumerate(asked) if keys.get(place)]
    return found + [group for finder in FINDERS if (group := finder(q, who))]


@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """What the palette shows while one types."""
    q = request.GET.get("q", "").strip()
    return render(
        request,
        "kernel/_suggest.html",
        {"q": q, "groups": _groups(request, q, 4), "all_url": f"/search/?{urlencode({'q': q})}"},
    )


@require_GET
def everything(request: HttpRequest) -> HttpResponse:
    """The page of all results."""
    q = request.GET.get("q", "").strip()
    return render(
        request, "kernel/search.html", {"q": q, "groups": _groups(request, q, 12), "page": {"title": _("搜索")}}
    )
