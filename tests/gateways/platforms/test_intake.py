"""Positions over HTTP: a key of its own, only vehicles within reach, each fault named, the same once more changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.vehicles.actions import intake, sources
from baozhang.ch2_provision.vehicles.models import DoubtfulPosition, RecentPosition, Source, Terminal
from baozhang.ch2_provision.vehicles.telemetry import datum, ways
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import scope
from tests import factories

from .said import said

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]
ADDRESS = "/api/vehicles/positions/"


def source(where: Any, **values: Any) -> tuple[Source, str]:
    """A platform and its key."""
    made = factories.kept(Source, where=where, name=f"平台{where.pk}", **values)
    with scope.everything("test") as by:
        return made, sources.issue_key(made, by=by)


def post(key: str, body: Any, **headers: str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post(
        ADDRESS, text, content_type="application/json", headers={"Authorization": f"Bearer {key}", **headers}
    )


def test_what_can_be_stored_is_and_the_rest_is_named(fleet: Callable[..., Terminal]) -> None:
    mine, _other = fleet("沪A00001"), fleet("沪A00002", "云间区卫生局")
    _source, key = source(mine.organ)
    sent = [
        said("沪A00001", 1), said("沪A00002", 1), said("沪A00001", 2, lat=95), said("沪A00001", 3, located=False),
        said("", 4, terminal=f"000{mine.phone}"), {"plate": "沪A00001"},
    ]  # fmt: skip
    answer = post(key, {"positions": sent})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["stored"], told["doubtful"]) == (2, 1)
    assert {one["place"] for one in told["refused"]} == {1, 2, 5}
    assert "lat" in next(one["why"] for one in told["refused"] if one["place"] == 2)
    assert post(key, {"positions": sent}).json() == told
    assert list(RecentPosition.objects.values_list("vehicle", flat=True).distinct()) == [mine.pk]
    assert RecentPosition.objects.count() == 2
    assert DoubtfulPosition.objects.get().blind, "the engine runs, and there is no fix"


def test_a_sign_that_no_database_keeps_is_named_and_the_rest_is_stored(fleet: Callable[..., Terminal]) -> None:
    mine = fleet("沪A00001")
    made, _key = source(mine.organ)
    answer = intake.take_in(made, [said("沪A\x000001", 1), said("", 2, terminal="1\x003"), said("沪A00001", 3)])
    assert answer.stored == 1
    assert [(one["place"], one["why"].partition(":")[0]) for one in answer.refused] == [(0, "plate"), (1, "terminal")]


def test_an_authority_speaks_for_all_below_it_and_nobody_else(fleet: Callable[..., Terminal]) -> None:
    fleet("沪A00001")
    fleet("沪A00003", "月泾区教育局", place="月泾区")
    above = factories.organ("云间区机关事务管理局", factories.district("云间区"), competence="authority")
    _source, key = source(above)
    told = post(key, {"positions": [said("沪A00001"), said("沪A00003")]}).json()
    assert told["stored"] == 1 and [one["place"] for one in told["refused"]] == [1]


@pytest.mark.parametrize(
    ("body", "status"), [("no JSON", 400), ("[]", 400), ({"positions": 7}, 413), ({"positions": [{}] * 5_001}, 413)]
)
def test_a_body_that_is_none_is_refused(fleet: Callable[..., Terminal], body: Any, status: int) -> None:
    _source, key = source(fleet("沪A00001").organ)
    assert post(key, body).status_code == status


def test_only_the_newest_key_of_a_platform_in_use_opens(fleet: Callable[..., Terminal]) -> None:
    made, old = source(fleet("沪A00001").organ)
    with scope.everything("test") as by:
        key = sources.issue_key(made, by=by)
    body = {"positions": [said("沪A00001")]}
    for wrong in (old, "", "guess"):
        assert post(wrong, body).status_code == 401
    assert post(key, body).json()["stored"] == 1
    _stopped, other = source(factories.organ("云间区卫生局", factories.district("云间区")), state="stopped")
    assert post(other, body).status_code == 401
    assert Client().get(ADDRESS).status_code == 405


def test_shifted_places_are_understood_at_the_door(fleet: Callable[..., Terminal]) -> None:
    _source, key = source(fleet("沪A00001").organ, datum="gcj02")
    lat, lon = datum.to_gcj02(31.03, 121.22)
    assert post(key, {"positions": [said("沪A00001", lat=lat, lon=lon)]}).json()["stored"] == 1
    kept = RecentPosition.objects.get()
    assert (kept.lat, kept.lon) == (31_030_000, 121_220_000)


def test_a_plate_is_read_as_people_write_it_and_must_not_contradict_the_terminal(
    fleet: Callable[..., Terminal],
) -> None:
    mine, second = fleet("沪A00001"), fleet("沪A00002")
    theirs = fleet("沪A00009", "云间区卫生局")
    made, _key = source(mine.organ)
    sent = [
        said("沪a·00001", 1), said(" 沪A 00001", 2), said("", 3, terminal=f" 00{mine.phone} "), said("沪A00001", 4, terminal=mine.phone),
        said("沪A00001", 5, terminal="其他平台的编号"), said("沪A00001", 6, terminal=second.phone), said("沪A00009", 7, terminal=mine.phone),
        said("沪A99999", 8, terminal=mine.phone), said("沪A00001", 9, terminal=theirs.phone),
    ]  # fmt: skip
    answer = intake.take_in(made, sent)
    assert {one["place"] for one in answer.refused} == {5, 6, 7}
    assert set(RecentPosition.objects.values_list("vehicle", flat=True)) == {mine.pk}
    assert answer.stored == 6


ODD = [
    {"lat": float("nan")}, {"lon": float("inf")}, {"lat": 1e400}, {"speed": float("nan")}, {"odometer": float("-inf")}, {"lat": "north"},
    {"time": "2026-03-05T08:00:00"}, {"time": "yesterday"}, {"time": 10**30}, {"time": float("nan")}, {"time": None}, {"alarm": 2**32},
    {"direction": -1}, {"altitude": 10**30}, {"plate": 7}, {"plate": "\ud800"}, {"plate": "沪" * 13}, {"speed": 36_500}, {"acc": "maybe"},
    {"time": "9999-12-31T23:59:59-23:59"}, {"time": "0001-01-01T00:00:00+23:59"}, {"terminal": "\ud800"}, {"terminal": ["1"]},
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=[f"{next(iter(one))}-{n}" for n, one in enumerate(ODD)])
def test_what_can_never_be_a_position_is_named_or_set_apart_and_costs_no_other(
    fleet: Callable[..., Terminal], odd: dict[str, Any]
) -> None:
    mine = fleet("沪A00001")
    _source, key = source(mine.organ)
    answer = post(key, {"positions": [said("沪A00001", 1), {**said("沪A00001", 2), **odd}, said("沪A00001", 3)]})
    told = answer.json()
    assert answer.status_code == 200 and told["stored"] == 2, told
    assert told["doubtful"] + len(told["refused"]) == 1
    assert RecentPosition.objects.count() == 2


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"positions": ' + "[" * 100_000, '{"positions": [' + "9" * 5_000 + "]}"]
)
def test_a_body_as_deep_or_long_as_it_goes_is_refused_in_words(fleet: Callable[..., Terminal], body: str) -> None:
    _source, key = source(fleet("沪A00001").organ)
    assert post(key, body).status_code == 400


def test_a_source_that_says_nothing_of_speed_and_engine_says_neither_that_it_stands_nor_that_it_runs(
    fleet: Callable[..., Terminal],
) -> None:
    mine = fleet("沪A00001")
    made, _key = source(mine.organ)
    first = said("沪A00001", 0)
    start = dt.datetime.fromisoformat(first["time"])

    def told(second: int, lon: float) -> dict[str, Any]:
        return {
            "plate": "沪A00001",
            "time": (start + dt.timedelta(seconds=second)).isoformat(),
            "lat": 31.03,
            "lon": lon,
        }

    drove = [told(2 * n, 121.22 + n * 0.0002) for n in range(300)]  # nineteen metres each two seconds
    stood = [told(600 + 30 * n, 121.22 + 299 * 0.0002) for n in range(40)]
    assert intake.take_in(made, drove + stood).stored == 340
    at = int(start.timestamp())
    track = STORE.track(mine.pk, at, at + 7_200)
    trips, idles = ways.both(track)
    assert ways.kilometres(track) == pytest.approx(5.7, rel=0.02)
    assert [trip.km for trip in trips] == [pytest.approx(5.7, rel=0.03)] and not idles
    rows = RecentPosition.objects.values(
        "at", "lat", "lon", "altitude", "speed", "direction", "status", "alarm", "odometer"
    )
    passed = intake.written(rows[0] | {"plate": "沪A00001", "phone": ""})
    assert passed["speed"] is None and intake.take_in(made, [passed]).stored == 1


def test_numbers_with_a_fraction_are_rounded_where_whole_ones_are_kept(fleet: Callable[..., Terminal]) -> None:
    made, _key = source(fleet("沪A00001").organ)
    answer = intake.take_in(made, [said("沪A00001", 1, direction=89.6, altitude=-4.4, speed=36.54, odometer=12.34)])
    assert (answer.stored, answer.refused) == (1, [])
    kept = RecentPosition.objects.get()
    assert (kept.direction, kept.altitude, kept.speed, kept.odometer) == (90, -4, 365, 123)
