"""The store of positions: the port that the rest of the house asks, and the one store there is, in the house's database.

Rows of the last hours (`RecentPosition`) take what comes; hours that are over are packed (`TrackBlock`). A position has
one key, vehicle and moment, in both, and every answer puts them together by it: sent twice, written twice by a gateway
that was killed between commit and answer, or packed already and sent again from a blind zone, it is there once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction

from baozhang.ch2_provision.vehicles.models import (
    CardEvent,
    DoubtfulPosition,
    LateDay,
    MediaItem,
    RecentPosition,
    TerminalHealth,
    TrackBlock,
)
from baozhang.kernel import clock, observation
from baozhang.kernel.bulk import chunks, take_turns

from . import blocks, relaying, ways
from .points import ALARM, AT, COLUMNS, DAY, DIRECTION, HOUR, LAT, LON, SPEED, STATUS, Batch, Point

if TYPE_CHECKING:
    from .ways import Rows

_ROW = ("vehicle", *COLUMNS)
_DOUBT = ("vehicle", "digest", "doubt", "at", "heard", "blind", "body")
HEALTH = (
    "vehicle_id",
    "heard",
    "good",
    "doubtful",
    "at",
    "lat",
    "lon",
    "speed",
    "direction",
    "status",
    "alarm",
    "told_plate",
)
_LATE = ("vehicle", "day", "count")
_HEALTH_MERGE = {"heard": observation.MOST, "good": observation.ADD, "doubtful": observation.ADD} | dict.fromkeys(
    ("lat", "lon", "speed", "direction", "status", "alarm", "at"), "later"
)
_LIVE = (LAT, LON, SPEED, DIRECTION, STATUS, ALARM)
_FIRST, _EAST = dt.date(1970, 1, 1), 8 * HOUR  # the first day, and by how much China's begin earlier
_MANY = 200  # vehicles packed in one transaction, or read at once


@dataclass(frozen=True, slots=True)
class Now:
    """Where a vehicle was last, and when it was heard of last."""

    vehicle: int
    heard: int | None
    at: int | None
    lat: int | None
    lon: int | None
    speed: int | None
    direction: int | None
    status: int | None
    alarm: int | None


class TelemetryStore(Protocol):
    """What is asked of a store of positions; moments are seconds since 1970, places millionths of a degree in WGS-84."""

    def append(self, batch: Batch) -> None:
        """This will write a batch, all or nothing; when it returns, the batch is durable. Twice is the same as once."""

    def track(self, vehicle: int, since: int, until: int) -> Rows:
        """The positions of a vehicle from `since` until before `until`, in order, one a moment."""

    def tracks(self, vehicles: Sequence[int], since: int, until: int) -> Iterator[tuple[int, Rows]]:
        """The same of many vehicles, those that said nothing left out; in a few queries for each hundred of them."""

    def heard(self, vehicles: Sequence[int], since: int, until: int) -> set[int]:
        """Those of some vehicles of which there are positions between two moments, by full hours."""

    def current(self, vehicles: Sequence[int] | None = None) -> list[Now]:
        """Where vehicles were last; all of them where none are named."""

    def kilometres(self, since: int, until: int) -> Mapping[int, float]:
        """Vehicle → kilometres between two full hours, for all vehicles at once."""

    def pack(self, before: int) -> int:
        """This will pack what is older, and return the number of rows packed."""

    def forget(self, before: int) -> int:
        """This will delete what is older, and return the number of blocks and rows."""

    def late(self, until: dt.date) -> list[Late]:
        """The days up to one (in China) of which positions came when they were over, and nobody has looked at them since."""

    def looked_at(self, days: Sequence[Late]) -> None:
        """This will take late days off; one of which more has come meanwhile stays."""


Late = tuple[int, dt.date, int]  # vehicle, day, how many positions came late


def day_of(day: dt.date) -> tuple[int, int]:
    """The first second of a day in China, and the first after it."""
    start = int(dt.datetime.combine(day, dt.time(), clock.ZONE).timestamp())
    return start, start + DAY


class DatabaseStore:
    """The store in the house's own database, alike on SQLite and PostgreSQL."""

    def append(self, batch: Batch) -> None:
        """This will write rows, doubts and the state of the terminals in one transaction."""
        rows: dict[tuple[int, Any], Sequence[Any]] = {}
        for vehicle, point in batch.points:
            key = (vehicle, point[AT])
            there = rows.get(key)
            row = [vehicle, *point]
            if there is not None:  # twice in one batch: the database takes each key once
                row = [*there]
                row[ALARM + 1] |= point[ALARM]
            rows[key] = row
        ordered = [rows[key] for key in sorted(rows)]
        with transaction.atomic():
            relaying.queue(ordered)
            observation.observe(RecentPosition, _ROW, ordered, merge={"alarm": observation.OR})
            observation.observe(LateDay, _LATE, _late_days(ordered), merge={"count": observation.ADD})
            observation.observe(DoubtfulPosition, _DOUBT, batch.doubts)
            observation.observe(TerminalHealth, HEALTH, _health(batch), merge=_HEALTH_MERGE, later="at")

    def track(self, vehicle: int, since: int, until: int) -> Rows:
        """Blocks and rows put together by their moment."""
        return next((rows for _vehicle, rows in self.tracks([vehicle], since, until)), blocks.rows_of([]))

    def tracks(self, vehicles: Sequence[int], since: int, until: int) -> Iterator[tuple[int, Rows]]:
        """Two queries for some vehicles at a time."""
        import numpy as np

        for part in chunks(sorted(set(vehicles)), _MANY):
            found = self._late(part, since, until)
            hours = TrackBlock.objects.filter(hour__gte=since // HOUR, hour__lte=(until - 1) // HOUR)
            hours = hours.filter(vehicle__oneof=list(part)).order_by("vehicle", "hour")
            for vehicle, hour, data in hours.values_list("vehicle", "hour", "data"):
                found.setdefault(vehicle, []).append(blocks.unpack(bytes(data), hour))
            for vehicle in sorted(found):
                rows = blocks.ordered(np.concatenate(found[vehicle]))
                rows = rows[(rows[:, AT] >= since) & (rows[:, AT] < until)]
                if len(rows):
                    yield vehicle, rows

    def heard(self, vehicles: Sequence[int], since: int, until: int) -> set[int]:
        """Two queries."""
        hours = TrackBlock.objects.filter(hour__gte=since // HOUR, hour__lte=(until - 1) // HOUR)
        rows = RecentPosition.objects.filter(at__gte=since, at__lt=until)
        return {
            pk for held in (rows, hours) for pk in held.filter(vehicle__oneof=list(vehicles)).order_by().values_list("vehicle", flat=True).distinct()
        }  # fmt: skip

    def _late(self, vehicles: Sequence[int], since: int, until: int) -> dict[int, list[Rows]]:
        """The rows that are no blocks yet; asked for first, since what becomes a block meanwhile must be in one of both answers."""
        late: dict[int, list[Point]] = {}
        recent = RecentPosition.objects.filter(vehicle__oneof=list(vehicles), at__gte=since, at__lt=until)
        for vehicle, *point in recent.order_by("vehicle", "at").values_list("vehicle", *COLUMNS):
            late.setdefault(vehicle, []).append(tuple(point))
        return {vehicle: [blocks.rows_of(points)] for vehicle, points in late.items()}

    def current(self, vehicles: Sequence[int] | None = None) -> list[Now]:
        """One row a terminal."""
        rows = TerminalHealth.objects.order_by("vehicle_id")
        if vehicles is not None:
            rows = rows.filter(vehicle_id__in=list(vehicles))
        names = ("vehicle_id", "heard", "at", "lat", "lon", "speed", "direction", "status", "alarm")
        return [Now(*values) for values in rows.values_list(*names)]

    def kilometres(self, since: int, until: int) -> Mapping[int, float]:
        """Sums that stand beside the blocks and the ways between them; hours that are not packed are read as rows."""
        mixed = self._unpacked_pieces(since, until)  # before the blocks, as in `_late`
        pieces = [piece for piece in _packed_pieces(since, until) if (piece[0], piece[1] // HOUR) not in mixed]
        pieces += [piece for piece in mixed.values() if piece is not None]
        return _added(pieces)

    def _unpacked_pieces(self, since: int, until: int) -> dict[tuple[int, int], _Piece | None]:
        rows = RecentPosition.objects.filter(at__gte=since, at__lt=until).order_by("vehicle", "at")
        hours: dict[tuple[int, int], list[Point]] = {}
        for vehicle, *point in rows.values_list("vehicle", *COLUMNS).iterator(chunk_size=5_000):
            hours.setdefault((vehicle, point[AT] // HOUR), []).append(tuple(point))
        packed = _blocks_of([*hours])
        found: dict[tuple[int, int], _Piece | None] = {}
        for (vehicle, hour), points in hours.items():
            row = blocks.summary(_joined(points, packed.get((vehicle, hour)), hour))
            found[vehicle, hour] = (vehicle, *(row[name] for name in _PIECE))  # type: ignore[assignment]
        return found

    def pack(self, before: int) -> int:
        """This will move the rows of hours that ended before into blocks, vehicle by vehicle."""
        before -= before % HOUR
        total, after = 0, -1
        while True:
            late = RecentPosition.objects.filter(at__lt=before, vehicle__gt=after).order_by("vehicle")
            vehicles = list(late.values_list("vehicle", flat=True).distinct()[:_MANY])
            if not vehicles:
                return total
            total, after = total + _pack(vehicles, before), vehicles[-1]

    def forget(self, before: int) -> int:
        """Whole hours of blocks, rows and doubts; and who drove and what was taken on the way, which says the same of people."""
        with transaction.atomic():
            return (
                observation.forget(TrackBlock, '"hour" < %s', [before // HOUR])
                + observation.forget(RecentPosition, '"at" < %s', [before - before % HOUR])
                + sum(
                    observation.forget(one, '"heard" < %s', [before])
                    for one in (DoubtfulPosition, CardEvent, MediaItem)
                )
            )

    def late(self, until: dt.date) -> list[Late]:
        """All that are marked."""
        return list(LateDay.objects.filter(day__lte=until).order_by("day", "vehicle").values_list(*_LATE))

    def looked_at(self, days: Sequence[Late]) -> None:
        """By their count, which grows with whatever comes."""
        with transaction.atomic():
            for late in days:
                observation.forget(LateDay, '"vehicle" = %s AND "day" = %s AND "count" = %s', late)


STORE: TelemetryStore = DatabaseStore()

_Piece = tuple[int, int, int, int, int, int, int, int]
_PIECE = ("first_at", "last_at", "first_lat", "first_lon", "last_lat", "last_lon", "metres")


def _packed_pieces(since: int, until: int) -> Iterable[_Piece]:
    rows = TrackBlock.objects.filter(hour__gte=since // HOUR, hour__lt=-(-until // HOUR))
    yield from rows.values_list("vehicle", *_PIECE).iterator(chunk_size=5_000)


def _added(pieces: list[_Piece]) -> dict[int, float]:
    """Kilometres by vehicle: within the hours, and from the end of one to the beginning of the next."""
    import numpy as np

    if not pieces:
        return {}
    table = np.array(sorted(pieces), np.float64)
    vehicles, metres = table[:, 0], table[:, 7].copy()
    link = ways.distance(table[:-1, 5], table[:-1, 6], table[1:, 3], table[1:, 4])
    same = (vehicles[1:] == vehicles[:-1]) & (link >= ways.DRIFT)
    metres[1:] += np.where(same, link, 0.0)
    keys, start = np.unique(vehicles, return_index=True)
    return {int(key): float(sum_) / 1_000 for key, sum_ in zip(keys, np.add.reduceat(metres, start), strict=True)}


def _late_days(rows: Sequence[Sequence[Any]]) -> list[Late]:
    """The days that were over when their positions came, with how many those are."""
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        day = (row[AT + 1] + _EAST) // DAY
        if day < (row[-1] + _EAST) // DAY:
            found[row[0], day] = found.get((row[0], day), 0) + 1
    return [(vehicle, _FIRST + dt.timedelta(days=day), count) for (vehicle, day), count in sorted(found.items())]


def _health(batch: Batch) -> list[tuple[Any, ...]]:
    """One row a terminal: when heard, what it said, its newest position."""
    newest: dict[int, Point] = {}
    good: dict[int, int] = {}
    bad: dict[int, int] = {}
    for vehicle, point in batch.points:
        good[vehicle] = good.get(vehicle, 0) + 1
        there = newest.get(vehicle)
        if there is None or point[AT] >= there[AT]:
            newest[vehicle] = point
    for vehicle, *_rest in batch.doubts:
        bad[vehicle] = bad.get(vehicle, 0) + 1
    rows = []
    for vehicle, heard in sorted(batch.heard.items()):
        found = newest.get(vehicle)
        live = [None] * (len(_LIVE) + 1) if found is None else [found[AT], *(found[column] for column in _LIVE)]
        rows.append((vehicle, heard, good.get(vehicle, 0), bad.get(vehicle, 0), *live, ""))
    return rows


def _blocks_of(keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The blocks of some vehicles and hours that are there."""
    wanted = set(keys)
    found: dict[tuple[int, int], bytes] = {}
    hours = sorted({hour for _vehicle, hour in wanted})
    for part in chunks(sorted({vehicle for vehicle, _hour in wanted})):
        rows = TrackBlock.objects.filter(vehicle__oneof=list(part), hour__oneof=hours)
        for vehicle, hour, data in rows.values_list("vehicle", "hour", "data"):
            if (vehicle, hour) in wanted:
                found[vehicle, hour] = bytes(data)
    return found


def _joined(points: Sequence[Point], data: bytes | None, hour: int) -> Rows:
    import numpy as np

    rows = blocks.rows_of(points)
    return rows if data is None else blocks.ordered(np.concatenate([blocks.unpack(data, hour), rows]))


def _pack(vehicles: Sequence[int], before: int) -> int:
    """This will pack the late rows of some vehicles; what was taken out is exactly what is packed."""
    marks = ", ".join(["%s"] * len(vehicles))
    with transaction.atomic():
        take_turns("vehicles.pack")
        taken = observation.withdraw(RecentPosition, _ROW, f'"vehicle" IN ({marks}) AND "at" < %s', [*vehicles, before])
        hours: dict[tuple[int, int], list[Point]] = {}
        for vehicle, *point in taken:
            hours.setdefault((vehicle, point[AT] // HOUR), []).append(tuple(point))
        there = _blocks_of([*hours])
        rows = []
        names: list[str] = []
        for (vehicle, hour), points in sorted(hours.items()):
            joined = _joined(points, there.get((vehicle, hour)), hour)
            values = {"vehicle": vehicle, "hour": hour, **blocks.summary(joined), "data": blocks.pack(joined)}
            names = [*values]
            rows.append(tuple(values.values()))
        observation.observe(TrackBlock, names, rows, merge=dict.fromkeys(names[2:], observation.TAKE))
    return len(taken)
