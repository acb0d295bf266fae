"""The chain at full size: the answer to a need, a round, a month's depreciation, a transfer of many cards, a count's scans."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.choices import NeedState
from baozhang.ch2_provision.allocation.models import Need, Round
from baozhang.ch2_provision.allocation.queries.balance import fields_of
from baozhang.ch2_provision.allocation.queries.candidates import candidates_of
from baozhang.ch2_provision.allocation.queries.standing import standing_of
from baozhang.ch2_provision.allocation.rounds import AllocationRoundFlow
from baozhang.ch2_provision.assets.actions import charging, titles
from baozhang.ch2_provision.assets.models import Card, DepreciationRow
from baozhang.ch2_provision.stocktaking.actions.syncing import Sighting, receive
from baozhang.ch2_provision.stocktaking.flows import CountFlow
from baozhang.ch2_provision.stocktaking.models import Count, Line, Scan
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import clock, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

from .meter import Measure, middle, own_peak, p95, used
from .room import Room

STORED, NEEDS, IDLE, MANY = 50_000, 2_000, 20_000, 10_000
ITEMS = ("desktop", "laptop", "printer", "printer_a4_mono", "copier", "scanner", "desk", "chair", "file_cabinet", "bookcase")  # fmt: skip


def _size(room: Room, whole: int) -> int:
    """As many as beside a million cards, in proportion."""
    return max(20, min(whole, whole * room.cards // 1_000_000))


def _sql(statement: str, *values: Any) -> float:
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.description:
            cursor.fetchall()
    return time.perf_counter() - begun


def _stand_idle(count: int, condition: str, *values: Any) -> None:
    """This will let so many single things of the classes that are asked for stand idle, besides those that do already."""
    kinds = ", ".join(f"'{item}'" for item in ITEMS)
    _sql(
        "UPDATE assets_card SET use_state = 'idle', idle_since = '2025-01-01' WHERE id IN (SELECT c.id FROM assets_card c"
        " JOIN organs_organization o ON o.id = c.organ_id JOIN organs_organization a ON a.jurisdiction_id = o.jurisdiction_id"
        f" AND a.competence = 'authority' WHERE c.item IN ({kinds}) AND c.quantity = 1 AND c.disposed IS NULL AND {condition}"
        " ORDER BY c.id %% 11, c.id LIMIT %s)",
        *values,
        count,
    )


def _stored(count: int) -> int:
    """Puts idle cards into the warehouse of their own level, in SQL; how many there are."""
    _stand_idle(count, "c.use_state = 'in_use'")
    _sql(
        "INSERT INTO warehouse_item (version, head, search, extra, organ_id, authority_id, card_id, reason, state, number, name, category, kind,"
        " model, quantity, unit, value, grade, keeping, custodian, listing, wiped, outcome, words, last_cost, repairs, entered_on)"
        " SELECT 1, '', '', '{}', c.organ_id, a.id, c.id, 'idle', 'stock', c.number, c.name, c.category, c.item, c.model, c.quantity, c.unit, c.value,"
        " CASE c.id %% 3 WHEN 0 THEN 'new' WHEN 1 THEN 'good' ELSE 'fair' END, 'virtual', '', 'level', false, '', '', 0, 0, DATE('2026-01-05')"
        " FROM assets_card c JOIN organs_organization o ON o.id = c.organ_id"
        " JOIN organs_organization a ON a.jurisdiction_id = o.jurisdiction_id AND a.competence = 'authority'"
        " WHERE c.use_state = 'idle' AND c.disposed IS NULL AND c.item <> '' ORDER BY c.id %% 7, c.id LIMIT %s",
        count,
    )
    _sql("ANALYZE")
    return Item._base_manager.count()


def answer(room: Room) -> list[Measure]:
    """What the standard entitles to, what there is, and the candidates in order: the answer to one need."""
    things = _stored(_size(room, STORED))
    organs = list(Organization._base_manager.filter(pk__in=room.city.organs[:12]).select_related("jurisdiction"))
    took: list[float] = []
    with scope.everything("bench"), used() as ours:
        for turn, organ in enumerate(organs):
            for item in ITEMS[turn % 3 :: 2]:
                need = Need(organ=organ, item=item, quantity=2, purpose="bench", name=item, needed_by=clock.today())
                begun = time.perf_counter()
                standing_of(need)
                candidates_of(need)
                took.append(time.perf_counter() - begun)
    limit = middle(
        [
            _sql(
                "SELECT id FROM assets_card WHERE item = %s AND use_state = 'idle' AND disposed IS NULL ORDER BY value LIMIT 50",
                item,
            )
            for item in ITEMS
        ]
    )
    return [
        Measure(
            "answer", f"answer to a need, {room.cards:,} cards, {things:,} things in the warehouse", "median < 250 ms",
            met=middle(took) < 0.25, median=middle(took), p95=p95(took), limit=limit, limit_words="one query for idle cards of the kind",
            ratio=middle(took) / limit, app_cpu=ours.app / len(took), server_cpu=ours.server / len(took),
        )
    ]  # fmt: skip


def round_(room: Room) -> list[Measure]:
    """All open needs of a district against all its idle things, solved at once."""
    wanted, idle = _size(room, NEEDS), _size(room, IDLE)
    place = Organization._base_manager.get(pk=room.city.organs[0]).jurisdiction_id
    authority = room.city.authorities[place]
    organs = list(Organization._base_manager.filter(jurisdiction_id=place, competence="").order_by("pk"))
    _stand_idle(idle, "c.use_state = 'in_use' AND o.jurisdiction_id = %s", place)
    by_when = clock.today() + dt.timedelta(days=60)
    with scope.everything("bench") as by:
        needs = [
            Need(organ=organs[i % len(organs)], number=f"BENCH-{i}", item=ITEMS[i % len(ITEMS)], name="bench", quantity=1 + i % 3, purpose="bench",
                 needed_by=by_when + dt.timedelta(days=i % 30), state=NeedState.OPEN)
            for i in range(wanted)
        ]  # fmt: skip
        keep(needs, by=by)
        record = Round(organ_id=authority, day=clock.today())
        keep(record, by=by)
        with used() as ours:
            AllocationRoundFlow.take("work_out", record, by=by)
        record.refresh_from_db()
        begun = time.perf_counter()
        fields_of(Organization._base_manager.get(pk=authority), clock.today())
        limit = time.perf_counter() - begun
    if not record.matched:
        raise SystemExit("the round matched nothing")
    return [
        Measure(
            "round", f"round of {record.needs:,} needs ({record.pieces:,} pieces) over {record.stock:,} idle things", "< 20 s", met=ours.wall < 20,
            median=ours.wall, rate=record.pieces / ours.wall, unit="pieces/s", limit=limit, limit_words="reading needs and things, nothing solved or kept",
            ratio=ours.wall / limit, app_cpu=ours.app, server_cpu=ours.server, peak=own_peak(), notes=[f"{record.matched:,} proposed"],
        )
    ]  # fmt: skip


def charge(room: Room) -> list[Measure]:
    """One month's depreciation of all agencies, with a row a card and a voucher an agency."""
    month = clock.today().replace(day=1)
    with scope.everything("bench") as by, used() as ours:
        done = charging.charge(month, by=by)
    rows = DepreciationRow.objects.count()
    with transaction.atomic():
        limit = _sql(
            "INSERT INTO assets_depreciationrow (run_id, card_id, category, charge, accumulated)"
            " SELECT (SELECT min(id) FROM assets_depreciationrun), -id, category, value / 60, value / 2 FROM assets_card LIMIT %s",
            rows,
        )
        transaction.set_rollback(True)
    return [
        Measure(
            "charge", f"a month's depreciation of {room.cards:,} cards, {done.organs:,} agencies", "< 60 s", met=ours.wall < 60, median=ours.wall,
            rate=rows / ours.wall, unit="cards/s", limit=limit, limit_words="one INSERT of as many rows from one scan", ratio=ours.wall / limit,
            app_cpu=ours.app, server_cpu=ours.server, peak=own_peak(), notes=[f"{rows:,} rows"],
        )
    ]  # fmt: skip


def transfer(room: Room) -> list[Measure]:
    """Many cards go to another agency: the old ones end, new ones begin, vouchers on both sides, all in the ledger."""
    many = min(MANY, room.part)
    to = Organization._base_manager.get(pk=room.city.empty[-1])
    with scope.everything("bench") as by:
        cards = list(
            Card.objects.filter(
                use_state="in_use", disposed=None, category__in=("equipment", "furniture"), parent=None
            ).order_by("-id")[:many]
        )
        with used() as ours:
            fresh = titles.transfer(cards, to=to, source=to, day=clock.today(), by=by, note="bench")
    limit = _twice([card.pk for card in cards])
    return [
        Measure(
            "transfer", f"transfer of title of {len(fresh):,} cards", "< 10 s", met=ours.wall < 10, median=ours.wall, rate=len(fresh) / ours.wall,
            unit="cards/s", limit=limit, limit_words="one UPDATE, and two INSERTs of as many log rows", ratio=ours.wall / limit, app_cpu=ours.app,
            server_cpu=ours.server, peak=own_peak(),
        )
    ]  # fmt: skip


def _twice(keys: Sequence[int]) -> float:
    listed = ", ".join(map(str, keys))
    with transaction.atomic():
        took = _sql(f"UPDATE assets_card SET use_state = 'transferred', version = version + 1 WHERE id IN ({listed})")
        for turn in (1, 2):
            took += _sql(
                "INSERT INTO kernel_entry (kind, record_id, seq, organ_id, day, at, by_name, by_organ, act, note, changes, batch, prev, hash)"
                f" SELECT 'bench{turn}', id, version + 1000, organ_id, acquired, kept_at, '', '', 'change', '', '{{}}', '', head, head"
                f" FROM assets_card WHERE id IN ({listed})"
            )
        transaction.set_rollback(True)
    return took


def _frozen(organ: Organization, by: Actor) -> Count:
    """A count of an agency with its books frozen."""
    today = clock.today()
    count = Count(organ=organ, title="bench", begins=today, ends=today + dt.timedelta(days=20), led_by="bench", number="BENCH")  # fmt: skip
    CountFlow.start(count, by=by)
    for step in ("submit", "freeze"):
        count.refresh_from_db()
        CountFlow.take(step, count, by=by)
    return count


def scans(room: Room) -> list[Measure]:
    """A day's scans of a large agency, brought by one phone at once; and brought again, which changes nothing."""
    organ = Organization._base_manager.get(pk=room.city.empty[-1])
    many = min(MANY, Card._base_manager.filter(organ=organ, disposed=None).count())
    with scope.everything("bench") as by:
        count = _frozen(organ, by)
        lines = Line.objects.filter(count=count).order_by("pk").values_list("number", "place")[:many]
        said = [
            Sighting(key=str(uuid.uuid4()), count=count.pk, result="found", at=clock.now(), code=number, place=place, quantity=Decimal(1))
            for number, place in lines
        ]  # fmt: skip
        with used() as ours:
            receipt = receive(said, by=by)
        again = receive(said, by=by)
    if len(receipt.accepted) != len(said) or len(again.known) != len(said):
        raise SystemExit(
            f"{len(receipt.accepted)} of {len(said)} scans were taken, {len(again.known)} known: {receipt.refused}"
        )
    mine = Scan._meta.db_table
    with transaction.atomic():
        columns = [
            f'"{field.column}"' for field in Scan._meta.concrete_fields if field.name not in ("id", "key", "version")
        ]
        limit = _sql(
            f"INSERT INTO {mine} (key, version, {', '.join(columns)}) SELECT 'x' || substr(key, 2), 9, {', '.join(columns)} FROM {mine}"
        )
        transaction.set_rollback(True)
    return [
        Measure(
            "scans", f"{len(said):,} scans of a count brought at once", "< 10 s", met=ours.wall < 10, median=ours.wall, rate=len(said) / ours.wall,
            unit="scans/s", limit=limit, limit_words="one INSERT of as many rows", ratio=ours.wall / limit, app_cpu=ours.app,
            server_cpu=ours.server, peak=own_peak(),
        )
    ]  # fmt: skip
