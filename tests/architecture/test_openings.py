"""Openings are few, all are filled, and all stand on one page."""

from __future__ import annotations

import re
from pathlib import Path

from baozhang.kernel.opening import OPENINGS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "openings.md"
MOST = 21  # four were architecture; thirty would be a knot


def test_every_opening_stands_on_the_page_and_nothing_else_does() -> None:
    listed = set(re.findall(r"^\| `([a-z_.]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == set(OPENINGS)


def test_every_opening_is_filled() -> None:
    assert [name for name, one in OPENINGS.items() if not one.answers] == []


def test_openings_stay_few() -> None:
    assert len(OPENINGS) <= MOST
