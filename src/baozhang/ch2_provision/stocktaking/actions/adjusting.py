"""Bringing the cards in line with the things: each approved difference is carried out once, all of a count or none."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import Acquisition, Booking, UseState, ValueType
from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.ch2_provision.stocktaking.choices import Condition, Handling, Kind, Settled
from baozhang.ch2_provision.stocktaking.models import Count, Difference, rights
from baozhang.kernel import holds
from baozhang.kernel.access import Actor
from baozhang.kernel.bulk import chunks
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused

from .freezing import ARTICLE

CENT = Decimal("0.01")
_CONDITIONS = {Condition.REPAIR: UseState.REPAIR, Condition.BROKEN: UseState.DISPOSING, Condition.IDLE: UseState.IDLE}


def hold(count: Count, *, by: Actor) -> None:
    """This will keep cards that are to be written off from being lent or moved while the paper is on its way."""
    lost = Difference._base_manager.filter(count_id=count.pk, state=Settled.EXPLAINED, handling=Handling.LOST)
    cards = [row.card for row in lost.select_related("card") if row.card is not None]
    holds.take(cards, case=count, words=_("盘亏待审批：%(count)s") % {"count": count}, by=by)


def let_go(count: Count) -> None:
    """This will let go of what the count holds."""
    holds.release(count)


def adjust(count: Count, *, by: Actor, day: dt.date) -> dict[str, int]:
    """This will correct cards, end what is lost, begin what was found, and name what stays open."""
    rows = list(
        Difference._base_manager.filter(count_id=count.pk, state=Settled.EXPLAINED).select_related("line", "scan").order_by("pk")
    )  # fmt: skip
    let_go(count)
    note = _("盘点调整：%(count)s") % {"count": count}
    changed = _correct(count, [row for row in rows if row.handling in (Handling.CORRECT, Handling.LOST)], by, day, note)
    fresh = _begin(count, [row for row in rows if row.handling == Handling.NEW_CARD], by, day, note)
    for row in rows:
        row.state = Settled.DEBT if row.handling == Handling.DEBT else Settled.DONE
        row.settled_on = None if row.state == Settled.DEBT else day
    keep(rows, by=by, act=rights.SETTLED, right=Count.right("adjust"))
    return {"corrected": changed, "new": fresh, "debts": sum(row.state == Settled.DEBT for row in rows)}


def _correct(count: Count, rows: list[Difference], by: Actor, day: dt.date, note: str) -> int:
    by_card: dict[int, list[Difference]] = defaultdict(list)
    for row in rows:
        if row.card_id is not None:
            by_card[row.card_id].append(row)
    cards: list[Card] = []
    for part in chunks(sorted(by_card)):
        cards += Card._base_manager.filter(pk__in=part).select_related("organ").order_by("pk")
    live, split = [], []
    for card in cards:
        if card.organ_id != count.organ_id or card.disposed is not None:
            continue  # it left the books in the meantime, by its own paper
        for row in by_card[card.pk]:
            part_lost = _apply(card, row)
            if part_lost is not None:
                split.append(part_lost)
        live.append(card)
    for card, number in zip(split, numbering.next_numbers(Card, count.organ, len(split)) if split else (), strict=True):
        card.number = number
    keep(live, by=by, act=rights.ADJUSTED, note=note, right=Card.right("change"))
    keep(split, by=by, act=rights.ADJUSTED, note=note, right=Card.right("add"))
    return len(live)


def _apply(card: Card, row: Difference) -> Card | None:
    """One difference on its card; a lost part of a batch becomes a card of its own, which is returned."""
    scan = row.scan
    if row.handling == Handling.LOST:
        if row.quantity < card.quantity:
            return _split(card, row.quantity)
        card.use_state = UseState.LOST
    elif row.kind == Kind.PLACE and scan is not None:
        card.place = scan.place
    elif row.kind == Kind.USER and scan is not None:
        card.user = scan.user
        card.custodian = card.custodian or scan.user
    elif row.kind in (Kind.STATE, Kind.CONDITION) and scan is not None:
        card.use_state = _CONDITIONS.get(Condition(scan.condition), UseState.IN_USE)
    return None


_OF_BATCH = (
    "organ_id", "name", "class_code", "edition", "class_name", "category", "unit", "value_type", "funding", "method",
    "depreciation_state", "life_months", "residual_rate", "acquisition", "acquired", "in_use_from", "booked", "booking",
    "voucher", "department", "custodian", "user", "place", "brand", "model", "maker", "seller", "contract", "invoice",
    "depreciated_on",
)  # fmt: skip
_SUMS = ("value", "fiscal", "non_fiscal", "depreciated")


def _split(card: Card, lost: Decimal) -> Card:
    """The lost pieces of a batch with their share of every sum; the card keeps the rest, so that nothing is rounded away."""
    part = Card(**{name: getattr(card, name) for name in _OF_BATCH}, quantity=lost, use_state=UseState.LOST)
    part.remarks = _("自 %(number)s 分出的盘亏部分") % {"number": card.number}
    for name in _SUMS:
        whole = getattr(card, name)
        if whole is not None:
            share = (whole * lost / card.quantity).quantize(CENT)
            setattr(part, name, share)
            setattr(card, name, whole - share)
    card.quantity -= lost
    return part


def _begin(count: Count, rows: list[Difference], by: Actor, day: dt.date, note: str) -> int:
    """A card for each thing found, at its nominal, appraised or replacement value."""
    numbers = numbering.next_numbers(Card, count.organ, len(rows)) if rows else []
    cards = []
    for row, number in zip(rows, numbers, strict=True):
        scan = row.scan
        cards.append(
            Card(
                organ_id=count.organ_id,
                number=number,
                name=row.name,
                quantity=row.quantity,
                value=row.new_value or Decimal(0),
                value_type=row.value_type or ValueType.REPLACEMENT,
                acquisition=Acquisition.FOUND,
                acquired=day,
                booked=day,
                booking=Booking.OPEN,
                place=row.place,
                custodian=row.responsible,
                user=scan.user if scan is not None else "",
                use_state=_CONDITIONS.get(Condition(scan.condition or Condition.GOOD), UseState.IN_USE)
                if scan
                else UseState.IN_USE,
                remarks=_("盘盈：%(count)s") % {"count": count},
            )
        )
    keep(cards, by=by, act=rights.ADJUSTED, note=note, right=Card.right("add"))
    for row, card in zip(rows, cards, strict=True):
        row.made = card
    return len(cards)


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
