"""Screens that are more than a resource: a delivery counted on one page, on a phone beside the boxes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from baozhang.ch2_provision.funding.queries import of_case
from baozhang.kernel import cells, sent
from baozhang.kernel.access import Actor
from baozhang.kernel.numbers import whole
from baozhang.kernel.resource import RESOURCES, Resource
from baozhang.kernel.views import details, frame

from .choices import State
from .flows import ACCEPT
from .models import Purchase, PurchaseLine
from .queries import lines_of, purchases_of
from .receiving import Papers, buyer_of, receive

PAPERS = (
    "invoice",
    "custodian",
    "department",
    "place",
    "note",
)  # what the person who counts writes down, in the order of Papers


@require_http_methods(["GET", "POST"])
def accept_page(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """What is still to come, line by line; what is counted here becomes cards at once."""
    who = frame.must_view(request, resource)
    purchase: Any = frame.row_of(resource, pk, "organ")

    def work() -> str:
        who.must(ACCEPT, purchase.organ_id)
        messages.success(request, _accepted(request, purchase, who))
        return frame.url_of(resource, purchase)

    done, refusal = sent.attempt(request, work)
    if done:
        return done
    frame.crumbs(request, resource, purchase)
    context = {
        **_context(resource, purchase, who, request.POST),
        "refusal": refusal,
        "posted": {name: request.POST.get(name, "") for name in PAPERS},
    }
    return render(request, "procurement/accept.html", context, status=409 if refusal else 200)


def _accepted(request: HttpRequest, purchase: Purchase, who: Actor) -> str:
    post = request.POST
    papers = Papers(*(post.get(name, "").strip()[:60] for name in PAPERS))
    delivery = receive(purchase, _counted(request, purchase), papers, by=who)
    said = _("已验收 %(n)s 件，建卡 %(n)s 张") % {"n": delivery.quantity}
    return said + (_("，凭证 %(number)s") % {"number": delivery.voucher.number} if delivery.voucher else "")


def _counted(request: HttpRequest, purchase: Purchase) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in lines_of(purchase):
        text = request.POST.get(f"line-{line.pk}", "").strip()
        if text:
            found[line.pk] = -1 if (number := whole(text)) is None else number
    return found


def _context(resource: Resource, purchase: Purchase, who: Actor, posted: Any) -> dict[str, Any]:
    buyer = who.user_id in buyer_of(purchase)
    may = purchase.state == State.CONTRACTED and who.can(ACCEPT, purchase.organ_id) and not buyer
    return {
        "purchase": purchase, "lines": [_line(line, posted) for line in lines_of(purchase)], "may": may, "buyer": buyer,
        "page": frame.page(resource, _("验收到货：%(purchase)s") % {"purchase": purchase}, purpose=_("按实物清点，数量填实际到货；提交后即建卡记账，不用再登记")),
    }  # fmt: skip


def _line(line: PurchaseLine, posted: Any) -> dict[str, Any]:
    return {
        "pk": line.pk, "name": line.name, "model": " ".join(filter(None, (line.brand, line.model))), "quantity": line.quantity,
        "delivered": line.delivered, "rest": line.quantity - line.delivered, "price": cells.money(line.unit_price), "place": line.need.place,
        "typed": posted.get(f"line-{line.pk}", line.quantity - line.delivered),
    }  # fmt: skip


def _on_purchase(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """A draft needs its lines: the next act stands on the page."""
    lines = RESOURCES["procurement/lines"]
    if (
        resource.label != "procurement.purchase"
        or record.state != State.DRAFT
        or not who.can(lines.right("add"), record.organ_id)
    ):
        return {}
    return {
        "actions": [
            {
                "words": _("登记明细"),
                "url": f"{frame.list_url(lines)}add/?purchase={record.pk}",
                "icon": "plus",
                "kind": "",
            }
        ]
    }


def _money(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """Which budgets pay for a purchase: one need may be paid out of a first budget and its supplements (article 8)."""
    target = RESOURCES["funding/budgetlines"]
    if resource.label != "procurement.purchase" or not who.can(target.right("view"), record.organ_id):
        return {}
    found = of_case(record)
    if not found:
        return {}
    heads = (
        (_("预算明细"), ""),
        (_("预算"), ""),
        (_("占用金额"), "money"),
        (_("已支付"), "money"),
        (_("已释放"), "money"),
        (_("状态"), ""),
    )
    rows = [
        {"url": frame.url_of(target, one.line),
         "cells": [str(one.line), str(one.line.budget), *(cells.money(sum_) for sum_ in (one.amount, one.settled, one.released)), one.get_state_display()]}
        for one in found
    ]  # fmt: skip
    columns = [{"words": words, "kind": kind} if kind else {"words": words} for words, kind in heads]
    return {
        "related": [
            {"title": _("经费来源"), "count": len(rows), "columns": columns, "rows": rows, "empty": {"why": ""}}
        ]
    }


def _on_need(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    """The purchases that a need has led to stand on its page."""
    if resource.label != "allocation.need" or not record.planned:
        return {}
    target = RESOURCES["procurement/purchases"]
    if not who.can(target.right("view"), record.organ_id):
        return {}
    columns = [
        {"words": _("采购")},
        {"words": _("数量"), "kind": "number"},
        {"words": _("单价"), "kind": "money"},
        {"words": _("状态")},
    ]
    rows = [
        {"url": frame.url_of(target, line.purchase), "cells": [str(line.purchase), line.quantity, cells.money(line.unit_price), line.purchase.get_state_display()]}
        for line in purchases_of(record.pk)
    ]  # fmt: skip
    empty = {"why": _("还没有采购。预算批复后，由本单位发起采购。")}
    return {
        "related": [
            {"title": _("为这项需求的采购"), "count": len(rows), "columns": columns, "rows": rows, "empty": empty}
        ]
    }


details.EXTRAS.extend((_on_purchase, _money, _on_need))
