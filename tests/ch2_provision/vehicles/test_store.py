"""The store of positions: packed and unpacked it is the same, late and doubled ones come to where they belong."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from baozhang.ch2_provision.vehicles import actions, jobs
from baozhang.ch2_provision.vehicles.choices import Doubt
from baozhang.ch2_provision.vehicles.models import CardEvent, DoubtfulPosition, MediaItem, RecentPosition, TrackBlock
from baozhang.ch2_provision.vehicles.telemetry import blocks, points, ways
from baozhang.ch2_provision.vehicles.telemetry.points import AT, DAY, HOUR, LAT, LON, Batch, doubt_of
from baozhang.ch2_provision.vehicles.telemetry.store import STORE, day_of
from baozhang.kernel import clock
from tests.conftest import TODAY

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "samples"
TRACKS = Path(os.environ.get("BAOZHANG_SAMPLES", BESIDE)) / "gps"
MORNING = int(dt.datetime(2026, 3, 2, 8, tzinfo=clock.ZONE).timestamp())


def point(at: int, lat: float = 31.2, lon: float = 121.4, *, speed: int = 400, alarm: int = 0, odometer: int | None = None,
          heard: int | None = None) -> points.Point:  # fmt: skip
    return (
        at, round(lat * 1e6), round(lon * 1e6), 5, speed, 90, 3, alarm, odometer, None, 9, None, at + 2 if heard is None else heard
    )  # fmt: skip


def drive(at: int, count: int, step: int = 10, *, lat: float = 31.2, lon: float = 121.4) -> list[points.Point]:
    """A vehicle that goes east at about 38 km/h."""
    return [point(at + step * n, lat, lon + 0.00112 * n, odometer=1000 + n) for n in range(count)]


def write(vehicle: int, *given: points.Point) -> None:
    STORE.append(Batch([(vehicle, one) for one in given], [], {vehicle: max(one[-1] for one in given)}))


numbers = st.tuples(
    st.integers(0, HOUR - 1), st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000),
    st.integers(0, 65535), st.integers(-1, 65535), st.integers(0, 65535), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1),
    st.none() | st.integers(0, 2**32 - 1), st.none() | st.integers(0, 65535), st.none() | st.integers(0, 255),
    st.none() | st.integers(0, 255), st.integers(-2000, 10**8),
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(numbers, min_size=1, max_size=40), st.integers(300_000, 600_000))
def test_a_packed_hour_loses_nothing(given_, hour):
    rows = blocks.rows_of([(at + hour * HOUR, *rest, at + hour * HOUR + lag) for at, *rest, lag in given_])
    assert (blocks.unpack(blocks.pack(rows), hour) == rows).all()
    assert (np.diff(rows[:, AT]) > 0).all()


def test_a_position_costs_some_bytes():
    chance, at, lon, track = random.Random(1), MORNING, 121.4, []
    for n in range(360):
        lon += chance.uniform(0.0009, 0.0013)
        track.append(
            point(at + 10 * n, 31.2 + chance.uniform(0, 1e-4), lon, speed=chance.randint(300, 600), odometer=n)
        )
    assert len(blocks.pack(blocks.rows_of(track))) < 360 * 14


def test_a_track_is_the_same_before_and_after_packing(db):
    track = drive(MORNING, 1_000)
    shuffled = track[:]
    random.Random(3).shuffle(shuffled)
    write(1, *shuffled)
    write(2, *drive(MORNING, 10))
    since, until = day_of(dt.date(2026, 3, 2))
    before, km = STORE.track(1, since, until), STORE.kilometres(since, until)
    assert STORE.pack(MORNING + DAY) == 1_010
    assert RecentPosition.objects.count() == 0 and TrackBlock.objects.filter(vehicle=1).count() == 3
    after = STORE.track(1, since, until)
    assert (before == after).all() and len(after) == 1_000
    assert STORE.kilometres(since, until) == pytest.approx(km)
    assert km[1] == pytest.approx(ways.kilometres(after), rel=1e-3) == pytest.approx(0.10653 * 999, rel=0.01)
    assert STORE.pack(MORNING + DAY) == 0
    block = TrackBlock.objects.filter(vehicle=1).order_by("hour").first()
    assert (block.count, block.first_at, block.odometer_first, block.odometer_last) == (360, MORNING, 1000, 1359)


def test_what_comes_late_or_twice_is_put_where_it_belongs(db):
    track = drive(MORNING, 400)
    write(1, *track[:100], *track[150:])
    STORE.pack(MORNING + 4 * HOUR)
    write(1, *track[90:160])  # from a blind zone, hours later, ten of them known already
    since, until = day_of(dt.date(2026, 3, 2))
    assert [row[AT] for row in STORE.track(1, since, until)] == [one[AT] for one in track]
    mixed = STORE.kilometres(since, until)
    STORE.pack(MORNING + 4 * HOUR)
    assert [row[AT] for row in STORE.track(1, since, until)] == [one[AT] for one in track]
    assert (
        STORE.kilometres(since, until)[1]
        == pytest.approx(mixed[1])
        == pytest.approx(ways.kilometres(blocks.rows_of(track)), rel=1e-3)
    )
    assert sum(TrackBlock.objects.values_list("count", flat=True)) == 400


def test_only_hours_that_are_over_are_packed_and_a_moment_before_them_too(db):
    write(1, point(MORNING + HOUR - 1), point(MORNING + HOUR))
    assert STORE.pack(MORNING + HOUR + 59) == 1
    assert RecentPosition.objects.get().at == MORNING + HOUR


def test_an_alarm_in_the_same_second_is_not_lost(db):
    write(1, point(MORNING, alarm=1), point(MORNING, alarm=2))
    write(1, point(MORNING, alarm=8))
    STORE.pack(MORNING + DAY)
    write(1, point(MORNING, alarm=16))
    (row,) = STORE.track(1, MORNING, MORNING + 1)
    assert row[points.ALARM] == 27


def test_current_positions_follow_the_vehicles_clock_not_the_order_of_arrival(db):
    write(1, point(MORNING + 60, 31.3), point(MORNING, 31.1))
    write(1, point(MORNING + 30, 31.2, heard=MORNING + 900))
    STORE.append(Batch(heard={2: MORNING}))
    first, second = STORE.current()
    assert (first.at, first.lat, first.heard) == (MORNING + 60, 31_300_000, MORNING + 900)
    assert (second.vehicle, second.at, second.heard) == (2, None, MORNING)
    assert [one.vehicle for one in STORE.current([2, 5])] == [2]


NOW = MORNING + 60


@pytest.mark.parametrize(
    ("at", "lat", "lon", "speed", "status", "doubt"),
    [
        (MORNING, 31_200_000, 121_400_000, 400, 3, ""),
        (MORNING, 31_200_000, 121_400_000, 400, 1, Doubt.NO_FIX),
        (None, 31_200_000, 121_400_000, 400, 3, Doubt.NO_TIME),
        (MORNING, 0, 0, 0, 3, Doubt.ZERO),
        (MORNING, 31_200_000, 0, 0, 3, Doubt.ZERO),
        (MORNING, -31_200_000, 121_400_000, 0, 3, Doubt.PLACE),
        (MORNING, 95_000_000, 121_400_000, 0, 3, Doubt.PLACE),
        (NOW + points.AHEAD, 31_200_000, 121_400_000, 0, 3, ""),
        (NOW + points.AHEAD + 1, 31_200_000, 121_400_000, 0, 3, Doubt.FUTURE),
        (NOW - points.BEHIND, 31_200_000, 121_400_000, 0, 3, ""),
        (NOW - points.BEHIND - 1, 31_200_000, 121_400_000, 0, 3, Doubt.PAST),
        (MORNING, 31_200_000, 121_400_000, points.FASTEST, 3, ""),
        (MORNING, 31_200_000, 121_400_000, points.FASTEST + 1, 3, Doubt.SPEED),
    ],
)
def test_what_cannot_be_true_is_told_from_what_can(at, lat, lon, speed, status, doubt):
    assert doubt_of(at, lat, lon, speed, status, NOW) == doubt


def test_a_doubtful_position_sent_again_is_one(db):
    for _ in range(2):
        STORE.append(Batch(doubts=[(1, b"d" * 16, Doubt.NO_FIX.value, None, NOW, False, b"body")], heard={1: NOW}))
    assert DoubtfulPosition.objects.count() == 1
    assert len(STORE.track(1, 0, 2**33)) == 0


def test_nothing_is_forgotten_before_somebody_has_said_when(db, monkeypatch):
    old = int(dt.datetime.combine(TODAY, dt.time(), clock.ZONE).timestamp()) - 100 * DAY
    write(1, point(old), point(old + 99 * DAY))
    STORE.pack(old + 99 * DAY)
    for at in (old, old + 99 * DAY):
        actions.note_card(1, at, at, put_in=True, result=0, holder="x")
        actions.note_media(
            1, at, dict.fromkeys(("number", "kind", "format", "event", "channel", "at", "size"), 1), str(at)
        )
    assert jobs.forget()["forgotten"] == 0
    monkeypatch.setattr(
        jobs, "Figures", lambda day: type("", (), {"vehicles": type("", (), {"positions": type("", (), {"days": 90})})})
    )
    assert jobs.forget() == {"forgotten": 3, "days": 90}, "who drove, and what was taken on the way, goes with the way"
    assert [CardEvent.objects.get().at, MediaItem.objects.get().heard] == [old + 99 * DAY] * 2
    assert [row[AT] for row in STORE.track(1, 0, 2**33)] == [old + 99 * DAY]


def test_a_jump_is_left_out_and_a_new_place_is_believed_when_it_lasts():
    track = drive(MORNING, 60)
    km = ways.kilometres(blocks.rows_of(track))
    broken = track[:]
    broken[30] = point(track[30][AT], 33.0, 121.4)
    assert ways.kilometres(blocks.rows_of(broken)) == pytest.approx(km, rel=0.001)
    away = track[:30] + drive(track[29][AT] + 10, 30, lat=32.0)
    assert ways.believed(blocks.rows_of(away)).sum() >= 59


def test_a_parked_vehicle_does_not_drive():
    chance = random.Random(5)
    parked = [point(MORNING + 10 * n, 31.2 + chance.uniform(-1e-4, 1e-4), 121.4, speed=0) for n in range(360)]
    assert ways.kilometres(blocks.rows_of(parked)) == 0


def test_trips_are_cut_at_stops_and_where_the_vehicle_was_lost():
    there = drive(MORNING, 60)
    stood = [point(MORNING + 600 + 10 * n, 31.2, 121.4 + 0.00112 * 59, speed=0) for n in range(60)]
    back = drive(MORNING + 1200, 60, lon=121.4 + 0.00112 * 60)
    lost = drive(MORNING + 1800 + 1000, 60, lon=121.6)
    rows = blocks.rows_of([*there, *stood, *back, *lost])
    (stop,) = ways.stops(rows)
    assert abs(stop.seconds - 600) <= 30
    trips = ways.trips(rows)
    assert [round(trip.km) for trip in trips] == [6, 6, 6]
    assert trips[0].speed_most == 40 and trips[0].until <= stop.since + 10 and trips[1].since >= stop.until - 20
    assert len(ways.pieces(rows)) == 2 and ways.trips(rows[:0]) == [] and ways.stops(rows[:1]) == []


def test_the_kilometres_of_real_tracks():
    if not TRACKS.exists():
        pytest.skip(f"no samples: {TRACKS} is not there")
    tracks: dict[str, list[points.Point]] = {}
    with (TRACKS / "wuxi_taxi.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            at = int(dt.datetime.fromisoformat(f"{line['time_local_utc8']}+08:00").timestamp())
            place = (round(float(line["latitude"]) * 1e6), round(float(line["longitude"]) * 1e6))
            tracks.setdefault(line["vehicle"], []).append((at, *place, 0, None, 0, 3, 0, None, None, None, None, at))
    for vehicle, said in json.loads((TRACKS / "statistics.json").read_text())["wuxi_taxi.csv"].items():
        rows = blocks.rows_of(tracks[vehicle])
        assert ways.kilometres(rows) == pytest.approx(said["haversine_km"], rel=0.02), vehicle
        assert len(ways.pieces(rows)) == said["segments_split_at_5min"]
        assert (len(rows), np.diff(rows[:, AT]).max()) == (said["points"], said["max_gap_s"])
    assert rows[0, LAT] and rows[0, LON]


@pytest.mark.parametrize("ask", ["track", "kilometres"])
def test_an_hour_that_is_packed_while_it_is_read_is_in_the_answer(db, ask):
    """Between the two questions of an answer the rows of an hour may become a block."""
    write(1, *drive(MORNING, 300))
    since, until = day_of(dt.date(2026, 3, 2))
    km, asked = STORE.kilometres(since, until)[1], []

    def packs(execute, sql, params, many, context):
        asked.append(sql)
        if len(asked) == 2:
            assert STORE.pack(MORNING + DAY) == 300
        return execute(sql, params, many, context)

    with connection.execute_wrapper(packs):
        found = STORE.track(1, since, until) if ask == "track" else STORE.kilometres(since, until)
    assert TrackBlock.objects.count() == 1
    assert len(found) == 300 if ask == "track" else found[1] == pytest.approx(km, rel=1e-3)
