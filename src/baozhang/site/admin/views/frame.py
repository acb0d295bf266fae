"""What the administrators' screens share: the right, the heading, the crumbs, and tables of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from baozhang.kernel.access import Actor
from baozhang.kernel.views import frame

ARTICLE = "第三十八条"


def must(request: HttpRequest, permission: str) -> Actor:
    """The actor, who holds the right; Forbidden otherwise."""
    who = frame.actor(request)
    who.must(permission)
    return who


def heading(
    request: HttpRequest,
    title: Any,
    purpose: Any,
    *,
    actions: list[dict[str, Any]] | None = None,
    up: tuple[Any, str] | None = None,
) -> dict[str, Any]:
    """The heading of a page, under 系统管理."""
    trail: list[dict[str, Any]] = [{"words": _("系统管理"), "url": ""}]
    if up is not None:
        trail.append({"words": up[0], "url": up[1]})
    request.crumbs = trail  # type: ignore[attr-defined]
    return {"title": str(title), "purpose": purpose, "article": frame.law(ARTICLE), "actions": actions or []}


def table(
    words: Sequence[Any], rows: Iterable[dict[str, Any]], *, empty: Any = "", numbers: Sequence[int] = ()
) -> dict[str, Any]:
    """A table for `_table.html`; the columns at `numbers` stand to the right."""
    columns = [{"words": word, "kind": "number" if place in numbers else "text"} for place, word in enumerate(words)]
    return {"columns": columns, "rows": list(rows), "empty": {"why": empty or _("没有内容。")}}
