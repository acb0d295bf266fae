"""The header: message, terminal, serial, package, and which edition of the standard the terminal speaks.

The editions of 2011 and 2013 have the same header; bit 14 of the attributes marks 2019, which has a version byte and
a number of twenty digits. 2011 shows only in the layout of a body, see `bodies`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from .framing import BadFrame, close_frame, open_frame

_HEAD = struct.Struct(">HH6sH")
_HEAD19 = struct.Struct(">HHB10sH")
_PACKAGES = struct.Struct(">HH")
_LENGTH, _ENCRYPT, _PARTED, _EDITION19 = 0x03FF, 0x1C00, 0x2000, 0x4000
MOST = 1023  # bytes in one body


@dataclass(slots=True)
class Message:
    """One message, or one package of a divided one."""

    id: int
    phone: str
    serial: int
    body: bytes
    edition: int = 2013  # 2013 stands for 2011 too; 2019
    version: int = 1  # the version byte of 2019
    encryption: int = 0
    packages: int = 0  # how many the whole has; 0 where it is not divided
    package: int = 0  # counted from 1
    serials: tuple[int, ...] = ()  # of the packages that a whole was put together from

    @property
    def name(self) -> str:
        """Its number as the standard writes it."""
        return f"0x{self.id:04X}"

    @property
    def terminal(self) -> str:
        """The terminal's number without leading zeros: the editions fill it up to different lengths."""
        return self.phone.lstrip("0") or "0"


def parse(inner: bytes) -> Message:
    """The message between two flags; BadFrame where it is none."""
    data = open_frame(inner)
    attributes = data[2] << 8 | data[3]
    if attributes & _EDITION19:
        if len(data) < _HEAD19.size:
            raise BadFrame(f"header too short: {len(data)} bytes")
        number, _attributes, version, phone, serial = _HEAD19.unpack_from(data)
        start, edition = _HEAD19.size, 2019
    else:
        number, _attributes, phone, serial = _HEAD.unpack_from(data)
        start, edition, version = _HEAD.size, 2013, 0
    packages = package = 0
    if attributes & _PARTED:
        if len(data) < start + 4:
            raise BadFrame(f"header too short: {len(data)} bytes")
        packages, package = _PACKAGES.unpack_from(data, start)
        if not 1 <= package <= packages:
            raise BadFrame(f"package {package} of {packages}")
        start += 4
    body = data[start:]
    if len(body) != attributes & _LENGTH:
        raise BadFrame(f"declared length {attributes & _LENGTH}, actual {len(body)}")
    return Message(
        number, phone.hex(), serial, body, edition, version, (attributes & _ENCRYPT) >> 10, packages, package
    )


def pack(message: Message) -> bytes:
    """One message, or one package, as a frame; ValueError where its body is too long for one."""
    if len(message.body) > MOST:
        raise ValueError(f"{len(message.body)} bytes do not fit one message; divide it")
    attributes = len(message.body) | message.encryption << 10
    if message.packages:
        attributes |= _PARTED
    serial = message.serial & 0xFFFF
    if message.edition == 2019:
        phone = bytes.fromhex(message.phone.zfill(20))
        head = _HEAD19.pack(message.id, attributes | _EDITION19, message.version, phone, serial)
    else:
        head = _HEAD.pack(message.id, attributes, bytes.fromhex(message.phone.zfill(12)[-12:]), serial)
    if message.packages:
        head += _PACKAGES.pack(message.packages, message.package)
    return close_frame(head + message.body)


def divide(message: Message, size: int = MOST) -> list[Message]:
    """The message as it is where one frame holds it, else its packages with serials that follow each other."""
    if len(message.body) <= size:
        return [message]
    pieces = [message.body[start : start + size] for start in range(0, len(message.body), size)]
    return [
        replace(message, serial=(message.serial + index) & 0xFFFF, body=piece, packages=len(pieces), package=index + 1)
        for index, piece in enumerate(pieces)
    ]
