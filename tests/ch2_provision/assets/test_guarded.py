"""What a case has been promised stands still on every door: form, API, sheet and act; what harms nobody goes through."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from baozhang.ch2_provision.assets import actions
from baozhang.ch2_provision.assets.models import Card, Letting
from baozhang.ch2_provision.assets.resources.cards import Cards
from baozhang.kernel import border, holds, scope
from baozhang.kernel.access import Actor, actor_of
from baozhang.kernel.record import keep, remove
from baozhang.kernel.refusal import Invalid, Refused, Stale
from tests import factories
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
WHAT = {"place": "501室", "custodian": "钱某", "value": "5000.00", "use_state": "idle"}


@pytest.fixture
def held() -> Card:
    """A card that a letting of the education bureau holds."""
    organ = factories.organ("云间区教育局")
    factories.person("张三", "asset_clerk", organ)
    card = factories.kept(
        Card, where=organ, number="T-1", name="复印机", place="101室", custodian="甲", use_state="in_use"
    )
    case = factories.kept(Letting, where=organ, card=card)
    with scope.everything("test") as by:
        holds.take(card, case=case, words="借给居委会", by=by)
    return Card._base_manager.get(pk=card.pk)


def clerk() -> Actor:
    """张三 as an actor."""
    from baozhang.kernel.accounts import User

    return actor_of(User._base_manager.get(username="张三"), TODAY)


def now(card: Card) -> dict[str, Any]:
    """What the card says in the database."""
    return dict(Card._base_manager.filter(pk=card.pk).values(*WHAT, "remarks").get())


@pytest.mark.parametrize("name", sorted(WHAT))
def test_api_and_form_and_sheet_refuse_with_who_and_why_and_what_instead(held: Card, client: Client, name: str) -> None:
    was, by = now(held), clerk()
    client.force_login(_user())
    answer = client.patch(
        f"/api/assets/cards/{held.pk}",
        json.dumps({name: WHAT[name], "version": held.version}),
        content_type="application/json",
    )
    assert answer.status_code == 409, answer.content
    said = answer.json()
    words = str(Card._meta.get_field(name).verbose_name)
    assert words in said["what"] and "云间区教育局" in said["why"] and "借给居委会" in said["why"]
    assert said["article"] == "第十三条第三款" and "撤销" in said["instead"]

    page = client.get(f"/assets/cards/{held.pk}/edit/")
    assert "借给居委会" in page.content.decode()
    given = {field.html_name: field.value() for field in page.context["form"]}
    given = {key: "" if value is None else value for key, value in given.items()} | {
        name: WHAT[name],
        "version": held.version,
    }
    again = client.post(f"/assets/cards/{held.pk}/edit/", given)
    assert "已有安排" in again.content.decode() and words in again.content.decode()

    with scope.within(by), pytest.raises(Invalid) as wrong:
        border.commit(
            Cards(),
            [
                border.Row(
                    {"organ": "云间区教育局", "number": "T-1", name: Card._meta.get_field(name).to_python(WHAT[name])},
                    7,
                )
            ],
            by=by,
        )
    (fault,) = wrong.value.faults
    assert fault.row == 7 and fault.field == name and "借给居委会" in str(fault.reason)
    assert now(held) == was


def test_what_harms_nobody_goes_through_on_every_door(held: Card, client: Client) -> None:
    by = clerk()
    client.force_login(_user())
    answer = client.patch(
        f"/api/assets/cards/{held.pk}",
        json.dumps({"remarks": "已贴标签", "version": held.version}),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    with scope.within(by):
        border.commit(Cards(), [border.Row({"organ": "云间区教育局", "number": "T-1", "brand": "联想"}, 1)], by=by)
    card = Card._base_manager.get(pk=held.pk)
    assert (card.remarks, card.brand) == ("已贴标签", "联想")


def test_acts_and_removal_are_refused_and_the_case_itself_may(held: Card) -> None:
    with scope.everything("test") as by:
        with pytest.raises(Refused, match="已有安排"):
            actions.change_use_state([held], state="idle", by=by)
        held = Card._base_manager.get(pk=held.pk)
        with pytest.raises(Refused, match="已有安排"):
            remove(held, by=by, note="错录")
        held = Card._base_manager.get(pk=held.pk)
        case = Letting._base_manager.get()
        assert actions.change_use_state([held], state="lent", by=by, case=case) == 1


def test_many_changed_rows_ask_once(held: Card, django_assert_max_num_queries: Any) -> None:
    organ = held.organ
    cards = [factories.kept(Card, where=organ) for _ in range(9)]
    cards = list(Card._base_manager.filter(pk__in=[card.pk for card in cards]))
    for card in cards:
        card.place = "九楼"
    with scope.everything("test") as by, django_assert_max_num_queries(12):
        keep(cards, by=by)


def test_what_changed_since_it_was_read_is_not_promised(held: Card) -> None:
    card = factories.kept(Card, where=held.organ)
    read, again = (Card._base_manager.get(pk=card.pk) for _ in range(2))
    again.place = "二楼"
    with scope.everything("test") as by:
        keep(again, by=by)
        with pytest.raises(Stale):
            holds.take(read, case=Letting._base_manager.get(), words="借给居委会", by=by)


def _user() -> Any:
    from baozhang.kernel.accounts import User

    return User._base_manager.get(username="张三")
