"""The vehicles' thread: terminals are fitted and entered by the clerks, vehicles drive these days, two strangers knock."""

from __future__ import annotations

import datetime as dt
import hashlib
from random import Random

from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.choices import Barred, Doubt, TerminalState
from baozhang.ch2_provision.vehicles.models import Terminal
from baozhang.ch2_provision.vehicles.telemetry.points import Batch, Point
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import access, clock, scope
from baozhang.kernel.record import keep

from .district import District

FLEET = 24  # vehicles with terminals; more would say nothing new
FITTED = dt.date(2024, 5, 20)
HOME = (31_030_000, 121_220_000)  # millionths of a degree
STEP = 30  # seconds between two positions
DRIVES = ((8, 40), (13, 70))  # hours at which a vehicle leaves, and how many positions it is under way


def fit(made: District, chance: Random) -> list[Terminal]:
    """The clerks enter the terminals of their vehicles on the day they are fitted; one is stopped again."""
    found: list[Terminal] = []
    cards = Card._base_manager.filter(category=Category.VEHICLE, disposed=None).exclude(plate="")
    cards = cards.exclude(plate__in=Terminal._base_manager.values("plate"))
    plates: dict[int, list[str]] = {}
    for organ_id, plate in cards.order_by("organ_id", "number").values_list("organ_id", "plate"):
        plates.setdefault(organ_id, []).append(plate)
    with clock.on(FITTED):
        for organ in made.agencies:
            if len(found) >= FLEET or organ.pk not in plates:
                continue
            mine = [
                Terminal(organ=organ, plate=plate, phone=f"1064{chance.randrange(10**8):08d}", fitted=FITTED)
                for plate in sorted(set(plates[organ.pk]))[:3]
            ]
            with scope.within(access.actor_of(made.clerks[organ.pk], FITTED, organ.pk)) as by:
                keep(mine, by=by, note="加装卫星定位终端")
                if len(found) < 3 <= len(found) + len(mine):
                    actions.move(mine[-1:], to=TerminalState.STOPPED, by=by, note="车辆大修")
            found += mine
    return found


def _drive(start: int, count: int, chance: Random, odometer: int) -> list[Point]:
    """A way out and back from the fixed place, a position every half minute."""
    lat, lon = HOME
    points: list[Point] = []
    north, east = chance.uniform(-2_000, 2_000), chance.uniform(1_000, 3_000)
    for n in range(count):
        way = 1 if n < count / 2 else -1
        lat += round(way * north + chance.uniform(-200, 200))
        lon += round(way * east + chance.uniform(-200, 200))
        speed = chance.randint(250, 550)
        points.append(
            (
                start + n * STEP,
                lat,
                lon,
                6,
                speed,
                90,
                3,
                0,
                odometer + 3 * n,
                None,
                chance.randint(7, 14),
                25,
                start + n * STEP + 2,
            )
        )
    return points


def live(terminals: list[Terminal], today: dt.date, chance: Random) -> int:
    """The last three days of the fleet, as the gateway would have stored them; the days before today are packed."""
    batch = Batch()
    first = int(dt.datetime.combine(today - dt.timedelta(days=3), dt.time(), clock.ZONE).timestamp())
    for index, terminal in enumerate(one for one in terminals if one.state == TerminalState.IN_USE):
        for day in range(3):
            for hour, count in DRIVES:
                start = first + day * 86_400 + hour * 3_600 + index * 60
                batch.points += [
                    (terminal.pk, point) for point in _drive(start, count, chance, 800_000 + day * 400 + hour)
                ]
        last = batch.points[-1][1][-1]
        batch.heard[terminal.pk] = last
        for n in range(chance.choice((0, 0, 1, 4))):
            body = f"{terminal.phone} {n}".encode()
            digest = hashlib.blake2b(body, digest_size=16).digest()
            batch.doubts.append((terminal.pk, digest, Doubt.NO_FIX.value, last - 60 * n, last - 60 * n, body))
    STORE.append(batch)
    STORE.pack(first + 2 * 86_400)
    actions.turn_away(
        [
            ("13912345678", Barred.UNKNOWN, first + 180_000, 14, actions.Told("沪A90017", "70111", "T990017")),
            ("10640000001", Barred.UNKNOWN, first + 200_000, 3, actions.Told()),
        ]
    )
    return len(batch.points)
