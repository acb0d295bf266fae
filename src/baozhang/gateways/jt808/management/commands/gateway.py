"""`baozhang gateway`: takes in what terminals of vehicles say (JT/T 808), until it is told to end."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.gateways.jt808.server import Gateway, Options

PORT = 7611


class Command(BaseCommand):
    """The gateway as a process of its own."""

    help = "take in positions of vehicles over JT/T 808 until stopped"
    requires_system_checks = []  # whoever migrates has run them; a gateway must be back in a moment

    def add_arguments(self, parser: CommandParser) -> None:
        """Where it listens and how patient it is."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=PORT, help="the TCP port; 0 takes a free one")
        parser.add_argument(
            "--udp-port", type=int, default=None, help="the UDP port; the TCP port where not given, -1: none"
        )
        parser.add_argument("--idle", type=float, default=600, help="seconds of silence after which a session ends")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run until it is interrupted or told to end."""
        udp = options["port"] if options["udp_port"] is None else options["udp_port"]
        chosen = Options(
            options["host"],
            options["port"],
            None if udp < 0 else udp,
            options["idle"],
            control=str(settings.HOME / "gateway.sock"),
        )
        try:
            asyncio.run(self._serve(chosen))
        except OSError as error:
            raise CommandError(
                f"{chosen.host}:{chosen.port} 不能用：{error.strerror}。请换一个端口（--port、--udp-port），或先停掉占用它的程序。"
            ) from error

    async def _serve(self, options: Options) -> None:
        # The thread that writes asks for its turn many times a batch; at Python's own five milliseconds it would wait most of it.
        sys.setswitchinterval(0.001)
        gateway, ended = Gateway(options, settings.SECRET_KEY.encode()), asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        await gateway.start()
        self.stdout.write(" ".join(gateway.addresses))
        self.stdout.flush()
        await ended.wait()
        await gateway.stop()
