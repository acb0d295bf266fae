"""Frames written down as hex, read for a person: `baozhang jt808 decode`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from . import bodies, layouts
from .framing import BadFrame, Cutter, escape
from .header import Message, parse
from .parts import Parts

_BETWEEN = re.compile(r"0[xX]|[\s\ufeff,;:_-]")  # what people and tools write between two bytes
_NO_ESCAPE = re.compile(rb"\x7d(?![\x01\x02])")


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
    reader = bodies.READERS.get(message.id, layouts.read)
    try:
        return reader(message) or {}
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
    found = [_tried(inner) for inner in cutter.feed(data)]
    raw = _raw(data) if found and not any(isinstance(one, Message) for one in found) else None
    for one in found if raw is None else [raw]:
        yield _one(one, parts, at) if isinstance(one, Message) else {"error": str(one)}
    if cutter.waiting or not found:
        yield {"error": "no end flag" if cutter.waiting else "no frame"}


def _tried(inner: bytes) -> Message | BadFrame:
    try:
        return parse(inner)
    except BadFrame as bad:
        return bad


def _raw(data: bytes) -> Message | None:
    """The message between two flags that someone wrote down with its escapes undone; None where that makes none either.

    Length and check byte then fit the bytes as they stand. An escape that means nothing is refused all the same.
    """
    if not data[:1] == data[-1:] == b"\x7e" or _NO_ESCAPE.search(data):
        return None
    raw = _tried(escape(data[1:-1]))
    return raw if isinstance(raw, Message) else None


def _bare(data: bytes) -> Message | None:
    """A message that was written down without its flags, escaped as on the line or not; None where it is none."""
    if data[:1] == data[-1:] == b"\x7e":
        return None
    return next((one for one in map(_tried, (data, escape(data))) if isinstance(one, Message)), None)


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
