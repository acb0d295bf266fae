"""What a higher platform is to be told waits in a table that is written along with the positions: none is lost, none told twice.

A position that comes again, from a blind zone, after a cut line or after its hour was packed, is none that is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from baozhang.ch1_general.organs.choices import Competence
from baozhang.ch2_provision.vehicles.choices import LinkState
from baozhang.ch2_provision.vehicles.models import RecentPosition, Relay, RelayItem, Terminal, TrackBlock
from baozhang.kernel import access, observation
from baozhang.kernel.access import Reach
from baozhang.kernel.bulk import chunks

from .points import AT, COLUMNS, HOUR

if TYPE_CHECKING:
    from baozhang.ch1_general.organs.models import Organization

_TOLD = ("lat", "lon", "altitude", "speed", "direction", "status", "alarm", "odometer", "heard")
_PLACES = [COLUMNS.index(name) + 1 for name in _TOLD]  # in a row, which begins with the vehicle
NAMES = ("vehicle", "relay", "at", *_TOLD)


def relays() -> list[Relay]:
    """The platforms to which positions are passed on at present."""
    return list(Relay._base_manager.filter(state=LinkState.IN_USE).select_related("organ").order_by("pk"))


def reach_of(organ: Organization) -> access.Organs:
    """The units of whose vehicles a platform is told, or may speak: its own, and of a support authority all below it."""
    reach = Reach.BELOW if organ.competence == Competence.AUTHORITY else Reach.OWN
    return access.organs_within.ask(organ.pk, reach)


def queue(rows: Sequence[Sequence[Any]]) -> None:
    """This will put the new ones of some rows (vehicle, then COLUMNS) in line, in the transaction of the positions and before them."""
    wanted = relays()
    if not wanted or not rows:
        return
    fresh = _fresh(rows)
    organs = dict(Terminal._base_manager.filter(pk__oneof=sorted({row[0] for row in fresh})).values_list("pk", "organ"))
    found = []
    for relay in wanted:
        reach = reach_of(relay.organ)
        found += [
            (row[0], relay.pk, row[AT + 1], *(row[place] for place in _PLACES))
            for row in fresh
            if reach is None or organs.get(row[0]) in reach
        ]
    observation.observe(RelayItem, NAMES, found)


def _fresh(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Those that are neither among the recent positions nor in a packed hour."""
    there: set[tuple[int, int]] = set()
    for part in chunks(sorted({row[0] for row in rows})):
        vehicles = set(part)
        moments = sorted({row[AT + 1] for row in rows if row[0] in vehicles})
        known = RecentPosition.objects.filter(vehicle__oneof=list(part), at__gte=moments[0], at__lte=moments[-1])
        there |= set(known.filter(at__oneof=moments).values_list("vehicle", "at"))
    left = [row for row in rows if (row[0], row[AT + 1]) not in there]
    packed = _packed(left)
    return [row for row in left if (row[0], row[AT + 1]) not in packed]


def _packed(rows: Iterable[Sequence[Any]]) -> set[tuple[int, int]]:
    """The keys of those rows that lie in a packed hour already; a block is opened only where one is there."""
    hours = {(row[0], row[AT + 1] // HOUR) for row in rows}
    found: set[tuple[int, int]] = set()
    for part in chunks(sorted({vehicle for vehicle, _hour in hours})):
        some = TrackBlock.objects.filter(
            vehicle__oneof=list(part), hour__oneof=sorted({hour for _vehicle, hour in hours})
        )
        for vehicle, hour, data in some.values_list("vehicle", "hour", "data"):
            if (vehicle, hour) in hours:
                from . import blocks

                found |= {(vehicle, int(at)) for at in blocks.unpack(bytes(data), hour)[:, AT]}
    return found
