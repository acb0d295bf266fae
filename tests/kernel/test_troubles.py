"""Acts that wait for each other: the one that the database takes back is told so, on page and API, and not that all has failed."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from tests import factories
from tests.committed import committed

from baozhang.ch1_general.organs.models import Organization
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import border, troubles


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits: each side sees the other's locks."""
    yield from committed(django_db_blocker)


def crossing(first: int, second: int) -> list[BaseException]:
    """What went wrong where two sides take two rows in opposite orders."""
    faults: list[BaseException] = []
    both = threading.Barrier(2, timeout=20)

    def side(*keys: int) -> None:
        try:
            with transaction.atomic():
                for key in keys:
                    Organization._base_manager.select_for_update().get(pk=key)
                    if key == keys[0]:
                        both.wait()
        except OperationalError as error:
            faults.append(error)
        finally:
            connection.close()

    sides = [threading.Thread(target=side, args=keys) for keys in ((first, second), (second, first))]
    for one in sides:
        one.start()
    for one in sides:
        one.join()
    return faults


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database knows one writer")
@pytest.mark.usefixtures("db")
def test_what_the_server_breaks_up_is_told_as_that() -> None:
    (fault,) = crossing(factories.organ("甲局").pk, factories.organ("乙局").pk)
    told = troubles.said(fault)
    assert isinstance(told, troubles.Crossed) and told.status == 409


def test_page_and_api_say_what_to_do(as_user: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_up(*_args: Any, **_values: Any) -> None:
        raise OperationalError("database is locked")

    where = factories.organ("甲局")
    row = factories.kept(Card, where=where)
    client = as_user(factories.person("zhao", "asset_clerk", where), raise_request_exception=False)
    monkeypatch.setattr(border, "one", broken_up)
    answer = client.patch(f"/api/assets/cards/{row.pk}", {"place": "301"}, content_type="application/json")
    assert (answer.status_code, answer.json()["what"]) == (409, "刚才另有人在办理同一事项，这一步没有完成")


def test_another_trouble_stays_what_it_is() -> None:
    assert troubles.said(OperationalError("no such table: x")) is None


def test_a_page_that_fails_says_the_number_under_which_the_log_has_it(
    as_user: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("unexpected")

    where = factories.organ("甲局")
    row = factories.kept(Card, where=where)
    client = as_user(factories.person("zhao", "asset_clerk", where), raise_request_exception=False)
    monkeypatch.setattr(Card, "__str__", broken)
    monkeypatch.setattr(border, "one", broken)
    page = client.get(f"/assets/cards/{row.pk}/")
    (said,) = re.findall(r'<p class="formula">(\w+)</p>', page.content.decode())
    assert page.status_code == 500 and said in caplog.text
    answer = client.patch(f"/api/assets/cards/{row.pk}", {"place": "301"}, content_type="application/json")
    assert answer.status_code == 500 and answer.json()["facts"]["编号"] in caplog.text


def test_an_address_that_leads_nowhere_is_told_to_programs_in_their_way(client: Client) -> None:
    answer = client.get("/api/nothing/17")
    assert (answer.status_code, answer.json()["what"]) == (404, "没有找到这个地址")
    assert "没有找到这一页" in client.get("/law/nothing/").content.decode()


def test_who_asks_for_the_head_of_a_page_gets_it(client: Client) -> None:
    asked = client.head("/login/")
    assert asked.status_code == 200 and asked["Content-Type"] == "text/html; charset=utf-8"
