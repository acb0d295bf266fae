"""Measuring: wall time, CPU-seconds of the application and of PostgreSQL, and memory."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil
from django.db import connection

MB = 1024 * 1024


@dataclass
class Measure:
    """One line of the table; times in seconds, memory in MB. `ratio` is ours beside the limit, 1 being as fast as it."""

    name: str
    words: str
    target: str
    met: bool | None = None
    median: float | None = None
    p95: float | None = None
    rate: float | None = None
    unit: str = ""
    limit: float | None = None
    limit_words: str = ""
    ratio: float | None = None
    app_cpu: float | None = None
    server_cpu: float | None = None
    peak: float | None = None
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The line as plain data."""
        return asdict(self)


@dataclass
class Used:
    """What a stretch of work used; filled when it is over."""

    wall: float = 0.0
    app: float = 0.0
    server: float = 0.0


def _backends() -> list[psutil.Process]:
    """PostgreSQL's processes; none on the embedded database, whose work is the application's own."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        keeper = psutil.Process(cursor.fetchone()[0]).parent()
    return [] if keeper is None else [keeper, *keeper.children()]


def _cpu(processes: Iterable[psutil.Process]) -> float:
    total = 0.0
    for place, process in enumerate(processes):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        if place == 0:
            total += times.children_user + times.children_system  # of those that have ended since
    return total


@contextmanager
def used(server: int | None = None) -> Iterator[Used]:
    """Measures a block; `server` is the process that does the work where it is not this one, with its children."""
    made = Used()
    workers = [] if server is None else _family(server)
    keeper = _backends()[:1]
    server_before = _cpu(_with_children(keeper))
    app_before = _cpu(workers) if workers else time.process_time()
    begun = time.perf_counter()
    try:
        yield made
    finally:
        made.wall = time.perf_counter() - begun
        made.app = (_cpu(workers) if workers else time.process_time()) - app_before
        made.server = _cpu(_with_children(keeper)) - server_before


def _with_children(keeper: Sequence[psutil.Process]) -> list[psutil.Process]:
    return [one for process in keeper for one in (process, *process.children())]


def _family(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def memory(pid: int) -> float:
    """The largest resident size among a process and its children, in MB."""
    return max(process.memory_info().rss for process in _family(pid)) / MB


def own_peak() -> float:
    """The largest that this process has been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def own_memory() -> float:
    """How large this process is now, in MB."""
    return psutil.Process(os.getpid()).memory_info().rss / MB


def middle(times: Sequence[float]) -> float:
    """The median."""
    return statistics.median(times)


def p95(times: Sequence[float]) -> float:
    """The time that nineteen of twenty stay under."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
