"""A bench for rules: the registry of a test holds that test's rules alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from baozhang.law import rules


@pytest.fixture
def no_rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No rule is known but those that the test declares."""
    monkeypatch.setattr(rules, "_rules", [])
    yield
