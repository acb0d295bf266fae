"""The figures in force for one jurisdiction on one day, which remember every figure that was read from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from baozhang.kernel import told
from baozhang.law.catalogue import catalogue, spec
from baozhang.law.figurespec import NATION, Band, FigureError, FigureSpec, Match, Value, label_of
from baozhang.law.issued import (
    Issued,
    IssuedValue,
    check_issued,
    grouped,
    invalidate,
    issued_on,
    provide_issued,
    strays,
)

__all__ = ["FigureError", "FigureSpec", "Figures", "IssuedValue", "Reading", "UnknownFigure", "catalogue",
           "check_issued", "invalidate", "provide_issued", "spec", "strays"]  # fmt: skip

# Why a reading has no value.
STATES = {
    "in_force": pgettext_lazy("figure", "有效"),
    "unverified": pgettext_lazy("figure", "待核实"),
    "not_yet": pgettext_lazy("figure", "尚未生效"),
    "ended": pgettext_lazy("figure", "已终止"),
    "missing": pgettext_lazy("figure", "无此档"),
}


class UnknownFigure(AttributeError, LookupError):
    """This is raised at once where code reads a figure that is not in the catalogue, or a table without its keys."""


@dataclass(frozen=True)
class Reading:
    """This is one figure as it was read: value and where it comes from; value None for the reason in `state`.

    `origin` is file, issued or overlay. `reference` is true where a nearer jurisdiction has a standard of its own
    whose figures nobody has verified (`note` says which), so that the value above stands in for it.
    """

    key: str
    value: Value | None
    unit: str
    basis: str
    source: str
    valid_from: dt.date | None
    jurisdiction: str
    origin: str
    confidence: str
    state: str = "in_force"
    row: tuple[tuple[str, str], ...] = ()
    reference: bool = False
    note: str = ""

    @property
    def shown(self) -> str:
        """This is the value with its unit as a reader sees it, or why there is none (待核实)."""
        if self.value is None:
            return str(STATES[self.state])
        value = "、".join(self.value) if isinstance(self.value, tuple) else str(self.value)
        return f"{value} {spec(self.key).unit_name}"

    def as_dict(self) -> dict[str, Any]:
        """This is the reading as plain data, to be kept with a finding and compared when it is replayed."""
        return dict(self._plain)

    @cached_property
    def _plain(self) -> dict[str, Any]:
        # A few readings stand behind thousands of findings.
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {
            "key": self.key,
            "value": value if isinstance(value, int | list) or value is None else str(value),
            "unit": self.unit,
            "basis": self.basis,
            "source": self.source,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "jurisdiction": self.jurisdiction,
            "origin": self.origin,
            "confidence": self.confidence,
            "state": self.state,
            "row": dict(self.row),
            "reference": self.reference,
            "note": self.note,
        }


@cache
def _tree() -> Mapping[str, tuple[frozenset[str], Mapping[str, str]]]:
    """This is, by dotted path, which names branch further and which are figures."""
    branches: dict[str, set[str]] = {"": set()}
    leaves: dict[str, dict[str, str]] = {}
    for key in catalogue():
        parts = key.split(".")
        for depth in range(len(parts) - 1):
            branches.setdefault(".".join(parts[:depth]), set()).add(parts[depth])
        leaves.setdefault(".".join(parts[:-1]), {})[parts[-1]] = key
    return {path: (frozenset(branches.get(path, ())), leaves.get(path, {})) for path in {*branches, *leaves}}


class _Branch:
    """This is a folder of the catalogue, seen through one `Figures`."""

    def __init__(self, figures: Figures, path: str) -> None:
        self._figures, self._path = figures, path
        self._branches, self._leaves = _tree()[path]

    def __getattr__(self, name: str) -> Any:
        key = self._leaves.get(name)
        if key is not None:
            return self._figures.take(key)
        if name not in self._branches:
            raise UnknownFigure(f"no figure {self._path + '.' if self._path else ''}{name} in the catalogue")
        branch = _Branch(self._figures, f"{self._path}.{name}" if self._path else name)
        self.__dict__[name] = branch
        return branch

    __getitem__ = __getattr__


@dataclass(frozen=True, slots=True)
class _Candidate:
    """This is one value that may apply: the level of its jurisdiction (0 is nearest), its row, what it says."""

    level: int
    match: Match
    reading: Reading


class Figures:
    """This is what rules call `law`: `law.assets.quantity.desktop` on a day, for a jurisdiction such as 310000/310117.

    The nearest jurisdiction upward wins, CN last; within one, a draft that is tried (`overlay`) outranks an issued
    value, and that outranks the file from its date on. A jurisdiction whose own figures nobody has verified does not
    hide those above: they apply as reference, and the reading says so. Not for use by several threads at once.
    """

    def __init__(
        self,
        day: dt.date,
        jurisdiction: str = NATION,
        *,
        issued: Iterable[IssuedValue] | Issued | None = None,
        overlay: Iterable[IssuedValue] = (),
    ) -> None:
        self.day, self.jurisdiction = day, jurisdiction
        path = [part for part in jurisdiction.split("/") if part and part != NATION]
        self._levels = (*reversed(path), NATION)
        if issued is None:
            issued = issued_on(day)
        self._issued: Issued = issued if isinstance(issued, Mapping) else grouped(issued, day)
        self._overlay: Issued = grouped(overlay, None)
        self._memo: dict[Any, Reading] = {}
        self._tables: dict[str, list[_Candidate]] = {}
        self._read: dict[Any, Reading] = {}
        self._root = _Branch(self, "")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        branch = getattr(self._root, name)
        self.__dict__[name] = branch
        return branch

    @property
    def read(self) -> list[Reading]:
        """These are the figures read since the last `forget`, each once, in order."""
        return list(self._read.values())

    def forget(self) -> None:
        """This will begin a new memory of what is read, as for the next record."""
        self._read = {}

    def take(self, key: str) -> Any:
        """This is the value of a plain figure, or for a table a function of its row keys; both remember."""
        reading = self._memo.get(key)
        if reading is None:
            if spec(key).keys:
                return lambda **row_keys: self.get(key, **row_keys)
            reading = self._memo[key] = self._resolve(key, {})
        self._read[key] = reading
        return reading.value

    def get(self, key: str, **row_keys: Any) -> Any:
        """This is the value of a figure, for a table with its row keys; None where it has none in force."""
        return self.reading(key, **row_keys).value

    def reading(self, key: str, **row_keys: Any) -> Reading:
        """This is a figure with where it comes from, remembered; UnknownFigure for a wrong key or wrong row keys."""
        memo = (key, *row_keys.items()) if row_keys else key
        reading = self._memo.get(memo)
        if reading is None:
            reading, lasting = self._look_up(key, row_keys)
            if lasting:
                self._memo[memo] = reading
        self._read[(key, reading.row) if row_keys else key] = reading
        return reading

    def table(self, key: str) -> list[Reading]:
        """These are all rows of a figure in force here, nearest and newest first, all remembered."""
        rows: dict[tuple[tuple[str, str], ...], Reading] = {}
        for candidate in self._candidates(key):
            rows.setdefault(candidate.reading.row, candidate.reading)
        found = [reading for reading in rows.values() if reading.value is not None]
        self._read.update({(key, reading.row): reading for reading in found})
        return found

    def chain(self, key: str) -> list[Reading]:
        """These are all values of a figure that may apply here, in the order in which they are asked; none is remembered."""
        return [candidate.reading for candidate in self._candidates(spec(key).key)]

    def bands(self, key: str) -> list[tuple[Band, Reading]]:
        """This is a figure whose only row key is a number, band by band as it applies here; all remembered."""
        ((axis, _choices),) = spec(key).keys
        held = [wanted for candidate in self._candidates(key) for _name, wanted in candidate.match]
        edges = sorted({edge for band in held if isinstance(band, Band) for edge in (band.over, band.to) if edge})
        found = []
        for over, to in pairwise([None, *edges, None]):
            probe = to if to is not None else (over or Decimal(0)) + 1
            found.append((Band(over, to), self.reading(key, **{axis: probe})))
        return found

    def _look_up(self, key: str, row_keys: Mapping[str, Any]) -> tuple[Reading, bool]:
        """This is a reading that is not in memory yet, and whether it may stay there."""
        try:
            axes = dict(catalogue()[key].keys)
        except KeyError:
            raise UnknownFigure(f"no figure {key} in the catalogue") from None
        if set(axes) != set(row_keys):
            raise UnknownFigure(f"{key} is read by {sorted(axes) or 'no row key'}, not by {sorted(row_keys)}")
        for name, choices in axes.items():
            if choices is not None and row_keys[name] not in choices:
                raise UnknownFigure(f"{key}: {name} is one of {choices}, not {row_keys[name]!r}")
        # A number as row key has too many values to be worth keeping.
        return self._resolve(key, row_keys), None not in axes.values()

    def _resolve(self, key: str, row_keys: Mapping[str, Any]) -> Reading:
        ended: Reading | None = None
        passed = -1
        for candidate in self._candidates(key):
            if candidate.level == passed or not _fits(candidate.match, row_keys):
                continue
            if candidate.reading.value is not None:
                return candidate.reading
            # An ended value hides what is older at its own level only; the level above speaks again.
            ended, passed = ended or candidate.reading, candidate.level
        return ended or self._blank(catalogue()[key], row_keys)

    def _candidates(self, key: str) -> list[_Candidate]:
        held = self._tables.get(key)
        if held is None:
            held = self._tables[key] = list(self._gather(catalogue()[key]))
        return held

    def _gather(self, figure: FigureSpec) -> Iterator[_Candidate]:
        """These are all values of a figure that may apply, in the order in which they do."""
        local = ""
        for level, place in enumerate(self._levels):
            for origin, given in (("overlay", self._overlay), ("issued", self._issued)):
                for value in given.get(figure.key, ()):
                    if value.place == place:
                        yield _Candidate(level, value.match(), _from_issued(figure, value, origin, local))
            entry = figure.entries.get(place)
            if entry is None:
                continue
            if not entry.rows and place != NATION:
                instead = _("%(basis)s的数值待核实，暂以上级标准参照。") % {"basis": entry.basis}
                local = local or entry.note or told.plain(instead)
            for row in entry.rows:
                if (step := row.dated.on(self.day)) is not None:
                    state = "ended" if step[1] is None else "in_force"
                    reading = Reading(
                        figure.key, step[1], figure.unit, entry.basis, entry.source, step[0], place, "file",
                        entry.confidence, state, row.label, bool(local), local or entry.note,
                    )  # fmt: skip
                    yield _Candidate(level, row.match, reading)

    def _blank(self, figure: FigureSpec, row_keys: Mapping[str, Any]) -> Reading:
        """This is a reading without value, with the reason."""
        entry = figure.main
        rows = [row for row in entry.rows if row.fits(row_keys)]
        state = "missing" if entry.rows and not rows else "unverified"
        if any(row.dated.steps for row in rows):
            state = "not_yet"
        row = tuple((name, str(value)) for name, value in row_keys.items())
        return Reading(
            figure.key, None, figure.unit, entry.basis, entry.source, None, entry.jurisdiction, "file",
            entry.confidence, state, row, False, entry.note,
        )  # fmt: skip


def _fits(match: Match, row_keys: Mapping[str, Any]) -> bool:
    return all(
        row_keys[name] in wanted if isinstance(wanted, frozenset) else wanted.holds(row_keys[name])
        for name, wanted in match
    )


def _from_issued(figure: FigureSpec, value: IssuedValue, origin: str, local: str) -> Reading:
    state = "ended" if value.value is None else "in_force"
    return Reading(
        figure.key, value.value, figure.unit, figure.basis, value.document, value.valid_from, value.place, origin,
        "seen", state, label_of(value.match()), bool(local), local,
    )  # fmt: skip
