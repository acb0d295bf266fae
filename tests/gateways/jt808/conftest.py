"""A database that commits, since the gateway writes in a thread of its own; terminals that people have entered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from baozhang.ch2_provision.vehicles.models import Terminal
from tests import factories
from tests.committed import committed


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database that commits."""
    yield from committed(django_db_blocker)


@pytest.fixture
def entered(db: None) -> Callable[..., Terminal]:
    """This will enter a terminal for a vehicle."""

    def enter(phone: str, plate: str = "沪A00001") -> Terminal:
        return factories.kept(Terminal, where=factories.organ("云间区教育局"), phone=phone, plate=plate)

    return enter
