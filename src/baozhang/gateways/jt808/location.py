"""A position as 0x0200, 0x0201 and 0x0704 carry it: 28 bytes that are always there, then additional items."""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .framing import BadFrame

_FIXED = struct.Struct(">IIIIHHH6s")
FIXED = _FIXED.size
CHINA = dt.timezone(dt.timedelta(hours=8))  # the standard says that a terminal's clock is UTC+8
ACC, LOCATED, SOUTH, WEST = 1, 2, 4, 8
# Items of one unsigned number: number → (bytes, name, divisor; 0 leaves it whole).
_PLAIN = {
    0x01: (4, "mileage_km", 10), 0x02: (2, "fuel_l", 10), 0x03: (2, "recorder_speed_kmh", 10),
    0x25: (4, "vehicle_signal", 0), 0x2A: (2, "io_status", 0), 0x30: (1, "signal_strength", 0), 0x31: (1, "satellites", 0),
}  # fmt: skip
_ANALOG = 0x2B


@dataclass(slots=True)
class Location:
    """A position as sent: numbers unscaled, places in millionths of a degree (WGS-84) with their sign."""

    alarm: int
    status: int
    lat: int
    lon: int
    altitude: int
    speed: int  # tenths of km/h
    direction: int
    time: bytes  # six bytes, two digits each
    items: bytes  # the additional items as they came
    body: bytes

    @property
    def moment(self) -> dt.datetime | None:
        """The terminal's clock; None where the digits are no time."""
        return moment_of(self.time)


def read(body: bytes) -> Location:
    """The position in a body; BadFrame where there is none."""
    if len(body) < FIXED:
        raise BadFrame(f"position too short: {len(body)} bytes")
    alarm, status, lat, lon, altitude, speed, direction, time = _FIXED.unpack_from(body)
    return Location(
        alarm, status, -lat if status & SOUTH else lat, -lon if status & WEST else lon, altitude, speed, direction, time,
        body[FIXED:], body,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _day_of(digits: bytes) -> tuple[int, int, int] | None:
    text = digits.hex()
    if not text.isdigit():
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        dt.date(year, month, day)
    except ValueError:
        return None
    return year, month, day


def moment_of(time: bytes) -> dt.datetime | None:
    """Six bytes of two digits each as a moment in UTC+8; None where they are no time, as zeros are."""
    day = _day_of(time[:3])
    text = time[3:].hex()
    if day is None or not text.isdigit():
        return None
    hour, minute, second = int(text[:2]), int(text[2:4]), int(text[4:])
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.datetime(*day, hour, minute, second, tzinfo=CHINA)


@lru_cache(maxsize=4096)
def _day_seconds(digits: bytes) -> int | None:
    day = _day_of(digits)
    return None if day is None else int(dt.datetime(*day, tzinfo=CHINA).timestamp())


def seconds_of(time: bytes) -> int | None:
    """The same as seconds since 1970, without making a moment of each position."""
    day, text = _day_seconds(time[:3]), time[3:].hex()
    if day is None or not text.isdigit() or text[:2] > "23" or text[2:4] > "59" or text[4:] > "59":
        return None
    return day + int(text[:2]) * 3600 + int(text[2:4]) * 60 + int(text[4:])


@dataclass(slots=True)
class Items:
    """The additional items: number and bytes in their order."""

    found: list[tuple[int, bytes]]
    truncated: bool

    def value(self, number: int) -> int | None:
        """The unsigned number in an item of the standard's own length; the first one where there are several."""
        width = _PLAIN[number][0]
        for this, data in self.found:
            if this == number and len(data) == width:
                return int.from_bytes(data, "big")
        return None


def items_of(data: bytes) -> Items:
    """The additional items; where the last one says it is longer than what is left, what is left is its value."""
    found: list[tuple[int, bytes]] = []
    at, end = 0, len(data)
    while at < end:
        if at + 2 > end:
            return Items(found, truncated=True)
        stop = at + 2 + data[at + 1]
        found.append((data[at], data[at + 2 : stop]))
        if stop > end:
            return Items(found, truncated=True)
        at = stop
    return Items(found, truncated=False)


def described(location: Location) -> dict[str, Any]:
    """The position in words for a person: degrees, km/h, items by name and as bytes."""
    lat, lon = location.lat / 1e6, location.lon / 1e6
    said: dict[str, Any] = {
        "alarm": location.alarm, "status": location.status, "lat": lat, "lon": lon, "altitude": location.altitude,
        "speed_kmh": location.speed / 10, "direction": location.direction, "acc_on": bool(location.status & ACC),
        "located": bool(location.status & LOCATED), "time_bcd": location.time.hex(),
    }  # fmt: skip
    moment = location.moment
    if moment is not None:
        said["time_local_utc8"] = moment.isoformat()
        said["time_utc"] = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if abs(lat) > 90 or abs(lon) > 180:
        said["coordinates_out_of_range"] = True
    return said | _items_described(items_of(location.items))


def _items_described(items: Items) -> dict[str, Any]:
    said: dict[str, Any] = {}
    raw: dict[str, str] = {}
    for number, data in items.found:
        key = f"{number:02X}"
        if key in raw:
            said["duplicate_item_ids"] = True
            continue  # the first one counts: what follows may be the rest of a broken item
        raw[key] = data.hex()
        if number == _ANALOG and len(data) == 4:
            both = int.from_bytes(data, "big")
            said["analog"] = {"ad0": both & 0xFFFF, "ad1": both >> 16}
        elif number in _PLAIN and len(data) == _PLAIN[number][0]:
            _width, name, divisor = _PLAIN[number]
            value = int.from_bytes(data, "big")
            said[name] = value / divisor if divisor else value
    said["items_hex"] = raw
    if items.truncated:
        said["items_truncated"] = True
    return said


def batch(body: bytes) -> tuple[list[Location], int]:
    """The positions of 0x0704 that can be read, and how many of the declared ones cannot; BadFrame where none can.

    Some count wrongly: what follows the declared ones is a position too where it reads as one, for nothing that is
    acknowledged may be lost.
    """
    if len(body) < 3:
        raise BadFrame(f"batch too short: {len(body)} bytes")
    count, at, tried, broken, found = body[0] << 8 | body[1], 3, 0, 0, list[Location]()
    while at + 2 <= len(body):
        stop = at + 2 + (body[at] << 8 | body[at + 1])
        tried += 1
        try:
            if stop > len(body):  # one that is cut off would be read as another place
                raise BadFrame("cut off")
            found.append(read(body[at + 2 : stop]))
        except BadFrame:
            if tried > count:
                break
            broken += 1
        at = stop
    broken += max(0, count - tried)
    if not found:
        raise BadFrame(f"batch: {count} positions declared, none can be read")
    return found, broken
