"""None of the three administrators meets business: every address of the house is tried as each of them."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from baozhang.kernel import access, attachments, scope, tokens
from baozhang.kernel.access import Reach
from baozhang.kernel.imports import ImportSession
from baozhang.kernel.ledger import Entry
from baozhang.kernel.resource import RESOURCES, Resource
from baozhang.site.api import Late
from tests import factories
from tests.contract.conftest import looked_at
from tests.kernel.files_of_all_sorts import pdf
from tests.site.conftest import Office

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]
Door = Callable[..., Client]
SECRET = "密件七四一九"  # stands in every text of every business record; no administrator may read it anywhere
DEEP = {"documents", *looked_at(RESOURCES, all_of_them=False)}
CODES = ("search", "uscc", "digest", "kind", "rule", "subject", "key", "code", "slug")  # texts that a program reads
BUSINESS = {slug: one for slug, one in RESOURCES.items() if one.admin is False}

# Pages that are no business of anybody's: one's own desk and door, the law's text, what is open to the public.
OPEN = (
    "",
    "login/",
    "logout/",
    "password/",
    "switch/",
    "notices/",
    "search/",
    "me/keys/",
    "i18n/",
    "law/",
    "public/",
    "api/docs",
    "help/",
    "api/openapi.json",
    "stocktaking/counts/phone/worker.js",  # a program for the phone's browser, the same for everybody
)
OWN = {
    "system": ("admin/accounts/", "admin/passwords/", "admin/fields/", "admin/jobs/", "admin/keys/", "organs/appointments/", "organs/organizations/", "organs/jurisdictions/"),
    "security": ("admin/rights/", "admin/suspensions/", "admin/signins/", "admin/policy/", "organs/appointments/"),
    "audit": ("admin/ledger/", "admin/seals/", "admin/verify/", "admin/verifications/"),
}  # fmt: skip


@dataclass
class Written:
    """What business has put down."""

    records: dict[str, int]
    files: dict[str, int]
    sessions: dict[str, int]


def full_of_secrets(resource: Resource, office: Office) -> Any:
    """A record of a class in the administrators' own organ, the secret in every free text."""
    texts = {
        field.name: f"{SECRET}{field.name}"[: field.max_length]
        for field in resource.model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField)) and not field.choices and field.editable
        and field.name not in CODES and (field.max_length or 99) >= 20
    }  # fmt: skip
    texts = {
        name: text
        for name, text in texts.items()
        if name not in factories.SPECIAL.get(resource.label, lambda _n: {})(1)
    }
    try:
        return factories.kept(resource.model, where=office.organ, **texts)
    except Exception:  # noqa: BLE001 -- a class with rules of its own for a text: the plain sample does as well
        return factories.kept(resource.model, where=office.organ)


@pytest.fixture
def written(office: Office) -> Written:
    """One record of every class of business, with a file and an import session."""
    made = Written({}, {}, {})
    for slug, resource in BUSINESS.items():
        record = office.organ if resource.model.scope_field == "id" else full_of_secrets(resource, office)
        made.records[slug] = record.pk
        with scope.everything("test") as by:
            made.files[slug] = attachments.attach(record, io.BytesIO(pdf()), f"{SECRET}.pdf", by=by).pk
        session = ImportSession(
            organ_id=office.organ.pk, slug=slug, filename=f"{SECRET}.csv", digest="0" * 64, user=office.clerk
        )
        made.sessions[slug] = factories.save(session).pk
        session.folder.mkdir(parents=True, exist_ok=True)
        (session.folder / "file").write_text(f"甲,乙\n{SECRET},2\n", encoding="utf-8")
    tokens.issue("程序", by=office.actor(office.clerk))
    return made


def addresses(written: Written) -> Iterator[str]:
    """Every address of the house, its places filled with what exists.

    What the kernel makes of a declaration is walked in one resource a room, what a room added itself in every one.
    """
    found = [(pattern, name, _slug_of(pattern)) for pattern, name in _patterns(get_resolver().url_patterns, "")]
    common = Counter(pattern.partition(slug)[2] for pattern, _name, slug in found if slug)
    for pattern, name, slug in found:
        if slug and slug not in DEEP and "<" in pattern and common[pattern.partition(slug)[2]] > 4:
            continue
        key = written.sessions if name.startswith("import") else written.records
        filled = pattern.replace("<int:pk>", str(key.get(slug, 1))).replace(
            "<int:key>", str(written.files.get(slug, 1))
        )
        yield _fill(filled, slug)


def _slug_of(pattern: str) -> str:
    """The resource that an address belongs to, the longest of those whose names it begins with."""
    bare = pattern.removeprefix("api/")
    return max((slug for slug in RESOURCES if bare.startswith(f"{slug}/")), key=len, default="")


def _patterns(found: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for one in found:
        here = before + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(one, Late):
            yield from _patterns([one.behind], before)
        elif isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, here)
        elif isinstance(one, URLPattern):
            yield here, one.name or ""


def _fill(pattern: str, slug: str) -> str:
    filled = pattern.replace("<path:slug>/<slug:field>", "assets/cards/organ")
    filled = re.sub(r"<int:\w+>", "1", filled)
    resource = RESOURCES.get(slug)
    act = next(iter(resource.acts), "x") if resource else "x"
    return re.sub(r"<(?:\w+:)?\w+>", act, filled)


def answered(client: Client, address: str) -> tuple[int, str]:
    """The status and the text of a page."""
    answer = client.get(f"/{address}", headers={"HX-Request": "false"})
    body = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, body.decode(errors="replace")


LINES = {"Accept": "application/json"}  # a refusal in a line instead of a whole frame: its words are the same


@pytest.fixture
def all_three(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One person with the rights of all three, who cannot be in real life: what he does not meet, none of them meets."""
    for code in ("security_admin", "audit_admin"):
        for name, reach in access.ROLES[code].grants.items():
            monkeypatch.setitem(access.ROLES["system_admin"].grants, name, reach)
    return office.system


def test_no_administrator_meets_business_anywhere(all_three: Any, written: Written, as_user: Door) -> None:
    client, seen = as_user(all_three, headers=LINES), []
    allowed = tuple(f"{prefix}{page}" for pages in OWN.values() for page in pages for prefix in ("", "api/"))
    wrong = []
    for address in sorted(set(addresses(written))):
        status, text = answered(client, address)
        seen.append(status)
        if SECRET in text:
            wrong.append(f"{address} shows the secret ({status})")
        if (
            status < 300
            and not address.startswith(allowed)
            and address not in OPEN
            and not address.startswith(tuple(page for page in OPEN if page))
        ):
            wrong.append(f"{address} is open ({status})")
        if status >= 500:
            wrong.append(f"{address} breaks ({status})")
    assert wrong == [], "\n".join(wrong)
    assert len(seen) > 6 * len(BUSINESS) and 200 in seen and {403, 404} & set(seen)


def test_no_administrator_writes_business_anywhere(all_three: Any, written: Written, as_user: Door) -> None:
    client = as_user(all_three, headers=LINES)
    wrong, before = [], Entry.objects.exclude(kind__in=("kernel.user", "kernel.savedview")).count()
    for address in sorted(set(addresses(written))):
        if not address.startswith(tuple(f"{prefix}{slug}/" for slug in BUSINESS for prefix in ("", "api/"))):
            continue
        for send in (client.post, client.patch, client.delete) if address.startswith("api/") else (client.post,):
            answer = send(f"/{address}", data="{}", content_type="application/json")
            if answer.status_code < 400:
                wrong.append(f"{send.__name__} {address}: {answer.status_code}")
    assert wrong == []
    assert Entry.objects.exclude(kind__in=("kernel.user", "kernel.savedview")).count() == before


def test_search_menu_and_look_up_know_no_business(all_three: Any, written: Written, as_user: Door) -> None:
    client = as_user(all_three, headers=LINES)
    for words in (SECRET, SECRET[:2], "mj", "样"):
        for page in ("search/", "search/suggest"):
            said = answered(client, f"{page}?q={words}")[1]
            assert said.count(SECRET) <= (2 if words == SECRET else 0)  # its own question
            assert [slug for slug in BUSINESS if f'href="/{slug}/' in said] == []
    home = answered(client, "")[1]
    for slug, resource in BUSINESS.items():
        assert f'href="/{slug}/"' not in home
        for field in (*resource.fields, *resource.filters):
            assert answered(client, f"lookup/{slug}/{field}")[0] in (403, 404)


def test_the_walk_meets_what_there_is(
    office: Office, written: Written, as_user: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same walk as somebody with every right in business: were it blind, the walls above would prove nothing."""
    for name, permission in access.PERMISSIONS.items():
        if permission.admin is False:
            monkeypatch.setitem(access.ROLES["asset_clerk"].grants, name, Reach.OWN)
    client = as_user(office.clerk, raise_request_exception=False)  # a made-up document has no pages: never mind
    asked = [f"{slug}/{rest}" for slug, pk in written.records.items()
             for rest in ("", "export.csv", f"{pk}/", f"{pk}/attachments/{written.files[slug]}/")]  # fmt: skip
    asked += [f"api/{slug}/" for slug in written.records]
    asked += [address for address in sorted(set(addresses(written))) if address.startswith("admin/")]
    found = {address: answered(client, address) for address in asked}
    for slug, pk in written.records.items():
        assert found[f"{slug}/{pk}/"][0] == 200, slug
        assert found[f"{slug}/"][0] == found[f"api/{slug}/"][0] == found[f"{slug}/export.csv"][0] == 200, slug
        assert found[f"{slug}/{pk}/attachments/{written.files[slug]}/"][0] == 200, slug
        assert SECRET in found[f"{slug}/{pk}/"][1], slug
    assert sum(SECRET in text for _status, text in found.values()) > 2 * len(BUSINESS)
    admin = [address for address, (status, _text) in found.items() if address.startswith("admin/") and status == 200]
    assert admin == []


def test_what_an_administrator_may_is_his_alone() -> None:
    by_right: dict[str, set[str]] = {}
    for code in ("system_admin", "security_admin", "audit_admin"):
        for name in access.ROLES[code].grants:
            by_right.setdefault(name, set()).add(code)
            assert access.PERMISSIONS[name].admin in (True, None)
    shared = {name: roles for name, roles in by_right.items() if len(roles) > 1}
    assert set(shared) == {"organs.appointment:view"}
