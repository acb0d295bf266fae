"""Bodies other than positions, read into plain values by the layout of the edition that they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import location
from .framing import BadFrame
from .header import Message

Values = dict[str, Any]
VIN = 17  # characters
JPEG = b"\xff\xd8\xff"
# Where the register message has its fields: edition → (maker, model, terminal, colour of the plate).
_REGISTER = {2011: (5, 8, 7), 2013: (5, 20, 7), 2019: (11, 30, 30)}


def text_of(data: bytes) -> str:
    """Text in GBK, zero bytes left away wherever they stand (no database takes them in a text); bytes that are none become marks rather than an error."""
    return data.replace(b"\x00", b"").decode("gbk", "replace")


def general_reply(message: Message) -> Values:
    """0x0001 and 0x8001: which message is answered, and how."""
    body = _at_least(message, 5)
    return {"reply_serial": body[0] << 8 | body[1], "reply_id": f"0x{body[2] << 8 | body[3]:04X}", "result": body[4]}


def register_layout(message: Message) -> int:
    """The edition by whose layout a register message is written: 2011 has a model of 8 bytes."""
    if message.edition == 2019:
        return 2019
    # 2011: 25 bytes and the plate; 2013: 37 bytes and the plate. A plate has at most 12 bytes, but where the colour is
    # 0, the vehicle has none, and the 17 characters of its VIN stand there.
    body = message.body
    if len(body) == 25 + VIN and body[24] == 0 and body[25:].isalnum() and body[25:].isascii():
        return 2011
    return 2011 if len(body) < 37 else 2013


def register(message: Message) -> Values:
    """0x0100: who made the terminal, its own number, and the plate of the vehicle that it is in."""
    layout = register_layout(message)
    maker, model, terminal = _REGISTER[layout]
    head = 4 + maker + model + terminal
    body = _at_least(message, head + 1)
    own = body[4 + maker + model : head]
    said: Values = {
        "province_id": body[0] << 8 | body[1],
        "city_id": body[2] << 8 | body[3],
        "manufacturer": text_of(body[4 : 4 + maker]),
        "model": text_of(body[4 + maker : 4 + maker + model]),
        "plate_color": body[head],
        "plate": text_of(body[head + 1 :]),
    }
    if _is_text(own):
        said["terminal_id"] = text_of(own)
    else:  # some send digits, two a byte, where the standard wants characters
        said["terminal_id_hex"] = own.hex()
    return said


def _is_text(data: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in data.strip(b"\x00"))


def authenticate(message: Message) -> Values:
    """0x0102: the code, and since 2019 the terminal's IMEI and software."""
    body = message.body
    if message.edition != 2019:
        return {"auth_code": text_of(body)}
    length = _at_least(message, 1)[0]
    if len(body) < 1 + length:
        raise BadFrame(f"0x0102: code of {length} bytes in a body of {len(body)}")
    rest = body[1 + length :]
    return {
        "auth_code": text_of(body[1 : 1 + length]),
        "imei": text_of(rest[:15]),
        "software_version": text_of(rest[15:]),
    }


def registered(message: Message) -> Values:
    """0x8100: the answer to a register message, with the code where it is granted."""
    body = _at_least(message, 3)
    said: Values = {"reply_serial": body[0] << 8 | body[1], "result": body[2]}
    if body[2] == 0:
        said["auth_code"] = text_of(body[3:])
    return said


def position(message: Message) -> Values:
    """0x0200."""
    return location.described(location.read(message.body))


def queried(message: Message) -> Values:
    """0x0201: the answer to a query, a position after the serial of what is answered."""
    body = _at_least(message, 2)
    return {"reply_serial": body[0] << 8 | body[1]} | location.described(location.read(body[2:]))


def positions(message: Message) -> Values:
    """0x0704: several positions, of the present or from a blind zone; one that is broken stands among them as its bytes."""
    body = _at_least(message, 3)
    count, at, found = body[0] << 8 | body[1], 3, list[Values]()
    while len(found) < count and at + 2 <= len(body):
        stop = at + 2 + (body[at] << 8 | body[at + 1])
        found.append(_place(body[at + 2 : stop], whole=stop <= len(body)))
        at = stop
    return {
        "count": count,
        "batch_type": body[2],
        "locations": found,
        "all_consumed": len(found) == count and at == len(body),
    }


def _place(piece: bytes, *, whole: bool) -> Values:
    try:
        if not whole:
            raise BadFrame(f"position cut off after {len(piece)} bytes")
        return location.described(location.read(piece))
    except BadFrame as bad:
        return {"body_error": str(bad), "body_hex": piece.hex()}


def media_data(message: Message) -> Values:
    """0x0801: what a picture, sound or film is, and where it was taken; the data itself stays out."""
    body = _at_least(message, 8)
    said: Values = {
        "multimedia_id": int.from_bytes(body[:4], "big"), "multimedia_type": body[4], "format": body[5], "event": body[6],
        "channel": body[7],
    }  # fmt: skip
    # The edition of 2011 has no position here; a picture that begins at once shows it.
    if len(body) >= 8 + location.FIXED and not body.startswith(JPEG, 8):
        said["location"] = location.described(location.read(body[8 : 8 + location.FIXED]))
        said["size"] = len(body) - 8 - location.FIXED
    return said


def media_event(message: Message) -> Values:
    """0x0800: that something was recorded."""
    body = _at_least(message, 8)
    return {
        "multimedia_id": int.from_bytes(body[:4], "big"), "multimedia_type": body[4], "format": body[5], "event": body[6],
        "channel": body[7],
    }  # fmt: skip


def missing_packages(message: Message) -> tuple[int, list[int]]:
    """0x8003 and 0x0005: (serial of the first package, the packages that are asked for again).

    The count is one byte until 2013 and two since 2019; the length of the body settles which is meant.
    """
    body = _at_least(message, 3)
    first, rest = body[0] << 8 | body[1], body[2:]
    if len(rest) == 1 + 2 * rest[0]:
        rest = rest[1:]
    elif len(rest) >= 2 and len(rest) == 2 + 2 * (rest[0] << 8 | rest[1]):
        rest = rest[2:]
    else:
        raise BadFrame(f"{message.name}: the count of packages does not fit {len(rest)} bytes")
    return first, [rest[at] << 8 | rest[at + 1] for at in range(0, len(rest), 2)]


# Parameters that are one number, and those that are text.
_NUMBERS = frozenset({
    *range(0x01, 0x08), 0x18, 0x19, 0x1B, 0x1C, *range(0x20, 0x23), *range(0x27, 0x2A), *range(0x2C, 0x31), 0x45, 0x46, 0x47,
    *range(0x50, 0x5B), 0x64, 0x65, *range(0x70, 0x75), 0x80, 0x93, 0x95, 0x100, 0x102,
})  # fmt: skip
_TEXTS = frozenset({*range(0x10, 0x18), 0x1A, 0x1D, 0x23, 0x24, 0x25, 0x26, *range(0x40, 0x45), 0x48, 0x49, 0x83})


def parameters(message: Message) -> Values:
    """0x0104: the terminal's parameters."""
    body = _at_least(message, 3)
    return {"reply_serial": body[0] << 8 | body[1], "count": body[2]} | parameter_list(message, 3)


def parameter_list(message: Message, at: int) -> Values:
    """Parameters from a place on, as they came and, where the standard says what they are, as number or text."""
    body, found, read = message.body, dict[str, str](), dict[str, int | str]()
    while at + 5 <= len(body):
        stop = at + 5 + body[at + 4]
        if stop > len(body):
            raise BadFrame(f"{message.name}: a parameter of {body[at + 4]} bytes, {len(body) - at - 5} are left")
        number, value = int.from_bytes(body[at : at + 4], "big"), body[at + 5 : stop]
        name, at = f"{number:04X}", stop
        found[name] = value.hex()
        if number in _NUMBERS and len(value) == 4:
            read[name] = int.from_bytes(value, "big")
        elif number in _TEXTS:
            read[name] = text_of(value)
    return {"parameters_hex": found, "parameters": read}


def _at_least(message: Message, length: int) -> bytes:
    if len(message.body) < length:
        raise BadFrame(f"{message.name}: body of {len(message.body)} bytes, at least {length} are needed")
    return message.body


READERS: dict[int, Callable[[Message], Values]] = {
    0x0001: general_reply, 0x0100: register, 0x0102: authenticate, 0x0104: parameters, 0x0200: position, 0x0201: queried,
    0x0704: positions, 0x0800: media_event, 0x0801: media_data, 0x8001: general_reply, 0x8100: registered,
}  # fmt: skip
