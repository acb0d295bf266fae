"""Dividing a batch card, and putting cards of one batch together again; the sums of every earlier day stay as they were."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.assets.models import Card, numbering
from baozhang.kernel import ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.invariants import unreferenced
from baozhang.kernel.record import Record, blank, keep, remove
from baozhang.kernel.refusal import Fault, Invalid, Refused
from baozhang.kernel.turns import in_turn

from .standing import still_there, unpromised

ARTICLE = "第十三条第二款"
SPLIT = ledger.act("asset_split", gettext_lazy("拆分"))
MERGED = ledger.act("asset_merged", gettext_lazy("合并"))
CENT = Decimal("0.01")
SUMS = ("value", "fiscal", "non_fiscal", "depreciated", "floor_area", "use_area", "own_area", "shared_area")
_NEW = frozenset(
    {"id", "version", "head", "kept_at", "search", "number", "source_key", "quantity", "split_from_id", "extra", *SUMS}
)
# What must be equal for cards to be one batch; with these equal, no sum of any earlier day changes.
ALIKE = (
    "organ_id", "name", "class_code", "edition", "category", "unit", "value_type", "method", "depreciation_state", "life_months",
    "life_group", "residual_rate", "depreciated_on", "acquisition", "acquired", "in_use_from", "booked", "disposed", "use_state",
    "idle_since", "parent_id", "former_id", "model",
)  # fmt: skip


def shares(amount: Decimal, parts: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """These are the shares of an amount by quantity, in cents, that add up to it exactly."""
    found, done, given = [], Decimal(0), Decimal(0)
    for part in parts:
        done += part
        upto = (amount * done / whole).quantize(CENT, ROUND_HALF_UP)
        found.append(upto - given)
        given = upto
    return found


def checked_parts(card: Card, quantities: Sequence[Decimal]) -> list[Decimal]:
    """These are the quantities into which a card may be divided; Invalid where they are not the whole, Refused where it is gone."""
    parts = [Decimal(part) for part in quantities]
    if len(parts) < 2 or any(part <= 0 for part in parts) or sum(parts) != card.quantity:
        raise Invalid(
            _("拆分的数量不对"), article=ARTICLE,
            why=_("各份数量合计 %(sum)s，卡片数量 %(whole)s。") % {"sum": sum(parts), "whole": card.quantity},
            instead=_("请分成两份以上，每份大于零，合计等于原数量。"),
            faults=[Fault(_("合计应等于原数量"), "quantity", str(sum(parts)), column=_("数量"))],
        )  # fmt: skip
    still_there([card], strict=True)
    return parts


def divided(card: Card, parts: Sequence[Decimal]) -> dict[str, list[Decimal]]:
    """These are the sums of each part, by field; those that the card leaves open are left out."""
    return {name: shares(getattr(card, name), parts, card.quantity) for name in SUMS if getattr(card, name) is not None}


def split(
    card: Card, quantities: Sequence[Decimal], *, by: Actor, note: str, case: Record | None = None, right: str = "",
    where: int | None = None,
) -> list[Card]:  # fmt: skip
    """This will divide a card into parts whose quantities add up to its own; the first stays on it, the others get new numbers.

    Values, areas and depreciation go by quantity, to the cent. Refuses a card that is gone or held by a case other than `case`.
    """
    parts = checked_parts(card, quantities)
    with transaction.atomic():
        unpromised([card], case)
        pieces = [card, *(_piece(card) for _part in parts[1:])]
        sums = divided(card, parts)
        numbers = numbering.next_numbers(Card, card.organ, len(parts) - 1)
        for place, piece in enumerate(pieces):
            piece.quantity = parts[place]
            for name, amounts in sums.items():
                setattr(piece, name, amounts[place])
            if place:
                piece.number, piece.split_from = numbers[place - 1], card
        keep(card, by=by, act=SPLIT, note=note, right=right, where=where, case=case)
        keep(pieces[1:], by=by, act=SPLIT, note=note, right=right, where=where)
    return pieces


def _piece(card: Card) -> Card:
    new = blank(Card)
    for field in Card._meta.concrete_fields:
        if field.attname not in _NEW:
            setattr(new, field.attname, getattr(card, field.attname))
    new.extra, new.organ = dict(card.extra), card.organ
    return new


def one_batch(cards: Sequence[Card]) -> None:
    """This will raise Refused where cards may not be put together, and name what differs."""
    if len(cards) < 2:
        raise Invalid(_("请选择两张以上的卡片"), instead=_("勾选同一批次的卡片后再合并。"))
    first, *others = cards
    still_there(cards, strict=True)
    differing = [name for name in ALIKE if any(getattr(card, name) != getattr(first, name) for card in others)]
    if differing:
        words = "、".join(
            str(next(f for f in Card._meta.concrete_fields if f.attname == name).verbose_name) for name in differing
        )
        raise Refused(
            _("这些卡片不是同一批次，不能合并"), why=_("以下内容不同：%(fields)s。") % {"fields": words}, article=ARTICLE,
            instead=_("只合并取得、入账、折旧和使用状况都相同的卡片。"),
        )  # fmt: skip
    if any((card.depreciated is None) != (first.depreciated is None) for card in others):
        raise Refused(_("部分卡片有期初累计折旧，部分没有，不能合并"), article=ARTICLE, instead=_("请先补齐累计折旧。"))


def together(cards: Sequence[Card]) -> dict[str, Decimal | None]:
    """These are the quantity and the sums of cards put together; a sum that one of them leaves open stays open."""
    found: dict[str, Decimal | None] = {"quantity": sum((card.quantity for card in cards), Decimal(0))}
    for name in SUMS:
        amounts = [getattr(card, name) for card in cards]
        found[name] = sum(amounts, Decimal(0)) if all(amount is not None for amount in amounts) else None
    return found


def without_story(cards: Sequence[Card]) -> None:
    """This will raise Refused where other records speak of a card that would go: it is said before anybody is asked to agree.

    What is told of cards as they were (a count that is closed) may stand.
    """
    others = sorted(cards, key=lambda card: card.pk)[1:]
    try:
        unreferenced(Card, [card.pk for card in others], past=True)
    except Invalid as error:
        raise Refused(
            _("%(numbers)s 已有自己的记录，不能并入") % {"numbers": "、".join(card.number for card in others[:5])}, why=error.why, article=ARTICLE,
            instead=_("折旧、维修、交接等记录要留在原来的卡片上，这些卡片各自保留；盘点办结、差异查清以后的盘点记录不妨碍合并。"),
        ) from error  # fmt: skip


def merge(cards: Sequence[Card], *, by: Actor, note: str, right: str = "", where: int | None = None) -> Card:
    """This will put cards of one batch together on the oldest; the others are taken back, and their history stays in the ledger.

    Refuses cards that differ in what the books depend on, that a case holds, or that other records (repairs, vouchers,
    handovers) already speak of: what has a story of its own stays a card of its own.
    """
    one_batch(cards)
    first, *others = sorted(cards, key=lambda card: card.pk)  # no part outlives the card it was split from
    with transaction.atomic():
        in_turn(Card, [card.pk for card in cards])  # nobody freezes them meanwhile
        unpromised(cards)
        without_story(cards)
        for name, amount in together(cards).items():
            setattr(first, name, amount)
        told = _("%(note)s（并入：%(numbers)s）") % {"note": note, "numbers": "、".join(card.number for card in others)}
        keep(first, by=by, act=MERGED, note=told, right=right, where=where)
        remove(others, by=by, note=told, act=MERGED, right=right, where=where, past=True)
    return first
