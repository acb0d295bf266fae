"""What a count takes in, and the frozen books: the cards in scope, and the digest by which a snapshot is verified."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import held_on
from baozhang.ch2_provision.stocktaking.choices import OPEN_STATES
from baozhang.ch2_provision.stocktaking.models import Count, Line
from baozhang.ch2_provision.stocktaking.models.count import parts
from baozhang.kernel import bulk, ledger


def cards_of(count: Count, day: dt.date) -> QuerySet[Card]:
    """These are the cards that a count takes in, as held on a day."""
    rows = Card._base_manager.filter(held_on(day), organ_id=count.organ_id)
    if count.departments:
        rows = rows.filter(department__in=parts(count.departments))
    if count.places:
        rows = rows.filter(reduce(or_, (Q(place__startswith=one) for one in parts(count.places))))
    if count.categories:
        rows = rows.filter(category__in=count.category_codes)
    return rows


def counted_elsewhere(count: Count, day: dt.date) -> QuerySet[Line]:
    """These are the lines of other counts under way whose cards this count would take in as well."""
    busy = Line.objects.filter(count__organ_id=count.organ_id, count__state__in=OPEN_STATES).exclude(count_id=count.pk)
    return busy.filter(card__in=cards_of(count, day).values("pk"))


def digest_of(count: Count) -> str:
    """This is the SM3 digest of a count's frozen lines as they stand in the database, in the order of the cards."""
    rows = Line.objects.filter(count_id=count.pk).order_by("card_id").values_list("card_id", *Line.FROZEN)
    return ledger.sm3(
        bulk.dump_json([[_plain(value) for value in row] for row in rows.iterator(chunk_size=5_000)]).encode()
    ).hex()


def _plain(value: object) -> object:
    """Numbers in one spelling, whatever the database gives back."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def is_sound(count: Count) -> bool:
    """This is true where the frozen lines are those whose digest the count's ledger has."""
    return bool(count.frozen_digest) and digest_of(count) == count.frozen_digest
