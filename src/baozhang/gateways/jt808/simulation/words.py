"""What a terminal says: bodies of its messages, in the layout of the edition that it speaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from baozhang.gateways.jt808.location import CHINA

from .car import Spot

MAKER, MODEL, REGION = b"SIM00", b"SIM-1", (31, 115)
_WIDTHS = {2013: (5, 20, 7), 2019: (11, 30, 30)}


def registration(plate: str, device: str, edition: int) -> bytes:
    """0x0100."""
    values = (MAKER, MODEL, device.encode("ascii"))
    fields = b"".join(value.ljust(width, b"\0")[:width] for value, width in zip(values, _WIDTHS[edition], strict=True))
    place = b"".join(number.to_bytes(2, "big") for number in REGION)
    return place + fields + b"\x01" + plate.encode("gbk", "replace")


def authentication(code: str, edition: int) -> bytes:
    """0x0102."""
    said = code.encode("gbk", "replace")
    return said if edition != 2019 else bytes((len(said),)) + said + b"0" * 15 + b"1.0".ljust(20, b"\0")


def position(at: int, spot: Spot) -> bytes:
    """0x0200: the 28 bytes, then odometer, satellites and signal."""
    time = bytes.fromhex(dt.datetime.fromtimestamp(at, CHINA).strftime("%y%m%d%H%M%S"))
    head = (0, spot.status, round(spot.lat * 1e6), round(spot.lon * 1e6))
    fixed = b"".join(number.to_bytes(4, "big") for number in head)
    rest = b"".join(number.to_bytes(2, "big") for number in (5, round(spot.kmh * 10), spot.direction))
    return fixed + rest + time + b"\x01\x04" + round(spot.metres / 100).to_bytes(4, "big") + b"\x31\x01\x0b\x30\x01\x17"


def batch(bodies: Sequence[bytes], *, late: bool) -> bytes:
    """0x0704."""
    return (
        len(bodies).to_bytes(2, "big") + bytes((late,)) + b"".join(len(one).to_bytes(2, "big") + one for one in bodies)
    )


def reply(serial: int, number: int, result: int = 0) -> bytes:
    """0x0001: the general answer to a command."""
    return serial.to_bytes(2, "big") + number.to_bytes(2, "big") + bytes((result,))
