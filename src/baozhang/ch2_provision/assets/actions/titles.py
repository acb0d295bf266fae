"""Transfer of title: the old owner's card ends, a card of the new owner begins, and both books have their voucher."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import Acquisition, Booking, Category, Disposal, UseState
from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.ch2_provision.assets.queries.bringing import Brought, brought_forward
from baozhang.kernel import holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import Record, blank, keep
from baozhang.kernel.refusal import Refused

from . import vouchers
from .standing import ENDS, still_there, unpromised
from .vouchers import ZERO, Line

ARTICLE = "第十三条第四款"
TAKEN = ledger.act("asset_taken_over", gettext_lazy("调入"))
GIVEN = ledger.act("asset_given", gettext_lazy("调出"))
# What belongs to the old owner's books or people and does not go along.
_STAYS = frozenset({
    "id", "version", "head", "kept_at", "search", "organ_id", "number", "source_key", "disposal", "disposed", "offered", "idle_since",
    "department", "custodian", "user", "keeper_id", "user_account_id", "place", "band", "parent_id", "former_id", "split_from_id", "voucher",
    "booked", "acquired", "acquisition", "use_state", "depreciated", "depreciated_on", "life_months",
})  # fmt: skip


def transfer(
    cards: Sequence[Card], *, to: Organization, source: Record, day: dt.date, by: Actor, note: str = "",
    right: str = "", where: int | None = None, values: Mapping[str, Any] | None = None,
) -> list[Card]:  # fmt: skip
    """This will end cards on a day by 无偿划转 and begin the new owner's, in the order of `cards`; value and depreciation go along.

    Refuses cards that are gone, that the new owner has already, or that another case than `source` holds; what `source`
    holds of them is let go. `right` and `where` are those of the caller's step, as in `keep`, since who acts is mostly
    neither of the owners; without them the actor needs the rights over cards on both sides. `values` are for the new cards.
    """
    rows = list(cards)
    prefetch_related_objects(rows, "organ")  # one query for all, whoever read them
    still_there(rows, strict=True)
    if any(card.organ_id == to.pk for card in rows):
        raise Refused(_("资产已在%(organ)s名下") % {"organ": to}, article=ARTICLE, instead=_("请核对接收单位。"))
    with transaction.atomic():
        unpromised(rows, source)
        brought = brought_forward(rows, day)
        for card in rows:
            card.disposal, card.disposed, card.use_state = Disposal.TRANSFER, day, UseState.TRANSFERRED
        keep(rows, by=by, act=GIVEN, note=note, right=right, where=where, moves=ENDS, case=source)
        fresh = _begin(rows, brought, to, day, dict(values or {}))
        keep(fresh, by=by, act=TAKEN, note=note, right=right, where=where)
        _post(rows, fresh, brought, to, source, day, by, right, where)
        holds.release(source, rows)
    return fresh


def _begin(
    rows: Sequence[Card], brought: Sequence[Brought], to: Organization, day: dt.date, values: Mapping[str, Any]
) -> list[Card]:
    """The new owner's cards; a part that goes along with its main asset stays its part."""
    numbers = numbering.next_numbers(Card, to, len(rows))
    names = [field.attname for field in Card._meta.concrete_fields if field.attname not in _STAYS]
    fresh = []
    for card, sums, number in zip(rows, brought, numbers, strict=True):
        new = blank(Card)
        for name in names:
            setattr(new, name, getattr(card, name))
        new.extra = dict(card.extra)
        new.organ, new.former, new.number = to, card, number
        new.acquisition, new.acquired, new.booked, new.booking = Acquisition.TRANSFERRED, day, day, Booking.BOOKED
        new.in_use_from = card.in_use_from or card.begun
        new.depreciated, new.depreciated_on, new.life_months = sums.accumulated, sums.as_of, sums.life_left
        for name, value in values.items():
            setattr(new, name, value)
        fresh.append(new)
    return fresh


def _post(
    rows: Sequence[Card], fresh: Sequence[Card], brought: Sequence[Brought], to: Organization, source: Record, day: dt.date,
    by: Actor, right: str, where: int | None,
) -> None:  # fmt: skip
    """Who gives: depreciation and net worth against the value. Who takes: the value against both."""
    given: dict[Organization, list[Line]] = defaultdict(list)
    count: dict[Organization, int] = defaultdict(int)
    taken: list[Line] = []
    for card, new, sums in zip(rows, fresh, brought, strict=True):
        lost = sums.accumulated or ZERO
        given[card.organ] += _sides(card, lost, giving=True)
        count[card.organ] += 1
        taken += _sides(new, lost, giving=False)
    for organ, lines in sorted(given.items(), key=lambda pair: pair[0].pk):
        if any(line.debit for line in lines):
            words = _("无偿调出资产 %(count)s 项至%(to)s") % {"count": count[organ], "to": to}
            vouchers.post(organ, kind=VoucherKind.TRANSFER_OUT, words=words, source=source, day=day, by=by, right=right, where=where,
                          lines=vouchers.together(lines, count[organ]))  # fmt: skip
    if any(line.debit for line in taken):
        names = "、".join(str(organ) for organ in list(given)[:3])
        words = _("无偿调入资产 %(count)s 项，来自%(organs)s") % {"count": len(fresh), "organs": names}
        vouchers.post(to, kind=VoucherKind.TRANSFER_IN, words=words, source=source, day=day, by=by, right=right, where=where,
                      lines=vouchers.together(taken, len(fresh)))  # fmt: skip


def _sides(card: Card, lost: Decimal, *, giving: bool) -> list[Line]:
    """The three lines of one card; the detail is its category, by which the lines of many are added up."""
    detail = str(Category(card.category).label)
    amounts = ((book.MOVED, card.value - lost), (book.of_loss(card.category), lost))
    whole = book.of_value(card.category)
    if giving:
        return [*(Line(code, debit=amount, card=card, detail=detail) for code, amount in amounts),
                Line(whole, credit=card.value, card=card, detail=detail)]  # fmt: skip
    return [Line(whole, debit=card.value, card=card, detail=detail),
            *(Line(code, credit=amount, card=card, detail=detail) for code, amount in amounts)]  # fmt: skip
