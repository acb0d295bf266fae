"""The warehouse's screening of what is to be disposed of (article 15, paragraph 1, item 3)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import IDLE_STATES
from baozhang.ch2_provision.assets.models import Card


def screening(card: Card, day: dt.date) -> list[str]:
    """Why a card's thing still belongs into the warehouse; empty where nothing speaks for it. It asks no database."""
    del day
    return [_("闲置资产，仍可调剂使用")] if card.use_state in IDLE_STATES else []
