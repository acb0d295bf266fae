"""Files and terminals are brought in step with the cards: one that goes, one that comes into another unit's hands."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from baozhang.ch2_provision.assets.models import Card
from baozhang.ch2_provision.vehicles.choices import TerminalState
from baozhang.ch2_provision.vehicles.models import Terminal
from baozhang.ch2_provision.vehicles.queries.fleet import astray, handed_over, of_nobody
from baozhang.kernel import clock
from baozhang.kernel.access import Actor
from baozhang.kernel.record import keep

from .files import FOLLOWED, follow
from .terminals import move


def keep_up(*, by: Actor, cards: Collection[int] | None = None) -> dict[str, int]:
    """This will bring files in step with their cards (None: all), and what sits in the vehicles with the files."""
    files, gone = astray(), of_nobody()
    if cards is None:
        moved = hand_over(by=by)
    else:
        files, gone, moved = files.filter(card__in=cards), gone.filter(plate__in=_plates(cards)), 0
    followed, left = follow(files, by=by), list(gone)
    off = move(left, to=TerminalState.REMOVED, by=by, note=_("车辆已处置注销")) if left else 0
    return {"followed": followed, "moved": moved, "taken_off": off}


def _plates(cards: Collection[int]) -> list[str]:
    return [plate for plate in Card._base_manager.filter(pk__in=cards).values_list("plate", flat=True) if plate]


def hand_over(*, by: Actor) -> int:
    """This will give terminals to the units to which the titles of their vehicles went: how many.

    What a terminal said stays with the unit whose vehicle it was: its record ends, and the other unit gets one of its
    own, or that one back which it had before; the device goes on reporting under its number and its code.
    """
    rows = list(handed_over())
    if not rows:
        return 0
    with transaction.atomic():
        taken = [_taken_over(one) for one in rows]
        for one in rows:
            one.state, one.secret, one.device, one.maker = TerminalState.REMOVED, "", "", ""
        note = _("车辆已划转，终端随车")
        keep(rows, by=by, act=FOLLOWED, note=note, moves=frozenset({"state"}))
        keep(taken, by=by, act=FOLLOWED, note=note, moves=frozenset({"state"}))
    return len(rows)


def _taken_over(terminal: Terminal) -> Terminal:
    """The record of the unit that has the vehicle now, not kept; since when it counts is the moment of the change."""
    owner = terminal.owner  # type: ignore[attr-defined]
    now = clock.now()
    had = Terminal._base_manager.filter(organ=owner, phone=terminal.phone, plate=terminal.plate).first()
    taken = had or Terminal(organ_id=owner, phone=terminal.phone, plate=terminal.plate, since=now)
    taken.fitted = now.astimezone(clock.ZONE).date()
    for name in ("state", "secret", "device", "maker", "remarks"):
        setattr(taken, name, getattr(terminal, name))
    return taken
