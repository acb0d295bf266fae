"""One item is never promised twice: fifty at once, and one who is killed in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.actions import reserve
from baozhang.ch2_provision.warehouse.models import Exit, Item, Reservation
from baozhang.kernel import clock, scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from tests import factories
from tests.committed import committed
from tests.conftest import TODAY

MANY, ROOT = 50, Path(__file__).resolve().parents[3]
VICTIM = """
import os, sys, time
import django
django.setup()
import datetime as dt
from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.warehouse.actions import reserve, reserving
from baozhang.kernel import clock, scope

whole = reserving._lines
def slow(exit_, cards, by):
    if sys.argv[3] == "before":
        say()
    made = whole(exit_, cards, by)
    if sys.argv[3] == "after":
        say()
    return made
def say():
    print("held", flush=True)
    time.sleep(60)
reserving._lines = slow
with clock.on(dt.date(2026, 3, 4)), scope.everything("test") as by:
    reserve([Card._base_manager.get(pk=int(sys.argv[1]))], organ=Organization._base_manager.get(pk=int(sys.argv[2])),
            purpose="x", mode="use", by=by)
"""


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits, so that threads and processes see each other."""
    yield from committed(django_db_blocker)


def stock() -> tuple[Card, list[Any]]:
    """An item in stock, and the organs that want it."""
    place = factories.district("云间区")
    authority = factories.organ("管理局", place, competence="authority", document_word="云机管")
    card = factories.kept(Card, where=factories.organ("教育局", place))
    item = Item(organ_id=card.organ_id, authority=authority, card=card, reason="idle", number=card.number, name=card.name, value=card.value,
                state="stock", entered_on=TODAY)  # fmt: skip
    with scope.everything("test") as by:
        keep(item, by=by)
    return card, [factories.organ(f"单位{n}", place) for n in range(MANY)]


def want(card: Card, organ: Any, found: list[Any]) -> None:
    try:
        with clock.on(TODAY), scope.everything("test") as by:
            found.append(reserve([card], organ=organ, purpose="会议", mode="use", by=by)[0].pk)
    except Refused as refused:
        found.append(refused)
    finally:
        connection.close()


def run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def consistent(count: int) -> None:
    """What is promised is promised once, everywhere where it is written."""
    assert (
        Hold.objects.count()
        == Reservation._base_manager.filter(state="held").count()
        == Exit._base_manager.count()
        == count
    )
    assert Item._base_manager.get().state == ("reserved" if count else "stock")


def test_fifty_at_the_same_moment_and_one_gets_it(db: None) -> None:
    card, organs = stock()
    found: list[Any] = []
    run([threading.Thread(target=want, args=(card, organ, found)) for organ in organs])
    got = [one for one in found if isinstance(one, int)]
    assert len(found) == MANY and len(got) == 1, [str(one) for one in found][:5]
    assert {str(one.what) for one in found if isinstance(one, Refused)} == {f"{card} 已有安排"}
    consistent(1)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_one_who_is_killed_in_the_middle_holds_nothing_and_the_rest_go_on(db: None, moment: str) -> None:
    card, organs = stock()
    env = {**os.environ, "BAOZHANG_DATABASE_URL": _address(), "DJANGO_SETTINGS_MODULE": "baozhang.site.settings",
           "BAOZHANG_SECRET_KEY": "of tests alone", "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    command = [sys.executable, "-c", VICTIM, str(card.pk), str(organs[0].pk), moment]
    found: list[Any] = []
    threads = [threading.Thread(target=want, args=(card, organ, found)) for organ in organs[1:6]]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as victim:
        try:
            assert victim.stdout is not None and victim.stdout.readline().strip() == "held"
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            assert found == [], "the others wait for the one who was first"
        finally:
            os.kill(victim.pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert len([one for one in found if isinstance(one, int)]) == 1 and len(found) == 5, found
    consistent(1)


def _address() -> str:
    """The address of the database of the tests, for a process of its own."""
    held = connection.settings_dict
    if held["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{held['NAME']}"
    return f"postgresql://{held['USER']}:{held['PASSWORD']}@/{held['NAME']}?host={held['HOST']}&port={held['PORT']}"
