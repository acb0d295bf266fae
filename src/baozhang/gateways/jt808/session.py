"""Sessions: who is at the other end, what has been said, what is waited for; one for each terminal, never two."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from baozhang.ch2_provision.vehicles.actions import Known

from .framing import Cutter
from .header import Message, divide, pack
from .parts import MOST_BYTES, MOST_OF_STRANGER, MOST_OF_STRANGERS, Parts, Room

MOST_STRANGERS = (
    5_000  # addresses over UDP that have not shown who they are; each costs nothing to whoever makes them up
)
REMEMBERED = 8  # divided messages whose packages may be asked for again


@dataclass(eq=False, slots=True)
class Session:
    """One connection, or one address over UDP."""

    write: Callable[[bytes], None]
    end: Callable[[], None]
    peer: str
    heard: float  # on the loop's clock; of a stranger, when he came
    udp: bool = False
    cutter: Cutter = field(default_factory=Cutter)
    parts: Parts = field(default_factory=Parts)
    terminal: str = ""  # its number without leading zeros
    phone: str = ""  # the number as it writes it
    edition: int = 2013
    version: int = 1
    known: Known | None = None
    refused: int = 0
    bad: int = 0  # frames that are none
    wrong: int = 0  # messages whose body is none
    held: int = 0  # bytes of its positions that wait for the disk
    busy: int = 0  # messages that wait for the database
    closed: bool = False
    serial: int = -1
    pending: dict[int, asyncio.Future[Message]] = field(default_factory=dict)  # by each frame's serial
    sent: OrderedDict[int, list[bytes]] = field(default_factory=OrderedDict)

    def meet(self, message: Message) -> None:
        """This will remember how the other end writes."""
        self.terminal, self.phone = message.terminal, message.phone
        self.edition, self.version = message.edition, message.version

    def send(self, number: int, body: bytes, to: Message | None = None) -> list[int]:
        """This will send a message, divided where it is long, and return the serials of its frames; none where the line has ended.

        An answer has the header of the edition in which it was asked, also where a terminal changes it on its way.
        """
        if self.closed:
            return []
        first, asked = (self.serial + 1) & 0xFFFF, to or self
        pieces = divide(Message(number, asked.phone, first, body, asked.edition, asked.version))
        self.serial = pieces[-1].serial
        frames = [pack(piece) for piece in pieces]
        if len(frames) > 1:
            self.sent[first] = frames
            while len(self.sent) > REMEMBERED:
                self.sent.popitem(last=False)
        for frame in frames:
            self.write(frame)
        return [piece.serial for piece in pieces]

    def send_again(self, first: int, packages: Iterable[int]) -> bool:
        """This will send packages of a divided message once more; False where it is not remembered."""
        frames = self.sent.get(first)
        if frames is None:
            return False
        for package in packages:
            if 1 <= package <= len(frames):
                self.write(frames[package - 1])
        return True

    def close(self) -> None:
        """This will end the connection; whoever waits for an answer is told that none comes."""
        if not self.closed:
            self.closed = True
            for future in self.pending.values():
                if not future.done():
                    future.set_exception(ConnectionResetError("the terminal has gone"))
            self.pending.clear()
            self.end()


class Sessions:
    """All sessions, and the one of each terminal that has been let in."""

    def __init__(self) -> None:
        self.all: set[Session] = set()
        self.room, self.outside = Room(), Room(MOST_OF_STRANGERS)
        self.by_terminal: dict[str, Session] = {}
        self._strangers: dict[bool, dict[Session, None]] = {False: {}, True: {}}  # over TCP, over UDP; oldest first

    def add(self, session: Session) -> None:
        """This will take up a connection, of whom nobody knows yet who it is."""
        self.all.add(session)
        session.parts.move(self.outside, MOST_OF_STRANGER)
        self._strangers[session.udp][session] = None
        if session.udp and len(self._strangers[True]) > MOST_STRANGERS:
            self.drop_oldest_stranger(udp=True)

    def drop_oldest_stranger(self, *, udp: bool) -> bool:
        """This will make room by ending who has been here longest without showing who he is; False where there is none."""
        oldest = next(iter(self._strangers[udp]), None)
        if oldest is not None:
            self.drop(oldest)
        return oldest is not None

    def admit(self, session: Session, known: Known) -> None:
        """This will let a terminal in: an older session of the same terminal ends here."""
        session.known = known
        session.parts.move(self.room, MOST_BYTES)
        self._strangers[session.udp].pop(session, None)
        older = self.by_terminal.get(session.terminal)
        self.by_terminal[session.terminal] = session
        if older is not None and older is not session:
            self.drop(older)

    def drop(self, session: Session) -> None:
        """This will end a session and forget it; a newer one of the same terminal stays."""
        session.close()
        session.parts.clear()
        self.all.discard(session)
        self._strangers[session.udp].pop(session, None)
        if self.by_terminal.get(session.terminal) is session:
            del self.by_terminal[session.terminal]

    def idle(self, before: float, strangers_before: float) -> list[Session]:
        """The sessions that have been silent for too long."""
        return [one for one in self.all if one.heard < (before if one.known else strangers_before)]
