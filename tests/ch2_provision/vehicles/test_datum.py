"""GCJ-02 as others compute it, and back again."""

from __future__ import annotations

import pytest

from baozhang.ch2_provision.vehicles.telemetry import datum

# As an independent implementation has them.
KNOWN = [
    ((31.03, 121.22), (31.02788669893757, 121.22442409851506)),
    ((31.2304, 121.4737), (31.22845773757727, 121.47822305927693)),
    ((39.9, 116.4), (39.901403529849404, 116.40624278491117)),
    ((22.5, 114.06), (22.497284712183443, 114.06511355328196)),
]


@pytest.mark.parametrize(("place", "shifted"), KNOWN)
def test_a_place_is_shifted_and_found_again(place: tuple[float, float], shifted: tuple[float, float]) -> None:
    assert datum.to_gcj02(*place) == pytest.approx(shifted, abs=1e-9)
    assert datum.from_gcj02(*shifted) == pytest.approx(place, abs=1e-8)
