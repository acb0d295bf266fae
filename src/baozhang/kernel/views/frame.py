"""What all screens share: the row or 404, the right or 403, the heading with its article, the crumbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from baozhang.kernel import once as asked_once
from baozhang.kernel import scope
from baozhang.kernel.access import Actor
from baozhang.kernel.citing import law
from baozhang.kernel.record import Record
from baozhang.kernel.resource import BY_LABEL, Resource
from baozhang.kernel.rows import in_scope, list_url, row_of, url_of

__all__ = [
    "actor",
    "crumbs",
    "door_to",
    "law",
    "leading",
    "left_at",
    "list_url",
    "must_view",
    "once",
    "page",
    "page_of_step",
    "row_of",
    "url_of",
]


def actor(request: HttpRequest) -> Actor:
    """Who asks."""
    return request.actor  # type: ignore[attr-defined]


def door_to(record: Record) -> str:
    """The address of a record for the reader; empty where he could not open it."""
    target = BY_LABEL.get(record.label)
    may = target and not target.joint and scope.current().can(target.right("view"), record.organ_key())
    return url_of(target, record) if target and may else ""


def left_at(resource: Resource, record: Record) -> str:
    """Where one stands after doing something to a record: on its page; where it is gone or no longer his, at its whole or list."""
    if in_scope(type(record), [record.pk]):
        return url_of(resource, record)
    wholes = [whole for name in type(record).part_of if (whole := getattr(record, name)) is not None]
    return next((url for whole in wholes if (url := door_to(whole))), list_url(resource))


def must_view(request: HttpRequest, resource: Resource) -> Actor:
    """The actor, who may look at this class of record somewhere; Forbidden otherwise."""
    who = actor(request)
    who.must(resource.right("view"))
    return who


def once(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    """This will do what a form asks for, and lead to where that led; a form that is sent again leads there without doing it again.

    The form carries `{% form_key %}`; `work` gives the address where one goes from there.
    """
    done: list[str] = []

    def doing() -> str:
        done.append(work())
        return done[0]

    address = asked_once.carry_out(request.POST.get("key", ""), asked_once.said_in(request), actor(request), doing)
    if not done:
        messages.info(request, _("这次提交已经办理，没有重复办理"))
    return HttpResponseRedirect(address)


def page(
    resource: Resource, title: Any, *, purpose: Any = "", actions: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The heading of a page."""
    return {"title": str(title), "purpose": purpose, "article": law(resource.article), "actions": actions or []}


def page_of_step(resource: Resource, step: Mapping[str, Any], what: str) -> dict[str, Any]:
    """The heading of a step or an act; where it names its own article, that of the list is not said beside it."""
    heading = page(resource, f"{step['words']}：{what}")
    return {**heading, "article": None} if step.get("article") else heading


def leading(said: str, who: Actor) -> str:
    """What was done, as a message: with a link to the record that came of it, where one did and the reader may see it."""
    made = getattr(said, "made", None)
    target = None if made is None else BY_LABEL.get(made.label)
    if made is None or target is None or not who.can(target.right("view"), made.organ_key()):
        return said
    return format_html('{} <a href="{}">{}</a>', said, url_of(target, made), _("打开"))


def crumbs(request: HttpRequest, resource: Resource, record: Record | None = None) -> None:
    """This will lay the way back: list, then record."""
    trail: list[dict[str, Any]] = [{"words": resource.title, "url": list_url(resource)}]
    if record is not None:
        trail.append({"words": str(record), "url": url_of(resource, record)})
    request.crumbs = trail  # type: ignore[attr-defined]
