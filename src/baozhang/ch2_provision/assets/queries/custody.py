"""Where things are of which an agency has the title and somebody else the custody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from baozhang.kernel.opening import Opening


class Kept(NamedTuple):
    """Where a card's thing is, in words (empty: with its owner), since when that is written, and by whom it is kept."""

    where: str
    at: dt.datetime
    by_name: str


elsewhere: Opening[Callable[[int, dt.datetime | None], Mapping[int, Kept]]] = Opening(
    "assets.elsewhere", "where an agency's things are that are not with it now, or that were written of after a moment"
)
