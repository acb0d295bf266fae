"""Simulated terminals that misbehave in every way: what they were answered is stored, each position once, and nothing else."""

from __future__ import annotations

import asyncio
import math
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from baozhang.ch2_provision.vehicles.models import DoubtfulPosition, RecentPosition
from baozhang.ch2_provision.vehicles.telemetry import streets
from baozhang.gateways.jt808.management.commands import simulate
from baozhang.gateways.jt808.simulation import box as boxes
from baozhang.gateways.jt808.simulation import crowd, faults
from baozhang.gateways.jt808.simulation.faults import Fault
from tests.gateways.jt808.simulator import running
from tests.gateways.jt808.test_fleet import enter_fleet

FLEET = 8
EACH = 40  # positions of each before they behave again


def test_a_tunnel_is_as_long_by_the_terminals_own_clock_however_fast_the_past_is_driven() -> None:
    wish = crowd.Wish("127.0.0.1", 0, every=10.0, speed=60.0, back=3600.0, faults=frozenset(Fault))
    (one,) = crowd.boxes([("1", "沪A00001")], wish, crowd.Clock(wish.speed, wish.back), crowd.Count())
    now = [1_000_000.0]
    one.time = lambda: now[0]
    assert not one.blind
    one.go_blind(40)
    now[0] += 39
    assert one.blind
    now[0] += 2
    assert not one.blind


@pytest.mark.slow
@pytest.mark.real_clock
@pytest.mark.usefixtures("db")
def test_a_crowd_that_misbehaves_loses_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "SHARE", 0.3)
    monkeypatch.setattr(boxes, "BACK", (0.02, 0.05))
    monkeypatch.setattr(boxes, "PATIENCE", 5.0)
    fleet = enter_fleet(FLEET)
    wish = crowd.Wish("127.0.0.1", 0, every=10.0, speed=200.0, back=3600.0, faults=frozenset(Fault))
    clock, count = crowd.Clock(wish.speed, wish.back), crowd.Count()
    cars = crowd.boxes([(phone, f"沪A{n:05d}") for n, phone in enumerate(fleet)], wish, clock, count)

    async def tell() -> None:
        async with asyncio.timeout(120), running() as (_gateway, port, _udp):
            tasks = [asyncio.create_task(one.live("127.0.0.1", port, wish.every, clock.pace)) for one in cars]
            while count.made < FLEET * EACH or set(count.misdeeds) != set(Fault):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            for one in cars:
                one.faults = frozenset()
            made = {one.phone: set(one.waiting) for one in cars}
            while any(made[one.phone] & set(one.waiting) for one in cars):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(tell())
    waiting = sum(len(one.waiting) for one in cars)
    stored = list(RecentPosition.objects.values_list("vehicle", "at"))
    assert count.made - waiting == count.answered <= len(stored) == len(set(stored)) <= count.made
    assert {vehicle for vehicle, _at in stored} == set(fleet.values())
    assert not DoubtfulPosition.objects.exists()
    assert count.refused > 0, "a wrong code was let in"


def test_cars_drive_as_cars_do() -> None:
    chance = crowd.Random(7)
    car = crowd.Car(chance, 0.0)
    spots = [car.at(float(second)) for second in range(0, 7_200, 5)]
    steps = [
        math.hypot((b.lat - a.lat) * streets.NORTH_M, (b.lon - a.lon) * streets.EAST_M) for a, b in pairwise(spots)
    ]
    driven = [spot.kmh for spot in spots if spot.kmh > 5]
    assert max(steps) / 5 * 3.6 < 90, "it flies"
    assert 15 < sum(driven) / len(driven) < 60
    assert 0.2 < len(driven) / len(spots) < 0.9, "it should stand now and then"
    assert sum(steps) == pytest.approx(spots[-1].metres - spots[0].metres, rel=0.1)


def test_every_street_can_be_reached() -> None:
    assert streets.reachable() == list(range(len(streets.net().places)))


@pytest.mark.django_db
def test_only_a_demonstrations_terminals_are_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    enter_fleet(2)
    with pytest.raises(CommandError, match="--count"):
        call_command("simulate", "terminals")
    with pytest.raises(CommandError, match="half"):
        call_command("simulate", "terminals", count=1, faults="rude")
    played: list[list[tuple[str, str]]] = []

    async def run(terminals: list[tuple[str, str]], *_: object) -> crowd.Count:
        played.append(terminals)
        return crowd.Count()

    monkeypatch.setattr(simulate, "run", run)
    (tmp_path / "demo.json").write_text("[]")
    call_command("simulate", "terminals")
    call_command("simulate", "terminals", count=3)
    assert [len(one) for one in played] == [2, 3]
    assert played[1][-1][0].startswith("190")
