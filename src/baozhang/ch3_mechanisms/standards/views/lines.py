"""The lines of a standard beside what holds without it: to be read by all, to be written while it is a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.ch3_mechanisms.standards import queries, trying
from baozhang.ch3_mechanisms.standards.actions import LINE_CHANGE, add_figures, save_lines
from baozhang.ch3_mechanisms.standards.choices import family
from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from baozhang.kernel import sent
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole
from baozhang.kernel.refusal import Fault, Invalid, Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame
from baozhang.law.catalogue import catalogue

from . import shown

FIELDS = ("value", "price_source", "price_day", "note")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The table of lines; posting adds figures, or saves what was typed, all of it or nothing."""
    who = frame.must_view(request, resource)
    standard = frame.row_of(resource, pk, "organ", "jurisdiction")
    assert isinstance(standard, Standard)

    def work() -> str:
        who.must(LINE_CHANGE, standard.organ_id)
        messages.success(request, _posted(standard, request.POST, who))
        return request.path

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource, standard)
    context = _context(resource, standard, who, refusal, request.POST)
    return render(
        request,
        "standards/lines.html",
        {**context, "refusal": refusal},
        status=200 if refusal is None else refusal.status,
    )


def _posted(standard: Standard, data: QueryDict, who: Actor) -> str:
    if data.get("do") == "add":
        keys = data.getlist("figure")
        if not keys:
            raise Invalid(_("没有选择项目"), instead=_("请先勾选要增加的项目。"))
        return _("已增加 %(n)s 条，数值暂按现行标准填写") % {"n": add_figures(standard, keys, by=who)}
    changed, gone, faults = [], [], []
    for line in queries.lines_of(standard):
        if data.get(f"gone-{line.pk}"):
            gone.append(line)
        elif f"version-{line.pk}" in data:
            faults += _fill(line, data)
            changed.append(line)
    if faults:
        raise Invalid(
            _("内容有误，没有保存"), why="；".join(f"{f.column}：{f.reason}" for f in faults[:3]), faults=faults
        )
    try:
        return save_lines(standard, changed, gone, by=who)
    except Invalid as refused:
        placed = [replace(f, field=f"{f.field}-{changed[(f.row or 1) - 1].pk}") for f in refused.faults if changed]
        raise Invalid(refused.what, why=refused.why, instead=refused.instead, faults=placed) from refused


def _fill(line: StandardLine, data: QueryDict) -> list[Fault]:
    """This will put what was typed into a line; a number or day that is none is a fault."""
    faults = []
    given = {name: data.get(f"{name}-{line.pk}", "").strip() for name in FIELDS}
    version = str(data.get(f"version-{line.pk}", ""))
    line.version = whole(version) or 0
    line.ends = bool(data.get(f"ends-{line.pk}"))
    line.note, line.price_source = given["note"], given["price_source"]
    try:
        line.value = Decimal(given["value"].replace(",", "").replace("，", "")) if given["value"] else None
    except InvalidOperation:
        faults.append(
            Fault(
                _("“%(value)s”不是数值") % {"value": given["value"]},
                f"value-{line.pk}",
                given["value"],
                column=str(line),
            )
        )
    try:
        line.price_day = dt.date.fromisoformat(given["price_day"]) if given["price_day"] else None
    except ValueError:
        faults.append(
            Fault(
                _("“%(value)s”不是日期") % {"value": given["price_day"]},
                f"price_day-{line.pk}",
                given["price_day"],
                column=str(line),
            )
        )
    return faults


def _context(
    resource: Resource, standard: Standard, who: Actor, refusal: Refused | None, posted: QueryDict
) -> dict[str, Any]:
    typed = posted if refusal is not None else None
    wrong = {fault.field: str(fault.reason) for fault in refusal.faults} if refusal is not None else {}
    lines = queries.lines_of(standard)
    may = standard.editable and who.can(LINE_CHANGE, standard.organ_id)
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(family(line.key), []).append(_line(standard, line, typed, wrong))
    words = {**shown.families(), "": _("其他")}  # a figure that has left the catalogue still stands in an old standard
    title = _("条目与对照：%(title)s") % {"title": standard.title}
    eve = (
        _("左边是施行前一日有效的数值，右边是本标准自 %(day)s 起的数值")
        if standard.issued
        else _("左边是没有本标准时 %(day)s 有效的数值，右边是本标准的数值")
    )
    purpose = eve % {"day": standard.valid_from}
    return {
        "standard": standard,
        "may": may,
        "page": frame.page(resource, title, purpose=purpose),
        "state": {"words": standard.get_state_display(), "colour": resource.colours.get(standard.state, "plain")},
        "groups": [{"title": title, "rows": groups[name]} for name, title in words.items() if name in groups],
        "choices": _choices({line.key for line in lines}, words) if may else [],
        "count": len(lines),
        "url": frame.url_of(resource, standard),
        "may_try": bool(lines) and not standard.issued and who.can(trying.TRY, standard.organ_id),
        "import_url": f"{frame.list_url(resource).replace('standards/standards', 'standards/lines')}import/"
        if may
        else "",
    }


def _line(standard: Standard, line: StandardLine, typed: QueryDict | None, wrong: dict[str, str]) -> dict[str, Any]:
    before = queries.standing(standard, line)
    value = {name: _typed(typed, f"{name}-{line.pk}", getattr(line, name)) for name in FIELDS}
    value["value"] = _typed(typed, f"value-{line.pk}", shown.number(line.number))
    return {
        "pk": line.pk,
        "version": line.version,
        **shown.figure(line.key),
        "row": line.row_shown,
        "now": shown.reading(before),
        "ends": line.ends,
        "given": value,
        "number": shown.number(line.number),
        "wrong": [said for name, said in wrong.items() if name.endswith(f"-{line.pk}")],
        "change": _change(line, before.value if before else None),
    }


def _typed(typed: QueryDict | None, name: str, held: Any) -> str:
    if typed is not None and name in typed:
        return str(typed[name])
    return "" if held is None else held.isoformat() if isinstance(held, dt.date) else str(held)


def _change(line: StandardLine, before: Any) -> dict[str, str]:
    """What the line does to the figure, in a word with its colour."""
    if line.ends:
        return {"words": _("终止"), "colour": "plain"}
    if line.value is None:
        return {"words": _("待填"), "colour": "amber"}
    if before is None:
        return {"words": _("新设"), "colour": "blue"}
    old = Decimal(str(before))
    if line.value == old:
        return {"words": _("不变"), "colour": "plain"}
    share = f"{abs(line.value - old) * 100 / old:.1f}%" if old else ""
    words = _("提高 %(share)s") if line.value > old else _("降低 %(share)s")
    return {"words": words % {"share": share}, "colour": "blue" if line.value > old else "amber"}


def _choices(have: set[str], words: dict[str, str]) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for key, figure in catalogue().items():
        if key not in have:
            found.setdefault(family(key), []).append({"key": key, "name": figure.name, "verified": figure.verified})
    return [{"title": title, "figures": found[name]} for name, title in words.items() if name in found]
