"""Many terminals in one process, with one clock: the present, or a past that runs faster until it has caught up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from .box import Box, Count
from .car import Car
from .faults import Fault

log = logging.getLogger("baozhang.simulate")
SPREAD = 200.0  # terminals that connect in a second
EDITIONS = (2013, 2013, 2019)


@dataclass(slots=True)
class Clock:
    """Time that begins `back` seconds ago and runs `speed` times as fast, until it is now; then it is now."""

    speed: float = 1.0
    back: float = 0.0
    begun: float = field(default_factory=time.time)

    def now(self) -> float:
        """Seconds since 1970."""
        real = time.time()
        return min(real, self.begun - self.back + (real - self.begun) * self.speed)

    def pace(self, seconds: float) -> float:
        """How many real seconds so many of its own take."""
        return seconds if self.now() >= time.time() - 1 else seconds / self.speed


@dataclass(frozen=True, slots=True)
class Wish:
    """How a crowd is to behave."""

    host: str
    port: int
    every: float = 10.0
    speed: float = 1.0
    back: float = 0.0
    faults: frozenset[Fault] = frozenset()
    seed: int = 808


def boxes(terminals: Iterable[tuple[str, str]], wish: Wish, clock: Clock, count: Count) -> list[Box]:
    """Terminals for (number, plate); each behaves the same each time for the same seed."""
    found = []
    for place, (phone, plate) in enumerate(terminals):
        chance = Random(f"{wish.seed} {phone}")  # noqa: S311 -- the same each time is the point
        car = Car(chance, clock.now())
        edition = EDITIONS[place % len(EDITIONS)] if len(phone) <= 12 else 2019
        found.append(Box(phone, plate, car, chance, count, clock.now, edition, faults=wish.faults))
    return found


async def run(
    terminals: Sequence[tuple[str, str]], wish: Wish, ended: asyncio.Event, *, tell_every: float = 60.0
) -> Count:
    """This will let them all live until it is told to end, and say now and then how it goes; the whole count."""
    clock, count = Clock(wish.speed, wish.back), Count()
    crowd = boxes(terminals, wish, clock, count)
    tasks = [asyncio.create_task(_begin(box, place, wish, clock)) for place, box in enumerate(crowd)]
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), tell_every)
        except TimeoutError:
            log.info("%s", said(count, len(crowd)))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return count


async def _begin(box: Box, place: int, wish: Wish, clock: Clock) -> None:
    await asyncio.sleep(place / SPREAD)
    await box.live(wish.host, wish.port, wish.every, clock.pace)


def said(count: Count, terminals: int) -> str:
    """One line for a person."""
    wrong = ", ".join(f"{name} {times}" for name, times in sorted(count.misdeeds.items()))
    return (
        f"{terminals} terminals: {count.made:,} positions made, {count.answered:,} answered, {count.repeated:,} repeated, "
        f"{count.lines:,} lines, {count.refused:,} refusals" + (f"; wrong on purpose: {wrong}" if wrong else "")
    )
