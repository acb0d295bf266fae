"""Querysets that are composed once a process and then carried out with other values.

Where a handful of rows is meant, composing the SQL takes several times as long as carrying it out, and every request and
every act ask the same few questions: who is this, what does he hold, how do these rows stand, is this key taken. Such a
question is declared as a function of its values; the first time it is composed with marks in their places, and from then
on the marks are replaced, also inside a pattern. What cannot be marked (None, an empty list, a value of an unknown kind,
or a mark that the composer folds away) is asked as an ordinary queryset, so the answer is the same in every case.

Whatever belongs to a person's scope is no value: `scoped` has a statement for each different condition, which is found
anew each time, so that nothing of one scope can be asked in another.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, FullResultSet, ValidationError
from django.db import connection, models
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators

R = TypeVar("R")
NOTHING: Mapping[str, Any] = {}
_LEAST, _MOST = -(2**63), 2**63 - 1  # what a database's largest whole number holds
_FIRST_NUMBER = 2_147_400_000  # a mark must fit into every column that keys are compared with
_FIRST_DAY = dt.date(9000, 1, 1)
_FIRST_MOMENT = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class _Place:
    """Where a value goes: the parameter, which value, and what stands around it where it is part of a pattern."""

    param: int
    value: int
    before: str = ""
    after: str = ""
    pattern: bool = False  # signs that mean something in a pattern are written as themselves
    whole: bool = True


@dataclass(frozen=True)
class _Composed:
    """A statement with the places of its values, and what turns its rows into what the queryset gives."""

    sql: str
    values: tuple[Any, ...]  # those that never change, in their places
    places: tuple[_Place, ...]
    converts: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    build: Callable[[tuple[Any, ...]], Any]
    queryset: models.QuerySet[Any, Any]


class Statement(Generic[R]):
    """One question, as a function from its values to a queryset without further shape: rows, or `values_list`."""

    def __init__(self, make: Callable[..., models.QuerySet[Any, R]]) -> None:
        self.make = make
        self._composed: dict[tuple[Any, ...], _Composed | None] = {}

    def __call__(self, *values: Any) -> list[R]:
        """The rows for some values, the same as the queryset made of them gives."""
        composed = self._found(values)
        return list(self.make(*values)) if composed is None else _carried_out(composed, values)

    def text(self, *values: Any) -> tuple[str, Sequence[Any]]:
        """The SQL and its parameters, to be put into a larger statement; EmptyResultSet where nothing can be found."""
        composed = self._found(values)
        if composed is None:
            return self.make(*values).query.get_compiler(connection=connection).as_sql()
        return composed.sql, _filled(composed, values)

    def _found(self, values: Sequence[Any]) -> _Composed | None:
        kinds = tuple([_kind(value) for value in values])
        if None in kinds:
            return None
        key = (connection.vendor, *kinds)
        if key not in self._composed:
            self._composed[key] = _compose(self.make, values)
        return self._composed[key]

    def first(self, *values: Any) -> R | None:
        """The first row, None where there is none; the queryset says the order, and how many are wanted."""
        return next(iter(self(*values)), None)


def _kind(value: Any) -> Any:
    """What shape a value has; None where no mark can stand for it."""
    if isinstance(value, (list, tuple)):
        inner = _kind(value[0]) if value else None
        return (list, inner) if inner in (int, str) else None
    found = type(value)
    if found is int and not _LEAST <= value <= _MOST:
        return None  # no column holds it, and an ordinary queryset knows that nothing is equal
    return found if found in (int, str, dt.date, dt.datetime) else None


def _mark(kind: Any, n: int) -> Any:
    if kind is int:
        return _FIRST_NUMBER + n
    if kind is str:
        return f"\x02%{n}\x03"  # the sign for a pattern, so that one sees where it is written as itself
    if kind is dt.date:
        return _FIRST_DAY + dt.timedelta(days=n)
    if kind is dt.datetime:
        return _FIRST_MOMENT + dt.timedelta(days=n)
    return [_mark(kind[1], n)]


def _written(value: Any) -> Any:
    """A value as the database's parameters have it."""
    kind = type(value)
    if kind is dt.date:
        return connection.ops.adapt_datefield_value(value)
    if kind is dt.datetime:
        return connection.ops.adapt_datetimefield_value(value)
    if kind in (list, tuple):
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))
    return value


def _compose(make: Callable[..., models.QuerySet[Any, Any]], values: Sequence[Any]) -> _Composed | None:
    marks = [_mark(_kind(value), n) for n, value in enumerate(values)]
    try:
        queryset = make(*marks)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
    except (EmptyResultSet, FullResultSet):
        return None
    except (ValueError, ValidationError):
        return (
            None  # a text given for a column of numbers or days: the ordinary queryset turns each value, or refuses it
        )
    written = [_written(mark) for mark in marks]
    places = [found for place, param in enumerate(params) if (found := _place(place, param, written)) is not None]
    if {place.value for place in places} != set(range(len(marks))):
        return None
    columns = [column for column, _sql, _alias in compiler.select[: compiler.col_count]]
    converts = tuple(
        (place, tuple(steps), column) for place, (steps, column) in compiler.get_converters(columns).items()
    )
    return _Composed(sql, tuple(params), tuple(places), converts, _builder(queryset, compiler), queryset)


def _place(param: int, value: Any, written: Sequence[Any]) -> _Place | None:
    for n, mark in enumerate(written):
        # A number given for a column of texts has been turned into one: that is no place for numbers.
        if isinstance(value, type(mark)) and str(value) == str(mark):
            return _Place(param, n)
        if isinstance(value, str) and isinstance(mark, str):
            pattern = connection.ops.prep_for_like_query(mark)
            for text in (pattern, mark):
                if value.count(text) == 1:
                    before, _mark_itself, after = value.partition(text)
                    return _Place(param, n, before, after, pattern=text != mark, whole=False)
    return None


def _builder(queryset: models.QuerySet[Any, Any], compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    kind, query = queryset._iterable_class, queryset.query
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return lambda row: row
    if kind is not ModelIterable or query.annotation_select or queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise TypeError("a statement gives plain rows, or the values of some columns")
    return _rows_of(queryset.db, compiler)


def _rows_of(db: str, compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    info, select = compiler.klass_info, compiler.select
    model, wanted = info["model"], info["select_fields"]
    begin, end = wanted[0], wanted[-1] + 1
    # Of rows without some columns each field is looked for among these names, so that they are no list.
    names: Any = dict.fromkeys(column.target.attname for column, _sql, _alias in select[begin:end])
    related = get_related_populators(info, select, db)  # type: ignore[call-arg]  # the stubs are of a later Django

    def build(row: tuple[Any, ...]) -> Any:
        made = model.from_db(db, names, row[begin:end])
        for one in related:
            one.populate(row, made)
        return made

    return build


def _filled(composed: _Composed, values: Sequence[Any]) -> list[Any]:
    params = list(composed.values)
    for place in composed.places:
        value = values[place.value]
        if place.whole:
            params[place.param] = _written(value)
        else:
            text = connection.ops.prep_for_like_query(value) if place.pattern else value
            params[place.param] = f"{place.before}{text}{place.after}"
    return params


def _carried_out(composed: _Composed, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(composed.sql, _filled(composed, values))
        rows = cursor.fetchall()
    return [composed.build(_converted(row, composed.converts)) for row in rows]


def _converted(
    row: Sequence[Any], converts: Iterable[tuple[int, tuple[Callable[..., Any], ...], Any]]
) -> tuple[Any, ...]:
    cells = list(row)
    for place, steps, column in converts:
        value = cells[place]
        for step in steps:
            value = step(value, column, connection)
        cells[place] = value
    return tuple(cells)


def scoped(make: Callable[..., Statement[R]]) -> Callable[..., Statement[R]]:
    """A decorator of what makes a statement from conditions and names: one for each, as long as they are in use."""
    known = lru_cache(maxsize=2_000)(make)

    @wraps(make)
    def found(*key: Any) -> Statement[R]:
        try:
            return known(*key)
        except TypeError:  # a condition that holds something which cannot be compared
            return make(*key)

    return found


def read(
    model: type[models.Model],
    names: Sequence[str],
    *,
    among: tuple[str, Sequence[Any]] | None = None,
    equal: Mapping[str, Any] = NOTHING,
    locked: bool = False,
) -> list[tuple[Any, ...]]:
    """The named attributes of the rows whose `among` attribute is one of some values and whose others are `equal`.

    With `locked` in the order of the key, and held until the transaction ends.
    """
    filled = tuple((name, value is None) for name, value in equal.items())
    asked = _reading(model, tuple(names), among[0] if among else "", filled, locked)
    values = [value for value in equal.values() if value is not None]
    return asked(*values, *([list(among[1])] if among else []))


@lru_cache(maxsize=4_000)
def _reading(
    model: type[models.Model], names: tuple[str, ...], among: str, equal: tuple[tuple[str, bool], ...], locked: bool
) -> Statement[tuple[Any, ...]]:
    def make(*values: Any) -> models.QuerySet[Any, tuple[Any, ...]]:
        given = iter(values)
        wanted = {name: None if empty else next(given) for name, empty in equal}
        rows = model._base_manager.filter(**wanted, **({f"{among}__oneof": next(given)} if among else {}))
        rows = rows.select_for_update(no_key=True).order_by("pk") if locked else rows.order_by()
        return rows.values_list(*names)

    return Statement(make)
