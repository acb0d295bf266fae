"""Two approvals ask for the last place of a quota at the same moment: one gets it. On both databases, with real threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch2_provision.vehicles.models import Addition
from baozhang.kernel import clock
from baozhang.kernel.refusal import Refused
from tests.ch2_provision.vehicles.conftest import Fleet, build
from tests.committed import committed
from tests.conftest import TODAY


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


@pytest.fixture
def fleet(db: None) -> Fleet:
    """The place, committed."""
    return build()


def test_the_last_place_goes_to_one(fleet: Fleet) -> None:
    fleet.quota(1)
    made = [fleet.addition() for _ in range(3)]
    for one in made:
        fleet.take("submit", one, "clerk")
        fleet.take("agree", one, "boss")
    gate, said = threading.Barrier(len(made)), []

    def approve(one: Addition) -> None:
        try:
            with clock.on(TODAY):
                gate.wait(timeout=20)
                fleet.take("approve", one, "officer", document="云机管〔2026〕9号", approved_on=TODAY)
            said.append("got")
        except Refused as refusal:
            said.append(str(refusal.what))
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert said.count("got") == 1 and sum("超出 1 辆" in one for one in said) == 2, said
    assert sorted(Addition._base_manager.values_list("state", flat=True)) == ["agreed", "agreed", "approved"]
