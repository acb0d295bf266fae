"""Nothing is let or lent without the agency's decision, the authority's consent and a contract; what is due is income."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.choices.books import IncomeState
from baozhang.ch2_provision.assets.choices.cases import LettingState
from baozhang.ch2_provision.assets.flows import LettingFlow
from baozhang.ch2_provision.assets.models import Card, Income, Letting
from baozhang.ch2_provision.assets.models.letting import plus_months
from baozhang.kernel import access, clock, holds, scope
from baozhang.kernel.refusal import Invalid, NotFound, Refused
from tests import factories

from .conftest import MakeCard, found

PEOPLE = (("clerk", "asset_clerk"), ("head", "head"))
CONTRACT = {"contract": "租-1", "contract_on": dt.date(2026, 3, 4)}


@pytest.fixture
def case(agency: Organization, card: MakeCard) -> Letting:
    """A hall, let for a year at 3,000 yuan a quarter, drawn up."""
    for name, role in PEOPLE:
        factories.person(name, role, agency)
    factories.person("officer", "asset_officer", Organization._base_manager.get(competence="authority"))
    hall = card(name="临街用房", category="house", value="900000")
    made = Letting(organ=agency, kind="let", card=hall, party="便民菜店", purpose="菜店", rent=Decimal(3000), period="quarter",
                   since=dt.date(2026, 3, 10), until=dt.date(2027, 3, 9), due_days=10)  # fmt: skip
    with scope.within(actor("clerk")) as by:
        LettingFlow.start(made, by=by)
    return made


def actor(name: str) -> Any:
    from baozhang.kernel.accounts import User

    return access.actor_of(User._base_manager.get(username=name), clock.today())


def take(case: Letting, who: str, step: str, **options: Any) -> None:
    with scope.within(actor(who)) as by:
        LettingFlow.take(step, case, by=by, **options)


def alive(case: Letting) -> Letting:
    take(case, "clerk", "submit")
    take(case, "head", "decide", values={"decision": "局长办公会 2026-2"})
    take(case, "officer", "approve")
    take(case, "clerk", "sign", values=CONTRACT)
    return case


def test_the_whole_way(case: Letting) -> None:
    alive(case)
    assert Card._base_manager.get(pk=case.card.pk).use_state == UseState.LET
    assert [(one.due_on, one.amount) for one in Income._base_manager.order_by("due_on")] == [
        (dt.date(2026, 3, 20), 3000), (dt.date(2026, 6, 20), 3000), (dt.date(2026, 9, 20), 3000), (dt.date(2026, 12, 20), 3000)]  # fmt: skip
    with clock.on(dt.date(2026, 9, 15)):
        take(case, "clerk", "take_back", values={"returned_on": dt.date(2026, 9, 15), "condition": "完好"})
    assert Card._base_manager.get(pk=case.card.pk).use_state == UseState.IN_USE
    assert [one.state for one in Income._base_manager.order_by("due_on")] == [*[IncomeState.DUE] * 3, IncomeState.VOID]
    assert holds.of_case(case) == []


def test_no_contract_before_everybody_has_agreed(case: Letting) -> None:
    with pytest.raises(Refused, match="现在不能办理"):
        take(case, "clerk", "sign", values=CONTRACT)
    take(case, "clerk", "submit")
    with pytest.raises(Invalid):
        take(case, "head", "decide")  # no decision named
    take(case, "head", "decide", values={"decision": "会"})
    with pytest.raises((Refused, NotFound)):
        take(case, "head", "approve")
    take(case, "officer", "refuse", note="规划要用")
    assert case.state == LettingState.REFUSED and holds.of_case(case) == []


def test_what_is_applied_for_is_kept_for_it(case: Letting, agency: Organization) -> None:
    take(case, "clerk", "submit")
    other = Letting(
        organ=agency, kind="lend", card=case.card, party="街道", purpose="会议", since=case.since, until=case.until
    )
    with scope.within(actor("clerk")) as by:
        LettingFlow.start(other, by=by)
        with pytest.raises(Refused, match="已有安排"):
            LettingFlow.take("submit", other, by=by)


@pytest.mark.parametrize("values", [{"rent": Decimal(0)}, {"kind": "lend"}, {"until": dt.date(2026, 3, 9)}])
def test_what_cannot_be(case: Letting, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(case, name, value)
    with pytest.raises(Invalid):
        factories.save(case)


def test_another_agencys_thing_cannot_be_let(case: Letting, neighbour: Organization) -> None:
    with pytest.raises(Invalid) as refused:
        factories.save(
            Letting(
                organ=neighbour,
                kind="lend",
                card=case.card,
                party="甲",
                purpose="乙",
                since=case.since,
                until=case.until,
            )
        )
    assert "不是本单位的资产" in str(refused.value.faults[0].reason)


def test_what_is_out_without_a_case_is_found(case: Letting, card: MakeCard) -> None:
    wild, held = card(use_state=UseState.LENT), card(use_state=UseState.LENT)
    alive(case)
    with scope.everything("test") as by:
        holds.take(held, case=case, words="公物仓借用", by=by)
    assert [one.pk for one in found("let_without_case", dt.date(2026, 3, 5))] == [wild.pk]


def test_past_its_last_day_it_is_late(case: Letting) -> None:
    alive(case)
    assert found("letting_overdue", dt.date(2027, 3, 9)) == []
    (late,) = found("letting_overdue", dt.date(2027, 3, 10))
    assert "已超期 1 天" in late.verdict.sentence


def test_periods_by_calendar_months() -> None:
    one = Letting(since=dt.date(2026, 1, 31), until=dt.date(2026, 4, 29), period="month")
    assert one.periods() == [
        (dt.date(2026, 1, 31), dt.date(2026, 2, 27)), (dt.date(2026, 2, 28), dt.date(2026, 3, 30)),
        (dt.date(2026, 3, 31), dt.date(2026, 4, 29))]  # fmt: skip
    assert plus_months(dt.date(2024, 12, 31), 2) == dt.date(2025, 2, 28)


def test_days_are_days_also_where_a_program_writes_them(case: Letting) -> None:
    take(case, "clerk", "submit")
    take(case, "head", "decide", values={"decision": "局长办公会 2026-2"})
    take(case, "officer", "approve")
    with pytest.raises(Invalid) as refused:
        take(case, "clerk", "sign", values={"contract": "租-1", "contract_on": "2026-03-05"})
    assert "晚于今天" in refused.value.why and refused.value.article
    take(case, "clerk", "sign", values={"contract": "租-1", "contract_on": "2026-03-04"})
    with pytest.raises(Invalid):
        take(case, "clerk", "take_back", values={"returned_on": "2026-13-45", "condition": "完好"})
