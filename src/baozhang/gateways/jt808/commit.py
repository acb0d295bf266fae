"""Group commit: what comes in some milliseconds is written at once, and answered when it is on the disk, not before.

All database work of the gateway is done by one thread, in the order in which it is asked. While a batch is being
written, the next one gathers; where the database is away, the batch waits and is tried again, and what would be too
much to hold is refused, so that terminals keep it.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import Error, InterfaceError, OperationalError, connection

from baozhang.ch2_provision.vehicles.telemetry.points import Batch
from baozhang.ch2_provision.vehicles.telemetry.store import TelemetryStore
from baozhang.kernel import observation

log = logging.getLogger("baozhang.gateway")
T = TypeVar("T")
WAIT = 0.05  # seconds that the first position of a batch waits for others
MOST = 10_000  # positions in one transaction, but for those of a message that are more
MOST_HELD = 512 << 20  # bytes held until they are durable: with what 20,000 lines take, the process stays under 1 GB
# What is held, in bytes of memory: CPython's objects as tests/gateways/jt808/test_bound.py measures them
A_MESSAGE, A_POSITION = 650, 300
AGAIN = 1.0  # seconds before a batch is tried again
TOLD_EACH = 60  # tries between two lines in the log while the database is away
ENDING = 30.0  # seconds that a gateway which is to end waits for a database that is away; what is not answered, terminals keep
Done = Callable[[bool], None]


def held_by(positions: int, body: int) -> int:
    """The memory that a message takes until it is durable: itself, its answer, its positions; its bytes count twice where they are doubtful."""
    return A_MESSAGE + A_POSITION * positions + 2 * body


def _in_database(work: Callable[..., T], *args: Any) -> T:
    if connection.connection is None:
        connection.ensure_connection()
        observation.make_durable()
    try:
        return work(*args)
    except Error:
        connection.close()  # a broken connection would fail for ever; a new one is opened with the next work
        raise


def _let_go() -> None:
    connection.close()  # looked up in the thread whose connection it is


@dataclass(slots=True)
class _Part:
    """What goes to the disk together, and who is told then."""

    batch: Batch = field(default_factory=Batch)
    waiting: list[Done] = field(default_factory=list)
    held: int = 0


class Committer:
    """Gathers positions and writes them; calls back what waits for them."""

    def __init__(self, store: TelemetryStore, *, wait: float = WAIT) -> None:
        self.store, self.wait = store, wait
        self._part, self._before = _Part(), deque[_Part]()  # the one that gathers, and those that are large enough
        self.held = 0  # bytes, of all that is not durable yet
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gateway-database")
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self.stored = self.doubtful = self.batches = 0
        self._until = math.inf  # on the loop's clock: when it ends at the latest

    async def ask(self, work: Callable[..., T], *args: Any) -> T:
        """This will do other work in the database's thread and return its answer."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _in_database, work, *args)

    @property
    def batch(self) -> Batch:
        """Where positions and signs of life go next."""
        return self._part.batch

    @property
    def full(self) -> bool:
        """True where no more may be taken in."""
        return self.held >= MOST_HELD

    def then(self, done: Done, held: int) -> None:
        """This will call back with True once all that has been put into `batch` so far is durable; False if it cannot be.

        `held` is the memory that was taken since (`held_by`).
        """
        part = self._part
        part.waiting.append(done)
        part.held += held
        self.held += held
        if part.batch.size >= MOST:
            self._before.append(part)
            self._part = _Part()
        if self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(self.wait, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        """This will write until nobody waits any more."""
        try:
            clock = asyncio.get_running_loop().time
            while True:
                part = self._take()
                began = clock()
                done = await self._put(part.batch)
                self.held -= part.held
                for tell in part.waiting:
                    tell(done)
                if not self._before and not self._part.waiting:
                    return
                if not self._before:  # at most one commit in that time; a slow one has waited long enough
                    await asyncio.sleep(max(0.0, began + self.wait - clock()))
        finally:
            self._writing = None

    def _take(self) -> _Part:
        if self._before:
            return self._before.popleft()
        part, self._part = self._part, _Part()
        return part

    async def _put(self, batch: Batch) -> bool:
        """True when it is durable, however long that takes; False where the database will never take it."""
        tried = 0
        while True:
            try:
                await self.ask(self.store.append, batch)
            except (OperationalError, InterfaceError) as error:
                if asyncio.get_running_loop().time() >= self._until:
                    log.warning(
                        "%s positions are not stored and were not answered: terminals send them again", batch.size
                    )
                    return False
                if tried % TOLD_EACH == 0:
                    log.warning(
                        "%s positions could not be stored (%s); trying again", batch.size, error, exc_info=not tried
                    )
                tried += 1
                await asyncio.sleep(AGAIN)
                continue
            except Exception:
                log.exception("%s positions were refused by the database", batch.size)
                return False
            self.stored += len(batch.points)
            self.doubtful += len(batch.doubts)
            self.batches += 1
            return True

    def flush_signs(self) -> None:
        """This will write when terminals were heard of last, where no position did so along with it."""
        if self.batch.heard and self._timer is None and self._writing is None:
            self._begin()

    async def end(self) -> None:
        """This will write what is left and end the thread; a database that stays away is not waited for."""
        self._until = asyncio.get_running_loop().time() + ENDING
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._before or self._part.waiting or self.batch.heard or self._writing is not None:
            if self._writing is None:
                self._begin()
            await asyncio.shield(self._writing)  # type: ignore[arg-type]
        self._thread.submit(_let_go).result()
        self._thread.shutdown()
