"""Cards go on living while they are counted: what the ledger moved is not missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.actions import split
from baozhang.ch2_provision.assets.actions.standing import ENDS
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.stocktaking.choices import Outcome
from baozhang.ch2_provision.stocktaking.models import Difference
from baozhang.ch2_provision.stocktaking.queries import standing
from baozhang.kernel import clock, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Refused
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
NINE = dt.datetime.combine(TODAY, dt.time(9), clock.ZONE)


def at(minutes):
    """The clock some minutes after nine."""
    return clock.on(NINE + dt.timedelta(minutes=minutes))


def outcomes(count):
    """What became of each line."""
    return {one.line.number: one.outcome for one in standing.standings(count)}


class TestMovesAreReplayed:
    """Cards go on living while they are counted."""

    def test_handed_over_after_its_new_room_was_counted(self, office):
        """302 is counted before it comes, 301 after it has left: nobody sees it, and it is not missing."""
        card = office.card("A1", "301室")
        count = office.begun()
        with at(60):
            office.change(card, place="302室", custodian="乙", user="乙")
        assert outcomes(count) == {"A1": Outcome.MOVED}
        count = office.take("clerk", "finish", count)
        assert office.gaps(count) == []

    def test_seen_where_it_had_been_moved_to(self, office):
        card = office.card("A1", "301室")
        count = office.begun()
        with at(60):
            office.change(card, place="302室", user="乙", custodian="乙")
        with at(90):
            office.scan(count, "A1", place="302室", user="乙")
            assert outcomes(count) == {"A1": Outcome.FOUND}
            count = office.take("clerk", "finish", count)
        assert office.gaps(count) == []

    def test_seen_elsewhere_before_the_paper_came(self, office):
        card = office.card("A1", "301室")
        count = office.begun()
        with at(30):
            office.scan(count, "A1", place="302室")
            assert outcomes(count) == {"A1": Outcome.MISPLACED}
        with at(60):
            office.change(card, place="302室")
            assert outcomes(count) == {"A1": Outcome.FOUND}

    def test_not_seen_in_the_room_it_had_left(self, office):
        card = office.card("A1", "301室")
        count = office.begun()
        with at(60):
            office.change(card, place="302室")
        with at(90):
            office.scan(count, "A1", result="missing", place="", room=office.room(count, "301室").pk)
            assert outcomes(count) == {"A1": Outcome.MOVED}

    def test_not_seen_though_nothing_moved(self, office):
        office.card("A1", "301室")
        count = office.begun()
        with at(90):
            office.scan(count, "A1", result="missing", place="", room=office.room(count, "301室").pk)
            assert outcomes(count) == {"A1": Outcome.MISSING}

    def test_gone_from_the_books_and_come_to_them(self, office):
        card = office.card("A1", "301室")
        count = office.begun()
        card.disposal, card.disposed, card.use_state = "scrapping", TODAY, "scrapped"
        with scope.everything("test") as by:
            keep(card, by=by, moves=ENDS)
        new = office.card("N1", "301室")
        office.scan(count, "N1")
        assert outcomes(count) == {"A1": Outcome.GONE}
        count = office.take("clerk", "finish", count)
        assert office.gaps(count) == [] and new.pk

    def test_a_batch_that_was_split_while_it_is_counted(self, office):
        """Counted before as ten, or after as its parts: nothing is short, and the parts are no surplus."""
        before = office.card("C1", "301室", quantity=Decimal(10), value=Decimal(1000), name="会议椅", unit="把")
        after = office.card("C2", "301室", quantity=Decimal(10), value=Decimal(1000), name="会议椅", unit="把")
        count = office.begun()
        with at(30):
            office.scan(count, "C1", quantity=Decimal(10))
        with at(60), scope.everything("test") as by:
            for whole in (before, after):
                fresh = Card._base_manager.get(pk=whole.pk)
                split(fresh, [Decimal(6), Decimal(4)], by=by, note="分给两个科室")
        parts = list(Card._base_manager.filter(split_from__isnull=False).order_by("pk"))
        with at(90):
            office.scan(count, "C2", quantity=Decimal(6))
            for part in parts:
                office.scan(count, part.number, quantity=Decimal(4))
            count = office.take("clerk", "finish", count)
        assert office.gaps(count) == []

    def test_pieces_that_are_short_after_a_split_are_short(self, office):
        count, part = self.divided(office)
        with at(90):
            office.scan(count, "C1", quantity=Decimal(5))
            office.scan(count, part.number, quantity=Decimal(4))
            count = office.take("clerk", "finish", count)
        gap = Difference._base_manager.get()
        assert (gap.kind, gap.quantity, gap.value, gap.books) == ("shortage", 1, 100, "6把"), (
            "of the six that are left on it"
        )

    def test_what_is_not_seen_after_a_split_is_what_was_left_on_the_card(self, office):
        count, part = self.divided(office)
        with at(90):
            office.scan(count, "C1", result="missing", place="", room=office.room(count, "301室").pk)
            office.scan(count, part.number, quantity=Decimal(4))
            office.take("clerk", "finish", count)
        gap = Difference._base_manager.get()
        assert (gap.kind, gap.quantity, gap.value) == ("shortage", 6, 600)

    def divided(self, office):
        """A batch of ten, divided into six and four an hour after its books were frozen; the count, and the part of four."""
        card = office.card("C1", "301室", quantity=Decimal(10), value=Decimal(1000), name="会议椅", unit="把")
        count = office.begun()
        with at(60), scope.everything("test") as by:
            _rest, part = split(
                Card._base_manager.get(pk=card.pk), [Decimal(6), Decimal(4)], by=by, note="分给两个科室"
            )
        return count, part

    def test_a_part_of_which_nobody_says_anything_is_not_counted(self, office):
        count, part = self.divided(office)
        with at(90):
            office.scan(count, "C1", quantity=Decimal(6))
            with pytest.raises(Refused) as refused:
                office.take("clerk", "finish", count)
        assert "还有 1 件没有盘到" in refused.value.what and part.number in refused.value.why

    def test_who_scans_the_old_label_for_all_pieces_has_counted_the_part(self, office):
        count, _part = self.divided(office)
        with at(90):
            office.scan(count, "C1", quantity=Decimal(10))
            count = office.take("clerk", "finish", count)
        assert office.gaps(count) == []

    def test_what_was_counted_before_it_was_divided_was_counted_whole(self, office):
        card = office.card("C1", "301室", quantity=Decimal(10), value=Decimal(1000), name="会议椅", unit="把")
        count = office.begun()
        with at(30):
            office.scan(count, "C1", quantity=Decimal(10))
        with at(60), scope.everything("test") as by:
            split(Card._base_manager.get(pk=card.pk), [Decimal(6), Decimal(4)], by=by, note="分给两个科室")
        with at(90):
            count = office.take("clerk", "finish", count)
        assert office.gaps(count) == []

    def test_a_part_that_is_not_seen_is_short_with_its_own_pieces_and_value(self, office):
        count, part = self.divided(office)
        with at(90):
            office.scan(count, "C1", quantity=Decimal(6))
            office.scan(count, part.number, result="missing", place="")
            office.take("clerk", "finish", count)
        gap = Difference._base_manager.get()
        assert (gap.kind, gap.number, gap.card_id, gap.quantity, gap.value) == (
            "shortage",
            part.number,
            part.pk,
            4,
            400,
        )

    def test_a_part_that_is_short_of_some_pieces_is_written_off_by_those(self, office):
        count, part = self.divided(office)
        with at(90):
            office.scan(count, "C1", quantity=Decimal(6))
            office.scan(count, part.number, quantity=Decimal(3))
            count = office.take("clerk", "finish", count)
            office.explain(count, handling="lost")
            for who, step in (("clerk", "report"), ("head", "agree"), ("officer", "approve"), ("clerk", "adjust")):
                count = office.take(who, step, count)
        lost = Card._base_manager.get(use_state="lost")
        assert (lost.quantity, lost.value, Card._base_manager.get(pk=part.pk).quantity) == (1, 100, 3)
        count = office.take("head", "close", count)
        assert count.state == "closed"

    def test_a_part_that_was_divided_again_is_asked_for_piece_by_piece(self, office):
        count, part = self.divided(office)
        with at(70), scope.everything("test") as by:
            _rest, small = split(Card._base_manager.get(pk=part.pk), [Decimal(3), Decimal(1)], by=by, note="再分")
        with at(90):
            office.scan(count, "C1", quantity=Decimal(6))
            office.scan(count, part.number, quantity=Decimal(3))
            with pytest.raises(Refused) as refused:
                office.take("clerk", "finish", count)
            assert small.number in refused.value.why
            office.scan(count, small.number)
            assert office.gaps(office.take("clerk", "finish", count)) == []


def test_what_was_moved_on_after_the_report_is_not_put_back(office):
    """The older sighting is carried out on the card that stands as it stood, not on the one that went on by its own paper."""
    cards = {number: office.card(number, "301室") for number in ("A1", "A2")}
    count = office.begun()
    with at(10):
        for number in cards:
            office.scan(count, number, place="303室")
    with at(20):
        count = office.take("clerk", "finish", count)
        office.explain(count)
        office.take("clerk", "report", count)
    with at(30):
        count = office.take("head", "settle", count)
        office.change(cards["A1"], place="305室")
    with at(40):
        count = office.take("clerk", "adjust", count)
    assert dict(Card._base_manager.values_list("number", "place")) == {"A1": "305室", "A2": "303室"}
    assert dict(Difference._base_manager.values_list("number", "state")) == {"A1": "dropped", "A2": "done"}
    with at(600):
        office.take("head", "close", count)
