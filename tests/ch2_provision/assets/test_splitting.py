"""Dividing a batch and putting it together again: to the cent, and as of every earlier day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch2_provision.assets.actions import merge, split
from baozhang.ch2_provision.assets.actions.splitting import shares
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.queries.holding import totals
from baozhang.kernel import holds, ledger, scope
from baozhang.kernel.refusal import Invalid, Refused
from tests import factories

from .conftest import MakeCard


@given(st.decimals(0, 10**9, places=2), st.lists(st.integers(1, 500), min_size=2, max_size=20))
def test_shares_add_up(amount: Decimal, parts: list[int]) -> None:
    whole = Decimal(sum(parts))
    found = shares(amount, [Decimal(part) for part in parts], whole)
    assert sum(found) == amount
    assert all(abs(share - amount * part / whole) <= Decimal("0.01") for share, part in zip(found, parts, strict=True))


def test_parts_make_the_whole(agency: Organization, card: MakeCard) -> None:
    whole = card(
        quantity="10", value="10000", depreciated="3333.33", depreciated_on=dt.date(2024, 12, 31), life_months=72
    )
    days = [dt.date(2024, 6, 30), dt.date(2025, 6, 30), dt.date(2026, 3, 4)]
    before = [totals(day)[agency.pk, "equipment"] for day in days]
    with scope.everything("test") as by:
        parts = split(whole, [Decimal(3), Decimal(3), Decimal(4)], by=by, note="分给三个科室")
        assert [part.value for part in parts] == [3000, 3000, 4000]
        assert sum(part.depreciated or 0 for part in parts) == Decimal("3333.33")
        assert [part.split_from for part in parts] == [None, whole, whole] and parts[0].number == whole.number
        after = [totals(day)[agency.pk, "equipment"] for day in days]
        assert [(one.value, one.quantity) for one in after] == [(one.value, one.quantity) for one in before]
        assert all(abs(a.depreciated - b.depreciated) <= Decimal("0.01") for a, b in zip(after, before, strict=True))
        again = merge([Card._base_manager.get(pk=part.pk) for part in parts], by=by, note="合用")
    assert (again.quantity, again.value, again.depreciated) == (10, 10000, Decimal("3333.33"))
    assert Card._base_manager.count() == 1
    assert ledger.Entry.objects.filter(record_id=parts[1].pk, kind="assets.card").count() == 2  # its story is kept


@pytest.mark.parametrize("parts", [[10], [4, 5], [11, -1], [5, 5, 0]])
def test_parts_that_are_not_the_whole(card: MakeCard, parts: list[int]) -> None:
    whole = card(quantity="10")
    with scope.everything("test") as by, pytest.raises(Invalid):
        split(whole, [Decimal(part) for part in parts], by=by, note="")


def test_what_is_held_is_not_divided(agency: Organization, card: MakeCard) -> None:
    whole, case = card(quantity="10"), factories.kept(Headcount, where=agency)
    with scope.everything("test") as by:
        holds.take(whole, case=case, words="会议用", by=by)
        with pytest.raises(Refused, match="已有安排"):
            split(whole, [Decimal(5), Decimal(5)], by=by, note="")
        whole.refresh_from_db()
        assert len(split(whole, [Decimal(5), Decimal(5)], by=by, note="", case=case)) == 2


def test_what_is_not_alike_is_not_merged(card: MakeCard) -> None:
    cards = [card(), card(acquired=dt.date(2023, 2, 10))]
    with scope.everything("test") as by, pytest.raises(Refused, match="不是同一批次") as refused:
        merge(cards, by=by, note="")
    assert "取得日期" in str(refused.value.why)
