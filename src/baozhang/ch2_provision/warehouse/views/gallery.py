"""The catalogue as pictures: who looks for a thing looks at things, and searches by word and kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.warehouse.choices import ItemState
from baozhang.ch2_provision.warehouse.models import Item, Offer
from baozhang.kernel import addresses, cells, shell
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.listing import Listing
from baozhang.kernel.numbers import whole
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import frame

SIZE = 24


def first_pictures(keys: Sequence[int]) -> dict[int, int]:
    """The first picture of each of some items: item → attachment; one query for any number."""
    found: dict[int, int] = {}
    rows = Attachment._base_manager.filter(label_of=Item._meta.label_lower, record_key__in=list(keys), removed=False)
    for one in rows.order_by("id"):
        if one.record_key not in found and one.about.kind == "image" and one.about.inline:
            found[one.record_key] = one.pk
    return found


@require_GET
def gallery(request: HttpRequest, resource: Resource) -> HttpResponse:
    """What is listed for the reader, as the list's address narrows it, each with its first picture; free things first."""
    frame.must_view(request, resource)
    query = request.GET.copy()
    if not query.get("state"):
        query["state"] = ItemState.STOCK
    rows = Listing(resource, query).rows().select_related("organ", "store").order_by("-entered_on", "-pk")
    place = max(whole(request.GET.get("page")) or 1, 1)
    offers: list[Any] = list(rows[(place - 1) * SIZE : place * SIZE + 1])
    more, offers = len(offers) > SIZE, offers[:SIZE]
    pictures = first_pictures([offer.pk for offer in offers])
    frame.crumbs(request, resource)
    kept = {name: request.GET.get(name, "") for name in ("q", "category")}
    address = query.copy()
    address.pop("page", None)
    context = {
        "tiles": [_tile(resource, offer, pictures.get(offer.pk)) for offer in offers], "q": kept["q"], "category": kept["category"],
        "categories": Category.choices, "list_url": frame.list_url(resource), "filtered": any(kept.values()),
        "back": f"?{address.urlencode()}&page={place - 1}" if place > 1 else "", "on": f"?{address.urlencode()}&page={place + 1}" if more else "",
        "page": frame.page(resource, _("看图选物"), purpose=_("公物仓里现在可以领用的物品；点开看照片、成色和领用方式")),
    }  # fmt: skip
    return render(request, "warehouse/gallery.html", context)


def _tile(resource: Resource, offer: Any, key: int | None) -> dict[str, Any]:
    url = frame.url_of(resource, offer)
    return {
        "url": url, "picture": f"{url}pictures/{key}/" if key is not None else "", "name": offer.name, "model": offer.model,
        "grade": offer.get_grade_display(), "state": offer.get_state_display(), "free": offer.state == ItemState.STOCK,
        "quantity": cells.number(offer.quantity), "unit": offer.unit, "value": cells.money(offer.value), "where": offer.store or offer.organ,
    }  # fmt: skip


addresses.give(Offer, ("pictures/", gallery, "gallery"))
shell.entry("warehouse", gettext_lazy("看图选物"), "warehouse/catalogue:gallery", Offer.right("view"), order=5)
