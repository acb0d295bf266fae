"""What a dated figure is: its unit, its row keys, its values through time, by jurisdiction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.refusal import Invalid
from baozhang.law.words import spoken

NATION = "CN"
UNITS = {
    "CNY": ("元", "CNY"),
    "CNY_per_m2": ("元/㎡", "CNY/m²"),
    "CNY_per_head_year": ("元/人·年", "CNY/head a year"),
    "CNY_per_head_day": ("元/人·天", "CNY/head a day"),
    "CNY_per_m2_year": ("元/㎡·年", "CNY/m² a year"),
    "CNY_per_vehicle_year": ("元/辆·年", "CNY/vehicle a year"),
    "per_head": ("件/人", "per head"),
    "per_office": ("件/间", "per office"),
    "heads_per_piece": ("人/台", "heads per piece"),
    "share": ("（比例）", "(share)"),
    "year": ("年", "years"),
    "day": ("日", "days"),
    "workday": ("个工作日", "working days"),
    "times": ("次", "times"),
    "times_per_day": ("次/日", "times a day"),
    "times_per_month": ("次/月", "times a month"),
    "heads_per_meeting": ("人/场", "people a meeting"),
    "sheet": ("张", "sheets"),
    "litre": ("升", "litres"),
    "percent": ("%", "%"),
    "hour": ("小时", "hours"),
    "minute": ("分钟", "minutes"),
    "km_per_hour": ("公里/小时", "km/h"),
}
Value = int | Decimal | str | tuple[Any, ...]


class FigureError(Invalid):
    """This is the refusal of a figure that its catalogue does not allow; it names key and fault."""


@dataclass(frozen=True, slots=True)
class Band:
    """This is a range of a number: more than `over`, up to and with `to`; None is open."""

    over: Decimal | None
    to: Decimal | None

    def holds(self, value: Any) -> bool:
        """This is true where a number lies in the band."""
        return (self.over is None or value > self.over) and (self.to is None or value <= self.to)

    def meets(self, other: Band) -> bool:
        """This is true where two bands share a number."""
        low = max((band.over for band in (self, other) if band.over is not None), default=None)
        high = min((band.to for band in (self, other) if band.to is not None), default=None)
        return low is None or high is None or low < high

    def __str__(self) -> str:
        return f"({'-∞' if self.over is None else self.over}, {'∞' if self.to is None else self.to}]"


Match = tuple[tuple[str, frozenset[str] | Band], ...]


@dataclass(frozen=True, slots=True)
class Dated:
    """This is a value through time: sorted (day from which, value); None ends the figure."""

    steps: tuple[tuple[dt.date, Value | None], ...]

    def on(self, day: dt.date) -> tuple[dt.date, Value | None] | None:
        """This is the step in force on a day; None before the first."""
        return next((step for step in reversed(self.steps) if step[0] <= day), None)


@dataclass(frozen=True, slots=True)
class Row:
    """This is one row of a table, or the only row of a plain figure (empty match)."""

    match: Match
    dated: Dated

    def fits(self, keys: Mapping[str, Any]) -> bool:
        """This is true where the row is for these row keys."""
        return all(
            keys[name] in wanted if isinstance(wanted, frozenset) else wanted.holds(keys[name])
            for name, wanted in self.match
        )

    @property
    def label(self) -> tuple[tuple[str, str], ...]:
        """These are the row's keys in writing."""
        return label_of(self.match)


@dataclass(frozen=True, slots=True)
class Entry:
    """This is what one jurisdiction's file entry says of a figure; without rows nobody has verified it."""

    jurisdiction: str
    basis: str
    source: str
    confidence: str
    reviewed: dt.date
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class FigureSpec:
    """This is a catalogued figure: what it is called, its unit, its row keys, and its entries by jurisdiction."""

    key: str
    title: str
    title_en: str
    unit: str
    keys: tuple[tuple[str, tuple[str, ...] | None], ...]
    entries: Mapping[str, Entry]

    @property
    def name(self) -> str:
        """This is the title in the reader's language."""
        return spoken(self.title, self.title_en)

    @property
    def unit_name(self) -> str:
        """This is the unit in the reader's language."""
        return spoken(*UNITS[self.unit])

    @property
    def main(self) -> Entry:
        """This is the entry that other jurisdictions fall back on."""
        return self.entries.get(NATION) or next(iter(self.entries.values()))

    @property
    def basis(self) -> str:
        """This is the article or document behind the figure."""
        return self.main.basis

    @property
    def verified(self) -> bool:
        """This is true where some value is known; else the figure shows 待核实."""
        return any(row.dated.steps for row in self.main.rows)

    def match(self, keys: Mapping[str, Any], *, whole: bool = True) -> Match:
        """This is a row's match from its written keys; FigureError for an unknown, wrong or (whole) missing key."""
        known = dict(self.keys)
        if wrong := [name for name in keys if name not in known]:
            raise FigureError(_("参数 %(key)s 没有行键“%(name)s”。") % {"key": self.key, "name": wrong[0]})
        if whole and (missing := [name for name in known if name not in keys]):
            raise FigureError(
                _("参数 %(key)s 的一行缺少行键“%(name)s”。") % {"key": self.key, "name": missing[0]},
                instead=_("按档设定，写明是哪一档：%(keys)s。") % {"keys": "；".join(map(_offered, self.keys))},
            )
        return tuple(
            (name, _wanted(self.key, name, choices, keys[name])) for name, choices in self.keys if name in keys
        )

    def gaps(self) -> list[str]:
        """These are the combinations of row keys for which no row of the main entry stands."""
        if not self.keys or not self.main.rows:
            return []
        rows, found = self.main.rows, []
        for probe in product(*(_probes(name, choices, rows) for name, choices in self.keys)):
            if not any(row.fits(dict(probe)) for row in rows):
                found.append(f"{self.key}: " + ", ".join(f"{name}={value}" for name, value in probe))
        return found


def label_of(match: Match) -> tuple[tuple[str, str], ...]:
    """These are a row's keys in writing."""
    return tuple((name, "/".join(sorted(w)) if isinstance(w, frozenset) else str(w)) for name, w in match)


def _offered(one: tuple[str, tuple[str, ...] | None]) -> str:
    """A row key with what may stand for it."""
    name, choices = one
    return f"{name}: {{over: 100, to: 200}}" if choices is None else f"{name}: {' | '.join(choices)}"


def _unfit(key: str, name: str, given: Any) -> FigureError:
    return FigureError(
        _("参数 %(key)s 的行键“%(name)s”不能是“%(value)s”。") % {"key": key, "name": name, "value": given}
    )


def _wanted(key: str, name: str, choices: tuple[str, ...] | None, given: Any) -> frozenset[str] | Band:
    if choices is None:
        if not isinstance(given, Mapping) or not given or set(given) - {"over", "to"}:
            raise _unfit(key, name, given)
        band = Band(*(None if given.get(end) is None else Decimal(str(given[end])) for end in ("over", "to")))
        if band.over is not None and band.to is not None and band.over >= band.to:
            raise _unfit(key, name, given)
        return band
    wanted = frozenset(given if isinstance(given, list | tuple) else [given])
    if not wanted or wanted - set(choices):
        raise _unfit(key, name, given)
    return wanted


def _probes(name: str, choices: tuple[str, ...] | None, rows: tuple[Row, ...]) -> list[tuple[str, Any]]:
    """These are values of a row key that together meet every row and every hole between rows."""
    if choices is not None:
        return [(name, choice) for choice in choices]
    bands = [wanted for row in rows for key, wanted in row.match if key == name and isinstance(wanted, Band)]
    edges = sorted({edge for band in bands for edge in (band.over, band.to) if edge is not None})
    return [(name, edge) for edge in edges if edge > 0] + [(name, (edges[-1] if edges else Decimal(0)) + 1)]


def plain(value: Any) -> bool:
    """This is true for what a figure may be: a number, a word, a list of words, or None for its end."""
    if isinstance(value, list | tuple):
        return all(isinstance(part, str) for part in value)
    return value is None or (isinstance(value, int | Decimal | str) and not isinstance(value, bool))
