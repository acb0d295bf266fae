"""Two cases for one card at the same moment, and two thousand cards in one case."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baozhang.ch2_provision.disposal.flows import CaseFlow
from baozhang.ch2_provision.disposal.models import Case, Line
from baozhang.kernel import acts, clock, scope
from baozhang.kernel.holds import Hold
from baozhang.kernel.refusal import Refused
from baozhang.kernel.resource import BY_LABEL
from tests import crossing
from tests.committed import committed
from tests.conftest import TODAY

from .conftest import Office


class TestTwoAtOnce:
    """What needs several connections."""

    @pytest.fixture
    def db(self, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        """A database that commits, so that threads see each other."""
        yield from committed(django_db_blocker)

    def test_two_cases_submitted_at_once_and_one_gets_the_card(self, db: None) -> None:
        office = Office()
        shared, own = office.card(), [office.card() for _ in range(6)]
        cases = [office.draft(shared, one) for one in own]
        gate, found = threading.Barrier(len(cases)), []

        def submit(case: Case) -> None:
            gate.wait()
            try:
                with clock.on(TODAY):
                    by = office("张管")
                    with scope.within(by):
                        CaseFlow.take("submit", case, by=by)
                found.append(case.pk)
            except Refused as refusal:
                found.append(str(refusal.what))
            finally:
                connection.close()

        threads = [threading.Thread(target=submit, args=(case,)) for case in cases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        got = [one for one in found if isinstance(one, int)]
        assert len(found) == len(cases) and len(got) == 1, found
        assert {hold.case_id for hold in Hold.objects.all()} == {got[0]} and Hold.objects.count() == 2
        states = dict(Case._base_manager.values_list("pk", "state"))
        assert [pk for pk, state in states.items() if state == "deciding"] == got, (
            "who came second is a draft as before"
        )

    def test_a_thing_goes_to_the_warehouse_while_its_case_is_withdrawn(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = Office()
        case = office.decided(office.card(), office.card())

        def store() -> None:
            by = office("仓管")
            with scope.within(by):
                acts.perform(BY_LABEL["disposal.line"], "store", list(Line.objects.order_by("pk")[:1]), by=by)

        stored, withdrawn = crossing.at_once(
            monkeypatch, store, lambda: office.take("cancel", case, "王局", note="另行办理")
        )
        assert withdrawn == "" and stored in ("", "Refused: 办件“已撤销”，不能再办理筛选"), (
            "not both in the way of both"
        )
        assert not Hold.objects.filter(case_kind=case.label).exists()


@pytest.mark.django_db
def test_a_step_asks_as_much_for_forty_cards_as_for_two(office: Office) -> None:
    asked: dict[str, list[int]] = {}
    for count in (2, 40):
        cards = [office.computer(custodian=f"{count}-{n}") for n in range(count)]
        case = _counted(asked, "draft", lambda cards=cards: office.draft(*cards))  # type: ignore[misc]
        for step in ("submit", "decide", "screened", "review", "pass_on", "audit", "consent"):
            if step == "decide":
                office.paper(case, "minutes")
            case = _counted(asked, step, lambda step=step, case=case: office.take(step, case))  # type: ignore[misc]
    assert {step: pair for step, pair in asked.items() if pair[1] > pair[0] + SLACK.get(step, 0)} == {}


# The tests' own draft fetches its cards one by one; ids of new rows are reserved in one query on both databases.
SLACK = {"draft": 38}


def _counted(asked: dict[str, list[int]], step: str, call: Any) -> Case:
    with CaptureQueriesContext(connection) as queries:
        case: Case = call()
    asked.setdefault(step, []).append(len(queries))
    return case
