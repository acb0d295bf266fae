"""One terminal at its line: registers, authenticates, reports, repeats what was not answered, comes back when it is cut off."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from baozhang.gateways.jt808 import answers, bodies
from baozhang.gateways.jt808.answers import Result
from baozhang.gateways.jt808.framing import BadFrame, Cutter
from baozhang.gateways.jt808.header import Message, divide, pack, parse

from . import faults, words
from .car import Car
from .faults import Fault

PATIENCE = 20.0  # seconds for an answer, on which the standard lets the terminal decide
MOST_LATE = 20  # positions in one message from a blind zone
MOST_WAITING = 5_000  # positions that a terminal keeps; the oldest are lost first, as in a real one
BACK = (1.0, 5.0)  # seconds before a lost line is tried again; doubled up to a minute


@dataclass(slots=True)
class Count:
    """What a crowd did so far."""

    made: int = 0
    answered: int = 0
    repeated: int = 0
    lines: int = 0
    refused: int = 0
    lost: int = 0
    misdeeds: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Box:
    """One terminal. `time` is the clock it reports by; positions wait in `waiting` until the gateway has answered them."""

    phone: str
    plate: str
    car: Car
    chance: Random
    count: Count
    time: Callable[[], float]
    edition: int = 2013
    code: str = ""
    faults: frozenset[Fault] = frozenset()
    waiting: dict[int, bytes] = field(default_factory=dict)  # moment → body
    heartbeat: float = 60.0  # seconds of its own clock
    _serial: int = 0
    _under_way: dict[int, tuple[float, tuple[int, ...]]] = field(
        default_factory=dict
    )  # serial → when sent, which moments
    _expected: dict[int, asyncio.Future[Message]] = field(default_factory=dict)  # serial → the answer
    _last: int = 0
    _blind_until: float = 0.0

    @property
    def device(self) -> str:
        """Its own number, the same each time."""
        return self.phone[-7:].rjust(7, "0")

    @property
    def blind(self) -> bool:
        """True in a tunnel, by its own clock: however fast it drives through the past, a tunnel holds some positions."""
        return self.time() < self._blind_until

    async def live(self, host: str, port: int, every: float, pace: Callable[[float], float]) -> None:
        """This will go on for ever, over one line after the other; `pace` turns seconds of its clock into real ones."""
        pause = BACK[0]
        while True:
            with contextlib.suppress(OSError, TimeoutError, EOFError):
                await self._line(host, port, every, pace)
                pause = BACK[0]
            await asyncio.sleep(self.chance.uniform(pause / 2, pause))
            pause = min(pause * 2, 60.0)

    async def _line(self, host: str, port: int, every: float, pace: Callable[[float], float]) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        self.count.lines += 1
        self._under_way.clear()
        listening = asyncio.create_task(self._listen(reader, writer))
        driving = asyncio.create_task(self._drive(writer, every, pace))
        try:
            done, _rest = await asyncio.wait((listening, driving), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (listening, driving):
                task.cancel()
            await asyncio.gather(listening, driving, return_exceptions=True)
            writer.close()

    # -- what it hears

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cutter = Cutter()
        while data := await reader.read(65_536):
            for inner in cutter.feed(data):
                with contextlib.suppress(BadFrame):
                    self._hear(parse(inner), writer)

    def _hear(self, message: Message, writer: asyncio.StreamWriter) -> None:
        if message.id in (answers.REPLY, answers.REGISTERED) and len(message.body) >= 3:
            serial = message.body[0] << 8 | message.body[1]
            if (waits := self._expected.pop(serial, None)) is not None and not waits.done():
                waits.set_result(message)
            elif message.id == answers.REPLY and len(message.body) >= 5:
                self._settled(serial, message.body[4])
        elif message.id == answers.LOCATE:
            at = int(self.time())
            self._say(writer, 0x0201, message.serial.to_bytes(2, "big") + words.position(at, self.car.at(at)))
        elif message.id in (answers.SOME_PARAMETERS, answers.ALL_PARAMETERS):
            self._say(
                writer,
                0x0104,
                message.serial.to_bytes(2, "big") + b"\x01\x00\x00\x00\x01\x04" + (60).to_bytes(4, "big"),
            )
        elif message.id in (answers.TEXT, answers.SET_PARAMETERS):
            self._say(writer, 0x0001, words.reply(message.serial, message.id))

    def _settled(self, serial: int, result: int) -> None:
        _sent, moments = self._under_way.pop(serial, (0.0, ()))
        if result == Result.DONE:
            for moment in moments:
                self.count.answered += self.waiting.pop(moment, None) is not None

    # -- what it says

    def _say(self, writer: asyncio.StreamWriter, number: int, body: bytes) -> int:
        first = self._serial
        for piece in divide(Message(number, self.phone, first, body, self.edition)):
            writer.write(pack(piece))
            self._serial = (piece.serial + 1) & 0xFFFF
        return first

    async def _ask(self, writer: asyncio.StreamWriter, number: int, body: bytes) -> Message:
        waits: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._expected[self._serial] = waits
        serial = self._say(writer, number, body)
        try:
            return await asyncio.wait_for(waits, PATIENCE)
        finally:
            self._expected.pop(serial, None)

    async def _enter(self, writer: asyncio.StreamWriter) -> None:
        """This will register where it has no code, or one that is not taken, and authenticate."""
        if not self.code:
            said = bodies.registered(
                await self._ask(writer, 0x0100, words.registration(self.plate, self.device, self.edition))
            )
            if said["result"] != 0:
                self.count.refused += 1
                raise EOFError("not let in")
            self.code = said["auth_code"]
        answer = await self._ask(writer, 0x0102, words.authentication(self.code, self.edition))
        if answer.body[4] != Result.DONE:
            self.count.refused += 1
            self.code = ""
            raise EOFError("wrong code")

    async def _drive(self, writer: asyncio.StreamWriter, every: float, pace: Callable[[float], float]) -> None:
        await self._enter(writer)
        beat = self.time() + self.heartbeat
        self._repeat(writer)
        while True:
            now = self.time()
            self._report(writer, int(now))
            if now >= beat:
                self._say(writer, 0x0002, b"")
                beat = now + self.heartbeat
            self._repeat(writer)
            await writer.drain()
            await faults.commit(self, writer)
            await asyncio.sleep(pace(every * self.chance.uniform(0.9, 1.1)))

    def _report(self, writer: asyncio.StreamWriter, at: int) -> None:
        """A position of now; it waits where the terminal is in a blind zone."""
        if at <= self._last:
            return
        self._last = at
        body = words.position(at, self.car.at(at))
        self.waiting[at] = body
        self.count.made += 1
        if len(self.waiting) > MOST_WAITING:
            self.waiting.pop(next(iter(self.waiting)))
            self.count.lost += 1
        if not self.blind:
            self._send(writer, 0x0200, body, (at,))

    def _send(self, writer: asyncio.StreamWriter, number: int, body: bytes, moments: tuple[int, ...]) -> None:
        self._under_way[self._say(writer, number, body)] = (self._clock(), moments)

    def _repeat(self, writer: asyncio.StreamWriter) -> None:
        """What was not answered in time, or over the line before, goes again as a batch from a blind zone."""
        if self.blind:
            return
        now = self._clock()
        for serial in [serial for serial, (sent, _moments) in self._under_way.items() if now - sent > PATIENCE]:
            del self._under_way[serial]
        flying = {moment for _sent, moments in self._under_way.values() for moment in moments}
        late = [moment for moment in self.waiting if moment not in flying]
        for start in range(0, len(late), MOST_LATE):
            part = tuple(late[start : start + MOST_LATE])
            self.count.repeated += len(part)
            self._send(writer, 0x0704, words.batch([self.waiting[moment] for moment in part], late=True), part)

    def go_blind(self, seconds: float) -> None:
        """This will keep positions back for some time, as in a tunnel."""
        self._blind_until = self.time() + seconds

    def last_frame(self) -> bytes:
        """A whole frame of a position that waits, or of a heartbeat where none does, as it would go over the line again."""
        body = next(reversed(self.waiting.values()), None)
        number = 0x0002 if body is None else 0x0200
        apart = (self._serial + 0x8000) & 0xFFFF  # its answer must not be taken for that of another message
        return pack(Message(number, self.phone, apart, body or b"", self.edition))

    @staticmethod
    def _clock() -> float:
        return asyncio.get_running_loop().time()
