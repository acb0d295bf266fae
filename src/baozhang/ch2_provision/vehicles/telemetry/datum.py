"""GCJ-02 and WGS-84: what is kept here is always WGS-84; a platform that speaks of shifted places is understood at its door."""

from __future__ import annotations

import math

_A, _EE = 6_378_245.0, 0.00669342162296594323  # the ellipsoid of the shift
CLOSE = 1e-9  # degrees; a tenth of a millimetre


def shift(lat: float, lon: float) -> tuple[float, float]:
    """How far north and east, in degrees, GCJ-02 has moved a place of WGS-84."""
    x, y = lon - 105.0, lat - 35.0
    root, waves = math.sqrt(abs(x)), (20 * _sin(6 * x) + 20 * _sin(2 * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * _sin(y) + 40 * _sin(y / 3)) * 2 / 3 + (160 * _sin(y / 12) + 320 * _sin(y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * _sin(x) + 40 * _sin(x / 3)) * 2 / 3 + (150 * _sin(x / 12) + 300 * _sin(x / 30)) * 2 / 3
    radians = math.radians(lat)
    magic = 1 - _EE * math.sin(radians) ** 2
    root = math.sqrt(magic)
    return (
        north * 180 / (_A * (1 - _EE) / (magic * root) * math.pi),
        east * 180 / (_A / root * math.cos(radians) * math.pi),
    )


def _sin(number: float) -> float:
    return math.sin(number * math.pi)


def to_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """A place of WGS-84 as a Chinese base map has it."""
    north, east = shift(lat, lon)
    return lat + north, lon + east


def from_gcj02(lat: float, lon: float) -> tuple[float, float]:
    """The place of WGS-84 that a Chinese base map shows there, found by coming closer step by step."""
    true_lat, true_lon = lat, lon
    for _ in range(10):
        moved_lat, moved_lon = to_gcj02(true_lat, true_lon)
        off_lat, off_lon = moved_lat - lat, moved_lon - lon
        true_lat, true_lon = true_lat - off_lat, true_lon - off_lon
        if abs(off_lat) < CLOSE and abs(off_lon) < CLOSE:
            break
    return true_lat, true_lon
