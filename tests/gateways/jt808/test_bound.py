"""What waits for the disk is bounded by the memory that it takes: a burst is taken in full, endless growth is not."""

from __future__ import annotations

import asyncio
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError

from baozhang.ch2_provision.vehicles.actions import Known
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.gateways.jt808 import commit, talk
from baozhang.gateways.jt808.answers import Result
from baozhang.gateways.jt808.commit import held_by
from baozhang.gateways.jt808.session import Session, Sessions
from tests.gateways.jt808 import encoding
from tests.gateways.jt808.simulator import Box, read_all
from tests.gateways.jt808.test_gateway import NOW, PHONE, Enter, fixes, inside, run, stored

pytestmark = pytest.mark.real_clock
LOST = encoding.Fix(NOW, status=0).body()  # without a fix: kept with its bytes


class Disk:
    """A store that waits until it may write, and remembers how much at a time."""

    def __init__(self) -> None:
        self.may, self.sizes, self.stored = threading.Event(), list[int](), 0

    def append(self, batch: Batch) -> None:
        self.may.wait(20)
        self.sizes.append(batch.size)
        self.stored += batch.size


class Ear:
    """One terminal that has been let in, and what it was answered."""

    def __init__(self, disk: Disk) -> None:
        self.disk, self.said = disk, list[bytes]()
        self.commit = commit.Committer(disk)  # type: ignore[arg-type]
        self.talk = talk.Talk(Sessions(), self.commit, b"key")
        self.session = Session(self.said.append, lambda: None, "here", 0.0)
        self.session.terminal, self.session.phone, self.session.known = PHONE, PHONE, Known(1, "")
        self.serial = 0

    def say(self, number: int, body: bytes) -> None:
        self.serial += 1
        for wire in (
            encoding.parts(number, PHONE, self.serial, body, size=1000)
            if len(body) > 1000
            else [encoding.message(number, PHONE, self.serial % 65_536, body)]
        ):
            self.talk.hear(self.session, wire, 0.0)

    def results(self) -> list[int]:
        return [one.body[4] for wire in self.said for one in read_all(wire)[0]]


@pytest.fixture
def without_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(commit, "_in_database", lambda work, *args: work(*args))
    return None


def tell(story: Callable[[Ear], Any]) -> Ear:
    """Lets a terminal speak while the disk waits, then lets the disk go on; all is written when this returns."""

    async def run() -> Ear:
        ear = Ear(Disk())
        try:
            story(ear)
        finally:
            ear.disk.may.set()
            await ear.commit.end()
        return ear

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("number", "body", "times"),
    [
        pytest.param(0x0200, fixes(1)[0].body(), 8_000, id="a position each"),
        pytest.param(0x0704, encoding.batch(fixes(30), 1), 300, id="thirty at once"),
        pytest.param(0x0200, LOST + b"\xe1\xff" + bytes(255), 3_000, id="doubtful, and long"),
        pytest.param(0x0200, LOST + bytes(100_000), 20, id="doubtful, in a hundred packages"),
    ],
)
@pytest.mark.usefixtures("without_database")
def test_what_is_counted_is_what_it_takes(number: int, body: bytes, times: int) -> None:
    took: list[int] = []

    def story(ear: Ear) -> None:
        ear.say(number, body)  # whatever is made once
        tracemalloc.start()
        before = ear.commit.held
        for _ in range(times):
            ear.say(number, body)
        took.extend((tracemalloc.get_traced_memory()[0], ear.commit.held - before))
        tracemalloc.stop()

    ear = tell(story)
    real, counted = took
    assert 0.9 * real < counted < 2 * real, (real / times, counted / times)
    assert ear.commit.held == 0


def test_a_citys_burst_fits_though_the_disk_takes_nothing() -> None:
    assert 15_000 * 30 * held_by(1, 60) < commit.MOST_HELD < 800 << 20


@pytest.mark.usefixtures("without_database")
def test_what_is_too_much_is_refused_and_what_was_taken_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "MOST", 100)
    monkeypatch.setattr(commit, "MOST_HELD", 250 * held_by(1, 28))
    body = fixes(1)[0].body()

    def story(ear: Ear) -> None:
        for _ in range(300):
            ear.say(0x0200, body)
        assert ear.results() == [Result.FAILED] * 50  # and nothing else is answered yet

    ear = tell(story)
    assert ear.results()[50:] == [Result.DONE] * 250
    assert (ear.disk.stored, ear.disk.sizes) == (250, [100, 100, 50])
    assert not ear.commit.full


@pytest.mark.usefixtures("db")
def test_a_gateway_ends_though_the_database_stays_away_and_says_so_once(
    entered: Enter, monkeypatch: Any, caplog: Any
) -> None:
    entered(PHONE)
    monkeypatch.setattr(commit, "AGAIN", 0.01)
    monkeypatch.setattr(commit, "ENDING", 0.3)

    class Store:
        def append(self, batch: Any) -> None:
            if batch.points:
                raise OperationalError("the database is away")
            STORE.append(batch)

    boxes: list[Box] = []

    async def story(gateway: Any, port: int, udp_port: int) -> None:
        boxes.append(await inside(port))
        boxes[0].send(0x0200, fixes(1)[0].body())
        monkeypatch.setattr(gateway, "_note_visits", away)
        await asyncio.sleep(0.2)

    async def away() -> None:
        raise OperationalError("the database is away")

    run(story, store=Store())
    assert stored() == 0 and caplog.text.count("Traceback") == 1
    assert not [one for one in boxes[0].heard if one.id == 0x8001 and one.body[4] == Result.DONE]
