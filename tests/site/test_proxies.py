"""Behind a proxy people are told apart by the address that it names, and by nothing that they write themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
PROXY, PASSWORD = "127.0.0.1", "a-long-password"


def tried(client: Client, word: str, origin: str) -> int:
    """The answer to a sign-in that comes through the proxy from some address."""
    sent = {"username": "zhao", "password": word}
    return client.post("/login/", sent, headers={"X-Forwarded-For": origin}, REMOTE_ADDR=PROXY).status_code


@pytest.fixture
def known() -> None:
    """Somebody with an account."""
    factories.person("zhao", "asset_clerk", factories.organ("甲局"))


@pytest.mark.usefixtures("known")
def test_a_stranger_bars_nobody_who_comes_from_elsewhere(client: Client, settings: Any) -> None:
    settings.PROXIES = 1
    for _try in range(settings.AXES_FAILURE_LIMIT):
        last = tried(client, "wrong", "192.0.2.66")
    assert last == 429 and tried(client, PASSWORD, "192.0.2.66") == 429
    assert tried(client, PASSWORD, "192.0.2.7") == 302


@pytest.mark.usefixtures("known")
def test_what_stands_before_the_proxys_word_counts_for_nothing(client: Client, settings: Any) -> None:
    settings.PROXIES = 1
    for turn in range(settings.AXES_FAILURE_LIMIT):
        last = tried(client, "wrong", f"10.0.0.{turn}, 192.0.2.66")
    assert last == 429


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("proxies", "said"), [(0, "192.0.2.7"), (2, "192.0.2.7"), (1, "unknown")])
def test_where_no_proxy_is_to_be_believed_the_address_is_that_of_the_line(
    client: Client, settings: Any, proxies: int, said: str
) -> None:
    settings.PROXIES = proxies
    for _try in range(settings.AXES_FAILURE_LIMIT):
        tried(client, "wrong", "192.0.2.66" if said != "unknown" else said)
    assert tried(client, PASSWORD, said) == 429
