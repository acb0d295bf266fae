"""The rows of a list with fields to type into, as one would in a table: what differs is kept at once, all of it or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.kernel import cells, sent
from baozhang.kernel.forms import form_for
from baozhang.kernel.listing import SIZES, Listing
from baozhang.kernel.numbers import whole
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Fault, Invalid, NotFound, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.rows import in_scope

from . import frame

Fields = dict[str, forms.Field]


@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, resource: Resource) -> HttpResponse:
    """One page of the list as its address describes it; rows that were not touched stay as they are."""
    who = frame.must_view(request, resource)
    who.must(resource.right("change"))
    listing = Listing(resource, _whole_page(request))
    found = listing.page()
    fields: Fields = dict(form_for(resource, by=who, names=resource.typed).fields)
    rows: list[Any] = found.rows

    def work() -> str:
        count = _kept(resource, request.POST, rows, fields, by=who)
        messages.success(request, _("已保存 %(n)d 行") % {"n": count} if count else _("没有改动"))
        return request.get_full_path()

    if request.method == "POST":
        rows = _named(resource, listing, request.POST)
    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource)
    query = request.GET.urlencode()
    context = {
        "columns": _columns(resource), "rows": _rows(resource, rows, fields, request.POST, refusal), "refusal": refusal,
        "back_url": f"{frame.list_url(resource)}?{query}", "next_url": "" if found.at_end else _turned(request, "after", found.after),
        "prev_url": "" if found.at_start else _turned(request, "before", found.before), "total": found.count,
        "page": frame.page(resource, _("逐行填写：%(list)s") % {"list": resource.title}, purpose=_("在表格里直接填写，一起保存；有一行不对，就都不保存，填好的不会丢")),
    }  # fmt: skip
    return render(request, "kernel/fill.html", context, status=refusal.status if refusal else 200)


def _whole_page(request: HttpRequest) -> QueryDict:
    query = request.GET.copy()
    query.setdefault("size", str(max(SIZES)))
    return query


def _turned(request: HttpRequest, way: str, cursor: str) -> str:
    query = request.GET.copy()
    for name in ("before", "after", "at"):
        query.pop(name, None)
    query[way] = cursor
    return f"?{query.urlencode()}"


def _named(resource: Resource, listing: Listing, post: QueryDict) -> list[Any]:
    """The rows that were on the page when it was sent, in its order; others may have come into the list meanwhile."""
    keys = [key for name in post if name.startswith("version-") and (key := whole(name[8:])) is not None]
    found = in_scope(resource.model, keys, resource.joins(listing.model_columns))
    if len(found) < len(set(keys)):
        raise NotFound(_("有的记录不存在，或不在您的范围内"), instead=_("请返回列表刷新后再办理。"))
    return [found[key] for key in keys]


def _kept(resource: Resource, post: QueryDict, rows: list[Any], fields: Fields, *, by: Any) -> int:
    """This will keep the rows in which something differs; how many those are. Faults bear the key of their row."""
    changed: list[Record] = []
    faults: list[Fault] = []
    for row in rows:
        before = [getattr(row, name) for name in fields]
        for name, field in fields.items():
            try:
                setattr(row, name, field.clean(_said(field, post.get(f"{name}-{row.pk}", ""))))
            except ValidationError as error:
                reason = "；".join(str(message) for message in error.messages)
                faults.append(Fault(reason, field=name, row=row.pk, column=field.label or ""))
        if before != [getattr(row, name) for name in fields]:
            row.version = whole(post.get(f"version-{row.pk}")) or row.version
            changed.append(row)
    if not faults and changed:
        try:
            keep(changed, by=by)
        except Invalid as refused:
            faults = [Fault(**{**one.__dict__, "row": changed[(one.row or 1) - 1].pk}) for one in refused.faults]
            if not faults:
                raise
    if faults:
        raise Invalid(
            _("内容有误，没有保存"), why=_("原因写在各行里。"), instead=_("请按提示改正后再提交。"), faults=faults
        )
    return len(changed)


def _said(field: forms.Field, text: str) -> str:
    """A number as people type it, with commas between the thousands."""
    return (
        text.replace(",", "").replace("，", "") if isinstance(field, forms.IntegerField | forms.DecimalField) else text
    )


def _columns(resource: Resource) -> list[dict[str, Any]]:
    still = [name for name in resource.columns if name not in resource.typed]
    return [
        {"words": resource.words_of(name), "kind": resource.kind_of(name), "unit": resource.unit_of(name)}
        for name in (*still, *resource.typed)
    ]


def _rows(
    resource: Resource, rows: list[Any], fields: Fields, post: QueryDict, refusal: Refused | None
) -> list[dict[str, Any]]:
    still = [name for name in resource.columns if name not in resource.typed]
    makers = [(resource.words_of(name), cells.reader(resource, name), cells.shower(resource, name)) for name in still]
    wrong: dict[int | None, list[Fault]] = {}
    for fault in refusal.faults if refusal else ():
        wrong.setdefault(fault.row, []).append(fault)
    return [
        {
            "pk": row.pk, "version": post.get(f"version-{row.pk}", row.version), "url": frame.url_of(resource, row),
            "cells": [(words, SafeString(show(read(row)))) for words, read, show in makers],
            "typed": [_typed(row, name, field, post, wrong.get(row.pk, [])) for name, field in fields.items()],
            "wrong": [str(one.reason) for one in wrong.get(row.pk, []) if one.field not in fields],
        }
        for row in rows
    ]  # fmt: skip


def _typed(row: Any, name: str, field: forms.Field, post: QueryDict, wrong: list[Fault]) -> dict[str, Any]:
    value = post.get(f"{name}-{row.pk}", field.prepare_value(getattr(row, name)))
    said = [str(one.reason) for one in wrong if one.field == name]
    number = isinstance(field, forms.IntegerField | forms.DecimalField)
    attrs = {"aria-label": f"{row} {field.label}", **({"aria-invalid": "true"} if said else {})}
    widget = forms.TextInput({"inputmode": "decimal"}) if number else field.widget
    return {
        "words": field.label,
        "drawn": widget.render(f"{name}-{row.pk}", value, attrs),
        "number": number,
        "wrong": said,
    }
