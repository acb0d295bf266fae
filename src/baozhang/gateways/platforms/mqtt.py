"""Positions from an MQTT broker. A message is acknowledged when its positions are durable, not when it has arrived.

With a lasting session and quality 1 the broker keeps what is not acknowledged: a process that is killed in between gets
it again, and a position that comes twice is there once.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import Error, connection
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from baozhang.ch2_provision.vehicles.actions import intake
from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.ch2_provision.vehicles.models import Source
from baozhang.kernel import scope

log = logging.getLogger("baozhang.gateway")
QUALITY = 1
AGAIN = 1.0  # seconds before the broker is called again after a fault of our own
MOST_WAITING = 200  # messages that the broker hands over before the first of them is acknowledged


@dataclass(frozen=True)
class Broker:
    """Where it is, and as whom one comes."""

    host: str
    port: int
    topic: str
    name: str  # the session's name, which the broker remembers
    user: str = ""
    password: str = ""
    tls: bool = False


class Stopped(Exception):
    """People have stopped the source meanwhile: nothing more of it is taken, and what the broker holds goes on waiting."""


class Subscriber:
    """One subscription for one source; `run` until `stop`."""

    def __init__(self, broker: Broker, source: int, on_ready: Callable[[], None] = lambda: None) -> None:
        self.broker, self.source, self.on_ready = broker, source, on_ready
        self.messages = self.stored = self.refused = 0
        self._ended = False
        self.stopped = False  # by people: the source is none in use any more
        self.client = client = paho.Client(
            CallbackAPIVersion.VERSION2, broker.name, clean_session=False, manual_ack=True
        )
        client.max_inflight_messages_set(MOST_WAITING)
        client.reconnect_delay_set(1, 60)
        if broker.user:
            client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            client.tls_set_context(ssl.create_default_context())
        client.on_connect, client.on_subscribe, client.on_message = self._connected, self._subscribed, self._message

    def run(self) -> None:
        """This will take in what comes, over one connection after the other, until it is told to stop."""
        while not self._ended:
            self.client.connect(self.broker.host, self.broker.port, keepalive=60)
            self.client.loop_forever()
            if not self._ended:
                time.sleep(AGAIN)

    def stop(self) -> None:
        """This will leave the broker; what is not acknowledged comes again with the next connection."""
        self._ended = True
        self.client.disconnect()

    def _connected(self, client: paho.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            log.error("the broker does not let us in: %s", reason)
            return
        client.subscribe(self.broker.topic, QUALITY)

    def _subscribed(self, client: paho.Client, data: Any, number: int, reasons: Any, properties: Any) -> None:
        self.on_ready()

    def _message(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        """One message. Where the database is away it is not acknowledged, and the session begins anew."""
        self.messages += 1
        try:
            self._take(message)
        except Stopped:
            log.error("%s: the source is not in use any more; nothing is acknowledged", message.topic)
            self.stopped = True
            self.stop()
            return
        except Error:
            log.exception("a message could not be stored; it comes again")
            connection.close()
            client.disconnect()  # the session lasts; with the next connection the broker sends it again
            return
        client.ack(message.mid, message.qos)

    def _take(self, message: paho.MQTTMessage) -> None:
        try:
            said = json.loads(message.payload)
        except (ValueError, RecursionError):  # what can never be read would come again for ever
            self.refused += 1
            log.warning("%s: no JSON, passed over", message.topic)
            return
        positions = said.get("positions", [said]) if isinstance(said, dict) else said
        if not isinstance(positions, list):
            self.refused += 1
            return
        with scope.everything("定位来源接入"):
            found = Source._base_manager.filter(pk=self.source, state=LinkState.IN_USE)
            source = found.select_related("organ").first()
            if source is None:
                raise Stopped
            for start in range(0, len(positions), intake.MOST):
                answer = intake.take_in(source, positions[start : start + intake.MOST])
                self.stored += answer.stored
                self.refused += len(answer.refused)
                if answer.refused:
                    log.warning(
                        "%s: %s of %s refused, first: %s",
                        message.topic,
                        len(answer.refused),
                        len(positions),
                        answer.refused[0],
                    )
