"""Where things are of which an agency has the title and somebody else the custody (article 14)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from baozhang.ch2_provision.warehouse.choices import STANDING, ItemState
from baozhang.ch2_provision.warehouse.models import Item


def kept_elsewhere(organ: int) -> dict[int, str]:
    """Card → the store, or who has it on loan, of an agency's things that are not with it; one query."""
    rows = Item._base_manager.filter(organ_id=organ, state__in=STANDING).exclude(holder_id=organ)
    return {item.card_id: where(item) for item in rows.select_related("store", "holder")}


def where(item: Item) -> str:
    """Where a thing is that is not with its owner, as people read it."""
    if item.state == ItemState.OUT or item.store is None:
        return _("%(organ)s借用") % {"organ": item.holder}
    return str(item.store)


def changed_since(organ: int, moment: dt.datetime) -> dict[int, tuple[dt.datetime, str]]:
    """Card → when the warehouse last wrote of it after a moment, and which authority, of an agency's things; one query."""
    rows = Item._base_manager.filter(organ_id=organ, kept_at__gt=moment).order_by("kept_at", "pk")
    return {
        card: (at, name)
        for card, at, name in rows.values_list("card_id", "kept_at", "authority__name")
        if at is not None
    }
