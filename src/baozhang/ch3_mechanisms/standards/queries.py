"""What can be asked of standards: the issued figures of a day, what is in force where, the story of a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from baozhang.kernel.statement import Statement
from baozhang.law.articles import citations_in
from baozhang.law.catalogue import catalogue
from baozhang.law.figures import Figures, IssuedValue, Reading
from baozhang.law.figurespec import NATION, Band, FigureError, FigureSpec, Match
from baozhang.law.rowwords import row_keys

from .choices import State
from .models import Reexamination, Standard, StandardLine


def issued_values(day: dt.date) -> list[IssuedValue]:
    """These are the published figures in force on a day; what the law asks for through its opening."""
    return [value for line in _in_force(day) if (value := _value_of(line)) is not None]


def stamp() -> tuple[Any, ...]:
    """This is what changes with each publication, for the cost of a glance at an index."""
    issued = _ISSUED()
    return max(filter(None, issued), default=None), len(issued)


_ISSUED = Statement(
    lambda: Standard._base_manager.filter(issued_at__isnull=False).order_by().values_list("issued_at", flat=True)
)


def turns() -> set[dt.date]:
    """These are the days from which a published figure holds, and those after its last."""
    spans = StandardLine._base_manager.filter(slot=0, valid_from__isnull=False).order_by()
    found = set()
    for first, last in spans.values_list("valid_from", "valid_to").distinct():
        found |= {first} if last is None else {first, last + dt.timedelta(days=1)}
    return found


def _in_force(day: dt.date) -> QuerySet[StandardLine]:
    rows = StandardLine._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), slot=0, valid_from__lte=day
    )
    return rows.select_related("standard__organ")


def _value_of(line: StandardLine) -> IssuedValue | None:
    """A line whose figure or row has left the catalogue is nothing that anybody can read; the compare page still shows it."""
    try:
        return line.as_issued()
    except FigureError:
        return None


def lines_of(standard: Standard) -> list[StandardLine]:
    """These are the lines of a standard in the order of the catalogue."""
    order = {key: place for place, key in enumerate(catalogue())}
    rows = list(
        StandardLine._base_manager.filter(standard=standard).select_related("standard__organ", "standard__jurisdiction")
    )
    return sorted(rows, key=lambda line: (order.get(line.key, len(order)), line.row))


def standing(standard: Standard, line: StandardLine) -> Reading | None:
    """This is what holds for a line's row where its standard does not: for a draft on its day, else on the day before.

    None where the line's figure or row has left the catalogue.
    """
    try:
        wanted = probe(line.key, row_keys(line.key, line.row))
    except FigureError:
        return None
    day = standard.valid_from - dt.timedelta(days=1) if standard.issued else standard.valid_from
    return Figures(day, standard.place).reading(line.key, **wanted)


def probe(key: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """This is one place in a row: a choice, a number, by which the figure is read."""
    found: dict[str, Any] = {}
    for name, wanted in catalogue()[key].match(keys, whole=False):
        if isinstance(wanted, Band):
            found[name] = wanted.to if wanted.to is not None else (wanted.over or 0) + 1
        else:
            found[name] = min(wanted)
    return found


def cells(match: Match, edges: Mapping[str, set[Any]]) -> set[tuple[Any, ...]]:
    """These are the places that a row covers, numbers by the edges of all rows concerned."""
    parts: list[list[Any]] = []
    for name, wanted in match:
        if isinstance(wanted, Band):
            spots = [*sorted(edges[name]), max(edges[name], default=0) + 1]
            parts.append([spot for spot in spots if spot > 0 and wanted.holds(spot)])
        else:
            parts.append(sorted(wanted))
    return set(product(*parts))


def edges_of(matches: Iterable[Match]) -> dict[str, set[Any]]:
    """These are the ends of the bands in some rows, by row key."""
    found: dict[str, set[Any]] = {}
    for match in matches:
        for name, wanted in match:
            if isinstance(wanted, Band):
                found.setdefault(name, set()).update(end for end in (wanted.over, wanted.to) if end is not None)
    return found


def published_on(place: str, keys: Iterable[str], since: dt.date) -> list[StandardLine]:
    """These are the published lines of a place for some figures that still hold on a day or later."""
    rows = StandardLine._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=since), slot=0, place=place, key__in=set(keys)
    )
    return list(rows.select_related("standard__organ", "standard__jurisdiction").order_by("key", "row", "valid_from"))


def article_of(figure: FigureSpec) -> str:
    """This is the article that a figure rests on, as its basis names it; empty where it names none."""
    found = citations_in(figure.basis)
    return str(found[0]) if found else ""


@dataclass
class Standing:
    """This is one row of a figure as it stands somewhere on a day, with all that might have applied instead."""

    figure: FigureSpec
    row: tuple[tuple[str, str], ...]
    reading: Reading
    chain: list[Reading] = field(default_factory=list)


def in_force(day: dt.date, place: str, keys: Iterable[str]) -> Iterator[Standing]:
    """These are the figures in force on a day in a place, row by row, also those that nobody has verified."""
    figures = Figures(day, place or NATION)
    for key in keys:
        figure = catalogue()[key]
        rows: dict[tuple[tuple[str, str], ...], list[Reading]] = {}
        for reading in figures.chain(key):
            rows.setdefault(reading.row, []).append(reading)
        known = list(dict.fromkeys([*rows, *(row.label for row in figure.main.rows)])) or [()]
        for row in known:
            held = rows.get(row, [])
            yield Standing(figure, row, _chosen(figures, figure, row, held), held)


def _chosen(figures: Figures, figure: FigureSpec, row: tuple[tuple[str, str], ...], held: Sequence[Reading]) -> Reading:
    found = next((reading for reading in held if reading.value is not None), None)
    if found is not None:
        return found
    if held:
        return held[0]
    if not figure.keys:
        return figures.reading(figure.key)
    named = {name: value.split("/")[0] for name, value in row} if row else {}
    wanted = {name: named.get(name, (choices or ("1",))[0]) if choices else 1 for name, choices in figure.keys}
    return figures.reading(figure.key, **wanted)


@dataclass(frozen=True)
class Step:
    """This is one step in the story of a figure: from a day on, this value, there, by that document."""

    day: dt.date
    until: dt.date | None
    place: str
    row: tuple[tuple[str, str], ...]
    value: Any
    source: str
    origin: str  # file or issued
    standard_id: int | None = None


def story(key: str) -> list[Step]:
    """These are all values that a figure has had or is going to have anywhere, the latest first."""
    found: list[Step] = []
    for place, entry in catalogue()[key].entries.items():
        for row in entry.rows:
            steps = row.dated.steps
            for n, (day, value) in enumerate(steps):
                until = steps[n + 1][0] - dt.timedelta(days=1) if n + 1 < len(steps) else None
                found.append(Step(day, until, place, row.label, value, entry.source, "file"))
    lines = StandardLine._base_manager.filter(slot=0, key=key).select_related(
        "standard__organ", "standard__jurisdiction"
    )
    for line in lines:
        row_ = line.row_parts
        source = f"{line.standard.organ.name}《{line.standard.title}》{line.standard.document}"
        found.append(
            Step(line.valid_from, line.valid_to, line.place, row_, line.number, source, "issued", line.standard_id)
        )
    return sorted(found, key=lambda step: (step.day, step.origin), reverse=True)


def due_for_review(day: dt.date) -> QuerySet[Standard]:
    """These are the published standards in force whose re-examination was due before a day; `due` says when.

    Due is the day that the last re-examination set; where it set none, the standard's own, until it is looked at from then on.
    """
    last = Reexamination._base_manager.filter(standard=OuterRef("pk")).order_by("-day", "-pk")
    rows = Standard._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), state=State.PUBLISHED, valid_from__lte=day
    )
    looked = Exists(last.filter(day__gte=OuterRef("review_due")))
    own = Case(When(looked, then=None), default=F("review_due"), output_field=DateField())
    rows = rows.annotate(due=Coalesce(Subquery(last.values("next_due")[:1]), own))
    return rows.filter(due__lt=day).order_by("pk")


def next_review(standard: Standard) -> dt.date | None:
    """This is the day on which a standard is next to be re-examined; None where none is set."""
    last, own = (
        Reexamination._base_manager.filter(standard=standard).order_by("-day", "-pk").first(),
        standard.review_due,
    )
    if last is None or last.next_due is not None:
        return own if last is None else last.next_due
    return None if own is not None and last.day >= own else own
