"""What holds for every test: no network, a clock that stands still, unordered rows in no particular order.

The database is the one of BAOZHANG_DATABASE_URL: `make test` runs the suite on SQLite and again on PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import Client

from baozhang.kernel import clock
from tests import laid, network
from tests.chance import shuffled

TODAY = dt.date(2026, 3, 4)  # a Wednesday; the days around it are working days
ROOT = Path(__file__).resolve().parent.parent
DATABASE = {"db", "transactional_db", "django_db_setup"}


def pytest_configure(config: pytest.Config) -> None:
    """Closes the network before the first test is collected, and settles how examples are drawn."""
    network.forbid()
    # At a desk every run draws new examples; before a merge the same ones, so that a red run is about the change.
    settled = os.environ.get("BAOZHANG_REQUIRE_ALL") == "1"
    hypothesis.settings.register_profile("house", deadline=None, derandomize=settled, print_blob=not settled)
    hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it in every test."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what lies under tests/journeys and what asks a database, so that they can be chosen and left out."""
    for item in items:
        if "journeys" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.journey)
        if item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """True where a copy of the migrated database was put in its place: only what is missing is then migrated."""
    return laid.lay()


@pytest.fixture
def today() -> dt.date:
    """The day on which the clock stands."""
    return TODAY


@pytest.fixture(autouse=True)
def still_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is nine in the morning of TODAY in every test that does not say `real_clock`."""
    if request.node.get_closest_marker("real_clock") or request.node.get_closest_marker("journey"):
        yield
        return
    with clock.on(TODAY):
        yield


@pytest.fixture(autouse=True)
def no_order_by_chance(request: pytest.FixtureRequest) -> Iterator[None]:
    """Unordered rows are shuffled in every test that does not say `ordered_by_chance`."""
    if request.node.get_closest_marker("ordered_by_chance"):
        yield
        return
    with shuffled(request.node.nodeid):
        yield


@pytest.fixture
def as_user(db: None) -> Callable[..., Client]:
    """Signs somebody in: `as_user(user)` or `as_user("username")` gives a client of its own."""
    from django.contrib.auth import get_user_model

    def sign_in(who: Any, **defaults: Any) -> Client:
        user = get_user_model()._base_manager.get(username=who) if isinstance(who, str) else who
        client = Client(**defaults)
        client.force_login(user, backend="baozhang.kernel.accounts.Backend")
        return client

    return sign_in
