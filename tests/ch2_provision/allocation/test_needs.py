"""A need is held against the standard, answered from stock, or recorded as unanswered: both sides of each limit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.allocation.matching import MatchFlow, accept, follow_warehouse
from baozhang.ch2_provision.allocation.models import Answer, Match, Need
from baozhang.ch2_provision.allocation.queries.candidates import candidates_of
from baozhang.ch2_provision.allocation.queries.cover import left, no_match
from baozhang.ch2_provision.allocation.queries.standing import standing_of
from baozhang.ch2_provision.assets.models import Card, Voucher
from baozhang.ch2_provision.warehouse.flows import ExitFlow
from baozhang.ch2_provision.warehouse.models import Item
from baozhang.kernel import clock, holds, scope
from baozhang.kernel.flow import Task
from baozhang.kernel.notices import Notice
from baozhang.kernel.refusal import Forbidden, NotFound, Refused
from baozhang.kernel.resource import BY_LABEL
from tests import factories
from tests.ch2_provision.allocation.conftest import Place
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db


def taken(place: Place, need: Need, *cards: Card, who: str = "clerk") -> list[Match]:
    actor = place(who)
    with scope.within(actor):
        return accept(need, [card.pk for card in cards], by=actor)


class TestTheStandard:
    """Ten heads, one computer each."""

    def test_up_to_the_limit_and_no_further(self, place: Place) -> None:
        place.used(8)
        place.need(2)
        with pytest.raises(Refused, match="超出配置标准 1 件") as refused:
            place.need(1)
        assert refused.value.article == "第十二条第一款" and "财资〔2016〕27号" in refused.value.why
        assert refused.value.facts["在途需求"] == "2" and refused.value.facts["上限"] == 10

    def test_what_is_past_its_years_may_be_replaced_and_nothing_younger(self, place: Place) -> None:
        place.used(9)
        place.used(1, acquired=dt.date(2020, 3, 4))  # six years to the day
        assert standing_of(place.draft(1)).count.old == 1
        place.need(1, replaced=1)
        with pytest.raises(Refused, match="只有 1 件已达最低使用年限"):
            place.need(2, replaced=2)

    def test_a_permission_of_the_head_with_its_document_opens_it(self, place: Place) -> None:
        place.used(10)
        need = place.draft(1)
        place.take("ask", need, "clerk", exception="涉密机房值守")
        with pytest.raises(Forbidden):
            place.take("permit", need, "officer", permitted="1", permit="云机管〔2026〕3号")
        with pytest.raises(Refused, match="内容有误"):
            place.take("permit", need, "chief", permitted="1", permit="")
        with pytest.raises(Refused, match="批准数量少于"):
            place.take("permit", need, "chief", permitted="0", permit="云机管〔2026〕3号")
        place.take("permit", need, "chief", permitted="1", permit="云机管〔2026〕3号")
        assert need.state == "open"

    def test_nobody_asks_for_what_is_allowed_anyway(self, place: Place) -> None:
        with pytest.raises(Refused, match="没有超出"):
            place.take("ask", place.draft(1), "clerk", exception="想要")

    def test_ones_own_idle_things_fill_the_need_but_not_the_limit_twice(self, place: Place) -> None:
        place.used(8)
        mine = place.idle(place.mine), place.idle(place.mine)
        theirs = place.idle()
        need = place.need(2)
        with pytest.raises(Refused, match="超出配置标准"):
            taken(place, need, theirs)  # eight in use, two idle: an eleventh from outside is one too many
        assert len(taken(place, need, *mine)) == 2

    def test_what_is_in_use_and_promised_is_no_part_of_what_stands_idle(self, place: Place) -> None:
        used, idle = place.used(1)[0], place.idle(place.mine)
        with scope.everything("test") as by:
            holds.take([used, idle], case=place.draft(1), words="保管交接", by=by)
        count = standing_of(place.draft(1)).count
        assert (count.total, count.idle, count.held) == (2, 1, 1)

    def test_of_what_is_no_item_all_of_its_class_is_counted(self, place: Place) -> None:
        given = {"name": "显微镜", "class_code": "A02100301", "edition": "2022"}
        place.used(2, **given)
        place.idle(place.mine, **given)
        count = standing_of(place.draft(1, item="", class_code="A02100301", name="显微镜")).count
        assert (count.total, count.idle, count.used) == (3, 1, 2)


class TestCandidates:
    """The documented order, each source in its place."""

    def test_own_first_then_others_the_younger_before_the_older(self, place: Place) -> None:
        old, young = place.idle(acquired=dt.date(2019, 1, 1)), place.idle(acquired=dt.date(2025, 1, 1))
        own = place.idle(place.mine, acquired=dt.date(2015, 1, 1))
        found = candidates_of(place.need(1))
        assert [one.card.pk for one in found.best] == [own.pk, young.pk, old.pk]
        assert "已用 1 年 2 个月" in [ground.words for ground in found.best[1].grounds]
        assert [one.order for one in found.best] == sorted(one.order for one in found.best)

    def test_held_in_use_disposed_or_of_another_jurisdiction_is_none(self, place: Place) -> None:
        held = place.idle()
        with scope.everything("test") as by:
            holds.take(held, case=place.draft(1), words="会议用", by=by)
        place.idle(use_state="in_use", idle_since=None)
        place.idle(disposed=TODAY, disposal="scrapping", use_state="scrapped", idle_since=None)
        place.idle(factories.organ("海间区教育局", factories.district("海间区")))
        place.idle(name="打印机")
        assert candidates_of(place.need(1)).total == 0

    def test_a_kind_of_the_item_fits_after_the_item_itself(self, place: Place) -> None:
        kind = place.idle(name="A4黑白打印机", acquired=dt.date(2026, 1, 1))
        exact = place.idle(name="打印机", acquired=dt.date(2018, 1, 1))
        assert [one.card.pk for one in candidates_of(place.need(1, item="printer")).best] == [exact.pk, kind.pk]
        assert [one.card.pk for one in candidates_of(place.need(1, item="printer_a4_mono")).best] == [kind.pk]


class TestAccepting:
    """Items are held at once, for a time."""

    def test_partly_then_in_full(self, place: Place) -> None:
        first, second = place.idle(), place.idle()
        need = place.need(2)
        taken(place, need, first)
        assert need.state == "open" and left(need) == 1
        made = taken(place, need, second)
        assert need.state == "matched" and left(need) == 0
        assert made[0].state == "asked" and made[0].until == need.needed_by
        assert holds.held("assets.card", [first.pk, second.pk]).keys() == {first.pk, second.pk}

    def test_the_same_again_is_the_same(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        assert taken(place, need, card) == taken(place, need, card)
        assert Match._base_manager.count() == 1

    def test_more_than_is_left_and_what_is_taken_are_refused(self, place: Place) -> None:
        first, second = place.idle(), place.idle()
        need, other = place.need(1), place.need(1)
        with pytest.raises(Refused, match="选了 2 件，只缺 1 件"):
            taken(place, need, first, second)
        taken(place, need, first)
        with pytest.raises(Refused, match="不能选用") as refused:
            taken(place, other, first)
        assert "配置需求" in refused.value.why
        assert Match._base_manager.count() == 1

    def test_a_batch_card_goes_whole_or_not_at_all(self, place: Place) -> None:
        batch = place.idle(quantity=Decimal(3), value=Decimal(12000))
        with pytest.raises(Refused, match="选了 3 件"):
            taken(place, place.need(2), batch)
        need = place.need(3)
        taken(place, need, batch)
        assert need.state == "matched"

    def test_who_has_no_right_or_no_sight_gets_nothing(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        with pytest.raises(Forbidden):
            taken(place, need, card, who="staff")
        with pytest.raises(NotFound):
            taken(place, need, card, who="clerk2")
        assert not Match._base_manager.exists()

    def test_what_is_not_fetched_in_time_is_free_again(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        match = taken(place, need, card)[0]
        with clock.on(need.needed_by):
            assert holds.run_out() == 0
        with clock.on(need.needed_by + dt.timedelta(days=1, hours=0)):
            assert holds.run_out() == 1
        match.refresh_from_db()
        need.refresh_from_db()
        assert (match.state, need.state) == ("lapsed", "open")
        assert candidates_of(need).total == 1
        told = Notice.objects.get(title__contains="预留已到期")
        assert (told.user.username, told.kind, told.record_id) == ("staff-a", "allocation.need", need.pk), (
            "who stated it"
        )

    def test_what_ran_out_unseen_is_taken_anew_and_the_first_is_told(self, place: Place) -> None:
        card, first = place.idle(), place.need(1)
        match = taken(place, first, card)[0]
        with clock.on(first.needed_by + dt.timedelta(days=1)):
            second = place.need(1, needed_by=TODAY + dt.timedelta(days=90))
            assert taken(place, second, card)[0].need_id == second.pk
        match.refresh_from_db()
        assert match.state == "lapsed"

    def test_own_idle_things_go_back_into_use_and_the_need_is_met(self, place: Place) -> None:
        card, need = place.idle(place.mine), place.need(1)
        match = taken(place, need, card)[0]
        place.take("receive", match, "clerk", MatchFlow)
        card.refresh_from_db()
        need.refresh_from_db()
        assert (card.use_state, need.state, match.done_on) == ("in_use", "met", TODAY)
        assert not holds.held("assets.card", [card.pk])

    def test_the_owner_is_asked_and_the_authority_decides_where_he_objects(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        match = taken(place, need, card)[0]
        assert [task.organ_id for task in Task.objects.open().filter(kind="allocation.match")] == [place.theirs.pk]
        with pytest.raises(Refused):
            place.take("agree_out", match, "clerk", MatchFlow)
        place.take("objects", match, "clerk2", MatchFlow, said="下月自用")
        place.take("uphold", match, "officer", MatchFlow, note="确有安排")
        need.refresh_from_db()
        assert need.state == "open" and not holds.held("assets.card", [card.pk])

    def test_a_need_that_is_withdrawn_lets_everything_go(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        match = taken(place, need, card)[0]
        place.take("cancel", need, "clerk", note="不再需要")
        match.refresh_from_db()
        assert match.state == "lapsed" and not holds.held("assets.card", [card.pk])
        assert not Notice.objects.filter(title__contains="预留已到期").exists(), "he knows"


class TestNoMatch:
    """Nothing may be bought without the record of what was looked at."""

    def test_where_nothing_is_there_the_look_is_kept_and_needs_no_review(self, place: Place) -> None:
        need = place.need(2)
        with pytest.raises(Refused, match="没有可以调剂的资产"):
            place.take("decline", need, "clerk", declared="没有")
        place.take("record_none", need, "clerk")
        answer = no_match(need)
        assert need.state == "unmatched" and answer is not None
        assert (answer.kind, answer.looked, answer.left, answer.standing["entitled"]) == ("none", 0, 2, 10)

    def test_a_free_thing_stands_in_the_way(self, place: Place) -> None:
        place.idle()
        need = place.need(1)
        with pytest.raises(Refused, match="还有 1 件可以调剂"):
            place.take("record_none", need, "clerk")

    def test_a_decline_is_reasoned_reviewed_and_kept_with_its_candidates(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        with pytest.raises(Refused):
            place.take("decline", need, "clerk", declared="")
        place.take("decline", need, "clerk", declared="内存不足，不能运行专用系统")
        assert no_match(need) is None
        answer = Answer._base_manager.get()
        assert [one["card"] for one in answer.candidates] == [card.pk] and answer.looked == 1
        place.take("agree", need, "officer", note="属实")
        assert need.state == "unmatched" and no_match(need) is not None
        answer.refresh_from_db()
        assert (answer.verdict, answer.reviewer) == ("agreed", "officer-a")

    def test_insisting_leaves_only_the_stock_until_it_is_gone(self, place: Place) -> None:
        card, need = place.idle(), place.need(1)
        place.take("decline", need, "clerk", declared="颜色不合")
        with pytest.raises(Refused):
            place.take("insist", need, "officer")
        place.take("insist", need, "officer", note="不影响使用")
        with pytest.raises(Refused):
            place.take("decline", need, "clerk", declared="还是不要")
        with pytest.raises(Refused, match="还有 1 件"):
            place.take("record_none", need, "clerk")
        taken(place, need, card)
        assert need.state == "matched"

    def test_without_a_verified_figure_the_strict_way_is_taken(self, place: Place) -> None:
        need = place.need(1, item="meeting_table")
        assert standing_of(need).entitled is None
        with pytest.raises(Refused, match="待核实，须经复核"):
            place.take("record_none", need, "clerk")
        place.take("decline", need, "clerk", declared="新设会议室，需要一张")
        place.take("agree", need, "officer")
        assert no_match(need) is not None


def test_a_transfer_ends_one_card_begins_another_and_meets_the_need(place: Place) -> None:
    card, need = place.idle(), place.need(1, place="3号楼")
    match = taken(place, need, card)[0]
    place.take("agree_out", match, "clerk2", MatchFlow)
    with pytest.raises(Forbidden):
        place.take("transfer", match, "clerk", MatchFlow)
    place.take("transfer", match, "officer", MatchFlow)
    match.refresh_from_db()
    card.refresh_from_db()
    need.refresh_from_db()
    new = match.new_card
    assert new is not None and (new.organ_id, new.former_id, new.place, new.use_state) == (
        place.mine.pk,
        card.pk,
        "3号楼",
        "in_use",
    )
    assert (card.disposal, need.state, match.state) == ("transfer", "met", "done")
    assert Voucher._base_manager.count() == 2 and not holds.held("assets.card", [card.pk])


class TestTheWarehouse:
    """What lies in the warehouse goes its own way, and the need follows."""

    def stored(self, place: Place, where: Organization | None = None, **values: object) -> Card:
        card = place.idle(where)
        state = {
            "state": "stock",
            "entered_on": TODAY,
            "listing": "level",
            "keeping": "virtual",
            "grade": "good",
            "kind": "desktop",
            **values,
        }
        factories.kept(
            Item, where=where or place.theirs, authority=place.authority, card=card, store=None, left_on=None, **state
        )
        return card

    def test_it_stands_before_other_agencies_and_is_held_by_its_own_paper(self, place: Place) -> None:
        outside, inside = place.idle(acquired=dt.date(2026, 1, 1)), self.stored(place)
        need = place.need(1)
        found = candidates_of(need)
        assert [(one.card.pk, one.source) for one in found.best] == [(inside.pk, "warehouse"), (outside.pk, "others")]
        match = taken(place, need, inside)[0]
        assert match.reservation is not None and match.reservation.exit.need_id == need.pk and match.state == "reserved"
        with pytest.raises(Refused, match="公物仓还没有交付"):
            place.take("receive", match, "clerk", MatchFlow)
        place.take("let_go", match, "clerk", MatchFlow, note="不再需要")
        need.refresh_from_db()
        assert (
            need.state == "open"
            and not holds.held("assets.card", [inside.pk])
            and candidates_of(need).counts["warehouse"] == 1
        )

    def test_not_listed_or_worn_out_is_not_offered_and_no_bypass_as_idle(self, place: Place) -> None:
        self.stored(place, listing="unit")
        self.stored(place, grade="spent")
        assert candidates_of(place.need(1)).total == 0

    def test_ones_own_thing_is_there_for_oneself_however_far_it_is_listed(self, place: Place) -> None:
        card = self.stored(place, place.mine, listing="unit")
        need = place.need(1)
        assert [(one.card.pk, one.source) for one in candidates_of(need).best] == [(card.pk, "warehouse")]
        with pytest.raises(Refused, match="还有 1 件可以调剂"):
            place.take("record_none", need, "clerk")
        assert taken(place, need, card)[0].state == "reserved"

    def test_when_the_warehouse_lets_go_the_need_is_open_again(self, place: Place) -> None:
        card, need = self.stored(place), place.need(1)
        match = taken(place, need, card)[0]
        assert match.reservation is not None
        place.take("cancel", match.reservation.exit, "clerk", ExitFlow)
        assert follow_warehouse() == 1 and follow_warehouse() == 0
        need.refresh_from_db()
        match.refresh_from_db()
        assert (match.state, need.state) == ("lapsed", "open")

    def test_the_need_hears_of_it_at_once(
        self, place: Place, django_capture_on_commit_callbacks: Callable[..., Any]
    ) -> None:
        given, kept = self.stored(place), self.stored(place)
        need = place.need(2)
        first, second = taken(place, need, given), taken(place, need, kept)
        assert first[0].reservation is not None and second[0].reservation is not None
        with django_capture_on_commit_callbacks(execute=True):
            place.take("cancel", second[0].reservation.exit, "clerk", ExitFlow)
        for match, state in ((first[0], "reserved"), (second[0], "lapsed")):
            match.refresh_from_db()
            assert match.state == state
        need.refresh_from_db()
        assert need.state == "open", "one piece is short again"


def test_the_grounds_stand_in_the_order_in_which_they_were_compared(place: Place) -> None:
    """The database keeps them in none: read back they would stand in that of the alphabet."""
    need, card = place.need(), place.idle(place.mine)
    match = Match._base_manager.get(pk=taken(place, need, card)[0].pk)
    shown = BY_LABEL["allocation.match"].computed["grounds"].value(match)
    assert shown.splitlines()[:3] == ["本单位闲置", "同一项目", "成色未验"]
