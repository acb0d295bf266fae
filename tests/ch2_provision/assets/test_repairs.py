"""A thing is sent to be mended and comes back, or cannot be mended."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from baozhang.ch2_provision.assets.actions import repairs
from baozhang.ch2_provision.assets.choices import UseState
from baozhang.ch2_provision.assets.models import Card, Repair
from baozhang.ch2_provision.assets.resources.custody import upkeep
from baozhang.kernel import holds, notices, scope
from baozhang.kernel.refusal import Invalid, Refused
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


def test_what_stood_idle_stands_idle_when_it_is_mended(card: MakeCard) -> None:
    thing = card(use_state=UseState.IDLE, idle_since=dt.date(2025, 6, 1))
    work = sent(thing)
    with scope.everything("test") as by:
        repairs.finish(work, day=DAY, cost=Decimal(300), result="换电源", by=by)
    back = Card._base_manager.get(pk=thing.pk)
    assert (back.use_state, back.idle_since) == (UseState.IDLE, dt.date(2025, 6, 1))


def test_the_database_knows_one_open_repair_of_a_kind(card: MakeCard) -> None:
    thing = card()
    sent(thing)
    with pytest.raises(Invalid, match="没有保存"):
        factories.save(Repair(organ=thing.organ, card=thing, reported_on=DAY, fault="又坏了"))


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


def test_who_uses_a_thing_says_that_it_is_broken_and_sees_how_it_goes(card: MakeCard, as_user) -> None:
    """From the page that the label's code opens; the clerk is told, and a colleague's thing is not there."""
    thing = card()
    user = factories.person("小李", "staff", thing.organ)
    clerk = factories.person("zhao", "asset_clerk", thing.organ)
    mine, held, other = (
        card(user="小李", user_account=user),
        card(custodian="小李", keeper=user),
        card(custodian="老张"),
    )
    page = as_user(user)
    assert "报告故障" in page.get(f"/assets/cards/{mine.pk}/").content.decode()
    address = f"/assets/cards/{mine.pk}/acts/report/"
    assert page.post(address, {"note": " "}).status_code == 422
    assert page.post(address, {"note": "字" * 201}).status_code == 422 and not Repair._base_manager.exists()
    done = page.post(address, {"note": "开机蓝屏，昨天起"})
    made = Repair._base_manager.get()
    assert (made.fault, made.reporter, made.state) == ("开机蓝屏，昨天起", "小李", "open")
    assert f"/assets/repairs/{made.pk}/" in page.get(done["Location"]).content.decode()
    assert Card._base_manager.get(pk=mine.pk).use_state == UseState.REPAIR
    assert [notice.record_id for notice in notices.of(clerk.pk)] == [made.pk]
    assert "开机蓝屏" in page.get(f"/assets/repairs/{made.pk}/").content.decode()
    assert page.get("/assets/repairs/add/").status_code == 403
    assert page.post(address, {"note": "还是不行"}).status_code == 409  # known already
    assert page.post(f"/assets/cards/{other.pk}/acts/report/", {"note": "坏了"}).status_code == 404
    with scope.everything("test") as by:
        holds.take(held, case=other, words="调剂", by=by)
    assert page.post(f"/assets/cards/{held.pk}/acts/report/", {"note": "屏幕破了"}).status_code == 302
    assert Card._base_manager.get(pk=held.pk).use_state == UseState.IN_USE
