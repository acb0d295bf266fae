"""The outermost layer: flags, escapes, the check byte, and frames cut from a stream that may hold anything.

A frame stands between two flags (7e). Inside, 7e is sent as 7d 02 and 7d as 7d 01; any other byte after 7d is
illegal. The last byte is the exclusive-or of all before it, so the exclusive-or of the whole is zero.
"""

from __future__ import annotations

from collections.abc import Iterator

_FLAG = b"\x7e"
_ESCAPE = b"\x7d"
SHORTEST = 2 + 2 + 6 + 2 + 1  # the 2013 header and the check byte
LONGEST = 2 * (17 + 4 + 1023 + 1)  # the 2019 header of a package, the longest body, every byte escaped
_FOLDS = tuple(8 << power for power in range(11, -1, -1))


class BadFrame(ValueError):
    """Bytes that are no message by the standard; the text says why."""


def check_byte(data: bytes) -> int:
    """The exclusive-or of all bytes, found by folding the whole as one number."""
    number = int.from_bytes(data, "big")
    width = number.bit_length()
    for fold in _FOLDS:
        if width > fold:
            number = (number >> fold) ^ (number & ((1 << fold) - 1))
            width = fold
    return number


def unescape(data: bytes) -> bytes:
    """What was meant between two flags; BadFrame where 7d is followed by anything but 01 or 02."""
    if _ESCAPE not in data:
        return data
    if data.count(_ESCAPE) != data.count(b"\x7d\x01") + data.count(b"\x7d\x02"):
        raise BadFrame("illegal escape")
    # In this order: 7d 01 02 means 7d 02, and must not become 7e.
    return data.replace(b"\x7d\x02", _FLAG).replace(b"\x7d\x01", _ESCAPE)


def escape(data: bytes) -> bytes:
    """The reverse, without flags."""
    return data.replace(_ESCAPE, b"\x7d\x01").replace(_FLAG, b"\x7d\x02")


def open_frame(inner: bytes) -> bytes:
    """The message between two flags, unescaped and checked, without its check byte; BadFrame where it is none."""
    if inner[-1:] == _ESCAPE:  # some forget that the check byte is escaped like any other; nothing else can be meant
        inner += b"\x01"
    data = unescape(inner)
    if len(data) < SHORTEST:
        raise BadFrame(f"header too short: {len(data)} bytes")
    if check_byte(data):
        raise BadFrame(f"wrong check byte {data[-1]:02x}, computed {check_byte(data[:-1]):02x}")
    return data[:-1]


def close_frame(message: bytes) -> bytes:
    """A message with its check byte, escapes and both flags, ready for the line."""
    return _FLAG + escape(message + bytes((check_byte(message),))) + _FLAG


class Cutter:
    """Cuts a stream at its flags: several frames, half ones, single flags between two, garbage anywhere.

    What stands before the first flag is noise. After that every run of bytes between two flags is a candidate, so that
    a bad one never takes the next good one with it. At most one frame's length waits for its end.
    """

    def __init__(self) -> None:
        self._waiting = b""
        self._begun = False
        self.noise = 0  # bytes thrown away because no frame can be made of them

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The candidates that are complete, without flags, in their order."""
        *complete, rest = (self._waiting + data).split(_FLAG)
        if complete and not self._begun:
            self.noise += len(complete.pop(0))
            self._begun = True
        if len(rest) > LONGEST or not self._begun:
            self.noise += len(rest)
            rest, self._begun = b"", self._begun and len(rest) <= LONGEST
        self._waiting = rest
        yield from filter(None, complete)

    @property
    def waiting(self) -> int:
        """How many bytes wait for the end of their frame."""
        return len(self._waiting)
