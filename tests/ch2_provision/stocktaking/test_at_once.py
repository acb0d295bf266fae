"""Two phones at the same moment: the same scans are kept once, on both databases."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.stocktaking.models import Scan
from baozhang.kernel import clock, ledger
from tests.committed import committed
from tests.conftest import TODAY

THINGS = 40


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits, so that threads see each other."""
    yield from committed(django_db_blocker)


def test_the_same_scans_from_two_phones_are_kept_once(db: None, office: Any) -> None:
    for n in range(THINGS):
        office.card(f"A{n:02d}")
    count = office.begun()
    at = dt.datetime.combine(TODAY, dt.time(9), clock.ZONE)
    rows = [office.sighting(count, f"A{n:02d}", at=at) for n in range(THINGS)]
    gate, receipts, faults = threading.Barrier(4), [], []

    def bring(mine: list[Any]) -> None:
        gate.wait()
        try:
            with clock.on(TODAY):
                receipts.append(office.send(mine))
        except Exception as error:  # noqa: BLE001 -- whatever a thread meets is the result
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(part,)) for part in (rows, rows[::-1], rows[10:], rows[:30])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    accepted = [key for receipt in receipts for key in receipt.accepted]
    assert sorted(accepted) == sorted(row.key for row in rows), "each is accepted exactly once"
    assert sum(len(receipt.known) for receipt in receipts) == 40 + 40 + 30 + 30 - 40
    assert Scan._base_manager.count() == THINGS
    assert ledger.Entry.objects.filter(kind="stocktaking.scan").count() == THINGS
