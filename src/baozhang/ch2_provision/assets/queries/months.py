"""Whole calendar months, by which depreciation counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Func, IntegerField
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce


def index(day: dt.date) -> int:
    """This is the running number of a day's month."""
    return day.year * 12 + day.month


def after(day: dt.date) -> dt.date:
    """This is the first day of the month after a day's."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


class _Index(Func):
    """The running number of the month of a date; Django's own extraction is a Python function on SQLite, called for each row."""

    arity = 1
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Whole numbers, since a part of a date is a slow numeric."""
        template = "(EXTRACT(YEAR FROM %(expressions)s)::int * 12 + EXTRACT(MONTH FROM %(expressions)s)::int)"
        sql, values = self.as_sql(compiler, connection, template=template, **context)
        return sql, [*values, *values]

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Dates are texts there, year and month at fixed places."""
        template = (
            "(CAST(SUBSTR(%(expressions)s, 1, 4) AS INTEGER) * 12 + CAST(SUBSTR(%(expressions)s, 6, 2) AS INTEGER))"
        )
        sql, values = self.as_sql(compiler, connection, template=template, **context)
        return sql, [*values, *values]


def index_in_sql(date: str | Combinable) -> Combinable:
    """This is the same for a column of dates; NULL where the date is."""
    return _Index(F(date) if isinstance(date, str) else date)


def begun_in_sql() -> Combinable:
    """This is the month from which a card is depreciated: acquired, else taken into use, else booked."""
    return index_in_sql(Coalesce("acquired", "in_use_from", "booked"))


def plus_years(day: dt.date, years: int) -> dt.date:
    """This is the same day some years later; 29 February becomes the last of its month in other years (民法典 art. 202)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 2, 28)


def years_before(day: dt.date, years: int) -> dt.date:
    """This is the last day of which some years have passed by a day: 28 February is that of 29 February too."""
    begun = plus_years(day, -years)
    leap = begun + dt.timedelta(days=1)
    return leap if plus_years(leap, years) <= day else begun
