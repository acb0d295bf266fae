"""By the calendar: hours that are over are packed; what need no longer be kept is forgotten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from baozhang.kernel import clock, observation, scope
from baozhang.kernel.schedule import every
from baozhang.law.figures import Figures

from .actions import files, following
from .flows import certificate
from .models import TerminalDay
from .queries.fleet import unfiled
from .queries.health import COUNTED, day_rows
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


@every("10 4 * * *", name="vehicles.terminal_days", words=_("统计终端日况"))
def count_days() -> dict[str, Any]:
    """This will count what each terminal said on the day before, and forget counts past the days of the catalogue."""
    rows = day_rows(clock.today() - dt.timedelta(days=1))
    observation.observe(TerminalDay, COUNTED, rows, merge=dict.fromkeys(COUNTED[2:], observation.TAKE))
    kept = Figures(clock.today()).vehicles.terminal.counts_days
    if kept is None:
        return {"terminals": len(rows), "forgotten": 0, "days": "待核实"}
    gone = observation.forget(TerminalDay, '"day" < %s', [clock.today() - dt.timedelta(days=int(kept))])
    return {"terminals": len(rows), "forgotten": gone, "days": int(kept)}


@every("*/10 * * * *", name="vehicles.files", words=_("车辆档案随资产卡片更新"), follows=True)
def keep_files() -> dict[str, Any]:
    """This will open files for vehicles that have none, bring the others in step with their cards, and take the terminals of those that went off."""
    with scope.everything("车辆档案") as by:
        followed = files.follow(by=by)
        cards = list(unfiled(clock.today()).order_by("pk")[:5_000])
        opened, rest = files.open_clear(cards, by=by), following.keep_up(by=by)
        return {**rest, "opened": opened, "followed": followed + rest["followed"]}


@every("30 5 * * *", name="vehicles.certificates", words=_("证照到期提醒"))
def remind() -> dict[str, Any]:
    """This will make to-dos of certificates that end within thirty days."""
    with scope.everything("证照到期提醒"):
        return {"reminded": certificate.remind()}
