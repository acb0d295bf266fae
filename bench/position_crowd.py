"""The terminals of the load, in processes of their own: they send at their rate, and repeat over UDP what was lost."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from .position_ground import CODE, FIRST, PATIENCE, body_of, many_files

TICK = 0.02  # seconds
CONNECTING = 400  # lines that are being opened at a time
REPEAT = 10.0  # seconds without an answer after which a terminal says it again over UDP


@dataclass
class Line(asyncio.Protocol, asyncio.DatagramProtocol):
    """One terminal's connection: counts answers, and how long each took."""

    phone: str
    crowd: Crowd
    udp: bool = False
    serial: int = 0
    at: int = 0
    under_way: dict[int, tuple[float, bytes]] = field(default_factory=dict)

    def connection_made(self, transport: Any) -> None:
        """It shows at once who it is."""
        from baozhang.gateways.jt808.framing import Cutter

        self.transport, self.cutter = transport, Cutter()
        self.write = transport.sendto if self.udp else transport.write
        self.send(0x0102, CODE.encode())

    def send(self, number: int, body: bytes) -> None:
        """This will send a message and remember when."""
        from baozhang.gateways.jt808.header import Message, pack

        wire = pack(Message(number, self.phone, self.serial, body))
        self.under_way[self.serial] = (self.crowd.clock(), wire if self.udp else b"")
        self.write(wire)
        self.serial = (self.serial + 1) & 0xFFFF

    def send_again(self, before: float) -> None:
        """This will repeat what has not been answered since; its answer still counts from the first time."""
        for sent, wire in self.under_way.values():
            if sent < before:
                self.write(wire)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answers over UDP."""
        self.data_received(data)

    def data_received(self, data: bytes) -> None:
        """Answers."""
        from baozhang.gateways.jt808.framing import unescape

        for inner in self.cutter.feed(data):
            raw = unescape(inner)
            if raw[:2] != b"\x80\x01":
                continue
            sent = self.under_way.pop(raw[12] << 8 | raw[13], None)
            if sent is not None:
                self.crowd.answered(sent[0], raw[16], raw[14] << 8 | raw[15])

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


def client(ports: tuple[int, int], terminals: list[int], udp: int, orders: Any, answers: Any) -> None:
    """One process of terminals; the first ones of all speak UDP."""
    from baozhang.site import lifeline

    lifeline.end_with_parent()
    many_files()
    asyncio.run(_client(ports, terminals, udp, orders, answers))


async def _client(ports: tuple[int, int], terminals: list[int], udp: int, orders: Any, answers: Any) -> None:
    loop, crowd, gate = asyncio.get_running_loop(), Crowd(), asyncio.Semaphore(CONNECTING)

    async def connect(n: int) -> None:
        async with gate:
            line = Line(str(FIRST + n), crowd, udp=n < udp)
            if line.udp:
                await loop.create_datagram_endpoint(lambda: line, remote_addr=("127.0.0.1", ports[1]))
            else:
                await loop.create_connection(lambda: line, "127.0.0.1", ports[0])
            crowd.lines.append(line)

    await asyncio.gather(*(connect(n) for n in terminals))
    repeating = loop.create_task(_repeat([line for line in crowd.lines if line.udp], crowd))
    limit = crowd.clock() + PATIENCE
    while crowd.entered < len(terminals) and crowd.clock() < limit:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    answers.put(crowd.entered)
    start = int(time.time()) - 6 * 3_600
    while (order := await asyncio.to_thread(orders.get)) is not None:
        answers.put(await _part(crowd, order[0], order[1], start))
    repeating.cancel()


async def _repeat(lines: list[Line], crowd: Crowd) -> None:
    """Datagrams may be lost: what is not answered is said again, as the standard has it."""
    while True:
        await asyncio.sleep(REPEAT / 2)
        for line in lines:
            line.send_again(crowd.clock() - REPEAT)


async def _part(crowd: Crowd, rate: float, seconds: float, start: int) -> dict[str, Any]:
    """So many positions a second, one terminal after the other, whether answers come or not."""
    crowd.clear()
    began, used, place = crowd.clock(), time.process_time(), 0
    while (now := crowd.clock() - began) < seconds:
        for _ in range(int(min(now + TICK, seconds) * rate) - crowd.sent):
            line = crowd.lines[place % len(crowd.lines)]
            line.at += 1
            line.send(0x0200, body_of(start + line.at, line.at))
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
