"""Divided messages put together again, whatever order their packages come in; what is missing is asked for again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from .header import Message

MOST_PACKAGES = 2_048  # 2 MB; a larger whole is no message of a vehicle's terminal
MOST_BYTES = 8 << 20  # held at a time for one terminal
MOST_OF_STRANGER = 4 << 10  # for one that has not shown who it is: nothing that it may say is longer
MOST_OF_ALL = 128 << 20  # for all terminals
MOST_OF_STRANGERS = 32 << 20  # for all strangers, apart: however many they are, terminals keep their room
A_PACKAGE = 400  # bytes that one takes beside its body: what is sent without any must not be held for nothing
MOST_WHOLES = 32  # that one terminal has begun; one more lets go of that which waits longest
PATIENCE = 20.0  # seconds without a new package before the missing ones are asked for
MOST_ASKED = 3  # times in vain
REMEMBERED = 8  # wholes of which a package may come once more because its answer was lost
Mark = tuple[int, int, int, int, bytes]


@dataclass(slots=True)
class _Whole:
    """A message of which some packages are here."""

    first: Message
    start: int  # the serial of package 1
    bodies: dict[int, bytes] = field(default_factory=dict)
    serials: list[int] = field(default_factory=list)  # of each package, in the order in which they came
    last: float = 0.0
    asked: bool = False
    vain: int = 0  # times that it was asked for and nothing came
    size: int = 0
    marks: set[Mark] = field(default_factory=set)

    def missing(self) -> list[int]:
        """The packages that have not come."""
        return [index for index in range(1, self.first.packages + 1) if index not in self.bodies]


@dataclass(slots=True)
class Room:
    """What the packages of many take together."""

    most: int = field(default_factory=lambda: MOST_OF_ALL)
    taken: int = 0


@dataclass(slots=True)
class Parts:
    """The divided messages of one terminal."""

    room: Room = field(default_factory=Room)
    most: int = MOST_BYTES
    wholes: dict[tuple[int, int, int], _Whole] = field(default_factory=dict)
    size: int = 0
    _joined: OrderedDict[tuple[int, int], set[Mark]] = field(default_factory=OrderedDict)
    _answered: OrderedDict[tuple[int, int], set[Mark]] = field(default_factory=OrderedDict)

    def note_answered(self, whole: Message, *, durable: bool) -> None:
        """This will remember that a whole's packages were answered; where it was not kept, they may come again as new."""
        marks = self._joined.pop((whole.id, whole.serial), None)
        if marks is not None and durable:
            _remember(self._answered, whole, marks)

    def is_known(self, package: Message) -> bool:
        """True where the very same package is part of a whole that is here already: no new whole begins with it."""
        return self.is_answered(package) or _mark_in(package, self._joined)

    def is_answered(self, package: Message) -> bool:
        """True where that whole is durable and has been answered: its answer was lost."""
        return _mark_in(package, self._answered)

    def add(self, message: Message, at: float) -> Message | None:
        """The whole message when this package is its last; None while others are missing, or it is too large to keep."""
        size = A_PACKAGE + len(message.body)
        if message.packages > MOST_PACKAGES or self.size + size > self.most or self.room.taken + size > self.room.most:
            return None
        start = (message.serial - message.package + 1) & 0xFFFF
        key = self._key(message, start)
        whole = self.wholes.get(key)
        if whole is None:
            if len(self.wholes) >= MOST_WHOLES:
                self._drop(min(self.wholes, key=lambda one: self.wholes[one].last))
            whole = self.wholes[key] = _Whole(message, key[2])
        if message.package not in whole.bodies:
            whole.bodies[message.package] = message.body
            whole.serials.append(message.serial)
            whole.marks.add(_mark(message))
            whole.size += size
            self.size += size
            self.room.taken += size
            whole.vain = 0
        whole.last = at
        if len(whole.bodies) < message.packages:
            return None
        self._drop(key)
        body = b"".join(whole.bodies[index] for index in range(1, message.packages + 1))
        joined = replace(message, serial=whole.start, body=body, packages=0, package=0, serials=tuple(whole.serials))
        _remember(self._joined, joined, whole.marks)
        return joined

    def _key(self, message: Message, start: int) -> tuple[int, int, int]:
        """Serials of packages follow each other; one that is sent again may come with a serial of its own."""
        key = (message.id, message.packages, start)
        if key not in self.wholes:
            for other, whole in self.wholes.items():
                if other[:2] == key[:2] and whole.asked and message.package not in whole.bodies:
                    return other
        return key

    def _drop(self, key: tuple[int, int, int]) -> None:
        size = self.wholes.pop(key).size
        self.size -= size
        self.room.taken -= size

    def move(self, room: Room, most: int) -> None:
        """This will take what is here along into another room: its terminal has shown who it is."""
        self.room.taken -= self.size
        room.taken += self.size
        self.room, self.most = room, most

    def clear(self) -> None:
        """This will let go of all that is not whole."""
        for key in list(self.wholes):
            self._drop(key)

    def late(self, at: float) -> list[tuple[Message, int, list[int]]]:
        """What is to be asked for again: (a package of it, serial of package 1, missing); those asked in vain are dropped."""
        found = []
        for key, whole in list(self.wholes.items()):
            if at - whole.last < PATIENCE:
                continue
            if whole.vain >= MOST_ASKED:
                self._drop(key)
                continue
            whole.asked, whole.vain, whole.last = True, whole.vain + 1, at
            found.append((whole.first, whole.start, whole.missing()))
        return found


def _mark(package: Message) -> Mark:
    digest = hashlib.blake2b(package.body, digest_size=16).digest()
    return package.id, package.packages, package.package, package.serial, digest


def _mark_in(package: Message, wholes: OrderedDict[tuple[int, int], set[Mark]]) -> bool:
    return bool(wholes) and any(_mark(package) in marks for marks in wholes.values())


def _remember(wholes: OrderedDict[tuple[int, int], set[Mark]], whole: Message, marks: set[Mark]) -> None:
    wholes[whole.id, whole.serial] = marks
    while len(wholes) > REMEMBERED:
        wholes.popitem(last=False)
