"""`baozhang forward`: passes positions on to a higher platform, until it is told to end."""

from __future__ import annotations

import logging
import os
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection

from baozhang.ch2_provision.vehicles.models import Relay
from baozhang.ch2_provision.vehicles.telemetry.relaying import relays
from baozhang.gateways.platforms.forwarding import Forwarder, NotTaken

log = logging.getLogger("baozhang.forward")
LOOK = 1.0  # seconds between two looks where nothing waits
KEY = "BAOZHANG_FORWARD_KEY"


class Command(BaseCommand):
    """The forwarder as a process of its own, one for each platform, since each has its own key; two for one send twice what the other side sorts out."""

    help = "pass positions of vehicles on to a higher platform until stopped"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """To whom, and with what key."""
        parser.add_argument(
            "--to", default="", help="the name of the platform (定位转发); the only one in use where not given"
        )
        parser.add_argument(
            "--key-file", default="", help=f"a file that holds the key the platform gave; otherwise it is in {KEY}"
        )
        parser.add_argument("--once", action="store_true", help="send what waits and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run until it is interrupted or told to end."""
        key = (
            Path(options["key_file"]).read_text(encoding="utf-8").strip()
            if options["key_file"]
            else os.environ.get(KEY, "")
        )
        if not key:
            raise CommandError(f"没有密钥。请写在文件里用 --key-file 指明，或放在环境变量 {KEY} 中。")
        forwarder = Forwarder(self._relay(options["to"]), key)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        while not ended.is_set():
            try:
                pause = self._step(forwarder)
            except Error:
                log.exception("the database is away; trying again")
                connection.close()
                pause = 5.0
            if options["once"] and pause > 0:
                return
            ended.wait(pause)

    def _relay(self, name: str) -> Relay:
        """The one platform that is meant: a key must not be shown to another because somebody entered one more."""
        found = [relay for relay in relays() if name in ("", relay.name)]
        if len(found) != 1:
            raise CommandError(
                f"“{name}”：在用的定位转发平台中有 {len(found)} 个。请用 --to 写明一个，名称不重复；每个平台一个进程。"
            )
        return found[0]

    def _step(self, forwarder: Forwarder) -> float:
        """This will send one parcel, and return how many seconds to wait before the next."""
        relay = next((one for one in relays() if one.pk == forwarder.relay.pk), None)
        if relay is None:  # stopped: what waits goes on waiting
            return LOOK
        if relay.url != forwarder.relay.url:
            raise CommandError(
                f"“{relay.name}”的接收地址已改为 {relay.url}。密钥属于原来的地址，请核对密钥后重新启动。"
            )
        try:
            return 0.0 if forwarder.step() else LOOK
        except NotTaken as error:
            log.warning("%s: %s; again in %.0f s", relay, error, forwarder.pause)
            return forwarder.pause
