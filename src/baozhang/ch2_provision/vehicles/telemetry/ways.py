"""Ways over the ground: great circles between cleaned points, stops, and trips cut from a track.

The limits below are of the method and no figures of the law: whoever judges a vehicle's use by kilometres or stops
reads his own figures from the catalogue.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .points import AT, LAT, LON, SPEED, STATUS

if TYPE_CHECKING:  # numpy is 12 MB of a process: it comes with the first track that is read, not with the room
    import numpy as np

    Rows = np.ndarray[Any, np.dtype[np.int64]]  # one position a line, in the order of COLUMNS
    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Marks = np.ndarray[Any, np.dtype[np.bool_]]

RADIUS = 6_371_008.8  # metres, the mean one
FASTEST = 250 / 3.6  # metres a second; beyond it a point is where the vehicle cannot be
SLACK = 100.0  # metres that two points may differ by whatever the time between them
AGREE = 3  # points in a row that agree with each other are believed against the one before them
STANDING, DRIFT = 20, 30.0  # below 2 km/h, and closer than thirty metres: a parked receiver wanders
STOP_METRES, STOP_SECONDS = 100.0, 300
GAP = 300  # seconds without a point after which nobody knows what was in between
ENGINE = 1  # the bit of a status that says that it is on
TRIP_METRES = 200.0  # less is moving a car in its yard


def distance(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Metres on the great circle between places in millionths of a degree; numbers or arrays."""
    import numpy as np

    scale = np.pi / 180e6
    a, b = np.multiply(lat1, scale), np.multiply(lat2, scale)
    dy, dx = (b - a) / 2, np.multiply(np.subtract(lon2, lon1), scale) / 2
    h = np.sin(dy) ** 2 + np.cos(a) * np.cos(b) * np.sin(dx) ** 2
    return 2 * RADIUS * np.arcsin(np.sqrt(np.clip(h, 0, 1)))


def _between(rows: Rows) -> Floats:
    found: Floats = distance(rows[:-1, LAT], rows[:-1, LON], rows[1:, LAT], rows[1:, LON])
    return found


def _possible(metres: Any, seconds: Any) -> Any:
    return metres <= SLACK + FASTEST * seconds


def believed(rows: Rows) -> Marks:
    """Which points of an ordered track can be where they say, seen from their neighbours."""
    import numpy as np

    marks = np.ones(len(rows), bool)
    if len(rows) < 2 or _possible(_between(rows), np.diff(rows[:, AT])).all():
        return marks
    last = 0
    waiting: list[int] = []
    for index in range(1, len(rows)):
        if _near(rows, last, index):
            marks[waiting] = False
            last, waiting = index, []
        elif waiting and not _near(rows, waiting[-1], index):
            marks[waiting] = False
            waiting = [index]
        else:
            waiting.append(index)
            if len(waiting) >= AGREE:  # the vehicle is here after all; it was the one before that was wrong
                marks[0] &= last != 0
                last, waiting = index, []
    marks[waiting] = False
    return marks


def _near(rows: Rows, one: int, other: int) -> bool:
    metres = distance(rows[one, LAT], rows[one, LON], rows[other, LAT], rows[other, LON])
    return bool(_possible(metres, rows[other, AT] - rows[one, AT]))


def steps(clean: Rows) -> Floats:
    """Metres from each point to the next, nothing where a standing vehicle's receiver only wanders."""
    import numpy as np

    if len(clean) < 2:
        return np.zeros(0)
    metres = _between(clean)
    said = np.minimum(clean[:-1, SPEED], clean[1:, SPEED]) >= 0  # a source without speeds cannot say that it stands
    slow = said & (np.maximum(clean[:-1, SPEED], clean[1:, SPEED]) < STANDING)
    return np.where(slow & (metres < DRIFT), 0.0, metres)


def kilometres(rows: Rows) -> float:
    """The length of a track on its cleaned points; a lost vehicle is taken to have gone straight."""
    return float(steps(rows[believed(rows)]).sum()) / 1_000


def pieces(rows: Rows, gap: int = GAP) -> list[Rows]:
    """The track cut where no point came for longer than `gap` seconds."""
    import numpy as np

    return np.split(rows, np.flatnonzero(np.diff(rows[:, AT]) > gap) + 1) if len(rows) else []


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a vehicle stood, from when to when (seconds since 1970), in millionths of a degree."""

    since: int
    until: int
    lat: int
    lon: int

    @property
    def seconds(self) -> int:
        """How long."""
        return self.until - self.since


@dataclass(frozen=True, slots=True)
class Trip:
    """One way from a stop, or where the vehicle came into sight, to the next."""

    since: int
    until: int
    from_lat: int
    from_lon: int
    to_lat: int
    to_lon: int
    km: float
    speed_most: float  # km/h
    speed_held: float  # km/h that three points in a row reached: one alone may be a receiver's fancy


@dataclass(frozen=True, slots=True)
class Idle:
    """Where an engine ran while its vehicle stood, from when to when (seconds since 1970)."""

    since: int
    until: int


def _standing(rows: Rows, metres: float, seconds: int) -> list[tuple[int, int]]:
    """The runs of points (first, last) that stay within `metres` of their first for at least `seconds`.

    Point by point in plain numbers: from most points the vehicle is away after a few more, so that to ask the whole rest
    of the day from each of them would be a thousand times the work.
    """
    import numpy as np

    moments: list[int] = rows[:, AT].tolist()
    radians = np.radians(rows[:, [LAT, LON]] / 1e6)
    lats: list[float] = radians[:, 0].tolist()
    lons: list[float] = radians[:, 1].tolist()
    widths: list[float] = np.cos(radians[:, 0]).tolist()
    sine, far = math.sin, math.sin(metres / (2 * RADIUS)) ** 2
    found, start, count = [], 0, len(moments)
    while start < count - 1:
        lat, lon, width, end = lats[start], lons[start], widths[start], start + 1
        while end < count and (
            sine((lats[end] - lat) / 2) ** 2 + width * widths[end] * sine((lons[end] - lon) / 2) ** 2 <= far
        ):
            end += 1
        end -= 1
        if end > start and moments[end] - moments[start] >= seconds:
            found.append((start, end))
            start = end
        else:
            start += 1
    return found


def stops(rows: Rows, metres: float = STOP_METRES, seconds: int = STOP_SECONDS) -> list[Stop]:
    """Where the vehicle stood; one that is lost and found at the same place stood there in between."""
    import numpy as np

    clean = rows[believed(rows)]
    return [
        Stop(int(clean[a, AT]), int(clean[b, AT]), int(np.median(clean[a : b + 1, LAT])), int(np.median(clean[a : b + 1, LON])))
        for a, b in _standing(clean, metres, seconds)
    ]  # fmt: skip


def trips(rows: Rows, metres: float = STOP_METRES, seconds: int = STOP_SECONDS, gap: int = GAP) -> list[Trip]:
    """The ways between stops; one that is lost on the way is cut there, since nobody knows what was in between."""
    return both(rows, metres, seconds, gap)[0]


def both(
    rows: Rows, metres: float = STOP_METRES, seconds: int = STOP_SECONDS, gap: int = GAP
) -> tuple[list[Trip], list[Idle]]:
    """The ways of a track, and where the engine ran at a stop between them; the track is looked through once."""
    clean = rows[believed(rows)]
    cuts, idles, at = [], list[Idle](), 0
    for first, last in _standing(clean, metres, seconds):
        cuts.append(clean[at : first + 1])
        idles += _idles(clean[first : last + 1], seconds, gap)
        at = last
    cuts.append(clean[at:])
    found = [_trip(piece) for cut in cuts for piece in pieces(cut, gap) if len(piece) > 1]
    return [trip for trip in found if trip.km * 1_000 >= TRIP_METRES], idles


def _idles(stood: Rows, seconds: int, gap: int) -> list[Idle]:
    """The runs of a stop in which every point says that the engine is on; silence is no such point."""
    import numpy as np

    on = (stood[:, STATUS] & ENGINE) != 0
    runs = np.split(stood, np.flatnonzero((np.diff(on.astype(np.int8)) != 0) | (np.diff(stood[:, AT]) > gap)) + 1)
    ran = [run for run in runs if run[0, STATUS] & ENGINE and run[-1, AT] - run[0, AT] >= seconds]
    return [Idle(int(run[0, AT]), int(run[-1, AT])) for run in ran]


def _trip(clean: Rows) -> Trip:
    import numpy as np

    (since, lat, lon), (until, to_lat, to_lon) = (
        (int(row[AT]), int(row[LAT]), int(row[LON])) for row in (clean[0], clean[-1])
    )
    km = float(steps(clean).sum()) / 1_000
    speeds = clean[:, SPEED]
    held = np.minimum(np.minimum(speeds[:-2], speeds[1:-1]), speeds[2:]).max() if len(speeds) >= AGREE else 0
    return Trip(since, until, lat, lon, to_lat, to_lon, km, max(int(speeds.max()), 0) / 10, max(int(held), 0) / 10)
