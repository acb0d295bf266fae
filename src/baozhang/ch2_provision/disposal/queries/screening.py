"""The warehouse's screening of what is to be disposed of (article 15, paragraph 1, items 1 and 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import IDLE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.queries import screenings


def still_useful(cards: Sequence[Card], day: dt.date) -> dict[int, list[str]]:
    """Why things still belong into the warehouse, by card: what stands idle, and whatever the warehouse says of it."""
    found = screenings(cards, day)
    for card in cards:
        if card.use_state in IDLE_STATES:
            found.setdefault(card.pk, []).insert(0, _("闲置资产，仍可调剂使用"))
    return found
