"""Panels of a record: two short ones that follow each other stand side by side."""

from __future__ import annotations

from typing import Any

import pytest

from baozhang.kernel.views.details import SHORT, _pair


@pytest.mark.parametrize(
    ("sizes", "halves"),
    [
        ((2, 1), (True, True)),
        ((2,), (False,)),
        ((1, 1, 1), (True, True, False)),
        ((1, SHORT + 1, 1), (False, False, False)),
        ((SHORT, SHORT + 1, 1, 2), (False, False, True, True)),
    ],
)
def test_two_short_panels_share_a_row(sizes: tuple[int, ...], halves: tuple[bool, ...]) -> None:
    panels: list[dict[str, Any]] = [{"rows": [{"words": "数量"}] * size} for size in sizes]
    _pair(panels)
    assert tuple("half" in panel for panel in panels) == halves


def test_a_wide_value_keeps_its_width() -> None:
    panels: list[dict[str, Any]] = [{"rows": [{"words": "说明", "wide": True}]}, {"rows": [{"words": "数量"}]}]
    _pair(panels)
    assert not any("half" in panel for panel in panels)
