"""What this machine could do without us: bytes echoed by a bare asyncio server, rows put into a bare table."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import time
from typing import Any

from .position_ground import SPARE, many_files, ready

FRAME = b"\x7e" + bytes(range(2, 62)) + b"\x7e"  # as long as a position
TABLE = "bench_rows"
COLUMNS = 14


def main(words: list[str]) -> None:
    """Prints the figures, one a line."""
    parser = argparse.ArgumentParser(prog="bench.positions limits")
    parser.add_argument("--terminals", type=int, default=20_000)
    parser.add_argument("--frames", type=int, default=500_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args(words)
    from baozhang.site import lifeline

    os.environ[lifeline.SERVED] = "1"  # the client asks to be ended when we are killed
    room = many_files() - SPARE
    if room < options.terminals:
        print(f"{room:,} lines instead of {options.terminals:,}: a process may open no more files here", flush=True)
    ready()
    asyncio.run(echo(min(options.terminals, room), options.frames))
    for batch in (250, 10_000):
        insert(options.rows, batch)


class _Echo(asyncio.Protocol):
    """Sends back what comes."""

    def connection_made(self, transport: Any) -> None:
        """A line."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Whatever it is."""
        self.transport.write(data)


async def echo(lines: int, frames: int) -> None:
    """A server without a codec, a rule or a database, and the same number of lines."""
    server = await asyncio.get_running_loop().create_server(_Echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue()
    process = context.Process(target=_client, args=(port, lines, frames, queue), daemon=True)
    process.start()
    used = time.process_time()
    seconds = await asyncio.to_thread(queue.get)
    used = time.process_time() - used
    process.join()
    server.close()
    print(
        f"bare asyncio echo, {lines:,} lines: {frames:,} frames in {seconds:.1f} s = {frames / seconds:,.0f}/s; {frames / used:,.0f} a second of the server's processor time",
        flush=True,
    )


def _client(port: int, lines: int, frames: int, queue: Any) -> None:
    from baozhang.site import lifeline

    lifeline.end_with_parent()
    many_files()
    queue.put(asyncio.run(_all(port, lines, frames)))


class _Counting(asyncio.Protocol):
    """Counts what comes back."""

    def __init__(self, count: list[int]) -> None:
        self.count = count

    def connection_made(self, transport: Any) -> None:
        """A line."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes that came back."""
        self.count[0] += len(data)


async def _all(port: int, lines: int, frames: int) -> float:
    loop, count, gate = asyncio.get_running_loop(), [0], asyncio.Semaphore(400)

    async def connect() -> Any:
        async with gate:
            return (await loop.create_connection(lambda: _Counting(count), "127.0.0.1", port))[0]

    made = await asyncio.gather(*(connect() for _ in range(lines)))
    began = time.perf_counter()
    for n in range(frames):
        made[n % lines].write(FRAME)
        if n % 1_000 == 999:  # as many under way as a gateway has
            while n * len(FRAME) - count[0] > 20_000 * len(FRAME):  # noqa: ASYNC110
                await asyncio.sleep(0)
            await asyncio.sleep(0)
    while count[0] < frames * len(FRAME):  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    seconds = time.perf_counter() - began
    for line in made:
        line.close()
    return seconds


def insert(rows: int, batch: int) -> None:
    """A table with a key and no other index, filled by the driver alone; each batch is durable before the next."""
    from django.db import connection

    names = ", ".join(f"c{n} bigint" for n in range(COLUMNS - 2))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} (vehicle bigint, at bigint, {names}, PRIMARY KEY (vehicle, at))")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=FULL")
    data = [(n % 20_000, n // 20_000, *range(COLUMNS - 2)) for n in range(rows)]
    began = time.perf_counter()
    for start in range(0, rows, batch):
        _put(connection.connection, data[start : start + batch], connection.vendor)
    seconds = time.perf_counter() - began
    print(f"bare insert, {batch:,} rows a commit: {rows:,} in {seconds:.1f} s = {rows / seconds:,.0f}/s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def _put(driver: Any, rows: list[tuple[int, ...]], vendor: str) -> None:
    if vendor == "sqlite":
        marks = ", ".join("?" * COLUMNS)
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", rows)
        driver.execute("COMMIT")
        return
    with driver.transaction(), driver.cursor() as cursor, cursor.copy(f"COPY {TABLE} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
