"""Whether a card may be acted upon at all: it is still there, and no other case holds it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import GONE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import holds
from baozhang.kernel.record import Record
from baozhang.kernel.refusal import Refused

ENDS = frozenset(
    {"disposal", "disposed", "use_state"}
)  # what the form does not change: a card that is there ends through a case


def still_there(cards: Sequence[Card], *, strict: bool = False) -> None:
    """This will raise Refused where a card has come to its end; `strict`: also where its state alone says so."""
    if ended := [card for card in cards if card.disposed is not None]:
        raise Refused(
            _("%(card)s 已于 %(day)s 处置") % {"card": ended[0], "day": ended[0].disposed},
            instead=_("登记有误的，请在卡片上办理“更正处置登记”。"),
            subjects=ended,
        )
    if gone := [card for card in cards if strict and card.use_state in GONE_STATES]:
        state = gone[0].get_use_state_display()
        raise Refused(
            _("%(card)s 的使用状况为“%(state)s”，已不在册") % {"card": gone[0], "state": state},
            instead=_("登记有误的，请先在卡片上更正使用状况。"),
            subjects=gone,
        )


def unpromised(cards: Sequence[Card], case: Record | None = None) -> None:
    """This will raise Refused where a card is held by any case but `case`; whoever acts within a case names it."""
    taken = holds.others(cards, case)
    if taken:
        raise holds.refusal(taken)
