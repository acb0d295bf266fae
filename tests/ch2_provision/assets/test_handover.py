"""A person leaves: each thing is signed for by who takes it, the head confirms, and only then do the cards change hands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.ch2_provision.assets.actions import change_use_state, custody
from baozhang.ch2_provision.assets.choices.cases import HandoverState, Signature
from baozhang.ch2_provision.assets.flows import HandoverFlow
from baozhang.ch2_provision.assets.models import Card, Handover, HandoverItem
from baozhang.kernel import access, clock, holds, notices, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.accounts import User
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Forbidden, Invalid, Refused
from tests import factories

from .conftest import MakeCard, found

ROLES = {"老张": "staff", "小李": "staff", "小王": "staff", "管理员": "asset_clerk", "局长": "head"}


@dataclass
class Office:
    """The people of an agency and what the one who leaves has."""

    organ: Organization
    people: dict[str, User]
    cards: list[Card]

    def by(self, name: str) -> Actor:
        return access.actor_of(self.people[name], clock.today(), self.organ.pk)


@pytest.fixture
def office(agency: Organization, card: MakeCard) -> Office:
    """老张 keeps two things and uses a third that nobody keeps; 小王 keeps one, and uses one of 老张's."""
    people = {name: factories.person(name, role, agency) for name, role in ROLES.items()}
    cards = [
        card(custodian="老张", user="老张", keeper=people["老张"]),
        card(custodian="老张", user="小王"),
        card(user="老张"),
    ]
    card(custodian="小王", keeper=people["小王"])
    return Office(agency, people, cards)


def begun(office: Office, taker: str = "小李") -> Handover:
    case = Handover(organ=office.organ, leaver="老张", taker=taker, leaves_on=dt.date(2026, 3, 4))
    with scope.within(office.by("管理员")) as by:
        HandoverFlow.start(case, by=by)
        HandoverFlow.take("give", case, by=by)
    return case


def items(case: Handover) -> list[HandoverItem]:
    return list(HandoverItem._base_manager.filter(handover=case).select_related("handover", "card").order_by("id"))


def sign(office: Office, who: str, rows: list[HandoverItem], **options: Any) -> None:
    with scope.within(office.by(who)) as by:
        custody.sign(rows, by=by, **{"received": True, **options})


def take(office: Office, who: str, step: str, case: Handover, **options: Any) -> None:
    with scope.within(office.by(who)) as by:
        HandoverFlow.take(step, case, by=by, **options)


def test_the_whole_way(office: Office) -> None:
    case = begun(office)
    rows = items(case)
    assert [row.card for row in rows] == office.cards and {row.taker_account for row in rows} == {office.people["小李"]}
    sign(office, "小李", rows[:2])
    with pytest.raises(Refused, match="还有 1 项没有签收"):
        take(office, "管理员", "submit", case)
    sign(office, "小李", rows[2:], received=False, note="办公室没有")
    take(office, "管理员", "submit", case)
    assert Card._base_manager.get(pk=office.cards[0].pk).custodian == "老张"  # not before the head has said so
    take(office, "局长", "confirm", case, note="同意")
    kept = [Card._base_manager.get(pk=card.pk) for card in office.cards]
    assert [(one.custodian, one.keeper, one.user) for one in kept] == [
        ("小李", office.people["小李"], "小李"), ("小李", office.people["小李"], "小王"), ("", None, "老张")]  # fmt: skip
    assert holds.of_case(case) == [] and case.state == HandoverState.CONFIRMED


def test_only_the_taker_himself_signs(office: Office) -> None:
    rows = items(begun(office))
    for who in ("小王", "管理员"):
        with pytest.raises(Forbidden, match="接收人本人"):
            sign(office, who, rows)
    with pytest.raises(Invalid, match="写明未见"):
        sign(office, "小李", rows, received=False)
    sign(office, "小李", rows)
    assert {row.signature for row in items(rows[0].handover)} == {Signature.RECEIVED}


def test_who_hands_in_does_not_confirm_and_nobody_signs_afterwards(office: Office) -> None:
    case = begun(office)
    sign(office, "小李", items(case))
    take(office, "管理员", "submit", case)
    factories.save(
        Appointment(user=office.people["管理员"], organ=office.organ, role="head", since=dt.date(2024, 1, 1))
    )
    with pytest.raises(Refused, match="您不能办理"):
        take(office, "管理员", "confirm", case)
    with pytest.raises(Refused, match="现在不能签收"):
        sign(office, "小李", items(case))


def test_things_can_go_to_several_people_but_not_to_a_guess(office: Office) -> None:
    rows = items(begun(office, taker=""))
    with scope.within(office.by("管理员")) as by:
        for wrong in ("老张", "没有这个人"):
            with pytest.raises(Invalid):
                custody.name_taker(rows[:1], taker=wrong, by=by, right="assets.handover:open")
        twin = User(username="另一个小王", name="小王", password="!")
        factories.save(twin)
        factories.save(Appointment(user=twin, organ=office.organ, role="staff", since=dt.date(2022, 1, 1)))
        with pytest.raises(Invalid, match="唯一"):
            custody.name_taker(rows[:1], taker="小王", by=by, right="assets.handover:open")
        assert custody.name_taker(rows[:1], taker="小李", by=by, right="assets.handover:open") == 1


def test_what_is_being_handed_over_is_nothing_elses(office: Office) -> None:
    case = begun(office)
    with scope.within(office.by("管理员")) as by, pytest.raises(Refused, match="已有安排"):
        change_use_state([office.cards[0]], state="idle", by=by)
    take(office, "管理员", "cancel", case, note="不走了")
    with scope.within(office.by("管理员")) as by:
        change_use_state([Card._base_manager.get(pk=office.cards[0].pk)], state="idle", by=by)


def test_staff_see_what_is_in_their_own_name(office: Office, neighbour: Organization) -> None:
    factories.save(
        Card(organ=neighbour, name="椅", value=Decimal(1), keeper=office.people["小王"], custodian="小王", number="N-1")
    )
    seen = {}
    for who in ("老张", "小李", "小王", "管理员"):
        with scope.within(office.by(who)):
            seen[who] = Card.objects.count()
    assert seen == {"老张": 3, "小李": 0, "小王": 2, "管理员": 4}
    case = begun(office)
    with scope.within(office.by("小李")):
        assert Handover.objects.get() == case and HandoverItem.objects.count() == 3
    with scope.within(office.by("小王")):
        assert not Handover.objects.exists() and not HandoverItem.objects.exists()


def test_things_of_somebody_who_left_are_found(office: Office) -> None:
    day = dt.date(2026, 4, 1)
    assert found("keeper_left", day) == []
    post = Appointment._base_manager.get(user=office.people["老张"])
    post.until = dt.date(2026, 3, 31)
    factories.save(post)
    assert [one.pk for one in found("keeper_left", day)] == [card.pk for card in office.cards[:2]]


def test_an_account_follows_the_name_on_every_door_and_goes_with_it(office: Office, client: Any) -> None:
    from baozhang.ch2_provision.assets.resources.cards import Cards
    from baozhang.kernel import border

    with scope.everything("test") as by:
        rows = [
            {"number": "N-1", "name": "椅", "custodian": "小王"},
            {"number": "N-2", "name": "桌", "custodian": "外人"},
        ]
        given = [border.Row({"organ": office.organ, "value": Decimal(1), **row}, n) for n, row in enumerate(rows, 1)]
        border.commit(Cards(), given, by=by)
        chair, table = Card._base_manager.filter(number__in=("N-1", "N-2")).order_by("number")
        assert (chair.keeper, table.keeper) == (office.people["小王"], None)
        border.one(Cards(), {"custodian": "老张"}, by=by, record=chair)
        assert Card._base_manager.get(pk=chair.pk).keeper == office.people["老张"]
        chair.custodian = "外人"
        keep(chair, by=by)
        assert Card._base_manager.get(pk=chair.pk).keeper is None
        mine = office.cards[0]
        mine.custodian = ""
        keep(mine, by=by)
    assert mine.keeper is None


def test_nobody_begins_a_handover_to_whom_nobody_could_sign_for(office: Office) -> None:
    with pytest.raises(Invalid, match="没有唯一的任职人员“外来人”"):
        begun(office, taker="外来人")
    assert not HandoverItem._base_manager.exists() and not holds.Hold.objects.exists()


def test_signing_is_offered_to_the_taker_alone_and_only_while_it_is_open(
    office: Office, as_user: Callable[..., Any]
) -> None:
    case = begun(office)
    item = HandoverItem._base_manager.filter(handover=case).order_by("pk")[0]
    page, act = f"/assets/handover-items/{item.pk}/", f"/assets/handover-items/{item.pk}/acts/sign/"
    listed = f"/assets/handover-items/?handover={case.pk}"
    for name, offered in (("小李", True), ("小王", False), ("管理员", False), ("局长", False)):
        client = as_user(name)
        assert (act in client.get(page).content.decode()) is offered, name
        assert ('value="sign"' in client.get(listed).content.decode()) is offered, name
    assert as_user("管理员").post(act).status_code == 403
    with scope.within(office.by("管理员")) as by:
        HandoverFlow.take("cancel", case, by=by, note="不离岗了")
    assert act not in as_user("小李").get(page).content.decode()


def test_who_is_to_sign_is_told_and_led_to_what_he_signs_for(office: Office, as_user: Callable[..., Any]) -> None:
    case = begun(office)
    rows = items(case)
    told = notices.of(office.people["小李"].pk)
    assert [one.title for one in told] == ["请签收 老张 移交的 3 项资产"]
    with scope.within(office.by("管理员")) as by:
        custody.name_taker(rows[:1], taker="小王", by=by, right="assets.handover:open")
    assert [one.title for one in notices.of(office.people["小王"].pk)] == ["请签收 老张 移交的 1 项资产"]
    page = as_user("小李")
    address = "/assets/handover-items/?signature=open&q=%E5%B0%8F%E6%9D%8E"
    assert address.replace("&", "&amp;") in page.get("/").content.decode()
    listed = page.get(address).content.decode()
    assert all((row.card.number in listed) is (row.pk != rows[0].pk) for row in rows)
    sign(office, "小李", items(case)[1:])
    assert "待签收的交接资产" not in page.get("/").content.decode()
