"""Bringing the cards in line with the things: each approved difference is carried out once, all of a count or none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.actions import vouchers
from baozhang.ch2_provision.assets.actions.splitting import split
from baozhang.ch2_provision.assets.actions.vouchers import Line as Entry
from baozhang.ch2_provision.assets.choices import Acquisition, Booking, Category, UseState, ValueType
from baozhang.ch2_provision.assets.choices import accounts as book
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.ch2_provision.assets.queries.bringing import brought_forward
from baozhang.ch2_provision.stocktaking.choices import Condition, Handling, Kind, Settled
from baozhang.ch2_provision.stocktaking.models import Count, Difference, rights
from baozhang.kernel import holds
from baozhang.kernel.access import Actor
from baozhang.kernel.bulk import chunks
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .freezing import ARTICLE
from .judging import differences

STATE = frozenset({"use_state"})  # an approved count may bring about what is otherwise a step's alone
SEEN = frozenset(
    {"place", "user", "user_account_id", "custodian", "keeper_id"}
)  # where a thing is, and with whom, is a fact of any promise
_CONDITIONS = {Condition.REPAIR: UseState.REPAIR, Condition.BROKEN: UseState.DISPOSING, Condition.IDLE: UseState.IDLE}


def hold(count: Count, *, by: Actor) -> None:
    """This will keep cards that are to be written off, or to change their state, from being promised while the paper is on its way."""
    rows = Difference._base_manager.filter(count_id=count.pk, state=Settled.EXPLAINED)
    moved = Q(handling=Handling.LOST) | Q(handling=Handling.CORRECT, kind__in=(Kind.STATE, Kind.CONDITION))
    cards = [row.card for row in rows.filter(moved, card__disposed=None).select_related("card") if row.card is not None]
    holds.take(cards, case=count, words=_("盘亏待审批：%(count)s") % {"count": count}, by=by)


def let_go(count: Count) -> None:
    """This will let go of what the count holds."""
    holds.release(count)


def adjust(count: Count, *, by: Actor, day: dt.date) -> dict[str, int]:
    """This will correct cards, end what is lost, begin what was found, and name what stays open."""
    rows = list(
        Difference._base_manager.filter(count_id=count.pk, state=Settled.EXPLAINED)
        .select_related("scan")
        .order_by("pk")
    )
    note = _("盘点调整：%(count)s") % {"count": count}
    cards = _cards(count, rows)
    lost = _end(count, [row for row in rows if row.handling == Handling.LOST], cards, by, note)
    overtaken = _overtaken(count, rows)
    wrong = [row for row in rows if row.handling == Handling.CORRECT and row.pk not in overtaken]
    changed = _correct(wrong, cards)
    keep(changed, by=by, act=rights.ADJUSTED, note=note, right=Card.right("change"), moves=STATE | SEEN, case=count)
    fresh = _begin(count, [row for row in rows if row.handling == Handling.NEW_CARD], by, day, note)
    _post(count, lost, fresh, by, day)
    for row in rows:
        row.state = (
            Settled.DROPPED if row.pk in overtaken else Settled.DEBT if row.handling == Handling.DEBT else Settled.DONE
        )
        row.settled_on = None if row.state == Settled.DEBT else day
    keep(rows, by=by, act=rights.SETTLED, right=Count.right("adjust"))
    let_go(count)
    debts = sum(row.state == Settled.DEBT for row in rows)
    return {"corrected": len(changed), "lost": len(lost), "new": len(fresh), "debts": debts}


def _overtaken(count: Count, rows: list[Difference]) -> set[int]:
    """Where a thing was seen, and with whom, is no longer news of a card that has been changed by its own paper since."""
    stand = {one.mark for one in differences(count)}
    return {row.pk for row in rows if row.kind in (Kind.PLACE, Kind.USER) and row.mark not in stand}


def _cards(count: Count, rows: list[Difference]) -> dict[int, Card]:
    """The cards of some differences; one that left the books in the meantime, by its own paper, is left alone."""
    keys = sorted({row.card_id for row in rows if row.card_id is not None})
    found: dict[int, Card] = {}
    for part in chunks(keys):
        live = Card._base_manager.filter(pk__in=part, organ_id=count.organ_id, disposed=None).select_related("organ")
        found |= {card.pk: card for card in live}
    return found


def _end(count: Count, rows: list[Difference], cards: dict[int, Card], by: Actor, note: str) -> list[Card]:
    """What is lost waits for its disposal; of a batch, the lost pieces first become a card of their own."""
    lost = []
    for row in rows:
        card = cards.get(row.card_id or 0)
        if card is not None and row.quantity < card.quantity:
            _rest, card = split(card, [card.quantity - row.quantity, row.quantity], by=by, note=note, case=count)
        if card is not None:
            card.use_state = UseState.LOST
            lost.append(card)
    keep(lost, by=by, act=rights.ADJUSTED, note=note, right=Card.right("change"), moves=STATE, case=count)
    return lost


def _correct(rows: list[Difference], cards: dict[int, Card]) -> list[Card]:
    touched: dict[int, Card] = {}
    for row in rows:
        card, scan = cards.get(row.card_id or 0), row.scan
        if card is None or scan is None:
            continue
        if row.kind == Kind.PLACE:
            card.place = scan.place
        elif row.kind == Kind.USER:
            card.user, card.user_account = scan.user, None
            card.custodian = card.custodian or scan.user
        elif row.kind in (Kind.STATE, Kind.CONDITION):
            card.use_state = _CONDITIONS.get(Condition(scan.condition), UseState.IN_USE)
        touched[card.pk] = card
    return list(touched.values())


def _begin(count: Count, rows: list[Difference], by: Actor, day: dt.date, note: str) -> list[Card]:
    """A card for each thing found, at its nominal, appraised or replacement value."""
    numbers = numbering.next_numbers(Card, count.organ, len(rows)) if rows else []
    cards = []
    for row, number in zip(rows, numbers, strict=True):
        scan, use_state = row.scan, UseState.IN_USE
        if scan is not None and scan.condition:
            use_state = _CONDITIONS.get(Condition(scan.condition), UseState.IN_USE)
        card = Card(
            organ=count.organ, number=number, name=row.name, quantity=row.quantity, value=row.new_value or Decimal(0),
            value_type=row.value_type or ValueType.REPLACEMENT, acquisition=Acquisition.FOUND, acquired=day, booked=day,
            booking=Booking.BOOKED, place=row.place, custodian=row.responsible, use_state=use_state,
        )  # fmt: skip
        card.user = scan.user if scan is not None else ""
        card.remarks = _("盘盈：%(count)s") % {"count": count}
        cards.append(card)
    keep(cards, by=by, act=rights.ADJUSTED, note=note, right=Card.right("add"))
    for row, card in zip(rows, cards, strict=True):
        row.made = card
    return cards


def _post(count: Count, lost: list[Card], fresh: list[Card], by: Actor, day: dt.date) -> None:
    """Losses go to what awaits disposal, with the depreciation so far; finds come in and, approved already, to former years."""
    right, lines = Count.right("adjust"), []
    for card, sums in zip(lost, brought_forward(lost, day), strict=True):
        spent, detail = sums.accumulated or Decimal(0), str(Category(card.category).label)
        lines += [
            Entry(book.PENDING, debit=card.value - spent, card=card, detail=detail),
            Entry(book.of_loss(card.category), debit=spent, card=card, detail=detail),
            Entry(book.of_value(card.category), credit=card.value, card=card, detail=detail),
        ]
    if any(line.debit for line in lines):
        words = _("盘亏转待处置 %(n)s 项：%(count)s") % {"n": len(lost), "count": count}
        vouchers.post(
            count.organ, kind=VoucherKind.SHORTAGE, words=words, source=count, day=day, by=by, right=right,
            lines=lines,  # one by one however many: the write-off of each takes its own sum out of 1902
        )  # fmt: skip
    found = []
    for card in fresh:
        detail = str(Category(card.category).label)
        found += [
            Entry(book.of_value(card.category), debit=card.value, card=card, detail=detail),
            Entry(book.PENDING, credit=card.value, card=card, detail=detail),
            Entry(book.PENDING, debit=card.value, card=card, detail=detail),
            Entry(book.FORMER_YEARS, credit=card.value, card=card, detail=detail),
        ]
    if any(line.debit for line in found):
        words = _("盘盈入账 %(n)s 项：%(count)s") % {"n": len(fresh), "count": count}
        vouchers.post(
            count.organ, kind=VoucherKind.SURPLUS, words=words, source=count, day=day, by=by, right=right,
            lines=vouchers.together(found, len(fresh)),
        )  # fmt: skip


def check_settled(count: Count) -> None:
    """This will raise Refused while a difference is unexplained, or a card does not show what was decided."""
    rows = Difference._base_manager.filter(count_id=count.pk)
    left = list(rows.filter(state__in=(Settled.OPEN, Settled.EXPLAINED)).order_by("pk")[:5])
    if left:
        raise Refused(
            _("还有差异没有处理，不能办结"), why="；".join(str(row) for row in left), article=ARTICLE,
            instead=_("每一项差异都应有原因、责任人和处理结果；一时查不清的挂账续查。"),
        )  # fmt: skip
    lost = rows.filter(state=Settled.DONE, handling=Handling.LOST, card__use_state=UseState.IN_USE, card__disposed=None)
    whole = [
        row for row in lost.select_related("line", "card") if row.line is not None and row.quantity >= row.line.quantity
    ]
    if whole:
        raise Refused(
            _("%(card)s 已认定盘亏，卡片仍为在用") % {"card": whole[0].card}, article=ARTICLE,
            why=_("办结前账、卡、物应当一致。"), instead=_("找到实物的，请说明后另行更正；否则改为丢失。"),
        )  # fmt: skip
