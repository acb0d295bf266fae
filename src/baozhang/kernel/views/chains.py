"""The page of a chain: from a need to the thing in use and to its orderly end, drawn as one line."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.kernel import addresses, chain, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.resource import BY_LABEL, Resource

from . import details, frame


@require_GET
def page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Each step of the chain with its day, people and documents; what is out of sight is named by its class alone."""
    frame.must_view(request, resource)
    record = frame.row_of(resource, pk)
    found = chain.chain_of(record)
    stages: list[dict[str, Any]] = []
    for node in found.nodes:
        if not stages or stages[-1]["depth"] != node.depth or stages[-1]["words"] != node.resource.title:
            stages.append({"depth": node.depth, "words": node.resource.title, "icon": node.resource.icon, "items": []})
        stages[-1]["items"].append(_item(node, (resource.label, pk)))
    frame.crumbs(request, resource, record)
    heading = frame.page(
        resource,
        _("全链：%(record)s") % {"record": record},
        purpose=_("从需求到使用、再到处置的每一步；点开即到原记录。"),
    )
    return render(request, "kernel/chain.html", {"stages": stages, "cut": found.cut, "page": heading})


def _item(node: chain.Node, here: chain.Key) -> dict[str, Any]:
    record, resource = node.record, node.resource
    item: dict[str, Any] = {"since": node.since, "by": node.by, "organ": node.organ, "here": node.key == here}
    if record is None:  # its class alone, not even its day
        return {
            "since": None,
            "by": "",
            "organ": "",
            "here": False,
            "title": _("由其他单位办理，不在您的范围内"),
            "sealed": True,
        }
    item |= {"title": str(record), "url": frame.url_of(resource, record)}
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
