"""What scenarios may state of positions: where a vehicle with a terminal was at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from baozhang.ch2_provision.running.models import Whereabouts
from baozhang.ch2_provision.running.queries.whereabouts import NAMES, measured, unmeasured
from baozhang.ch2_provision.vehicles.queries.fleet import terminal_of
from baozhang.ch2_provision.vehicles.telemetry.points import Batch, Point
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock, observation
from baozhang.law.scenario.observed import MOMENT, NUMBER, Heading, Observed, Told, declare


def _positions(told: Sequence[Told]) -> None:
    """Positions go into the store, and bills that can be measured by them are."""
    batch = Batch()
    for vehicle, at in told:
        held: Any = vehicle
        terminal = terminal_of(held.plate)
        if terminal is not None:
            second = int(at["at"].timestamp())
            point: Point = (
                second,
                round(at["lat"] * 1_000_000),
                round(at["lon"] * 1_000_000),
                0,
                0,
                0,
                3,
                0,
                None,
                None,
                None,
                None,
                second,
            )
            batch.points.append((terminal.pk, point))
            batch.heard[terminal.pk] = second
    STORE.append(batch)
    observation.observe(Whereabouts, NAMES, measured(unmeasured(clock.today())))


declare(
    Observed(
        ("车辆位置", "positions"),
        "vehicles.vehicle",
        ("车辆", "号牌", "vehicle"),
        (
            Heading("at", ("时间", "at"), MOMENT),
            Heading("lat", ("纬度", "lat"), NUMBER),
            Heading("lon", ("经度", "lon"), NUMBER),
        ),
        _positions,
    )
)
