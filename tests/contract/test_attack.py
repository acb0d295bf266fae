"""A clerk who may do everything in his own organ attacks another organ's records, by every door that a resource has."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import models
from django.test import Client

from baozhang.kernel import attachments, ledger, scope
from baozhang.kernel.imports import ImportSession
from baozhang.kernel.record import Record
from baozhang.kernel.resource import RESOURCES, Resource
from baozhang.kernel.views_saved import SavedView
from tests import factories
from tests.contract.conftest import World, looked_at, steps_of
from tests.kernel.files_of_all_sorts import pdf

Door = Callable[[Any], Client]
OWNED = [slug for slug, one in RESOURCES.items() if one.model.scope_field == "organ_id"]
SCOPED, ROOMS = looked_at(OWNED), looked_at(OWNED, all_of_them=False)
# What the kernel's own pages behind a record do is the same for all; it is tried where the scope is another, and once a room.
DEEP = {*ROOMS, *(slug for slug in OWNED if RESOURCES[slug].model.visible.__func__ is not Record.visible.__func__)}  # type: ignore[attr-defined]
# 405 where the door itself does not exist for this verb; never 422, which would tell that there is something to get right
GONE = {403, 404, 405}
CLOSED = {*GONE, 422}


@pytest.fixture(params=SCOPED)
def scoped(request: pytest.FixtureRequest) -> Resource:
    """Each resource whose rows belong to an organ."""
    return RESOURCES[request.param]


@pytest.fixture
def theirs(scoped: Resource, world: World) -> Any:
    """A row of the other organ, with a file."""
    row = factories.kept(scoped.model, where=world.theirs)
    if scoped.admin is False:
        with scope.everything("test") as by:
            row.file = attachments.attach(row, io.BytesIO(pdf()), "密件.pdf", by=by).pk
    return row


@pytest.fixture
def attacker(scoped: Resource, world: World, as_user: Door) -> Client:
    """The clerk, or the administrator where the records are his."""
    # Asks for no page: what is refused is the same, and is said in a line instead of a whole frame.
    return as_user(world.admin if scoped.admin else world.clerk, headers={"Accept": "application/json"})


def _doors(resource: Resource, row: Any) -> Iterator[str]:
    """The addresses of one record, what comes behind them filled in."""
    base = f"/{resource.slug}/{row.pk}/"
    yield from (base, f"{base}edit/", *(f"{base}{name}/" for name in resource.pages))
    if resource.slug in DEEP:
        file = getattr(row, "file", 1)
        yield from (f"{base}chain/", f"{base}proof/1/", f"{base}proof/1/proof.json")
        yield from (f"{base}attachments/", f"{base}attachments/{file}/", f"{base}attachments/{file}/preview/")
        yield f"{base}attachments/{file}/remove/"
        yield from (f"{base}{name}/" for name in ("pdf", "paper", "evidence", "label", "opened"))
    yield from (f"{base}why/{name}/" for name in resource.computed)
    yield from (f"{base}acts/{name}/" for name in resource.acts)
    yield from (f"{base}steps/{name}/" for name in steps_of(resource))


def _machine_doors(resource: Resource, row: Any) -> Iterator[tuple[str, str, Any]]:
    base, file = f"/api/{resource.slug}/{row.pk}", getattr(row, "file", 1)
    yield from (("get", base, None), ("get", f"{base}/history", None), ("patch", base, {"extra": {}}))
    yield from (("get", f"{base}/attachments", None), ("get", f"{base}/attachments/{file}", None))
    yield from (("delete", f"{base}/attachments/{file}", None), ("post", f"{base}/attachments", None))
    yield from (("get", f"{base}/steps", None), ("get", f"{base}/recheck", None), ("get", f"{base}/replay", None))
    yield from (("post", f"{base}/steps/{name}", {"note": "x"}) for name in steps_of(resource))
    yield from (
        ("patch", base, "unreadable"),
        ("post", f"{base}/steps/{next(iter(steps_of(resource)), 'x')}", {"note": []}),
    )
    for name in resource.acts:
        yield ("post", f"/api/{resource.slug}/acts/{name}", {"ids": [row.pk], "note": "x", "values": {}})


def _state() -> tuple[int, int]:
    return ledger.Entry.objects.count(), attachments.Attachment._base_manager.count()


def test_no_page_of_it_opens_and_none_can_be_posted_to(scoped: Resource, theirs: Any, attacker: Client) -> None:
    before = _state()
    where = f"{scoped.slug}/{theirs.pk}"
    pages = (f"/{where}/", f"/{where}/history/", f"/api/{where}", f"/api/{where}/history")
    assert {page: attacker.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    for door in _doors(scoped, theirs):
        assert attacker.get(door).status_code in GONE, f"GET {door}"
        assert attacker.post(door, {"note": "x", "version": "1"}).status_code in GONE, f"POST {door}"
    assert _state() == before


@pytest.mark.parametrize("scoped", ROOMS, indirect=True)
def test_no_program_reaches_it(scoped: Resource, theirs: Any, attacker: Client) -> None:
    before = _state()
    for verb, door, body in _machine_doors(scoped, theirs):
        data = None if body is None else json.dumps(body)
        answer = (
            getattr(attacker, verb)(door, data, content_type="application/json")
            if data
            else getattr(attacker, verb)(door)
        )
        assert answer.status_code in GONE, f"{verb} {door}: {answer.status_code} {answer.content[:200]!r}"
    assert _state() == before


def test_it_is_in_no_list_export_or_search(scoped: Resource, theirs: Any, world: World, attacker: Client) -> None:
    asked = f"?organ={world.theirs.pk}&id={theirs.pk}"
    name, door = world.theirs.name, f"/{scoped.slug}/{theirs.pk}/"
    of_all = (f"/search/suggest?q={str(theirs)[:4]}", "/") if scoped.slug in DEEP else ()
    for address in (
        f"/{scoped.slug}/{asked}",
        f"/{scoped.slug}/?q={str(theirs)[:6]}",
        f"/search/?q={str(theirs)[:6]}",
        *of_all,
    ):
        page = attacker.get(address).content.decode()
        assert door not in page, address
        assert name not in page or name[:4] in address, address  # the page may repeat what was asked for
    for form in ("csv", "xlsx"):
        answer = attacker.get(f"/{scoped.slug}/export.{form}{asked}")
        data = b"".join(answer) if answer.status_code == 200 else b""
        assert name.encode() not in data
    rows = attacker.get(f"/api/{scoped.slug}/{asked}").json().get("rows", [])
    assert [row for row in rows if row["id"] == theirs.pk] == []


@pytest.mark.parametrize("scoped", ROOMS, indirect=True)
def test_no_bulk_act_takes_it_along(scoped: Resource, theirs: Any, world: World, attacker: Client) -> None:
    mine = factories.kept(scoped.model, where=world.mine)
    version = theirs.version
    for name in scoped.acts:
        for asked in ({"id": [theirs.pk]}, {"everything": "1"}):
            where = f"?organ={world.theirs.pk}" if "everything" in asked else ""
            answer = attacker.post(f"/{scoped.slug}/acts/{where}", {"act": name, "note": "x", "ready": "1", **asked})
            assert answer.status_code in (*CLOSED, 302, 409, 200), name
        answer = attacker.post(f"/api/{scoped.slug}/acts/{name}", json.dumps({"ids": [mine.pk, theirs.pk], "note": "x"}),
                               content_type="application/json")  # fmt: skip
        assert answer.status_code == 404, (name, answer.content)
    theirs.refresh_from_db()
    assert theirs.version == version


@pytest.mark.parametrize("scoped", ROOMS, indirect=True)
def test_nothing_of_ones_own_can_be_tied_to_it(scoped: Resource, world: World, attacker: Client) -> None:
    for name in (*scoped.fields, *scoped.filters):
        field = scoped.field(name)
        if not isinstance(field, models.ForeignKey):
            continue
        target: Any = field.related_model
        if target.scope_field not in ("organ_id", "id"):
            continue
        foreign = world.theirs if target.scope_field == "id" else factories.kept(target, where=world.theirs)
        for q in ("", str(foreign)[:4]):
            answer = attacker.get(f"/lookup/{scoped.slug}/{name}", {"q": q})
            assert answer.status_code in (200, 403, 404), answer.content
            found = answer.json()["results"] if answer.status_code == 200 else []
            assert foreign.pk not in [one["id"] for one in found], name
        if name in scoped.fields and scoped.addable:
            before = _state()
            mine = factories.kept(scoped.model, where=world.mine)
            own = (before[0] + 1, before[1]) if _state()[0] == before[0] + 1 else _state()
            key = str(getattr(foreign, (foreign.natural or ("pk",))[0]))
            answer = attacker.patch(
                f"/api/{scoped.slug}/{mine.pk}", json.dumps({name: key}), content_type="application/json"
            )
            assert answer.status_code in (*CLOSED, 409), (name, answer.content)
            attacker.post(f"/{scoped.slug}/{mine.pk}/edit/", {name: foreign.pk, "version": mine.version})
            assert _state() == own, name
            mine.refresh_from_db()
            assert getattr(mine, field.attname) != foreign.pk


@pytest.mark.parametrize("scoped", ROOMS, indirect=True)
def test_its_imports_and_views_are_not_offered(scoped: Resource, world: World, attacker: Client) -> None:
    with scope.everything("test"):
        session = ImportSession(
            organ_id=world.theirs.pk, slug=scoped.slug, filename="密件.xlsx", digest="0" * 64, user=world.outsider
        )
        factories.save(session)
        factories.save(SavedView(slug=scoped.slug, name="密视图", query="q=密", user_key=world.outsider.pk,
                                 organ_key_of=world.theirs.pk, shared=True))  # fmt: skip
    base = f"/{scoped.slug}/import/{session.pk}/"
    for end in ("map/", "check/", "done/", "errors.csv", "wrong.xlsx"):
        assert attacker.get(f"{base}{end}").status_code in CLOSED, end
    for end in ("map/", "commit/", "undo/"):
        assert attacker.post(f"{base}{end}", {}).status_code in CLOSED, end
    for page in (f"/{scoped.slug}/", f"/{scoped.slug}/import/"):
        said = attacker.get(page).content.decode()
        assert "密件" not in said and "密视图" not in said, page


USERS = [
    (slug, name)
    for slug, one in sorted(RESOURCES.items())
    if one.admin is False
    for name in (*one.fields, *one.filters)
    if isinstance(one.field(name), models.ForeignKey) and one.field(name).related_model.__name__ == "User"
]


@pytest.mark.parametrize(("slug", "name"), USERS)
def test_of_people_only_colleagues_are_offered(slug: str, name: str, world: World, as_user: Door) -> None:
    client = as_user(world.clerk)
    found = client.get(f"/lookup/{slug}/{name}", {"q": ""}).json()["results"]
    assert {one["hint"] for one in found} == {"clerk", "admin", "nobody"}
    assert client.get(f"/lookup/{slug}/{name}", {"q": "outsider"}).json()["results"] == []


def test_nobody_learns_of_strangers_by_naming_them(world: World, as_user: Door) -> None:
    body = {
        "organ": world.mine.code,
        "giver": "clerk",
        "taker": "outsider",
        "since": "2026-03-05",
        "until": "2026-03-06",
    }
    client = as_user(world.clerk)
    answers = []
    for taker in ("outsider", "no-such-person"):
        answer = client.post(
            "/api/organs/delegations/", json.dumps({**body, "taker": taker}), content_type="application/json"
        )
        answers.append((answer.status_code, answer.content.decode().replace(taker, "…")))
    assert answers[0] == answers[1] and answers[0][0] == 422
    assert (
        client.post(
            "/api/organs/delegations/", json.dumps({**body, "taker": "nobody"}), content_type="application/json"
        ).status_code
        == 201
    )
