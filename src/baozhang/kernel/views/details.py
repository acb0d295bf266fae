"""The detail page of a record: facts in panels, the path, what belongs to it, and its history as sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel import acts, cells, customs, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.resource import RESOURCES, Related, Resource
from baozhang.kernel.sayings import sentences
from baozhang.kernel.statement import Statement, scoped

from . import frame

Extra = Callable[[Resource, Any, Actor], dict[str, Any]]
LONG = 40  # characters; a longer text takes the whole width of its panel
FOLDED = 12  # lines of a text beyond which it opens when asked for
SHORT = 3  # facts of a panel that needs half of the width alone
EXTRAS: list[Extra] = []  # what other mechanisms add to a detail page: steps, path, attachments


@require_GET
def detail(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Everything about one record on one page."""
    who = frame.must_view(request, resource)
    names = tuple(dict.fromkeys([*(n for g in resource.groups for n in g.fields), *resource.key_facts]))
    record = frame.row_of(resource, pk, *_always(resource, names))
    frame.crumbs(request, resource)
    context: dict[str, Any] = {
        "record": _head(resource, record), "panels": _panels(resource, record), "related": _related(resource, record, who),
        "history_url": f"{frame.url_of(resource, record)}history/", "actions": _actions(resource, record, who),
        "page": {"purpose": resource.purpose or resource.title, "article": frame.law(resource.article)},
    }  # fmt: skip
    for extra in EXTRAS:
        for key, value in extra(resource, record, who).items():
            if key == "notices":  # they stand under the path, in the head of the page
                context["record"].setdefault("notices", []).extend(value)
                continue
            context[key] = (
                context[key] + value if key in ("panels", "related", "actions", "steps") and key in context else value
            )
    _pair(context["panels"])
    return render(request, "kernel/detail.html", context)


def _pair(panels: list[dict[str, Any]]) -> None:
    """Two short panels that follow each other stand side by side, so that a page of many facts stays in sight."""
    before: dict[str, Any] | None = None
    for panel in panels:
        short = len(panel["rows"]) <= SHORT and not any(row.get("wide") for row in panel["rows"])
        if short and before is not None:
            panel["half"] = before["half"] = True
        before = panel if short and not panel.get("half") else None


def _always(resource: Resource, names: tuple[str, ...]) -> list[str]:
    """The foreign keys that always point somewhere; of one row, an empty one costs nothing and a full one a short query."""
    return [path for path in resource.joins(names) if not resource.field(path.partition("__")[0]).null]


def _value(resource: Resource, record: Any, name: str) -> dict[str, Any]:
    value = cells.reader(resource, name)(record)
    shown = "" if value in (None, "", {}) else cells.shower(resource, name)(value)
    if shown and resource.kind_of(name) == "link" and name not in resource.computed:
        if url := frame.door_to(value):
            shown = format_html('<a href="{}">{}</a>', url, str(value))
    if shown and resource.kind_of(name) == "text" and (lines := str(value).count("\n") + 1) > FOLDED:
        summary = _("共 %(lines)s 行") % {"lines": f"{lines:,}"}
        shown = format_html("<details><summary>{}</summary>{}</details>", summary, mark_safe(shown))  # noqa: S308 -- escaped above
    unit = resource.unit_of(name) or (_("元") if resource.kind_of(name) == "money" else "")
    counted = shown and any(map(str.isdigit, str(value)))  # 待核实 is no number and has no unit
    row: dict[str, Any] = {"words": resource.words_of(name), "value": mark_safe(shown), "unit": unit if counted else ""}  # noqa: S308 -- escaped above
    if resource.kind_of(name) == "text" and len(str(value)) > LONG:
        row["wide"] = True
    if name in resource.computed and resource.computed[name].why is not None:
        row["why_url"] = f"{frame.url_of(resource, record)}why/{name}/"
    return row


def _head(resource: Resource, record: Any) -> dict[str, Any]:
    head: dict[str, Any] = {
        "title": str(record),
        "key_facts": [_value(resource, record, name) for name in resource.key_facts],
    }
    if resource.state:
        value = getattr(record, resource.state)
        words = dict(resource.field(resource.state).flatchoices).get(value, value)
        head["state"] = {"words": words, "colour": resource.colours.get(value, "plain")}
    return head


def _panels(resource: Resource, record: Any) -> list[dict[str, Any]]:
    panels = []
    for group in resource.groups:
        if group.when is not None and not group.when(record):
            continue
        rows = [row for name in group.fields if (row := _value(resource, record, name))["value"]]
        if rows:
            panels.append({"title": group.words, "rows": rows})
    own = [{"words": c.words, "value": record.extra.get(c.key, "")} for c in customs.fields_for(resource.label)]
    if own:
        panels.append({"title": _("自定义字段"), "rows": own})
    return panels


def _related(resource: Resource, record: Any, who: Actor) -> list[dict[str, Any]]:
    shown = [one for one in resource.related if who.can(RESOURCES[one.slug].right("view"))]
    if not shown:
        return []
    # Most of what may belong to a record does not: one query says which blocks have rows, and only these are read.
    asked = tuple((one.slug, one.field, scope.condition_of(RESOURCES[one.slug].model)) for one in shown)
    found = _which(type(record), asked).first(record.pk)
    blocks = [_related_block(one, record, some, who) for one, some in zip(shown, found or (), strict=True)]
    return [block for block in blocks if block["rows"] or block["add_url"]]  # an empty box says nothing


@scoped
def _which(model: type[Record], asked: tuple[tuple[str, str, Q | None], ...]) -> Statement[tuple[bool, ...]]:
    def make(pk: int) -> QuerySet[Record, tuple[bool, ...]]:
        blocks = []
        for slug, field, within in asked:
            rows = RESOURCES[slug].model._base_manager.filter(**{field: pk})
            blocks.append(Exists(rows if within is None else rows.filter(within)))
        return model._base_manager.filter(pk=pk).values_list(*blocks)

    return Statement(make)


def _belonging(one: Related, record: Any) -> QuerySet[Any]:
    return RESOURCES[one.slug].model.objects.filter(**{one.field: record.pk})


def _related_block(one: Related, record: Any, some: bool, who: Actor) -> dict[str, Any]:
    other = RESOURCES[one.slug]
    names = one.columns or tuple(name for name in other.columns if name != one.field)[:6]
    rows = list(_belonging(one, record).select_related(*other.joins(names)).order_by("-id")[:8]) if some else []
    adds = one.adds is not None and one.adds(record) and who.can(other.right("add"), record.organ_key())
    makers = [(cells.reader(other, name), cells.shower(other, name)) for name in names]
    return {
        "title": one.words or other.title, "empty": {"why": _("没有相关记录。")},
        "columns": [{"words": other.words_of(name), "kind": other.kind_of(name), "unit": other.unit_of(name)} for name in names],
        "rows": [{"url": frame.url_of(other, row), "cells": cells.named([mark_safe(show(read(row))) for read, show in makers], row)} for row in rows],  # noqa: S308
        "more_url": f"{frame.list_url(other)}?{one.field}={record.pk}" if len(rows) == 8 and one.field in other.filters else "",
        "add_url": f"{frame.list_url(other)}add/?{one.field}={record.pk}" if adds else "",
    }  # fmt: skip


def _actions(resource: Resource, record: Record, who: Actor) -> list[dict[str, Any]]:
    base = frame.url_of(resource, record)
    made = []
    if who.can(resource.right("change"), record.organ_key()) and (words := _change_words(resource, record)):
        made.append({"words": words, "url": f"{base}edit/", "icon": "pencil", "kind": ""})
    for name, act in resource.acts.items():
        if acts.offered(act, record, who):
            made.append({"words": act.words, "url": f"{base}acts/{name}/", "icon": act.icon, "kind": ""})
    for name, page in resource.pages.items():
        may = not page.right or who.can(page.right, record.organ_key())
        if may and (page.shown is None or page.shown(record)):
            made.append({"words": page.words, "url": f"{base}{name}/", "kind": "", "icon": ""})
    return made


def _change_words(resource: Resource, record: Record) -> str:
    """What the button says that changes a record; it names the few fields that are left, and is empty where none are."""
    left = resource.open_fields(record)
    if not left or not resource.closed(record):
        return _("修改") if left else ""
    return _("修改：%(fields)s") % {"fields": _("、").join(str(resource.words_of(name)) for name in left)}


@require_GET
def history(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The ledger of one record as sentences, newest first."""
    who = frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    entries = list(
        ledger.history(resource.label, record.pk).filter(seq__gte=record.told_from(who)).order_by("-seq")[:50]
    )
    proof = f"{frame.url_of(resource, record)}proof/"
    lines = [
        {
            "when": cells.moment(entry.at),
            "who": entry.by_organ,
            "sentence": sentence,
            "seq": entry.seq,
            "proof_url": f"{proof}{entry.seq}/",
        }
        for entry, sentence in zip(entries, sentences(resource, entries), strict=True)
    ]
    part = request.htmx  # type: ignore[attr-defined]
    context = {"history": lines, "page": {"title": _("变更记录：%(record)s") % {"record": record}}}
    frame.crumbs(request, resource, record)
    return render(request, "kernel/_history.html" if part else "kernel/history.html", context)


@require_GET
def why(request: HttpRequest, resource: Resource, pk: int, name: str) -> HttpResponse:
    """How a computed figure came about: formula, facts, figures in force, article."""
    frame.must_view(request, resource)
    computed = resource.computed.get(name)
    if computed is None or computed.why is None:
        raise NotFound(_("这个数字没有算法说明"))
    record = frame.row_of(resource, pk, *computed.needs)
    frame.crumbs(request, resource, record)
    answer = computed.why(record)
    if answer.get("article"):
        answer["article"] = frame.law(answer["article"])
    context = {
        "why": {"words": computed.words, **answer},
        "page": {"title": _("为什么：%(words)s") % {"words": computed.words}},
    }
    return render(request, "kernel/why.html", context)
