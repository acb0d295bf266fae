"""Nothing is promised beyond a line: not by one, not by fifty at the same moment, not by the bare database."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from baozhang.ch1_general.organs.models import Headcount
from baozhang.ch2_provision.funding import actions
from baozhang.ch2_provision.funding.flows import BudgetFlow
from baozhang.ch2_provision.funding.models import Budget, BudgetLine, Commitment, Payment
from baozhang.ch2_provision.funding.queries import open_budget_line
from baozhang.kernel import clock, scope
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from tests import factories
from tests.ch2_provision.funding.conftest import Office
from tests.committed import committed
from tests.conftest import TODAY

MANY = 50


def fresh(line: BudgetLine) -> BudgetLine:
    return BudgetLine._base_manager.get(pk=line.pk)


class TestAtTheSameMoment:
    """In a database that commits, so that threads see each other."""

    @pytest.fixture
    def db(self, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        yield from committed(django_db_blocker)

    def test_fifty_ask_for_a_thousand_each_of_seven_thousand_and_seven_get_it(self, db: None) -> None:
        office = Office()
        line = office.granted_line(7_500)
        cases = [factories.kept(Headcount, where=office.other) for _ in range(MANY)]
        gate, got, refused = threading.Barrier(MANY), [], []

        def ask(case: Headcount) -> None:
            gate.wait()
            try:
                with clock.on(TODAY), scope.everything("test") as by:
                    actions.commit(line, 1_000, case=case, by=by)
                got.append(case.pk)
            except Refused as refusal:
                refused.append(str(refusal.why))
            finally:
                connection.close()

        threads = [threading.Thread(target=ask, args=(case,)) for case in cases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(got), len(refused)) == (7, MANY - 7)
        assert all("余额 500.00 元" in why for why in refused)
        assert fresh(line).committed == 7_000
        assert sum(Commitment._base_manager.values_list("amount", flat=True)) == 7_000


@pytest.fixture
def line(office: Office) -> BudgetLine:
    """Fifty thousand that may be spent."""
    return office.granted_line()


@pytest.fixture
def case(office: Office, line: BudgetLine) -> Headcount:
    """Any record may be a case."""
    return factories.kept(Headcount, where=office.other)


def test_the_last_cent_may_be_promised_and_not_one_more(office: Office, line: BudgetLine, case: Headcount) -> None:
    with pytest.raises(Refused, match=r"还差 0\.01 元") as refusal:
        office.act("张会", actions.commit, line, Decimal("50000.01"), case=case)
    assert "批复 50,000.00 元" in refusal.value.why and refusal.value.article == "第八条第一款"
    office.act("张会", actions.commit, line, 50_000, case=case)
    assert fresh(line).remaining == 0


def test_asked_again_by_the_same_case_the_sum_becomes_the_new_one(
    office: Office, line: BudgetLine, case: Headcount
) -> None:
    office.act("张会", actions.commit, line, 40_000, case=case)
    office.act("张会", actions.commit, line, 30_000, case=case, words="合同价")
    assert fresh(line).committed == 30_000 and Commitment._base_manager.get().words == "合同价"
    with pytest.raises(Refused, match="余额不足"):
        office.act("张会", actions.commit, line, 50_001, case=case)


def test_a_payment_moves_the_promise_and_the_last_one_lets_go_of_the_rest(
    office: Office, line: BudgetLine, case: Headcount
) -> None:
    office.act("张会", actions.commit, line, 30_000, case=case)
    office.act("张会", actions.settle, line, 10_000, case=case)
    held = fresh(line)
    assert (held.committed, held.spent, held.remaining) == (20_000, 10_000, 20_000)
    with pytest.raises(Refused, match="多于占用"):
        office.act("张会", actions.settle, line, 20_001, case=case)
    office.act("张会", actions.settle, line, 15_000, case=case, final=True)
    held, row = fresh(line), Commitment._base_manager.get()
    assert (held.committed, held.spent, held.remaining) == (0, 25_000, 25_000)
    assert (row.state, row.settled, row.released) == ("settled", 25_000, 5_000)
    with pytest.raises(Refused, match="没有可以支付"):
        office.act("张会", actions.settle, line, 1, case=case)
    assert Payment._base_manager.count() == 2


def test_what_is_let_go_may_be_promised_again(office: Office, line: BudgetLine, case: Headcount) -> None:
    office.act("张会", actions.commit, line, 50_000, case=case)
    assert office.act("张会", actions.release, line, case=case) == 50_000
    other = factories.kept(Headcount, where=office.other)
    office.act("张会", actions.commit, line, 50_000, case=other)
    office.act("张会", actions.settle, line, 50_000, case=other)
    assert fresh(line).spent == 50_000


def test_a_bill_without_a_case_is_promised_and_paid_at_once(office: Office, line: BudgetLine) -> None:
    office.act("张会", actions.spend, line, Decimal("49999.99"), words="三月电费")
    with pytest.raises(Refused, match="余额不足"):
        office.act("张会", actions.spend, line, Decimal("0.02"), words="四月电费")
    assert fresh(line).spent == Decimal("49999.99") and fresh(line).committed == 0


@pytest.mark.parametrize("amount", [0, -1, Decimal("0.001")])
def test_a_sum_that_is_none_is_refused(office: Office, line: BudgetLine, case: Headcount, amount: Any) -> None:
    with pytest.raises(Invalid):
        office.act("张会", actions.commit, line, amount, case=case)


def test_nobody_promises_anothers_money(office: Office, line: BudgetLine, case: Headcount) -> None:
    for who, error in (("外会", NotFound), ("周财", Forbidden)):
        with pytest.raises(error):
            office.act(who, actions.commit, line, 1, case=case)
    assert fresh(line).committed == 0


def test_the_bare_database_refuses_too(line: BudgetLine) -> None:
    from django.db.models import F
    from django.db.models.query import QuerySet

    rows = QuerySet(BudgetLine).filter(pk=line.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(committed=F("granted"), spent=Decimal("0.01"))
    rows.update(committed=F("granted"))


def test_a_closed_year_promises_nothing_and_closes_only_when_all_is_settled(
    office: Office, line: BudgetLine, case: Headcount
) -> None:

    year = line.budget.year
    office.act("张会", actions.commit, line, 100, case=case)
    with clock.on(dt.date(year, 12, 31)), pytest.raises(Refused, match=f"{year} 年度还没有结束"):
        office.take("周财", BudgetFlow, "close", line.budget)
    with clock.on(dt.date(year + 1, 1, 4)):
        with pytest.raises(Refused, match=f"{year} 年度的预算已经到期"):
            office.act("张会", actions.commit, line, 101, case=case)
        with pytest.raises(Refused, match=r"100\.00 元占用没有结清"):
            office.take("周财", BudgetFlow, "close", line.budget)
        office.act("张会", actions.settle, line, 100, case=case)
        office.take("周财", BudgetFlow, "close", line.budget)
        with pytest.raises(Refused, match="还不能使用"):
            office.act("张会", actions.commit, line, 1, case=case, day=dt.date(year, 12, 31))


def test_next_years_money_is_neither_promised_nor_paid_before_the_year_begins(
    office: Office, line: BudgetLine, case: Headcount
) -> None:
    with clock.on(dt.date(line.budget.year - 1, 12, 31)):
        for work, given in ((actions.commit, {"case": case}), (actions.spend, {"words": "水费"})):
            with pytest.raises(Refused, match=f"{line.budget.year} 年度的预算还不能使用") as refusal:
                office.act("张会", work, line, 100, **given)
            assert refusal.value.article == "第八条第一款" and "12-31" in refusal.value.why
    with clock.on(dt.date(line.budget.year, 1, 1)):
        office.act("张会", actions.commit, line, 100, case=case)
        with pytest.raises(Refused, match="还不能使用"):
            office.act("张会", actions.settle, line, 100, case=case, day=dt.date(line.budget.year - 1, 12, 31))
        with pytest.raises(Invalid, match="晚于今天"):
            office.act("张会", actions.settle, line, 100, case=case, day=dt.date(line.budget.year, 1, 2))
        office.act("张会", actions.settle, line, 100, case=case)


def test_after_its_year_nothing_new_is_promised_and_what_was_promised_is_paid(
    office: Office, line: BudgetLine, case: Headcount
) -> None:
    with clock.on(dt.date(line.budget.year, 12, 31)):
        office.act("张会", actions.commit, line, 100, case=case)
    with clock.on(dt.date(line.budget.year + 1, 1, 1)):
        for work, amount, given in ((actions.commit, 101, {"case": case}), (actions.spend, 1, {"words": "水费"})):
            with pytest.raises(Refused, match="已经到期"):
                office.act("张会", work, line, amount, **given)
        office.act("张会", actions.commit, line, 90, case=case)
        office.act("张会", actions.settle, line, 90, case=case)


def test_the_line_that_pays_for_a_need_is_found(office: Office, line: BudgetLine) -> None:
    assert open_budget_line(line.plan_line) == line


def test_a_budget_is_closed_once_its_year_is_over(office: Office, line: BudgetLine) -> None:
    def offered() -> bool:
        buttons = BudgetFlow.buttons(Budget._base_manager.get(pk=line.budget_id), office("周财"))
        return any(one.name == "close" and not one.refused for one in buttons)

    with clock.on(dt.date(line.budget.year, 12, 31)):
        assert not offered()
        with pytest.raises(Refused, match="还没有结束"):
            office.take("周财", BudgetFlow, "close", line.budget)
    with clock.on(dt.date(line.budget.year + 1, 1, 1)):
        assert offered()
        assert office.take("周财", BudgetFlow, "close", line.budget).state == "closed"
