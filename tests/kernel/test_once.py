"""What is asked for once is done once: forms, acts on one and on many, programs; one after the other and at the same moment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from tests import factories
from tests.committed import at_once, committed

from baozhang.ch1_general.organs.models import Headcount
from baozhang.kernel import clock, upkeep
from baozhang.kernel.once import Asked

ADD = "/organs/headcounts/add/"
KEY = re.compile(r'name="key" value="(\w{32})"')


@pytest.fixture
def officer(db: Any) -> Any:
    """Somebody who may enter headcounts."""
    return factories.person("zhao", "support_head", factories.organ("管理局", competence="authority", code="GLJ"))


def heads(officer: Any, **more: Any) -> dict[str, Any]:
    """A form of a headcount, filled in."""
    organ = factories.organ("管理局", competence="authority", code="GLJ")
    return {
        "organ": organ.pk,
        "band": "division",
        "quota": "10",
        "actual": "9",
        "since": "2024-01-01",
        **more,
    }


@pytest.mark.django_db
def test_a_form_that_is_sent_again_leads_to_what_it_made(officer: Any, as_user: Callable[..., Any]) -> None:
    client = as_user(officer)
    (key,) = KEY.findall(client.get(ADD).content.decode())
    first, again = (client.post(ADD, heads(officer, key=key)) for _time in range(2))
    assert Headcount._base_manager.count() == 1 and first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    assert "没有重复办理" in client.get(again.headers["Location"]).content.decode()


@pytest.mark.django_db
def test_whoever_goes_back_and_writes_something_else_asks_anew(officer: Any, as_user: Callable[..., Any]) -> None:
    client = as_user(officer)
    (key,) = KEY.findall(client.get(ADD).content.decode())
    client.post(ADD, heads(officer, key=key))
    client.post(ADD, heads(officer, key=key, band="bureau"))
    assert set(Headcount._base_manager.values_list("band", flat=True)) == {"division", "bureau"}


@pytest.mark.django_db
def test_a_refused_form_is_not_remembered(officer: Any, as_user: Callable[..., Any]) -> None:
    client = as_user(officer)
    (key,) = KEY.findall(client.get(ADD).content.decode())
    refused = client.post(ADD, heads(officer, key=key, until="2023-01-01"))
    assert refused.status_code == 422 and len(KEY.findall(refused.content.decode())) == 1
    assert not Asked.objects.exists()
    assert client.post(ADD, heads(officer, key=key)).status_code == 302 and Headcount._base_manager.count() == 1


@pytest.mark.django_db
def test_a_change_that_is_sent_again_is_not_somebody_elses(officer: Any, as_user: Callable[..., Any]) -> None:
    client = as_user(officer)
    client.post(ADD, heads(officer))
    row = Headcount._base_manager.get()
    form = heads(officer, key="k" * 32, version=row.version, actual="8")
    answers = [client.post(f"/organs/headcounts/{row.pk}/edit/", form).status_code for _time in range(2)]
    row.refresh_from_db()
    assert answers == [302, 302] and (row.actual, row.version) == (8, 2)


@pytest.mark.django_db
def test_an_act_that_is_sent_again_is_done_once(officer: Any, as_user: Callable[..., Any]) -> None:
    security = factories.person("安全", "security_admin", factories.organ("管理局", competence="authority", code="GLJ"))
    del security, officer
    system = as_user(factories.person("系统", "system_admin", factories.organ("管理局", code="GLJ")))
    user = factories.person("钱", "staff", factories.organ("教育局"))
    page = system.get(f"/admin/accounts/{user.pk}/acts/lock/").content.decode()
    (key,) = KEY.findall(page)
    form = {"key": key, "note": "离职"}
    one, two = (system.post(f"/admin/accounts/{user.pk}/acts/lock/", form, follow=True) for _time in range(2))
    user.refresh_from_db()
    assert (one.status_code, two.status_code, user.is_active, user.version) == (200, 200, False, 2)
    assert "没有重复办理" in two.content.decode()


@pytest.mark.django_db
def test_a_program_that_asks_again_gets_the_same_answer(officer: Any, as_user: Callable[..., Any]) -> None:
    client = as_user(officer)
    body = json.dumps({"organ": "GLJ", "band": "division", "quota": 10, "actual": 9, "since": "2024-01-01"})

    def send(key: str, said: str = body) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return client.post("/api/organs/headcounts/", said, content_type="application/json", headers=headers)

    first, again = send("one"), send("one")
    assert (first.status_code, again.status_code) == (201, 201) and first.json()["id"] == again.json()["id"]
    other = send("one", body.replace("division", "bureau"))
    assert other.status_code == 201 and other.json()["id"] != first.json()["id"]
    assert send("two").status_code != 201  # without the key the period is taken, as it must be
    assert Headcount._base_manager.count() == 2


@pytest.mark.django_db
def test_it_is_forgotten_after_a_month(officer: Any) -> None:
    now = clock.now()
    for days, key in ((29, "young"), (31, "old")):
        Asked.objects.create(user_key=officer.pk, key=key, digest=b"1", at=now - upkeep.dt.timedelta(days=days))
    upkeep.tidy()
    assert [one.key for one in Asked.objects.all()] == ["young"]


class TestAtOnce:
    """Both at the same moment."""

    @pytest.fixture
    def db(self, django_db_setup: Any, django_db_blocker: Any) -> Any:
        """What is written here is committed, so that other connections see it."""
        yield from committed(django_db_blocker)

    def test_the_same_form_from_two_hands_makes_one_record(self, officer: Any, as_user: Callable[..., Any]) -> None:
        clients = [as_user(officer) for _hand in range(4)]
        form = heads(officer, key="a" * 32)

        def send(client: Any) -> Any:
            return client.post(ADD, form).headers["Location"]

        answers = at_once(*[lambda client=client: send(client) for client in clients])
        assert len(set(answers)) == 1 and isinstance(answers[0], str), answers
        assert Headcount._base_manager.count() == 1
        connections.close_all()
