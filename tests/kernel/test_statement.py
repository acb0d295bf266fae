"""Rows read by a statement composed once are the rows and values of the queryset they stand for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from tests.factories import district, kept, organ, person

from baozhang.ch1_general.organs.models import Appointment, Organization
from baozhang.kernel.record import Record, kept_fields
from baozhang.kernel.statement import Statement, read, scoped

pytestmark = pytest.mark.django_db
CLASSES = [model for model in apps.get_models() if issubclass(model, Record) and not model._meta.proxy]


@pytest.mark.once
def test_every_class_of_record_reads_alike() -> None:
    where = organ("云间区教育局")
    assert len(CLASSES) > 50
    for model in CLASSES:
        with transaction.atomic():
            row, names = kept(model, where=where), ("id", *kept_fields(model))
            said = list(model._base_manager.filter(pk=row.pk).values_list(*names))
            assert read(model, names, among=("id", [row.pk])) == said, model
            transaction.set_rollback(True)  # some classes will not stand beside others' samples


def test_by_one_column_among_many_and_others_alike() -> None:
    place = district("云间区")
    made = [organ(f"第{n}办公室", place) for n in range(4)]
    names = [one.name for one in made]

    def of(**equal: Any) -> list[Any]:
        return sorted(read(Organization, ("id",), among=("name", [*names[:3], "没有"]), equal=equal))

    assert of(jurisdiction_id=place.pk) == [(one.pk,) for one in made[:3]]
    assert of(jurisdiction_id=place.pk, code=made[1].code) == [(made[1].pk,)]
    assert of(jurisdiction_id=0) == []


def test_nothing_is_equal_to_none_but_what_is_empty() -> None:
    held = person("clerk", "head", organ("教育局")).pk
    assert len(read(Appointment, ("id",), equal={"user_id": held, "until": None})) == 1
    assert read(Appointment, ("id",), equal={"user_id": held, "since": None}) == []


def test_locked_rows_come_in_the_order_of_their_keys_and_are_held() -> None:
    made = [organ(f"第{n}办公室").pk for n in range(3)]
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        rows = read(Organization, ("id",), among=("id", made[::-1]), locked=True)
    assert rows == [(pk,) for pk in made]
    held = any("FOR NO KEY UPDATE" in query["sql"] for query in asked.captured_queries)
    assert held == connection.features.has_select_for_update


NAMES = ("十成%", "十成", "一_二", "一三二", "反\\斜", "引'号")


@pytest.mark.parametrize("lookup", ["contains", "startswith", "endswith", "holds"])
def test_a_value_inside_a_pattern_is_nothing_but_itself(lookup: str) -> None:
    for name in NAMES:
        organ(name)
    asked = Statement(
        lambda text: Organization._base_manager.filter(**{f"name__{lookup}": text}).values_list("name", flat=True)
    )
    for text in ("%", "_", "\\", "'", "成%", "十成", "二", "一_", "没有"):
        said = set(Organization._base_manager.filter(**{f"name__{lookup}": text}).values_list("name", flat=True))
        with CaptureQueriesContext(connection) as seen:
            assert set(asked(text)) == said, (lookup, text)
        assert len(seen) == 1
    assert any(one is not None for one in asked._composed.values()), "it was never composed"


def test_what_cannot_be_marked_is_asked_as_it_is() -> None:
    place = district("云间区")
    organ("甲", place)
    asked = Statement(lambda end, keys: Organization._base_manager.filter(ended=end, jurisdiction_id__oneof=keys))
    assert [one.name for one in asked(None, [place.pk])] == ["甲"]
    assert asked(None, []) == [] == asked(dt.date(2026, 1, 1), [place.pk])


def test_every_condition_has_a_statement_of_its_own() -> None:
    made: list[Q] = []

    @scoped
    def within(model: type[Organization], condition: Q) -> Statement[Any]:
        made.append(condition)
        return Statement(lambda: model._base_manager.filter(condition).values_list("name", flat=True))

    for name in ("甲", "乙"):
        organ(name)
    for name in ("甲", "乙", "甲"):
        assert within(Organization, Q(name__oneof=[name]))() == [name]
    assert len(made) == 2
    sub = Organization._base_manager.filter(name="乙").values("pk")
    assert within(Organization, Q(pk__in=sub))() == ["乙"]


def test_values_of_another_kind_than_the_column_are_asked_as_ever() -> None:
    one = organ("甲", code="5")
    assert (
        read(Organization, ("id",), equal={"code": 5})
        == [(one.pk,)]
        == read(Organization, ("id",), among=("code", [5]))
    )
    assert read(Organization, ("code",), equal={"id": str(one.pk)}) == [("5",)]
    assert (
        read(Organization, ("id",), equal={"id": 10**30}) == [] == read(Organization, ("id",), among=("id", [10**30]))
    )
