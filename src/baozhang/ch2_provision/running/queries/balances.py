"""What should be on a card: what came onto it less what it paid for, beside what its statements say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from baozhang.ch2_provision.running.choices import COSTS, LOADED, Kind
from baozhang.ch2_provision.running.models import Cost

NONE = Decimal(0)
ONTO, OFF = (Q(deal__contains=word) | Q(item__contains=word) for word in LOADED)  # the chip


@dataclass(frozen=True)
class Balance:
    """Yuan on one card: before the first row that tells (None where none tells), what came, what it paid, what is told."""

    opened: Decimal | None
    came: Decimal
    spent: Decimal
    said: Decimal | None
    difference: Decimal | None

    @property
    def told(self) -> bool:
        """False of a card of which nobody knows what came onto it, such as one that is paid for afterwards."""
        return bool(self.came) or self.said is not None

    @property
    def due(self) -> Decimal:
        """What should be on the card by all that is known of it."""
        return (self.opened or NONE) + self.came - self.spent


def of(number: str) -> Balance:
    """The balance of a card over all its rows; two queries."""
    rows: Any = Cost._base_manager.filter(card=number).exclude(kind=Kind.VIOLATION)
    if rows.filter(
        ONTO, kind=Kind.TOPUP
    ).exists():  # then what came into the reserve is the same money, on its way there
        rows = rows.filter(Q(kind__in=COSTS) | ONTO | OFF)
    held = list(rows.order_by("day", F("moment").asc(nulls_first=True), "pk").values_list("day", "moment", "pk", "kind", "amount", "balance"))  # fmt: skip
    came = sum((amount for *_when, kind, amount, _said in held if kind == Kind.TOPUP), NONE)
    spent = sum((amount for *_when, kind, amount, _said in held if kind != Kind.TOPUP), NONE)
    opened, said, difference = _told(held)
    return Balance(opened, came, spent, said, difference)


def _told(held: Sequence[tuple[Any, ...]]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Before the first row that tells a balance, after the last, and what the rows between leave unexplained.

    Of rows that bear a day alone nobody says which came first: of a file from old to new and one from new to old
    the order that explains more is taken."""
    turned = sorted(held, key=lambda row: (row[0], row[1] is not None, row[1] or 0, -row[2]))
    found = [one for one in (_along(held), _along(turned)) if one[2] is not None]
    return min(found, key=lambda one: abs(one[2] or NONE)) if found else (None, None, None)


def _along(held: Sequence[tuple[Any, ...]]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    opened = said = difference = None
    moved = NONE
    for *_when, kind, amount, told in held:
        moved += amount if kind == Kind.TOPUP else -amount
        if told is not None:
            opened = told - moved if opened is None else opened
            said, difference = told, told - (opened + moved)
    return opened, said, difference
