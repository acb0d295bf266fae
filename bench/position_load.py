"""A whole city's terminals at one gateway: so many connected, so many positions a second for minutes, then a burst.

The rate does not wait for answers, as terminals do not. Said for each part: how many were sent and answered, how long an
answer took (it comes when the position is on the disk), what the gateway needed, and whether all of it is in the table.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .position_ground import CODE, FIRST, PATIENCE, SPARE, many_files, ready


def main(words: list[str]) -> None:
    """Prints the figures, one a line."""
    parser = argparse.ArgumentParser(prog="bench.positions load")
    parser.add_argument("--terminals", type=int, default=20_000)
    parser.add_argument(
        "--udp", type=int, default=0, help="how many of them speak UDP, which costs the gateway no file"
    )
    parser.add_argument("--rate", type=int, default=5_000, help="positions a second")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--burst", type=int, default=15_000, help="positions a second")
    parser.add_argument("--burst-seconds", type=float, default=30)
    parser.add_argument(
        "--away",
        type=float,
        default=0,
        help="seconds from the burst on in which the database takes nothing (PostgreSQL)",
    )
    parser.add_argument("--clients", type=int, default=0, help="processes that play the terminals; 0: as few as can")
    options = parser.parse_args(words)
    files = many_files()
    why = too_many(options.terminals, options.udp, files)
    if why:
        raise SystemExit(why)
    clients = max(options.clients, math.ceil(options.terminals / (files - SPARE)))
    ready()
    enter(options.terminals)
    with gateway_running() as (gateway, port):
        parts = [(options.rate, options.minutes * 60), (options.burst, options.burst_seconds)]
        drive(port, options.terminals, options.udp, parts, clients, gateway.pid, away=options.away)


def too_many(terminals: int, udp: int, files: int) -> str:
    """Why the gateway cannot hold so many lines and what to do about it; empty where it can."""
    lines, room = terminals - udp, files - SPARE
    if lines <= room:
        return ""
    return (
        f"{lines:,} terminals over TCP need as many open files in the gateway, and this machine lets a process have "
        f"{files:,}, of which {SPARE} are for other things. One of these: let {lines - room:,} more of them speak UDP "
        f"(--udp {terminals - room}), ask for fewer (--terminals {room + udp}), or raise the limit as root "
        f"(ulimit -Hn {lines + SPARE} in the shell that starts this)."
    )


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


@contextmanager
def gateway_running() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The gateway as `baozhang serve` starts it, and its port; it ends with this process, however that ends."""
    from baozhang.site import lifeline

    os.environ[lifeline.SERVED] = "1"  # our children ask to be ended when we are killed
    signal.signal(signal.SIGTERM, leave)
    command = [sys.executable, "-c", lifeline.WORK, "gateway", "--port", "0", "--udp-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            if not said:
                raise SystemExit("the gateway did not start; what it said stands above")
            yield process, tuple(int(one.rsplit(":", 1)[1]) for one in said.split()[:2])
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def leave(_signal: int, _frame: object) -> None:
    """Turns a request to end into an ordinary exit, so that whatever was started ends too."""
    sys.exit(143)


def drive(
    ports: tuple[int, ...], terminals: int, udp: int, parts: list[tuple[int, float]], clients: int, gateway: int, *,
    away: float = 0,
) -> None:  # fmt: skip
    """Lets the clients go through the parts together, and says how each went."""
    import psutil

    from . import position_away
    from .position_crowd import client

    context = multiprocessing.get_context("spawn")
    queues = [context.Queue() for _ in range(clients)]
    answers: Any = context.Queue()
    began = time.perf_counter()
    processes = [
        context.Process(target=client, args=(ports, [*range(n, terminals, clients)], udp, orders, answers), daemon=True)
        for n, orders in enumerate(queues)
    ]
    for process in processes:
        process.start()
    connected = sum(_told(answers, processes))
    watched = psutil.Process(gateway)
    print(
        f"{connected:,} of {terminals:,} connected and authenticated in {time.perf_counter() - began:.1f} s"
        f" ({udp:,} over UDP, {clients} client processes); gateway {watched.memory_info().rss / 1e6:.0f} MB",
        flush=True,
    )
    sent = 0
    for place, (rate, seconds) in enumerate(parts, 1):
        with position_away.away(away if place == len(parts) else 0, watched):
            sent += _part(watched, queues, answers, processes, rate, seconds)
    for orders in queues:
        orders.put(None)
    for process in processes:
        process.join()
    check(sent)


def _part(watched: Any, queues: list[Any], answers: Any, processes: list[Any], rate: int, seconds: float) -> int:
    """One rate for some seconds, said in words; how many positions were sent."""
    before = watched.cpu_times()
    for orders in queues:
        orders.put((rate / len(queues), seconds))
    told = _told(answers, processes)
    after = watched.cpu_times()
    used = after.user + after.system - before.user - before.system
    tell(rate, seconds, told, used, watched.memory_info().rss)
    return sum(one["sent"] for one in told)


def _told(answers: Any, processes: list[Any]) -> list[Any]:
    """One answer from each client; where one of them has died there is nothing to wait for."""
    found: list[Any] = []
    while len(found) < len(processes):
        try:
            found.append(answers.get(timeout=1))
        except queue.Empty:
            if any(process.exitcode for process in processes):
                raise SystemExit("a client process died; what it said stands above") from None
    return found


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
