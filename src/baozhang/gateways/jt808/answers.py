"""What the gateway says: bodies of messages to a terminal, in the layout of the edition that it speaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import IntEnum

REPLY, RESEND, TIME, REGISTERED = 0x8001, 0x8003, 0x8004, 0x8100
SET_PARAMETERS, ALL_PARAMETERS, SOME_PARAMETERS = 0x8103, 0x8104, 0x8106
LOCATE, TEXT, MEDIA = 0x8201, 0x8300, 0x8800
# Questions whose answer is a message of its own: a general answer that says "done" only says that they have come.
OWN_ANSWERS = frozenset({LOCATE, ALL_PARAMETERS, SOME_PARAMETERS})


class Result(IntEnum):
    """How a message was taken, in a general answer."""

    DONE = 0
    FAILED = 1
    WRONG = 2
    UNSUPPORTED = 3


class Entry(IntEnum):
    """How a registration was taken."""

    GRANTED = 0
    VEHICLE_TAKEN = 1
    NO_VEHICLE = 2
    TERMINAL_TAKEN = 3
    NO_TERMINAL = 4


def reply(serial: int, number: int, result: Result) -> bytes:
    """The general answer to a message."""
    return serial.to_bytes(2, "big") + number.to_bytes(2, "big") + bytes((result,))


def registered(serial: int, entry: Entry, code: str = "") -> bytes:
    """The answer to a registration; the code only where it is granted."""
    return serial.to_bytes(2, "big") + bytes((entry,)) + code.encode("gbk")


def resend(first: int, missing: Sequence[int], edition: int) -> bytes:
    """The packages that are asked for again; one byte counts them until 2013, two since 2019."""
    most = missing[: 65_535 if edition == 2019 else 255]
    count = len(most).to_bytes(2 if edition == 2019 else 1, "big")
    return first.to_bytes(2, "big") + count + b"".join(one.to_bytes(2, "big") for one in most)


def time(now: dt.datetime) -> bytes:
    """The moment in UTC, two digits a byte."""
    return bytes.fromhex(now.astimezone(dt.UTC).strftime("%y%m%d%H%M%S"))


def text(words: str, edition: int, flags: int = 0x04) -> bytes:
    """Words for the driver: shown on the display where nothing else is said; 2019 wants a kind besides (1: notice)."""
    kind = b"\x01" if edition == 2019 else b""
    return bytes((flags,)) + kind + words.encode("gbk", "replace")


def parameters(values: Mapping[int, bytes]) -> bytes:
    """Parameters to be set: number → value as bytes."""
    return bytes((len(values),)) + b"".join(
        number.to_bytes(4, "big") + bytes((len(value),)) + value for number, value in values.items()
    )


def parameter_numbers(numbers: Sequence[int]) -> bytes:
    """Parameters that are asked for."""
    return bytes((len(numbers),)) + b"".join(number.to_bytes(4, "big") for number in numbers)


def media(number: int) -> bytes:
    """All of a picture, sound or film has come."""
    return number.to_bytes(4, "big")
