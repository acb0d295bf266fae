"""Whole calendar months, by which depreciation counts."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, IntegerField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear


def index(day: dt.date) -> int:
    """This is the running number of a day's month."""
    return day.year * 12 + day.month


def after(day: dt.date) -> dt.date:
    """This is the first day of the month after a day's."""
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def index_in_sql(date: str | Combinable) -> Combinable:
    """This is the same for a column of dates; NULL where the date is."""
    field = F(date) if isinstance(date, str) else date
    return ExtractYear(field, output_field=IntegerField()) * Value(12) + ExtractMonth(
        field, output_field=IntegerField()
    )


def begun_in_sql() -> Combinable:
    """This is the month from which a card is depreciated: acquired, else taken into use, else booked."""
    return index_in_sql(Coalesce("acquired", "in_use_from", "booked"))


def plus_years(day: dt.date, years: int) -> dt.date:
    """This is the same day some years later; 29 February becomes 1 March in other years."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)
