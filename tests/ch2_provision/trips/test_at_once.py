"""Two dispatchers promise one vehicle at the same moment, past every check: the database lets one through. On both databases."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.trips.flows import DispatchFlow
from baozhang.ch2_provision.trips.models import Dispatch, Driver
from baozhang.kernel import clock, scope
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.ch2_provision.trips.conftest import WORKDAY, Garage, build
from tests.committed import at_once, committed
from tests.conftest import TODAY


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


@pytest.fixture
def garage(db: None) -> Garage:
    """The place, committed."""
    return build()


@pytest.mark.parametrize("blind", [False, True])
def test_one_vehicle_is_promised_once(garage: Garage, blind: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if blind:  # what stands in the database is asked alone
        monkeypatch.setattr(Dispatch, "together", classmethod(lambda cls, rows: ()))
    asks = [garage.ask() for _ in range(3)]
    garage.drivers.append(factories.kept(Driver, where=garage.mine))
    gate, said = threading.Barrier(len(asks)), []

    def work(n: int) -> None:
        try:
            with clock.on(TODAY), scope.everything("test"):
                gate.wait(timeout=20)
                garage.send(asks[n], driver=n)
            said.append("sent")
        except Refused as refusal:
            said.append(f"{refusal.what} {refusal.why}")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert said.count("sent") == 1 and len(said) == 3, said
    assert Dispatch._base_manager.count() == 1
    assert sorted(one.state for one in type(asks[0])._base_manager.all()) == ["approved", "approved", "dispatched"]


def test_several_who_ask_at_once_get_a_number_each(garage: Garage) -> None:
    said = at_once(*[lambda: garage.draft().number] * 4)
    assert sorted(str(one)[-5:] for one in said) == ["00001", "00002", "00003", "00004"], said


def test_one_vehicle_sets_out_once(garage: Garage) -> None:
    """Two slips of one vehicle, one behind the other: two drivers tap at the same moment."""
    spans = (("08:30", "10:00"), ("10:30", "11:30"))
    slips = [garage.send(garage.ask(leave=leave, back=back), driver=n) for n, (leave, back) in enumerate(spans)]
    gate, said = threading.Barrier(len(slips)), []

    def work(n: int) -> None:
        try:
            with clock.on(dt.datetime.combine(WORKDAY, dt.time(10, 30), clock.ZONE)), scope.everything("test") as by:
                gate.wait(timeout=20)
                DispatchFlow.take("begin", slips[n], by=by, values={"odometer_out": 100})
            said.append("out")
        except Refused as refusal:
            said.append(str(refusal.what))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(slips))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert said.count("out") == 1 and len(said) == 2 and any("还没有登记还车" in one for one in said), said
