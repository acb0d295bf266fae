"""Divided messages put together again, whatever order their packages come in; what is missing is asked for again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .header import Message

MOST_PACKAGES = 2_048  # 2 MB; a larger whole is no message of a vehicle's terminal
MOST_BYTES = 8 << 20  # held at a time for one terminal
PATIENCE = 20.0  # seconds without a new package before the missing ones are asked for
MOST_ASKED = 3  # times


@dataclass(slots=True)
class _Whole:
    """A message of which some packages are here."""

    first: Message
    start: int  # the serial of package 1
    bodies: dict[int, bytes] = field(default_factory=dict)
    serials: list[int] = field(default_factory=list)  # all that came, doubled ones too: each is answered
    last: float = 0.0
    asked: int = 0
    size: int = 0

    def missing(self) -> list[int]:
        """The packages that have not come."""
        return [index for index in range(1, self.first.packages + 1) if index not in self.bodies]


@dataclass(slots=True)
class Parts:
    """The divided messages of one terminal."""

    wholes: dict[tuple[int, int, int], _Whole] = field(default_factory=dict)
    size: int = 0

    def add(self, message: Message, at: float) -> Message | None:
        """The whole message when this package is its last; None while others are missing, or it is too large to keep."""
        if message.packages > MOST_PACKAGES or self.size + len(message.body) > MOST_BYTES:
            return None
        start = (message.serial - message.package + 1) & 0xFFFF
        key = self._key(message, start)
        whole = self.wholes.setdefault(key, _Whole(message, key[2]))
        if message.package not in whole.bodies:
            whole.bodies[message.package] = message.body
            whole.size += len(message.body)
            self.size += len(message.body)
        whole.serials.append(message.serial)
        whole.last = at
        if len(whole.bodies) < message.packages:
            return None
        self._drop(key)
        body = b"".join(whole.bodies[index] for index in range(1, message.packages + 1))
        return replace(message, serial=whole.start, body=body, packages=0, package=0, serials=tuple(whole.serials))

    def _key(self, message: Message, start: int) -> tuple[int, int, int]:
        """Serials of packages follow each other; one that is sent again may come with a serial of its own."""
        key = (message.id, message.packages, start)
        if key not in self.wholes:
            for other, whole in self.wholes.items():
                if other[:2] == key[:2] and whole.asked and message.package not in whole.bodies:
                    return other
        return key

    def _drop(self, key: tuple[int, int, int]) -> None:
        self.size -= self.wholes.pop(key).size

    def late(self, at: float) -> list[tuple[Message, int, list[int]]]:
        """What is to be asked for again: (a package of it, serial of package 1, missing); those asked in vain are dropped."""
        found = []
        for key, whole in list(self.wholes.items()):
            if at - whole.last < PATIENCE:
                continue
            if whole.asked >= MOST_ASKED:
                self._drop(key)
                continue
            whole.asked, whole.last = whole.asked + 1, at
            found.append((whole.first, whole.start, whole.missing()))
        return found
