"""Where things are of which an agency has the title and the warehouse, or who has them on loan, the custody (article 14)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.queries.custody import Kept, elsewhere
from baozhang.ch2_provision.warehouse.choices import STANDING, ItemState
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import clock


@elsewhere.fill
def kept_elsewhere(organ: int, since: dt.datetime | None) -> dict[int, Kept]:
    """An agency's cards that stand in a store or are lent; with `since` those of which the warehouse wrote after it. One query."""
    away = Q(state__in=STANDING) & ~Q(holder_id=organ)
    rows = Item._base_manager.filter(away if since is None else Q(kept_at__gt=since), organ_id=organ)
    rows = rows.select_related("store", "holder", "authority").order_by("kept_at", "pk")
    return {item.card_id: Kept(where(item), item.kept_at or clock.now(), item.authority.name) for item in rows}


def where(item: Item) -> str:
    """Where a thing is that is not with its owner, as people read it; empty where it is."""
    if item.state not in STANDING or item.holder_id == item.organ_id:
        return ""
    if item.state == ItemState.OUT or item.store is None:
        return _("%(organ)s借用") % {"organ": item.holder}
    return str(item.store)
