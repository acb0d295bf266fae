"""An encoder of the tests' own, byte by byte and as plain as can be, so that it shares no mistake with the product's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

CHINA = dt.timezone(dt.timedelta(hours=8))


def framed(message: bytes) -> bytes:
    """A message with its check byte, escaped, between flags."""
    check = 0
    for byte in message:
        check ^= byte
    out = bytearray(b"\x7e")
    for byte in [*message, check]:
        if byte == 0x7E:
            out += b"\x7d\x02"
        elif byte == 0x7D:
            out += b"\x7d\x01"
        else:
            out.append(byte)
    out.append(0x7E)
    return bytes(out)


def message(
    number: int, phone: str, serial: int, body: bytes = b"", *, edition: int = 2013, part: tuple[int, int] | None = None,
    encryption: int = 0,
) -> bytes:  # fmt: skip
    """A message (number, terminal, serial, body) as it goes over the line; `part` is (of how many, which)."""
    attributes = len(body) + (encryption << 10)
    out = bytearray()
    if part:
        attributes += 1 << 13
    if edition == 2019:
        attributes += 1 << 14
    out += number.to_bytes(2, "big") + attributes.to_bytes(2, "big")
    if edition == 2019:
        out += b"\x01" + bytes.fromhex(phone.rjust(20, "0"))
    else:
        out += bytes.fromhex(phone.rjust(12, "0"))
    out += serial.to_bytes(2, "big")
    if part:
        out += part[0].to_bytes(2, "big") + part[1].to_bytes(2, "big")
    return framed(bytes(out) + body)


def parts(number: int, phone: str, serial: int, body: bytes, *, size: int, edition: int = 2013) -> list[bytes]:
    """A divided message, package by package."""
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return [
        message(number, phone, (serial + i) % 65536, piece, edition=edition, part=(len(pieces), i + 1))
        for i, piece in enumerate(pieces)
    ]


@dataclass
class Fix:
    """A position to be sent."""

    at: dt.datetime
    lat: float = 31.23
    lon: float = 121.47
    speed: float = 36.0
    direction: int = 90
    altitude: int = 12
    status: int = 3
    alarm: int = 0
    odometer: float | None = None
    satellites: int | None = None

    def body(self) -> bytes:
        """The body of 0x0200."""
        status = self.status | (4 if self.lat < 0 else 0) | (8 if self.lon < 0 else 0)
        time = bytes.fromhex(self.at.astimezone(CHINA).strftime("%y%m%d%H%M%S"))
        out = self.alarm.to_bytes(4, "big") + status.to_bytes(4, "big")
        out += round(abs(self.lat) * 1e6).to_bytes(4, "big") + round(abs(self.lon) * 1e6).to_bytes(4, "big")
        out += self.altitude.to_bytes(2, "big") + round(self.speed * 10).to_bytes(2, "big")
        out += self.direction.to_bytes(2, "big") + time
        if self.odometer is not None:
            out += b"\x01\x04" + round(self.odometer * 10).to_bytes(4, "big")
        if self.satellites is not None:
            out += b"\x31\x01" + self.satellites.to_bytes(1, "big")
        return out


def batch(fixes: list[Fix], kind: int = 0) -> bytes:
    """The body of 0x0704: 0 of the present, 1 from a blind zone."""
    bodies = [fix.body() for fix in fixes]
    return len(bodies).to_bytes(2, "big") + bytes([kind]) + b"".join(len(b).to_bytes(2, "big") + b for b in bodies)


def registration(plate: str, *, device: bytes = b"DEV0001", maker: bytes = b"MAKER", edition: int = 2013) -> bytes:
    """The body of 0x0100 in the layout of an edition."""
    widths = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}[edition]
    fields = [value.ljust(width, b"\0") for value, width in zip((maker, b"M1", device), widths, strict=True)]
    return (31).to_bytes(2, "big") + (115).to_bytes(2, "big") + b"".join(fields) + b"\x01" + plate.encode("gbk")


def authentication(code: str, edition: int = 2013) -> bytes:
    """The body of 0x0102."""
    if edition != 2019:
        return code.encode()
    return bytes([len(code)]) + code.encode() + b"123456789012345" + b"1.0".ljust(20, b"\0")
