"""The vehicles' thread: terminals are fitted and entered by the clerks, vehicles drive these days, two strangers knock."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from random import Random

from django.conf import settings

from baozhang.ch2_provision.assets.choices import Category
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.choices import Barred, Doubt, TerminalState, Trouble
from baozhang.ch2_provision.vehicles.flows.mending import MendingFlow, begin
from baozhang.ch2_provision.vehicles.jobs import count_days
from baozhang.ch2_provision.vehicles.models import Terminal, TerminalOrder
from baozhang.ch2_provision.vehicles.telemetry import streets
from baozhang.ch2_provision.vehicles.telemetry.points import Batch, Point
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.kernel import access, clock, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep

from .district import District

FLEET = 24  # vehicles with terminals; more would say nothing new
FITTED = dt.date(2024, 5, 20)
SILENT, BLIND = 5, 6  # which of them has been silent for days, and which has lost its aerial
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
    """A way out and back through the streets of the district, a position every half minute."""
    crossings = streets.reachable()
    home = min(crossings, key=lambda one: math.hypot(*streets.net().places[one]))
    way = streets.net().way(home, chance.choice(crossings))
    line = [place for place, _kmh in [*way, *reversed(way)]]
    points: list[Point] = []
    for n in range(count):
        along = n / max(count - 1, 1) * (len(line) - 1)
        a, b = line[int(along)], line[min(int(along) + 1, len(line) - 1)]
        share = along - int(along)
        place = (a[0] + (b[0] - a[0]) * share + chance.gauss(0, 2), a[1] + (b[1] - a[1]) * share + chance.gauss(0, 2))
        lat, lon = (round(value * 1e6) for value in streets.degrees(place))
        direction = round(math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))) % 360
        at = start + n * STEP
        points.append(
            (at, lat, lon, 6, chance.randint(200, 480), direction, 3, 0, odometer + 3 * n, None, chance.randint(7, 14), 25, at + 2)
        )  # fmt: skip
    return points


def lay_ground() -> None:
    """This will put the made-up streets under the vehicles on the map, where the operator has put nothing there."""
    if not settings.MAP_GROUND.exists():
        settings.MAP_GROUND.write_text(json.dumps(streets.ground()), encoding="utf-8")


def _mended(terminal: Terminal, clerk: User, today: dt.date) -> None:
    """The clerk has had somebody look after a terminal that has been silent for days."""
    with clock.on(today - dt.timedelta(days=1)), scope.within(access.actor_of(clerk, today, terminal.organ_id)) as by:
        order = TerminalOrder(terminal=terminal, trouble=Trouble.SILENT, found="一周没有联系")
        begin([order], by=by)
        MendingFlow.take(
            "assign", order, by=by, values={"mender": "李师傅（江海车联）", "due": today + dt.timedelta(days=4)}
        )


def live(made: District, terminals: list[Terminal], today: dt.date, chance: Random) -> int:
    """The last three days of the fleet, as the gateway would have stored them; the days before today are packed."""
    batch = Batch()
    first = int(dt.datetime.combine(today - dt.timedelta(days=3), dt.time(), clock.ZONE).timestamp())
    for index, terminal in enumerate(one for one in terminals if one.state == TerminalState.IN_USE):
        for day in range(3):
            for hour, count in DRIVES:
                start = first + (day - (9 if index == SILENT else 0)) * 86_400 + hour * 3_600 + index * 60
                batch.points += [
                    (terminal.pk, point) for point in _drive(start, count, chance, 800_000 + day * 400 + hour)
                ]
        last = batch.points[-1][1][-1]
        batch.heard[terminal.pk] = last
        for n in range(14 if index == BLIND else chance.choice((0, 0, 1, 4))):
            body = f"{terminal.phone} {n}".encode()
            digest = hashlib.blake2b(body, digest_size=16).digest()
            batch.doubts.append((terminal.pk, digest, Doubt.NO_FIX.value, last - 60 * n, last - 60 * n, n > 1, body))
    STORE.append(batch)
    STORE.pack(first + 2 * 86_400)
    for day in range(3):
        with clock.on(today - dt.timedelta(days=day)):
            count_days()
    reporting = [one for one in terminals if one.state == TerminalState.IN_USE]
    _mended(reporting[SILENT], made.clerks[reporting[SILENT].organ_id], today)
    actions.turn_away(
        [
            ("13912345678", Barred.UNKNOWN, first + 180_000, 14, actions.Told("沪A90017", "70111", "T990017")),
            ("10640000001", Barred.UNKNOWN, first + 200_000, 3, actions.Told()),
        ]
    )
    return len(batch.points)
