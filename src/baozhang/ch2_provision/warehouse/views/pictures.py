"""The catalogue's pictures: those of the item, for everybody to whom it is listed, and nothing else that is attached."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from baozhang.ch2_provision.warehouse.models import Item, Offer
from baozhang.kernel import addresses
from baozhang.kernel.access import Actor
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.refusal import NotFound
from baozhang.kernel.resource import Resource
from baozhang.kernel.views import details, frame
from baozhang.kernel.views.attachments import sent

MOST = 8


def of_item(pk: int) -> list[Attachment]:
    """The pictures of an item, oldest first."""
    rows = Attachment._base_manager.filter(label_of=Item._meta.label_lower, record_key=pk, removed=False).order_by("id")
    return [one for one in rows if one.about.kind == "image" and one.about.inline][:MOST]


@require_GET
def picture(request: HttpRequest, resource: Resource, pk: int, key: int) -> HttpResponse:
    """One picture of an item in the catalogue."""
    frame.must_view(request, resource)
    offer = frame.row_of(resource, pk)
    found = next((one for one in of_item(offer.pk) if one.pk == key), None)
    if found is None:
        raise NotFound(_("没有找到这张照片"))
    return sent(found, inline=True)


def _panel(resource: Resource, record: Any, who: Actor) -> dict[str, Any]:
    if resource.model is not Offer:
        return {}
    base = f"{frame.url_of(resource, record)}pictures/"
    shown = format_html_join(
        " ", '<a href="{}"><img class="picture" loading="lazy" src="{}" alt="{}" width="220"></a>',
        ((f"{base}{one.pk}/", f"{base}{one.pk}/", one.name) for one in of_item(record.pk)),
    )  # fmt: skip
    value = shown or format_html('<span class="dim">{}</span>', _("还没有照片，可以向管理单位索取"))
    return {"panels": [{"title": _("照片"), "rows": [{"words": "", "value": value, "wide": True}]}]}


addresses.give(Offer, ("<int:pk>/pictures/<int:key>/", picture, "picture"))
details.EXTRAS.append(_panel)
