"""By the calendar: hours that are over are packed; what need no longer be kept is forgotten."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from baozhang.kernel import clock
from baozhang.kernel.schedule import every
from baozhang.law.figures import Figures

from .telemetry.points import DAY, HOUR
from .telemetry.store import STORE

ROWS_KEPT = 48  # hours as rows, for what comes late and what is looked at most


@every("7 * * * *", name="pack-positions", words=_("压缩整点轨迹"))
def pack() -> dict[str, Any]:
    """This will pack what is older than the rows that are kept as they are."""
    kept = int(getattr(settings, "TELEMETRY_ROW_HOURS", ROWS_KEPT))
    return {"rows": STORE.pack(int(clock.now().timestamp()) - kept * HOUR)}


@every("20 3 * * *", name="forget-positions", words=_("清理到期轨迹"))
def forget() -> dict[str, Any]:
    """This will forget positions past the days of the catalogue; where nobody has set any, all are kept."""
    days = Figures(clock.today()).vehicles.positions.days
    if days is None:
        return {"forgotten": 0, "days": "待核实"}
    return {"forgotten": STORE.forget(int(clock.now().timestamp()) - int(days) * DAY), "days": int(days)}
