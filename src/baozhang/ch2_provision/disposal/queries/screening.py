"""The warehouse's screening of what is to be disposed of (article 15, paragraph 1, items 1 and 3; article 16, paragraph 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import IDLE_STATES, Category, Disposal
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.queries import screenings

LEAVING = (Disposal.SALE, Disposal.DONATION, Disposal.SWAP)  # forms in which a house goes on being used, by others


def still_useful(cards: Sequence[Card], day: dt.date, form: str) -> dict[int, list[str]]:
    """Why things still belong into the warehouse, by card: what stands idle, and whatever the warehouse says of it.

    A house has no least years; what somebody buys, takes as a gift or in exchange is of use, and offices come first.
    """
    found = screenings(cards, day)
    for card in cards:
        if card.use_state in IDLE_STATES:
            found.setdefault(card.pk, []).insert(0, _("闲置资产，仍可调剂使用"))
        elif card.category == Category.HOUSE and form in LEAVING:
            found.setdefault(card.pk, []).insert(
                0, _("房屋仍可使用，先由公物仓统筹调配办公用房和盘活利用（第十六条第二款）")
            )
    return found
