"""The page of a chain: from a need to the thing in use and to its orderly end, drawn as one line."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from baozhang.kernel import addresses, chain, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record
from baozhang.kernel.resource import BY_LABEL, Resource

from . import details, frame

SHOWN = 4  # records of one class in sight at a step; the rest is folded


@require_GET
def page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Each step of the chain with its day, people and documents; what is out of sight is named by its class alone."""
    frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    found = chain.chain_of(record)
    frame.crumbs(request, resource, record)
    heading = frame.page(
        resource,
        _("全链：%(record)s") % {"record": record},
        purpose=_("从需求到使用、再到处置的每一步；点开即到原记录。"),
    )
    context = {"steps": _steps(found, (resource.label, pk)), "facts": _facts(found), "cut": found.cut, "page": heading}
    return render(request, "kernel/chain.html", context)


def _steps(found: chain.Chain, here: chain.Key) -> list[dict[str, Any]]:
    """Day by day, and of one day depth by depth: the classes of record that stand side by side, and the days since the step before."""
    steps: list[dict[str, Any]] = []
    for since, depth, nodes in _stages(found):
        if not steps or (steps[-1]["since"], steps[-1]["depth"]) != (since, depth):
            steps.append({"depth": depth, "since": since, "kinds": []})
        first = nodes[0].resource
        kind = {"words": first.title, "icon": first.icon, "entries": [], "here": False, "unseen": 0}
        for node in nodes:
            if node.record is None:
                kind["unseen"] += 1
                continue
            entry = _item(node, node.record, here)
            kind["entries"].append(entry)
            kind["here"] |= entry["here"]
        steps[-1]["kinds"].append(kind)
    before: dt.date | None = None
    for step in steps:
        for kind in step["kinds"]:
            _shorten(kind)
        step["gap"] = (step["since"] - before).days if step["since"] and before and step["since"] > before else 0
        before = step["since"] or before
    return steps


def _stages(found: chain.Chain) -> list[tuple[dt.date | None, int, list[chain.Node]]]:
    """The records of one class and depth, with their first day, by days; of what is out of sight no day is known, and it
    stands behind what it came from."""
    held: dict[tuple[int, str], list[chain.Node]] = {}
    for node in found.nodes:
        held.setdefault((node.depth, node.key[0]), []).append(node)
    reached: dict[int, dt.date] = {}
    stages = []
    for (depth, _kind), nodes in held.items():
        since = min((node.since for node in nodes if node.since is not None), default=None)
        stages.append((since, depth, nodes))
        if since is not None:
            reached[depth] = max(reached.get(depth, since), since)
    earliest = min(reached.values(), default=dt.date.min)

    def place(stage: tuple[dt.date | None, int, list[chain.Node]]) -> tuple[dt.date, int]:
        since, depth, _nodes = stage
        return since or max((day for one, day in reached.items() if one < depth), default=earliest), depth

    return sorted(stages, key=place)


def _shorten(kind: dict[str, Any]) -> None:
    """Many of a class are counted, and those beyond the first few are folded; the one the reader came from stays in sight."""
    entries, unseen = sorted(kind["entries"], key=lambda entry: not entry["here"]), kind["unseen"]
    kind["count"] = len(entries) + unseen
    if unseen:
        words = ngettext("%(n)s 条记录不在您的查看范围内", "%(n)s 条记录不在您的查看范围内", unseen) % {"n": unseen}
        entries.append({"title": words, "sealed": True, "since": None})
    kind["entries"], kind["folded"] = (entries, []) if len(entries) <= SHOWN + 1 else (entries[:SHOWN], entries[SHOWN:])


def _facts(found: chain.Chain) -> list[dict[str, Any]]:
    """How long the chain is, and how long it took."""
    days = sorted(node.since for node in found.nodes if node.since is not None)
    organs = {node.organ for node in found.nodes if node.record is not None and node.organ}
    facts = [
        {"words": _("环节"), "value": len({node.depth for node in found.nodes}), "unit": _("个")},
        {"words": _("记录"), "value": len(found.nodes), "unit": _("条")},
    ]
    if organs:
        facts.append({"words": _("经办单位"), "value": len(organs), "unit": _("家")})
    if days:
        facts.append({"words": _("起"), "value": days[0].isoformat()})
        facts.append({"words": _("历时"), "value": (days[-1] - days[0]).days, "unit": _("天")})
    return facts


def _item(node: chain.Node, record: Record, here: chain.Key) -> dict[str, Any]:
    resource = node.resource
    item: dict[str, Any] = {
        "since": node.since, "by": node.by, "organ": node.organ, "here": node.key == here,
        "title": str(record), "url": frame.url_of(resource, record),
    }  # fmt: skip
    if resource.state:
        value = getattr(record, resource.state)
        words = dict(resource.field(resource.state).flatchoices).get(value, value)
        item["state"] = {"words": words, "colour": resource.colours.get(value, "plain")}
    papers = BY_LABEL.get("kernel.document")
    if papers and scope.current().can(papers.right("view")):
        item["documents"] = [{"words": one.number, "url": frame.url_of(papers, one)} for one in node.documents]
    return item


def _button(resource: Resource, record: Any, _who: Actor) -> dict[str, Any]:
    if resource.label not in chain.linked():
        return {}
    url = f"{frame.url_of(resource, record)}chain/"
    return {"actions": [{"words": _("全链"), "url": url, "kind": "", "icon": "link"}]}


def _addresses(resource: Resource) -> list[URLPattern]:
    # Which classes have a chain is known only when every app is loaded; one without shows itself alone.
    return [path("<int:pk>/chain/", partial(page, resource=resource), name="chain")]


addresses.MORE.append(_addresses)
details.EXTRAS.append(_button)
