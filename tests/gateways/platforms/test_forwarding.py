"""Passing on: over a real line to a receiver that fails in every way; what arrives is what was heard, each position once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from baozhang.ch2_provision.vehicles.actions import linking
from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.ch2_provision.vehicles.models import Relay, RelayHealth, RelayItem, Terminal
from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import STORE
from baozhang.gateways.platforms import forwarding
from baozhang.gateways.platforms.forwarding import Forwarder, NotTaken
from baozhang.gateways.platforms.management.commands.forward import Command
from baozhang.kernel import scope
from tests import factories

from .said import NOON

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]
START = int(NOON.timestamp()) - 3_600


class Receiver:
    """A platform: takes parcels, or fails as it is told, before or after it has taken one."""

    def __init__(self) -> None:
        self.parcels: list[tuple[str, list[dict[str, Any]]]] = []
        self.keys: set[str] = set()
        self.failures: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """One request."""

            def do_POST(self) -> None:
                """This will take a parcel, unless it is to fail."""
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                failure = receiver.failures.pop(0) if receiver.failures else ""
                if failure not in ("refuse", "elsewhere"):
                    receiver.parcels.append((self.headers["Idempotency-Key"], body["positions"]))
                    receiver.keys.add(self.headers["Authorization"])
                if failure == "hang up":  # taken, and the answer is lost
                    self.connection.close()
                    return
                self.send_response({"refuse": 503, "elsewhere": 307}.get(failure, 200))
                if failure == "elsewhere":
                    self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Silence."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def once(self) -> list[dict[str, Any]]:
        """What a platform has that takes each parcel number once."""
        return [one for positions in dict(self.parcels).values() for one in positions]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A platform that listens."""
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def hear(terminal: Terminal, moments: list[int]) -> None:
    """Positions that the gateway stores."""
    batch = Batch()
    for at in moments:
        batch.points.append(
            (terminal.pk, (at, 31_030_000 + at % 100, 121_220_000, 5, 360, 90, 3, 0, 12_345, None, None, None, at))
        )
    batch.heard[terminal.pk] = moments[-1]
    STORE.append(batch)


def pump(forwarder: Forwarder, steps: int = 50) -> None:
    """This will send until nothing waits, through all failures."""
    for _ in range(steps):
        try:
            if not forwarder.step():
                return
        except NotTaken:
            continue
    raise AssertionError("it never ends")


def test_nothing_is_lost_and_nothing_doubled(
    receiver: Receiver, fleet: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MOST", 7)
    mine, other = fleet("沪A00001"), fleet("沪A00002", "云间区卫生局")
    hear(mine, [START - 10])  # before there was a platform
    relay = factories.kept(Relay, where=mine.organ, name="市级平台", url=receiver.url)
    moments = list(range(START, START + 20))
    hear(mine, moments)
    hear(mine, moments[5:15])  # sent again, as terminals do
    hear(other, moments)  # none of this platform's business
    receiver.failures = ["refuse", "hang up", "", "hang up", "elsewhere", "refuse"]
    pump(Forwarder(relay, "secret"))
    STORE.pack(START + 7_200)
    hear(mine, [START + 3, START + 40])  # one was packed meanwhile, one is new
    pump(Forwarder(relay, "secret"))
    assert [one["plate"] for one in receiver.once] == ["沪A00001"] * 21
    assert len({one["time"] for one in receiver.once}) == 21
    assert not RelayItem.objects.exists()
    again = [positions for number, positions in receiver.parcels if number == receiver.parcels[0][0]]
    assert all(positions == again[0] for positions in again), "a parcel that is sent again is the same parcel"
    assert receiver.keys == {"Bearer secret"}
    health = RelayHealth.objects.get(relay=relay.pk)
    assert health.sent == 21 and health.failed_at is not None and not health.fault
    assert receiver.once[0] | {"time": ""} == {
        "plate": "沪A00001", "terminal": mine.phone, "time": "", "lat": receiver.once[0]["lat"], "lon": 121.22, "speed": 36.0, "direction": 90,
        "altitude": 5, "odometer": 1234.5, "acc": True, "located": True, "alarm": 0,
    }  # fmt: skip


def test_a_process_that_dies_after_sending_sends_the_same_parcel(
    receiver: Receiver, fleet: Callable[..., Terminal]
) -> None:
    mine = fleet("沪A00001")
    relay = factories.kept(Relay, where=mine.organ, name="市级平台", url=receiver.url)
    hear(mine, [START, START + 1])

    def dies(*args: Any) -> bytes:
        forwarding.post(*args)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Forwarder(relay, "secret", dies).step()
    hear(mine, [START + 2])
    pump(Forwarder(relay, "secret"))
    assert len(receiver.parcels) == 3
    assert receiver.parcels[0] == receiver.parcels[1] != receiver.parcels[2]


def test_the_command_sends_what_waits_to_those_it_is_told(
    receiver: Receiver, fleet: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = fleet("沪A00001")
    factories.kept(Relay, where=mine.organ, name="市级平台", url=receiver.url)
    hear(mine, [START])
    monkeypatch.setenv("BAOZHANG_FORWARD_KEY", "")
    with pytest.raises(CommandError, match="密钥"):
        call_command("forward", once=True)
    monkeypatch.setenv("BAOZHANG_FORWARD_KEY", "secret")
    with pytest.raises(CommandError, match="别的平台"):
        call_command("forward", once=True, to="别的平台")
    assert not receiver.parcels
    call_command("forward", once=True)
    assert len(receiver.once) == 1


def test_a_key_is_shown_to_the_one_platform_whose_it_is(
    receiver: Receiver, fleet: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may enter a platform of his own, or another address, must not be given the key of another by that."""
    monkeypatch.setenv("BAOZHANG_FORWARD_KEY", "secret")
    mine, stranger = fleet("沪A00001"), Receiver()
    theirs = factories.organ("洪桥镇人民政府", factories.district("云间区"))
    relay = factories.kept(Relay, where=mine.organ, name="市级平台", url=receiver.url)
    hear(mine, [START])
    other = factories.kept(Relay, where=theirs, name="另一个平台", url=stranger.url)
    with pytest.raises(CommandError, match="2"):
        call_command("forward", once=True)
    call_command("forward", once=True, to="市级平台")
    other.name = "市级平台"
    factories.save(other)
    with pytest.raises(CommandError, match="2"):
        call_command("forward", once=True, to="市级平台")
    relay.url = stranger.url
    factories.save(relay)
    hear(mine, [START + 1])
    with pytest.raises(CommandError, match="地址"):
        Command()._step(Forwarder(Relay(pk=relay.pk, name=relay.name, url=receiver.url), "secret"))
    assert len(receiver.once) == 1 and not stranger.parcels
    stranger.server.shutdown()
    stranger.server.server_close()


def test_what_waits_for_a_platform_that_is_stopped_goes_on_waiting_and_one_that_takes_nothing_is_asked_less_often(
    receiver: Receiver, fleet: Callable[..., Terminal]
) -> None:
    mine = fleet("沪A00001")
    relay = factories.kept(Relay, where=mine.organ, name="市级平台", url=receiver.url)
    hear(mine, [START])
    command, forwarder = Command(), Forwarder(relay, "secret")
    receiver.failures = ["refuse"] * 2
    assert (command._step(forwarder), command._step(forwarder)) == (1.0, 2.0)
    with scope.everything("test") as by:
        linking.move([relay], to=LinkState.STOPPED, by=by, note="维护")
    assert command._step(forwarder) > 0 and not receiver.once
    with scope.everything("test") as by:
        linking.move([relay], to=LinkState.IN_USE, by=by, note="恢复")
    assert command._step(forwarder) == 0 and len(receiver.once) == 1
    assert command._step(forwarder) > 0
