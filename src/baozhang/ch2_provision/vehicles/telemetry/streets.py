"""Streets of no real town, made from numbers alone, the same each time: for the demonstration, simulated terminals, benches.

A net of blocks bent as old towns are, arterials each few blocks, a river with bridges only for arterials, and round it
the outline of a district. Speeds follow what taxis show in a town: half of what is driven below 27 km/h, little above 60.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

CENTRE = (31.03, 121.22)  # degrees, WGS-84
COLUMNS, ROWS = 25, 19
BLOCK = 720.0  # metres
ARTERIAL_EACH = 4
MISSING = 0.12  # of the small streets
SEED = 31_0117
STREET_KMH, ARTERIAL_KMH = 28.0, 45.0
NORTH_M = 111_195.0  # metres a degree of latitude
EAST_M = NORTH_M * math.cos(math.radians(CENTRE[0]))
Place = tuple[float, float]  # metres east and north of the centre


@dataclass(frozen=True, slots=True)
class Leg:
    """One street from a crossing to the next."""

    to: int
    metres: float
    kmh: float
    bend: Place  # a place between the two, since no street is quite straight


@dataclass(frozen=True, slots=True)
class Net:
    """Crossings and the streets between them."""

    places: tuple[Place, ...]
    legs: tuple[tuple[Leg, ...], ...]
    river: tuple[Place, ...]

    def way(self, start: int, end: int) -> list[tuple[Place, float]]:
        """The fastest way between two crossings: places, each with the speed on the street that leads to it."""
        costs, before, waiting = {start: 0.0}, dict[int, tuple[int, Leg]](), [(0.0, start)]
        while waiting:
            cost, at = heapq.heappop(waiting)
            if at == end:
                break
            if cost > costs[at]:
                continue
            for leg in self.legs[at]:
                new = cost + leg.metres / leg.kmh
                if new < costs.get(leg.to, math.inf):
                    costs[leg.to], before[leg.to] = new, (at, leg)
                    heapq.heappush(waiting, (new, leg.to))
        found: list[tuple[Place, float]] = []
        at = end
        while at in before:
            source, leg = before[at]
            found += [(self.places[at], leg.kmh), (leg.bend, leg.kmh)]
            at = source
        return [(self.places[start], STREET_KMH), *reversed(found)]


def degrees(place: Place) -> Place:
    """A place as latitude and longitude."""
    return CENTRE[0] + place[1] / NORTH_M, CENTRE[1] + place[0] / EAST_M


def _river(east: float) -> float:
    """How far north the river runs."""
    return 1_150.0 * math.sin(east / 3_100.0) - 900.0 + east * 0.08


@lru_cache(maxsize=1)
def net() -> Net:
    """The streets of the district."""
    chance = Random(SEED)  # noqa: S311 -- the same town each time is the point
    places = [_crossing(column, row, chance) for row in range(ROWS) for column in range(COLUMNS)]
    legs: list[list[Leg]] = [[] for _ in places]
    for one, other, arterial in _pairs():
        a, b = places[one], places[other]
        wet = (a[1] > _river(a[0])) != (b[1] > _river(b[0]))
        if not arterial and (wet or chance.random() < MISSING):
            continue
        bend = ((a[0] + b[0]) / 2 + chance.uniform(-35, 35), (a[1] + b[1]) / 2 + chance.uniform(-35, 35))
        metres = math.dist(a, bend) + math.dist(bend, b)
        kmh = (ARTERIAL_KMH if arterial else STREET_KMH) * chance.uniform(0.85, 1.15)
        legs[one].append(Leg(other, metres, kmh, bend))
        legs[other].append(Leg(one, metres, kmh, bend))
    half = COLUMNS * BLOCK / 2 + 900
    river = tuple((east, _river(east)) for east in _steps(-half, half, 60))
    return Net(tuple(places), tuple(map(tuple, legs)), river)


def _steps(first: float, last: float, count: int) -> Iterator[float]:
    return (first + (last - first) * n / count for n in range(count + 1))


def _crossing(column: int, row: int, chance: Random) -> Place:
    """Bent by two slow waves, and moved a little: nothing in a town is square."""
    east, north = (column - (COLUMNS - 1) / 2) * BLOCK, (row - (ROWS - 1) / 2) * BLOCK
    bent = east + 420 * math.sin(north / 2_900) + 160 * math.sin(north / 900 + 1)
    up = north + 380 * math.sin(east / 3_300 + 0.6) + 120 * math.cos(east / 1_100)
    return bent + chance.uniform(-90, 90), up + chance.uniform(-90, 90)


def _pairs() -> Iterator[tuple[int, int, bool]]:
    """Neighbouring crossings, and whether an arterial joins them."""
    for row in range(ROWS):
        for column in range(COLUMNS):
            here = row * COLUMNS + column
            if column + 1 < COLUMNS:
                yield here, here + 1, row % ARTERIAL_EACH == 1
            if row + 1 < ROWS:
                yield here, here + COLUMNS, column % ARTERIAL_EACH == 2


def reachable() -> list[int]:
    """The crossings from which every other one can be reached: the largest connected part."""
    legs, left, best = net().legs, set(range(len(net().places))), set[int]()
    while left:
        part, waiting = set[int](), [left.pop()]
        while waiting:
            at = waiting.pop()
            part.add(at)
            waiting += [leg.to for leg in legs[at] if leg.to not in part]
        left -= part
        best = max(best, part, key=len)
    return sorted(best)


def outline() -> list[Place]:
    """The border of the district, closed."""
    chance = Random(SEED + 1)  # noqa: S311 -- as above
    wide, high = COLUMNS * BLOCK / 2 + 700, ROWS * BLOCK / 2 + 700
    found = []
    for n in range(72):
        angle = 2 * math.pi * n / 72
        round_ = (abs(math.cos(angle)) ** 3.2 + abs(math.sin(angle)) ** 3.2) ** (-1 / 3.2)
        far = round_ * (1 + 0.035 * math.sin(5 * angle) + chance.uniform(-0.012, 0.012))
        found.append((wide * far * math.cos(angle), high * far * math.sin(angle)))
    return [*found, found[0]]


def ground() -> dict[str, Any]:
    """The map under the vehicles as GeoJSON: outline, river, arterials, streets; places in degrees, WGS-84."""
    made = net()
    lines: dict[str, list[list[list[float]]]] = {"street": [], "arterial": []}
    for here, legs in enumerate(made.legs):
        for leg in legs:
            if here < leg.to:
                kind = "arterial" if leg.kmh > (STREET_KMH + ARTERIAL_KMH) / 2 else "street"
                lines[kind].append([_written(made.places[here]), _written(leg.bend), _written(made.places[leg.to])])
    return {
        "type": "FeatureCollection",
        "features": [
            _feature("area", "Polygon", [[_written(place) for place in outline()]]),
            _feature("water", "LineString", [_written(place) for place in made.river]),
            _feature("street", "MultiLineString", lines["street"]),
            _feature("arterial", "MultiLineString", lines["arterial"]),
        ],
    }


def _written(place: Place) -> list[float]:
    lat, lon = degrees(place)
    return [round(lon, 5), round(lat, 5)]


def _feature(kind: str, shape: str, places: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": {"type": shape, "coordinates": places}}
