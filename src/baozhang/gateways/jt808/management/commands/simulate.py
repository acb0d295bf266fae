"""`baozhang simulate terminals`: terminals that are none drive through made-up streets and report to a gateway."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.ch2_provision.vehicles.queries.terminals import in_use
from baozhang.gateways.jt808.simulation.crowd import Wish, run, said
from baozhang.gateways.jt808.simulation.faults import Fault

from .gateway import PORT

FIRST_MADE_UP = 19_000_000_000  # numbers of terminals that stand in no table


class Command(BaseCommand):
    """The simulator."""

    help = "terminals: made-up satellite terminals drive and report to a JT/T 808 gateway until stopped"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom they report to, how many they are, and how badly they behave."""
        parser.add_argument("what", choices=["terminals"])
        parser.add_argument("--host", default="127.0.0.1", help="the gateway's address")
        parser.add_argument("--port", type=int, default=PORT, help="the gateway's TCP port")
        parser.add_argument(
            "--count",
            type=int,
            default=0,
            help="how many terminals; of a demonstration's own first, all of those where not given",
        )
        parser.add_argument("--every", type=float, default=10.0, help="seconds between two positions of a terminal")
        parser.add_argument("--speed", type=float, default=1.0, help="how much faster than real the past is driven")
        parser.add_argument("--back", type=float, default=0.0, help="hours of the past that are driven first")
        parser.add_argument(
            "--faults",
            default="",
            help=f"what they do wrong, separated by commas, or all: {', '.join(Fault)}",
        )
        parser.add_argument(
            "--minutes", type=float, default=0.0, help="end after so many minutes; 0 goes on until stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run until it is interrupted, told to end, or its time is over."""
        # Only a demonstration's own terminals are played: nobody may pretend to be a real vehicle by a slip of the hand.
        terminals = in_use(options["count"] or None) if (settings.HOME / "demo.json").exists() else []
        terminals += [(str(FIRST_MADE_UP + n), f"沪Z{n:05d}") for n in range(max(0, options["count"] - len(terminals)))]
        if not terminals:
            raise CommandError(
                "这里没有演示用的车载终端可以模拟。请先建演示数据（baozhang demo），或用 --count 指明虚构终端的数量。"
            )
        back = options["back"] or (1.0 if options["speed"] > 1 else 0.0)
        wish = Wish(
            options["host"],
            options["port"],
            options["every"],
            max(options["speed"], 1.0),
            back * 3600,
            _faults(options["faults"]),
        )
        self.stdout.write(f"{len(terminals)} terminals → {wish.host}:{wish.port}")
        self.stdout.flush()
        count = asyncio.run(_until_told(terminals, wish, options["minutes"] * 60))
        self.stdout.write(said(count, len(terminals)))


async def _until_told(terminals: list[tuple[str, str]], wish: Wish, seconds: float) -> Any:
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if seconds:
        loop.call_later(seconds, ended.set)
    return await run(terminals, wish, ended)


def _faults(words: str) -> frozenset[Fault]:
    names = [word.strip() for word in words.split(",") if word.strip()]
    if names == ["all"]:
        return frozenset(Fault)
    unknown = [name for name in names if name not in list(Fault)]
    if unknown:
        raise CommandError(f"--faults {','.join(unknown)}: {', '.join(Fault)} or all")
    return frozenset(map(Fault, names))
