"""Positions over HTTP: a key of its own, only vehicles within reach, each fault named, the same once more changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.vehicles.actions import intake, sources
from baozhang.ch2_provision.vehicles.models import DoubtfulPosition, RecentPosition, Source, Terminal
from baozhang.ch2_provision.vehicles.telemetry import datum
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
