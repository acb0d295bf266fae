"""The catalogue rests on what the cards say (article 14, paragraph 2): what is put right on a card is put right in the warehouse."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.warehouse.choices import LIVE
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.bulk import chunks
from baozhang.kernel.record import keep

FOLLOWED = ledger.act("warehouse.followed", gettext_lazy("随资产卡片更新"))
COPIED = {
    "number": "number",
    "name": "name",
    "category": "category",
    "kind": "item",
    "quantity": "quantity",
    "unit": "unit",
    "value": "value",
}


def follow_cards(*, by: Actor) -> int:
    """This will bring the things in the warehouse in line with their cards; how many were not."""
    differs = Q(pk__in=[])
    for mine, of_card in COPIED.items():
        differs |= ~Q(**{mine: F(f"card__{of_card}")})
    keys = list(Item._base_manager.filter(differs, state__in=LIVE).order_by("pk").values_list("pk", flat=True))
    for part in chunks(keys):
        rows = list(Item._base_manager.filter(pk__in=part).select_related("card").order_by("pk"))
        for item in rows:
            for mine, of_card in COPIED.items():
                setattr(item, mine, getattr(item.card, of_card))
        keep(rows, by=by, act=FOLLOWED)
    return len(keys)
