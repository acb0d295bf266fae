"""Frames written down as hex, read for a person: `baozhang jt808 decode`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from . import bodies
from .framing import BadFrame, Cutter, escape
from .header import Message, parse
from .parts import Parts

_BETWEEN = re.compile(r"0[xX]|[\s\ufeff,;:_-]")  # what people and tools write between two bytes


def described(message: Message) -> dict[str, Any]:
    """The header, then the body's values; what is encrypted is not touched."""
    said: dict[str, Any] = {
        "msg_id": message.name, "version": str(_edition(message)), "phone": message.phone, "serial": message.serial,
        "body_len": len(message.body),
    }  # fmt: skip
    if message.edition == 2019:
        said["protocol_version_byte"] = message.version
    if not message.phone.isdigit():
        said["phone_not_bcd"] = True
    if message.encryption:
        return said | {"encrypt": message.encryption, "note": "encryption bits set: body must not be decoded"}
    if message.packages:
        return said | {"packages": message.packages, "package": message.package, "body_hex": message.body.hex()}
    return said | _body(message)


def _body(message: Message) -> dict[str, Any]:
    """What the body says; where it is none by the standard, why, beside its bytes: the header is sound all the same."""
    reader = bodies.READERS.get(message.id)
    try:
        return reader(message) if reader else {}
    except BadFrame as bad:
        return {"body_error": str(bad), "body_hex": message.body.hex()}


def _edition(message: Message) -> int:
    if message.id == 0x0100 and not message.packages and not message.encryption:
        return bodies.register_layout(message)
    return message.edition


def decode_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer for each frame of each line; packages of a divided message wait for each other across lines."""
    parts: dict[str, Parts] = {}
    for number, line in enumerate(lines):
        text = line.strip()
        if text:
            yield from _line(text, parts, float(number))


def _line(text: str, parts: dict[str, Parts], at: float) -> Iterator[dict[str, Any]]:
    try:
        data = bytes.fromhex(_BETWEEN.sub("", text))
    except ValueError:
        yield {"error": "not hexadecimal"}
        return
    bare = _bare(data)
    if bare is not None:
        yield _one(bare, parts, at)
        return
    cutter = Cutter()
    candidates = list(cutter.feed(data))
    for inner in candidates:
        try:
            yield _one(parse(inner), parts, at)
        except BadFrame as bad:
            yield {"error": str(bad)}
    if cutter.waiting or not candidates:
        yield {"error": "no end flag" if cutter.waiting else "no frame"}


def _bare(data: bytes) -> Message | None:
    """A message that was written down without its flags, escaped as on the line or not; None where it is none."""
    if data[:1] == data[-1:] == b"\x7e":
        return None
    for inner in (data, escape(data)):
        try:
            return parse(inner)
        except BadFrame:
            continue
    return None


def _one(message: Message, parts: dict[str, Parts], at: float) -> dict[str, Any]:
    said = described(message)
    if not message.packages:
        return said
    whole = parts.setdefault(message.phone, Parts()).add(message, at)
    if whole is None:
        return said
    joined = described(whole)
    if whole.id == 0x0100:
        joined["layout"] = joined["version"]
    return joined | {"packages": message.packages, "body_hex": whole.body.hex()}
