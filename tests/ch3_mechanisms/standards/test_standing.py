"""What is published stands: refused in code, and by the database itself; what is submitted waits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from baozhang.ch3_mechanisms.standards.flows import StandardFlow
from baozhang.ch3_mechanisms.standards.models import Standard, StandardLine
from baozhang.kernel import scope
from baozhang.kernel.record import keep
from baozhang.kernel.refusal import Invalid
from baozhang.law.figures import Figures

from .conftest import DESKTOP, PRICE, SINCE, City, draft, publish

pytestmark = pytest.mark.django_db


def value(day: dt.date, place: str, key: str = DESKTOP) -> object:
    return Figures(day, place).get(key)


@pytest.mark.parametrize("change", [{"title": "改名"}, {"valid_from": SINCE + dt.timedelta(days=9)}, {"note": "补充"}])
def test_a_published_standard_is_not_changed(city: City, change: dict[str, object]):
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    standard = Standard._base_manager.get()
    for name, new in change.items():
        setattr(standard, name, new)
    with scope.within(city.officer), pytest.raises(Invalid, match="没有保存") as refused:
        keep(standard, by=city.officer)
    assert "新版本" in refused.value.faults[0].remedy


def test_a_submitted_draft_waits(city: City):
    standard = draft(city, {(DESKTOP, ""): "0.9"})
    with scope.within(city.officer):
        StandardFlow.take("submit", standard, by=city.officer)
        line = StandardLine._base_manager.get()
        line.value = Decimal(5)
        with pytest.raises(Invalid):
            keep(line, by=city.officer)
        with pytest.raises(Invalid):
            keep(StandardLine(standard=standard, key=PRICE, value=Decimal(1)), by=city.officer)


def test_published_lines_stand(city: City):
    standard = publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    with scope.within(city.officer):
        line = StandardLine._base_manager.get()
        line.value = Decimal(5)
        with pytest.raises(Invalid):
            keep(line, by=city.officer)
        with pytest.raises(Invalid):
            keep(StandardLine(standard=standard, key=PRICE, value=Decimal(1)), by=city.officer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE standards_standardline SET value = 9",
        "UPDATE standards_standardline SET valid_from = '2020-01-01'",
        "DELETE FROM standards_standardline",
        "UPDATE standards_standard SET title = 'x'",
        "UPDATE standards_standard SET state = 'draft'",
        "DELETE FROM standards_standard",
    ],
)
def test_the_database_itself_refuses(city: City, statement: str):
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert value(SINCE, city.education.jurisdiction.path) == Decimal("0.9")


def test_the_database_leaves_drafts_alone(city: City):
    draft(city, {(DESKTOP, ""): "0.9"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE standards_standardline SET value = 9")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL excludes overlapping periods itself")
def test_overlapping_periods_are_excluded_in_the_database(city: City):
    publish(city, draft(city, {(DESKTOP, ""): "0.9"}))
    line = StandardLine._base_manager.get()
    other = draft(city, {(DESKTOP, ""): "0.8"}, title="另一标准", since=SINCE + dt.timedelta(days=3))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE standards_standardline SET slot = 0 WHERE standard_id = %s", [other.pk])
    assert StandardLine._base_manager.get(pk=line.pk).slot == 0
