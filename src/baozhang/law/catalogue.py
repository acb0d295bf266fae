"""The catalogue of dated figures: the files under parameters/, read once and checked when they are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from baozhang.law.figurespec import NATION, UNITS, Band, Dated, Entry, FigureError, FigureSpec, Row, plain
from baozhang.law.strictyaml import load

ROOT = Path(__file__).with_name("parameters")
CONFIDENCES = ("seen", "known", "unverified")
_FIGURE = {"title", "title_en", "unit", "basis", "source", "confidence", "reviewed", "jurisdiction", "values", "rows",
           "keys", "unverified", "local", "note"}  # fmt: skip
_LOCAL = {"basis", "source", "confidence", "reviewed", "values", "rows", "unverified", "note"}


class CatalogueError(ValueError):
    """This is a fault in the catalogue's own files, found when they are read; it is for developers."""


@cache
def catalogue() -> Mapping[str, FigureSpec]:
    """These are all catalogued figures by key, read and checked once."""
    return dict(read_catalogue(ROOT))


def spec(key: str) -> FigureSpec:
    """This is one catalogued figure; FigureError for an unknown key."""
    try:
        return catalogue()[key]
    except KeyError:
        raise FigureError(_("参数目录中没有“%(key)s”。") % {"key": key}, instead=_("请从参数目录中选择。")) from None


def read_catalogue(root: Path) -> Iterator[tuple[str, FigureSpec]]:
    """These are the figures of a folder: a file is one figure, or (figures:) several with a shared head."""
    for path in sorted(root.rglob("*.yaml")):
        key = ".".join(path.relative_to(root).with_suffix("").parts)
        held = load(path)
        if "figures" not in held:
            yield key, build(key, held)
            continue
        if wrong := set(held) - {"shared", "figures"}:
            raise CatalogueError(f"{path.name}: unknown field {sorted(wrong)[0]}")
        for name, own in held["figures"].items():
            yield f"{key}.{name}", build(f"{key}.{name}", {**held.get("shared", {}), **own})


def build(key: str, held: Mapping[str, Any]) -> FigureSpec:
    """This is a figure from its written form; FigureError names what is missing, unknown or contradictory."""
    _check(key, held, _FIGURE, ("title", "title_en", "unit"))
    if held["unit"] not in UNITS:
        raise CatalogueError(f"{key}: unknown unit {held['unit']}")
    keys = tuple((name, None if c == "number" else tuple(c)) for name, c in (held.get("keys") or {}).items())
    blank = FigureSpec(key, held["title"], held["title_en"], held["unit"], keys, {})
    base = str(held.get("jurisdiction", NATION))
    entries = {base: _entry(blank, base, held)}
    for jurisdiction, own in (held.get("local") or {}).items():
        _check(f"{key}@{jurisdiction}", own, _LOCAL, ())
        if str(jurisdiction) in entries:
            raise CatalogueError(f"{key}: jurisdiction {jurisdiction} stands twice")
        entries[str(jurisdiction)] = _entry(blank, str(jurisdiction), own)
    return FigureSpec(key, blank.title, blank.title_en, blank.unit, keys, entries)


def _check(key: str, held: Mapping[str, Any], known: set[str], needed: tuple[str, ...]) -> None:
    if wrong := sorted(set(held) - known):
        raise CatalogueError(f"{key}: unknown field {wrong[0]}")
    for name in (*needed, "basis", "source", "confidence", "reviewed"):
        if not held.get(name):
            raise CatalogueError(f"{key}: field {name} is missing")
    if held["confidence"] not in CONFIDENCES or not isinstance(held["reviewed"], dt.date):
        raise CatalogueError(f"{key}: confidence or reviewed is wrong")


def _entry(figure: FigureSpec, jurisdiction: str, held: Mapping[str, Any]) -> Entry:
    key = figure.key
    if "rows" in held and "values" in held or ("rows" in held) and not figure.keys:
        raise CatalogueError(f"{key}: rows need keys, and stand instead of values")
    rows = []
    if "rows" in held:
        for row in held["rows"]:
            match = figure.match({name: given for name, given in row.items() if name != "values"})
            rows.append(Row(match, _dated(key, row.get("values") or {})))
    elif held.get("values"):
        if figure.keys:
            raise CatalogueError(f"{key}: a table has rows, not values")
        rows.append(Row((), _dated(key, held["values"])))
    for one, other in combinations(rows, 2):
        if all(_meet(a, b) for (_n, a), (_m, b) in zip(one.match, other.match, strict=True)):
            raise CatalogueError(f"{key}: rows {one.label} and {other.label} overlap")
    empty = not any(row.dated.steps for row in rows)
    if empty != (held["confidence"] == "unverified") or bool(held.get("unverified", empty)) != empty:
        raise CatalogueError(f"{key}: a figure without value is unverified, and no other is")
    facts = (held["basis"], held["source"], held["confidence"], held["reviewed"])
    return Entry(jurisdiction, *facts, tuple(rows), held.get("note", ""))


def _meet(one: frozenset[str] | Band, other: frozenset[str] | Band) -> bool:
    if isinstance(one, Band) and isinstance(other, Band):
        return one.meets(other)
    return isinstance(one, frozenset) and isinstance(other, frozenset) and bool(one & other)


def _dated(key: str, values: Mapping[Any, Any]) -> Dated:
    for day, value in values.items():
        if not isinstance(day, dt.date):
            raise CatalogueError(f"{key}: {day} is no date")
        if not plain(value):
            raise CatalogueError(f"{key}: {value!r} is no value")
    held = ((day, tuple(value) if isinstance(value, list) else value) for day, value in values.items())
    return Dated(tuple(sorted(held, key=lambda step: step[0])))
