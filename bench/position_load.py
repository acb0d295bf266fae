"""A whole city's terminals at one gateway: so many connected, so many positions a second for minutes, then a burst.

The rate does not wait for answers, as terminals do not. Said for each part: how many were sent and answered, how long an
answer took (it comes when the position is on the disk), what the gateway needed, and whether all of it is in the table.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

CODE = "bench"
FIRST = 13_000_000_000
TICK = 0.02  # seconds
PATIENCE = 120.0  # seconds after the last position for the last answer
CONNECTING = 400  # lines that are being opened at a time


def main(words: list[str]) -> None:
    """Prints the figures, one a line."""
    parser = argparse.ArgumentParser(prog="bench.positions load")
    parser.add_argument("--terminals", type=int, default=20_000)
    parser.add_argument("--rate", type=int, default=5_000, help="positions a second")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--burst", type=int, default=15_000, help="positions a second")
    parser.add_argument("--burst-seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=1, help="processes that play the terminals")
    options = parser.parse_args(words)
    from .positions import ready

    many_files()
    ready()
    enter(options.terminals)
    gateway, port = start_gateway()
    try:
        parts = [(options.rate, options.minutes * 60), (options.burst, options.burst_seconds)]
        drive(port, options.terminals, parts, options.clients, gateway.pid)
    finally:
        gateway.terminate()
        gateway.wait(120)


def many_files() -> None:
    """This will let a process have as many lines as the machine allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def enter(count: int) -> None:
    """Terminals that have registered already, all with one code."""
    from baozhang.ch1_general.organs.models import Jurisdiction, Organization
    from baozhang.ch2_provision.vehicles.actions.terminals import digest_of
    from baozhang.ch2_provision.vehicles.models import Terminal
    from baozhang.kernel import scope
    from baozhang.kernel.record import keep

    began = time.perf_counter()
    with scope.everything("bench") as by:
        place = Jurisdiction(code="990000", name="江海市", level="city")
        keep(place, by=by)
        organ = Organization(name="江海市机关事务管理局", code="B1", jurisdiction=place, kind="administration")
        keep(organ, by=by)
        secret = digest_of(CODE)
        for start in range(0, count, 5_000):
            rows = range(start, min(start + 5_000, count))
            keep([Terminal(organ=organ, phone=str(FIRST + n), plate=f"沪{n:06d}", secret=secret) for n in rows], by=by)
    print(f"{count:,} terminals entered in {time.perf_counter() - began:.0f} s", flush=True)


def start_gateway() -> tuple[subprocess.Popen[str], int]:
    """The gateway as people start it; its port."""
    command = [
        sys.executable,
        "-c",
        "from baozhang.site.command import main; main()",
        "gateway",
        "--port",
        "0",
        "--udp-port",
        "-1",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    assert process.stdout is not None
    said = process.stdout.readline()
    return process, int(said.split()[0].rsplit(":", 1)[1])


def drive(port: int, terminals: int, parts: list[tuple[int, float]], clients: int, gateway: int) -> None:
    """Lets the clients go through the parts together, and says how each went."""
    import psutil

    context = multiprocessing.get_context("spawn")
    queues = [context.Queue() for _ in range(clients)]
    answers: Any = context.Queue()
    shares = [(n * terminals // clients, (n + 1) * terminals // clients) for n in range(clients)]
    began = time.perf_counter()
    processes = [
        context.Process(target=client, args=(port, *share, queue, answers))
        for share, queue in zip(shares, queues, strict=True)
    ]
    for process in processes:
        process.start()
    connected = sum(answers.get() for _ in processes)
    watched = psutil.Process(gateway)
    print(
        f"{connected:,} of {terminals:,} connected and authenticated in {time.perf_counter() - began:.1f} s; gateway {watched.memory_info().rss / 1e6:.0f} MB",
        flush=True,
    )
    sent = 0
    for rate, seconds in parts:
        before = watched.cpu_times()
        for queue in queues:
            queue.put((rate / clients, seconds))
        told = [answers.get() for _ in processes]
        after = watched.cpu_times()
        used = after.user + after.system - before.user - before.system
        sent += sum(one["sent"] for one in told)
        tell(rate, seconds, told, used, watched.memory_info().rss)
    for queue in queues:
        queue.put(None)
    for process in processes:
        process.join()
    check(sent)


def tell(rate: int, seconds: float, told: list[dict[str, Any]], used: float, memory: int) -> None:
    """One part in words."""
    sent, answered, refused = (sum(one[name] for one in told) for name in ("sent", "answered", "refused"))
    waits = sorted(wait for one in told for wait in one["waits"])
    quantiles = (
        {share: waits[min(int(len(waits) * share), len(waits) - 1)] * 1000 for share in (0.5, 0.95, 0.99, 1.0)}
        if waits
        else {}
    )
    last = max(one["seconds"] for one in told)
    print(
        f"{rate:,}/s for {seconds:.0f} s: {sent:,} sent in {max(one['sending'] for one in told):.1f} s, {answered:,} answered by {last:.1f} s, {refused:,} refused"
    )
    print(
        "  answer after "
        + ", ".join(f"{'most' if share == 1 else f'{share:.0%}'} {wait:,.0f} ms" for share, wait in quantiles.items())
    )
    print(
        f"  gateway: {used:.1f} s of processor time = {answered / max(used, 0.01):,.0f} a second of it, {memory / 1e6:.0f} MB; clients {sum(one['used'] for one in told):.1f} s",
        flush=True,
    )


def check(sent: int) -> None:
    """Whether all that was sent is in the table, and what a row costs there."""
    from baozhang.ch2_provision.vehicles.models import DoubtfulPosition, RecentPosition

    from .position_store import size_of

    rows, doubts = RecentPosition.objects.count(), DoubtfulPosition.objects.count()
    said = "all there" if rows == sent and not doubts else "NOT ALL THERE"
    print(
        f"{rows:,} rows of {sent:,} sent, {doubts:,} doubtful: {said}; {size_of(RecentPosition) / max(rows, 1):.0f} bytes a row with its indexes",
        flush=True,
    )


# -- the terminals, in processes of their own


@dataclass
class Line(asyncio.Protocol):
    """One terminal's connection: counts answers, and how long each took."""

    phone: str
    crowd: Crowd
    serial: int = 0
    at: int = 0
    under_way: dict[int, float] = field(default_factory=dict)

    def connection_made(self, transport: Any) -> None:
        """It shows at once who it is."""
        from baozhang.gateways.jt808.framing import Cutter

        self.transport, self.cutter = transport, Cutter()
        self.send(0x0102, CODE.encode())

    def send(self, number: int, body: bytes) -> None:
        """This will send a message and remember when."""
        from baozhang.gateways.jt808.header import Message, pack

        self.under_way[self.serial] = self.crowd.clock()
        self.transport.write(pack(Message(number, self.phone, self.serial, body)))
        self.serial = (self.serial + 1) & 0xFFFF

    def data_received(self, data: bytes) -> None:
        """Answers."""
        from baozhang.gateways.jt808.framing import unescape

        for inner in self.cutter.feed(data):
            raw = unescape(inner)
            if raw[:2] != b"\x80\x01":
                continue
            sent = self.under_way.pop(raw[12] << 8 | raw[13], None)
            if sent is not None:
                self.crowd.answered(sent, raw[16], raw[14] << 8 | raw[15])

    def connection_lost(self, exc: Exception | None) -> None:
        """It should not be."""
        self.crowd.lost += 1


class Crowd:
    """All terminals of one client process."""

    def __init__(self) -> None:
        self.clock = time.perf_counter
        self.lines: list[Line] = []
        self.entered = self.lost = 0
        self.clear()

    def clear(self) -> None:
        """A new part begins."""
        self.sent = self.done = self.refused = 0
        self.waits: list[float] = []

    def answered(self, sent: float, result: int, number: int) -> None:
        """One answer."""
        if number == 0x0102:
            self.entered += result == 0
            return
        self.done += 1
        self.refused += result != 0
        self.waits.append(self.clock() - sent)


def client(port: int, first: int, last: int, orders: Any, answers: Any) -> None:
    """One process of terminals."""
    many_files()
    asyncio.run(_client(port, first, last, orders, answers))


async def _client(port: int, first: int, last: int, orders: Any, answers: Any) -> None:
    loop, crowd, gate = asyncio.get_running_loop(), Crowd(), asyncio.Semaphore(CONNECTING)

    async def connect(n: int) -> None:
        async with gate:
            line = Line(str(FIRST + n), crowd)
            await loop.create_connection(lambda: line, "127.0.0.1", port)
            crowd.lines.append(line)

    await asyncio.gather(*(connect(n) for n in range(first, last)))
    limit = crowd.clock() + PATIENCE
    while crowd.entered < last - first and crowd.clock() < limit:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    answers.put(crowd.entered)
    start = int(time.time()) - 6 * 3_600
    while (order := await asyncio.to_thread(orders.get)) is not None:
        answers.put(await _part(crowd, *order, start))


async def _part(crowd: Crowd, rate: float, seconds: float, start: int) -> dict[str, Any]:
    """So many positions a second, one terminal after the other, whether answers come or not."""
    from .positions import _body

    crowd.clear()
    began, used, place = crowd.clock(), time.process_time(), 0
    while (now := crowd.clock() - began) < seconds:
        for _ in range(int(min(now + TICK, seconds) * rate) - crowd.sent):
            line = crowd.lines[place % len(crowd.lines)]
            line.at += 1
            line.send(0x0200, _body(start + line.at, line.at))
            crowd.sent, place = crowd.sent + 1, place + 1
        await asyncio.sleep(max(0.0, TICK - (crowd.clock() - began - now)))
    sending = crowd.clock() - began
    limit = crowd.clock() + PATIENCE
    while crowd.done < crowd.sent and crowd.clock() < limit:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return {
        "sent": crowd.sent, "answered": crowd.done, "refused": crowd.refused, "waits": crowd.waits[:: max(1, len(crowd.waits) // 100_000)],
        "sending": sending, "seconds": crowd.clock() - began, "used": time.process_time() - used, "lost": crowd.lost,
    }  # fmt: skip
