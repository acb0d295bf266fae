"""Choosing the cards of an application to enter: own cards that are not in the warehouse, those most likely first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.assets.choices import IDLE_STATES, UseState
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.warehouse.choices import ITEM_OF, LIVE, Reason
from baozhang.ch2_provision.warehouse.flows import entering
from baozhang.ch2_provision.warehouse.models import Entry
from baozhang.kernel import addresses, cells, clock, holds, sent, shell
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import wholes
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

MOST = 60


def _cards(who: Actor, q: str) -> QuerySet[Card]:
    rows = Card.objects.filter(held_on(clock.today()), holds.free(Card), organ_id=who.organ_id).exclude(
        items__state__in=LIVE
    )
    if q:
        rows = rows.filter(Q(number__icontains=q) | Q(name__icontains=q) | Q(model__icontains=q))
    likely = Case(
        When(offered__isnull=False, then=Value(0)), When(use_state__in=IDLE_STATES, then=Value(1)),
        When(use_state__in=(UseState.DEGRADED, UseState.DISPOSING), then=Value(2)), default=Value(3), output_field=IntegerField(),
    )  # fmt: skip
    return rows.annotate(likely=likely).order_by("likely", "-value", "pk")


@require_http_methods(["GET", "POST"])
def new_entry(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The cards to tick, with the kind of article 15; then the draft opens."""
    who = frame.must_view(request, resource)
    who.must(entering.ADD, who.organ_id)
    q, ticked = request.GET.get("q", "").strip(), set(request.POST.getlist("id"))
    done, refusal = sent.attempt(request, lambda: _begun(request, resource, who, ticked))
    if done:
        return done
    frame.crumbs(request, resource)
    context = {
        "page": frame.page(resource, _("申请入仓"), purpose=_("勾选要入仓的资产，选择第十五条的哪一种情形；闲置、待处置的排在前面")),
        "q": q, "refusal": refusal, "rows": [_row(card, ticked) for card in _cards(who, q)[:MOST]], "most": MOST,
        "reasons": [{"value": one.value, "words": one.label, "article": ITEM_OF[one]} for one in Reason],
        "chosen": request.POST.get("reason", Reason.IDLE), "back_url": frame.list_url(resource),
    }  # fmt: skip
    return render(request, "warehouse/choosing.html", context, status=409 if refusal else 200)


def _begun(request: HttpRequest, resource: Resource, who: Actor, ticked: set[str]) -> str:
    chosen = list(Card.objects.filter(organ_id=who.organ_id, pk__in=wholes(ticked)).select_related("organ"))
    reason = request.POST.get("reason", Reason.IDLE)
    if reason not in Reason.values:
        raise Refused(_("请选择入仓情形"), article="第十五条第一款")
    entry = entering.begin(chosen, by=who, day=clock.today(), reasons={card.pk: reason for card in chosen})
    messages.success(request, _("已起草入仓申请，补充内部决策和存放方式后提交"))
    return frame.url_of(resource, entry)


def _row(card: Any, ticked: set[str]) -> dict[str, Any]:
    return {
        "pk": card.pk, "number": card.number, "name": card.name, "model": card.model, "state": card.get_use_state_display(),
        "since": card.idle_since, "value": cells.money(card.value), "on": str(card.pk) in ticked,
    }  # fmt: skip


addresses.give(Entry, ("new/", new_entry, "new"))
shell.entry("warehouse", gettext_lazy("新建入仓申请"), "warehouse/entries:new", entering.ADD, order=12)
