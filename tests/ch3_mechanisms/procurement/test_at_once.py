"""Two purchases of one need are handed in at the same moment: one goes its way, the other is told. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch3_mechanisms.procurement.flows import PurchaseFlow
from baozhang.ch3_mechanisms.procurement.models import Purchase
from baozhang.kernel import clock
from baozhang.kernel.refusal import Refused
from tests.ch3_mechanisms.procurement.conftest import Shop
from tests.committed import committed
from tests.conftest import TODAY


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


def test_one_need_is_handed_in_twice_at_once(shop: Shop) -> None:
    need = shop.funded()
    drafts = [shop.draft(need) for _ in range(3)]
    gate, found = threading.Barrier(len(drafts)), []

    def hand_in(pk: int) -> None:
        try:
            with clock.on(TODAY):
                mine = Purchase._base_manager.get(pk=pk)
                gate.wait(timeout=20)
                shop.take("产管", PurchaseFlow, "submit", mine)
            found.append("got")
        except Refused as refusal:
            found.append(str(refusal.what))
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=(draft.pk,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found.count("got") == 1 and sum("超出可采购的 0 件" in said for said in found) == 2, found
    assert Purchase._base_manager.filter(state="submitted").count() == 1
