"""Change of use, offer to the warehouse, disposal with the law's hint, labels, hints on the form."""

from __future__ import annotations

import datetime as dt

import pytest

from baozhang.ch1_general.organs.models import Headcount
from baozhang.ch2_provision.assets import actions
from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.assets.resources import Cards
from baozhang.kernel import access, holds, ledger, scope
from baozhang.kernel.access import Actor, Holding, Reach
from baozhang.kernel.refusal import Forbidden, Invalid, NotFound, Refused
from tests import factories

from .conftest import new_card

D = dt.date
DAY = D(2026, 3, 4)


def _actor(organ, role):
    user = factories.person(f"{role}{organ.pk}", role, organ)
    return Actor(user.pk, role, (Holding(organ.pk, organ.name, role),))


@pytest.fixture
def clerk(agency):
    """The asset clerk of the agency."""
    return _actor(agency, "asset_clerk")


def test_use_state_changes_with_its_entry(card, clerk):
    one = card()
    assert actions.change_use_state([one], state="idle", since=D(2025, 1, 1), by=clerk, note="停用") == 1
    assert Card._base_manager.get().idle_since == D(2025, 1, 1)
    assert [line.act for line in ledger.history("assets.card", one.pk)] == ["add", "asset_use"]


def test_a_card_does_not_end_by_a_change_of_use(card, clerk):
    one = card()
    with pytest.raises(Refused) as refused:
        actions.change_use_state([one], state="scrapped", by=clerk)
    assert refused.value.article == "第十三条第四款"
    with pytest.raises(Invalid):
        actions.change_use_state([one], state="flying", by=clerk)
    assert Card._base_manager.get().use_state == "in_use"


def test_idle_things_are_offered_things_in_use_are_not(card, clerk):
    idle, used = card(use_state="idle"), card()
    assert actions.offer_to_warehouse([idle], by=clerk) == 1
    assert Card._base_manager.get(pk=idle.pk).offered == DAY
    with pytest.raises(Refused) as refused:
        actions.offer_to_warehouse([used], by=clerk)
    assert "闲置" in str(refused.value.instead)
    # Taken back into use, it is offered no longer.
    actions.change_use_state([idle], state="in_use", by=clerk)
    assert Card._base_manager.get(pk=idle.pk).offered is None


def test_only_a_case_ends_a_card(card, clerk):
    one, other = card(acquired=D(2015, 1, 10)), card()
    case, rival = factories.kept(Headcount, where=one.organ), factories.kept(Headcount, where=one.organ)
    with scope.everything("test") as by:
        holds.take(one, case=rival, words="借用", by=by)
        with pytest.raises(Refused, match="已有安排"):
            actions.dispose([one], form="scrapping", day=DAY, case=case, by=by)
        holds.release(rival)
    assert actions.dispose([one], form="scrapping", day=DAY, case=case, by=clerk) == 1
    gone = Card._base_manager.get(pk=one.pk)
    assert (gone.use_state, gone.disposal, gone.disposed) == ("scrapped", "scrapping", DAY)
    with pytest.raises(Refused):
        actions.change_use_state([gone], state="in_use", by=clerk)
    with pytest.raises(Invalid):
        actions.dispose([other], form="", day=DAY, case=case, by=clerk)


def test_the_form_offers_no_end(card, clerk):
    from baozhang.kernel import resource
    from baozhang.kernel.forms import form_for

    one = card()
    with scope.within(clerk):
        form = form_for(resource.get("assets/cards"), by=clerk, instance=one)
        fresh = form_for(resource.get("assets/cards"), by=clerk)
    assert {"disposal", "disposed"} & set(form.fields) == set() and {"disposal", "disposed"} <= set(fresh.fields)
    offered = {value for value, _words in form.fields["use_state"].choices}
    assert "idle" in offered and "scrapped" not in offered
    assert "dispose" not in Cards.acts


def test_a_foreign_clerk_cannot_act(card, neighbour):
    one = card(use_state="idle")
    with pytest.raises((NotFound, Forbidden)):
        actions.offer_to_warehouse([one], by=_actor(neighbour, "asset_clerk"))
    with pytest.raises((NotFound, Forbidden)):
        actions.offer_to_warehouse([one], by=_actor(one.organ, "head"))
    assert Card._base_manager.get().offered is None


def test_what_each_role_may_do_with_cards():
    grants = {code: role.grants for code, role in access.ROLES.items()}
    assert grants["asset_clerk"]["assets.card:label"] == Reach.OWN
    assert grants["head"]["assets.card:view"] == Reach.OWN
    assert "assets.card:change" not in grants["head"]
    for reader in ("supervisor", "support_head", "finance_officer", "auditor"):
        assert grants[reader]["assets.card:view"] == grants[reader]["assets.card:export"] == Reach.BELOW
        assert "assets.card:change" not in grants[reader]
    for admin in ("system_admin", "security_admin", "audit_admin"):
        assert not [name for name in grants[admin] if name.startswith("assets.")]


def test_a_label_names_the_thing_and_opens_its_card(card, settings):
    settings.PUBLIC_ADDRESS = "https://bz.example"
    one = card(number="TY0001", model="M1", custodian="甲", department="办公室")
    label = actions.label(one)
    assert label.number == "TY0001" and label.title == "云间区教育局"
    assert label.qr_text == f"https://bz.example/assets/cards/{one.pk}/"
    assert list(label.lines) == ["台式计算机", "M1", "甲　办公室", "取得 2023-01-10"]


def test_the_form_is_told_what_the_law_says(agency, clerk):
    with scope.within(clerk):
        said = Cards.hints(
            new_card(organ=agency, value="9000", custodian="甲", class_code="A02010105", edition="2022"), clerk
        )
        silent = Cards.hints(new_card(organ=agency, custodian="甲", class_code="A02010105", edition="2022"), clerk)
        unfinished = Cards.hints(new_card(value=None, quantity=None), clerk)
    assert [hint["article"] for hint in said] == ["第十二条第一款"] and "价格上限" in said[0]["words"]
    assert silent == []
    assert all(hint["words"] for hint in unfinished)
