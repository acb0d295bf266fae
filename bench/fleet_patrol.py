"""All rules of vehicles over a city's fleet and a month of its positions: the night's gathering, the first patrol, and the next one.

    python scripts/postgres.py --durable -- .venv/bin/python -m bench.fleet_patrol [--vehicles 20000] [--profile]

on the database of BAOZHANG_DATABASE_URL, which it fills; give it one that may be thrown away.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime as dt
import os
import pstats
import sys
import tempfile
import time
from typing import Any

ROOMS = ("vehicles", "trips", "running")
ASKED = 60.0  # seconds for a patrol
# What an authority would have issued: without them some rules say nothing, which costs nothing.
ISSUED = {
    "vehicles.trips.late_hours": 48, "vehicles.trips.daily_hours": 8, "vehicles.terminal.silent_days": 7, "vehicles.running.fuel_over": 20,
    "vehicles.running.odometer_drift": 30, "vehicles.running.fuellings_a_day": 1, "vehicles.trips.idle_minutes": 15,
}  # fmt: skip
SCANS = (
    "SELECT vehicle, day, count(*), sum(metres) FROM trips_movement GROUP BY vehicle, day",
    "SELECT vehicle_id, count(*), sum(odometer_in - odometer_out), sum(CASE WHEN odometer_out < 100 THEN 1 ELSE 0 END) FROM trips_dispatch GROUP BY vehicle_id",
    "SELECT vehicle_id, kind, count(*), sum(amount), sum(quantity) FROM running_cost GROUP BY vehicle_id, kind",
    "SELECT dispatch_id, count(*) FROM trips_request GROUP BY dispatch_id",
)


def main() -> None:
    """Prints a table, ours beside the limit."""
    parser = argparse.ArgumentParser(prog="bench.fleet_patrol")
    parser.add_argument("--vehicles", type=int, default=20_000)
    parser.add_argument(
        "--profile", action="store_true", help="where the time of the first patrol goes, by rule and by function"
    )
    options = parser.parse_args()
    os.environ.setdefault("BAOZHANG_HOME", tempfile.mkdtemp(prefix="baozhang-fleet-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "baozhang.site.settings"
    os.environ.setdefault("BAOZHANG_LOG", "ERROR")
    from .positions import ready

    ready()
    from . import fleet_city
    from .table import machine, shown

    print(machine(), flush=True)
    fleet = fleet_city.Fleet(options.vehicles)
    fleet.build()
    lines = [measure.as_dict() for measure in measures(fleet, profile=options.profile)]
    print(shown(f"{options.vehicles:,} vehicles, {fleet.positions:,.0f} positions in {fleet_city.DAYS} days", lines))


def measures(fleet: Any, *, profile: bool = False) -> list[Any]:
    """The night before, then two patrols."""
    from baozhang.kernel import clock
    from baozhang.law.issued import IssuedValue, also_issued

    from .fleet_city import DAY

    issued = [IssuedValue(key, "", value, dt.date(2025, 1, 1)) for key, value in ISSUED.items()]
    with clock.on(DAY), also_issued(issued):
        made = [gathering(fleet)]
        for words in ("patrol of all rules of vehicles", "the same again, nothing changed"):
            made.append(patrolling(fleet, words, again=len(made) > 1, profile=profile and len(made) == 1))
    return made


def gathering(fleet: Any) -> Any:
    """The ways of a working day and the night's places, from the positions themselves: once a night."""
    from baozhang.ch2_provision.trips.jobs import gather
    from baozhang.kernel import clock

    from .fleet_city import working_day
    from .meter import Measure, own_peak, used

    with clock.on(working_day() + dt.timedelta(days=1)), used() as ours:
        told = gather()
    begun = time.perf_counter()
    limit, positions = _unpacked(fleet)
    limit = time.perf_counter() - begun
    return Measure(
        "gather", f"a day's tracks to {told['ways']:,} ways ({positions:,} positions)", "", median=ours.wall, rate=positions / ours.wall,
        unit="positions/s", limit=limit, limit_words="the day's packed hours read in one query and unpacked", ratio=ours.wall / limit,
        app_cpu=ours.app, server_cpu=ours.server, peak=own_peak(),
    )  # fmt: skip


def _unpacked(fleet: Any) -> tuple[float, int]:
    from baozhang.ch2_provision.vehicles.models import TrackBlock
    from baozhang.ch2_provision.vehicles.telemetry import blocks

    from .fleet_city import seconds, working_day

    first = seconds(working_day()) // 3_600
    rows = TrackBlock.objects.filter(hour__gte=first, hour__lt=first + 24).values_list("hour", "data").iterator(5_000)
    return 0.0, sum(len(blocks.unpack(bytes(data), hour)) for hour, data in rows)


def patrolling(fleet: Any, words: str, *, again: bool, profile: bool) -> Any:
    """One patrol of all rules of the three rooms."""
    from baozhang.ch4_supervision.warnings.patrol import patrol
    from baozhang.law.rules import rules

    from .fleet_city import DAY
    from .meter import Measure, own_peak, used

    names = sorted({one.name for one in rules(DAY) if one.look.__module__.split(".")[2] in ROOMS})
    took = [] if not profile else [_profiled(names)]
    if took:
        return took[0]
    with used() as ours:
        report = patrol(names=names)
    if report.total("error_count"):
        raise SystemExit(f"rules failed: {[count.errors for count in report.counts.values() if count.errors]}")
    if again and report.total("new") + report.total("changed") + report.total("resolved"):
        raise SystemExit("the second patrol changed something")
    found = report.total("found")
    limit = _scan(0 if again else found)
    return Measure(
        "again" if again else "patrol", f"{words} ({len(names)}), {found:,} findings", f"< {ASKED:.0f} s", met=ours.wall < ASKED, median=ours.wall,
        rate=fleet.size / ours.wall, unit="vehicles/s", limit=limit, limit_words="one scan of ways, trips, bills and requests with sums, and as many log rows as findings",
        ratio=ours.wall / limit, app_cpu=ours.app, server_cpu=ours.server, peak=own_peak(),
        notes=[f"{name}: {count.looked:,} looked at, {count.found:,} found" for name, count in report.counts.items()],
    )  # fmt: skip


def _scan(findings: int) -> float:
    """What any patrol has to read and write at least."""
    from django.db import connection, transaction

    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in SCANS:
            cursor.execute(statement)
            cursor.fetchall()
        cursor.execute(
            "INSERT INTO kernel_entry (kind, record_id, seq, organ_id, day, at, by_name, by_organ, act, note, changes, batch, prev, hash)"
            " SELECT 'bench', id, 1, organ_id, '2026-01-01', kept_at, '', '', 'add', '', number, '', head, head FROM trips_dispatch"
            f" ORDER BY id LIMIT {2 * findings}"
        )
        transaction.set_rollback(True)
    return time.perf_counter() - begun


def _profiled(names: list[str]) -> Any:
    """The first patrol rule by rule, slowest first, and under the profiler."""
    from baozhang.ch4_supervision.warnings.patrol import patrol

    from .meter import Measure

    watch, times = cProfile.Profile(), {}
    for name in names:
        begun = time.perf_counter()
        watch.enable()
        patrol(names=[name])
        watch.disable()
        times[name] = time.perf_counter() - begun
    for name, took in sorted(times.items(), key=lambda pair: -pair[1]):
        print(f"  {took:7.2f} s  {name}")
    pstats.Stats(watch, stream=sys.stdout).sort_stats("cumulative").print_stats(45)
    return Measure("patrol", "patrol under the profiler", "", median=sum(times.values()))


if __name__ == "__main__":
    main()
