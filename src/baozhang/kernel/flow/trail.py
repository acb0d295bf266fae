"""What the ledger says of a record's way through a flow: the states visited and who did what."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from baozhang.kernel import clock
from baozhang.kernel.ledger import ASIDES, Entry
from baozhang.kernel.record import Record
from baozhang.kernel.statement import Statement

from .choices import End
from .plan import Plan

ASIDE = "@flow"  # what an entry of a flow says beside the record's fields


@dataclass(frozen=True)
class Line:
    """One ledger entry of a flow, read."""

    seq: int
    verb: str  # step, back, withdraw, … or "" for the first entry of the record
    step: str
    by_id: int | None
    by_name: str
    by_organ: str
    at: dt.datetime
    day: dt.date
    note: str
    was: str
    now: str  # empty where the state stayed
    aside: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def persons(self) -> set[int]:
        """Who did it, and whom he stood in for."""
        return {person for person in (self.by_id, self.aside.get("for")) if person is not None}

    @property
    def moves(self) -> bool:
        """True where it is a step or brings the record into a state."""
        return self.verb == "step" or bool(self.now)


@dataclass
class Trail:
    """The entries of one record in one flow, oldest first; one query."""

    lines: list[Line]

    def moves(self) -> Iterator[Line]:
        """The entries that are steps or change the state."""
        return (line for line in self.lines if line.moves)

    @property
    def entered(self) -> int:
        """The ledger number at which the record came into its present state."""
        return max((line.seq for line in self.lines if line.now), default=0)

    def visited(self) -> list[str]:
        """The states on the present way, first to last; a return cuts off what it went back over."""
        way: list[str] = []
        for line in self.lines:
            if line.now in way:
                del way[way.index(line.now) + 1 :]
            elif line.now:
                way.append(line.now)
        return way

    def persons(self, step: str) -> dict[int, str]:
        """Everybody who ever took a step on this record, or stood behind it, and the name entered."""
        return {
            person: line.by_name
            for line in self.lines
            if line.verb == "step" and line.step == step
            for person in line.persons
        }

    def last_in(self, state: str) -> Line | None:
        """The last step taken from a state."""
        found = [line for line in self.lines if line.verb == "step" and (line.was or line.now) == state]
        return found[-1] if found else None

    @property
    def last_move(self) -> Line | None:
        """The last step, return or withdrawal."""
        moved = list(self.moves())
        return moved[-1] if moved else None


def read(plan: Plan, record: Record) -> Trail:
    """The trail of a record; one query, however long its history."""
    lines: list[Line] = []
    state = ""
    for entry in _ENTRIES(record.label, record.pk, sorted(plan.acts())):
        line = _line(plan, entry, state)
        state = line.now or state
        lines.append(line)
    return Trail(lines)


_ENTRIES = Statement(
    lambda kind, key, acts: Entry.objects.filter(Q(seq=1) | Q(act__oneof=acts), kind=kind, record_id=key).order_by(
        "seq"
    )
)


def aside_words(aside: dict[str, Any]) -> str:
    """What the history sentence says of a verb beside the state: to whom, and which opinion."""
    if "agree" in aside:
        return str(End.AGREED.label if aside["agree"] else End.DISAGREED.label)
    return _("转给%(name)s") % {"name": aside["to"]} if "to_id" in aside else ""


ASIDES[ASIDE] = aside_words


def _line(plan: Plan, entry: Entry, state: str) -> Line:
    changes = json.loads(entry.changes)
    verb, _, rest = entry.act.partition(":")
    ours = rest.partition(".")[0] == plan.name
    new = changes.get(plan.state_field)
    now = new if entry.seq == 1 else (new[1] if new else "")
    aside = changes.get(ASIDE) or [None, {}]
    return Line(
        entry.seq, verb if ours else "", rest.partition(".")[2] if ours else "", entry.by_id, entry.by_name, entry.by_organ,
        entry.at.astimezone(clock.ZONE), entry.day, entry.note, state, str(now or ""), aside[1], changes,
    )  # fmt: skip
