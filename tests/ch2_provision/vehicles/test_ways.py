"""The limits of the method, each from both sides: what a point may jump, what a standing receiver may wander, how long an engine ran."""

from __future__ import annotations

import numpy as np
import pytest

from baozhang.ch2_provision.vehicles.telemetry import blocks, ways
from baozhang.ch2_provision.vehicles.telemetry.points import Point

MORNING = 1_772_409_600  # an ordinary day
DEGREE = ways.RADIUS * np.pi / 180  # metres of a degree along a meridian


def at(second: float, metres: float, *, speed: int = 360, engine: bool = True) -> Point:
    """A position so many metres north of a place; its speed in tenths of a kilometre an hour."""
    moment, lat = MORNING + round(second), round((31.2 + metres / DEGREE) * 1e6)
    return moment, lat, 121_400_000, 5, speed, 0, 2 + engine, 0, None, None, 9, None, moment


def way(count: int = 31, metres: float = 100, step: int = 10, speed: int = 360) -> list[Point]:
    """A way due north."""
    return [at(n * step, n * metres, speed=speed) for n in range(count)]


def test_a_degree_of_a_meridian_is_as_long_as_it_is() -> None:
    rows = blocks.rows_of([at(n * 60, n * DEGREE / 50) for n in range(51)])
    assert ways.kilometres(rows) == pytest.approx(111.195, abs=0.01)


@pytest.mark.parametrize(("metres", "believed"), [(600, True), (760, True), (950, False), (1_600, False)])
def test_a_point_is_believed_where_a_vehicle_can_be(metres: float, believed: bool) -> None:
    """Ten seconds at 250 km/h are 694 metres, and a hundred may be wrong."""
    points = way()
    points[15] = at(150, 1_400 + metres)
    assert bool(ways.believed(blocks.rows_of(points))[15]) is believed


@pytest.mark.parametrize(("count", "believed"), [(1, False), (2, False), (3, True)])
def test_what_is_far_off_at_the_end_of_a_track_is_believed_when_it_lasts(count: int, believed: bool) -> None:
    points = way() + [at(310 + 10 * n, 50_000 + 100 * n) for n in range(count)]
    marks = ways.believed(blocks.rows_of(points))
    assert bool(marks[-1]) is believed and marks[:31].all()


@pytest.mark.parametrize(
    ("metres", "speed", "counts"),
    [(29, 0, False), (29, 19, False), (31, 0, True), (100, 0, True), (29, 20, True), (29, 100, True), (29, -1, True)],
)
def test_a_standing_receiver_wanders_and_a_slow_vehicle_goes(metres: float, speed: int, counts: bool) -> None:
    gone = ways.kilometres(blocks.rows_of(way(11, metres, 60, speed)))
    assert gone == pytest.approx(metres / 100 if counts else 0, rel=0.01)


def test_an_engine_is_not_said_to_run_while_nobody_heard_of_it() -> None:
    there, back = way(), [at(4_000 + 10 * n, 3_000 - 100 * n) for n in range(31)]
    stood = [at(300 + 30 * n, 3_000, speed=0) for n in range(1, 21)]
    silent = [at(2_400 + 30 * n, 3_000, speed=0) for n in range(21)]
    _trips, idles = ways.both(blocks.rows_of([*there, *stood, *silent, *back]))
    assert [(one.since - MORNING, one.until - MORNING) for one in idles] == [(300, 900), (2_400, 3_000)]


@pytest.mark.parametrize(("held", "kmh"), [(2, 36.0), (3, 130.0)])
def test_a_speed_is_held_by_three_positions_in_a_row(held: int, kmh: float) -> None:
    points = [*way()[:15], *(at(150 + 10 * n, 1_500 + 100 * n, speed=1_300) for n in range(held)), *way()[15 + held :]]
    ((trip,), _idles) = ways.both(blocks.rows_of(points))
    assert (trip.speed_most, trip.speed_held) == (130.0, kmh)
