"""What a platform writes, for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from baozhang.kernel import clock

NOON = clock.now().replace(microsecond=0)


def said(plate: str, seconds: int = 0, **values: Any) -> dict[str, Any]:
    """One position some seconds before now."""
    moment = NOON - dt.timedelta(seconds=3_600 - seconds)
    return {
        "plate": plate,
        "time": moment.isoformat(),
        "lat": 31.03,
        "lon": 121.22,
        "speed": 36.5,
        "direction": 90,
        **values,
    }
