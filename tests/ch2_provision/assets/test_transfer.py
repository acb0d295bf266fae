"""A transfer of title: two cards, two books, one thing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baozhang.ch1_general.organs.models import Headcount, Organization
from baozhang.ch2_provision.assets.actions import transfer
from baozhang.ch2_provision.assets.choices import Acquisition, Disposal, UseState
from baozhang.ch2_provision.assets.models import Card, Voucher, VoucherLine
from baozhang.ch2_provision.assets.queries.depreciation import depreciation, figure_of
from baozhang.ch2_provision.assets.queries.holding import totals
from baozhang.demo.resting import resting, telling
from baozhang.kernel import access, clock, holds, scope
from baozhang.kernel.access import Reach
from baozhang.kernel.chain import chain_of
from baozhang.kernel.refusal import Forbidden, NotFound, Refused
from tests import factories

from .conftest import MakeCard, keep_all, new_card

DAY = dt.date(2026, 3, 3)


def case(organ: Organization) -> Headcount:
    """Any record may be the case."""
    return factories.kept(Headcount, where=organ)  # type: ignore[no-any-return]


def lost(card: Card, day: dt.date) -> Decimal | None:
    return depreciation(card, day, figure_of(day, card.organ.jurisdiction.path.rstrip("/"))).accumulated


def move(cards: list[Card], to: Organization, source: Headcount, **options: object) -> list[Card]:
    with scope.everything("test") as by:
        return transfer(cards, to=to, source=source, day=DAY, by=by, **options)  # type: ignore[arg-type]


def test_the_thing_goes_on_where_it_stood(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    old = card(value="7200", life_months=72, custodian="甲", serial="S-1")
    whole = [lost(old, dt.date(2026, month, 28)) for month in (2, 3, 4)]
    (new,) = move([old], neighbour, case(agency))
    assert (old.disposal, old.disposed, old.use_state) == (Disposal.TRANSFER, DAY, UseState.TRANSFERRED)
    assert (new.former, new.organ, new.value, new.acquisition, new.acquired) == (
        old, neighbour, Decimal(7200), Acquisition.TRANSFERRED, DAY)  # fmt: skip
    assert (new.custodian, new.serial, new.number) == ("", "S-1", f"{neighbour.code}-ZC0000001")
    assert [lost(new, dt.date(2026, 2, 28)), lost(new, DAY), lost(new, dt.date(2026, 4, 28))] == whole
    assert lost(new, dt.date(2040, 1, 1)) == 7200
    assert lost(old, DAY) == whole[0]  # the month of disposal is not charged by who gives


def test_books_of_earlier_days_stay(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    old = card(value="7200", life_months=72)
    before = totals(dt.date(2026, 2, 28))
    move([old], neighbour, case(agency))
    assert totals(dt.date(2026, 2, 28)) == before
    held = totals(DAY)
    assert (agency.pk, "equipment") not in held
    assert held[neighbour.pk, "equipment"].value == 7200


def test_both_sides_have_their_voucher(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    old = card(value="7200", life_months=72, acquired=dt.date(2023, 1, 10))  # 38 months by February
    source = case(agency)
    (new,) = move([old], neighbour, source)
    out, into = (Voucher._base_manager.get(organ=organ) for organ in (agency, neighbour))
    assert (out.source_kind, out.source_id) == (source.label, source.pk)
    sides = [[(row.account, row.debit, row.credit, row.card) for row in VoucherLine._base_manager.filter(voucher=one).order_by("place")]
             for one in (out, into)]  # fmt: skip
    assert sides == [
        [("3401", 3400, 0, old), ("1602", 3800, 0, old), ("1601", 0, 7200, old)],
        [("1601", 7200, 0, new), ("3401", 0, 3400, new), ("1602", 0, 3800, new)],
    ]


def test_what_another_case_holds_stays(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    old, mine, other = card(), case(agency), case(agency)
    with scope.everything("test") as by:
        holds.take(old, case=other, words="会议用", by=by)
        with pytest.raises(Refused, match="已有安排"):
            move([old], neighbour, mine)
        old.refresh_from_db()
        assert old.disposed is None
        holds.hand_over([old], case=other, to=mine, words="划转", by=by)
    move([old], neighbour, mine)
    assert holds.of_case(mine) == []


@pytest.mark.parametrize(
    "values", [{"disposed": dt.date(2026, 1, 5), "disposal": "sale"}, {"use_state": UseState.LOST}]
)
def test_what_is_gone_cannot_go(
    agency: Organization, neighbour: Organization, card: MakeCard, values: dict[str, object]
) -> None:
    with pytest.raises(Refused):
        move([card(**values)], neighbour, case(agency))
    with pytest.raises(Refused, match="已在"):
        move([card()], agency, case(agency))


def test_who_acts_needs_the_right_of_the_step_alone(
    agency: Organization, neighbour: Organization, card: MakeCard
) -> None:
    authority = Organization._base_manager.get(competence="authority")
    right = access.permission("assets.card:test_move", "试")
    access.role("test_mover", "试", "")
    access.ROLES["test_mover"].grants[right] = Reach.OWN
    try:
        by = access.actor_of(factories.person("mover", "test_mover", authority), clock.today(), authority.pk)
        old, source = card(), case(agency)
        with scope.within(by):
            with pytest.raises((Forbidden, NotFound)):
                transfer([old], to=neighbour, source=source, day=DAY, by=by)
            old = Card._base_manager.get(pk=old.pk)
            (new,) = transfer([old], to=neighbour, source=source, day=DAY, by=by, right=right, where=authority.pk)
        assert new.organ == neighbour and Voucher._base_manager.count() == 2
    finally:
        del access.ROLES["test_mover"], access.PERMISSIONS[right]


def test_many_have_one_voucher_a_side(agency: Organization, neighbour: Organization) -> None:
    keep_all([new_card(organ=agency, number=f"X{n}", value="1000", life_months=72) for n in range(250)])
    fresh = move(list(Card._base_manager.select_related("organ").order_by("id")), neighbour, case(agency))
    assert len(fresh) == 250 and Voucher._base_manager.count() == 2
    assert [(row.account, row.card_id) for row in VoucherLine._base_manager.filter(organ=agency).order_by("place")] == [
        ("3401", None), ("1602", None), ("1601", None)]  # fmt: skip


def test_the_chain_follows_the_former_card(agency: Organization, neighbour: Organization, card: MakeCard) -> None:
    old = card()
    (new,) = move([old], neighbour, case(agency))
    with scope.everything("test"):
        assert {node.key[1] for node in chain_of(old).nodes} == {old.pk, new.pk}


def test_many_cards_are_transferred_with_as_many_queries_as_few(card: MakeCard, neighbour: Organization) -> None:
    counts = []
    for many in (2, 9):
        made = [card(value="100") for _ in range(many)]
        read = list(Card._base_manager.filter(pk__in=[one.pk for one in made]))  # without their owners
        with CaptureQueriesContext(connection) as asked:
            move(read, neighbour, case(neighbour))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_demonstration_leaves_alone_what_is_written_on_later_days(card: MakeCard) -> None:
    with clock.on(DAY):
        early = card(value="100")
    with clock.on(DAY + dt.timedelta(days=3)):
        late = card(value="100")
    with telling(DAY + dt.timedelta(days=1)):
        assert list(Card._base_manager.filter(resting(), pk__in=[early.pk, late.pk])) == [early]
