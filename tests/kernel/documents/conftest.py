"""No document of these tests may make the compiler warn: a layout that does not settle looks right by luck."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_warning(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """This will fail a test during which the compiler warned."""
    yield
    said = [record.getMessage() for record in caplog.get_records("call") if record.name.endswith("documents.typeset")]
    assert not said
