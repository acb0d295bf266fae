"""Bodies that the gateway does not act upon, read for a person: `baozhang jt808 decode` alone uses them.

A layout names its fields in their order, each with the kind of its value:
B, W, D  one, two, four bytes, unsigned     T  six bytes of two digits, year to second     n  so many bytes of text
P        text after a byte with its length  H  bytes after four bytes with their length      S  text to the end
X        bytes to the end                   B*, W*, D*  the numbers up to the end
"""

from __future__ import annotations

from typing import Any

from . import card, location
from .bodies import Values, missing_packages, parameter_list, text_of
from .framing import BadFrame
from .header import Message

_WIDTHS = {"B": 1, "W": 2, "D": 4}
_IDS = "count:B ids:D*"
_SEARCH = "multimedia_type:B channel:B event:B start:T end:T"
_MEDIA = "multimedia_id:D multimedia_type:B channel:B event:B"
LAYOUTS = {
    0x0108: "upgrade_type:B result:B", 0x0301: "event:B", 0x0302: "reply_serial:W answer:B", 0x0303: "info_type:B wanted:B",
    0x0700: "reply_serial:W command:B data_hex:X", 0x0701: "length:D data_hex:X", 0x0900: "type:B data_hex:X",
    0x0901: "length:D data_hex:X", 0x8004: "time_bcd:T", 0x8105: "command:B arguments:S", 0x8106: "count:B parameters:D*",
    0x8202: "interval_s:W lasting_s:D", 0x8203: "reply_serial:W alarm:D", 0x8400: "flag:B phone_number:S", 0x8601: _IDS,
    0x8603: _IDS, 0x8605: _IDS, 0x8607: _IDS, 0x8700: "command:B data_hex:X", 0x8701: "command:B data_hex:X",
    0x8801: "channel:B command:W interval_s:W save:B resolution:B quality:B brightness:B contrast:B saturation:B chroma:B",
    0x8802: _SEARCH, 0x8803: f"{_SEARCH} delete:B", 0x8804: "command:B seconds:W save:B rate:B",
    0x8805: "multimedia_id:D delete:B", 0x8900: "type:B data_hex:X", 0x8A00: "exponent:D modulus_hex:X",
}  # fmt: skip
# Those that are not the same in each edition: number → (2011 and 2013, 2019).
_EDITIONS = {
    0x0107: ("terminal_type:W manufacturer:5 model:20 terminal_id:7", "terminal_type:W manufacturer:11 model:30 terminal_id:30"),
    0x8108: ("upgrade_type:B manufacturer:5 firmware:P data_hex:H", "upgrade_type:B manufacturer:11 firmware:P data_hex:H"),
    0x8300: ("flags:B text:S", "flags:B kind:B text:S"),
}  # fmt: skip


class _Reader:
    """Takes values off a body from its start."""

    def __init__(self, message: Message) -> None:
        self.message, self.body, self.at = message, message.body, 0

    def take(self, length: int) -> bytes:
        """The next bytes; BadFrame where there are fewer."""
        if self.at + length > len(self.body):
            have = len(self.body) - self.at
            raise BadFrame(f"{self.message.name}: {length} bytes are needed after {self.at}, {have} are left")
        self.at += length
        return self.body[self.at - length : self.at]

    def number(self, width: int) -> int:
        """The next unsigned number."""
        return int.from_bytes(self.take(width), "big")

    @property
    def rest(self) -> bytes:
        """Whatever has not been taken, taken."""
        return self.take(len(self.body) - self.at)

    def value(self, kind: str) -> Any:
        """The next value of a kind."""
        if kind in _WIDTHS:
            return self.number(_WIDTHS[kind])
        if kind.endswith("*"):
            width = _WIDTHS[kind[0]]
            return [self.number(width) for _ in range((len(self.body) - self.at) // width)]
        if kind == "X":
            return self.rest.hex()
        if kind == "T":
            return self.take(6).hex()
        if kind == "S":
            return text_of(self.rest)
        if kind == "H":
            return self.take(self.number(4)).hex()
        return text_of(self.take(self.number(1) if kind == "P" else int(kind)))

    def values(self, layout: str) -> Values:
        """The fields of a layout."""
        return {name: self.value(kind) for name, kind in (field.split(":") for field in layout.split())}


def read(message: Message) -> Values | None:
    """What a body says, by the layout of its message; None where the house has none for it; BadFrame where it does not fit."""
    special = SPECIAL.get(message.id)
    if special is not None:
        return special(message)
    both = _EDITIONS.get(message.id)
    layout = both[message.edition == 2019] if both else LAYOUTS.get(message.id)
    return None if layout is None else _Reader(message).values(layout)


def _attributes(message: Message) -> Values:
    reader = _Reader(message)
    said = reader.values(_EDITIONS[0x0107][message.edition == 2019])
    said["iccid"] = reader.take(10).hex()
    return said | reader.values("hardware:P firmware:P gnss:B communication:B")


def _wanted(message: Message) -> Values:
    first, packages = missing_packages(message)
    return {"first_serial": first, "packages_wanted": packages}


def _set(message: Message) -> Values:
    if not message.body:
        raise BadFrame(f"{message.name}: an empty body")
    return {"count": message.body[0]} | parameter_list(message, 1)


def _tracked(message: Message) -> Values:
    reader = _Reader(message)
    return reader.values("reply_serial:W") | location.described(location.read(reader.rest))


def _bus(message: Message) -> Values:
    reader = _Reader(message)
    said: Values = {"count": reader.number(2), "time_bcd": reader.take(5).hex()}
    said["items"] = [{"id": f"{reader.number(4):08x}", "data_hex": reader.take(8).hex()} for _ in range(said["count"])]
    return said


def _found(message: Message) -> Values:
    """0x0802: what was recorded and is asked for; each with its place since 2013."""
    reader = _Reader(message)
    said = reader.values("reply_serial:W count:W")
    placed = len(message.body) >= 4 + said["count"] * (7 + location.FIXED)
    said["items"] = [
        reader.values(_MEDIA)
        | ({"location": location.described(location.read(reader.take(location.FIXED)))} if placed else {})
        for _ in range(said["count"])
    ]
    return said


def _shot(message: Message) -> Values:
    reader = _Reader(message)
    return reader.values("reply_serial:W result:B") | (
        reader.values("count:W ids:D*") if reader.at < len(reader.body) else {}
    )


def _received(message: Message) -> Values:
    reader = _Reader(message)
    return reader.values("multimedia_id:D") | (
        reader.values("count:B packages_wanted:W*") if reader.at < len(reader.body) else {}
    )


def _contacts(message: Message) -> Values:
    reader = _Reader(message)
    said = reader.values("setting:B count:B")
    said["contacts"] = [reader.values("flag:B number:P name:P") for _ in range(said["count"])]
    return said


def _question(message: Message) -> Values:
    reader = _Reader(message)
    said = reader.values("flags:B question:P")
    answers = []
    while reader.at < len(reader.body):
        number, length = reader.number(1), reader.number(2)
        answers.append({"id": number, "answer": text_of(reader.take(length))})
    return said | {"answers": answers}


def _menu(message: Message) -> Values:
    """0x8301 and 0x8303: events to choose from, and kinds of information to ask for."""
    reader = _Reader(message)
    said = reader.values("setting:B")
    if reader.at < len(reader.body):
        said["count"] = reader.number(1)
        width = 1 if message.id == 0x8301 else 2
        said["items"] = [
            {"id": reader.number(1), "name": text_of(reader.take(reader.number(width)))} for _ in range(said["count"])
        ]
    return said


def _information(message: Message) -> Values:
    reader = _Reader(message)
    return {"info_type": reader.number(1), "text": text_of(reader.take(reader.number(2)))}


def _driver(message: Message) -> Values:
    """0x0702: that a card was put in or out, when and how it was read; whose it is, is nobody's here."""
    event = card.read(message.body, b"")
    said: Values = {"card_in": event.put_in, "result": event.result, "holder_withheld": bool(event.holder)}
    return said | ({"time_bcd": event.time.hex()} if event.time else {})


def _control(message: Message) -> Values:
    """0x8500: one control of the vehicle; since 2019 several, of which each maker has his own."""
    if message.edition != 2019:
        return _Reader(message).values("control:B")
    return _Reader(message).values("count:W data_hex:X")


SPECIAL = {
    0x0005: _wanted, 0x0107: _attributes, 0x0500: _tracked, 0x0702: _driver, 0x0705: _bus, 0x0802: _found, 0x0805: _shot,
    0x8003: _wanted, 0x8103: _set, 0x8301: _menu, 0x8302: _question, 0x8303: _menu, 0x8304: _information, 0x8401: _contacts,
    0x8500: _control, 0x8800: _received,
}  # fmt: skip
