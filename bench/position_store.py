"""What keeping costs: bytes a position at a hundred million, a vehicle-day's track, and the kilometres of all in a day."""

from __future__ import annotations

import argparse
import statistics
import time
from random import Random
from typing import Any

from .position_ground import ready

EVERY = 10  # seconds between two positions
PATTERNS = 40  # vehicle-days that are driven through the streets; the others are the same moved and shaken
HOURS = range(6, 20)
ASKED = 25  # tracks
NAMES = (
    "vehicle", "hour", "count", "first_at", "last_at", "first_lat", "first_lon", "last_lat", "last_lon", "metres", "speed_most", "alarms",
    "odometer_first", "odometer_last", "south", "west", "north", "east", "data",
)  # fmt: skip


def main(words: list[str]) -> None:
    """Prints the figures, one a line."""
    parser = argparse.ArgumentParser(prog="bench.positions keep")
    parser.add_argument("--positions", type=int, default=100_000_000)
    parser.add_argument("--vehicles", type=int, default=20_000)
    options = parser.parse_args(words)
    ready()
    first = int(time.time()) // 86_400 * 86_400 - 86_400 * 40 - 8 * 3_600  # a day's beginning in China
    days, positions = fill(options.positions, options.vehicles, first)
    weigh(positions)
    ask(options.vehicles, first, days)


def patterns() -> list[Any]:
    """Vehicle-days as arrays in the order of COLUMNS, beginning at second 0 of the day."""
    import numpy as np

    from baozhang.gateways.jt808.simulation.car import Car

    found = []
    for n in range(PATTERNS):
        car = Car(Random(n), HOURS[0] * 3_600.0)
        rows = []
        for at in range(HOURS[0] * 3_600, (HOURS[-1] + 1) * 3_600, EVERY):
            spot = car.at(float(at))
            rows.append(
                (at, round(spot.lat * 1e6), round(spot.lon * 1e6), 5, round(spot.kmh * 10), spot.direction, spot.status, 0,
                 round(spot.metres / 100), -1, 11, 23, at + 1)
            )  # fmt: skip
        found.append(np.array(rows, np.int64))
    return found


def packed(vehicle: int, track: Any) -> list[tuple[Any, ...]]:
    """The rows of a vehicle's hours, made as they are in production."""
    import numpy as np

    from baozhang.ch2_provision.vehicles.telemetry import blocks
    from baozhang.ch2_provision.vehicles.telemetry.points import AT, HOUR

    rows = []
    for part in np.split(track, np.flatnonzero(np.diff(track[:, AT] // HOUR)) + 1):
        beside = blocks.summary(part)
        rows.append((vehicle, int(part[0, AT]) // HOUR, *(beside[name] for name in NAMES[2:-1]), blocks.pack(part)))
    return rows


def fill(wanted: int, vehicles: int, first: int) -> tuple[int, int]:
    """Packed hours of so many positions, day after day, by the code that packs in production; (days, positions)."""
    import numpy as np
    from django.db import transaction

    from baozhang.ch2_provision.vehicles.models import TrackBlock
    from baozhang.ch2_provision.vehicles.telemetry.points import AT, HEARD, LAT, LON
    from baozhang.kernel import observation

    driven, chance = patterns(), np.random.default_rng(808)
    began, used, count, day = time.perf_counter(), time.process_time(), 0, 0
    while count < wanted:
        for start in range(1, vehicles + 1, 500):
            rows: list[tuple[Any, ...]] = []
            for vehicle in range(start, min(start + 500, vehicles + 1)):
                if count >= wanted:
                    break
                track = driven[(vehicle + day) % PATTERNS].copy()
                track[:, [LAT, LON]] += chance.integers(-8_000, 8_000, 2) + chance.integers(-20, 20, (len(track), 2))
                track[:, [AT, HEARD]] += first + day * 86_400
                rows += packed(vehicle, track)
                count += len(track)
            with transaction.atomic():
                observation.observe(TrackBlock, NAMES, rows)
        day += 1
        print(f"  {count:,} positions", flush=True)
    seconds = time.perf_counter() - began
    print(
        f"{count:,} positions of {vehicles:,} vehicles packed and written in {seconds:.0f} s ({count / seconds:,.0f}/s; processor {time.process_time() - used:.0f} s)"
    )
    return day, count


def size_of(model: Any) -> int:
    """Bytes of a table with its indexes."""
    from django.db import connection

    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            return int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT SUM(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = %s)", [table]
        )
        return int(cursor.fetchone()[0] or 0)


def weigh(positions: int) -> None:
    """Bytes a position, with indexes and what stands beside the blocks."""
    from django.db.models import Sum
    from django.db.models.functions import Length

    from baozhang.ch2_provision.vehicles.models import TrackBlock

    size, data = size_of(TrackBlock), TrackBlock.objects.aggregate(total=Sum(Length("data")))["total"] or 0
    print(
        f"{size / 1e9:.2f} GB = {size / positions:.1f} bytes a position; {data / positions:.1f} of it are the packed positions",
        flush=True,
    )


def ask(vehicles: int, first: int, days: int) -> None:
    """A vehicle-day's track, its stops, and the kilometres of all on one day."""
    from baozhang.ch2_provision.vehicles.queries.map import day_of
    from baozhang.ch2_provision.vehicles.telemetry.store import STORE

    chance, tracks, whole, found = Random(7), [], [], 0
    for _ in range(ASKED):
        vehicle, day = chance.randrange(1, vehicles + 1), chance.randrange(days)
        since = first + day * 86_400
        began = time.perf_counter()
        found = max(found, len(STORE.track(vehicle, since, since + 86_400)))
        tracks.append((time.perf_counter() - began) * 1_000)
        began = time.perf_counter()
        day_of(vehicle, since, since + 86_400)
        whole.append((time.perf_counter() - began) * 1_000)
    print(
        f"track of a vehicle-day of {found:,} positions: median {statistics.median(tracks):.1f} ms, worst of {ASKED} {max(tracks):.1f} ms; with stops and trips {statistics.median(whole):.1f} ms"
    )
    times = []
    for _ in range(3):
        began = time.perf_counter()
        told = STORE.kilometres(first, first + 86_400)
        times.append((time.perf_counter() - began) * 1_000)
    print(
        f"kilometres of {len(told):,} vehicles for a day: {min(times):,.0f} ms (first time {times[0]:,.0f} ms), mean {statistics.mean(told.values()):.0f} km"
    )
