"""Whatever a program sends for a field, it is taken or refused in words; nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.db import models, transaction
from django.test import Client

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import scope
from baozhang.kernel.forms import ReferenceField
from baozhang.kernel.resource import RESOURCES
from tests import factories
from tests.contract.conftest import World, looked_at
from tests.contract.test_resources import WRITABLE, _body, _clerk

ODD: list[tuple[type[models.Field[Any, Any]] | tuple[Any, ...], Any]] = [
    (models.DateField, "0001-01-01"),
    ((models.DecimalField, models.IntegerField), 10**30),
    (models.ForeignKey, ""),
]


def reckoned(resource: Any, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The fields with whose value something is reckoned, each with an odd one; texts are only long or short."""
    for name in names:
        for kind, value in ODD:
            if isinstance(resource.field(name), kind):
                yield name, value
                break


def test_a_character_that_cannot_be_kept_is_refused_at_every_door(
    world: World, as_user: Callable[[Any], Client]
) -> None:
    """SQLite would keep the character NUL, PostgreSQL breaks off: nobody gets as far as either."""
    card = factories.kept(Card, where=world.mine)
    client, kind = as_user(world.clerk), "application/json"
    body = {"organ": world.mine.code, "name": "a\0b", "value": "1"}
    act = {"ids": [card.pk], "note": "a\0", "values": {"use_state": "idle"}}
    answers = [
        client.post("/api/assets/cards/", json.dumps(body), content_type=kind),
        client.post("/api/assets/cards/acts/use", json.dumps(act), content_type=kind),
        client.post(f"/assets/cards/{card.pk}/acts/use/", {"note": "a\0", "use_state": "idle"}),
        client.get("/assets/cards/?q=a%00b"),
        client.get("/search/?q=%00"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert all("不能保存的字符" in answer.content.decode() for answer in answers)
    said = {**act, "note": r"C:\u0000"}  # a backslash and letters: this is text like any other
    assert client.post("/api/assets/cards/acts/use", json.dumps(said), content_type=kind).status_code == 200
    assert Card._base_manager.count() == 1


def test_what_is_no_key_is_said_beside_its_field(world: World) -> None:
    """A reference that is looked up while one types comes back with what was sent, whatever that was."""
    with scope.everything("test"):
        field = ReferenceField(url="/lookup/", queryset=Organization.objects.all())
        shown = []
        for sent in ("三", "NaN", "1e30", "9" * 20, "\x00", "[]", str(world.mine.pk)):
            assert field.prepare_value(sent) == sent
            shown.append(field.widget.attrs["data-words"])
    assert shown == [""] * 6 + [str(world.mine)]


@pytest.mark.once
@pytest.mark.parametrize("slug", looked_at(WRITABLE))
def test_no_value_breaks_it(slug: str, world: World, as_user: Callable[[Any], Client]) -> None:
    resource = RESOURCES[slug]
    client = as_user(_clerk(resource, world))
    row = factories.kept(resource.model, where=world.mine)
    body = _body(resource, factories.sample(resource.model, where=world.mine))
    for name, value in reckoned(resource, resource.fields):
        # A new record and one that is there: both go through the same border.
        new = (f"/api/{slug}/", client.post, {**body, name: value})
        bare = (f"/api/{slug}/{row.pk}", client.patch, {"version": row.version, name: None})
        for address, send, sent in (new, bare):
            with transaction.atomic():
                answer = send(address, json.dumps(sent), content_type="application/json")
                transaction.set_rollback(True)
            assert answer.status_code in (200, 201, 403, 404, 409, 422), (name, sent, answer.content)
            if answer.status_code == 422:
                said = answer.json()
                assert said["what"] and not said["what"].isascii(), (name, sent, said)


@pytest.mark.once
@pytest.mark.parametrize(
    "slug", [slug for slug, one in RESOURCES.items() if any(act.fields for act in one.acts.values())]
)
def test_no_value_breaks_an_act(slug: str, world: World, as_user: Callable[[Any], Client]) -> None:
    resource = RESOURCES[slug]
    client = as_user(_clerk(resource, world))
    row = factories.kept(resource.model, where=world.mine)
    for code, act in resource.acts.items():
        for name, value in reckoned(resource, act.fields):
            for odd in (value, [1]):
                sent = {"ids": [row.pk], "note": "说明", "values": {name: odd}}
                with transaction.atomic():
                    answer = client.post(f"/api/{slug}/acts/{code}", json.dumps(sent), content_type="application/json")
                    transaction.set_rollback(True)
                assert answer.status_code in (200, 403, 404, 409, 422), (code, name, odd, answer.content)


@pytest.mark.once
@pytest.mark.parametrize("slug", looked_at(RESOURCES, all_of_them=False))
def test_no_address_breaks_a_list(slug: str, world: World, as_user: Callable[[Any], Client]) -> None:
    resource = RESOURCES[slug]
    client = as_user(_clerk(resource, world))
    names = [
        *resource.filters,
        *(f"{name}_from" for name in resource.filters),
        "q",
        "size",
        "sort",
        "after",
        "at",
        "cols",
    ]
    for name in names:
        for value in ("9" * 25, "NaN", "\x00", "９-²"):
            answer = client.get(f"/{slug}/", {name: value}, headers={"HX-Request": "true", "HX-Target": "list"})
            assert answer.status_code in (200, 422), (name, value)
    for address in (f"/{slug}/{'9' * 25}/", f"/api/{slug}/{'9' * 25}", f"/{slug}/{'9' * 25}/history/"):
        assert client.get(address).status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("slug", looked_at(WRITABLE))
def test_no_text_breaks_a_form_or_a_choice(slug: str, world: World, as_user: Callable[[Any], Client]) -> None:
    """What is a digit and no number, and a number that no column holds: in fields, versions and ticks."""
    resource = RESOURCES[slug]
    client = as_user(_clerk(resource, world), headers={"Accept": "application/json"})
    row = factories.kept(resource.model, where=world.mine)
    for odd in ("²", "9" * 30):
        sent = {**dict.fromkeys(resource.fields, odd), "version": odd}
        answers = [client.post(f"/{slug}/{row.pk}/edit/", sent), client.get(f"/{slug}/", {"organ": odd, "size": odd})]
        for name in list(resource.acts)[:1]:
            answers.append(client.post(f"/{slug}/acts/", {"act": name, "id": [odd], "without": [odd]}))
            ticked = json.dumps({"ids": [10**30], "note": "说明"})
            answers.append(client.post(f"/api/{slug}/acts/{name}", ticked, content_type="application/json"))
        assert {answer.status_code for answer in answers} <= {200, 302, 403, 404, 409, 422}, (odd, answers)
