"""Receiving scans from phones: many at once, each kept once however often it is sent, none lost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import SCANNING, Condition, Result, State, Way
from baozhang.ch2_provision.stocktaking.models import Count, Line, Room, Scan, rights
from baozhang.ch2_provision.stocktaking.models.scan import card_key
from baozhang.ch2_provision.stocktaking.queries.standing import same
from baozhang.kernel import bulk, clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import blank, keep

MOST = 20_000  # scans in one call
FOUND, MISPLACED, MISSING, UNKNOWN = (str(one) for one in Result)
RESULTS, CONDITIONS, WAYS = frozenset(Result.values), frozenset(["", *Condition.values]), frozenset(Way.values)


@dataclass(frozen=True)
class Sighting:
    """One scan as a phone says it."""

    key: str
    count: int
    result: str
    at: dt.datetime
    code: str = ""
    line: int | None = None
    room: int | None = None
    condition: str = Condition.GOOD
    place: str = ""
    user: str = ""
    quantity: Decimal | None = None
    name: str = ""
    note: str = ""
    way: str = Way.CAMERA


class _Line(NamedTuple):
    """What is read of a line and its card for a scan; whole rows of ten thousand cards would cost more than all the rest."""

    pk: int
    card: int
    number: str
    place: str
    custodian: str
    user: str
    now: str
    keeper: int | None
    account: int | None


_LINE = (
    "pk", "card_id", "number", "place", "custodian", "user", "card__place", "card__keeper_id", "card__user_account_id",
)  # fmt: skip


@dataclass
class Receipt:
    """What became of each scan, by its key; a phone lets go of those that are accepted or known."""

    accepted: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def receive(
    sightings: Sequence[Sighting], *, by: Actor, device: str = "", said_now: dt.datetime | None = None
) -> Receipt:
    """This will keep scans that are new; those sent before are known, those that cannot be are refused one by one.

    `said_now` is what the phone's clock says: where it is wrong, its scans are put right by the difference.
    """
    receipt = Receipt()
    wrong_by = clock.now() - said_now if said_now is not None else dt.timedelta()
    offset = wrong_by if abs(wrong_by) > dt.timedelta(seconds=5) else dt.timedelta()
    by_count: dict[int, list[Sighting]] = defaultdict(list)
    for one in sightings[:MOST]:
        if _sound(one, receipt):
            by_count[one.count].append(one)
    for key, rows in sorted(by_count.items()):
        with transaction.atomic():
            # Whoever syncs second waits here, and then finds what the first has brought.
            count = Count.objects.filter(pk=key).select_for_update(of=("self",), no_key=True).first()
            if count is None:
                _refuse(rows, _("盘点不存在或不在您的范围内"), receipt)
            else:
                _Batch(count, by, device, offset, receipt).take(rows)
    return receipt


def _sound(one: Sighting, receipt: Receipt) -> bool:
    """A key that is no key, or words that no choice has, are refused; a phone's own fault loses no other scan."""
    try:
        uuid.UUID(one.key)
    except ValueError:
        receipt.refused[one.key] = _("扫描编号不是 UUID")
        return False
    if one.result not in RESULTS or one.condition not in CONDITIONS or one.way not in WAYS:
        receipt.refused[one.key] = _("结果、状况或者方式不在选项中")
        return False
    return True


def _refuse(rows: Iterable[Sighting], why: str, receipt: Receipt) -> None:
    for one in rows:
        receipt.refused[one.key] = why


class _Batch:
    """The scans of one count in one call; what they name is looked up at once."""

    def __init__(self, count: Count, by: Actor, device: str, offset: dt.timedelta, receipt: Receipt) -> None:
        self.count, self.by, self.device, self.offset, self.receipt = count, by, device[:36], offset, receipt
        self.now = clock.now()
        self.late = count.state not in SCANNING

    def take(self, rows: list[Sighting]) -> None:
        """This will keep those that are new."""
        if self.count.state in (State.DRAFT, State.SUBMITTED):
            _refuse(rows, _("这次盘点还没有开始"), self.receipt)
            return
        fresh = self._fresh(rows)
        if not fresh:
            return
        self.rooms = {room.pk: room for room in Room._base_manager.filter(count_id=self.count.pk)}
        self._look_up(fresh)
        full = self.by.can(rights.SCAN, self.count.organ_id)
        scans = [scan for one in fresh if (scan := self._scan(one, full)) is not None]
        keep(scans, by=self.by, act=rights.SCANNED, right=rights.SCAN if full else rights.MINE)
        for scan in scans:
            (self.receipt.late if self.late else self.receipt.accepted).append(scan.key)

    def _fresh(self, rows: list[Sighting]) -> list[Sighting]:
        once: dict[str, Sighting] = {}
        for one in rows:
            once.setdefault(one.key, one)
        known: set[str] = set()
        for part in bulk.chunks(sorted(once)):
            known.update(Scan._base_manager.filter(key__in=part).values_list("key", flat=True))
        self.receipt.known += sorted(known)
        return [one for key, one in once.items() if key not in known]

    def _look_up(self, rows: list[Sighting]) -> None:
        """The lines that scans name by key, label or number, and cards of the agency that are on no line."""
        keys = {one.line for one in rows if one.line}
        cards = {key for one in rows if one.code and (key := card_key(one.code)) is not None}
        numbers = {one.code.strip() for one in rows if one.code and card_key(one.code) is None}
        mine = Line.objects.filter(count_id=self.count.pk)
        found: dict[int, _Line] = {}
        for name, wanted in (("pk", keys), ("card_id", cards), ("number", numbers)):
            for part in bulk.chunks(sorted(wanted)):
                read = mine.filter(**{f"{name}__in": part}).values_list(*_LINE)
                found.update({row[0]: _Line(*row) for row in read})
        self.lines = found
        self.by_card = {line.card: line for line in found.values()}
        self.by_number = {line.number: line for line in found.values()}
        self.cards: dict[Any, tuple[int, str]] = {}  # the agency's own that are on no line: key and place
        own = Card._base_manager.filter(organ_id=self.count.organ_id)
        for name, left in (("pk", cards - self.by_card.keys()), ("number", numbers - self.by_number.keys())):
            for part in bulk.chunks(sorted(left)):
                for said, pk, place in own.filter(**{f"{name}__in": part}).values_list(name, "pk", "place"):
                    self.cards[said] = (pk, place)

    def _scan(self, one: Sighting, full: bool) -> Scan | None:
        line = self.lines.get(one.line) if one.line else None
        key = card_key(one.code) if one.code else None
        if line is None and one.code:
            line = self.by_card.get(key) if key is not None else self.by_number.get(one.code.strip())
        card = (
            (line.card, line.now) if line is not None else self.cards.get(key if key is not None else one.code.strip())
        )
        room = self.rooms.get(one.room) if one.room else None
        if not full and not self._may(room, line):
            self.receipt.refused[one.key] = _("只能盘点分给您的任务和您名下的资产")
            return None
        if card is None and one.result == Result.MISSING:
            self.receipt.refused[one.key] = _("账面上没有这个编号，不能记为未见")
            return None
        scan = blank(Scan)
        scan.organ, scan.count, scan.room = self.count.organ, self.count, room
        scan.line_id, scan.card_id = line.pk if line is not None else None, card[0] if card is not None else None
        scan.key, scan.code, scan.name, scan.note = one.key, one.code[:200], one.name[:120], one.note[:300]
        scan.result = self._result(one, line, card)
        scan.condition = "" if scan.result == Result.MISSING else str(one.condition)
        scan.place, scan.user, scan.quantity = one.place.strip()[:120], one.user.strip()[:40], one.quantity
        scan.way, scan.device, scan.late = str(one.way), self.device, self.late
        scan.scanned_at, scan.received_at = min(one.at + self.offset, self.now), self.now
        scan.scanner_id, scan.scanner_name = self.by.user_id, self.by.name
        return scan

    def _may(self, room: Room | None, line: _Line | None) -> bool:
        """Staff count what was given to them, and what is in their own name."""
        me = self.by
        if not me.can(rights.MINE, self.count.organ_id):
            return False
        if room is not None and room.counter_id == me.user_id:
            return True
        if line is None:
            return False
        by_name = (line.custodian == me.name and line.keeper is None) or (line.user == me.name and line.account is None)
        return by_name or me.user_id in (line.keeper, line.account)

    def _result(self, one: Sighting, line: _Line | None, card: tuple[int, str] | None) -> str:
        """Where the card says it is now, or where the frozen line says it was: either is right."""
        if one.result == Result.MISSING:
            return MISSING
        if card is None:
            return UNKNOWN
        here = not one.place or same(one.place, card[1]) or (line is not None and same(one.place, line.place))
        return FOUND if here else MISPLACED
