"""The gateway as a process: it listens over TCP and UDP, looks around each second, and ends in good order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import sys
from dataclasses import dataclass
from typing import Any, cast

from django.db import Error

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.telemetry.store import STORE, TelemetryStore

from . import answers, control
from .commit import WAIT, Committer
from .framing import Cutter
from .header import Message
from .session import Session, Sessions
from .talk import Talk

log = logging.getLogger("baozhang.gateway")
LOOK = 1.0  # seconds between two looks around
RECHECK = 5  # looks between two questions whether the terminals may still report
SPARE_FILES = 64  # that are no lines: the database, the log, sockets that listen
MOST_BEHIND = 1 << 20  # bytes that a terminal may leave unread
AT_ONCE = 8 << 10  # bytes read of one line before all others have their turn


@dataclass(frozen=True)
class Options:
    """Where it listens and how patient it is."""

    host: str = "127.0.0.1"
    port: int = 0
    udp_port: int | None = 0
    idle: float = 600.0  # seconds of silence after which a session ends
    stranger_idle: float = 60.0  # the same before a terminal has shown who it is
    wait: float = WAIT
    control: str = ""  # path of the socket for commands; empty: none


def most_files() -> int:
    """This will let the process open as many files as the machine allows, one a line over TCP, and says how many."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else sys.maxsize


class _Line(asyncio.BufferedProtocol):
    """One TCP connection."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.session: Session | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A terminal has come."""
        line, gateway = cast("asyncio.Transport", transport), self.gateway
        gateway.lines += 1
        if gateway.lines > gateway.most_lines and not gateway.sessions.drop_oldest_stranger(udp=False):
            gateway.turned_away += 1
            line.abort()  # all that may be here are terminals that have shown who they are
            return
        peer = str(line.get_extra_info("peername"))

        def write(data: bytes) -> None:
            if line.get_write_buffer_size() > MOST_BEHIND:
                line.abort()  # it sends and never reads
            elif not line.is_closing():
                line.write(data)

        self.session = Session(write, line.close, peer, self.gateway.now())
        self.gateway.sessions.add(self.session)

    def get_buffer(self, sizehint: int) -> bytearray:
        """One for all lines: what is read into it is taken out before anybody else reads."""
        return self.gateway.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Whatever it sends."""
        if self.session is not None and not self.session.closed:
            self.gateway.talk.hear(self.session, bytes(self.gateway.buffer[:nbytes]), self.gateway.now())

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone, and so has its session."""
        self.gateway.lines -= 1
        if self.session is not None:
            self.gateway.sessions.drop(self.session)


class _Datagrams(asyncio.DatagramProtocol):
    """Everything over UDP; a terminal is known by its address."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.sessions: dict[Any, Session] = {}
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        """It listens."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """One datagram; a frame never goes over two of them."""
        session = self.sessions.get(addr)
        if session is None or session.closed:
            assert self.transport is not None
            transport = self.transport
            session = Session(
                lambda frame: transport.sendto(frame, addr),
                lambda: self._forget(addr),
                str(addr),
                self.gateway.now(),
                udp=True,
            )
            self.sessions[addr] = session
            self.gateway.sessions.add(session)
        session.cutter = Cutter()
        self.gateway.talk.hear(session, data, self.gateway.now())

    def _forget(self, addr: Any) -> None:
        self.sessions.pop(addr, None)


class Gateway:
    """The whole of it; `start` and `stop` within a running loop."""

    def __init__(self, options: Options, key: bytes, store: TelemetryStore = STORE) -> None:
        self.options = options
        self.sessions = Sessions()
        self.commit = Committer(store, wait=options.wait)
        self.talk = Talk(self.sessions, self.commit, key)
        self._servers: list[asyncio.Server] = []
        self._udp: asyncio.DatagramTransport | None = None
        self._looking: asyncio.Task[None] | None = None
        self.addresses: list[str] = []
        self.lines = self.turned_away = 0
        self.buffer = bytearray(AT_ONCE)
        self.most_lines = most_files() - SPARE_FILES

    @staticmethod
    def now() -> float:
        """The loop's clock, which no change of the machine's touches."""
        return asyncio.get_running_loop().time()

    async def start(self) -> None:
        """This will listen; `addresses` says where."""
        loop, options = asyncio.get_running_loop(), self.options
        server = await loop.create_server(lambda: _Line(self), options.host, options.port)
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        self.addresses.append(f"tcp://{host}:{port}")
        if options.udp_port is not None:
            self._udp, _protocol = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), local_addr=(options.host, options.udp_port)
            )
            host, port = self._udp.get_extra_info("sockname")[:2]
            self.addresses.append(f"udp://{host}:{port}")
        if options.control:
            self._servers.append(await control.listen(self, options.control))
            self.addresses.append(f"unix:{options.control}")
        self._looking = loop.create_task(self._look_around())

    async def stop(self) -> None:
        """This will take nothing more, store and answer what is here, and end all sessions."""
        for server in self._servers:
            server.close()
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking
        await self.talk.end()
        with contextlib.suppress(Error):  # strangers come again
            await self._note_visits()
        await self.commit.end()
        for session in list(self.sessions.all):
            self.sessions.drop(session)
        if self._udp is not None:
            self._udp.close()
        await asyncio.sleep(0)  # the transports close in the next turn

    async def _look_around(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(LOOK)
            turn += 1
            try:
                self.look()
                await self._note_visits()
                if turn % RECHECK == 0:
                    await self._recheck()
            except Error as error:
                self.talk.faults.tell("the look around failed", error)

    def look(self) -> None:
        """This will end silent sessions, ask for missing packages, and have signs of life written."""
        now = self.now()
        for session in self.sessions.idle(now - self.options.idle, now - self.options.stranger_idle):
            self.sessions.drop(session)
        for session in self.sessions.all:
            for part, first, missing in session.parts.late(now):
                session.send(answers.RESEND, answers.resend(first, missing, part.edition), part)
        self.commit.flush_signs()
        if self.turned_away:
            log.warning(
                "%s lines were turned away: %s terminals are here, and no more files may be open (ulimit -Hn, LimitNOFILE)",
                self.turned_away, self.most_lines,
            )  # fmt: skip
            self.turned_away = 0

    async def _note_visits(self) -> None:
        visits, self.talk.visits = self.talk.visits, {}
        if visits:
            rows = [(phone, why, at, times, told) for phone, (why, at, times, told) in visits.items()]
            await self.commit.ask(actions.turn_away, rows)

    async def _recheck(self) -> None:
        """A terminal that people have stopped meanwhile is put out."""
        out = await self.commit.ask(actions.put_out)
        for session in list(self.sessions.by_terminal.values()) if out else ():
            if session.known and session.known.vehicle in out:
                self.sessions.drop(session)

    async def ask(self, terminal: str, number: int, body: bytes, *, patience: float = 15.0) -> Message:
        """This will send a message to a terminal that is here and wait for its answer; LookupError, TimeoutError."""
        session = self.sessions.by_terminal.get(terminal.lstrip("0"))
        if session is None:
            raise LookupError(f"terminal {terminal} is not here")
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        serials = session.send(number, body)  # which of them a terminal answers, the standard does not say
        session.pending |= dict.fromkeys(serials, future)
        try:
            return await asyncio.wait_for(future, patience)
        finally:
            for serial in serials:
                session.pending.pop(serial, None)

    def edition_of(self, terminal: str) -> int:
        """The edition that a terminal speaks; 2013 where it is not here."""
        session = self.sessions.by_terminal.get(terminal.lstrip("0"))
        return session.edition if session else 2013
