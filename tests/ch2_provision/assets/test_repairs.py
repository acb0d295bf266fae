"""A thing is sent to be mended and comes back, or cannot be mended."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.actions import repairs
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.models import Card, Repair
from baozhang.ch2_provision.assets.resources.custody import upkeep
from baozhang.kernel import scope
from baozhang.kernel.refusal import Refused
from tests import factories

from .conftest import MakeCard

DAY = dt.date(2026, 3, 2)


def sent(card: Card) -> Repair:
    with scope.everything("test") as by:
        return repairs.send(Repair(organ=card.organ, card=card, reported_on=DAY, fault="不通电"), by=by)


@pytest.mark.parametrize(("hopeless", "state"), [(False, UseState.IN_USE), (True, UseState.DISPOSING)])
def test_there_and_back(card: MakeCard, hopeless: bool, state: str) -> None:
    before, thing = card(), card()
    work = sent(thing)
    assert Card._base_manager.get(pk=thing.pk).use_state == UseState.REPAIR
    with pytest.raises(Refused, match="已有进行中"):
        sent(thing)
    with scope.everything("test") as by:
        repairs.finish(work, day=DAY, cost=Decimal(300), result="换电源", by=by, hopeless=hopeless)
        with pytest.raises(Refused):
            repairs.finish(work, day=DAY, cost=Decimal(300), result="", by=by)
    assert Card._base_manager.get(pk=thing.pk).use_state == state
    assert [upkeep(one) for one in (thing, card(), before)] == [300, 0, 0]


def test_days_in_the_wrong_order_are_refused(card: MakeCard) -> None:
    thing = card()
    with pytest.raises(Refused):
        factories.save(
            Repair(
                organ=thing.organ,
                card=thing,
                reported_on=DAY,
                done_on=DAY - dt.timedelta(days=1),
                fault="x",
                state="done",
            )
        )


def test_a_program_gives_what_the_act_asks_for_as_the_screen_does(card: MakeCard, as_user) -> None:
    thing = card()
    work = sent(thing)
    client = as_user(factories.person("zhao", "asset_clerk", thing.organ))

    def finish(**values):
        body = {"ids": [work.pk], "values": values}
        return client.post("/api/assets/repairs/acts/finish", body, content_type="application/json")

    wrong = finish(done_on="2026-02-30", cost="三百", colour="red").json()
    assert {fault["field"] for fault in wrong["faults"]} == {"done_on", "cost", "colour"}
    assert finish(done_on="2026-03-03", cost="300.50", result="换电源").status_code == 200
    work.refresh_from_db()
    assert (work.done_on, work.cost, work.state) == (dt.date(2026, 3, 3), Decimal("300.50"), "done")
