"""Holding cards for a case, letting them go, and their end: thousands at once (article 13, paragraphs 4 and 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch1_general.organs.queries import authority_of, finance_of
from baozhang.ch2_provision.assets import actions as assets
from baozhang.ch2_provision.assets.choices import Acquisition, Booking, Category, Disposal, Edition, UseState
from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.ch2_provision.assets.queries.awaiting import booked_out
from baozhang.ch2_provision.assets.queries.bringing import brought_forward
from baozhang.ch2_provision.disposal.choices import Outcome
from baozhang.ch2_provision.disposal.models import Case, Incoming, Line
from baozhang.ch2_provision.disposal.models.case import AUDIT, CONSENT, DECIDE, DRAFT, REVIEW, SCREEN, SIGN
from baozhang.ch2_provision.disposal.queries.assessing import lines_of
from baozhang.ch2_provision.disposal.queries.swapping import incoming_of
from baozhang.ch2_provision.warehouse.actions import back_from_disposal, claim_for_disposal
from baozhang.kernel import holds, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

AWAITS = ledger.act("disposal.awaits", gettext_lazy("批准处置"))
BACK = ledger.act("disposal.back", gettext_lazy("处置取消，恢复使用状况"))
CAME_IN = ledger.act("disposal.came_in", gettext_lazy("换入建卡"))
ENDED = ledger.act("disposal.ended", gettext_lazy("处置销账"))

AGAINST = {Disposal.LOSS: book.PENDING, Disposal.TRANSFER: book.MOVED}  # the account that takes the net value


def hold(case: Case, lines: Sequence[Line], *, by: Actor) -> None:
    """This will hold the cards of a case, all or none; what stands in the warehouse leaves it for the case."""
    words = _("资产处置 %(number)s") % {"number": case.number}
    claim_for_disposal([line.card for line in lines], case=case, words=words, by=by, right=DRAFT)


def let_go(case: Case, *, by: Actor, lines: Sequence[Line] | None = None) -> None:
    """This will let go of the cards of a case that comes to nothing, or of some; what had left the warehouse is in it again."""
    right, where = standing(case, by)
    rows = lines_of(case) if lines is None else lines
    back_from_disposal([line.card for line in rows], case=case, by=by, right=right, where=where)


def standing(case: Case, by: Actor) -> tuple[str, int | None]:
    """The right under which somebody acts in a case, and where; the flow has asked already whether he may."""
    authority, finance = authority_of(case.organ), finance_of(case.organ)
    own: list[tuple[str, int | None]] = [(right, case.organ_id) for right in (DRAFT, DECIDE)]
    if authority is not None:
        own += [(right, authority.pk) for right in (SCREEN, REVIEW, SIGN)]
    if finance is not None:
        own += [(right, finance.pk) for right in (AUDIT, CONSENT)]
    return next((pair for pair in own if by.can(*pair)), own[0])


def await_disposal(case: Case, *, by: Actor, right: str, where: int | None) -> None:
    """This will mark the cards of an approved case as waiting for their disposal, and remember how they were used.

    What a count found missing stays missing: its value has left the books, and it is not depreciated again.
    """
    lines = [line for line in lines_of(case) if line.card.use_state != UseState.LOST]
    for line in lines:
        line.was, line.card.use_state = line.card.use_state, UseState.DISPOSING
    keep(lines, by=by, act=AWAITS, right=right, where=where)
    keep([line.card for line in lines], by=by, act=assets.USE, note=case.number, right=right, where=where, case=case)


def give_back(case: Case, *, by: Actor, right: str, where: int | None) -> None:
    """This will give the cards of a case that is called off the state that they had, and let go of them."""
    lines = [line for line in lines_of(case) if line.was]
    for line in lines:
        line.card.use_state = line.was
    keep([line.card for line in lines], by=by, act=BACK, note=case.number, right=right, where=where, case=case)
    let_go(case, by=by)


def write_off(case: Case, day: dt.date, *, by: Actor, right: str) -> None:
    """This will end the cards of a case on a day, with the vouchers, and let go of them; a transfer begins the receiver's."""
    lines = lines_of(case)
    cards = [line.card for line in lines]
    for line in lines:
        line.outcome, line.ended_on = Outcome.DISPOSED, day
    keep(lines, by=by, act=ENDED, right=right)
    organ = case.organ_id
    if case.form == Disposal.TRANSFER and case.receiver is not None:
        assets.transfer(
            cards, to=case.receiver, source=case, day=day, by=by, note=case.number, right=right, where=organ
        )
    else:
        if case.form == Disposal.SWAP:
            _swap(case, cards, day, by=by, right=right)
        else:
            _book(case, cards, day, by=by, right=right)
        assets.dispose(cards, form=case.form, day=day, case=case, by=by, note=case.number, right=right)
    holds.release(case)


def _book(case: Case, cards: Sequence[Card], day: dt.date, *, by: Actor, right: str) -> None:
    """The value leaves the books against depreciation so far and the expense of disposal; a loss passes through its account.

    What a count has booked out already leaves 1902, not the accounts of things a second time.
    """
    posted: list[assets.Line] = []
    out = booked_out(cards)
    for card, brought in zip(cards, brought_forward(cards, day), strict=True):
        lost, detail = brought.accumulated or Decimal(0), str(Category(card.category or Category.OTHER).label)
        if card.pk in out:
            posted += _from_pending(card, out[card.pk], detail)
            continue
        net = card.value - lost
        against = AGAINST.get(Disposal(case.form), book.DISPOSAL_EXPENSE)
        posted += [
            assets.Line(against, debit=net, card=card, detail=detail),
            assets.Line(book.of_loss(card.category), debit=lost, card=card, detail=detail),
            assets.Line(book.of_value(card.category), credit=card.value, card=card, detail=detail),
        ]
        if case.form == Disposal.LOSS:
            posted += _from_pending(card, net, detail)
    if any(line.debit for line in posted):
        assets.post(
            case.organ, kind=VoucherKind.WRITE_OFF, words=str(case), source=case, day=day, by=by, right=right,
            lines=assets.vouchers.together(posted, len(cards)),
        )  # fmt: skip


def _swap(case: Case, cards: Sequence[Card], day: dt.date, *, by: Actor, right: str) -> None:
    """What comes in has its card, in one voucher with what goes: its cost against the value, what was paid, and what differs."""
    rows = incoming_of(case)
    fresh = _begin(case, rows, day)
    keep(fresh, by=by, act=CAME_IN, note=case.number, right=right)
    posted: list[assets.Line] = []
    for card, brought in zip(cards, brought_forward(cards, day), strict=True):
        detail = str(Category(card.category or Category.OTHER).label)
        posted += [
            assets.Line(book.of_loss(card.category), debit=brought.accumulated or Decimal(0), card=card, detail=detail),
            assets.Line(book.of_value(card.category), credit=card.value, card=card, detail=detail),
        ]
    posted += [
        assets.Line(book.of_value(card.category), debit=card.value, card=card, detail=card.name) for card in fresh
    ]
    posted.append(assets.Line(book.BANK, credit=case.boot or Decimal(0), detail=str(case.receiver_name)))
    left = sum((line.debit - line.credit for line in posted), Decimal(0))
    posted.append(
        assets.Line(book.OTHER_INCOME, credit=left) if left > 0 else assets.Line(book.DISPOSAL_EXPENSE, debit=-left)
    )
    voucher = assets.post(
        case.organ, kind=VoucherKind.WRITE_OFF, words=str(case), source=case, day=day, by=by, right=right,
        lines=assets.vouchers.together(posted, len(cards) + len(fresh)),
    )  # fmt: skip
    for row, card in zip(rows, fresh, strict=True):
        row.card, card.voucher = card, voucher.number
    keep(fresh, by=by, act=CAME_IN, note=case.number, right=right)
    keep(rows, by=by, act=CAME_IN, right=right)


def _begin(case: Case, rows: Sequence[Incoming], day: dt.date) -> list[Card]:
    numbers = numbering.next_numbers(Card, case.organ, len(rows))
    came = case.received_on or day
    return [
        Card(
            organ=case.organ, number=number, name=row.name, class_code=row.class_code, edition=Edition.NEW if row.class_code else "",
            quantity=row.quantity, unit=row.unit, value=row.value, brand=row.brand, model=row.model, serial=row.serial, place=row.place,
            custodian=row.custodian, acquisition=Acquisition.SWAPPED, acquired=came, in_use_from=came, booked=day,
            booking=Booking.BOOKED, use_state=UseState.IN_USE,
        )
        for row, number in zip(rows, numbers, strict=True)
    ]  # fmt: skip


def _from_pending(card: Card, amount: Decimal, detail: str) -> list[assets.Line]:
    return [
        assets.Line(book.DISPOSAL_EXPENSE, debit=amount, card=card, detail=detail),
        assets.Line(book.PENDING, credit=amount, card=card, detail=detail),
    ]
