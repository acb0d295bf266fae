"""Real roles of other agencies, districts and trades try every door of the chain's rooms on rows that are none of theirs.

The attack of `test_attack` is one role's, by the kernel's own doors. Here the doors are read off the resolver and the API,
so that a page which a room adds is tried from its first day; what is refused must look the same as what is not there.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from baozhang.ch1_general.organs import roles
from baozhang.kernel import attachments, ledger, scope
from baozhang.kernel.access import ROLES, actor_of
from baozhang.kernel.accounts import User
from baozhang.kernel.resource import RESOURCES
from tests import factories
from tests.conftest import TODAY
from tests.contract.conftest import looked_at, steps_of
from tests.kernel.files_of_all_sorts import pdf

Door = Callable[..., Client]
ROOMS = ("funding", "assets", "stocktaking", "warehouse", "disposal", "allocation", "procurement", "standards")
OWNED = [
    slug
    for slug, one in RESOURCES.items()
    if slug.partition("/")[0] in ROOMS and "organ" in {column.name for column in one.model._meta.fields}
]
NOWHERE = 987_654
HERE, SECRET = "云间区", "云间区教育局"
CLOSED = (403, 404, 405)


@dataclass
class Attacker:
    """Somebody who has no business with the rows, in all the roles that his kind of office holds."""

    words: str
    user: User
    client: Client
    outside: bool = True  # the rows are out of his sight; else he may look, or has no right at all
    most: int = 99  # steps and acts of a row that he tries; who has three rights in all meets the same no at each
    found: list[str] = field(default_factory=list)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Two thousand refusals are expected: none of them is written into the log."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def _people(as_user: Door) -> list[Attacker]:
    business = [code for code, role in ROLES.items() if not role.admin and not code.startswith("contract")]
    apart = (*roles.READERS, roles.POOL_DISPATCHER, roles.DRIVER)
    agency = [code for code in business if code not in apart]
    here, there = factories.district(HERE), factories.district("浦江区")
    factories.organ("云间区机关事务管理局", here, competence="authority")
    factories.organ("云间区财政局", here, competence="finance")
    # All roles of authority, finance, audit and agency at once are more than each of them.
    offices = (
        ("another agency of the district", factories.organ("云间区卫生局", here), agency, True),
        ("the offices of another district", factories.organ("浦江区机关事务管理局", there, competence="authority"), business, True),
        ("a driver of the agency", factories.organ(SECRET), [roles.DRIVER], False),
        ("the auditor of the district", factories.organ("云间区审计局", here), [roles.AUDITOR], False),
    )  # fmt: skip
    made = []
    for place, (words, organ, held, outside) in enumerate(offices):
        *_others, user = (factories.person(f"attacker{place}", code, organ) for code in held)
        made.append(
            Attacker(
                words,
                user,
                as_user(user, headers={"Accept": "application/json"}),
                outside,
                1 if held == [roles.DRIVER] else 99,
            )
        )
    return made


def _rows(organ: Any) -> dict[str, Any]:
    """A row of each resource in the organ, with a file on it."""
    made = {}
    with scope.everything("test") as by:
        for slug in looked_at(OWNED):
            made[slug] = row = factories.kept(RESOURCES[slug].model, where=organ)
            row.file = attachments.attach(row, io.BytesIO(pdf()), "密件.pdf", by=by).pk
    return made


def _routes(patterns: Any, base: str = "") -> Iterator[str]:
    """The addresses of all pages that the rooms made themselves."""
    for one in patterns:
        route = base + str(one.pattern)
        if not isinstance(one, URLPattern):
            yield from _routes(one.url_patterns, route)
            continue
        view = one.callback
        while isinstance(view, partial):
            view = view.func
        if route.startswith(ROOMS) and not view.__module__.startswith("baozhang.kernel"):
            yield route


def _filled(route: str, row: Any, pk: int) -> str:
    values = {"int:pk": pk, "int:key": row.file, "int:organ": row.organ_id, "str:category": "general", "slug:name": "saved",
              "str:key": "assets.price"}  # fmt: skip
    for name, value in values.items():
        route = route.replace(f"<{name}>", str(value))
    assert "<" not in route, "an address with a part of a new sort: say here what stands for it"
    return f"/{route}"


def _doors(one: Attacker, slug: str, row: Any, pk: int, own: list[str]) -> Iterator[tuple[str, str]]:
    """The doors of one row: how, and where; of the kernel's a few, of the rooms' all."""
    resource, api = RESOURCES[slug], f"/api/{slug}"
    yield from (("get", f"/{slug}/{pk}/"), ("get", f"{api}/{pk}"))
    yield from ((verb, _filled(route, row, pk)) for route in own if "<int:pk>" in route for verb in ("get", "post"))
    yield from (("post", f"{api}/{pk}/steps/{name}") for name in steps_of(resource)[: one.most])
    yield from (("post", f"{api}/acts/{name}") for name in list(resource.acts)[: one.most])
    yield ("delete", f"{api}/{pk}/attachments/{row.file}")


def _ask(one: Attacker, verb: str, door: str, row: Any, pk: int) -> Any:
    if verb == "get":
        return one.client.get(door)
    body = {"note": "x", "version": row.version, "ids": [pk], "values": {}}
    if door.startswith("/api/"):
        return getattr(one.client, verb)(door, json.dumps(body), content_type="application/json")
    return one.client.post(door, {"note": "x", "version": row.version, "id": pk, "confirm": "1", "ready": "1"})


def _try_row(one: Attacker, slug: str, row: Any, own: list[str]) -> None:
    for (verb, door), (_verb, nowhere) in zip(
        _doors(one, slug, row, row.pk, own), _doors(one, slug, row, NOWHERE, own), strict=True
    ):
        if verb == "get" and not one.outside:
            continue
        answer = _ask(one, verb, door, row, row.pk)
        if answer.status_code not in CLOSED:
            one.found.append(f"{verb} {door}: {answer.status_code} {answer.content[:200].decode()}")
        elif one.outside and verb == "get" and not door.startswith("/api/"):
            none = _ask(one, verb, nowhere, row, NOWHERE)
            if (none.status_code, none.content) != (answer.status_code, answer.content):
                one.found.append(
                    f"{verb} {door} tells that it is there: {answer.status_code} beside {none.status_code}"
                )


def _try_pages(one: Attacker, rows: dict[str, Any], own: list[str]) -> None:
    """Pages of no one record, and the search, asked for the rows by every name under which a page takes one."""
    asked = {RESOURCES[slug].model._meta.model_name: row.pk for slug, row in rows.items()}
    for route in own:
        slug = next((slug for slug in rows if route.startswith(f"{slug}/")), None)
        if "<int:pk>" in route or slug is None:
            continue
        door, bag = (
            _filled(route, rows[slug], 0),
            urlencode({**asked, "id": rows[slug].pk, "organ": rows[slug].organ_id}),
        )
        one.client.post(door, bag, content_type="application/x-www-form-urlencoded")
        _keeps_silent(one, f"{door}?{bag}")
    with scope.within(actor_of(one.user, TODAY)):
        published = {slug for slug, row in rows.items() if type(row).objects.filter(organ_id=row.organ_id).exists()}
    for slug in rows.keys() - published:
        _keeps_silent(one, f"/{slug}/export.csv")
    for said in ("C0", SECRET):
        found = one.client.get(f"/search/?q={said}").content.decode()
        one.found += [f"search {said}: {slug}" for slug, row in rows.items() if f'"/{slug}/{row.pk}/' in found]


def _keeps_silent(one: Attacker, door: str) -> None:
    answer = one.client.get(door)
    said = answer.getvalue() if answer.status_code == 200 else b""
    if SECRET.encode() in said:
        one.found.append(f"{door} names the agency")


def _try_sheets(one: Attacker, rows: dict[str, Any], sheets: dict[str, bytes]) -> None:
    """The agency's own sheets, sent back by somebody else."""
    for slug, sheet in sheets.items():
        file = io.BytesIO(sheet)
        file.name = "sheet.csv"
        answer = one.client.post(f"/api/{slug}/import?commit=true", {"file": file})
        if answer.status_code == 200 and answer.json()["written"]:
            one.found.append(f"import {slug}: {answer.json()}")


def _sheets(as_user: Door, rows: dict[str, Any], clerk: User) -> dict[str, bytes]:
    client = as_user(clerk)
    taken = {slug for slug in rows if RESOURCES[slug].importable and RESOURCES[slug].fields}
    return {
        slug: client.get(f"/{slug}/export.csv?cols={','.join(RESOURCES[slug].fields)}").getvalue()
        for slug in sorted(taken)
    }


def _standing(rows: dict[str, Any]) -> tuple[int, int]:
    labels = {row.label for row in rows.values()} | {"kernel.attachment"}
    return ledger.Entry.objects.filter(kind__in=labels).count(), attachments.Attachment._base_manager.count()


@pytest.mark.once
def test_nobody_from_outside_reads_or_moves_a_row(as_user: Door, quiet: None) -> None:
    people, rows = _people(as_user), _rows(factories.organ(SECRET))
    own = list(_routes(get_resolver().url_patterns))
    assert len(own) > 40
    sheets = _sheets(as_user, rows, factories.person("clerk", "contract_every", factories.organ(SECRET)))
    before = _standing(rows)
    for one in people:
        with scope.within(actor_of(one.user, TODAY)):
            seen = [slug for slug, row in rows.items() if type(row).objects.filter(pk=row.pk).exists()]
        assert not (one.outside and seen), one.words
        for slug, row in rows.items():
            _try_row(one, slug, row, [route for route in own if route.startswith(f"{slug}/")])
        if one.outside:
            _try_pages(one, rows, own)
            _try_sheets(one, rows, sheets)
    assert _standing(rows) == before
    assert {one.words: one.found for one in people if one.found} == {}
