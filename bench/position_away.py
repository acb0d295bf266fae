"""A database that takes nothing for a while: the table of positions is locked, and the gateway's memory is watched meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def away(seconds: float, gateway: Any) -> Iterator[None]:
    """Locks the table at once and lets go after some seconds, whatever happens meanwhile; 0 does nothing."""
    if not seconds:
        yield
        return
    locked = threading.Event()
    holding = threading.Thread(target=_hold, args=(seconds, gateway, locked))
    holding.start()
    locked.wait()
    try:
        yield
    finally:
        holding.join()


def _hold(seconds: float, gateway: Any, locked: threading.Event) -> None:
    from django.db import connection, transaction

    from baozhang.ch2_provision.vehicles.models import RecentPosition

    most, until = 0, time.monotonic() + seconds
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{RecentPosition._meta.db_table}" IN ACCESS EXCLUSIVE MODE')
        locked.set()
        while time.monotonic() < until:
            most = max(most, gateway.memory_info().rss)
            time.sleep(0.5)
    connection.close()
    print(f"the database took nothing for {seconds:.0f} s: gateway at most {most / 1e6:.0f} MB", flush=True)
