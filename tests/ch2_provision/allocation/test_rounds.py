"""A round is worked out over all needs, decided line by line, and carried out all at once or not at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from baozhang.ch2_provision.allocation.choices import Decision
from baozhang.ch2_provision.allocation.matching import accept
from baozhang.ch2_provision.allocation.models import Match, Round, RoundLine
from baozhang.ch2_provision.allocation.rounds import AllocationRoundFlow, decide
from baozhang.kernel import holds, scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid, Refused
from tests import factories
from tests.ch2_provision.allocation.conftest import Place

pytestmark = pytest.mark.django_db


def worked_out(place: Place) -> Round:
    made: Round = factories.kept(Round, where=place.authority, state="draft")
    place.take("work_out", made, "officer", AllocationRoundFlow)
    return made


def lines(made: Round) -> list[RoundLine]:
    return list(RoundLine._base_manager.filter(round=made).order_by("cost", "pk"))


def settled(place: Place, rows: list[RoundLine], decision: Decision = Decision.ACCEPTED, **more: Any) -> int:
    actor = place("officer")
    with scope.within(actor):
        return decide(rows, decision, by=actor, **more)


def test_everybody_is_served_where_first_come_first_served_would_leave_one_out(place: Place) -> None:
    # The first to ask would take the only item that fits the second.
    any_printer, mono = place.need(1, item="printer"), place.need(1, item="printer_a4_mono")
    place.idle(name="A4黑白打印机")
    place.idle(name="打印机")
    made = worked_out(place)
    assert (made.needs, made.pieces, made.matched) == (2, 2, 2)
    given = {line.need_id: line.card.name for line in lines(made)}
    assert given == {any_printer.pk: "打印机", mono.pk: "A4黑白打印机"}


def test_line_by_line_then_all_at_once(place: Place) -> None:
    need = place.need(2)
    cards = place.idle(), place.idle(acquired=dt.date(2019, 1, 1))
    made = worked_out(place)
    assert not holds.held("assets.card", [card.pk for card in cards])  # a proposal promises nothing
    first, second = lines(made)
    settled(place, [first])
    with pytest.raises(Refused, match="还有 1 项没有决定"):
        place.take("submit", made, "officer", AllocationRoundFlow)
    with pytest.raises(Invalid):
        settled(place, [second], Decision.REJECTED)
    settled(place, [second], Decision.REJECTED, note="已超过使用年限")
    place.take("submit", made, "officer", AllocationRoundFlow)
    with pytest.raises(Refused):
        settled(place, [first], Decision.REJECTED, note="改主意")
    with pytest.raises(Refused, match="不能办理"):
        place.take("carry_out", made, "officer", AllocationRoundFlow)  # who decided does not carry out
    place.take("carry_out", made, "officer2", AllocationRoundFlow)
    need.refresh_from_db()
    assert [match.card_id for match in Match._base_manager.all()] == [first.card_id] and need.state == "open"
    assert made.state == "carried" and made.carried_on is not None


def test_one_that_was_taken_meanwhile_stops_all(place: Place) -> None:
    one, two = place.need(1), place.need(1)
    place.idle(), place.idle()
    made = worked_out(place)
    settled(place, lines(made))
    place.take("submit", made, "officer", AllocationRoundFlow)
    taken = next(line for line in lines(made) if line.need_id == one.pk)
    actor = place("clerk")
    with scope.within(actor):
        accept(two, [taken.card_id], by=actor)
    with pytest.raises(Refused, match="全部没有执行") as refused:
        place.take("carry_out", made, "chief", AllocationRoundFlow)
    assert len(refused.value.facts) == 2 and Match._base_manager.count() == 1


def test_only_one_round_is_open_at_a_time(place: Place) -> None:
    worked_out(place)
    with pytest.raises(Invalid, match="没有保存"):
        factories.kept(Round, where=place.authority, state="draft")


def test_it_asks_as_much_for_many_needs_of_a_class_as_for_one(place: Place, django_assert_max_num_queries: Any) -> None:
    for _ in range(6):
        place.need(1)
        place.idle()
    with django_assert_max_num_queries(60):
        worked_out(place)


def test_the_grounds_of_a_line_are_those_of_its_own_need(place: Place) -> None:
    """The most pressing need is at the address of the item, and the item goes to the other one."""
    with scope.everything("test") as by:
        for organ, address in ((place.mine, "人民路1号"), (place.theirs, "人民路2号")):
            organ.address = address
            keep(organ, by=by)
    third = factories.organ("云间区民政局", place.mine.jurisdiction, address="人民路1号")
    place.need(1, needed_by=dt.date(2026, 3, 20))
    second = place.need(1, organ=place.theirs)
    place.idle(place.mine)
    place.idle(third)
    given = next(line for line in lines(worked_out(place)) if line.need_id == second.pk)
    assert given.card.organ_id == third.pk and given.reasons["distance"] == "本级其他地址"
    assert "moving" not in given.reasons, "nobody has said what moving costs, and it is not nought"
