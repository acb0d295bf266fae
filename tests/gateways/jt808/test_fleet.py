"""Sixty terminals at once, of all editions, over bad lines; and a gateway that is killed in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from baozhang.ch2_provision.vehicles.models import RecentPosition, Terminal
from baozhang.gateways.jt808 import parts
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep
from tests import factories
from tests.gateways.jt808 import encoding, simulator
from tests.gateways.jt808.encoding import Fix
from tests.gateways.jt808.simulator import Box, connect, running

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db"), pytest.mark.slow]
FLEET = 60
EDITIONS = (2011, 2013, 2019)
NOW = clock.now().replace(microsecond=0)
ROOT = Path(__file__).resolve().parents[3]


def enter_fleet(count: int) -> dict[str, int]:
    """Number → vehicle of as many terminals."""
    where = factories.organ("云间区教育局")
    rows = [Terminal(organ=where, phone=f"139{n:08d}", plate=f"沪A{n:05d}", fitted=NOW.date()) for n in range(count)]
    with scope.everything("test") as by:
        keep(rows, by=by)
    return {row.phone: row.pk for row in rows}


async def drive(box: Box, port: int, chance: random.Random, start: dt.datetime) -> set[int]:
    """A day in a terminal's life; the moments of all positions that were answered."""
    await connect(box, port)
    await box.enter()
    track = [Fix(start + dt.timedelta(seconds=10 * n), lon=121 + n / 1000) for n in range(30)]
    single, late = track[:8], track[8:]
    for fix in single:
        assert await box.say(0x0200, fix.body()) == 0
    body = encoding.batch(late, 1)
    wires = encoding.parts(0x0704, box.phone, 20_000, body, size=400, edition=box.edition)
    lost = chance.randrange(len(wires))
    for index, wire in enumerate(wires):
        if index != lost:
            box.send_raw(wire)
    assert (await box.wait(0x8003)).body[-2:] == (lost + 1).to_bytes(2, "big")
    box.send_raw(b"\x7e\x7e" + chance.randbytes(30) + wires[lost])
    for index in range(len(wires)):
        assert await box.answered(20_000 + index) == 0
    if chance.random() < 0.3:  # it comes back on a new line without having left the old one
        again = await connect(Box(box.phone, edition=box.edition, code=box.code), port)
        await again.enter()
        await box.ended()
        assert await again.say(0x0704, encoding.batch(late[:5], 1)) == 0
    return {int(fix.at.timestamp()) for fix in track}


def test_sixty_terminals_of_all_editions(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PATIENCE", 0.5)
    monkeypatch.setattr(simulator, "PATIENCE", 60.0)  # a busy machine is no fault of the gateway
    fleet = enter_fleet(FLEET)
    wanted: dict[int, set[int]] = {}

    async def tell() -> None:
        async with asyncio.timeout(300), running() as (gateway, port, _udp):
            boxes = [Box(phone, f"沪A{n:05d}", EDITIONS[n % 3]) for n, phone in enumerate(fleet)]
            found = await asyncio.gather(
                *(
                    drive(box, port, random.Random(n), NOW - dt.timedelta(hours=1, seconds=n))
                    for n, box in enumerate(boxes)
                )
            )
            wanted.update({fleet[box.phone]: moments for box, moments in zip(boxes, found, strict=True)})
            assert len(gateway.sessions.by_terminal) == len(gateway.sessions.all) == FLEET
            for box in boxes:
                box.transport.close()

    asyncio.run(tell())
    stored: dict[int, set[int]] = {}
    for vehicle, at in RecentPosition.objects.values_list("vehicle", "at"):
        stored.setdefault(vehicle, set()).add(at)
    assert stored == wanted


def url_of(database: Any) -> str:
    """Where the database of this test is, for a process of its own."""
    name = str(database.settings_dict["NAME"])
    asked = urlsplit(os.environ.get("BAOZHANG_DATABASE_URL", ""))
    return f"sqlite:///{name}" if database.vendor == "sqlite" else asked._replace(path=f"/{name}").geturl()


class Process:
    """The gateway as people start it."""

    def __init__(self) -> None:
        more = {"BAOZHANG_DATABASE_URL": url_of(connection), "BAOZHANG_HOME": str(settings.HOME)}
        command = [sys.executable, "-c", "from baozhang.site.command import main; main()", "gateway", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | more, cwd=ROOT)
        assert self.process.stdout is not None
        self.words = self.process.stdout.readline()
        self.port = int(self.words.split()[0].rsplit(":", 1)[1])

    def end(self, how: int) -> int:
        """This will send a signal and wait."""
        self.process.send_signal(how)
        code = self.process.wait(120)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


async def report_until_cut(box: Box, port: int, moments: list[int]) -> set[int]:
    """Sends a position for each moment without waiting; the moments that were answered before the line was cut."""
    sent: dict[int, int] = {}
    with contextlib.suppress(ConnectionError, TimeoutError):
        await connect(box, port)
        await box.enter()
        for at in moments:
            if box.closed.is_set():
                break
            sent[box.send(0x0200, Fix(dt.datetime.fromtimestamp(at, clock.ZONE)).body())] = at
            await asyncio.sleep(0.0005)
        else:
            for serial in sent:
                if not box.closed.is_set():
                    await box.answered(serial)
            return set(moments)
    answers = [one for one in box.heard if one.id == 0x8001 and one.body[4] == 0]
    return {sent[serial] for one in answers if (serial := int.from_bytes(one.body[:2], "big")) in sent}


def test_a_killed_gateway_loses_nothing_that_it_has_answered(db: None) -> None:
    fleet = enter_fleet(4)
    codes: dict[str, str] = {}
    start = int(NOW.timestamp()) - 20_000
    moments = list(range(start, start + 500))
    killed = asyncio.run(shoot(Process(), fleet, codes, moments))
    assert 50 < sum(map(len, killed.values())) < 4 * len(moments), "it was not killed in the middle"
    for phone, vehicle in fleet.items():
        kept = list(RecentPosition.objects.filter(vehicle=vehicle).values_list("at", flat=True))
        assert killed[phone] <= set(kept), "answered, and not there"
    gateway = Process()  # terminals send again all that was not answered, and some that was
    assert gateway.words.startswith("tcp://127.0.0.1:") and " udp://127.0.0.1:" in gateway.words
    assert asyncio.run(go_on(gateway, codes, moments)) == 0
    for vehicle in fleet.values():
        kept = list(RecentPosition.objects.filter(vehicle=vehicle).order_by("at").values_list("at", flat=True))
        assert kept == moments


async def shoot(
    gateway: Process, fleet: dict[str, int], codes: dict[str, str], moments: list[int]
) -> dict[str, set[int]]:
    """This will kill the gateway while all report; what was answered by then."""
    boxes = [Box(phone) for phone in fleet]
    work = [asyncio.create_task(report_until_cut(box, gateway.port, moments)) for box in boxes]
    async with asyncio.timeout(240):
        while sum(len(box.heard) for box in boxes) < 200:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.to_thread(gateway.end, signal.SIGKILL)
    found = await asyncio.gather(*work)
    codes.update({box.phone: box.code for box in boxes})
    return {box.phone: answered for box, answered in zip(boxes, found, strict=True)}


async def go_on(gateway: Process, codes: dict[str, str], moments: list[int]) -> int:
    """All is sent again by terminals with their old codes; the last of it when the gateway is already told to end."""
    boxes = [Box(phone, code=code) for phone, code in codes.items()]
    await asyncio.gather(*(report_until_cut(box, gateway.port, moments[:-100]) for box in boxes))
    for box in boxes:
        box.heard.clear()
        serials = [box.send(0x0200, Fix(dt.datetime.fromtimestamp(at, clock.ZONE)).body()) for at in moments[-100:]]
        assert await box.answered(serials[0]) == 0
    code = await asyncio.to_thread(gateway.end, signal.SIGTERM)
    for box in boxes:
        await box.ended()
        assert sum(one.id == 0x8001 and one.body[4] == 0 for one in box.heard) == 99, "stored and not answered"
    return code
