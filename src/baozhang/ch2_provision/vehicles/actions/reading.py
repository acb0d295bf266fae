"""Reading a track: it is put down before anything is shown."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy

from baozhang.ch2_provision.vehicles.models import Terminal, TrackReading
from baozhang.kernel import access, bulk, clock, ledger
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

LOCATE = access.permission("vehicles.terminal:locate", gettext_lazy("查看车辆位置和轨迹"))
READ = ledger.act("vehicles.track_read", gettext_lazy("查看轨迹"))


def put_down(terminal: Terminal, day: dt.date, *, by: Actor) -> None:
    """This will record that somebody reads a vehicle's day; the second time on the same day changes nothing."""
    made = TrackReading(
        terminal=terminal, organ_id=terminal.organ_id, reader_id=by.user_id, reader_organ=by.organ_name, track_day=day, read_on=clock.today(),
    )  # fmt: skip
    same = {name: getattr(made, name) for name in TrackReading.natural}
    if TrackReading._base_manager.filter(**same).exists():
        return
    with transaction.atomic():
        bulk.take_turns(f"vehicles.reading {by.user_id}")  # the map and the replay may ask at once
        if not TrackReading._base_manager.filter(**same).exists():
            keep(made, by=by, act=READ, right=LOCATE)
