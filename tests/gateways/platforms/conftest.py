"""A database that commits, since the other side is another thread or process; terminals and platforms that people have entered."""

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
def fleet(db: None) -> Callable[..., Terminal]:
    """This will enter a terminal for a plate, in an agency of the district or elsewhere."""

    def enter(plate: str, where: str = "云间区教育局", **values: Any) -> Terminal:
        place = factories.district(values.pop("place", "云间区"))
        return factories.kept(Terminal, where=factories.organ(where, place), plate=plate, **values)  # type: ignore[no-any-return]

    return enter
