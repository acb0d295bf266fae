"""Positions of vehicles: decoded, taken in over TCP, stored and answered, kept, and found again.

    python -m bench.positions [--count 100000] [--boxes 50] [--flight 10]     a quick look at each part
    python -m bench.positions load --terminals 20000 --udp 100 --rate 5000 --minutes 10 --burst 15000 --burst-seconds 30
    python -m bench.positions keep --positions 100000000 --vehicles 20000
    python -m bench.positions limits [--terminals 20000] [--rows 1000000]     what this machine could do without us

on the database of BAOZHANG_DATABASE_URL, which it fills; give it one that may be thrown away:
`python scripts/postgres.py --durable -- .venv/bin/python -m bench.positions …`.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from typing import Any

from .position_ground import body_of, ready

START = 1_772_500_000


def main() -> None:
    """Prints the figures, one a line."""
    words = sys.argv[1:]
    os.environ.setdefault("BAOZHANG_HOME", tempfile.mkdtemp(prefix="baozhang-positions-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "baozhang.site.settings"
    if words[:1] == ["load"]:
        from . import position_load

        position_load.main(words[1:])
    elif words[:1] == ["keep"]:
        from . import position_store

        position_store.main(words[1:])
    elif words[:1] == ["limits"]:
        from . import position_limits

        position_limits.main(words[1:])
    else:
        quick(words)


def quick(words: list[str]) -> None:
    """A look at each part, in a minute."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--boxes", type=int, default=50)
    parser.add_argument("--flight", type=int, default=10, help="positions under way on each line")
    options = parser.parse_args(words)
    ready()
    decode(options.count)
    asyncio.run(take_in(options.count, options.boxes, options.flight))
    find(options.boxes)


def _frame(number: int, phone: str, serial: int, body: bytes) -> bytes:
    from baozhang.gateways.jt808.header import Message, pack

    return pack(Message(number, phone, serial, body))


def decode(count: int) -> None:
    """Frames cut, unescaped, checked, read and judged, without a line or a database."""
    from baozhang.ch2_provision.vehicles.telemetry.points import Batch
    from baozhang.gateways.jt808 import location, points
    from baozhang.gateways.jt808.framing import Cutter
    from baozhang.gateways.jt808.header import parse

    stream = b"".join(_frame(0x0200, "013800138000", n & 0xFFFF, body_of(START + n, n)) for n in range(count))
    cutter, batch, began = Cutter(), Batch(), time.process_time()
    for at in range(0, len(stream), 65_536):
        for inner in cutter.feed(stream[at : at + 65_536]):
            points.add_to(batch, 1, location.read(parse(inner).body), START + count)
    _say("decode only, one core", count, time.process_time() - began)
    assert len(batch.points) == count


async def take_in(count: int, boxes: int, flight: int) -> None:
    """Over TCP from a second process; each is answered when it is stored."""
    from baozhang.gateways.jt808.server import Gateway, Options

    phones = [f"1390000{n:04d}" for n in range(boxes)]
    await asyncio.to_thread(_enter, phones)
    gateway = Gateway(Options(udp_port=None), b"bench")
    await gateway.start()
    port = int(gateway.addresses[0].rsplit(":", 1)[1])
    queue: Any = multiprocessing.get_context("spawn").Queue()
    process = multiprocessing.get_context("spawn").Process(
        target=client, args=(port, phones, count // boxes, flight, queue), daemon=True
    )
    process.start()
    before = time.process_time()
    seconds = await asyncio.to_thread(queue.get)
    used = time.process_time() - before
    await asyncio.to_thread(process.join)
    _say(f"taken in, stored and answered, {boxes} × {flight}", gateway.commit.stored, seconds)
    print(
        f"  {gateway.commit.batches} commits; {used:.1f} s of processor time in the gateway = {gateway.commit.stored / used:,.0f} a second of it"
    )
    await gateway.stop()


def _enter(phones: list[str]) -> None:
    from baozhang.ch1_general.organs.models import Jurisdiction, Organization
    from baozhang.ch2_provision.vehicles.models import Terminal
    from baozhang.kernel import scope
    from baozhang.kernel.record import keep

    with scope.everything("bench") as by:
        place = Jurisdiction(code="990000", name="江海市", level="city")
        keep(place, by=by)
        organ = Organization(name="江海市机关事务管理局", code="B1", jurisdiction=place, kind="administration")
        keep(organ, by=by)
        keep([Terminal(organ=organ, phone=one, plate=f"沪B{one[-5:]}") for one in phones], by=by)


def client(port: int, phones: list[str], each: int, flight: int, queue: Any) -> None:
    """The terminals, in a process of their own."""
    queue.put(asyncio.run(_all(port, phones, each, flight)))


async def _all(port: int, phones: list[str], each: int, flight: int) -> float:
    lines = [await _line(port, phone) for phone in phones]
    wires = [[_frame(0x0200, phone, n + 10 & 0xFFFF, body_of(START + n, n)) for n in range(each)] for phone in phones]
    began = time.perf_counter()
    await asyncio.gather(*(_send(*line, wire, flight) for line, wire in zip(lines, wires, strict=True)))
    return time.perf_counter() - began


async def _line(port: int, phone: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_frame(0x0100, phone, 1, bytes(37) + b"\x01"))
    code = (await _answer(reader))[15:-2]
    writer.write(_frame(0x0102, phone, 2, code.replace(b"\x7d\x01", b"\x7d")))
    await _answer(reader)
    return reader, writer


async def _answer(reader: asyncio.StreamReader) -> bytes:
    await reader.readuntil(b"\x7e")
    return b"\x7e" + await reader.readuntil(b"\x7e")


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wires: list[bytes], flight: int) -> None:
    under_way = 0
    for wire in wires:
        if under_way >= flight:
            await _answer(reader)
            under_way -= 1
        writer.write(wire)
        under_way += 1
    for _ in range(under_way):
        await _answer(reader)
    writer.close()


def find(boxes: int) -> None:
    """Packing, a day's track, and the kilometres of all."""
    from baozhang.ch2_provision.vehicles.models import Terminal
    from baozhang.ch2_provision.vehicles.telemetry.store import STORE

    began = time.process_time()
    packed = STORE.pack(START + 10_000_000)
    _say("packed (processor time)", packed, time.process_time() - began)
    vehicle = Terminal._base_manager.values_list("pk", flat=True)[0]
    began = time.perf_counter()
    rows = STORE.track(vehicle, START - START % 3600, START + 86_400)
    print(f"track of a vehicle, {len(rows)} positions: {(time.perf_counter() - began) * 1000:.1f} ms")
    began = time.perf_counter()
    found = STORE.kilometres(START - START % 3600, START - START % 3600 + 86_400)
    print(f"kilometres of {len(found)} of {boxes} vehicles: {(time.perf_counter() - began) * 1000:.1f} ms")


def _say(words: str, count: int, seconds: float) -> None:
    print(f"{words}: {count:,} in {seconds:.2f} s = {count / seconds:,.0f}/s", flush=True)


if __name__ == "__main__":
    main()
