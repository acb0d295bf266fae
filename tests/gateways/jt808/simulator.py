"""Terminals that are none: they connect, register, drive, lose packages and come back, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from baozhang.gateways.jt808.server import Gateway, Options
from tests.gateways.jt808 import encoding

PATIENCE = 9.0  # seconds for one answer: a gateway that gives none fails its test soon; tests of a crowd take more


@dataclass
class Heard:
    """A message from the gateway, read byte by byte."""

    id: int
    serial: int
    body: bytes
    packages: int = 0
    package: int = 0


def read_all(stream: bytes) -> tuple[list[Heard], bytes]:
    """The messages in some bytes, and what is left of the next one."""
    found, inside, at = [], None, 0
    for index, byte in enumerate(stream):
        if byte != 0x7E:
            continue
        if inside is None:
            inside = index
            continue
        raw = stream[inside + 1 : index].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
        found.append(_heard(raw))
        inside, at = None, index + 1
    return found, stream[at:]


def _heard(raw: bytes) -> Heard:
    check = 0
    for byte in raw:
        check ^= byte
    assert check == 0, raw.hex()
    attributes = int.from_bytes(raw[2:4], "big")
    start = 17 if attributes & 0x4000 else 12
    serial = int.from_bytes(raw[start - 2 : start], "big")
    packages = package = 0
    if attributes & 0x2000:
        packages, package = (
            int.from_bytes(raw[start : start + 2], "big"),
            int.from_bytes(raw[start + 2 : start + 4], "big"),
        )
        start += 4
    body = raw[start:-1]
    assert len(body) == attributes & 0x3FF
    return Heard(int.from_bytes(raw[:2], "big"), serial, body, packages, package)


@dataclass
class Box:
    """One terminal."""

    phone: str
    plate: str = "沪A00001"
    edition: int = 2013
    device: bytes = b"DEV0001"
    code: str = ""
    serial: int = 0
    heard: list[Heard] = field(default_factory=list)
    send_raw: Callable[[bytes], None] = lambda data: None
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _rest: bytes = b""
    transport: Any = None

    def feed(self, data: bytes) -> None:
        """What comes from the gateway."""
        new, self._rest = read_all(self._rest + data)
        self.heard += new
        self._came.set()

    def send(self, number: int, body: bytes = b"", **more: Any) -> int:
        """This will send a message and return its serial."""
        self.serial = (self.serial + 1) % 65536
        self.send_raw(encoding.message(number, self.phone, self.serial, body, edition=self.edition, **more))
        return self.serial

    async def wait(self, number: int, when: Callable[[Heard], bool] = lambda one: True) -> Heard:
        """The first message of a number (and a kind) that has come or comes; it is taken out."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for index, one in enumerate(self.heard):
                    if one.id == number and when(one):
                        return self.heard.pop(index)
                self._came.clear()
                await self._came.wait()

    async def ended(self) -> None:
        """Returns when the gateway has ended the line; TimeoutError where it does not."""
        async with asyncio.timeout(PATIENCE):
            await self.closed.wait()

    async def answered(self, serial: int) -> int:
        """The result in the general answer to a serial."""
        one = await self.wait(0x8001, lambda one: int.from_bytes(one.body[:2], "big") == serial)
        return one.body[4]

    async def say(self, number: int, body: bytes = b"", **more: Any) -> int:
        """The result that a message gets."""
        return await self.answered(self.send(number, body, **more))

    async def register(self) -> int:
        """The result of registering; the code is remembered."""
        serial = self.send(0x0100, encoding.registration(self.plate, device=self.device, edition=self.edition))
        one = await self.wait(0x8100)
        assert int.from_bytes(one.body[:2], "big") == serial
        self.code = one.body[3:].decode()
        return one.body[2]

    async def enter(self) -> None:
        """This will register where that was never done, and authenticate."""
        if not self.code:
            assert await self.register() == 0
        assert await self.say(0x0102, encoding.authentication(self.code, self.edition)) == 0


class _Tcp(asyncio.Protocol):
    def __init__(self, box: Box) -> None:
        self.box = box

    def connection_made(self, transport: Any) -> None:
        self.box.transport, self.box.send_raw, self.box._rest = transport, transport.write, b""
        self.box.closed.clear()

    def data_received(self, data: bytes) -> None:
        self.box.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.box.closed.set()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, box: Box) -> None:
        self.box = box

    def connection_made(self, transport: Any) -> None:
        self.box.transport, self.box.send_raw = transport, transport.sendto

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.box.feed(data)


async def connect(box: Box, port: int, *, udp: bool = False) -> Box:
    """The terminal, connected."""
    loop = asyncio.get_running_loop()
    if udp:
        await loop.create_datagram_endpoint(lambda: _Udp(box), remote_addr=("127.0.0.1", port))
    else:
        await loop.create_connection(lambda: _Tcp(box), "127.0.0.1", port)
    return box


@contextlib.asynccontextmanager
async def running(options: Options | None = None, **more: Any) -> AsyncIterator[tuple[Gateway, int, int]]:
    """A gateway in this process: itself, its TCP port and its UDP port."""
    gateway = Gateway(options or Options(), b"key of the tests", **more)
    await gateway.start()
    try:
        yield gateway, *(int(address.rsplit(":", 1)[1]) for address in gateway.addresses[:2])  # type: ignore[misc]
    finally:
        await gateway.stop()
