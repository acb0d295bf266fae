"""`baozhang serve`: answers requests, and does queued work beside them, until it is stopped."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from granian import Granian
from granian.constants import Interfaces

from baozhang.site.lifeline import beside
from baozhang.site.schema import behind

TARGET = "baozhang.site.wsgi:application"


class Command(BaseCommand):
    """The server."""

    help = "answer requests and do queued work until stopped"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where it answers and how many answer at once."""
        own = urlsplit(settings.PUBLIC_ADDRESS)
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=own.port or 8000, help="the port to listen on")
        parser.add_argument("--processes", type=int, default=1, help="processes that answer; one is right on SQLite")
        parser.add_argument("--threads", type=int, default=4, help="threads in each process")
        parser.add_argument("--no-worker", action="store_true", help="`baozhang worker` runs elsewhere")
        parser.add_argument(
            "--gateway",
            type=int,
            default=0,
            metavar="PORT",
            help="take in positions of vehicles beside it, on this port",
        )
        parser.add_argument(
            "--simulate",
            type=int,
            default=0,
            metavar="SECONDS",
            help="a demonstration's terminals report to that gateway, each so often",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run until it is interrupted or told to end."""
        _must_be_free(options["host"], options["port"])
        if what := behind():
            raise CommandError(what)
        self.stdout.write(f"http://{options['host']}:{options['port']}/")
        server = Granian(
            TARGET,
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            websockets=False,
            workers=options["processes"],
            blocking_threads=options["threads"],
            respawn_failed_workers=True,
            workers_kill_timeout=10,
        )
        with beside(*self.others(options)):
            server.serve()

    def others(self, options: dict[str, Any]) -> list[tuple[str, ...]]:
        """What runs beside the server."""
        found: list[tuple[str, ...]] = [] if options["no_worker"] else [("worker",)]
        port = str(options["gateway"])
        if not options["gateway"]:
            return found
        try:
            _must_be_free(options["host"], options["gateway"], "--gateway")
        except CommandError as taken:  # pages are worth more than positions
            self.stderr.write(str(taken))
            return found
        found.append(("gateway", "--host", options["host"], "--port", port))
        if options["simulate"] and (settings.HOME / "demo.json").exists():
            found.append(
                (
                    "simulate",
                    "terminals",
                    "--host",
                    options["host"],
                    "--port",
                    port,
                    "--every",
                    str(options["simulate"]),
                )
            )
        return found


def _must_be_free(host: str, port: int, option: str = "--port") -> None:
    """The server would share a port with another one without a word, and each would answer half of the requests."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} 不能用：{error.strerror}。请换一个端口（{option}），或先停掉占用它的程序。"
            ) from error
