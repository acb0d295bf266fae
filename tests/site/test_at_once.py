"""Two at the same moment: on PostgreSQL they meet, on SQLite they queue; in neither does both get through."""

from __future__ import annotations

import datetime as dt
import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from baozhang.ch1_general.organs.models import Appointment, Headcount
from baozhang.kernel import access, attachments, clock, imports, jobs, ledger, resource, schedule, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.attachments import Attachment
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from tests import factories
from tests.committed import committed
from tests.conftest import TODAY
from tests.kernel.files_of_all_sorts import pdf
from tests.kernel.test_broken_off import ROWS, cards


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits, so that threads see each other."""
    yield from committed(django_db_blocker)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act came to, all begun at the same moment."""
    found: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            with clock.on(TODAY):
                found[place] = act()
        except Exception as error:  # noqa: BLE001 -- the test looks at what came
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_clerks_cannot_give_one_person_two_chairs(db: None) -> None:
    organ = factories.organ("管理局")
    person = factories.save(User(username="zhou", name="周"))

    def appoint(role: str) -> Callable[[], Any]:
        def act() -> Any:
            with scope.everything("test") as by:
                return keep(Appointment(user=person, organ=organ, role=role, since=TODAY), by=by)

        return act

    found = at_once(*(appoint(role) for role in ("system_admin", "security_admin", "audit_admin", "asset_clerk")))
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "Invalid", "Invalid", "Kept"], found
    assert Appointment._base_manager.filter(user=person).count() == 1
    assert all(isinstance(one, Invalid) for one in found if isinstance(one, Exception))


def test_the_same_file_brought_four_times_is_one(db: None) -> None:
    heads = factories.kept(Headcount, where=factories.organ("管理局"))

    def bring() -> int:
        with scope.everything("test") as by:
            return attachments.attach(heads, io.BytesIO(pdf()), "合同.pdf", by=by).pk

    found = at_once(*[bring] * 4)
    assert len(set(found)) == 1 and Attachment._base_manager.count() == 1, found


def test_four_workers_queue_what_is_due_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "PLANS", {"seal": schedule.PLANS["seal"]})
    schedule.tick()
    schedule.Schedule.objects.update(next_run=clock.now() - dt.timedelta(hours=1))
    found = at_once(*[schedule.tick] * 4)
    assert sorted(map(len, found)) == [0, 0, 0, 1], found
    assert jobs.Job.objects.count() == 1


def test_two_clerks_commit_the_same_cards_at_once(db: None) -> None:
    organ = factories.organ("教育局")
    clerks = [access.actor_of(factories.person(name, "asset_clerk", organ), TODAY) for name in ("li", "wang")]
    sessions = []
    for by in clerks:
        with scope.within(by):
            one = imports.upload(resource.get("assets/cards"), cards(), "c.xlsx", organ_id=organ.pk, by=by)
            imports.preview(one, by=by)
            sessions.append(one)
    assert [one.new for one in sessions] == [ROWS, ROWS], "each saw an empty ledger"

    def commit(session: Any, by: Any) -> Callable[[], Any]:
        def act() -> Any:
            with scope.within(by):
                return imports.commit(session, by=by)

        return act

    # Both sessions, and the first one a second time.
    found = at_once(*(commit(*pair) for pair in [*zip(sessions, clerks, strict=True), (sessions[0], clerks[0])]))
    assert all(isinstance(one, (imports.ImportSession, Refused)) for one in found), found
    assert resource.get("assets/cards").model._base_manager.count() == ROWS
    entries = ledger.Entry.objects.filter(kind="assets.card")
    assert entries.count() == ROWS, "what came second changed nothing, or was refused whole"
    states = list(imports.ImportSession._base_manager.order_by("pk").values_list("state", flat=True))
    assert "committed" in states
