"""A bench for rules: the registry of a test holds that test's rules alone."""

from __future__ import annotations

import pytest

from baozhang.law import rules


@pytest.fixture
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule is known but those that the test declares."""
    monkeypatch.setattr(rules, "_rules", [])
