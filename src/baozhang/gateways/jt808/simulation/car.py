"""Where a made-up vehicle is at a moment: it stands at its place, drives to another crossing, stands there, and goes on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from random import Random

from baozhang.ch2_provision.vehicles.telemetry import streets

ACC, LOCATED = 1, 2
STAND = (40.0, 420.0)  # seconds between two ways
FIRST_STAND = 30.0  # the first way begins soon, so that somebody who looks sees something move
LIGHT_SHARE, LIGHT = 0.22, (6.0, 45.0)  # crossings with a red light, and seconds there
HOME_SHARE = 0.3  # of the ways lead back to where the vehicle belongs
WANDER = 1.5  # metres that a receiver is off


@dataclass(frozen=True, slots=True)
class Spot:
    """What a receiver says: degrees, km/h, degrees of direction, metres since the vehicle was built."""

    lat: float
    lon: float
    kmh: float
    direction: int
    metres: float
    status: int


@lru_cache(maxsize=1)
def _crossings() -> tuple[int, ...]:
    return tuple(streets.reachable())


@dataclass(slots=True)
class Car:
    """One vehicle; `at` may only be asked forward in time."""

    chance: Random
    begun: float  # seconds since 1970
    home: int = -1
    metres: float = 0.0
    _here: int = -1
    _legs: list[tuple[float, float, streets.Place, streets.Place, float]] = field(default_factory=list)
    _until: float = 0.0  # it stands until then
    _place: streets.Place = (0.0, 0.0)
    _direction: int = 0

    def __post_init__(self) -> None:
        crossings = _crossings()
        if self.home < 0:
            self.home = self.chance.choice(crossings)
        self._here, self._place = self.home, streets.net().places[self.home]
        self._until = self.begun + self.chance.uniform(0, FIRST_STAND)
        self.metres = self.metres or self.chance.uniform(5e6, 180e6)
        self._direction = self.chance.randrange(360)

    def at(self, moment: float) -> Spot:
        """Where it is, and how fast."""
        while moment >= self._until and not self._legs:
            self._set_out(self._until)
        while self._legs and moment >= self._legs[0][1]:
            _since, until, a, b, _kmh = self._legs.pop(0)
            self.metres += math.dist(a, b)
            self._place, self._direction = b, _heading(a, b, self._direction)
            self._until = until
            if not self._legs:
                self._until = until + self.chance.uniform(*STAND)
                return self.at(moment)
        if not self._legs or moment < self._legs[0][0]:
            return self._spot(self._place, 0.0, self.metres, ACC if self._legs else 0)
        since, until, a, b, kmh = self._legs[0]
        share = (moment - since) / (until - since)
        place = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        self._direction = _heading(a, b, self._direction)
        return self._spot(place, kmh * self.chance.uniform(0.9, 1.08), self.metres + math.dist(a, b) * share, ACC)

    def _set_out(self, moment: float) -> None:
        """A way to somewhere else, leg by leg: (since, until, from, to, km/h)."""
        goal = self.home if self.chance.random() < HOME_SHARE else self.chance.choice(_crossings())
        if goal == self._here:
            self._until = moment + self.chance.uniform(*STAND)
            return
        way = streets.net().way(self._here, goal)
        clock = moment
        for (a, _kmh), (b, kmh) in pairwise(way):
            speed = kmh * self.chance.uniform(0.8, 1.15)
            seconds = max(math.dist(a, b) / (speed / 3.6), 0.1)
            self._legs.append((clock, clock + seconds, a, b, speed))
            clock += seconds
            if self.chance.random() < LIGHT_SHARE:
                clock += self.chance.uniform(*LIGHT)
        self._here = goal

    def _spot(self, place: streets.Place, kmh: float, metres: float, acc: int) -> Spot:
        off = WANDER if kmh else WANDER / 3
        lat, lon = streets.degrees((place[0] + self.chance.gauss(0, off), place[1] + self.chance.gauss(0, off)))
        return Spot(lat, lon, kmh, self._direction, metres, LOCATED | acc)


def _heading(a: streets.Place, b: streets.Place, otherwise: int) -> int:
    """Degrees from north, clockwise."""
    if a == b:
        return otherwise
    return round(math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))) % 360
