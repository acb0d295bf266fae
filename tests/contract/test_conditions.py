"""What the kernel says of a row before it is written is what the database would say: conditions, and sets unique under one."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import F, Q

from baozhang.kernel.conditions import Condition
from baozhang.kernel.record import Record

MOST = 24  # rows tried a condition
DAYS = [dt.date(2024, 1, 1), dt.date(2024, 1, 15), dt.date(2024, 3, 1)]
MOMENTS = [dt.datetime(2024, 1, 1, hour, tzinfo=dt.UTC) for hour in (1, 5)]
SAMPLES: list[tuple[type[models.Field[Any, Any]], list[Any]]] = [
    (models.DateTimeField, MOMENTS),
    (models.DateField, DAYS),
    (models.DecimalField, [Decimal(-1), Decimal(0), Decimal("0.5"), Decimal(1), Decimal(150)]),
    (models.FloatField, [-200.0, 0.0, 30.5, 95.0]),
    (models.BooleanField, [True, False]),
    (models.CharField, ["", "x"]),
    (models.TextField, ["", "x"]),
    (models.Field, [-1, 0, 1, 2, 150]),
]


def conditions(model: Any) -> Iterator[tuple[Any, Q]]:
    """The constraints of a class of record that have a condition."""
    for one in model._meta.constraints:
        if isinstance(one.condition, Q):
            yield one, one.condition


RECORDS = [one for one in apps.get_models() if issubclass(one, Record) and any(conditions(one))]


def constants(node: Q) -> Iterator[tuple[str, Any]]:
    """The values that a condition names for each field."""
    for child in node.children:
        if isinstance(child, Q):
            yield from constants(child)
        else:
            name, _, lookup = child[0].partition("__")
            if lookup != "isnull" and not isinstance(child[1], (F, models.expressions.Combinable)):
                for value in child[1] if isinstance(child[1], (list, tuple)) else [child[1]]:
                    yield name, value


def tried(model: Any, condition: Condition, written: Q) -> list[tuple[Any, ...]]:
    """Rows of values at and around what the condition asks for."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    named: dict[str, list[Any]] = {}
    for name, value in constants(written):
        named.setdefault(name, []).append(value)
    choices = []
    for name in condition.names:
        field = fields[name]
        kind = field.target_field if field.is_relation else field
        values = next(list(some) for type_, some in SAMPLES if isinstance(kind, type_))
        # A constant of another kind, such as the day of a day, is no value of the field.
        more = [one for one in named.get(field.name, []) if isinstance(one, type(values[-1]))]
        choices.append(list(dict.fromkeys([*([None] if field.null else []), *values, *more])))
    rows = list(itertools.product(*choices))
    return rows if len(rows) <= MOST else Random(1).sample(rows, MOST)


@pytest.mark.django_db
@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label_lower)
def test_conditions_mean_the_same_here_and_there(model: Any) -> None:
    for constraint, written in conditions(model):
        condition = Condition(model, written)
        rows = tried(model, condition, written)
        fields = {field.attname: field for field in model._meta.concrete_fields}
        check = models.CheckConstraint(condition=written, name="x")
        sql = check._get_check_sql(model, connection.SchemaEditorClass(connection))  # as a migration would write it
        columns = ", ".join(f'"{fields[name].column}"' for name in condition.names)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS tried")
            cursor.execute(f'CREATE TEMP TABLE tried AS SELECT {columns} FROM "{model._meta.db_table}" WHERE 1 = 0')
            marks = ", ".join(["%s"] * len(condition.names))
            prepared = [[fields[name].get_db_prep_save(value, connection) for name, value in zip(condition.names, row, strict=True)]
                        for row in rows]  # fmt: skip
            cursor.executemany(f"INSERT INTO tried VALUES ({marks})", prepared)
            cursor.execute(f"SELECT CASE WHEN ({sql}) THEN 1 WHEN NOT ({sql}) THEN 0 END FROM tried")
            there = [None if answer is None else bool(answer) for (answer,) in cursor.fetchall()]
        here = [condition.of(row) for row in rows]
        differ = [(row, a, b) for row, a, b in zip(rows, here, there, strict=True) if a is not b]
        assert not differ, f"{constraint.name} {condition.names}: row, here, there: {differ[:5]}"
        assert False in here or isinstance(constraint, models.UniqueConstraint), f"{constraint.name} refuses nothing"


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label_lower)
def test_a_condition_that_is_broken_is_told_in_words(model: Any) -> None:
    for constraint, _written in conditions(model):
        assert not constraint.get_violation_error_message().isascii(), constraint.name
