"""Who may come in: numbers are looked up many at a time, so that a crowd at the door never keeps positions from the disk."""

from __future__ import annotations

import asyncio

from django.db import Error

from baozhang.ch2_provision.vehicles import actions
from baozhang.ch2_provision.vehicles.actions import Entered

from .commit import Committer

WAIT = 0.02  # seconds that a number waits for others
MOST = 500  # numbers in one question
MOST_WAITING = 20_000  # numbers; whoever comes then is not answered, and tries again


class Crowded(Exception):
    """More terminals are at the door than can be looked up soon."""


class Door:
    """Looks terminals up by their numbers: one question to the database for all that came meanwhile."""

    def __init__(self, commit: Committer) -> None:
        self.commit = commit
        self._waiting: dict[str, asyncio.Future[Entered | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def find(self, terminal: str) -> Entered | None:
        """The terminal that people have entered under a number; None where there is none."""
        future = self._waiting.get(terminal)
        if future is None:
            if len(self._waiting) >= MOST_WAITING:
                raise Crowded(f"{len(self._waiting)} numbers wait to be looked up")
            future = self._waiting[terminal] = asyncio.get_running_loop().create_future()
            if self._looking is None:
                self._looking = asyncio.get_running_loop().create_task(self._look())
        return await asyncio.shield(future)

    async def _look(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(WAIT)
                part = {phone: self._waiting.pop(phone) for phone in list(self._waiting)[:MOST]}
                try:
                    found = await self.commit.ask(actions.entered, part)
                except Error as error:
                    for future in part.values():
                        future.set_exception(error)
                        future.exception()  # who asked may have gone meanwhile
                    continue
                for phone, future in part.items():
                    future.set_result(found.get(phone))
        finally:
            self._looking = None
