"""Positions over MQTT from a real socket: acknowledged when stored, again after a cut line or a failing database, once each."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection

from baozhang.ch2_provision.vehicles.actions import linking
from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.ch2_provision.vehicles.models import RecentPosition, Source, Terminal
from baozhang.ch2_provision.vehicles.telemetry import store
from baozhang.gateways.platforms import mqtt
from baozhang.kernel import scope
from tests import factories

from .broker import Broker
from .said import said

pytestmark = [pytest.mark.real_clock, pytest.mark.usefixtures("db")]


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A broker that listens."""
    made = Broker()
    yield made
    made.end()


class Running:
    """A subscriber in a thread of its own, with its own connection to the database."""

    def __init__(self, broker: Broker, source: Source) -> None:
        self.ready = threading.Event()
        where = mqtt.Broker("127.0.0.1", broker.port, "baozhang/positions/#", f"baozhang-{source.pk}")
        self.subscriber = mqtt.Subscriber(where, source.pk, self.ready.set)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        assert self.ready.wait(30)

    def _run(self) -> None:
        try:
            self.subscriber.run()
        finally:
            connection.close()

    def end(self) -> None:
        """This will leave the broker."""
        self.subscriber.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()


def stored() -> list[int]:
    return sorted(RecentPosition.objects.values_list("at", flat=True))


def test_a_message_is_acknowledged_when_it_is_stored_and_once(
    broker: Broker, fleet: Callable[..., Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet("沪A00001")
    source = factories.kept(
        Source, where=factories.organ("云间区教育局", factories.district("云间区")), name="租赁平台"
    )
    monkeypatch.setattr(mqtt, "AGAIN", 0.05)
    append = store.DatabaseStore.append
    failing = [OperationalError("the disk is full")]

    def fails_once(self: Any, batch: Any) -> None:
        if failing:
            raise failing.pop()
        append(self, batch)

    monkeypatch.setattr(store.DatabaseStore, "append", fails_once)
    running = Running(broker, source)
    try:
        broker.publish(json.dumps({"positions": [said("沪A00001", n) for n in range(5)]}).encode())
        assert broker.wait(1), "after a fault of the database it comes again"
        assert broker.connects == 2 and not failing
        broker.publish(json.dumps(said("沪A00001", 9)).encode())
        broker.publish(b"\x00 no JSON")
        assert broker.wait(3), "what can never be stored must not come for ever"
        broker.cut()
        broker.publish(json.dumps([said("沪A00001", 9), said("沪A00001", 10)]).encode())
        assert broker.wait(4)
    finally:
        running.end()
    assert len(stored()) == len(set(stored())) == 7
    assert broker.names == {f"baozhang-{source.pk}"} and set(broker.topics) == {"baozhang/positions/#"}


def test_a_source_that_people_stop_is_not_listened_to_any_more(broker: Broker, fleet: Callable[..., Terminal]) -> None:
    fleet("沪A00001")
    organ = factories.organ("云间区教育局", factories.district("云间区"))
    source = factories.kept(Source, where=organ, name="租赁平台")
    running = Running(broker, source)
    try:
        broker.publish(json.dumps([said("沪A00001", 1)]).encode())
        assert broker.wait(1)
        with scope.everything("test") as by:
            linking.move([source], to=LinkState.STOPPED, by=by, note="合同到期")
        broker.publish(json.dumps([said("沪A00001", 2), said("沪A00001", 3)]).encode())
        running.thread.join(10)
        assert not running.thread.is_alive(), "the process ends, so that somebody sees it"
        assert running.subscriber.stopped and len(broker.acknowledged) == 1, "the broker keeps what was not taken"
    finally:
        running.end()
    assert len(stored()) == 1


def test_a_source_that_nobody_entered_is_refused_in_words(db: None) -> None:
    with pytest.raises(CommandError, match="定位来源"):
        call_command("gateway-mqtt", source="谁也没登记")


@pytest.mark.parametrize("payload", [b"no json", b"\xff\xfe", b"[" * 200_000, b'"text"', b"7"])
def test_what_can_never_be_read_is_passed_over(payload: bytes) -> None:
    """Else the broker would bring it again for ever, and nothing behind it."""
    one = mqtt.Subscriber(mqtt.Broker("127.0.0.1", 1, "t", "n"), 0)
    acknowledged: list[int] = []
    client = SimpleNamespace(ack=lambda mid, qos: acknowledged.append(mid))
    one._message(client, None, SimpleNamespace(payload=payload, topic="t", mid=7, qos=1))  # type: ignore[arg-type]
    assert (one.refused, acknowledged) == (1, [7])
