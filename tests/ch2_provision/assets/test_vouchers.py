"""Vouchers balance, are numbered without gaps, and are put right by a counter-voucher alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.actions import Line, post, reverse
from baozhang.ch2_provision.assets.choices.books import VoucherKind
from baozhang.ch2_provision.assets.models import Voucher, VoucherLine
from baozhang.kernel import scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused

from .conftest import MakeCard

DAY = dt.date(2026, 3, 3)


def posted(organ: Organization, amount: str = "100", *, other: str = "", **options: object) -> Voucher:
    lines = [Line("5001", debit=Decimal(amount)), Line("1602", credit=Decimal(other or amount)), Line("1601")]
    with scope.everything("test") as by:
        return post(organ, kind=VoucherKind.DEPRECIATION, words="三月折旧", source=None, lines=lines, by=by,
                    **{"day": DAY, **options})  # type: ignore[arg-type]  # fmt: skip


def test_it_is_numbered_in_each_organ_and_year(agency: Organization, neighbour: Organization) -> None:
    made = [posted(agency), posted(agency), posted(neighbour), posted(agency, day=dt.date(2025, 12, 31))]
    assert [one.number for one in made] == ["记2026-00001", "记2026-00002", "记2026-00001", "记2025-00001"]
    assert VoucherLine._base_manager.filter(voucher=made[0]).count() == 2  # the line without an amount is left out


def test_one_that_does_not_balance_takes_no_number(agency: Organization) -> None:
    with pytest.raises(Invalid, match="借贷不平") as refused:
        posted(agency, "100", other="99.99")
    assert "借方合计 100" in str(refused.value.why)
    assert posted(agency).serial == 1


def test_it_is_never_changed(agency: Organization) -> None:
    voucher = posted(agency)
    line = VoucherLine._base_manager.filter(voucher=voucher).first()
    voucher.words = "改"
    line.debit = Decimal(5)  # type: ignore[union-attr]
    for row in (voucher, line):
        with scope.everything("test") as by, pytest.raises(Invalid):
            keep(row, by=by)


def test_it_is_reversed_once(agency: Organization, card: MakeCard) -> None:
    voucher = posted(agency)
    with scope.everything("test") as by:
        back = reverse(voucher, day=DAY, by=by, note="多提")
        assert [(row.account, row.debit, row.credit) for row in VoucherLine._base_manager.filter(voucher=back).order_by("place")] == [
            ("5001", 0, 100), ("1602", 100, 0)]  # fmt: skip
        for wrong in (voucher, back):
            with pytest.raises(Refused, match="不能再冲销"):
                reverse(wrong, day=DAY, by=by, note="再来")


def test_an_unverified_account_says_so(agency: Organization) -> None:
    lines = {row.account: row.checked for row in VoucherLine._base_manager.filter(voucher=posted(agency))}
    assert lines == {"5001": False, "1602": True}
