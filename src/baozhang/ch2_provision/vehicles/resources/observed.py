"""What scenarios may state of terminals: what one said on a day."""

from __future__ import annotations

from collections.abc import Sequence

from baozhang.ch2_provision.vehicles.models import TerminalDay
from baozhang.ch2_provision.vehicles.queries.health import COUNTED
from baozhang.kernel import clock, observation
from baozhang.law.scenario.observed import MOMENT, NUMBER, Heading, Observed, Told, declare


def _days(told: Sequence[Told]) -> None:
    """Counts of days, as the night's job would have counted them."""
    rows = [
        (terminal.pk, at["at"].astimezone(clock.ZONE).date(), *(int(at[name]) for name in COUNTED[2:]))
        for terminal, at in told
    ]
    observation.observe(TerminalDay, COUNTED, rows, merge=dict.fromkeys(COUNTED[2:], observation.TAKE))


declare(
    Observed(
        ("终端日况", "terminal_days"),
        "vehicles.terminal",
        ("终端", "终端号", "terminal"),
        (
            Heading("at", ("时间", "at"), MOMENT),
            Heading("good", ("有效", "good"), NUMBER),
            Heading("doubtful", ("异常", "doubtful"), NUMBER),
            Heading("blind", ("未定位", "blind"), NUMBER),
        ),
        _days,
    )
)
