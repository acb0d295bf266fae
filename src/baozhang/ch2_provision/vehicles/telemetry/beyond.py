"""Where a track leads beyond an area: how far from its border, from when to when; what only wanders over it is left out.

The limits below are of the method and no figures of the law, like those of `ways`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .points import AT, LAT, LON
from .ways import AGREE, RADIUS, believed

if TYPE_CHECKING:
    from .ways import Floats, Marks, Rows

Rings = Sequence[Sequence[tuple[int, int]]]  # latitude and longitude in millionths of a degree
BORDER = 100.0  # metres: a road along the border, a receiver among tall houses, a line drawn by hand
LASTING = 180  # seconds; with fewer, or fewer than three points, it is drift or a turn at the border
_AT_ONCE = 500  # points against all edges at a time


@dataclass(frozen=True, slots=True)
class Beyond:
    """One stay beyond the area: since when, until when (seconds since 1970), where it left it, how far it got."""

    since: int
    until: int
    lat: int
    lon: int
    metres: float


class Border:
    """The border of an area, asked of many points at once; plane, since an area is small against the earth."""

    def __init__(self, rings: Rings) -> None:
        import numpy as np

        self.lat, self.lon = rings[0][0]
        self.east = np.cos(np.radians(self.lat / 1e6))
        ends = [self._plane(np.array([*ring, ring[0]], np.float64)) for ring in rings]
        self.a = np.concatenate([line[:-1] for line in ends])
        self.b = np.concatenate([line[1:] for line in ends])

    def _plane(self, places: Any) -> Floats:
        """Metres east and north of the border's first corner."""
        import numpy as np

        metres = RADIUS * np.pi / 180e6
        x, y = (places[:, 1] - self.lon) * metres * self.east, (places[:, 0] - self.lat) * metres
        found: Floats = np.stack([x, y], axis=1)
        return found

    def beyond(self, lats: Any, lons: Any) -> Floats:
        """How many metres places (millionths of a degree) lie beyond the border; nothing where they lie within."""
        import numpy as np

        places = self._plane(np.stack([lats, lons], axis=1).astype(np.float64))
        found: Floats = np.zeros(len(places))
        for start in range(0, len(places), _AT_ONCE):
            part = places[start : start + _AT_ONCE]
            outside = np.flatnonzero(~self._within(part))
            found[start + outside] = self._far(part[outside])
        return found

    def _within(self, places: Floats) -> Marks:
        import numpy as np

        x, y = places[:, :1], places[:, 1:]
        (ax, ay), (bx, by) = self.a.T, self.b.T
        crosses = (ay > y) != (by > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = x < (bx - ax) * (y - ay) / (by - ay) + ax
        odd: Marks = np.count_nonzero(crosses & left, axis=1) % 2 == 1
        return odd

    def _far(self, places: Floats) -> Floats:
        import numpy as np

        if not len(places):
            return np.zeros(0)
        along = self.b - self.a
        long = np.maximum((along**2).sum(axis=1), 1e-9)
        to = places[:, None, :] - self.a
        share = np.clip((to * along).sum(axis=2) / long, 0, 1)
        found: Floats = np.sqrt(((to - share[:, :, None] * along) ** 2).sum(axis=2).min(axis=1))
        return found


def stays(rows: Rows, border: Border) -> list[Beyond]:
    """The stays of a track beyond the border: three points and three minutes at least."""
    import numpy as np

    clean = rows[believed(rows)]
    far = border.beyond(clean[:, LAT], clean[:, LON])
    out = np.flatnonzero(far > BORDER)
    found = []
    for run in np.split(out, np.flatnonzero(np.diff(out) > 1) + 1):
        if len(run) < AGREE or clean[run[-1], AT] - clean[run[0], AT] < LASTING:
            continue
        first = clean[run[0]]
        found.append(
            Beyond(int(first[AT]), int(clean[run[-1], AT]), int(first[LAT]), int(first[LON]), float(far[run].max()))
        )
    return found
