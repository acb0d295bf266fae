"""What every resource must do, whoever declared it: scope, rights, constant queries, Chinese words, a round trip."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baozhang.kernel import ledger
from baozhang.kernel.api import schemas
from baozhang.kernel.resource import RESOURCES, Resource
from tests import factories
from tests.contract.conftest import World, looked_at

SCOPED = [slug for slug, one in RESOURCES.items() if one.model.scope_field == "organ_id"]
WRITABLE = [slug for slug, one in RESOURCES.items() if one.fields and one.addable]
Door = Callable[[Any], Client]


def _clerk(resource: Resource, world: World) -> Any:
    return world.admin if resource.admin else world.clerk


@pytest.fixture(params=looked_at(RESOURCES))
def resource(request: pytest.FixtureRequest) -> Resource:
    """Each resource in turn."""
    return RESOURCES[request.param]


@pytest.fixture(params=looked_at(SCOPED))
def scoped(request: pytest.FixtureRequest) -> Resource:
    """Each resource whose rows belong to an organ."""
    return RESOURCES[request.param]


@pytest.fixture(params=looked_at(WRITABLE))
def writable(request: pytest.FixtureRequest) -> Resource:
    """Each resource that people may add to."""
    return RESOURCES[request.param]


def test_it_cites_an_article_and_speaks_chinese(resource: Resource) -> None:
    assert "条" in resource.article
    words = [str(resource.words_of(name)) for name in (*resource.columns, *resource.fields)]
    assert [word for word in words if word.isascii() and not word.isupper()] == []
    assert resource.purpose, "one line that says what the page is for"


def test_every_choice_that_a_column_holds_comes_out_of_the_api(resource: Resource) -> None:
    """A choice among numbers (a rating) is a number for programs: a list with one answers, and does not break."""
    out = schemas.shape_out(resource)
    for name in schemas.names_out(resource):
        field = None if name in resource.computed else resource.field(name)
        for value, _words in field.flatchoices if field is not None and field.choices else ():
            assert getattr(out(id=1, version=1, **{name: value}), name) == value


def test_without_a_right_it_is_forbidden(resource: Resource, world: World, as_user: Door) -> None:
    client = as_user(world.nobody)
    assert client.get(f"/{resource.slug}/").status_code == 403
    assert client.get(f"/api/{resource.slug}/").status_code == 403
    if resource.fields:
        assert client.get(f"/{resource.slug}/add/").status_code in (403, 404)


def test_without_a_session_there_is_only_the_door(resource: Resource, world: World, client: Client) -> None:
    answer = client.get(f"/{resource.slug}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")
    assert client.get(f"/api/{resource.slug}/").status_code == 401


def test_writing_into_another_organ_is_refused_and_nothing_changes(
    scoped: Resource, world: World, as_user: Door
) -> None:
    if not (scoped.fields and scoped.addable):
        pytest.skip("nobody adds to it")
    sample = factories.sample(scoped.model, where=world.theirs)
    body = _body(scoped, sample)
    before = (scoped.model._base_manager.count(), ledger.Entry.objects.count())
    answer = as_user(_clerk(scoped, world)).post(
        f"/api/{scoped.slug}/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code in (403, 404, 422), answer.content
    assert (scoped.model._base_manager.count(), ledger.Entry.objects.count()) == before


def _body(resource: Resource, sample: Any) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name in resource.fields:
        value = getattr(sample, name)
        if value in (None, ""):
            continue
        if hasattr(value, "pk"):
            value = str(getattr(value, (value.called or value.natural or ("pk",))[0]))
        body[name] = value if isinstance(value, (bool, int, dict)) else str(value)
    return body


def test_a_row_goes_in_by_api_and_comes_out_again(writable: Resource, world: World, as_user: Door) -> None:
    sample = factories.sample(writable.model, where=world.mine)
    client = as_user(_clerk(writable, world))
    body = _body(writable, sample)
    answer = client.post(f"/api/{writable.slug}/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 201, answer.content.decode()
    made = answer.json()
    assert made["version"] == 1
    named = [name for name in body if isinstance(writable.field(name), ForeignKey)]
    assert {name: made[name] for name in named} == {
        name: body[name] for name in named
    }  # what it is told is what it tells
    if writable.model.scope_field != "id":  # an organ that is new lies outside everybody's scope but those above it
        assert client.get(f"/api/{writable.slug}/{made['id']}").json()["id"] == made["id"]
        history = client.get(f"/api/{writable.slug}/{made['id']}/history").json()
        assert len(history) == 1  # an entry that stands for an act of its own bears the name of that act


def test_the_list_asks_as_much_for_nine_rows_as_for_one(resource: Resource, world: World, as_user: Door) -> None:
    client = as_user(_clerk(resource, world))
    _fill(resource, world, 1)
    counts = []
    for more in (0, 8):
        _fill(resource, world, more)
        client.get(f"/{resource.slug}/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(f"/{resource.slug}/")
        assert answer.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1], asked.captured_queries


def _fill(resource: Resource, world: World, count: int) -> None:
    for _ in range(count):
        factories.kept(resource.model, where=world.mine)


def test_the_part_is_the_whole_pages_table(resource: Resource, world: World, as_user: Door) -> None:
    _fill(resource, world, 2)
    client = as_user(_clerk(resource, world))
    whole = client.get(f"/{resource.slug}/").content.decode()
    part = client.get(f"/{resource.slug}/", headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert part.lstrip().startswith('<div id="list"')
    assert "<html" not in part
    rows = [line for line in part.splitlines() if line.startswith("<tr>")]
    assert [line for line in rows if _bare(line) not in _bare(whole)] == []


def _bare(text: str) -> str:
    import re

    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


def test_detail_and_form_open(resource: Resource, world: World, as_user: Door) -> None:
    row = world.mine if resource.model.scope_field == "id" else factories.kept(resource.model, where=world.mine)
    client = as_user(_clerk(resource, world))
    pages = [f"/{resource.slug}/{row.pk}/", f"/{resource.slug}/{row.pk}/history/"]
    if resource.fields:
        pages.append(f"/{resource.slug}/{row.pk}/edit/")
        if resource.addable:
            pages.append(f"/{resource.slug}/add/")
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_what_is_exported_imports_without_a_change(resource: Resource, world: World, as_user: Door) -> None:
    if not (resource.importable and resource.fields and resource.model.natural) or resource.model.scope_field == "id":
        pytest.skip("it is not imported")
    _fill(resource, world, 3)
    client = as_user(_clerk(resource, world))
    columns = ",".join(name for name in (*resource.columns, *resource.more_columns) if name in resource.fields)
    sheet = b"".join(client.get(f"/{resource.slug}/export.xlsx?cols={columns}"))
    file = io.BytesIO(sheet)
    file.name = "again.xlsx"
    answer = client.post(f"/api/{resource.slug}/import", {"file": file})
    assert answer.status_code == 200, answer.content.decode()
    found = answer.json()
    assert found["faults"] == []
    assert (found["new"], found["changed"]) == (0, 0)
    assert found["unchanged"] >= 3
