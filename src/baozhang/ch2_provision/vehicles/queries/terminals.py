"""What can be asked of terminals: how they are, and who asked to be let in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef

from baozhang.ch2_provision.vehicles.choices import UNDER_WAY, Barred, TerminalState
from baozhang.ch2_provision.vehicles.models import DoubtfulPosition, Stranger, Terminal, TerminalHealth, TerminalOrder
from baozhang.kernel import clock


def moment(seconds: int | None) -> dt.datetime | None:
    """Seconds since 1970 as a moment in China."""
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, clock.ZONE)


def health_of(terminal: Terminal) -> TerminalHealth | None:
    """How a terminal is; None where it was never heard of."""
    return getattr(terminal, "health", None)


def doubts_of(vehicle: int, since: int) -> list[dict[str, Any]]:
    """What a terminal said since a moment that cannot be true, by reason: how many, and when last."""
    rows = DoubtfulPosition.objects.filter(vehicle=vehicle, heard__gte=since).order_by()
    found: list[Any] = list(rows.values("doubt").annotate(count=Count("digest"), last=Max("heard")))
    return sorted(found, key=lambda one: -one["count"])


def strangers(most: int) -> Sequence[Stranger]:
    """The terminals that were not let in: first those whose number is one of ours, then the others, the newest first."""
    rows = Stranger.objects.order_by("-heard", "phone")
    return [*rows.exclude(barred=Barred.UNKNOWN)[:most], *rows.filter(barred=Barred.UNKNOWN)[:most]]


def in_use(most: int | None = None) -> list[tuple[str, str]]:
    """(number, plate) of the terminals that may report and are not being mended, the oldest first."""
    mending = TerminalOrder._base_manager.filter(terminal=OuterRef("pk"), state__in=UNDER_WAY)
    rows = Terminal._base_manager.filter(~Exists(mending), state=TerminalState.IN_USE).order_by("pk")
    return list(rows.values_list("phone", "plate")[:most])
