"""The button beside the calendar: look now for what should enter, in the organs that one's warehouse serves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.warehouse.actions.proposing import detect
from baozhang.ch2_provision.warehouse.choices import ITEM_OF, ProposalState, Reason
from baozhang.ch2_provision.warehouse.models import Proposal
from baozhang.ch2_provision.warehouse.queries.competence import authority_for
from baozhang.ch2_provision.warehouse.queries.performance import served
from baozhang.ch2_provision.warehouse.rules.detecting import DETECTORS
from baozhang.kernel import addresses, clock, scope, shell
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame
from baozhang.law.catalogue import spec

RIGHT = "warehouse.proposal:review"


@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, resource: Resource) -> HttpResponse:
    """What each kind of article 15 looks for, how many proposals stand, and the button."""
    who = frame.must_view(request, resource)
    who.must(RIGHT, who.organ_id)
    authority = authority_for(
        Organization._base_manager.select_related("jurisdiction__parent").get(pk=who.organ_id or 0)
    )
    result = None
    if request.method == "POST":
        organs = list(served(authority, ended=True).values_list("pk", flat=True))
        with scope.everything("入仓检测") as system:
            done = detect(day=clock.today(), by=system, organs=organs)
        result = done.as_dict()
        said = {"new": done.new, "gone": done.gone, "standing": done.standing}
        messages.success(request, _("检测完成：新提出 %(new)s 条，仍在册 %(standing)s 条，情形消除 %(gone)s 条") % said)
        if not result["unjudged"] and not result["errors"]:
            return HttpResponseRedirect(frame.list_url(resource))
    frame.crumbs(request, resource)
    context = {
        "page": frame.page(resource, _("检测应入仓的资产"), purpose=_("每天凌晨自动检测一次；卡片或者标准有大的变动时，可以随时再检测")),
        "kinds": _kinds(authority), "list_url": frame.list_url(resource),
        "unjudged": [(spec(key).name, count) for key, count in (result or {}).get("unjudged", {}).items()],
    }  # fmt: skip
    return render(request, "warehouse/look.html", context)


def _kinds(authority: Organization) -> list[dict[str, object]]:
    grouped = Proposal._base_manager.filter(authority=authority).order_by().values("reason")
    waiting = Q(state=ProposalState.OPEN)
    found: dict[str, Any] = {
        row["reason"]: row for row in grouped.annotate(all=Count("pk"), open=Count("pk", filter=waiting))
    }
    return [
        {
            "words": reason.label, "article": frame.law(ITEM_OF[reason]), "url": f"?reason={reason.value}",
            "looks": "；".join(gettext(one.title) for one in DETECTORS.get(reason, [])),
            "all": found.get(reason, {}).get("all", 0), "open": found.get(reason, {}).get("open", 0),
        }
        for reason in Reason
    ]  # fmt: skip


addresses.give(Proposal, ("look/", look, "look"))
shell.entry("warehouse", gettext_lazy("检测应入仓的资产"), "warehouse/proposals:look", RIGHT, order=55)
