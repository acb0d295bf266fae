"""Many issue at once: no number twice, none left out, whoever fails gives his back; on either database."""

from __future__ import annotations

import threading

import pytest
from django.db import close_old_connections, connection, transaction
from tests import factories
from tests.committed import committed
from tests.conftest import TODAY
from tests.kernel.documents.pages import plain

from baozhang.kernel import clock, scope
from baozhang.kernel.documents import issuing, numbering
from baozhang.kernel.documents.register import Document

MANY = 20


@pytest.fixture
def db(django_db_setup, django_db_blocker):
    """A database in which several connections really commit."""
    yield from committed(django_db_blocker)


@pytest.mark.slow
def test_twenty_at_once(db):
    organ = factories.organ("云间区机关事务管理局", competence="authority")
    gate, failed = threading.Barrier(MANY), []

    def one(n: int) -> None:
        try:
            gate.wait(timeout=30)
            with clock.on(TODAY), scope.everything("test") as by, transaction.atomic():
                issuing.issue(
                    plain(number="", issue_date=TODAY),
                    organ=organ.pk,
                    word="云机管",
                    by=by,
                    right="kernel.document:view",
                )
                if n % 4 == 0:
                    raise LookupError("undone")
        except LookupError:
            pass
        except Exception as error:  # noqa: BLE001 -- told by the test below
            failed.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    close_old_connections()
    assert failed == []
    serials = sorted(Document._base_manager.values_list("serial", flat=True))
    assert serials == list(range(1, MANY * 3 // 4 + 1))
    assert Document._base_manager.values("code").distinct().count() == len(serials)


def test_a_number_is_taken_in_a_transaction_only(db):
    with pytest.raises(RuntimeError, match="transaction"):
        numbering.take(1, "云机管", 2026)
