"""What is free, what is in the warehouse, and why a thing about to be disposed of is still useful."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.choices import GONE_STATES
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.rules.endings import due, figure_for
from baozhang.ch2_provision.warehouse.choices import (
    LIVE,
    STANDING,
    Grade,
    ItemState,
    Listing,
    ProposalState,
)
from baozhang.ch2_provision.warehouse.models import Item, Proposal
from baozhang.kernel import clock
from baozhang.kernel.holds import Hold
from baozhang.law.case import places
from baozhang.law.figures import Figures
from baozhang.law.figurespec import NATION

from .competence import authority_at

SOUND = (Grade.NEW, Grade.GOOD, Grade.FAIR)


def free_items() -> Q:
    """The condition that nothing holds an item's card now; a hold that ran out holds nothing."""
    held = Hold.objects.filter(kind=Card._meta.label_lower, record_id=OuterRef("card_id"))
    return Q(~Exists(held.exclude(until__lte=clock.now())))


def available(
    jurisdiction_path: str, *, items: Iterable[str] | None = None, own: int | None = None
) -> QuerySet[Item]:  # fmt: skip
    """The items that an agency of a jurisdiction may reserve now: in stock, listed for it, promised to nobody.

    `items` are keys of the catalogue of items (desktop, printer …); `own` is the agency, whose own things are there for it
    however far they are listed. Read without a scope: the caller answers for what it shows.
    """
    serving = authority_at(jurisdiction_path)
    root = jurisdiction_path.strip("/").split("/")[0] + "/"
    listed = Q(listing=Listing.CITY, authority__jurisdiction__path__startswith=root)
    if serving is not None:
        listed |= Q(listing=Listing.LEVEL, authority=serving)
    if own is not None:
        listed |= Q(organ_id=own)
    rows = Item._base_manager.filter(
        free_items(),
        listed,
        state__in=(ItemState.STOCK, ItemState.RESERVED),
        grade__in=SOUND,
        card__disposed__isnull=True,
    )
    if items is not None:
        rows = rows.filter(kind__in=list(items))
    return rows.order_by("entered_on", "pk")


def of_card(card: Card) -> Item | None:
    """The item that a card is in the warehouse; None where it is not in."""
    return Item._base_manager.filter(card=card, state__in=LIVE).first()


def screening(card: Card, day: dt.date) -> list[str]:
    """The reasons why a card about to be disposed of is still useful, in words; empty where there is none (article 15, item 3)."""
    return screenings([card], day).get(card.pk, [])


def screenings(cards: Sequence[Card], day: dt.date) -> dict[int, list[str]]:
    """The same for many cards at once, by key, where there is a reason; as many queries for thousands as for one."""
    there = [card for card in cards if card.disposed is None and card.use_state not in GONE_STATES]
    keys = [card.pk for card in there]
    inside = {item.card_id: item for item in Item._base_manager.filter(card__oneof=keys, state__in=LIVE)}
    live = (ProposalState.OPEN, ProposalState.DECLINED, ProposalState.ACCEPTED)
    waiting: dict[int, list[str]] = {}
    for key, why in (
        Proposal._base_manager.filter(card__oneof=keys, state__in=live)
        .order_by("pk")
        .values_list("card_id", "sentence")
    ):
        waiting.setdefault(key, []).append(_("入仓建议：%(why)s") % {"why": why})
    where, books, found = places(), dict[str, Figures](), dict[int, list[str]]()
    for card in there:
        place = where.get(card.organ_id) or NATION
        if place not in books:
            books[place] = Figures(day, place)
        item = inside.get(card.pk)
        reasons = [*_young(card, day, books[place]), *_standing(item)]
        if item is None or item.state not in STANDING:
            reasons += waiting.get(card.pk, [])
        if reasons:
            found[card.pk] = reasons
    return found


def _young(card: Card, day: dt.date, figures: Figures) -> Iterator[str]:
    key = figure_for(card)
    years = None if key is None else figures.get(key)
    ends = due(card, int(years)) if years is not None else None
    if ends is not None and day < ends:
        yield _("最低使用年限 %(years)s 年，应使用至 %(day)s，尚未到期") % {"years": years, "day": ends}


def _standing(item: Item | None) -> Iterator[str]:
    if item is None:
        return
    state = item.get_state_display()
    if item.state == ItemState.OUT:
        yield _("公物仓登记为“%(state)s”，有单位正在使用") % {"state": state}
    elif item.state in STANDING and item.grade in SOUND:
        grade = item.get_grade_display()
        yield _("公物仓登记为“%(state)s”，成色“%(grade)s”，可供调剂") % {"state": state, "grade": grade}
