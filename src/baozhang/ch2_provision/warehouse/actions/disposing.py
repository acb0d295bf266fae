"""What the room of disposals asks: to take a thing out of the warehouse for its end, and to bring it back where that fails."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.choices import LIVE, Grade, ItemState, Keeping
from baozhang.ch2_provision.warehouse.flows import stock
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import clock, holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, keep
from baozhang.kernel.refusal import Refused

CLAIMED = ledger.act("warehouse.claimed", gettext_lazy("转处置"))
RETURNED = ledger.act("warehouse.unclaimed", gettext_lazy("处置未成，恢复在仓"))


def claim_for_disposal(
    cards: Sequence[Card],
    *,
    case: Record,
    words: str,
    by: Actor,
    right: str,
    where: int | None = None,
    organ: int | None = None,
) -> int:
    """This will hold cards for a disposal (a kept case), and let those that are in the warehouse leave it; how many left.

    `right` is the permission of the step that claims, asked in `where` (the case's own organ where it is not said). Refused
    where a card is promised to somebody, is out in use, or is just entering.
    """
    rows = sorted({card.pk: card for card in cards}.values(), key=lambda card: card.pk)
    asked = where if where is not None else case.organ_key()
    with transaction.atomic():
        holds.take(rows, case=case, words=words, by=by, organ=organ)
        inside = Item._base_manager.filter(card__in=[card.pk for card in rows], state__in=LIVE).values_list(
            "pk", flat=True
        )
        items = stock.locked(inside)
        _may_end(items)
        stock.move(
            items,
            ItemState.DISPOSAL,
            by=by,
            act=CLAIMED,
            right=right,
            where=asked,
            day=clock.today(),
            store=None,
            place=None,
        )
    return len(items)


def _may_end(items: Sequence[Item]) -> None:
    for item in items:
        if item.state not in (ItemState.STOCK, ItemState.REPAIR, ItemState.RESERVED):
            raise Refused(
                _("%(item)s 现在不能转处置") % {"item": item}, article="第十五条第一款第三项",
                why=_("当前状态为“%(state)s”。") % {"state": item.get_state_display()},
                instead=_("请等归还或者入仓办结后再办。"),
            )  # fmt: skip


def _claimed(cards: Sequence[Card]) -> list[int]:
    """The things that left by a claim; what its keeper found past repair, or sent on at entry, left for good."""
    gone = Item._base_manager.filter(card__in=[card.pk for card in cards], state=ItemState.DISPOSAL)
    stands = dict(gone.values_list("pk", "version"))
    last = ledger.Entry.objects.filter(kind=Item._meta.label_lower, record_id__in=list(stands), act=CLAIMED)
    return [key for key, seq in last.values_list("record_id", "seq") if stands[key] == seq]


def back_from_disposal(cards: Sequence[Card], *, case: Record, by: Actor, right: str, where: int | None = None) -> int:
    """This will undo a claim whose disposal came to nothing: the hold ends, and what had left the warehouse is in it again."""
    asked = where if where is not None else case.organ_key()
    rows = list(cards)
    with transaction.atomic():
        holds.release(case, rows)
        items = stock.locked(_claimed(rows))
        for item in items:
            item.state = ItemState.REPAIR if item.grade == Grade.REPAIR else ItemState.STOCK
            item.left_on, item.keeping, item.holder_id = None, Keeping.VIRTUAL, item.organ_id
            item.store = item.place = None
        keep(items, by=by, act=RETURNED, right=right, where=asked, moves=stock.MOVES)
    return len(items)
