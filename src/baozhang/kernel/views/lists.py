"""The list of a resource, its export and its look-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel import cells, offered, search, views_saved
from baozhang.kernel.access import Actor
from baozhang.kernel.listing import SIZES, Filter, Listing, Page
from baozhang.kernel.numbers import wholes
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.resource import BY_LABEL, Resource

from . import frame

KINDS = {"choice": "choice", "state": "state"}


@require_GET
def index(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The list as its address describes it; htmx gets the table alone."""
    who = frame.must_view(request, resource)
    listing = Listing(resource, request.GET)
    found = listing.page()
    context = {
        "list": {**_table(listing, found), **_frame(request, listing, found, who)},
        "page": frame.page(resource, resource.title, purpose=resource.purpose),
    }
    part = request.htmx and request.htmx.target == "list"  # type: ignore[attr-defined]
    return render(request, "kernel/_rows.html" if part else "kernel/list.html", context)


def _table(listing: Listing, found: Page) -> dict[str, Any]:
    resource = listing.resource
    customs = {custom.column: custom for custom in listing.customs}
    columns, makers = [], []
    for name in listing.columns:
        if name in customs:
            columns.append({"key": name, "words": customs[name].words, "kind": "text"})
            makers.append(_custom_maker(customs[name].key))
            continue
        columns.append(_column(listing, name))
        read, show = cells.reader(resource, name), cells.shower(resource, name)
        makers.append(lambda row, read=read, show=show: SafeString(show(read(row))))
    base = frame.list_url(resource)
    rows = [
        {"id": row.pk, "url": f"{base}{row.pk}/", "cells": cells.named([make(row) for make in makers], row)}
        for row in found.rows
    ]
    return {"columns": columns, "rows": rows}


def _custom_maker(key: str) -> Any:
    return lambda row: mark_safe(escape(str(row.extra.get(key, "")))) or mark_safe(cells.DASH)  # noqa: S308


def _column(listing: Listing, name: str) -> dict[str, Any]:
    resource = listing.resource
    column: dict[str, Any] = {
        "key": name,
        "words": resource.words_of(name),
        "kind": resource.kind_of(name),
        "unit": resource.unit_of(name),
    }
    if column["kind"] == "money" and not column["unit"]:
        column["unit"] = _("元")
    if name in resource.sorts:
        now = listing.sort
        column["sorted"] = "" if now.lstrip("-") != name else ("desc" if now.startswith("-") else "asc")
        column["sort_url"] = _url(listing, sort=f"-{name}" if now == name else name)
    return column


def _url(listing: Listing, *, drop: tuple[str, ...] = (), **changes: Any) -> str:
    """The list's address with some parts changed; a change of anything but the cursor goes back to the first page."""
    query = listing.query.copy() if isinstance(listing.query, QueryDict) else QueryDict(mutable=True)
    for name in ("before", "after", "at", *drop):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return f"{frame.list_url(listing.resource)}?{query.urlencode()}"


def _frame(request: HttpRequest, listing: Any, found: Page, who: Any) -> dict[str, Any]:
    resource = listing.resource
    base = frame.list_url(resource)
    words = (
        _("%(count)s+ 条") % {"count": f"{listing.cap:,}"}
        if found.capped
        else _("%(count)s 条") % {"count": f"{found.count:,}"}
    )
    may_add = resource.addable and who.can(resource.right("add"))
    add_url, add_words = _adding(listing, who) if may_add else ("", "")
    return {
        "url": base, "q": listing.q, "filters": [_filter(listing, one) for one in listing.filters],
        "clear_url": base if listing.q or any(one.active for one in listing.filters) else "",
        "count_words": words, "page_size": listing.size, "page_sizes": SIZES,
        "first": "" if found.at_start else _url(listing), "last": "" if found.at_end else _url(listing, at="end"),
        "prev": "" if found.at_start else _url(listing, before=found.before),
        "next": "" if found.at_end else _url(listing, after=found.after),
        "column_choices": _choices(listing), "hidden": [(name, value) for name in ("sort",) for value in listing.query.getlist(name)],
        "exports": _exports(listing) if who.can(resource.right("export")) else [],
        "import_url": f"{base}import/" if resource.importable and who.can(resource.right("import")) else "",
        "fill_url": f"{base}fill/?{request.GET.urlencode()}" if resource.typed and who.can(resource.right("change")) and found.rows else "",
        "add_url": add_url, "add_words": add_words,
        "bulk": _bulk(resource, who, found.rows), "bulk_url": f"{base}acts/?{request.GET.urlencode()}",
        "views": views_saved.offered(resource, who, request.GET), "view_save_url": f"{base}views/" if who.user_id else "",
        "empty": _empty(listing, add_url, add_words, resource.importable and who.can(resource.right("import"))),
    }  # fmt: skip


def _filter(listing: Listing, one: Filter) -> dict[str, Any]:
    options = [(value, words, value in one.values) for value, words in one.choices]
    made: dict[str, Any] = {
        "name": one.name, "words": one.words, "kind": "multi" if one.kind == "choice" else one.kind, "options": options,
        "value": one.low or (one.values[0] if one.values else ""), "value_to": one.high,
        "clear_url": _url(listing, drop=(one.name, f"{one.name}_from", f"{one.name}_to")) if one.active else "",
        "unit": listing.resource.units.get(one.name, ""),
    }  # fmt: skip
    if one.kind == "reference":
        made["lookup_url"] = reverse("lookup", args=[listing.resource.slug, one.name])
    made["active_words"] = _active(listing, one)
    return made


def _active(listing: Listing, one: Filter) -> str:
    if not one.active:
        return ""
    if one.kind == "reference":
        target: Any = listing.resource.field(one.name).related_model
        rows = offered.rows(listing.resource, target)
        return "、".join(str(row) for row in rows.filter(pk__in=wholes(one.values))[:3])
    if one.values:
        words = {value: str(text) for value, text in one.choices}
        return "、".join(words.get(value, value) for value in one.values)
    return f"{one.low or '…'} – {one.high or '…'}"


def _choices(listing: Listing) -> list[tuple[str, Any, bool]]:
    resource = listing.resource
    known = [(name, resource.words_of(name)) for name in (*resource.columns, *resource.more_columns)]
    known += [(custom.column, custom.words) for custom in listing.customs]
    return [(name, words, name in listing.columns) for name, words in known]


def _exports(listing: Any) -> list[dict[str, Any]]:
    query = urlencode(
        [(k, v) for k, values in listing.query.lists() for v in values if k not in ("before", "after", "at")]
    )
    base = f"{frame.list_url(listing.resource)}export"
    return [
        {"words": "Excel (.xlsx)", "url": f"{base}.xlsx?{query}"},
        {"words": "CSV (.csv)", "url": f"{base}.csv?{query}"},
    ]


def _bulk(resource: Resource, who: Any, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The acts on many that somebody may do, without those that none of the rows in sight is for."""
    return [
        act.as_button(name)
        for name, act in resource.acts.items()
        if act.many and who.can(act.permission) and (act.among is None or act.among(rows)) and act.is_for(rows, who)
    ]


def _adding(listing: Listing, who: Actor) -> tuple[str, str]:
    """Where one adds a row, and what the way there is called: a part is added to a whole that takes it in, or the wholes are shown."""
    resource, base = listing.resource, frame.list_url(listing.resource)
    field, which = resource.begun_from
    if not field:
        return f"{base}add/", ""
    model: Any = resource.field(field).related_model
    wholes = BY_LABEL[model._meta.label_lower]
    chosen = next((one.values for one in listing.filters if one.name == field), ())
    whole = model.objects.filter(pk=chosen[0]).first() if len(chosen) == 1 else None
    adds = next(one.adds for one in wholes.related if one.slug == resource.slug and one.adds is not None)
    if whole is not None and adds(whole) and who.can(resource.right("add"), whole.organ_key()):
        return f"{base}add/?{field}={whole.pk}", ""
    return f"{frame.list_url(wholes)}?{which}", _("从“%(wholes)s”登记") % {"wholes": wholes.title}


def _empty(listing: Listing, add_url: str, add_words: str, may_import: bool) -> dict[str, Any]:
    resource = listing.resource
    if listing.q or any(one.active for one in listing.filters):
        return {"why": _("没有符合条件的记录。"), "next_words": _("清除条件"), "next_url": frame.list_url(resource)}
    made = {"why": _("这里还没有记录。")}
    if may_import:
        made |= {"next_words": _("导入现有台账"), "next_url": f"{frame.list_url(resource)}import/"}
    elif add_url:
        made |= {"next_words": add_words or _("新增"), "next_url": add_url}
    return made


def _asked(resource: Resource) -> set[str]:
    """The fields that some form of a resource asks for: its own, its filters', its acts' and those of the steps of its flow."""
    steps = resource.flow.plan.steps.values() if resource.flow is not None else ()
    of_others = (name for one in (*resource.acts.values(), *steps) for name in one.fields)
    return {*resource.fields, *resource.filters, *of_others}


def _told_apart(row: Any) -> str:
    """What people know a row by beside its words; nobody knows it by a key."""
    said = (str(getattr(row, name) or "") for name in row.natural if not name.endswith("_id"))
    return next((one for one in said if not str(row).startswith(f"{one} ")), "")


@require_GET
def lookup(request: HttpRequest, resource: Resource, field: str) -> JsonResponse:
    """The rows that a foreign key may point to, as one types; at most twenty, in scope."""
    frame.must_view(request, resource)
    if field not in _asked(resource):
        raise NotFound(_("没有这个字段"))
    target: Any = resource.field(field).related_model
    if target is None:
        raise NotFound(_("没有这个字段"))
    rows = offered.for_field(resource, field)
    wanted = search.condition(request.GET.get("q", ""))
    rows = rows.filter(wanted) if wanted is not None else rows
    found = [{"id": row.pk, "words": str(row), "hint": _told_apart(row)} for row in rows[:20]]
    return JsonResponse({"results": found}, json_dumps_params={"ensure_ascii": False})
