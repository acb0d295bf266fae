"""The map: only one's own vehicles, only what has changed, always the same number of queries; a day's replay; the datum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.vehicles.models import Area, Terminal, TrackReading
from baozhang.ch2_provision.vehicles.telemetry import streets
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import clock, ledger
from tests import factories

from .conftest import Fleet

pytestmark = pytest.mark.django_db
Door = Callable[..., Client]
LAT, LON = 31_030_000, 121_220_000


def report(terminal: Terminal, *spots: tuple[int, int, int, int], heard: int | None = None) -> None:
    """Positions of a terminal: (seconds since 1970, millionths north, millionths east, tenths of km/h)."""
    batch = Batch()
    for at, lat, lon, speed in spots:
        batch.points.append((terminal.pk, (at, lat, lon, 5, speed, 90, 3, 0, None, None, None, None, at)))
    batch.heard[terminal.pk] = heard or spots[-1][0]
    STORE.append(batch)


def now() -> int:
    return int(clock.now().timestamp())


@pytest.fixture
def two(fleet: Fleet) -> tuple[Terminal, Terminal]:
    """A terminal of ours and one of another agency; both have said where they are."""
    mine = factories.kept(Terminal, where=fleet.mine, plate="沪A00001")
    theirs = factories.kept(Terminal, where=fleet.theirs, plate="沪A00002")
    for one in (mine, theirs):
        report(one, (now() - 60, LAT, LON, 420))
    return mine, theirs


def plates(answer: Any) -> set[str]:
    return {row[1] for row in answer.json()["vehicles"]}


def test_each_sees_the_vehicles_of_his_reach(two: tuple[Terminal, Terminal], as_user: Door, fleet: Fleet) -> None:
    for who, seen in (("clerk-v", {"沪A00001"}), ("clerk2-v", {"沪A00002"}), ("officer-v", {"沪A00001", "沪A00002"})):
        client = as_user(who)
        assert plates(client.get("/vehicles/map/positions.json")) == seen, who
        assert "车辆地图" in client.get("/vehicles/map/").content.decode()
    mine, theirs = two
    client = as_user("clerk-v")
    for page in ("story/", "track/"):
        assert client.get(f"/vehicles/map/{theirs.pk}/{page}").status_code == 404
        assert client.get(f"/vehicles/map/{mine.pk}/{page}").status_code in (200, 302)
    assert client.post(f"/vehicles/map/{theirs.pk}/track.json").status_code == 404
    for page in ("", "positions.json", "ground.json", f"{mine.pk}/track/"):
        assert as_user("money-v").get(f"/vehicles/map/{page}").status_code == 403, page
    assert as_user("money-v").post(f"/vehicles/map/{mine.pk}/track.json").status_code == 403


def test_only_what_has_changed_in_the_box_is_told(two: tuple[Terminal, Terminal], as_user: Door) -> None:
    mine, _theirs = two
    client = as_user("officer-v")
    first = client.get("/vehicles/map/positions.json").json()
    assert set(first["organs"].values()) == {"云间区教育局", "云间区卫生局"}
    later = f"/vehicles/map/positions.json?since={first['now']}"
    assert plates(client.get(later)) == set()
    report(mine, (now() + 2, LAT + 5_000, LON, 300))
    assert plates(client.get(later)) == {"沪A00001"}
    box = f"{LON / 1e6 - 0.001},{LAT / 1e6 - 0.001},{LON / 1e6 + 0.001},{LAT / 1e6 + 0.001}"
    assert plates(client.get(f"/vehicles/map/positions.json?box={box}")) == {"沪A00002"}
    for box in ("here", "inf,0,0,0"):
        assert client.get(f"/vehicles/map/positions.json?box={box}").status_code == 422


def test_queries_do_not_grow_with_the_fleet(two: tuple[Terminal, Terminal], as_user: Door, fleet: Fleet) -> None:
    client = as_user("officer-v")
    counts = []
    for more in (0, 7):
        for n in range(more):
            report(factories.kept(Terminal, where=fleet.mine, plate=f"沪B0000{n}"), (now() - 60, LAT, LON + n, 0))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/vehicles/map/positions.json")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_stopped_terminal_is_not_on_the_map(fleet: Fleet, as_user: Door) -> None:
    stopped = factories.kept(Terminal, where=fleet.mine, plate="沪A00003", state="stopped")
    report(stopped, (now() - 60, LAT, LON, 0))
    assert plates(as_user("clerk-v").get("/vehicles/map/positions.json")) == set()


def test_a_day_is_told_with_its_stops(fleet: Fleet, as_user: Door) -> None:
    mine = fleet.fit("沪A00001")
    start = now() - 3_600
    drive = [(start + 30 * n, LAT + 3_000 * n, LON, 400) for n in range(20)]
    stand = [(start + 600 + 60 * n, LAT + 60_000, LON, 0) for n in range(12)]
    report(mine, *drive, *stand)
    client = as_user("clerk-v")
    day = client.post(f"/vehicles/map/{mine.pk}/track.json").json()
    assert len(day["stops"]) == 1
    assert day["stops"][0][0] == pytest.approx(start + 600, abs=60)
    assert day["km"] == pytest.approx(20 * 3_000 / 1e6 * streets.NORTH_M / 1_000, rel=0.05)
    assert client.post(f"/vehicles/map/{mine.pk}/track.json?day=2026-03-03").json()["points"] == []
    assert client.get(f"/vehicles/map/{mine.pk}/track/?day=yesterday").status_code == 422
    page = client.get(f"/vehicles/map/{mine.pk}/track/").content.decode()
    assert "day=2026-03-03" in page and "day=2026-03-05" not in page


def test_the_way_from_the_map_leads_to_the_file(fleet: Fleet, as_user: Door) -> None:
    held, terminal = fleet.vehicle("沪A12345"), fleet.fit("沪A12345")
    client = as_user("clerk-v")
    told = client.get(f"/vehicles/map/{terminal.pk}/story/")
    assert told.url.endswith(f"/{held.pk}/") and "terminals" not in told.url
    assert f"/vehicles/map/{terminal.pk}/track/" in client.get(told.url).content.decode()
    alone = factories.kept(Terminal, where=fleet.mine, plate="沪A54321")
    assert f"/vehicles/terminals/{alone.pk}/" in client.get(f"/vehicles/map/{alone.pk}/story/").url


def test_the_ground_is_the_operators_file(fleet: Fleet, as_user: Door, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "MAP_GROUND", tmp_path / "none.geojson")
    client = as_user("clerk-v")
    assert client.get("/vehicles/map/ground.json").json()["features"] == []
    (tmp_path / "own.geojson").write_text('{"type": "FeatureCollection", "features": [{"own": 1}]}')
    monkeypatch.setattr(settings, "MAP_GROUND", tmp_path / "own.geojson")
    assert client.get("/vehicles/map/ground.json").json()["features"] == [{"own": 1}]
    factories.kept(Area, where=fleet.mine, organ=fleet.mine, name="云间区")
    own, area = client.get("/vehicles/map/ground.json").json()["features"]
    (((corner, *_corners),),) = area["geometry"]["coordinates"]
    assert own == {"own": 1} and area["properties"]["name"] == "云间区" and corner == [121.1, 31.0]


def test_whoever_reads_a_track_is_put_down_once_a_day(
    two: tuple[Terminal, Terminal], as_user: Door, fleet: Fleet
) -> None:
    mine, theirs = two
    officer, today = as_user("officer-v"), clock.today()
    for address in (f"/vehicles/map/{mine.pk}/track.json", f"/vehicles/map/{mine.pk}/track.json?day={today}"):
        assert officer.post(address).status_code == 200
    assert officer.post(f"/vehicles/map/{mine.pk}/track.json?day=2026-01-02").status_code == 200
    assert as_user("clerk-v").post(f"/vehicles/map/{theirs.pk}/track.json").status_code == 404
    rows = TrackReading._base_manager.order_by("pk").values_list("terminal", "reader", "track_day", "read_on", "organ")
    who = fleet.users["officer"].pk
    assert list(rows) == [
        (mine.pk, who, today, today, fleet.mine.pk), (mine.pk, who, dt.date(2026, 1, 2), today, fleet.mine.pk),
    ]  # fmt: skip
    entry = ledger.Entry.objects.get(kind="vehicles.trackreading", record_id=TrackReading._base_manager.latest("pk").pk)
    assert (entry.act, entry.by_name) == ("vehicles.track_read", fleet.users["officer"].name)
    boss = as_user("boss-v")
    assert fleet.users["officer"].name in boss.get(f"/vehicles/terminals/{mine.pk}/").content.decode()
    assert as_user("clerk-v").get("/vehicles/track-readings/").status_code == 403
