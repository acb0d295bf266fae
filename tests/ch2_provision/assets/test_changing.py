"""A change of value or class: from its day on, approved by the head, with what was charged before left as it was."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.actions import seed_classes
from baozhang.ch2_provision.assets.actions.charging import charge
from baozhang.ch2_provision.assets.choices.cases import ChangeState
from baozhang.ch2_provision.assets.flows import ChangeFlow
from baozhang.ch2_provision.assets.flows.change import carry_out_due
from baozhang.ch2_provision.assets.models import Card, Change, ClassPair, VoucherLine
from baozhang.ch2_provision.assets.queries.depreciation import depreciation, figure_of
from baozhang.kernel import access, clock, scope
from baozhang.kernel.accounts import User
from baozhang.kernel.refusal import Invalid, Refused
from tests import factories

from .conftest import MakeCard


@pytest.fixture(autouse=True)
def people(agency: Organization) -> None:
    """A clerk and a head."""
    factories.person("clerk", "asset_clerk", agency)
    factories.person("head", "head", agency)


def take(case: Change, who: str, step: str, **options: Any) -> Change:
    with scope.within(access.actor_of(User._base_manager.get(username=who), clock.today())) as by:
        if not case.pk:
            ChangeFlow.start(case, by=by)
        ChangeFlow.take(step, case, by=by, **options)
    return case


def change(card: Card, **values: Any) -> Change:
    given = {"kind": "value", "reason": "settled", "effective": dt.date(2026, 3, 1), "grounds": "决算批复", **values}
    return Change(organ=card.organ, card=card, **given)


def lost(card: Card, day: dt.date) -> Decimal | None:
    return depreciation(card, day, figure_of(day, card.organ.jurisdiction.path.rstrip("/"))).accumulated


def test_what_was_charged_stays_and_the_rest_is_spread_anew(card: MakeCard) -> None:
    thing = card(value="7200", life_months=72, acquired=dt.date(2023, 3, 1))  # 36 months at 100 by February 2026
    case = take(take(change(thing, value=Decimal(10800)), "clerk", "submit"), "head", "approve")
    thing = Card._base_manager.get(pk=thing.pk)
    assert case.state == ChangeState.DONE and (thing.value, case.value_before) == (10800, 7200)
    assert [lost(thing, day) for day in (dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2040, 1, 1))] == [
        3600,
        3800,
        10800,
    ]
    assert [(row.account, row.debit, row.credit) for row in VoucherLine._base_manager.order_by("place")] == [
        ("1601", 3600, 0),
        ("3501", 0, 3600),
    ]


def test_a_life_that_is_said_counts_from_the_change(card: MakeCard) -> None:
    thing = card(value="7200", life_months=72, acquired=dt.date(2023, 3, 1))
    take(take(change(thing, value=Decimal(7200), life_months=12), "clerk", "submit"), "head", "approve")
    thing = Card._base_manager.get(pk=thing.pk)
    assert [lost(thing, day) for day in (dt.date(2026, 3, 31), dt.date(2027, 2, 28))] == [3900, 7200]


def test_one_for_later_waits_for_its_day(card: MakeCard) -> None:
    case = take(change(card(), value=Decimal(6000), effective=dt.date(2026, 3, 5)), "clerk", "submit")
    take(case, "head", "approve")
    assert case.state == ChangeState.APPROVED and carry_out_due() == 0
    with clock.on(dt.date(2026, 3, 5)):
        assert carry_out_due() == 1 and carry_out_due() == 0
    assert Card._base_manager.get(pk=case.card.pk).value == 6000


def test_who_asks_does_not_approve_and_a_charged_month_is_closed(agency: Organization, card: MakeCard) -> None:
    thing = card()
    with scope.everything("test") as by:
        charge(dt.date(2026, 2, 1), by=by)
    with pytest.raises(Refused, match="已经计提"):
        take(change(thing, value=Decimal(6000), effective=dt.date(2026, 2, 28)), "clerk", "submit")
    case = take(change(thing, value=Decimal(6000)), "clerk", "submit")
    with pytest.raises(Refused):
        take(case, "clerk", "approve")
    with pytest.raises(Refused, match="已有安排"):
        take(change(thing, value=Decimal(7000)), "clerk", "submit")
    take(case, "head", "refuse", note="依据不足")
    take(change(thing, value=Decimal(7000)), "clerk", "submit")  # it is free again


def test_a_new_class_keeps_the_months_that_were_left(card: MakeCard) -> None:
    desk = card(name="台式计算机", class_code="A02010104", edition="2010", value="7200", acquired=dt.date(2023, 3, 1))
    before = lost(desk, dt.date(2026, 2, 28))
    case = take(change(desk, kind="class", reason="edition", class_code="A02010105", edition="2022"), "clerk", "submit")
    take(case, "head", "approve")
    desk = Card._base_manager.get(pk=desk.pk)
    assert (desk.edition, desk.class_code, desk.class_name) == ("2022", "A02010105", "台式计算机")
    assert lost(desk, dt.date(2026, 2, 28)) == before and "A02010104" in case.class_before
    assert not VoucherLine._base_manager.exists()  # the same account: nothing moves in the books


def test_the_same_code_of_the_wrong_edition_is_refused(card: MakeCard) -> None:
    desk = card(name="台式计算机", class_code="A02010104", edition="2010")
    with pytest.raises(Refused, match="与所填版本不符"):
        take(change(desk, kind="class", reason="edition", class_code="A02010104", edition="2022"), "clerk", "submit")


@pytest.mark.parametrize("values", [{"value": None}, {"value": Decimal(5), "class_code": "A1"}, {"kind": "class"}])
def test_half_a_change_is_none(card: MakeCard, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        factories.save(change(card(), **values))


def test_a_value_below_what_is_used_up_is_refused(card: MakeCard) -> None:
    thing = card(value="7200", life_months=72, acquired=dt.date(2023, 3, 1))
    with pytest.raises(Refused, match="小于累计折旧"):
        take(change(thing, value=Decimal(3599)), "clerk", "submit")


def test_a_month_that_was_charged_while_a_change_waited_is_not_changed_any_more(card: MakeCard) -> None:
    thing = card(value="7200", life_months=72, acquired=dt.date(2023, 3, 1))
    case = take(change(thing, value=Decimal(10800)), "clerk", "submit")  # from 1 March on
    with clock.on(dt.date(2026, 4, 1)):
        with scope.everything("test") as by:
            charge(dt.date(2026, 3, 1), organs=[thing.organ_id], by=by)
        before = lost(thing, dt.date(2026, 3, 31))
        with pytest.raises(Refused, match="2026-03 的折旧已经计提"):
            take(case, "head", "approve")
        thing.refresh_from_db()
        assert (thing.value, lost(thing, dt.date(2026, 3, 31))) == (7200, before)
        with scope.within(access.actor_of(User._base_manager.get(username="head"), clock.today())) as by:
            ChangeFlow.send_back(case, to="draft", by=by, note="改自四月起")
        case = take(
            Change._base_manager.get(pk=case.pk),
            "clerk",
            "edit",
            values={"effective": "2026-04-01", "grounds": "决算批复", "reason": "settled"},
        )
        case = take(take(case, "clerk", "submit"), "head", "approve")
    assert case.state == ChangeState.DONE
    assert lost(Card._base_manager.get(pk=thing.pk), dt.date(2026, 3, 31)) == before


def test_a_class_that_gave_way_to_the_next_edition_is_looked_up(card: MakeCard, as_user: Any) -> None:
    with scope.everything("test") as by:
        seed_classes(by)
        seed_classes(by)
    assert dict(ClassPair._base_manager.values_list("old_code", "new_code")) == {
        "A02010104": "A02010105",
        "A02010105": "A02010108",
    }
    old = card(name="台式计算机", class_code="A02010104", edition="2010")
    case = take(change(old, kind="class", reason="edition", grounds="分类标准换版"), "clerk", "submit")
    assert (case.class_code, case.edition) == ("A02010105", "2022")
    take(case, "head", "approve")
    old.refresh_from_db()
    assert (old.class_code, old.edition, old.category) == ("A02010105", "2022", "equipment")
    third = card(name="台式计算机", class_code="A02010104", edition="2010")
    form = {
        "organ": third.organ_id,
        "card": third.pk,
        "kind": "class",
        "reason": "edition",
        "effective": "2026-03-01",
        "grounds": "分类标准换版",
    }
    answer = as_user("clerk").post("/assets/changes/add/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Change._base_manager.get(card=third).class_code == "A02010105"
    other = card(name="复印机", class_code="A02020100", edition="2010")
    with pytest.raises(Invalid, match="没有保存"):  # the table does not know it, and nothing is guessed
        take(change(other, kind="class", reason="edition", grounds="分类标准换版"), "clerk", "submit")
