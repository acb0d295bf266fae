"""The opening through which an upper floor gives the figures that an office has issued at run time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from baozhang.kernel.opening import Opening
from baozhang.law.catalogue import catalogue, spec
from baozhang.law.figurespec import NATION, FigureError, Match, Value, plain

_KEPT_DAYS = 400


@dataclass(frozen=True, slots=True)
class IssuedValue:
    """This is a published value of a catalogued figure in one jurisdiction, from a day to a day (its last; None open).

    `row_keys` name the row of a table ({"rank": "bureau"}, or {"headcount": {"over": 100, "to": 200}}); a value of
    None ends the figure in that jurisdiction. `document` is the issuing document as a reader should see it.
    """

    key: str
    jurisdiction: str
    value: Value | None
    valid_from: dt.date
    valid_to: dt.date | None = None
    row_keys: Mapping[str, Any] = field(default_factory=dict)
    document: str = ""

    @property
    def place(self) -> str:
        """This is the jurisdiction's own code, the last of its path; CN for the whole country."""
        return self.jurisdiction.rsplit("/", 1)[-1] or NATION

    def match(self) -> Match:
        """This is the row of the figure's table that the value stands in."""
        return spec(self.key).match(self.row_keys, whole=False)


Issued = Mapping[str, tuple[IssuedValue, ...]]
ISSUED: Opening[Callable[[dt.date], Iterable[IssuedValue]]] = Opening(
    "law.issued", "the figures issued by offices that are in force on a day"
)
_versions: list[Callable[[], object]] = []
_turns: list[Callable[[], Iterable[dt.date]]] = []
_by_day: dict[dt.date, Issued] = {}
_version: list[object] = [None]
_also: ContextVar[tuple[IssuedValue, ...]] = ContextVar("also_issued", default=())


def provide_issued(
    provider: Callable[[dt.date], Iterable[IssuedValue]],
    *,
    version: Callable[[], object] | None = None,
    turns: Callable[[], Iterable[dt.date]] | None = None,
) -> None:
    """This will let an upper floor give the issued figures of a day, once at start-up.

    Answers are kept per day until `invalidate`. Other processes do not hear of that, so give a cheap `version` (say
    the highest number of a published row): it is asked for each new `Figures`, and a new answer empties what is kept.
    `turns` are all days from which something is issued or has ended: a patrol that judges purchases of three thousand
    days then asks once for each stretch between two of them, and not once a day.
    """
    ISSUED.fill(provider)
    if version is not None:
        _versions.append(version)
    if turns is not None:
        _turns.append(turns)


def invalidate() -> None:
    """This will forget all issued figures that are kept; call it when one is published."""
    _by_day.clear()


@contextmanager
def also_issued(values: Iterable[IssuedValue]) -> Iterator[None]:
    """This will let some values count as issued beside those of the offices: in a scenario, in this context alone."""
    token = _also.set((*_also.get(), *values))
    invalidate()
    try:
        yield
    finally:
        _also.reset(token)
        invalidate()


def issued_on(day: dt.date, *, look: bool = True) -> Issued:
    """These are the issued values in force on a day by key; none while no floor provides any.

    `look` asks whether another process has published meanwhile; who asked in the same breath need not ask again.
    """
    if also := _also.get():
        offices = ISSUED.ask(day) if ISSUED.answers else ()
        return grouped((*offices, *also), day)
    if not ISSUED.answers:
        return {}
    if look and _versions and (version := _versions[0]()) != _version[0]:
        invalidate()
        _version[0] = version
    if (held := _by_day.get(day)) is None:
        if len(_by_day) >= _KEPT_DAYS:
            invalidate()
        held = _by_day[day] = grouped(ISSUED.ask(day), day)
    return held


def turns() -> set[dt.date] | None:
    """These are all days from which issued values differ from those of the day before; None where nobody can say."""
    if ISSUED.answers and not _turns:
        return None
    said = set(_turns[0]()) if ISSUED.answers else set()
    return said | turning(_also.get())


def turning(values: Iterable[IssuedValue]) -> set[dt.date]:
    """These are the days from which values begin, and those after their last."""
    found = set()
    for value in values:
        found.add(value.valid_from)
        if value.valid_to is not None:
            found.add(value.valid_to + dt.timedelta(days=1))
    return found


def grouped(values: Iterable[IssuedValue], day: dt.date | None) -> Issued:
    """These are values by key, the latest first; with a day only those in force on it."""
    found: dict[str, list[IssuedValue]] = {}
    for value in values:
        if day is None or (value.valid_from <= day and (value.valid_to is None or day <= value.valid_to)):
            found.setdefault(value.key, []).append(value)
    return {key: tuple(sorted(held, key=lambda value: value.valid_from, reverse=True)) for key, held in found.items()}


def strays(day: dt.date) -> list[IssuedValue]:
    """These are issued values whose key has left the catalogue; nothing can read them, so someone should know."""
    return [value for key, held in issued_on(day).items() if key not in catalogue() for value in held]


def check_issued(value: IssuedValue) -> None:
    """This will refuse a value that the catalogue does not allow, before it is issued (FigureError)."""
    figure = spec(value.key)
    figure.match(value.row_keys)
    names = {"name": figure.name, "value": value.value, "unit": figure.unit_name}
    if value.valid_to is not None and value.valid_to < value.valid_from:
        raise FigureError(_("参数“%(name)s”的终止日期早于生效日期。") % names)
    if not plain(value.value):
        raise FigureError(_("参数“%(name)s”的值“%(value)s”无法识别。") % names)
    if value.value is None:
        return
    known = next((said for row in figure.main.rows for _day, said in row.dated.steps if said is not None), 0)
    numeric = not isinstance(value.value, str | list | tuple)
    if numeric == isinstance(known, str | tuple):
        raise FigureError(_("参数“%(name)s”的值“%(value)s”与目录中的类型不符（单位：%(unit)s）。") % names)
    if numeric and Decimal(str(value.value)) < 0:
        raise FigureError(_("参数“%(name)s”不能为负数。") % names)
    if figure.unit == "heads_per_piece" and not value.value:  # one piece for nobody is no number of pieces
        raise FigureError(_("参数“%(name)s”的值“%(value)s”无法识别。") % names)
