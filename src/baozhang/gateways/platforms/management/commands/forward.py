"""`baozhang forward`: passes positions on to higher platforms, until it is told to end."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection

from baozhang.ch2_provision.vehicles.telemetry.relaying import relays
from baozhang.gateways.platforms.forwarding import Forwarder, NotTaken

log = logging.getLogger("baozhang.forward")
LOOK = 1.0  # seconds between two looks where nothing waits
KEY = "BAOZHANG_FORWARD_KEY"


class Command(BaseCommand):
    """The forwarder as a process of its own; one is enough, and two do no harm but send twice what the other side sorts out."""

    help = "pass positions of vehicles on to higher platforms until stopped"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """To whom, and with what key."""
        parser.add_argument("--to", default="", help="the name of one platform (定位转发); all in use where not given")
        parser.add_argument(
            "--key-file", default="", help=f"a file that holds the key the platform gave; otherwise it is in {KEY}"
        )
        parser.add_argument("--once", action="store_true", help="send what waits and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run until it is interrupted or told to end; a fault of one platform does not keep the others waiting."""
        key = (
            Path(options["key_file"]).read_text(encoding="utf-8").strip()
            if options["key_file"]
            else os.environ.get(KEY, "")
        )
        if not key:
            raise CommandError(f"没有密钥。请写在文件里用 --key-file 指明，或放在环境变量 {KEY} 中。")
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        known: dict[int, Forwarder] = {}
        while not ended.is_set():
            try:
                pause = self._round(known, key, options["to"])
            except Error:
                log.exception("the database is away; trying again")
                connection.close()
                pause = 5.0
            if options["once"] and pause > 0:
                return
            ended.wait(pause)

    def _round(self, known: dict[int, Forwarder], key: str, only: str) -> float:
        """This will send one parcel to each platform whose pause is over; how long to wait before the next round."""
        pauses = []
        for relay in relays():
            if only and relay.name != only:
                continue
            forwarder = known.setdefault(relay.pk, Forwarder(relay, key))
            forwarder.relay = relay
            if (left := forwarder.again_at - time.monotonic()) > 0:
                pauses.append(left)
                continue
            try:
                pauses.append(0.0 if forwarder.step() else LOOK)
            except NotTaken as error:
                log.warning("%s: %s; again in %.0f s", relay, error, forwarder.pause)
                pauses.append(forwarder.pause)
        return min(pauses, default=LOOK)
